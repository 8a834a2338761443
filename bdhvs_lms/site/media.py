"""Serves the uploads that are public: image renditions, recordings and their posters.

Originals of pictures carry the camera's place and time, and documents have permissions of their own: no address here
leads to them. What is served is a file of a kind that is listed here, under the type that is listed here, and may do
nothing: an upload is never a page of this site.
"""

import errno
import os.path
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils._os import safe_join
from django.utils.http import http_date, parse_http_date_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.static import serve, was_modified_since

__all__ = ["recording", "rendition"]

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
# wagtailmedia's two folders below MEDIA_ROOT.
FOLDERS = {"media": RECORDING_TYPES, "media_thumbnails": POSTER_TYPES}

_CHUNK = 64 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


@require_safe
def rendition(request: HttpRequest, name: str) -> HttpResponseBase:
    """The rendition file ``name`` (relative to the ``images`` folder of MEDIA_ROOT).

    Raises Http404 for whatever is not a file in that folder.
    """
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
    path = _inside(folder, name)
    # os.path, because Path.is_file raises on a name that is too long before Python 3.14.
    if content_type is None or path is None or not os.path.isfile(path):
        raise Http404(_("There is no such file."))
    status = path.stat()
    modified = http_date(status.st_mtime)
    response: HttpResponseBase
    if not was_modified_since(request.headers.get("If-Modified-Since"), status.st_mtime):
        response = HttpResponse(status=304)
    else:
        response = _whole_or_part(request, path, status.st_size, int(status.st_mtime), content_type)
        response.headers["Accept-Ranges"] = "bytes"
    response.headers["Last-Modified"] = modified
    # A new file gets a new name from the storage.
    response.headers["Cache-Control"] = "public, max-age=86400"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = UPLOAD_POLICY
    return response


def _inside(folder: str, name: str) -> Path | None:
    try:
        return Path(safe_join(settings.MEDIA_ROOT / folder, name))
    except (SuspiciousFileOperation, ValueError):
        return None


def _whole_or_part(request: HttpRequest, path: Path, size: int, modified: int, content_type: str) -> HttpResponseBase:
    asked = request.headers.get("Range", "")
    condition = request.headers.get("If-Range")
    if condition is not None and parse_http_date_safe(condition) != modified:
        asked = ""  # another version was begun: it starts over
    if request.method == "HEAD":
        head = HttpResponse(content_type=content_type)
        head.headers["Content-Length"] = str(size)
        return head
    bounds = _bounds(asked, size)
    if bounds is None:
        whole = FileResponse(path.open("rb"), content_type=content_type)
        whole.headers["Content-Length"] = str(size)
        return whole
    first, last = bounds
    if first >= size or last < first:
        refused = HttpResponse(status=416, content_type="text/plain")
        refused.headers["Content-Range"] = f"bytes */{size}"
        return refused
    file = path.open("rb")
    file.seek(first)
    length = last - first + 1
    asked_for = _Part(file, length)
    part = StreamingHttpResponse(asked_for, status=206, content_type=content_type)
    # As in Django's FileResponse: a server that can sends it by itself, at the speed of who plays it.
    part.file_to_stream, part.block_size = asked_for, _CHUNK  # type: ignore[attr-defined]
    part.headers["Content-Length"] = str(length)
    part.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return part


def _bounds(asked: str, size: int) -> tuple[int, int] | None:
    """(first, last) byte of a header with one range; None: not asked for, or not to be understood. Of an empty range
    the last lies before the first."""
    match = _RANGE.fullmatch(asked.strip())
    if match is None or match.group(0) == "bytes=-":
        return None
    start, end = match.groups()
    if not start:
        return (size - min(int(end), size), size - 1) if int(end) else (size, size - 1)
    first = int(start)
    last = int(end) if end else size - 1
    if end and last < first:
        return None  # invalid by the standard, so as if it had not been asked for
    return first, min(last, size - 1)


class _Part:
    """So many bytes of an open file from where it stands, with what a WSGI server needs to send them by itself."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self.file = file
        self.left = length
        self.fileno = file.fileno
        self.tell = file.tell

    def read(self, size: int = _CHUNK) -> bytes:
        piece = self.file.read(min(size, self.left))
        self.left -= len(piece)
        return piece

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.read():
            yield piece

    def close(self) -> None:
        self.file.close()
