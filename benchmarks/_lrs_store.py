"""Statements for benchmarks/lrs.py, databases that hold many of them, and what each filter is asked."""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import msgspec

HOME = "https://lms.example.vn"
ACTS = UUID("0b0b7c7e-6a0e-4c5e-9d62-0a2f1b8f3a11")
RECEIVED = datetime(2025, 11, 15, 3, tzinfo=UTC)
# What makes a statement of ours as long as it is: a choice's options in two languages.
OPTION_VI = (
    "Một cụm nhiều từ mà mình dễ nhớ, có chữ hoa, chữ số và dấu, dùng cho một nơi duy nhất; viết ra giấy thì cất, "
    "không gửi cho ai qua tin nhắn"
)
OPTION_EN = (
    "A phrase of several words that is easy for you to remember, with capitals, digits and signs, used in one place"
)
BATCH = 500
ADL = "http://adlnet.gov/expapi/verbs"
VERBS = ("answered", "answered", "answered", "answered", "answered", "experienced", "initialized", "completed")


def account(name: str) -> dict[str, Any]:
    return {"objectType": "Agent", "account": {"homePage": HOME, "name": name}}


def learner(number: int) -> str:
    return str(uuid5(ACTS, f"learner {number}"))


def statement(number: int, size: int, salt: str = "") -> dict[str, Any]:
    """Number ``number`` of ``size`` of a campaign, about 2.9 kB.

    A larger campaign has more people and more courses, each with as many statements: a learner 50, a question 100, a
    quiz 2,000, a class 500, a course 10,000, an attempt ten, an instructor 200. One statement in 100 comments on
    another, one in 1,000 voids one. So what is found differs between sizes only in how much lies around it.
    """
    attempt, place = divmod(number, 10)
    id_ = str(uuid5(ACTS, f"{salt}{number}"))
    quiz, question = attempt % max(5, size // 2000), number % 20
    teachers, group = max(1, size // 10_000), attempt % max(20, size // 500)
    if number % 100 == 99:
        verb = "voided" if number % 1000 == 999 else "commented"
        return {
            "id": id_,
            "actor": account(f"teacher-{number % teachers}"),
            "verb": {"id": f"{ADL}/{verb}", "display": {"en": verb}},
            "object": {"objectType": "StatementRef", "id": str(uuid5(ACTS, f"{salt}{number - 7}"))},
            "timestamp": "2025-11-15T08:40:00.000+07:00",
        }
    verb = VERBS[place % len(VERBS)] if number % 100 != 50 else "mastered"
    found = {
        "id": id_,
        "actor": account(learner(attempt * 7919 % max(200, size // 50))),
        "verb": {"id": f"{ADL}/{verb}", "display": {"en": verb, "vi": "đã làm"}},
        "object": {
            "objectType": "Activity",
            "id": f"{HOME}/question/{quiz}/{question}",
            "definition": {
                "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
                "name": {"vi": "Mật khẩu nào dưới đây là mật khẩu mạnh?", "en": "Which of these passwords is strong?"},
                "interactionType": "choice",
                "correctResponsesPattern": ["o3"],
                "choices": [
                    {"id": f"o{each}", "description": {"vi": f"{each}. {OPTION_VI}", "en": f"{each}. {OPTION_EN}"}}
                    for each in range(1, 5)
                ],
            },
        },
        "result": {"score": {"scaled": 1, "raw": 1, "min": 0, "max": 1}, "success": True, "response": "o3"},
        "context": {
            "registration": str(uuid5(ACTS, f"{salt}attempt {attempt}")),
            "revision": "3",
            "platform": "bdhvs-lms",
            "language": "vi",
            "contextActivities": {
                "parent": [{"objectType": "Activity", "id": f"{HOME}/quiz/{quiz}"}],
                "grouping": [
                    {"id": f"{HOME}/course/{quiz // 5}"},
                    {"id": f"{HOME}/class/{group}"},
                ],
                "category": [{"id": f"{HOME}/profile"}],
                "other": [{"id": f"{HOME}/competency/{(quiz + each) % 40}"} for each in range(2)],
            },
        },
        "timestamp": "2025-11-15T08:30:00.000+07:00",
    }
    if number % 50 == 0:
        found["context"]["instructor"] = account(f"teacher-{number // 50 % teachers}")
    return found


def bytes_of(start: int, count: int, size: int, salt: str = "") -> bytes:
    return msgspec.json.encode([statement(number, size, salt) for number in range(start, start + count)])


def fill(size: int) -> None:
    """Brings the database to ``size`` statements by the path of every POST; goes on where it was stopped."""
    from django.db import transaction

    from bdhvs_xapi import api
    from bdhvs_xapi.models import Statement
    from bdhvs_xapi.outbox.recording import prepare_parsed, store_prepared
    from bdhvs_xapi.statements.validate import parse_batch
    from bdhvs_xapi.statements.versions import Version

    api.ensure_authority("site", agent=account("site"), trust=api.Trust.SERVER_GRADED)
    api.ensure_authority("tool", agent=account("tool"), trust=api.Trust.SERVER_GRADED)
    there = Statement.objects.count()
    begun, shown = time.monotonic(), 0.0
    for start in range(there, size, BATCH):
        parsed = parse_batch(bytes_of(start, min(BATCH, size - start), size), Version.V1)
        # One batch in 20 is of another system.
        authority = "tool" if start // BATCH % 20 == 10 else "site"
        with transaction.atomic():
            store_prepared(prepare_parsed(parsed, received_at=RECEIVED), authority=authority, later=False)
        done = start + len(parsed)
        if time.monotonic() - shown > 2 and sys.stderr.isatty() or done == size:
            shown = time.monotonic()
            rate = (done - there) / (shown - begun)
            sys.stderr.write(f"\r  {done:>9,} of {size:,} statements, {rate:,.0f} a second ")
            sys.stderr.flush()
    if there < size:
        sys.stderr.write("\n")
        _settle()


def _settle() -> None:
    """What a database does in its own time anyway."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM (ANALYZE)")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def questions(size: int, count: int) -> dict[str, list[dict[str, Any]]]:
    """For each filter ``count`` different questions, as arguments of ``Filter`` and, after it, of GET statements."""
    random_ = random.Random(size)

    def number() -> int:
        """Of a statement by a learner."""
        while (found := random_.randrange(size)) % 100 == 99:
            pass
        return found

    def actor() -> dict[str, Any]:
        return {"agent": statement(number(), size)["actor"]}

    def made(make: Any) -> list[dict[str, Any]]:
        return [make() for _ in range(count)]

    def activity() -> dict[str, Any]:
        return {"activity": statement(number(), size)["object"]["id"]}

    def of(name: str) -> dict[str, Any]:
        iri = random_.choice(statement(number(), size)["context"]["contextActivities"][name])["id"]
        return {"activity": iri, "related_activities": True}

    common, rare = {"verb": f"{ADL}/answered"}, {"verb": f"{ADL}/mastered"}
    return {
        "none": made(dict),
        "none, ascending": made(lambda: {"ascending": True}),
        "since, until": made(_between(size, random_)),
        "verb, half of all": made(lambda: common),
        "verb, one in 100": made(lambda: rare),
        "activity": made(activity),
        "activity, ascending": made(lambda: {**activity(), "ascending": True}),
        "related_activities: a quiz": made(lambda: of("parent")),
        "related_activities: a course, a class": made(lambda: of("grouping")),
        "related_activities: in every statement": made(lambda: of("category")),
        "agent": made(actor),
        "related_agents: a learner": made(lambda: {**actor(), "related_agents": True}),
        "related_agents: an instructor": made(
            lambda: {"agent": account(f"teacher-{random_.randrange(max(1, size // 10_000))}"), "related_agents": True}
        ),
        "registration": made(lambda: {"registration": statement(number(), size)["context"]["registration"]}),
        "agent, verb": made(lambda: {**actor(), **common}),
        "agent, activity": made(lambda: {**actor(), **activity()}),
        "activity, verb": made(lambda: {**activity(), **common}),
        "related_activities, rare verb": made(lambda: {**of("grouping"), **rare}),
    }


def _between(size: int, random_: random.Random) -> Any:
    from django.db.models import Max, Min

    from bdhvs_xapi.models import Statement

    ends = Statement.objects.aggregate(first=Min("stored"), last=Max("stored"))

    def ask() -> dict[str, Any]:
        moment = ends["first"] + (ends["last"] - ends["first"]) * random_.random()
        return {"since": (moment - timedelta(seconds=1)).isoformat(), "until": moment.isoformat()}

    return ask


def bytes_of_database() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        else:
            cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


@contextmanager
def database(kind: str, size: int, keep: Path | None, scratch: Path) -> Iterator[dict[str, str]]:
    """The environment of a database for ``size`` statements; kept for the next run if ``keep`` says where."""
    if kind == "SQLite":
        yield {"PLAIN_SQLITE": str((keep or scratch) / f"lrs-{size}.sqlite3"), "DATABASE_URL": ""}
        return
    import psycopg

    base, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    name = f"bdhvs_bench_lrs_{size}" if keep else f"bdhvs_bench_lrs_{size}_{os.getpid()}"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as server:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            server.execute(f"CREATE DATABASE {name}")
        try:
            yield {"DATABASE_URL": f"{base}/{name}"}
        finally:
            if keep is None:
                server.execute(f"DROP DATABASE {name} WITH (FORCE)")
