"""The record store: what storing costs over HTTP, and what a filter costs in a small ledger and in a large one.

    python benchmarks/lrs.py                                            10 thousand statements, SQLite
    DATABASE_URL=postgres://user@host/db python benchmarks/lrs.py       and PostgreSQL, in databases of its own
    python benchmarks/lrs.py --sizes 10000 1000000 --keep /some/folder  a million: ten minutes, then kept for next time

"Over HTTP": a real `bdhvs serve` of one worker, one client with one connection, full validation, statements as a quiz
sends them (2.9 kB). CPU is of the server's processes, as the kernel counts it, and of PostgreSQL beside it (all of the
machine's: nothing else should use it). The floor is an answer that asks no table. "Filter": page() of 100 statements in
one process, each question asked once, beside its floors: as many bodies by their primary keys. CPU is of this process
and of the PostgreSQL backend that answers it: what to compare when the machine has other work.

Measured on 25 November 2026, then with statements of 1.4 kB: two cores, Python 3.13, Django 6.1, SQLite 3.46 (nothing
else running; the host itself is uneven, read +-30 %) and PostgreSQL 15 (beside a test run, so CPU is what to go by; p50
was within 0.1 ms of it).

    over HTTP, CPU ms a statement          SQLite    PostgreSQL (and its own processes)
    POST of 50 statements                    0.34    0.36 (0.22)
    POST of one                              2.2     3.5  (3.0)
    floor: an answer without a table         0.29    0.28

    p50 in ms of a page of 100         SQLite: 10 thousand   1 million     PostgreSQL: 10 thousand   1 million
    none                                               0.5         1.0                         1.8         2.8
    since, until                                       0.8         1.0                         1.8         2.4
    verb, half of all                                  0.6         1.2                         2.8         2.4
    activity                                           0.8         1.6                         2.3         3.0
    related_activities: a quiz                         0.9         1.5                         2.3         2.5
    related_activities: in every statement             1.1         1.3                         2.7         2.6
    agent (50 found)                                   0.6         0.7                         1.8         1.8
    related_agents: an instructor                      1.2         1.6                         3.3         3.0
    registration (10 found)                            0.2         0.2                         1.0         0.8
    activity, verb                                     1.1         1.8                         3.6         4.2
    related_activities, rare verb                      0.7        10.8                         3.2         6.5
    mine: one statement in 20                          0.8         0.9                         2.2         2.2
    floor: 100 bodies side by side                     0.2         0.3                         1.2         1.2
    floor: 100 bodies all over the table               0.2         0.6                         1.0         1.4
    database, kB a statement                          2.62        2.62                        3.93        3.00

What grows on SQLite is what the second floor says: reading a hundred bodies from a hundred places of a file of 2.6 GB
(half of that went when the file was mapped). What grows with two conditions that seldom meet is the rows that one of
them gives and the other refuses.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "xapi"), str(ROOT / "benchmarks")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bdhvs_xapi.settings_plain")

import _lrs_store as store  # noqa: E402


def filters(size: int, rounds: int) -> None:
    """Latency of each filter, and of the page after the first."""
    import msgspec

    from bdhvs_xapi.statements.agents import agent_key
    from bdhvs_xapi.statements.validate import parse_authority
    from bdhvs_xapi.store.query import Filter, one, page

    cpu = _cpu()
    print(f"  {'filter (a page of 100)':<44} {'rows':>5} {'p50 ms':>7} {'p95 ms':>7} {'CPU p50':>8} {'next page':>10}")

    def measured(name: str, works: list[Any]) -> list[Any]:
        answers, times, own = [], [], []
        for work in works[:5]:
            work()
        for work in works:
            begun, used = time.perf_counter(), cpu()
            answers.append(work())
            times.append((time.perf_counter() - begun) * 1000)
            own.append((cpu() - used) * 1000)
        rows = statistics.mean(len(answer.rows) for answer in answers) if hasattr(answers[0], "rows") else 1
        p95 = statistics.quantiles(times, n=20)[18]
        p50, work50 = statistics.median(times), statistics.median(own)
        print(f"  {name:<44} {rows:>5.0f} {p50:>7.2f} {p95:>7.2f} {work50:>8.2f}", end="", flush=True)
        return answers

    def asked(question: dict[str, Any]) -> Filter:
        given = dict(question)
        if "agent" in given:
            given["agent_key"] = agent_key(parse_authority(msgspec.json.encode(given.pop("agent"))))
        if "registration" in given:
            given["registration"] = UUID(given["registration"])
        for name in ("since", "until"):
            if name in given:
                given[name] = datetime.fromisoformat(given[name])
        return Filter(**given)

    every = {name: [asked(each) for each in found] for name, found in store.questions(size, rounds).items()}
    every["mine: one statement in 20"] = [Filter(authority="tool")] * rounds
    every["mine, activity"] = [Filter(authority="tool", activity=each.activity) for each in every["activity"]]
    for name, found in every.items():
        answers = measured(name, [lambda each=each: page(each) for each in found])
        more = [(each, answer.more) for each, answer in zip(found, answers, strict=True) if answer.more is not None]
        times = []
        for each, after in more:
            begun = time.perf_counter()
            page(each, after=after)
            times.append((time.perf_counter() - begun) * 1000)
        print(f" {statistics.median(times):>10.2f}" if times else "")
    ids = [row.statement_id for answer in [page(each) for each in every["since, until"]] for row in answer.rows][
        :rounds
    ]
    measured("statementId", [lambda id_=id_: one(id_) for id_ in ids])
    print()
    measured("floor: 100 bodies side by side", [_floor(each) for each in every["since, until"]])
    print()
    measured("floor: 100 bodies all over the table", [_floor(each) for each in every["related_agents: an instructor"]])
    print()


def _cpu() -> Callable[[], float]:
    """A clock of the processor's time in seconds: this process's and, on PostgreSQL of this machine, its backend's."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return time.process_time
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        spent = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    if not spent.exists():
        return time.process_time
    return lambda: time.process_time() + int(spent.read_text().split()[0]) / 1e9


def _floor(filter: Any) -> Any:
    from django.db import connection

    from bdhvs_xapi.store.query import page

    seqs = [row.seq for row in page(filter).rows]
    sql = f"SELECT seq, body FROM bdhvs_xapi_statement WHERE seq IN ({', '.join(['%s'] * max(1, len(seqs)))})"  # noqa: S608

    def work() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, seqs or [0])
            cursor.fetchall()

    return work


def here(size: int, rounds: int) -> None:
    """One database, in a process of its own."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        version = "sqlite_version()" if connection.vendor == "sqlite" else "current_setting('server_version')"
        cursor.execute(f"SELECT {version}")
        print(f"\n{connection.display_name} {cursor.fetchone()[0]}, Django {django.get_version()}, ", end="")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {size:,} statements", flush=True)
    store.fill(size)
    body = len(store.bytes_of(1, 1, size)) - 2
    print(f"  database: {store.bytes_of_database() / size / 1000:.2f} kB a statement of {body / 1000:.1f} kB")
    filters(size, rounds)


def over_http(kind: str, scratch: Path, count: int) -> None:
    """Storing and reading by a real server, with a database of its own."""
    import _lrs_http

    print(f"\n{kind}, Python {platform.python_version()}, {os.cpu_count()} cores", end="")
    folder = scratch / f"site-{kind}"
    if kind == "SQLite":
        _lrs_http.run(f"sqlite:///{folder}/site.sqlite3", folder, count)
        return
    with store.database(kind, 0, None, scratch) as environment:
        _lrs_http.run(environment["DATABASE_URL"], folder, count)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000])
    parser.add_argument("--keep", type=Path, help="where databases stay for the next run")
    parser.add_argument("--statements", type=int, default=10_000, help="to store over HTTP; 0: leave that out")
    parser.add_argument("--rounds", type=int, default=200, help="questions for each filter")
    parser.add_argument("--only", choices=["SQLite", "PostgreSQL"])
    parser.add_argument("--here", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.here:
        here(arguments.here, arguments.rounds)
        return
    kinds = ["SQLite", "PostgreSQL"] if os.environ.get("DATABASE_URL", "").startswith("postgres") else ["SQLite"]
    if arguments.keep:
        arguments.keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bdhvs-bench-") as scratch:
        for kind in kinds:
            if arguments.statements and arguments.only in (None, kind):
                over_http(kind, Path(scratch), arguments.statements)
            for size in arguments.sizes:
                if arguments.only in (None, kind):
                    with store.database(kind, size, arguments.keep, Path(scratch)) as environment:
                        command = [sys.executable, __file__, "--here", str(size), "--rounds", str(arguments.rounds)]
                        # A process for each database: Django's connections are made once.
                        subprocess.run(command, env={**os.environ, **environment}, check=True)
    if len(kinds) == 1:
        print("\nPostgreSQL: not measured, DATABASE_URL names none")


if __name__ == "__main__":
    main()
