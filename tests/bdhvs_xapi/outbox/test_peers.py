"""Record stores that are real: ralph-malph, and a second site of our own that a third one fetches from."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from bdhvs_xapi import api
from bdhvs_xapi.outbox.sending import Delivery
from tests.bdhvs_xapi.outbox.conftest import ROOT, Clock
from tests.bdhvs_xapi.outbox.test_kills import database
from tests.bdhvs_xapi.support import FULL, changed, passed, voiding
from tests.bdhvs_xapi.test_record import record
from tests.support.fixtures import require
from tests.support.forks import Forks
from tests.support.live import Installation, free_port

GOLDEN = [ROOT / "tests" / "bdhvs_lms" / "tracking" / "golden", ROOT / "tests" / "bdhvs_quiz" / "golden"]
PYTHON = ROOT / ".venv-peers" / "bin" / "python"


def golden() -> list[dict[str, Any]]:
    """What we emit. Ids by file: the same act stands in two folders with other words."""
    found = []
    for path in [path for folder in GOLDEN for path in sorted(folder.glob("*.json"))]:
        statement = json.loads(path.read_text(encoding="utf-8"))
        found.append({**statement, "id": str(uuid5(NAMESPACE_URL, str(path.relative_to(ROOT))))})
    return found


@pytest.fixture
def ralph(tmp_path: Path) -> Iterator[str]:
    """The endpoint of a ralph-malph of its own; name and password "us" and "secret"."""
    require(PYTHON.exists(), "ralph-malph (make peers)")
    environment = {
        **os.environ,
        "RALPH_APP_DIR": str(tmp_path),
        "RALPH_RUNSERVER_BACKEND": "fs",
        "RALPH_BACKENDS__LRS__FS__DEFAULT_DIRECTORY_PATH": str(tmp_path / "statements"),
    }
    (tmp_path / "statements").mkdir()
    user = ["-u", "us", "-p", "secret", "-s", "all", "-M", "mailto:us@example.org", "-w"]
    subprocess.run(
        [str(PYTHON.with_name("ralph")), "auth", *user], env=environment, cwd=tmp_path, check=True, capture_output=True
    )
    port = free_port()
    log = tmp_path / "ralph.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [str(PYTHON), str(Path(__file__).with_name("ralph_server.py")), str(port)],
            env=environment,
            cwd=tmp_path,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + 60
        while not listening(port):
            assert server.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/xAPI"
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def listening(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/__lbheartbeat__")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@pytest.mark.thorough
def test_ralph_takes_what_we_emit_once_and_gives_it_back(ledger: None, ralph: str, tmp_path: Path) -> None:
    target = api.create_target("ralph", url=ralph, username="us", password="secret")
    statements = golden()
    record(statements)
    assert api.test_connection(target) == api.Check(True, True)
    [done] = api.deliver(clock=Clock())
    assert done == Delivery("ralph", delivered=len(statements))
    # All of it again: as after a lost answer.
    api.requeue(target, None, at=Clock()())
    assert api.deliver(clock=Clock())[0].delivered == len(statements)
    lines = (tmp_path / "statements" / "fs_lrs.jsonl").read_text(encoding="utf-8").splitlines()
    kept = {each["id"]: each for each in map(json.loads, lines)}
    assert len(lines) == len(kept) == len(statements) >= 28
    for sent in statements:
        assert {name: kept[sent["id"]][name] for name in ("actor", "verb", "object")} == {
            name: sent[name] for name in ("actor", "verb", "object")
        }
    source = api.create_source("ralph", url=ralph, username="us", password="secret")
    fetched = api.pull(source)
    assert (fetched.known, fetched.new, fetched.rejected, fetched.finished) == (len(statements), 0, 0, True)


@pytest.fixture
def beside(installation: Installation) -> Iterator[Forks]:
    with closing(Forks(installation.environment)) as forks:
        yield forks


@pytest.mark.thorough
def test_a_second_site_gets_everything_once_and_a_third_fetches_it(
    ledger: None, installation: Installation, beside: Forks, tmp_path: Path
) -> None:
    credential = json.loads(beside.python(CREDENTIAL))
    server = installation.serve()
    there = {"url": f"{server.url}/xapi", "username": credential["key"], "password": credential["secret"]}
    statements = [*golden(), *(passed() for _ in range(100)), changed(FULL, "attachments[0].fileUrl", "x:y")]
    target = api.create_target("second", **there, version="2.0.0")
    record(statements)
    record(void := voiding(statements[0]["id"]))
    ids = {each["id"] for each in (*statements, void)}
    assert api.test_connection(target).authorised is True
    for _ in range(2):
        assert api.deliver(clock=Clock()) == [Delivery("second", delivered=len(ids))]
        api.requeue(target, None, at=Clock()())
    listed = "from bdhvs_xapi.models import Statement\nprint(*Statement.objects.values_list('statement_id', flat=True))"
    assert Counter(beside.python(listed).split()) == Counter(ids)

    with database(tmp_path) as environment:
        # A plain project: no site, nothing but the ledger.
        with closing(Forks(environment | {"THERE": json.dumps(there)})) as third:
            third.python(SET_UP)
            # Killed while it fetches, it goes on; and a second time there is nothing new.
            third.python(PULL_SOME)
            first = third.python(PULL)
            assert ", 0 rejected" in first and "not at the end" not in first, third.python(REASONS)
            assert ", 0 new, " in third.python(PULL)
            found = json.loads(third.python(COUNT))
    # A list leaves out what is void (1.0.3 Part Three, 2.1.3); the voiding itself is there.
    ids.discard(statements[0]["id"])
    assert Counter(found["ids"]) == Counter(ids)
    assert found["trust"] == [2]
    assert found["homes"] == [found["homes"][0]] and found["names"] == [credential["key"]]
    assert found["counted"] == [len(ids), 0]


CREDENTIAL = """
from django.core.management import call_command
call_command("lrs", "credential", "first site", "--scope", "all", "--json")
"""
SET_UP = """
import json, os
from django.core.management import call_command
call_command("migrate", verbosity=0)
from bdhvs_xapi import api
api.create_source("second", **json.loads(os.environ["THERE"]), trust=2)
"""
PULL = """
from django.core.management import call_command
call_command("pull")
"""
PULL_SOME = """
import os, signal
from bdhvs_xapi import api
from bdhvs_xapi.outbox import pulling
pulling.PAGE = 40
source = api.Source.objects.get()
# A lease of the dead: taken so long ago that it has run out.
from datetime import UTC, datetime, timedelta
clock = lambda: datetime.now(UTC) - timedelta(hours=1)
if os.fork() == 0:
    api.pull(source, clock=clock, say=lambda done: os.kill(os.getpid(), signal.SIGKILL))
os.wait()
"""
REASONS = """
from bdhvs_xapi.models import Rejection
print(*Rejection.objects.values_list("reason", flat=True).distinct(), sep="; ")
"""
COUNT = """
import json
from bdhvs_xapi.models import Authority, Source, Statement
agents = [json.loads(text)["account"] for text in Authority.objects.values_list("agent", flat=True)]
print(json.dumps({
    "ids": [str(each) for each in Statement.objects.values_list("statement_id", flat=True)],
    "trust": sorted(set(Statement.objects.values_list("authority__trust", flat=True))),
    "homes": [each["homePage"] for each in agents],
    "names": [each["name"] for each in agents],
    "counted": list(Source.objects.values_list("new", "rejected"))[0],
}))
"""
