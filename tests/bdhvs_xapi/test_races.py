"""Real processes at one database, a file or PostgreSQL: nothing twice, nothing lost, no lock error."""

from __future__ import annotations

import json
import os
import random
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.bdhvs_xapi.support import HOME, QUIZ, passed, voiding

pytestmark = pytest.mark.database

ROOT = Path(__file__).parents[2]
SET_UP = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.bdhvs_xapi.conftest import add_authorities
add_authorities()
from bdhvs_xapi.models import Target
Target.objects.create(key="province")
"""
COUNT = """
import json
from bdhvs_xapi import models
tables = (models.Statement, models.StatementTerm, models.StatementAgent, models.Item, models.Voiding)
print(json.dumps({model.__name__: model.objects.count() for model in tables}))
"""


class Project:
    """A plain Django project with a migrated database of its own."""

    def __init__(self, **environment: str) -> None:
        self.environment = {
            **os.environ,
            **environment,
            "DJANGO_SETTINGS_MODULE": "tests.bdhvs_xapi.settings_plain",
            "PYTHONPATH": str(ROOT),
        }
        self.run(SET_UP)

    def run(self, code: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", f"import django\ndjango.setup()\n{code}"],
            env=self.environment,
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            timeout=60,
        ).stdout

    def until_blocked_or_done(self, worker: Worker) -> None:
        """Returns when ``worker`` waits for a lock of another or has reported.

        SQLite does not tell who waits; there is one writer at a time, so a wait is certain and needs no proof.
        """
        url = self.environment.get("DATABASE_URL", "")
        if not url.startswith("postgres"):
            return
        import psycopg

        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        with psycopg.connect(url, autocommit=True) as watcher:
            while not select.select([worker.process.stdout], [], [], 0)[0]:
                row = watcher.execute(waiting).fetchone()
                if row and row[0]:
                    return

    def counts(self) -> dict[str, int]:
        return json.loads(self.run(COUNT))  # type: ignore[no-any-return]

    def race(self, *batches: list[Any]) -> list[dict[str, Any]]:
        """Lets one process for each list of batches run at once; what each reported."""
        with self.workers(*batches) as workers:
            for worker in workers:
                worker.say("go")
            return [worker.hear() for worker in workers]

    @contextmanager
    def workers(self, *batches: list[Any]) -> Iterator[list[Worker]]:
        workers = [Worker(self.environment) for _ in batches]
        try:
            for worker, work in zip(workers, batches, strict=True):
                worker.say(work)
            assert [worker.hear() for worker in workers] == ["ready"] * len(workers)
            yield workers
        finally:
            for worker in workers:
                worker.end()


class Worker:
    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bdhvs_xapi.race_worker"],
            env=environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def say(self, message: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def hear(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline() or '"ended"')

    def end(self) -> None:
        """Closed input ends a worker that still waits; then nothing is left of it."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield Project(PLAIN_SQLITE=str(tmp_path / "ledger.sqlite3"))
        return
    import psycopg

    base, _, _ = url.rpartition("/")
    name = f"bdhvs_race_{uuid4().hex[:12]}"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield Project(DATABASE_URL=f"{base}/{name}")
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def statement(activity: str) -> dict[str, Any]:
    return passed(object={"id": activity}, actor={"account": {"homePage": HOME, "name": activity}})


def test_one_id_from_four_processes(project: Project) -> None:
    """Each statement, with a new activity and a new agent, is stored by one of four and known to three."""
    sent = [statement(f"{QUIZ}/{number}") for number in range(100)]
    reports = project.race(*[[[each] for each in sent]] * 4)
    for outcomes in zip(*(report["outcomes"] for report in reports), strict=True):
        assert sorted(outcomes) == [[False], [False], [False], [True]]
    assert sum(len(report["seen"]) for report in reports) == 100
    counts = project.counts()
    assert (counts["Statement"], counts["Item"], counts["StatementAgent"]) == (100, 100, 100)
    assert counts["StatementTerm"] == 200


def test_overlapping_batches_in_any_order(project: Project) -> None:
    """Batches share ids, activities and agents in every order: nobody waits in a circle."""
    shuffle = random.Random(20251115).shuffle
    works: list[list[Any]] = [[], [], []]
    total = 0
    for turn in range(25):
        shared = [statement(f"{QUIZ}/{turn}/{number}") for number in range(12)]
        total += len(shared)
        for work in works:
            shuffle(shared)
            own = [passed(object={"id": each["object"]["id"]}) for each in shared[:4]]
            total += len(own)
            work.append([*shared, *own])
    reports = project.race(*works)
    for outcomes in zip(*(report["outcomes"] for report in reports), strict=True):
        assert all(isinstance(outcome, list) for outcome in outcomes), outcomes
        assert sum(sum(outcome) for outcome in outcomes) == 12 + 3 * 4
    counts = project.counts()
    assert (counts["Statement"], counts["Item"]) == (total, total)


def test_one_id_with_two_contents(project: Project) -> None:
    """One process stores its content, the other is told of the conflict."""
    sent = [statement(f"{QUIZ}/{number}") for number in range(60)]
    other = [[{**each, "result": {"success": False}}] for each in sent]
    one, two = (report["outcomes"] for report in project.race([[each] for each in sent], other))
    for outcomes in zip(one, two, strict=True):
        assert [True] in outcomes
        [lost] = [outcome for outcome in outcomes if outcome != [True]]
        assert lost.startswith("StatementConflict: ")
        assert lost.endswith("other content in: result")
    assert project.counts()["Statement"] == 60


@pytest.mark.parametrize(("end", "outcome"), [("commit", [False]), ("rollback", [True])])
def test_the_second_waits_for_the_end_of_the_first(project: Project, end: str, outcome: list[bool]) -> None:
    sent = statement(f"{QUIZ}/held")
    with project.workers([["hold", sent]], [[sent]]) as (first, second):
        first.say("go")
        assert first.hear() == "held"
        second.say("go")
        project.until_blocked_or_done(second)
        first.say(end)
        assert first.hear()["outcomes"] == [[True]]
        assert second.hear()["outcomes"] == [outcome]
    assert project.counts()["Statement"] == project.counts()["Item"] == 1


def test_a_voiding_and_its_target_at_once(project: Project) -> None:
    """Whoever commits last sees both, and the two kinds of lock do not wait in a circle."""
    sent = [statement(f"{QUIZ}/{number}") for number in range(150)]
    voidings = [[voiding(each["id"])] for each in sent]
    one, two = project.race([[each] for each in sent], voidings)
    assert one["outcomes"] == two["outcomes"] == [[True]] * 150
    unseen = [each["id"] for each in sent if not one["seen"][each["id"]] and not two["seen"].get(each["id"])]
    assert unseen == []


def test_a_voiding_waits_for_a_target_that_is_being_written(project: Project) -> None:
    """The same, without luck: the target is inserted and not committed when its voiding comes."""
    sent = statement(f"{QUIZ}/held")
    with project.workers([["hold", sent]], [[voiding(sent["id"])]]) as (first, second):
        first.say("go")
        assert first.hear() == "held"
        second.say("go")
        project.until_blocked_or_done(second)
        first.say("commit")
        assert first.hear()["seen"] == {sent["id"]: False}
        assert second.hear()["seen"][sent["id"]] is True


FOUND = """
import json
from bdhvs_xapi.store.query import Filter, page
wanted = json.loads({wanted!r})
found = {{iri: [str(row.statement_id) for row in page(Filter(activity=iri)).rows] for iri in wanted}}
print(json.dumps(found))
"""


def test_references_and_what_they_lead_to_at_once(project: Project) -> None:
    """Chains of three, one link in each of three processes, in any order: each is found whole afterwards."""
    shuffle = random.Random(20251116).shuffle
    works: list[list[Any]] = [[], [], []]
    chains: dict[str, set[str]] = {}
    for number in range(60):
        target = statement(f"{QUIZ}/{number}")
        note = voiding(target["id"], verb={"id": "a:commented"})
        reply = voiding(note["id"], verb={"id": "a:replied"})
        chains[target["object"]["id"]] = {each["id"] for each in (target, note, reply)}
        links = [target, note, reply]
        shuffle(links)
        for work, link in zip(works, links, strict=True):
            work.append([link])
    for work in works:
        shuffle(work)
    reports = project.race(*works)
    assert [report["outcomes"] for report in reports] == [[[True]] * 60] * 3
    found = json.loads(project.run(FOUND.format(wanted=json.dumps(list(chains)))))
    assert {iri: set(ids) for iri, ids in found.items()} == chains


def test_a_reference_waits_for_a_target_that_is_being_written(project: Project) -> None:
    """Also the reply to a comment that is here: its chain ends at a statement that is not."""
    target = statement(f"{QUIZ}/held")
    note = voiding(target["id"], verb={"id": "a:commented"})
    reply = voiding(note["id"], verb={"id": "a:replied"})
    assert project.race([[note]])[0]["outcomes"] == [[True]]
    with project.workers([["hold", target]], [[reply]]) as (first, second):
        first.say("go")
        assert first.hear() == "held"
        second.say("go")
        project.until_blocked_or_done(second)
        first.say("commit")
        assert first.hear()["outcomes"] == second.hear()["outcomes"] == [[True]]
    iri = target["object"]["id"]
    found = json.loads(project.run(FOUND.format(wanted=json.dumps([iri]))))
    assert set(found[iri]) == {target["id"], note["id"], reply["id"]}


def test_definitions_at_once(project: Project) -> None:
    """Three systems define the same activities, each in its language and its order: nothing is lost, none waits."""
    shuffle = random.Random(20251117).shuffle
    activities = [f"{QUIZ}/{number}" for number in range(8)]
    works: list[list[Any]] = []
    for language in ("vi", "en", "fr"):
        work: list[Any] = []
        for turn in range(15):
            shuffle(activities)
            defined = [
                passed(object={"id": iri, "definition": {"name": {language: f"{turn}"}}}) for iri in activities[:5]
            ]
            work.append(["define", *defined])
        works.append(work)
    reports = project.race(*works)
    for report in reports:
        assert report["outcomes"] == [[True] * 5] * 15
    known = json.loads(
        project.run(
            "import json\nfrom bdhvs_xapi.models import Definition\n"
            "print(json.dumps({d.term.iri: json.loads(d.content) for d in Definition.objects.select_related('term')}))"
        )
    )
    assert {iri: set(definition["name"]) for iri, definition in known.items()} == {
        f"{QUIZ}/{number}": {"vi", "en", "fr"} for number in range(8)
    }


THROUGH = """
from datetime import UTC, datetime
from bdhvs_xapi.store.consistency import consistent_through
begun = datetime.now(UTC)
through = consistent_through()
print((datetime.now(UTC) - through).total_seconds(), through.timestamp())
"""


STORED = """
from bdhvs_xapi.models import Statement
print(*(each.stored.timestamp() for each in Statement.objects.order_by("seq")))
"""


def test_the_store_is_whole_up_to_its_oldest_writer(project: Project) -> None:
    """A statement that has its time and cannot be seen yet is later than what is promised; afterwards it is not."""
    [report] = project.race([[statement(f"{QUIZ}/first")]])
    assert report["outcomes"] == [[True]]
    with project.workers([["hold", statement(f"{QUIZ}/held")]]) as (writer,):
        writer.say("go")
        assert writer.hear() == "held"
        _, during = map(float, project.run(THROUGH).split())
        writer.say("commit")
        assert writer.hear()["outcomes"] == [[True]]
    first, held = map(float, project.run(STORED).split())
    age, after = map(float, project.run(THROUGH).split())
    assert first <= during + 1e-5
    assert during < held <= after
    # Nobody writes: it is now, but for the time that asking takes.
    assert age < 5


def test_the_checks_approve_of_these_settings(project: Project) -> None:
    project.run("from django.core.management import call_command; call_command('check', fail_level='WARNING')")
