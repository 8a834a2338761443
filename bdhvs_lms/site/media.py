"""Serves the uploads that are public: image renditions, recordings and their posters, and the speech of lessons.

Originals of pictures carry the camera's place and time, and documents have permissions of their own: no address here
leads to them. What is served is a file of a kind that is listed here, under the type that is listed here, and may do
nothing: an upload is never a page of this site.
"""

import errno
import os.path
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils._os import safe_join
from django.utils.http import http_date, parse_http_date_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.static import serve, was_modified_since

from bdhvs_lms.base.api import byte_range, file_part

__all__ = ["recording", "rendition"]

Found = tuple[Any, int, datetime]

SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
UPLOAD_POLICY = "default-src 'none'; sandbox"

RECORDING_TYPES = {
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
}
POSTER_TYPES = {
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}
RENDITION_TYPES = {**POSTER_TYPES, ".avif": "image/avif", ".svg": "image/svg+xml"}
# Below MEDIA_ROOT: wagtailmedia's two, and what machines said of lessons.
FOLDERS = {"media": RECORDING_TYPES, "media_thumbnails": POSTER_TYPES, "speech": {".mp3": "audio/mpeg"}}


@require_safe
def rendition(request: HttpRequest, name: str) -> HttpResponseBase:
    """The rendition file ``name`` (relative to the ``images`` folder of MEDIA_ROOT).

    Raises Http404 for whatever is not a file in that folder.
    """
    if _streamed() is not None:
        kind = RENDITION_TYPES.get(Path(name).suffix.lower())
        response = _answer(request, _open("images", name) if kind else None, str(kind))
    else:
        try:
            response = serve(request, name, document_root=str(settings.MEDIA_ROOT / "images"))
        except OSError as error:
            if error.errno != errno.ENAMETOOLONG:
                raise
            raise Http404(_("There is no such file.")) from None
    # A rendition's name changes with its picture's file, crop and focal point.
    response.headers["Cache-Control"] = "public, max-age=86400"
    if name.lower().endswith(".svg"):
        response.headers["Content-Security-Policy"] = SVG_POLICY
    return response


@require_safe
def recording(request: HttpRequest, folder: str, name: str) -> HttpResponseBase:
    """The recording or poster ``name`` in ``folder`` (a key of FOLDERS), whole or one range of it (RFC 9110, 14).

    206 with the bytes asked for: players jump, and a broken download goes on. 416 for a range behind the end. Several
    ranges at once and what is no range of bytes are answered with the whole file, as the standard allows.
    Raises Http404 for whatever is not such a file there.
    """
    content_type = FOLDERS.get(folder, {}).get(Path(name).suffix.lower())
    response = _answer(request, _open(folder, name) if content_type else None, str(content_type))
    # A new file gets a new name from the storage.
    response.headers["Cache-Control"] = "public, max-age=86400"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = UPLOAD_POLICY
    return response


def _streamed() -> Callable[[str], Found] | None:
    """Of a storage that is no folder: what opens a file of it."""
    found: Callable[[str], Found] | None = getattr(default_storage, "streamed", None)
    return found


def _open(folder: str, name: str) -> Found | None:
    """The file, its length and when it was written; None: there is none."""
    try:
        if (opened := _streamed()) is not None:
            return opened(f"{folder}/{name}") if "\0" not in name else None
        path = Path(safe_join(settings.MEDIA_ROOT / folder, name))
    except (SuspiciousFileOperation, ValueError, FileNotFoundError):
        return None
    # os.path, because Path.is_file raises on a name that is too long before Python 3.14.
    if not os.path.isfile(path):
        return None
    status = path.stat()
    return path.open("rb"), status.st_size, datetime.fromtimestamp(status.st_mtime, UTC)


def _answer(request: HttpRequest, found: Found | None, content_type: str) -> HttpResponseBase:
    if found is None:
        raise Http404(_("There is no such file."))
    file, size, at = found
    modified = int(at.timestamp())
    response: HttpResponseBase
    if not was_modified_since(request.headers.get("If-Modified-Since"), modified):
        file.close()
        response = HttpResponse(status=304)
    else:
        response = _whole_or_part(request, file, size, modified, content_type)
        response.headers["Accept-Ranges"] = "bytes"
    response.headers["Last-Modified"] = http_date(modified)
    return response


def _whole_or_part(request: HttpRequest, file: Any, size: int, modified: int, content_type: str) -> HttpResponseBase:
    asked = request.headers.get("Range", "")
    condition = request.headers.get("If-Range")
    if condition is not None and parse_http_date_safe(condition) != modified:
        asked = ""  # another version was begun: it starts over
    if request.method == "HEAD":
        file.close()
        head = HttpResponse(content_type=content_type)
        head.headers["Content-Length"] = str(size)
        return head
    return file_part(file, byte_range(asked, size), size, content_type)
