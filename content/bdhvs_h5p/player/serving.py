"""Files of packages over HTTP, from the storage."""

from __future__ import annotations

from pathlib import PurePosixPath

from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from bdhvs_h5p.storage import storage
from bdhvs_lms.base.api import byte_range, file_part
from h5p_python_adapter import file_headers

__all__ = ["file_response"]


def file_response(request: HttpRequest, path: str, *, cache: str) -> HttpResponseBase:
    """Serve the file at this path of the storage, whole or one range of it (RFC 9110, 14): 206, or 416 for a range
    behind the end. Several ranges and what is no range of bytes are answered with the whole file. Raises Http404."""
    parts = PurePosixPath(path).parts
    if (
        "\0" in path
        or "\\" in path
        or "//" in path
        or not parts
        or any(part in ("..", ".") for part in path.split("/"))
    ):
        raise Http404(_("There is no such file."))
    kept = storage()
    try:
        file = kept.open(path)
        size = file.size
    except (OSError, SuspiciousFileOperation, ValueError):
        # A folder, a name that is too long, a path that leaves the storage: no file.
        raise Http404(_("There is no such file.")) from None
    headers = {**file_headers(path), "Accept-Ranges": "bytes", "Cache-Control": cache}
    response: HttpResponseBase
    if request.method == "HEAD":
        file.close()
        response = HttpResponse(headers={"Content-Length": str(size)})
    else:
        asked = byte_range(request.headers.get("Range", ""), size)
        response = file_part(file, asked, size, headers["Content-Type"])
    for name, value in headers.items():
        response.headers[name] = value
    return response
