"""What is read of a body before anybody works on it: for how long, how much of it, and how many at once."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig

from bdhvs_lms.site.bodies import DRAINED, IN_MEMORY, Bodies, Body, Refused
from bdhvs_lms.site.gateway import environ
from bdhvs_lms.site.sockets import end_who_does_not_read
from tests.support.loops import for_each

NEVER = 3600.0


async def coming(*pieces: bytes | asyncio.Event) -> AsyncIterator[bytes]:
    """Pieces as granian gives them, with an empty one at the end; an event is waited for."""
    for piece in pieces:
        if isinstance(piece, bytes):
            yield piece
        else:
            await piece.wait()
    yield b""


def run(test: Callable[[], Awaitable[Any]]) -> Any:
    return asyncio.run(test())  # type: ignore[arg-type]


def receive(bodies: Bodies, *pieces: bytes | asyncio.Event, path: str = "/", length: int | None = None) -> Any:
    headers = {"transfer-encoding": "chunked"} if length is None else {"content-length": str(length)}
    return bodies.receive(headers, path, coming(*pieces))


def make(**options: Any) -> Bodies:
    return Bodies([("/up/", 4_000_000), ("", 1000)], options.pop("disk", 10_000_000), **options)


@pytest.mark.parametrize("length", [None, 5])
def test_a_body_is_there_whole_and_its_length_is_known(length: int | None) -> None:
    body = run(lambda: receive(make(), b"ab", b"cde", length=length))
    assert (body.length, body.file.read()) == (5, b"abcde")


@pytest.mark.parametrize("headers", [{}, {"content-length": "0"}])
def test_a_request_without_a_body_reads_nothing(headers: dict[str, str]) -> None:
    assert run(lambda: make().receive(headers, "/", coming(b"never asked for"))) is None


@for_each("length", ["-1", "+5", "1e3", "٣", "9" * 19, ""])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    with pytest.raises(Refused) as refused:
        run(lambda: make().receive({"content-length": length}, "/", coming(b"abcde")))
    assert refused.value.status == 400


@pytest.mark.parametrize(("pieces", "length"), [((b"abc",), 5), ((b"abc", b""), None), ((b"abc", b""), 3)])
def test_what_broke_off_is_never_taken_for_whole(pieces: tuple[bytes, ...], length: int | None) -> None:
    """Granian says of a cut connection only this: its empty piece comes twice."""
    with pytest.raises(Refused) as refused:
        run(lambda: receive(make(), *pieces, length=length))
    assert refused.value.status == 400


def test_who_sends_too_slowly_is_refused_and_nothing_stays() -> None:
    bodies = make(grace=0.01)

    async def test() -> None:
        with pytest.raises(Refused) as refused:
            await receive(bodies, b"abc", asyncio.Event(), length=5)
        assert refused.value.status == 408

    run(test)
    assert (dict(bodies._under_way), bodies._on_disk) == ({}, 0)


def test_a_large_body_has_time_as_long_as_it_comes_at_the_rate() -> None:
    async def test() -> float:
        bodies = make(grace=5.0)
        pause = asyncio.Event()
        task = asyncio.create_task(receive(bodies, b"x" * 200_000, pause, b"y", path="/up/x", length=200_001))
        while not bodies._on_disk:
            await asyncio.sleep(0)
        [body] = bodies._under_way
        when = body.timeout.when()
        assert when is not None
        pause.set()
        bodies.release(await task)
        return when - asyncio.get_running_loop().time()

    # 200,000 bytes at 2 KiB a second are 97 seconds more than the grace.
    assert 95 < run(test) < 103


def test_what_is_too_large_is_read_to_its_end_kept_nowhere_and_said_to_whoever_reads_it() -> None:
    bodies = make()

    async def test() -> Body:
        return await receive(bodies, b"x" * 900, b"x" * 900, length=1800)  # type: ignore[no-any-return]

    body = run(test)
    assert (body.length, bodies._on_disk) == (1800, 0)
    with pytest.raises(RequestDataTooBig):
        body.file.read(10)
    # Far too much is not even read.
    body = run(lambda: receive(make(), asyncio.Event(), length=1000 * DRAINED + 1))
    assert body.length == 1000 * DRAINED + 1
    body = run(lambda: receive(make(), *[b"x" * 1000] * DRAINED, b"x", asyncio.Event()))
    assert body.length == 1000 * DRAINED + 1


def test_limits_go_by_the_beginning_of_the_address() -> None:
    body = run(lambda: receive(make(), b"x" * 5000, path="/up/loads", length=5000))
    assert body.file.read() == b"x" * 5000


def test_a_large_body_lies_on_disk_and_its_place_is_given_back() -> None:
    bodies = make()
    content = bytes(range(256)) * 1000
    body = run(lambda: receive(bodies, content[:IN_MEMORY], content[IN_MEMORY:], path="/up/", length=len(content)))
    assert body.file.fileno() >= 0
    assert body.file.read() == content
    assert bodies._on_disk == len(content)
    bodies.release(body)
    assert bodies._on_disk == 0 and body.file.closed


def test_one_too_many_pushes_out_the_one_that_has_been_under_way_the_longest() -> None:
    async def test() -> list[Any]:
        bodies, pause = make(grace=NEVER, at_once=2), asyncio.Event()
        tasks = []
        for _ in range(3):
            tasks.append(asyncio.create_task(receive(bodies, b"a", pause, length=1)))
            await asyncio.sleep(0)
        first = await asyncio.gather(tasks[0], return_exceptions=True)
        pause.set()
        return first + await asyncio.gather(*tasks[1:])

    first, second, third = run(test)
    assert isinstance(first, Refused) and first.status == 408
    assert (second.length, third.length) == (1, 1)


def test_many_that_come_at_once_push_out_one_each_and_nobody_stumbles_over_who_is_leaving() -> None:
    """The one that makes room is still there for a moment, with a time-out that can no longer be changed."""

    async def test() -> list[Any]:
        bodies, pause = make(grace=NEVER, at_once=2), asyncio.Event()
        tasks = []
        for _ in range(8):
            tasks.append(asyncio.create_task(receive(bodies, b"a", pause, length=1)))
            await asyncio.sleep(0)
        # Whoever has to go is gone after some turns of the loop.
        for _ in range(20):
            await asyncio.sleep(0)
        pause.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    found = run(test)
    assert [each.status for each in found[:6] if isinstance(each, Refused)] == [408] * 6
    assert [each.length for each in found[6:]] == [1, 1]


def test_a_full_disk_pushes_out_the_oldest_with_something_on_it_and_then_refuses() -> None:
    async def test() -> None:
        bodies, pause = make(disk=500_000, grace=NEVER), asyncio.Event()
        content = b"x" * 300_000
        old = asyncio.create_task(receive(bodies, content, pause, path="/up/", length=300_001))
        while not bodies._on_disk:
            await asyncio.sleep(0)
        kept = await receive(bodies, content, path="/up/", length=300_000)
        with pytest.raises(Refused) as pushed_out:
            await old
        assert pushed_out.value.status == 408
        # That one is being worked on: there is nobody to push out.
        with pytest.raises(Refused) as refused:
            await receive(bodies, content, path="/up/", length=300_000)
        assert refused.value.status == 503
        bodies.release(kept)
        kept = await receive(bodies, content, path="/up/", length=300_000)
        assert kept.length == 300_000
        bodies.release(kept)

    run(test)


def test_a_folder_that_cannot_be_written_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    with pytest.raises(Refused) as refused:
        run(lambda: receive(make(), b"x" * 200_000, path="/up/", length=200_000))
    assert refused.value.status == 503


def test_connections_end_that_take_nothing_of_what_is_sent() -> None:
    """The kernel's time-out is on the listening socket, and each connection has it from there."""
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket() as other:
        assert end_who_does_not_read(7) >= 1
        with socket.create_connection(listening.getsockname()) as visitor, listening.accept()[0] as accepted:
            found = [
                each.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) for each in (accepted, visitor, other)
            ]
    assert found == [7000, 0, 0]


def test_the_environment_is_wsgis_and_a_name_with_an_underscore_is_nobodys() -> None:
    class Several(dict[str, str]):
        def items(self) -> Any:
            return [
                ("host", "hoc.example.vn"), ("x_forwarded_for", "1.1.1.1"), ("x-forwarded-for", "2.2.2.2"),
                ("x-forwarded-for", "3.3.3.3"), ("cookie", "a=1"), ("cookie", "b=2"), ("content-type", "text/plain"),
                ("content-length", "3"), ("transfer-encoding", "chunked"),
            ]  # fmt: skip

    scope = SimpleNamespace(
        method="POST", path="/học/", query_string="a=%20", server="[::1]:8000", client="[::1]:50000",
        http_version="1.1", scheme="http", headers=Several(),
    )  # fmt: skip
    body = run(lambda: receive(make(), b"abcd"))
    found = {name: value for name, value in environ(scope, body).items() if not name.startswith("wsgi.")}
    assert found == {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/học/".encode().decode("latin-1"),
        "QUERY_STRING": "a=%20",
        "SERVER_NAME": "::1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "::1",
        "HTTP_HOST": "hoc.example.vn",
        "HTTP_X_FORWARDED_FOR": "2.2.2.2,3.3.3.3",
        "HTTP_COOKIE": "a=1; b=2",
        "CONTENT_TYPE": "text/plain",
        "CONTENT_LENGTH": "4",
    }
