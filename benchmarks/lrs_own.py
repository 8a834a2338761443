"""Other systems that write about our own learners: what a batch costs, and what somebody's autosave waits beside it.

    python benchmarks/lrs_own.py                                        SQLite, a file in the temporary folder
    DATABASE_URL=postgres://user@host/db python benchmarks/lrs_own.py   and PostgreSQL, in a database of its own

A sender in a process of its own posts batches of 50 `passed` about 50 learners of the site, as large as ours are
(2.9 kB), through the whole endpoint; each lets the learner finish something and master two competencies, so that three
further statements follow from one. Beside it another process writes one row every 20 ms, as an autosave does: how long
that takes is how long the sender keeps the place of the writer. Then the sender tries what costs most for its size:
groups of many members, references to one statement, definitions, large extensions and documents. Goals are printed
beside the numbers, and one that is missed makes the exit code 1. Another tree: --tree PATH.
"""

from __future__ import annotations

import argparse
import base64
import json
import multiprocessing
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

BATCH = 50
GOAL_STATEMENT_MS = 1.5
GOAL_AUTOSAVE_MS = 100
GOAL_LOCK_MS = 500
WORDS = "Mật khẩu mạnh có chữ hoa, chữ thường, chữ số và dấu; không dùng lại ở nơi khác. "


def _django(tree: str) -> None:
    sys.path[:0] = [tree, f"{tree}/xapi", f"{tree}/content", f"{tree}/templates"]
    os.environ["DJANGO_SETTINGS_MODULE"] = "bdhvs_lms.site.settings"
    import django

    django.setup()


def passed(actor: dict[str, Any], activity: str, number: int) -> dict[str, Any]:
    """A `passed` of the size that a quiz of ours emits."""
    return {
        "id": str(uuid4()),
        "actor": actor,
        "verb": {"id": "http://adlnet.gov/expapi/verbs/passed", "display": {"en": "passed", "vi": "đã đạt"}},
        "object": {
            "objectType": "Activity",
            "id": activity,
            "definition": {
                "type": "http://adlnet.gov/expapi/activities/assessment",
                "name": {"vi": "Mật khẩu và tài khoản", "en": "Passwords and accounts"},
                "description": {"vi": WORDS * 14},
            },
        },
        "result": {"score": {"scaled": 0.9, "raw": 9, "min": 0, "max": 10}, "success": True, "completion": True},
        "context": {
            "registration": str(uuid4()),
            "revision": "1",
            "platform": "another system",
            "contextActivities": {
                "grouping": [{"id": f"https://other.example/course/{each}"} for each in range(2)],
                "category": [{"id": "https://other.example/profile"}],
                "other": [{"id": f"https://other.example/competency/{each}"} for each in range(2)],
            },
        },
        "timestamp": f"2025-09-01T12:{number % 60:02}:00Z",
    }


class Sender:
    def __init__(self, key: str, secret: str) -> None:
        from django.test import Client

        token = base64.b64encode(f"{key}:{secret}".encode()).decode()
        self.client = Client()
        self.headers = {"Authorization": f"Basic {token}", "X-Experience-API-Version": "1.0.3"}

    def post(self, statements: Any, address: str = "/xapi/statements", method: str = "POST") -> tuple[int, float]:
        """(status, seconds)."""
        content = json.dumps(statements).encode()
        begun = time.perf_counter()
        response = self.client.generic(
            method, address, content, content_type="application/json", headers=self.headers, secure=True
        )
        return response.status_code, time.perf_counter() - begun


def set_up(tree: str, learners: int) -> dict[str, Any]:
    _django(tree)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from bdhvs_lms.tracking import api as tracking
    from bdhvs_xapi import api as xapi
    from tests.support.world import T0, World

    world = World()
    people = [world.learner(f"{number}") for number in range(learners)]
    credential, secret = xapi.create_credential("sender", scopes=["all"], trust=1, at=T0)
    return {
        "key": credential.key,
        "secret": secret,
        "actors": [xapi.account_actor(tracking.home_page(), str(person.actor)) for person in people],
        "activities": [tracking.activity_iri(key) for key in (world.quiz, world.task)],
    }


def autosaves(tree: str, until: Any, ready: Any, found: Any) -> None:
    """Writes a row every 20 ms until told to stop; puts the milliseconds that each took into `found`."""
    _django(tree)
    from django.db import connection, transaction

    from bdhvs_lms.learners.models import Learner
    from bdhvs_lms.tracking.models import Act
    from tests.support.world import T0

    learner = Learner.objects.order_by("-pk").first()
    assert learner is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    times: list[float] = []
    ready.set()
    while not until.is_set():
        begun = time.perf_counter()
        with transaction.atomic():
            Act.objects.create(
                act_id=uuid4(),
                learner=learner,
                verb="autosave",
                activity_key=uuid4(),
                first=uuid4(),
                revision="1",
                payload={"answers": {str(each): "o3" for each in range(20)}},
                occurred_at=T0,
                received_at=T0 + timedelta(days=1),
            )
        times.append((time.perf_counter() - begun) * 1000)
        time.sleep(0.02)
    found.put(times)


class Beside:
    """Autosaves in another process for as long as the block lasts; `times` are their milliseconds afterwards."""

    def __init__(self, tree: str) -> None:
        self.tree, self.times = tree, [0.0]

    def __enter__(self) -> Beside:
        context = multiprocessing.get_context("spawn")
        self.stop, self.ready, self.found = context.Event(), context.Event(), context.Queue()
        self.process = context.Process(target=autosaves, args=(self.tree, self.stop, self.ready, self.found))
        self.process.start()
        self.ready.wait()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop.set()
        self.times = self.found.get(timeout=120)
        self.process.join()


def bombs(given: dict[str, Any]) -> dict[str, list[tuple[str, str, Any]]]:
    """Name → (method, address, content) of requests that are small for what they ask."""
    agent = {"mbox": "mailto:a@example.org"}
    post = ("POST", "/xapi/statements")

    def about(target: Any, **more: Any) -> dict[str, Any]:
        return {
            "id": str(uuid4()),
            "actor": agent,
            "verb": {"id": "http://adlnet.gov/expapi/verbs/commented"},
            "object": target,
            **more,
        }

    def ref(id_: str, **more: Any) -> dict[str, Any]:
        return about({"objectType": "StatementRef", "id": id_}, **more)

    def many(count: int, mark: str) -> list[dict[str, Any]]:
        return [{"id": f"https://bomb.example/{mark}/{each}"} for each in range(count)]

    def members(count: int, mark: Any) -> list[dict[str, Any]]:
        return [{"mbox": f"mailto:m{each}-{mark}@example.org"} for each in range(count)]

    def state(mark: str) -> str:
        return "/xapi/activities/state?" + urlencode(
            {"activityId": f"https://bomb.example/{mark}", "agent": json.dumps(agent)}
        )

    fan = str(uuid4())
    chain = [str(uuid4()) for _ in range(150)]
    return {
        "6,000 references, then what they lead to, naming 600": [
            *[(*post, [ref(fan) for _ in range(150)]) for _ in range(40)],
            (
                *post,
                about(
                    {"id": "https://bomb.example/x"}, id=fan, context={"contextActivities": {"other": many(600, "f")}}
                ),
            ),
            (
                *post,
                about(
                    {"id": "https://bomb.example/x"}, id=fan, context={"contextActivities": {"other": many(190, "f")}}
                ),
            ),
        ],
        "a chain of 150, its end last, naming 190": [
            (*post, [ref(chain[each + 1], id=chain[each]) for each in range(149)]),
            (
                *post,
                about(
                    {"id": "https://bomb.example/y"},
                    id=chain[149],
                    context={"contextActivities": {"other": many(190, "c")}},
                ),
            ),
        ],
        "150 groups of 300 members": [
            (
                *post,
                [
                    about({"id": "https://bomb.example/z"}, actor={"objectType": "Group", "member": members(300, each)})
                    for each in range(150)
                ],
            )
        ],
        "20 groups of 480 members": [
            (
                *post,
                [
                    about(
                        {"id": "https://bomb.example/z"},
                        actor={"objectType": "Group", "member": members(480, f"s{each}")},
                    )
                    for each in range(20)
                ],
            )
        ],
        "150 statements, each a definition of 60 activities": [
            (
                *post,
                [
                    about(
                        {"id": "https://bomb.example/d"},
                        context={
                            "contextActivities": {
                                "other": [
                                    {**each, "definition": {"name": {"vi": WORDS}}} for each in many(60, f"d{number}")
                                ]
                            }
                        },
                    )
                    for number in range(150)
                ],
            )
        ],
        "28 statements of 1 MB of extensions": [
            (
                *post,
                [
                    about(
                        {"id": "https://bomb.example/e"},
                        context={
                            "extensions": {"https://bomb.example/e": {str(each): "x" * 90 for each in range(9_500)}}
                        },
                    )
                    for _ in range(28)
                ],
            )
        ],
        "150 voidings of what is not there": [
            (*post, [ref(str(uuid4()), verb={"id": "http://adlnet.gov/expapi/verbs/voided"}) for _ in range(150)])
        ],
        "150 sub-statements with 190 activities": [
            (
                *post,
                [
                    about(
                        {
                            "objectType": "SubStatement",
                            "actor": agent,
                            "verb": {"id": "http://adlnet.gov/expapi/verbs/passed"},
                            "object": {"id": "https://bomb.example/s"},
                            "context": {"contextActivities": {"other": many(190, f"s{number}")}},
                        }
                    )
                    for number in range(150)
                ],
            )
        ],
        "30 documents of 1.9 MB, merged": [
            (
                "POST",
                f"{state('a')}&stateId=s{each % 3}",
                {f"{each}-{number}": "x" * 90 for number in range(18_000)},
            )
            for each in range(30)
        ],
        "500 documents, and all of them deleted": [
            *[
                (
                    "PUT",
                    f"{state('b')}&stateId=s{each}",
                    {"x": "y" * 20_000},
                )
                for each in range(500)
            ],
            (
                "DELETE",
                state("b"),
                {},
            ),
        ],
        "3,000 passed of one learner in one activity": [
            (*post, [passed(given["actors"][0], given["activities"][0], each) for each in range(150)])
            for _ in range(20)
        ],
    }


def run(tree: str, rounds: int) -> int:
    given = set_up(tree, 2 * BATCH)
    from django.db import connection

    missed = 0
    print(f"\n{connection.display_name}, Python {platform.python_version()}, {os.cpu_count()} cores, {tree}")
    sender = Sender(given["key"], given["secret"])
    actors = given["actors"][:BATCH]

    def batch(activity: str) -> list[dict[str, Any]]:
        return [passed(actor, activity, number) for number, actor in enumerate(actors)]

    size = len(json.dumps(batch(given["activities"][0]), ensure_ascii=False).encode()) / BATCH
    strangers = [
        passed({"mbox": f"mailto:{each}@example.org"}, "https://other.example/q", each) for each in range(BATCH)
    ]
    sender.post(strangers)
    for name, makes, goal in (
        ("strangers", lambda: [{**each, "id": str(uuid4())} for each in strangers], None),
        ("own learners, first time", lambda: batch(given["activities"][0]), None),
        ("own learners, again", lambda: batch(given["activities"][0]), GOAL_STATEMENT_MS),
    ):
        statements = makes()
        queries: list[str] = []

        def count(execute: Any, sql: str, *rest: Any, found: list[str] = queries) -> Any:
            found.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(count):
            sender.post(statements)
        times = [sender.post(makes())[1] * 1000 / BATCH for _ in range(1 if "first" in name else rounds)]
        cpu = time.process_time()
        sender.post(makes())
        cpu = (time.process_time() - cpu) * 1000 / BATCH
        p50 = statistics.median(times)
        said = "" if goal is None else f"goal {goal}: {'met' if cpu <= goal else 'MISSED'} by CPU"
        missed += goal is not None and cpu > goal
        print(
            f"  batch of {BATCH}, {size / 1000:.1f} kB each, {name:<26} {p50:6.2f} ms each, CPU {cpu:5.2f}, "
            f"{len(queries):5} queries  {said}",
            flush=True,
        )
    with Beside(tree) as alone:
        time.sleep(4)
    print(f"  autosave alone: {_of(alone.times)}")
    with Beside(tree) as beside:
        for _ in range(rounds * 2):
            sender.post(batch(given["activities"][0]))
    ok = _p95(beside.times) <= GOAL_AUTOSAVE_MS
    missed += not ok
    print(
        f"  autosave beside the sender: {_of(beside.times)}  goal p95 {GOAL_AUTOSAVE_MS} ms: {_met(ok)}",
        flush=True,
    )
    for name, requests in bombs(given).items():
        answers: dict[int, int] = {}
        longest = 0.0
        with Beside(tree) as beside:
            for method, address, content in requests:
                status, seconds = sender.post(content, address, method)
                answers[status] = answers.get(status, 0) + 1
                longest = max(longest, seconds)
        ok = max(beside.times) <= GOAL_LOCK_MS
        missed += not ok
        print(
            f"  {name:<54} answers {answers}, longest {longest:5.2f} s; autosave beside it {_of(beside.times)}"
            f"  goal max {GOAL_LOCK_MS}: {_met(ok)}",
            flush=True,
        )
    return missed


def _of(times: list[float]) -> str:
    if len(times) < 2:
        return f"{len(times)} of them"
    p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[18]
    return f"p50 {p50:.0f}, p95 {p95:.0f}, max {max(times):.0f} ms of {len(times)}"


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[18] if len(times) > 1 else max(times)


def _met(ok: bool) -> str:
    return "met" if ok else "MISSED"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--tree", default=str(Path(__file__).parents[1]))
    parser.add_argument("--only", choices=["SQLite", "PostgreSQL"])
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.here:
        sys.exit(1 if run(arguments.tree, arguments.rounds) else 0)
    missed = 0
    url = os.environ.get("DATABASE_URL", "")
    for kind in ["SQLite", "PostgreSQL"] if url.startswith("postgres") else ["SQLite"]:
        if arguments.only not in (None, kind):
            continue
        with tempfile.TemporaryDirectory(prefix="bdhvs-bench-") as folder:
            name = f"bdhvs_bench_{uuid4().hex[:12]}"
            base = url.rpartition("/")[0]
            environment = {
                **os.environ,
                "BDHVS_DATA_DIR": folder,
                "BDHVS_INSECURE_LOOPBACK": "1",
                "BDHVS_SECRET_KEY": "only for this benchmark, " * 3,
                "BDHVS_ALLOWED_HOSTS": "testserver,localhost",
                "BDHVS_LOG_LEVEL": "CRITICAL",
                "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3" if kind == "SQLite" else f"{base}/{name}",
            }
            if kind == "PostgreSQL":
                import psycopg

                with psycopg.connect(f"{base}/postgres", autocommit=True) as server:
                    server.execute(f"CREATE DATABASE {name}")
            try:
                missed += subprocess.run([sys.executable, *sys.argv, "--here"], env=environment, check=False).returncode
            finally:
                if kind == "PostgreSQL":
                    with psycopg.connect(f"{base}/postgres", autocommit=True) as server:
                        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
