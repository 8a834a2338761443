"""Real processes at one database, a file or PostgreSQL: nothing twice, nothing lost, no lock error."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.bdhvs_xapi.support import HOME, QUIZ, passed, voiding
from tests.support.forks import Fork, Forks
from tests.support.live import Postgres
from tests.support.soak import rounds

pytestmark = pytest.mark.database

ROOT = Path(__file__).parents[2]
MANY = rounds(40, 400)
WORK = "from tests.bdhvs_xapi.race_worker import main; main()"
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
    """A plain Django project with a database of its own, and processes in it."""

    def __init__(self, forks: Forks, database_url: str) -> None:
        self.forks, self.database_url = forks, database_url
        self.run = forks.python

    def until_blocked_or_done(self, worker: Fork) -> None:
        """Returns when ``worker`` waits for a lock of another or has reported.

        SQLite does not tell who waits; there is one writer at a time, so a wait is certain and needs no proof.
        """
        if not self.database_url.startswith("postgres"):
            return
        import psycopg

        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        with psycopg.connect(self.database_url, autocommit=True) as watcher:
            while not worker.has_said():
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
            return [heard(worker) for worker in workers]

    @contextmanager
    def workers(self, *batches: list[Any]) -> Iterator[list[Fork]]:
        workers = [self.forks.start(WORK) for _ in batches]
        try:
            for worker, work in zip(workers, batches, strict=True):
                worker.say(work)
            assert [heard(worker) for worker in workers] == ["ready"] * len(workers)
            yield workers
        finally:
            for worker in workers:
                worker.end()


def heard(worker: Fork) -> Any:
    return json.loads(worker.hear() or '"ended"')


@pytest.fixture(scope="module")
def migrated_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Forks, str]]:
    """Processes of a plain project, and the URL of its database; as it is now it is copied beside itself."""
    url = os.environ.get("DATABASE_URL", "")
    on_server = url.startswith("postgres")
    plain = {"DJANGO_SETTINGS_MODULE": "tests.bdhvs_xapi.settings_plain", "PYTHONPATH": str(ROOT)}
    postgres = Postgres(url)
    name = postgres.name("race") if on_server else str(tmp_path_factory.mktemp("race") / "ledger.sqlite3")
    url = postgres.create(name) if on_server else f"sqlite:///{name}"
    forks = Forks({**os.environ, **plain, **({"DATABASE_URL": url} if on_server else {"PLAIN_SQLITE": name})})
    try:
        forks.python(SET_UP)
        if on_server:
            postgres.create(f"{name}_first", template=name)
        else:
            shutil.copyfile(name, f"{name}_first")
        yield forks, url
    finally:
        forks.close()
        if on_server:
            postgres.drop(name)
            postgres.drop(f"{name}_first")


@pytest.fixture
def project(migrated_project: tuple[Forks, str]) -> Project:
    """The project with its database as it was at first."""
    forks, url = migrated_project
    name = url.removeprefix("sqlite:///")
    if name != url:
        shutil.copyfile(f"{name}_first", name)
    else:
        postgres, name = Postgres(url), url.rpartition("/")[2]
        postgres.drop(name)
        postgres.create(name, template=f"{name}_first")
    return Project(forks, url)


def statement(activity: str) -> dict[str, Any]:
    return passed(object={"id": activity}, actor={"account": {"homePage": HOME, "name": activity}})


def test_one_id_from_four_processes(project: Project) -> None:
    """Each statement, with a new activity and a new agent, is stored by one of four and known to three."""
    sent = [statement(f"{QUIZ}/{number}") for number in range(MANY)]
    reports = project.race(*[[[each] for each in sent]] * 4)
    for outcomes in zip(*(report["outcomes"] for report in reports), strict=True):
        assert sorted(outcomes) == [[False], [False], [False], [True]]
    assert sum(len(report["seen"]) for report in reports) == MANY
    counts = project.counts()
    assert (counts["Statement"], counts["Item"], counts["StatementAgent"]) == (MANY, MANY, MANY)
    assert counts["StatementTerm"] == 2 * MANY


def test_overlapping_batches_in_any_order(project: Project) -> None:
    """Batches share ids, activities and agents in every order: nobody waits in a circle."""
    shuffle = random.Random(20251115).shuffle
    works: list[list[Any]] = [[], [], []]
    total = 0
    for turn in range(rounds(10, 100)):
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
    sent = [statement(f"{QUIZ}/{number}") for number in range(MANY)]
    other = [[{**each, "result": {"success": False}}] for each in sent]
    one, two = (report["outcomes"] for report in project.race([[each] for each in sent], other))
    for outcomes in zip(one, two, strict=True):
        assert [True] in outcomes
        [lost] = [outcome for outcome in outcomes if outcome != [True]]
        assert lost.startswith("StatementConflict: ")
        assert lost.endswith("other content in: result")
    assert project.counts()["Statement"] == MANY


@pytest.mark.parametrize(("end", "outcome"), [("commit", [False]), ("rollback", [True])])
def test_the_second_waits_for_the_end_of_the_first(project: Project, end: str, outcome: list[bool]) -> None:
    sent = statement(f"{QUIZ}/held")
    with project.workers([["hold", sent]], [[sent]]) as (first, second):
        first.say("go")
        assert heard(first) == "held"
        second.say("go")
        project.until_blocked_or_done(second)
        first.say(end)
        assert heard(first)["outcomes"] == [[True]]
        assert heard(second)["outcomes"] == [outcome]
    assert project.counts()["Statement"] == project.counts()["Item"] == 1


def test_a_voiding_and_its_target_at_once(project: Project) -> None:
    """Whoever commits last sees both, and the two kinds of lock do not wait in a circle."""
    sent = [statement(f"{QUIZ}/{number}") for number in range(MANY)]
    voidings = [[voiding(each["id"])] for each in sent]
    one, two = project.race([[each] for each in sent], voidings)
    assert one["outcomes"] == two["outcomes"] == [[True]] * MANY
    unseen = [each["id"] for each in sent if not one["seen"][each["id"]] and not two["seen"].get(each["id"])]
    assert unseen == []


def test_a_voiding_waits_for_a_target_that_is_being_written(project: Project) -> None:
    """The same, without luck: the target is inserted and not committed when its voiding comes."""
    sent = statement(f"{QUIZ}/held")
    with project.workers([["hold", sent]], [[voiding(sent["id"])]]) as (first, second):
        first.say("go")
        assert heard(first) == "held"
        second.say("go")
        project.until_blocked_or_done(second)
        first.say("commit")
        assert heard(first)["seen"] == {sent["id"]: False}
        assert heard(second)["seen"][sent["id"]] is True


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
    for number in range(MANY):
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
    assert [report["outcomes"] for report in reports] == [[[True]] * MANY] * 3
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
        assert heard(first) == "held"
        second.say("go")
        project.until_blocked_or_done(second)
        first.say("commit")
        assert heard(first)["outcomes"] == heard(second)["outcomes"] == [[True]]
    iri = target["object"]["id"]
    found = json.loads(project.run(FOUND.format(wanted=json.dumps([iri]))))
    assert set(found[iri]) == {target["id"], note["id"], reply["id"]}


def test_definitions_at_once(project: Project) -> None:
    """Three systems define the same activities, each in its language and its order: nothing is lost, none waits."""
    shuffle = random.Random(20251117).shuffle
    activities = [f"{QUIZ}/{number}" for number in range(8)]
    works: list[list[Any]] = []
    turns = rounds(8, 80)
    for language in ("vi", "en", "fr"):
        work: list[Any] = []
        for turn in range(turns):
            shuffle(activities)
            defined = [
                passed(object={"id": iri, "definition": {"name": {language: f"{turn}"}}}) for iri in activities[:5]
            ]
            work.append(["define", *defined])
        works.append(work)
    reports = project.race(*works)
    for report in reports:
        assert report["outcomes"] == [[True] * 5] * turns
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
        assert heard(writer) == "held"
        _, during = map(float, project.run(THROUGH).split())
        writer.say("commit")
        assert heard(writer)["outcomes"] == [[True]]
    first, held = map(float, project.run(STORED).split())
    age, after = map(float, project.run(THROUGH).split())
    assert first <= during + 1e-5
    assert during < held <= after
    # Nobody writes: it is now, but for the time that asking takes.
    assert age < 5


def test_the_checks_approve_of_these_settings(project: Project) -> None:
    project.run("from django.core.management import call_command; call_command('check', fail_level='WARNING')")
