"""What it costs to write a statement into the ledger, beside the floor: the same rows by a bare executemany.

    python benchmarks/ledger.py                                    SQLite, a file in the temporary folder
    DATABASE_URL=postgres://user@host/db python benchmarks/ledger.py    and PostgreSQL, in a database of its own

``--statements N`` how many per line (default 10,000); ``--preload N`` how many are stored first, to see whether cost
grows with the ledger. One process, one connection, commit by batch; SQLite in WAL with synchronous NORMAL. "record" is
api.record() whole: validation, comparison digest, rows, outbox with three targets, hook without receivers.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "xapi")]
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bdhvs_xapi.settings_plain"

HOME = "https://lms.example.vn"
RECEIVED = datetime(2025, 11, 15, 3, tzinfo=UTC)
# What makes a statement of ours as long as it is: a choice's options in two languages.
OPTION_VI = (
    "Một cụm nhiều từ mà mình dễ nhớ, có chữ hoa, chữ số và dấu, dùng cho một nơi duy nhất; viết ra giấy thì cất, "
    "không gửi cho ai qua tin nhắn"
)
OPTION_EN = (
    "A phrase of several words that is easy for you to remember, with capitals, digits and signs, used in one place"
)


def statement(number: int) -> dict[str, Any]:
    """An answer as the quiz emits it, about 2.9 kB: 500 learners, 40 questions, 6 context activities."""
    return {
        "id": str(uuid4()),
        "actor": {"objectType": "Agent", "account": {"homePage": HOME, "name": f"{number % 500:036d}"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered", "display": {"en": "answered", "vi": "đã trả lời"}},
        "object": {
            "objectType": "Activity",
            "id": f"{HOME}/question/{number % 40}",
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
            "registration": str(uuid4()),
            "revision": "3",
            "platform": "bdhvs-lms",
            "language": "vi",
            "contextActivities": {
                "parent": [{"objectType": "Activity", "id": f"{HOME}/quiz/1"}],
                "grouping": [{"id": f"{HOME}/course/1"}, {"id": f"{HOME}/class/{number % 20}"}],
                "category": [{"id": f"{HOME}/profile"}],
                "other": [{"id": f"{HOME}/competency/{each}"} for each in range(2)],
            },
        },
        "timestamp": "2025-11-15T08:30:00.000+07:00",
    }


def floor(batches: list[list[dict[str, Any]]]) -> None:
    """The rows of Statement and nothing else, by the driver's executemany: no validation, no terms, no answer."""
    from django.db import connection, transaction
    from django.db.models import Max

    from bdhvs_xapi.models import Statement
    from bdhvs_xapi.statements.validate import encode

    columns = ("seq", "statement_id", "occurred_at", "stored", "body", "digest", "object_kind", "object_term_id")
    columns += ("actor_id", "verb_id", "authority_id")
    sql = f"INSERT INTO {Statement._meta.db_table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"
    id_field = Statement._meta.get_field("statement_id")
    now = connection.ops.adapt_datetimefield_value(datetime.now(UTC))
    # Kind, activity, actor, verb, authority.
    ones = (0, 1, 1, 1, 1)
    seqs = count(1 + (Statement.objects.aggregate(last=Max("seq"))["last"] or 0))
    for batch in batches:
        rows = [
            (next(seqs), id_field.get_db_prep_save(each["id"], connection), now, now, encode(each), b"0" * 32, *ones)
            for each in batch
        ]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(sql, rows)


def record(batches: list[list[dict[str, Any]]]) -> None:
    from django.db import transaction

    from bdhvs_xapi import api

    for batch in batches:
        with transaction.atomic():
            api.record(batch, authority="site", received_at=RECEIVED)


def refold(batches: list[list[dict[str, Any]]]) -> None:
    """facts() of one learner and activity, once for each statement."""
    from bdhvs_xapi import api

    for batch in batches:
        for each in batch:
            api.facts(actor_key=f"account:{HOME}|{each['actor']['account']['name']}", activity=each["object"]["id"])


def check(batches: list[list[dict[str, Any]]]) -> None:
    """Validation and digest alone, without a database."""
    from bdhvs_xapi.statements.canonical import canonical_digest
    from bdhvs_xapi.statements.validate import encode, parse

    for batch in batches:
        for each in batch:
            canonical_digest(parse(encode(each)).raw)


def measure(name: str, size: int, count: int, work: Callable[[list[list[dict[str, Any]]]], None]) -> None:
    statements = [statement(number) for number in range(count)]
    batches = [statements[start : start + size] for start in range(0, count, size)]
    wall, cpu = time.perf_counter(), time.process_time()
    work(batches)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"  {name:<34} {size:>6} {count / wall:>12,.0f} {cpu / count * 1e6:>12,.1f} {wall / count * 1e6:>12,.1f}")


def size_of_database() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        else:
            cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def run(count: int, preload: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bdhvs_xapi import api
    from bdhvs_xapi.models import Statement, Target

    call_command("migrate", verbosity=0)
    api.ensure_authority("site", agent=api.account_actor(HOME, "site"), trust=api.Trust.SERVER_GRADED)
    record([[statement(number) for number in range(500)]])
    with connection.cursor() as cursor:
        version = "sqlite_version()" if connection.vendor == "sqlite" else "current_setting('server_version')"
        cursor.execute(f"SELECT {version}")
        print(f"\n{connection.display_name} {cursor.fetchone()[0]}, Django {django.get_version()}, ", end="")
        print(f"Python {platform.python_version()}, {os.cpu_count()} cores")
    if preload:
        record([[statement(start + number) for number in range(500)] for start in range(0, preload, 500)])
        print(f"  {Statement.objects.count():,} statements stored first")
    print(f"  {'':<34} {'batch':>6} {'statements/s':>12} {'CPU µs each':>12} {'wall µs each':>12}")
    measure("validation and digest, no database", 1, count, check)
    # One warm pass of each before, so that neither pays for the first pages.
    floor([[statement(number)] for number in range(50)])
    measure("floor: executemany of the rows", 1, count, floor)
    measure("floor: executemany of the rows", 50, count, floor)
    before, stored = size_of_database(), Statement.objects.count()
    measure("record", 1, count, record)
    measure("record", 50, count, record)
    added = Statement.objects.count() - stored
    print(f"  database: {(size_of_database() - before) / added / 1000:.1f} kB a statement of ", end="")
    print(f"{len(Statement.objects.order_by('-seq').values_list('body', flat=True)[0]) / 1000:.1f} kB")
    for key in ("one", "two", "three"):
        Target.objects.create(key=key)
    measure("record, three targets", 1, count, record)
    measure("record, three targets", 50, count, record)
    measure("facts of one learner x activity", 1, min(count, 2000), refold)


def databases(directory: str) -> Iterator[dict[str, str]]:
    yield {"PLAIN_SQLITE": str(Path(directory) / "ledger.sqlite3"), "DATABASE_URL": ""}
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        print("\nPostgreSQL: not measured, DATABASE_URL names none")
        return
    import psycopg

    base, _, _ = url.rpartition("/")
    name = f"bdhvs_bench_{uuid4().hex[:12]}"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield {"DATABASE_URL": f"{base}/{name}"}
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--statements", type=int, default=10_000)
    parser.add_argument("--preload", type=int, default=0)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.here:
        run(arguments.statements, arguments.preload)
        return
    with tempfile.TemporaryDirectory(prefix="bdhvs-bench-") as directory:
        for environment in databases(directory):
            # A process for each database: Django's connections are made once.
            subprocess.run([sys.executable, *sys.argv, "--here"], env={**os.environ, **environment}, check=True)


if __name__ == "__main__":
    main()
