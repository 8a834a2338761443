"""Requests' bodies, read whole before anybody works on them: in bounded time, memory and disk.

A body that trickles costs an open connection and nothing else. A thread, and with it a database connection, is taken
when there is something to do.
"""

import asyncio
import io
import tempfile
from collections.abc import AsyncIterable, Iterable
from typing import IO, Any

from django.core.exceptions import RequestDataTooBig

__all__ = ["GRACE_SECONDS", "PER_SECOND", "SMALL", "Bodies", "Body", "Refused"]

# A form has to be here within the grace. What is larger has to come at this rate after it, on average: a telephone on
# a poor line (GPRS) sends twice that.
GRACE_SECONDS = 20.0
SMALL = 32 * 1024
PER_SECOND = 2 * 1024
# More than that of one body goes to disk.
IN_MEMORY = 128 * 1024
# Bodies that are under way at once in one process. When one more comes, the one that has been under way the longest
# makes room: an honest one takes seconds, whoever else comes through the same address.
AT_ONCE = 512
# What is too large is read to its end all the same, up to so many times the limit: a browser that is cut off while it
# sends shows its own error page and never the answer.
DRAINED = 4


class Refused(Exception):
    """Nobody reads on: the connection is closed after this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Body:
    """One that comes in, then is here: ``file`` stands at its beginning, ``length`` is in bytes.

    Of one over the limit reading raises RequestDataTooBig, so that the site's own pages say it in words; ``length`` is
    then what was announced, or seen until nobody read on.
    """

    def __init__(self, timeout: asyncio.Timeout) -> None:
        self.timeout = timeout
        self.pushed_out = False
        self.file: IO[bytes] = io.BytesIO()
        self.length = 0
        self.on_disk = 0

    @property
    def leaving(self) -> bool:
        """Whether it has had its time, though its task has not come round to saying so."""
        return self.pushed_out or self.timeout.expired()

    def extend(self, until: float) -> None:
        if not self.leaving:
            self.timeout.reschedule(until)

    def push_out(self) -> None:
        self.pushed_out = True
        self.timeout.reschedule(0)

    def drop(self) -> None:
        self.file.close()
        self.file = _TooLarge()  # type: ignore[assignment]

    def close(self) -> None:
        self.file.close()


class _TooLarge(io.RawIOBase):
    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        raise RequestDataTooBig("The request is larger than what this address takes.")


class Bodies:
    """Reads bodies on one event loop.

    ``limits`` are (beginning of a path, bytes), the most special first; the last is ``("", bytes)``. ``disk`` is how
    many bytes may lie in temporary files at once. What receive() returned goes back to release().
    """

    def __init__(
        self, limits: Iterable[tuple[str, int]], disk: int, *, grace: float = GRACE_SECONDS, at_once: int = AT_ONCE
    ) -> None:
        self.limits = tuple(limits)
        self.disk = disk
        self.grace = grace
        self.at_once = at_once
        # In the order in which they came.
        self._under_way: dict[Body, None] = {}
        self._on_disk = 0

    async def receive(self, headers: Any, path: str, pieces: AsyncIterable[bytes]) -> Body | None:
        """The body whose ``pieces`` come in; None when the request has none.

        Raises Refused: 400 for a length that is no number and for a cut connection, 408 for one that is too slow or had
        to make room, 503 when there is no room on disk.
        """
        announced = headers.get("content-length")
        if announced is None and "transfer-encoding" not in headers:
            return None
        if announced is not None and not (announced.isascii() and announced.isdecimal() and len(announced) <= 18):
            raise Refused(400)
        length = None if announced is None else int(announced)
        if length == 0:
            return None
        if len(self._under_way) >= self.at_once:
            # Who is on the way out makes no second room, and a time-out that has run refuses to be changed.
            staying = [other for other in self._under_way if not other.leaving]
            if len(staying) >= self.at_once:
                staying[0].push_out()
        start = asyncio.get_running_loop().time()
        body = Body(asyncio.timeout_at(start + self.grace))
        self._under_way[body] = None
        try:
            async with body.timeout:
                await self._read(body, pieces, length, self._limit(path), start)
        except BaseException as error:
            self.release(body)
            if isinstance(error, TimeoutError):
                raise Refused(408) from None
            raise
        finally:
            del self._under_way[body]
        return body

    def release(self, body: Body) -> None:
        """Nobody needs it any more: its memory and its place on disk are free. Called on the loop."""
        body.close()
        self._on_disk -= body.on_disk
        body.on_disk = 0

    def _limit(self, path: str) -> int:
        return next(most for beginning, most in self.limits if path.startswith(beginning))

    async def _read(
        self, body: Body, pieces: AsyncIterable[bytes], length: int | None, most: int, start: float
    ) -> None:
        announced = length or 0
        if announced > DRAINED * most:
            body.drop()
            body.length = announced
            return
        ended = False
        async for piece in pieces:
            # Granian's pieces end with an empty one. One that something follows, another empty one too, was an error.
            if ended:
                raise Refused(400)
            if not piece:
                ended = True
                continue
            body.length += len(piece)
            if body.length > SMALL:
                body.extend(start + self.grace + body.length / PER_SECOND)
            if body.length > DRAINED * most:
                break
            if max(body.length, announced) > most:
                if not isinstance(body.file, _TooLarge):
                    self._on_disk -= body.on_disk
                    body.on_disk = 0
                    body.drop()
                continue
            self._keep(body, piece)
        else:
            if length is not None and body.length < length:
                raise Refused(400)
        if not isinstance(body.file, _TooLarge):
            body.file.seek(0)

    def _keep(self, body: Body, piece: bytes) -> None:
        if body.length > IN_MEMORY:
            fresh = len(piece) if body.on_disk else body.length
            if self._on_disk + fresh > self.disk:
                self._make_room(body)
            try:
                if not body.on_disk:
                    held = body.file
                    body.file = tempfile.TemporaryFile()
                    body.file.write(held.getvalue())  # type: ignore[attr-defined]
                body.file.write(piece)
            except OSError:
                # The disk is full, or shall not be written: not this visitor's fault.
                raise Refused(503) from None
            body.on_disk += fresh
            self._on_disk += fresh
        else:
            body.file.write(piece)

    def _make_room(self, body: Body) -> None:
        """The oldest of the others that are under way with something on disk goes; without one this one does."""
        for other in self._under_way:
            if other is not body and other.on_disk and not other.leaving:
                other.push_out()
                return
        raise Refused(503)
