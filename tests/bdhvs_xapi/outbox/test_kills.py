"""Real senders, real kills: whatever moment a sender dies at, nothing is lost and nothing is doubled."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.bdhvs_xapi.outbox.conftest import ROOT, Foreign
from tests.support.soak import rounds

pytestmark = pytest.mark.database

KILLS = rounds(10, 200)


class Farm:
    """The process of ``sender_farm.py`` and its children."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bdhvs_xapi.outbox.sender_farm"],
            env=environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **order: Any) -> Any:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the farm has ended; what it said is on standard error"
        return json.loads(line)

    def count(self) -> dict[str, Any]:
        return self.ask(count=True)["said"]  # type: ignore[no-any-return]

    def end(self) -> None:
        """Closed input ends it."""
        self.process.communicate(timeout=60)


@contextmanager
def database(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of a plain project with an empty database of its own, on the tests' engine."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.bdhvs_xapi.settings_plain", "PYTHONPATH": str(ROOT)}
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield environment | {"PLAIN_SQLITE": str(folder / "ledger.sqlite3")}
        return
    import psycopg

    base, _, _ = url.rpartition("/")
    name = f"bdhvs_outbox_{uuid4().hex[:12]}"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        try:
            yield environment | {"DATABASE_URL": f"{base}/{name}"}
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def _farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    with database(tmp_path_factory.mktemp("farm")) as environment:
        farm = Farm(environment)
        try:
            yield farm
        finally:
            farm.end()


@pytest.fixture
def farm(_farm: Farm, foreign: Foreign) -> Farm:
    assert _farm.ask(set_up=foreign.url)["ended"] == 0
    return _farm


def test_a_sender_killed_at_random_moments_loses_nothing_and_doubles_nothing(farm: Farm, foreign: Foreign) -> None:
    chance = random.Random(20261125)
    for _ in range(KILLS):
        # Anywhere in the next few batches, or in recording the statements after them.
        assert farm.ask(kill=chance.uniform(0, 0.06))["ended"] == signal.SIGKILL
    [last] = farm.ask(deliver=1)
    assert last["ended"] == 0
    counted = farm.count()
    seen = foreign.seen
    assert len(counted["recorded"]) >= KILLS, "the senders lived long enough to be killed at work"
    assert set(seen["kept"]) == set(counted["recorded"])
    assert counted["delivered"] == len(counted["recorded"])
    assert counted["items"] == 0
    # Some died after the store had kept a batch and before that was put down: that is what the ids are for.
    twice = sum(times > 1 for times in seen["came"].values())
    assert twice or KILLS < 200
    print(f"{KILLS} kills, {len(counted['recorded'])} statements, {twice} sent more than once")  # noqa: T201


def test_two_senders_at_once_send_nothing_twice(farm: Farm, foreign: Foreign) -> None:
    farm.ask(record=rounds(150, 2000))
    one, two = farm.ask(deliver=2)
    assert (one["ended"], two["ended"]) == (0, 0)
    counted = farm.count()
    assert one["said"][0] + two["said"][0] == len(counted["recorded"]) == counted["delivered"]
    assert set(foreign.seen["came"].values()) == {1}
    assert counted["items"] == counted["failures"] == 0


def test_the_command_runs_until_sigterm_and_finishes_what_it_has_in_hand(farm: Farm, foreign: Foreign) -> None:
    farm.ask(dead_end=True)
    farm.ask(record=50)
    with subprocess.Popen(
        [sys.executable, "-m", "django", "deliver"], env=farm.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        # The one that is down has a line, the other has what waited: in threads of their own.
        first = process.stdout.readline() + process.stdout.readline()
        while len(foreign.kept) < 50:
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()
        assert process.wait(timeout=60) == 0
    lines = (first + rest).splitlines()
    assert sum(int(line.split()[1]) for line in lines) == 50
    dead = [line for line in lines if line.startswith("dead: ")]
    assert dead and all("0 delivered" in line and "; waiting: no connection" in line for line in dead)
    assert all(line.endswith("left out by filters") for line in lines if line not in dead)
    counted = farm.count()
    assert (counted["items"], counted["delivered"]) == (50, 50)
