"""Files of packages over HTTP: one type for each extension, ranges, and for any origin, since a frame's is opaque."""

from __future__ import annotations

import re
from collections.abc import Mapping

from h5p_python_adapter.player.policy import FILE_POLICY, SVG_POLICY

__all__ = ["ASKED_FIRST", "FOR_EVER", "byte_range", "content_type", "file_headers"]

FOR_EVER = "public, max-age=31536000, immutable"
"""`Cache-Control` of what has another address when it is another file."""

_ANY_ORIGIN: Mapping[str, str] = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "cross-origin",
}

ASKED_FIRST: Mapping[str, str] = {
    **_ANY_ORIGIN,
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "*, Range, X-Requested-With",
    "Access-Control-Max-Age": "86400",
    "Allow": "GET, HEAD, OPTIONS",
}
"""The answer (204) to what a browser asks before a request with headers of its own, as H5P's jQuery makes."""

# Whatever else a package brings is bytes to the browser: nothing becomes a page by its name.
_TYPES = {
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
# No file is longer; Python refuses to read a number of thousands of digits.
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def content_type(path: str) -> str:
    return _TYPES.get(path.rpartition(".")[2].lower(), "application/octet-stream")


def file_headers(path: str) -> dict[str, str]:
    """Return headers for a file of a package or joined of them: nothing in it runs where it is opened by itself, and
    nothing depends on who asks, since addresses are the right and no cookie is read."""
    policy = SVG_POLICY if path.lower().endswith(".svg") else FILE_POLICY
    return {**_ANY_ORIGIN, "Content-Type": content_type(path), "Content-Security-Policy": policy}


def byte_range(asked: str, size: int) -> tuple[int, int] | None:
    """Return the (first, last) byte of a header `Range` with one range (RFC 9110, 14); None: the whole file, as none is
    asked for or the header is not to be understood. The first lies behind the last when there is nothing of it in the
    file."""
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
