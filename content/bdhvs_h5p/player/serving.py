"""Files of packages over HTTP: one type for each extension, ranges, and for any origin, since a frame's is opaque."""

from __future__ import annotations

from pathlib import PurePosixPath

from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from bdhvs_h5p.storage import storage
from bdhvs_lms.base.api import byte_range, file_part
from h5p_python_adapter import FILE_POLICY, SVG_POLICY

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
    content_type = TYPES.get(kind, "application/octet-stream")
    if request.method == "HEAD":
        file.close()
        response = HttpResponse(content_type=content_type)
        response.headers["Content-Length"] = str(size)
    else:
        response = file_part(file, byte_range(request.headers.get("Range", ""), size), size, content_type)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = cache
    response.headers["Content-Security-Policy"] = SVG_POLICY if kind == "svg" else FILE_POLICY
    return for_any_origin(response)
