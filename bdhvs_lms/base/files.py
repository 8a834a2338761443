"""Files over HTTP, whole or one range of them (RFC 9110, 14), sent by the server itself where it can.

Here, at the bottom, because uploads of the site and files of packages both need it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse

CHUNK = 64 * 1024
# No file is longer; Python refuses to read a number of thousands of digits.
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def byte_range(asked: str, size: int) -> tuple[int, int] | None:
    """Parse a header `Range` with one range as (first, last) byte; None: the whole file, as none is asked for or the
    header is not to be understood. The first lies behind the last when there is nothing of it in the file."""
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


def file_part(file: Any, bounds: tuple[int, int] | None, size: int, content_type: str) -> HttpResponseBase:
    """Send 200 with an open file, 206 with the part of it that `byte_range` has found, or 416. The file is closed with
    the answer, read or not."""
    response: HttpResponseBase
    first, last = bounds or (0, size - 1)
    if bounds is not None and first > last:
        file.close()
        response = HttpResponse(status=416, content_type="text/plain")
        response.headers["Content-Range"] = f"bytes */{size}"
        return response
    file.seek(first)
    part = _Part(file, last - first + 1)
    response = StreamingHttpResponse(part, status=200 if bounds is None else 206, content_type=content_type)
    # As in Django's FileResponse: a server that can sends it by itself, at the speed of who plays it.
    response.file_to_stream, response.block_size = part, CHUNK  # type: ignore[attr-defined]
    response.headers["Content-Length"] = str(part.left)
    if bounds is not None:
        response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response


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

    def read(self, size: int = CHUNK) -> bytes:
        piece: bytes = self.file.read(min(size, self.left))
        self.left -= len(piece)
        return piece

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.read():
            yield piece

    def close(self) -> None:
        self.file.close()
