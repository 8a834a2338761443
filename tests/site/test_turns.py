"""Whose request is worked on next, and in whose row it stands."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Hashable
from datetime import datetime
from typing import Any
from unittest.mock import Mock

import pytest
from django.conf import settings
from django.db import OperationalError

from bdhvs_lms.learners.api import device_cookie
from bdhvs_lms.site import visitors
from bdhvs_lms.site.bodies import Bodies
from bdhvs_lms.site.gateway import Gateway
from bdhvs_lms.site.turns import LONG_SECONDS, ROW, SLOW, THREADS, Costs, Kind, Left, TooMany, Turns
from tests.support.soak import rounds


async def never() -> None:
    await asyncio.Event().wait()


class Bench:
    """Requests that are at work until they are let go."""

    def __init__(self, patience: float = 30) -> None:
        self.turns = Turns(patience)
        self.at_work: dict[Hashable, Kind] = {}
        self.begun: list[Hashable] = []
        self._ends: dict[Hashable, asyncio.Event] = {}

    def ask(
        self, row: Hashable, kind: Kind = Kind.READ, left: Callable[[], Coroutine[Any, Any, None]] = never
    ) -> asyncio.Task[None]:
        async def asked() -> None:
            async with self.turns.turn(row, kind, left):
                assert row not in self.at_work, "two of one row"
                self.at_work[row] = kind
                self.begun.append(row)
                self._ends[row] = end = asyncio.Event()
                kinds = list(self.at_work.values())
                assert len(kinds) <= THREADS and kinds.count(Kind.LONG) <= 1
                assert len(kinds) - kinds.count(Kind.READ) <= SLOW
                await end.wait()
                del self.at_work[row]

        return asyncio.create_task(asked())

    async def settle(self) -> None:
        for _ in range(6):
            await asyncio.sleep(0)

    async def end(self, row: Hashable) -> None:
        self._ends[row].set()
        await self.settle()


def test_one_visitor_of_thousands_of_requests_keeps_another_waiting_for_one_of_them() -> None:
    async def story() -> None:
        bench = Bench()
        for _ in range(ROW):
            bench.ask("many", Kind.LONG)
        for name in ("a", "b", "c"):
            bench.ask(name)
        await bench.settle()
        assert bench.begun == ["many", "a", "b"]
        await bench.end("a")
        assert bench.begun[3:] == ["c"]
        await bench.end("many")
        await bench.end("c")
        assert bench.begun[4:] == ["many"]

    asyncio.run(story())


def test_a_page_finds_a_thread_beside_everything_that_writes_or_takes_long() -> None:
    async def story() -> None:
        bench = Bench()
        for number in range(20):
            bench.ask(f"long {number}", Kind.LONG)
            bench.ask(f"write {number}", Kind.WRITE)
        bench.ask("reader")
        await bench.settle()
        assert bench.begun == ["long 0", "write 0", "reader"]

    asyncio.run(story())


def test_who_has_left_is_not_worked_for_and_who_waits_in_vain_is_told() -> None:
    async def story() -> None:
        bench = Bench(patience=0.05)
        bench.ask("a")
        gone = asyncio.Event()

        async def leaves() -> None:
            await gone.wait()

        leaver = bench.ask("a", left=leaves)
        waiters = [bench.ask("a") for _ in range(ROW - 2)]
        await bench.settle()
        last, over = bench.ask("a"), bench.ask("a")
        gone.set()
        await bench.settle()
        with pytest.raises(Left):
            await leaver
        with pytest.raises(TooMany):
            await over
        for each in (*waiters, last):
            with pytest.raises(TooMany):
                await each
        assert bench.begun == ["a"]
        await bench.end("a")
        bench.ask("a")
        await bench.settle()
        assert bench.begun == ["a", "a"]

    asyncio.run(story())


def test_whatever_comes_in_whatever_order_everybody_gets_a_turn() -> None:
    """The bounds are asserted wherever a request begins."""

    async def story(chance: random.Random) -> None:
        bench = Bench()
        asked = []
        for _ in range(60):
            if bench.at_work and chance.random() < 0.4:
                await bench.end(chance.choice(list(bench.at_work)))
            else:
                asked.append(bench.ask(chance.randrange(8), chance.choice(list(Kind))))
                await bench.settle()
        for _ in range(len(asked)):
            if bench.at_work:
                await bench.end(next(iter(bench.at_work)))
        assert len(bench.begun) == len(asked)
        for each in asked:
            each.result()

    for number in range(rounds(20, 1000)):
        asyncio.run(story(random.Random(number)))


def test_what_took_long_lately_is_long_until_it_is_quick() -> None:
    costs = Costs(most=2)
    assert costs.kind("a", writes=False) == Kind.READ and costs.kind("a", writes=True) == Kind.WRITE
    costs.note("a", LONG_SECONDS + 0.1)
    assert costs.kind("a", writes=False) == costs.kind("a", writes=True) == Kind.LONG
    costs.note("b", LONG_SECONDS + 0.1)
    costs.note("c", 0.01)
    assert [costs.kind(name, writes=False) for name in "abc"] == [Kind.READ, Kind.LONG, Kind.READ]


def test_work_of_another_process_makes_an_address_long_as_its_own_does() -> None:
    def page(_environment: Any, start: Any) -> list[bytes]:
        start("200 OK", [])
        return [b""]

    # What the thread's request before it has left is not this one's.
    told = [9.0, LONG_SECONDS]
    gateway = Gateway(page, Bodies([], disk=0), elsewhere=lambda: told.pop(0))
    assert LONG_SECONDS <= gateway._work(None, Mock(), {})[1] < 9


@pytest.fixture
def owners(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    found: dict[str, str] = {}
    monkeypatch.setattr(visitors, "owner_of", lambda key, at: found.get(key, ""))
    return found


def rows_of(known: visitors.Visitors, *came: tuple[str, str]) -> list[Hashable]:
    """Of requests with these cookies of a session and a device."""

    def environment(*values: str) -> dict[str, Any]:
        pairs = zip((settings.SESSION_COOKIE_NAME, device_cookie()), values, strict=True)
        return {"REMOTE_ADDR": "10.0.0.1", "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in pairs)}

    async def ask() -> list[Hashable]:
        return [await known.row(environment(*each)) for each in came]

    return asyncio.run(ask())


def test_a_row_is_a_persons_whatever_they_call_themselves(owners: dict[str, str]) -> None:
    known = visitors.Visitors()
    # Whoever invents cookies is an address.
    invented = [(f"s{number}", f"d{number}") for number in range(20)]
    assert set(rows_of(known, *invented)) == {"10.0.0.1"}
    owners |= {"s1": "user 5", "s2": "learner 5", "s3": "user 5"}
    assert rows_of(known, ("s1", "d1"), ("s2", "d2"), ("s3", "")) == ["user 5", "learner 5", "user 5"]
    # One session does not make a person of every device that it names.
    assert rows_of(known, ("s3", "d4"), ("", "d4")) == ["user 5", "10.0.0.1"]
    # Signed out: the device is known still, though it has another session.
    owners.clear()
    assert rows_of(known, ("", "d1"), ("s9", "d1"), ("s9", "")) == ["user 5", "user 5", "10.0.0.1"]


def test_the_database_is_asked_once_whose_a_session_is(owners: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    known = visitors.Visitors()
    owners["s1"] = "user 5"
    assert rows_of(known, ("s1", "")) == ["user 5"]

    def fails(key: str, at: datetime) -> str:
        raise OperationalError

    monkeypatch.setattr(visitors, "owner_of", fails)
    # A database that is away makes nobody wait: they stand in their address's row.
    assert rows_of(known, ("s1", ""), ("s2", "")) == ["user 5", "10.0.0.1"]
