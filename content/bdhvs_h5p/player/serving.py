"""Files of packages over HTTP: one type for each extension, ranges, and for any origin, since a frame's is opaque."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _

from bdhvs_h5p.player.policy import FILE_POLICY, SVG_POLICY
from bdhvs_h5p.storage import storage

__all__ = ["FOR_EVER", "TYPES", "file_response", "for_any_origin", "options"]

FOR_EVER = "public, max-age=31536000, immutable"

# Whatever else a package brings is bytes to the browser: nothing becomes a page by its name.
TYPES = {
    "aac": "audio/aac",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "css": "text/css; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "diff": "text/plain; charset=utf-8",
    "eot": "application/vnd.ms-fontobject",
    "gif": "image/gif",
    "glb": "model/gltf-binary",
    "gltf": "model/gltf+json",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "m4a": "audio/mp4",
    "m4v": "video/mp4",
    "md": "text/plain; charset=utf-8",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "ogv": "video/ogg",
    "opus": "audio/ogg",
    "otf": "font/otf",
    "patch": "text/plain; charset=utf-8",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "textile": "text/plain; charset=utf-8",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "ttf": "font/ttf",
    "txt": "text/plain; charset=utf-8",
    "vtt": "text/vtt; charset=utf-8",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webp": "image/webp",
    "webvtt": "text/vtt; charset=utf-8",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "xml": "application/octet-stream",
}
_CHUNK = 64 * 1024
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def for_any_origin(response: HttpResponseBase) -> HttpResponseBase:
    """Nothing here depends on who asks: addresses are the right, and no cookie is read."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "Accept-Ranges, Content-Length, Content-Range"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def options() -> HttpResponseBase:
    """What a browser asks before a request with headers of its own, as H5P's jQuery makes."""
    response = for_any_origin(HttpResponse(status=204))
    response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response.headers["Access-Control-Allow-Headers"] = "*, Range, X-Requested-With"
    response.headers["Access-Control-Max-Age"] = "86400"
    response.headers["Allow"] = "GET, HEAD, OPTIONS"
    return response


def file_response(request: HttpRequest, path: str, *, cache: str) -> HttpResponseBase:
    """The file at this path of the storage, whole or one range of it (RFC 9110, 14): 206, or 416 for a range behind the
    end. Several ranges and what is no range of bytes are answered with the whole file. Raises Http404."""
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
    kind = path.rpartition(".")[2].lower()
    response: HttpResponseBase
    bounds = _bounds(request.headers.get("Range", ""), size)
    content_type = TYPES.get(kind, "application/octet-stream")
    if request.method == "HEAD":
        file.close()
        response = HttpResponse(content_type=content_type)
        response.headers["Content-Length"] = str(size)
    elif bounds is None:
        response = _sent(_Part(file, size), content_type, 200)
        response.headers["Content-Length"] = str(size)
    elif bounds[0] > bounds[1]:
        file.close()
        response = HttpResponse(status=416, content_type="text/plain")
        response.headers["Content-Range"] = f"bytes */{size}"
    else:
        first, last = bounds
        file.seek(first)
        response = _sent(_Part(file, last - first + 1), content_type, 206)
        response.headers["Content-Length"] = str(last - first + 1)
        response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = cache
    response.headers["Content-Security-Policy"] = SVG_POLICY if kind == "svg" else FILE_POLICY
    return for_any_origin(response)


def _sent(part: _Part, content_type: str, status: int) -> StreamingHttpResponse:
    response = StreamingHttpResponse(part, status=status, content_type=content_type)
    # As in Django's FileResponse: a server that can sends it by itself, at the speed of who plays it.
    response.file_to_stream, response.block_size = part, _CHUNK  # type: ignore[attr-defined]
    return response


def _bounds(asked: str, size: int) -> tuple[int, int] | None:
    """(first, last) byte; None: the whole file. The first lies behind the last when there is nothing of it."""
    match = _RANGE.fullmatch(asked.strip())
    if match is None or match[0] == "bytes=-":
        return None
    start, end = match.groups()
    if not start:
        return max(size - int(end), 0) if int(end) else size, size - 1
    first, last = int(start), int(end) if end else size - 1
    if end and last < first:
        return None  # invalid by the standard, so as if it had not been asked for
    return first, min(last, size - 1)


class _Part:
    """So many bytes of an open file from where it stands. Closed with the response, read or not.

    ``fileno`` and ``tell`` are for a WSGI server that sends it by itself; a storage without files has none.
    """

    def __init__(self, file: Any, length: int) -> None:
        self.file = file
        self.left = length
        self.tell = file.tell

    def fileno(self) -> int:
        number: int = self.file.fileno()
        return number

    def read(self, size: int = _CHUNK) -> bytes:
        piece: bytes = self.file.read(min(size, self.left))
        self.left -= len(piece)
        return piece

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.read():
            yield piece

    def close(self) -> None:
        self.file.close()
