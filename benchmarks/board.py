"""What the board and a target's page cost the committee, with their 12 months: the plan of a district, its people.

    python benchmarks/board.py                                            SQLite, a file in the temporary folder
    DATABASE_URL=postgres://user@host/db python benchmarks/board.py       PostgreSQL: an empty database, filled

``--people N`` how many adults (default 50,000), spread over 20 villages in each commune of the plan; three quarters
have attained something, over 16 months, a tenth of all moved to another village. Each page is opened twice; the second
time is shown, with its queries and bytes; then again beside ``--readings`` (default 12) of the months before, from
which today's numbers may not differ by few people. A database that was filled before is taken as it is.

On 2026-11-30, two cores nearly idle, 300,000 people with 1,050,000 rows of evidence, Python 3.11, Django 5.2: both
years 0.22 to 0.27 s on PostgreSQL (half of it in the database; 0.34 to 0.37 before patterns were joined once and
learners looked up in the index's order; up to 0.33 while the host was busy) and 0.42 s on SQLite, with 12 readings or
without. The goal is 0.3 and 1. One more answer: 23 to 61 ms beside a million rows, 55 to 70 beside ten thousand on a
busy machine, with as many queries.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), *(str(ROOT / folder) for folder in ("content", "xapi", "templates"))]
BEGAN = datetime(2025, 7, 2, 3, tzinfo=UTC)
CLOCK = "2026-11-15T10:00:00+07:00"
VILLAGES = 20


def fill(people: int) -> None:
    from django.core.management import call_command

    from bdhvs_lms.campaign.api import Area, Denominator, TargetGroup
    from bdhvs_lms.competency.api import Attainment, Competency, Evidence
    from bdhvs_lms.learners.api import Belonging, Learner, Placement

    call_command("migrate", verbosity=0)
    if Learner.objects.exists():
        return
    call_command("load_campaign", "--at", "2025-07-01T08:00:00+07:00", verbosity=0)
    communes = list(Area.objects.filter(kind="commune", valid_to=None, valid_from=date(2025, 7, 1)).order_by("code"))
    villages = Area.objects.bulk_create(
        Area(code=f"{one.code}-{number}", name=f"Thôn {number}", kind="village", parent=one, valid_from=one.valid_from)
        for one in communes
        for number in range(VILLAGES)
    )
    adult = TargetGroup.objects.get(key="adult")
    known = {one.code: one for one in Competency.objects.filter(framework__key="kh02-chuongmy-2025")}
    district = Area.objects.get(code="277")
    for day in (date(2025, 7, 1), date(2026, 7, 1)):
        Denominator.objects.create(
            group=adult, area=district, as_of=day, value=people, source="Đo", entered_at=BEGAN, illustrative=True
        )
    for start in range(0, people, 5_000):
        numbers = range(start, min(start + 5_000, people))
        learners = Learner.objects.bulk_create(Learner(illustrative=True) for _ in numbers)
        pairs = list(zip(numbers, learners, strict=True))
        placed = []
        for number, one in pairs:
            days = [0] if number % 10 else [0, number % 400 + 1]
            for moves, later in enumerate(days):
                where, day = villages[(number + moves) % len(villages)], BEGAN.date() + timedelta(days=later)
                placed.append(Placement(learner=one, area=where, valid_from=day, recorded_at=BEGAN))
        Placement.objects.bulk_create(placed)
        Belonging.objects.bulk_create(
            Belonging(learner=one, group=adult, valid_from=BEGAN.date(), recorded_at=BEGAN) for one in learners
        )
        attained, evidence = [], []
        for number, one in pairs:
            at = BEGAN + timedelta(days=number % 500)
            codes = {0: [], 1: ["A1", "A2"]}.get(number % 4, ["A1", "A2", "A3", "A4", "A5", "A6"])
            for code in codes:
                of = {"learner": one, "competency": known[code]}
                level = 1 + number % 2
                attained.append(Attainment(**of, level=level, status="demonstrated", begun_at=at, attained_at=at))
                ids = {"statement_id": uuid4(), "activity_key": uuid4()}
                evidence.append(Evidence(**of, **ids, level=1, occurred_at=at, trust=1, presence=False))
        Attainment.objects.bulk_create(attained)
        Evidence.objects.bulk_create(evidence)


def write_rows(people: int) -> None:
    """What boards count, as it is written for a rule that is new."""
    from bdhvs_lms.competency.api import Standing, fill

    began, used = time.perf_counter(), time.process_time()
    fill()
    took, used = time.perf_counter() - began, time.process_time() - used
    if Standing.objects.exists():
        print(f"Rows written: {Standing.objects.count():,} in {took:.1f} s, {used * 1e6 / people:.0f} µs CPU a person")


ANSWERS = 40


def one_more_answer() -> None:
    """What a passed quiz costs beside all that is stored: people who have the result, and such as get it by this."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bdhvs_lms.audit.api import record_consent
    from bdhvs_lms.competency.api import Competency, Evidence, push_alignment
    from bdhvs_lms.courses import api as courses
    from bdhvs_lms.learners.api import Learner
    from bdhvs_lms.tracking import api as tracking
    from tests.support.world import T0, World

    world, known = World.existing(), Competency.objects.get(framework__key="kh02-chuongmy-2025", code="A1")
    courses.push_course(world.course_key, host="benchmark", titles={"vi": "Khóa"}, revision="1", at=T0)
    quiz = courses.ActivityFacts(
        key=world.quiz, type_key="benchmark.quiz", plugin="benchmark", titles={"vi": "Bài"}, done_on="passed",
        revision="1", position=1, max_score=Decimal(10), pass_score=Decimal(8),
    )  # fmt: skip
    courses.push_activity(world.course_key, quiz, at=T0)
    push_alignment(world.quiz, "1", [(known.pk, 1)], at=T0)
    turn = int(time.time())
    stored = Evidence.objects.count()
    for what, some in (
        ("who has the result", Learner.objects.filter(attainments__competency=known)),
        ("who gets it by this", Learner.objects.exclude(attainments__competency=known)),
    ):
        took: list[float] = []
        queries = 0
        for learner in some.order_by("pk")[: ANSWERS + 1]:
            record_consent(learner.actor, given=True, at=T0)
            courses.enrol(learner, world.course_key, at=T0)
            act = world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=9, score=9, try_no=turn)
            if not queries:
                with CaptureQueriesContext(connection) as asked:
                    world.record(act)
                queries = len(asked)
                continue
            began = time.perf_counter()
            world.record(act)
            took.append((time.perf_counter() - began) * 1000)
        cost = f"{median(took):.1f} ms, {queries} queries, {stored:,} rows of evidence"
        print(f"  one more answer of somebody {what}: {cost}")


def write_readings(number: int) -> None:
    """Readings of the months before, without their files: what today's board must not differ from by few people."""
    from bdhvs_lms.base.api import end_of_day, now
    from bdhvs_lms.campaign.api import Area
    from bdhvs_lms.reporting.queries.board import Board
    from bdhvs_lms.reporting.readings.content import read
    from bdhvs_lms.reporting.readings.earlier import told_by_readings
    from bdhvs_lms.reporting.readings.models import Reading

    district, day = Area.objects.get(code="277"), now().date().replace(day=1)
    days = []
    for _ in range(number):
        day = (day - timedelta(days=1)).replace(day=1)
        days.append(day + timedelta(days=24))
    for as_of in sorted(days):
        month = as_of.replace(day=1)
        if not Reading.objects.filter(area=district, month=month).exists():
            frozen = read(Board(end_of_day(as_of), told_by_readings()), district, as_of)
            facts = {"frozen": frozen, "illustrative": frozen["illustrative"], "software": "", "made_at": now()}
            Reading.objects.create(area=district, month=month, number=1, as_of=as_of, **facts)


def opened(client: Any, address: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        began, used = time.perf_counter(), time.process_time()
        response = client.get(address)
        took, used = time.perf_counter() - began, time.process_time() - used
    if response.status_code != 200:
        raise SystemExit(f"{address}: {response.status_code}")
    asked = sum(float(query["time"]) for query in queries)
    print(f"  {address:<44} {took:>8.2f} {used:>8.2f} {asked:>12.2f} {len(queries):>9} {len(response.content):>9,}")


def run(people: int, readings: int) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client

    from bdhvs_lms.campaign.api import Area
    from bdhvs_lms.learners.api import Learner

    settings.ALLOWED_HOSTS = ["*"]
    fill(people)
    write_rows(people)
    # What autovacuum has done long before so many people are there.
    connection.cursor().execute("VACUUM (ANALYZE)" if connection.vendor == "postgresql" else "ANALYZE")
    client = Client()
    client.force_login(User.objects.get_or_create(username="bench", is_superuser=True)[0])
    areas = Area.objects.count()
    print(f"\n{connection.display_name}, Django {django.get_version()}, Python {platform.python_version()}, ", end="")
    print(f"{os.cpu_count()} cores; {Learner.objects.count():,} people, {areas:,} areas")
    print(f"  {'page':<44} {'seconds':>8} {'CPU':>8} {'in database':>12} {'queries':>9} {'bytes':>9}")
    board, target = "/chi-dao/?dia-ban=277@&nam=", "/chi-dao/kh02-chuongmy-2025/T3-2026/?dia-ban="
    addresses = f"{board}2026", f"{board}tat-ca", f"{target}277@", f"{target}10015@2025-07-01"
    for address in addresses:
        opened(client, address)
    if readings:
        write_readings(readings)
        print(f"  beside {readings} readings")
        for address in addresses:
            opened(client, address)
    one_more_answer()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--readings", type=int, default=12)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/board.sqlite3")
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        import tests.settings  # noqa: F401 - takes the developer's own environment away first

        os.environ["BDHVS_TEST_CLOCK"] = CLOCK
        run(options.people, options.readings)


if __name__ == "__main__":
    main()
