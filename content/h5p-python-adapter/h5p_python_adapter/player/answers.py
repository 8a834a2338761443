"""Answers of a player, for any framework: status, headers, body."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import BinaryIO

from h5p_python_adapter.player.policy import shut_headers
from h5p_python_adapter.player.serving import ASKED_FIRST, byte_range, file_headers

__all__ = ["Answer", "bare", "file_answer", "no_file", "only", "refused", "says"]

_PIECE = 64 * 1024
_TEXT: Mapping[str, str] = {"Content-Type": "text/plain; charset=utf-8"}


@dataclass(frozen=True)
class Answer:
    """An answer that a framework sends. `body` may hold an open file: its `close`, when it has one, is called after the
    last byte or when the browser is gone, as WSGI servers do."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Iterable[bytes] = ()


def no_file() -> Answer:
    return Answer(404, {**_TEXT, **ASKED_FIRST}, [b"There is no such file."])


def refused(status: int, sentence: str) -> Answer:
    return Answer(status, _TEXT, [sentence.encode()])


def only(methods: str) -> Answer:
    return Answer(405, {**_TEXT, "Allow": methods}, [f"Only {methods} can be asked for here.".encode()])


def bare(found: Answer) -> Answer:
    """Return the same without its body, as long as the body would have been."""
    if isinstance(found.body, _Part):
        found.body.close()
        return Answer(found.status, found.headers)
    if found.status == 204 or "Content-Length" in found.headers:
        return Answer(found.status, found.headers)
    return Answer(found.status, {**found.headers, "Content-Length": str(sum(map(len, found.body)))})


def says(status: int, sentence: str, site: str) -> Answer:
    page = f"<!doctype html><html lang=en><meta charset=utf-8><title>H5P</title><p>{escape(sentence)}</p>"
    return Answer(status, {"Content-Type": "text/html; charset=utf-8", **shut_headers(site)}, [page.encode()])


def file_answer(file: BinaryIO, path: str, headers: Mapping[str, str], cache: str) -> Answer:
    """Send the whole file or one range of it; closed when it is read or left."""
    size = file.seek(0, 2)
    more = {**file_headers(path), "Accept-Ranges": "bytes", "Cache-Control": cache}
    bounds = byte_range(headers.get("range", ""), size)
    first, last = bounds or (0, size - 1)
    if bounds is not None:
        if first > last:
            file.close()
            return Answer(416, {**more, "Content-Range": f"bytes */{size}"})
        more["Content-Range"] = f"bytes {first}-{last}/{size}"
    more["Content-Length"] = str(last - first + 1)
    return Answer(200 if bounds is None else 206, more, _Part(file, first, last - first + 1))


class _Part:
    """A number of bytes of an open file, which is closed with the answer, read or not (PEP 3333)."""

    def __init__(self, file: BinaryIO, first: int, left: int) -> None:
        self._file, self._first, self._left = file, first, left

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(self._first)
        while self._left and (piece := self._file.read(min(self._left, _PIECE))):
            self._left -= len(piece)
            yield piece

    def close(self) -> None:
        self._file.close()
