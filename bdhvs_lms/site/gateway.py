"""Between the server, which reads and writes many connections at once, and the site, which works on a few requests at a
time.

A request's body is read whole first (`bodies`); then it waits for its visitor's turn (`turns`) and the site answers it
in a thread; then the answer goes out as fast as the visitor takes it. Neither a slow sender nor a slow reader holds a
thread. Speaks RSGI, granian's interface for event loops, to the server, and WSGI to the site.
"""

import asyncio
import logging
import os
import re
import stat
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Hashable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

from bdhvs_lms.site.bodies import Bodies, Body, Refused
from bdhvs_lms.site.sockets import end_who_does_not_read
from bdhvs_lms.site.turns import THREADS, Costs, Left, TooMany, Turns

__all__ = ["FileWrapper", "Gateway"]

logger = logging.getLogger(__name__)

# Answers up to this size are handed over in memory.
IN_MEMORY = 1024 * 1024
_PIECE = 64 * 1024
_READING = ("GET", "HEAD", "OPTIONS")
# A connection that takes nothing of its answer for so long is closed.
READER_SECONDS = 60
# The server opens a file that it is to send at once; a busy machine may take its time.
KEPT_OPEN_SECONDS = 60

# Many numbers and the names of pictures are one address.
_VARIES = re.compile(r"[0-9]+|[^/]{40,}")
BUSY = (
    "Rất nhiều người đang vào cùng lúc. Hãy thử lại sau ít giây.\n"
    "Very many people are coming in at once. Please try again in some seconds.\n"
)
# The site is not asked: these come when it cannot be.
WORDS = {
    400: "Yêu cầu bị ngắt giữa chừng. Hãy thử lại.\nThe request broke off. Please try again.\n",
    408: "Đường truyền quá chậm, trang không nhận được hết. Hãy thử lại.\n"
    "The connection is too slow: not everything arrived. Please try again.\n",
    500: "Trang bị lỗi.\nThe site has a fault.\n",
    503: "Máy chủ đang hết chỗ chứa. Hãy thử lại sau ít phút.\n"
    "The server has no room left. Please try again in some minutes.\n",
}

Headers = list[tuple[str, str]]


class FileWrapper:
    """What WSGI calls so: a file that the server is to send (PEP 3333, "Optional Platform-Specific File Handling")."""

    def __init__(self, file: Any, block_size: int = _PIECE) -> None:
        self.file = file
        self.block_size = max(block_size, _PIECE)

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.file.read(self.block_size):
            yield piece

    def close(self) -> None:
        if hasattr(self.file, "close"):
            self.file.close()


async def _of_address(environment: dict[str, Any]) -> Hashable:
    return environment["REMOTE_ADDR"]


class Gateway:
    """An RSGI application around a WSGI ``application``, for one process."""

    def __init__(
        self,
        application: Callable[..., Iterable[bytes]],
        bodies: Bodies,
        refused: Callable[[str, str, int], object] = lambda method, path, status: None,
        row: Callable[[dict[str, Any]], Awaitable[Hashable]] = _of_address,
        elsewhere: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.application = application
        self.bodies = bodies
        # In whose row a request stands; asked with what WSGI is told.
        self.row = row
        self.turns = Turns()
        self.costs = Costs()
        # Seconds that a thread's request, since this was last called, took of other processes.
        self.elsewhere = elsewhere
        # Told of a request that the site is not asked for.
        self.refused = refused
        # Few: Python runs one at a time anyway, and every thread holds a database connection.
        self.threads = ThreadPoolExecutor(THREADS, "site")

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.call_soon(self._bound_readers, loop, 30)

    def _bound_readers(self, loop: asyncio.AbstractEventLoop, tries: int) -> None:
        """The server listens from about now on."""
        if not end_who_does_not_read(READER_SECONDS) and tries:
            loop.call_later(1, self._bound_readers, loop, tries - 1)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.threads.shutdown(cancel_futures=True)

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        try:
            body = await self.bodies.receive(scope.headers, scope.path, proto)
        except Refused as refused:
            _say(proto, refused.status, close=True)
            self.refused(scope.method, scope.path, refused.status)
            return
        loop = asyncio.get_running_loop()
        environment = environ(scope, body)
        address = hash((scope.method, _VARIES.sub("", scope.path)))
        kind = self.costs.kind(address, writes=scope.method not in _READING)
        whole = time.perf_counter()
        kept = None
        try:
            async with self.turns.turn(await self.row(environment), kind, proto.client_disconnect):
                environment["bdhvs.waited"] = time.perf_counter() - whole
                kept, seconds = await loop.run_in_executor(self.threads, self._work, scope, proto, environment)
            self.costs.note(address, seconds)
        except TooMany:
            _say(proto, 503, BUSY, retry_after=5)
            self.refused(scope.method, scope.path, 503)
        except Left:
            # Nobody reads it; the server wants one.
            _say(proto, 503, BUSY)
        finally:
            if body is not None:
                self.bodies.release(body)
        if kept is not None:
            loop.call_later(KEPT_OPEN_SECONDS, kept.close)

    def _work(self, scope: Any, proto: Any, environment: dict[str, Any]) -> tuple[IO[bytes] | None, float]:
        """In a thread: the site's answer, handed to the server whole. A file that the server has yet to open, and the
        processor's seconds."""
        self.elsewhere()
        start, file = time.thread_time(), None
        try:
            file = self._answer(environment, proto)
        except Exception:
            # Django answers its own faults; this is a fault of a middleware outside it, or of the gateway.
            logger.exception("No answer to %s %s", scope.method, scope.path)
            _say(proto, 500)
        return file, time.thread_time() - start + self.elsewhere()

    def _answer(self, environment: dict[str, Any], proto: Any) -> IO[bytes] | None:
        status, headers = 500, []

        def start_response(line: str, given: Headers, exc_info: Any = None) -> None:
            nonlocal status, headers
            status, headers = int(line[:3]), given

        result = self.application(environment, start_response)
        try:
            if isinstance(result, FileWrapper) and _send_file(proto, status, headers, result.file):
                return None
            content, file = _whole(result)
        finally:
            if hasattr(result, "close"):
                result.close()
        if file is None:
            proto.response_bytes(status, headers, content)
            return None
        length = file.seek(0, os.SEEK_END)
        file.flush()
        proto.response_file(status, _with_length(headers, length), f"/dev/fd/{file.fileno()}")
        return file


def environ(scope: Any, body: Body | None) -> dict[str, Any]:
    """What WSGI's application is told of a request (PEP 3333). Of the process's own environment nothing."""
    server, _, port = scope.server.rpartition(":")
    found: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}" if scope.http_version != "1" else "HTTP/1.0",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
    }
    for name, value in scope.headers.items():
        # X_Forwarded_For would be told apart from X-Forwarded-For by nobody: proxies drop such names, too.
        if "_" in name:
            continue
        key = f"HTTP_{name.upper().replace('-', '_')}"
        found[key] = value if key not in found else f"{found[key]}{'; ' if name == 'cookie' else ','}{value}"
    found["CONTENT_TYPE"] = found.pop("HTTP_CONTENT_TYPE", "")
    # What came in pieces of unannounced sizes is here now, and its length is known.
    found.pop("HTTP_CONTENT_LENGTH", None)
    found.pop("HTTP_TRANSFER_ENCODING", None)
    found["CONTENT_LENGTH"] = "" if body is None else str(body.length)
    found["wsgi.input"] = _NOTHING if body is None else body.file
    return found


class _Nothing:
    """The body of a request that has none."""

    def read(self, size: int = -1) -> bytes:
        return b""

    readline = read

    def readlines(self, hint: int = -1) -> list[bytes]:
        return []

    def __iter__(self) -> Iterator[bytes]:
        return iter(())


_NOTHING = _Nothing()


def _say(proto: Any, status: int, words: str = "", *, close: bool = False, retry_after: int = 60) -> None:
    headers = [("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store")]
    if close:
        headers.append(("connection", "close"))
    if status == 503:
        headers.append(("retry-after", str(retry_after)))
    proto.response_bytes(status, headers, (words or WORDS[status]).encode())


def _with_length(headers: Headers, length: int) -> Headers:
    return [
        *((name, value) for name, value in headers if name.lower() != "content-length"),
        ("content-length", str(length)),
    ]


def _whole(result: Iterable[bytes]) -> tuple[bytes, IO[bytes] | None]:
    """An answer that is made piece by piece, made to its end: in memory, or when it is large in a file."""
    pieces: list[bytes] = []
    size = 0
    rest = iter(result)
    for piece in rest:
        pieces.append(piece)
        size += len(piece)
        if size > IN_MEMORY:
            break
    else:
        return b"".join(pieces), None
    file = tempfile.TemporaryFile()
    try:
        file.writelines(pieces)
        pieces.clear()
        file.writelines(rest)
    except BaseException:
        file.close()
        raise
    return b"", file


def _send_file(proto: Any, status: int, headers: Headers, file: Any) -> bool:
    """Let the server read a file from where it stands, for as many bytes as the answer says; whether it can.

    Small ones are read here, which costs less. The server opens the file again by its name.
    """
    announced = next((value for name, value in headers if name.lower() == "content-length"), "")
    if not announced.isdecimal():
        return False
    length = int(announced)
    try:
        descriptor, start = file.fileno(), file.tell()
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or start + length > found.st_size:
            return False
        if length <= _PIECE:
            content = file.read(length)
            if len(content) != length:
                return False
            proto.response_bytes(status, headers, content)
            return True
        name = os.readlink(f"/proc/self/fd/{descriptor}")
        if not os.path.samestat(found, os.stat(name)):
            return False
    except (AttributeError, OSError):
        return False
    if start == 0 and length == found.st_size:
        proto.response_file(status, headers, name)
    else:
        proto.response_file_range(status, headers, name, start, start + length)
    return True
