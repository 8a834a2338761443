"""What a class costs its teacher: the page of 200 people × 30 activities, its files, the list of classes.

    python benchmarks/class_review.py                                        SQLite, a file in the temporary folder
    DATABASE_URL=postgres://user@host/db python benchmarks/class_review.py   PostgreSQL: an empty database, filled

Three in four of the activities of each person have a result: passed with 8, 9 or 10 points, failed, or begun. The
teacher of the list has 20 classes of 40 people; a superuser sees 2,000, the others of 10. Each page is opened
``--rounds`` times (default 15) through every middleware and compressed, after one that is not counted; the median is
shown. "CPU" is this process's: of PostgreSQL's own work nothing is in it. "cold" is what a first visit fetches, as it
is sent: the page with its styles and scripts. The floors: the page of help, which asks nothing of a class, and joining
ready pieces of HTML for all cells. The last lines are of a class of 40 with one attempt of each at four quizzes of ten
questions, and with ten: what the class got wrong and one learner's page must not cost more for it.

Moodle 4.5 on a machine like this one, PHP-FPM and PostgreSQL: 103 ms CPU for a completion report of 25 people, a page
of it; 190 for the CSV of 200; 1,252 kB the first time. Ends with 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import gzip
import os
import platform
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), *(str(ROOT / folder) for folder in ("content", "xapi", "templates"))]
BEGAN = datetime(2025, 10, 1, 3, tzinfo=UTC)
CLOCK = "2025-11-15T10:00:00+07:00"
PEOPLE, ACTIVITIES = 200, 30
CLASSES, OF_TEACHER, IN_OWN, IN_OTHERS = 2_000, 20, 40, 10
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đỗ")
GIVEN = ("An", "Bình", "Cúc", "Dũng", "Đào", "Giang", "Hạnh", "Khánh", "Lan", "Minh", "Ngọc", "Sen", "Tuấn", "Yến")
COLD = 150 * 1024


def uid(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"https://benchmark.invalid/{name}")


def course_of(name: str) -> Any:
    from bdhvs_lms.courses import api as courses

    course = courses.push_course(uid(name), host="benchmark", titles={"vi": name}, revision="1", at=BEGAN)
    for place in range(ACTIVITIES):
        by_passing = place % 4 == 3
        facts = courses.ActivityFacts(
            key=uid(f"{name} {place}"),
            type_key="bdhvs_quiz.quiz" if by_passing else "bdhvs_content.lesson",
            plugin="bdhvs_quiz" if by_passing else "bdhvs_content",
            titles={"vi": f"Bài số {place + 1}: dùng điện thoại thông minh"},
            done_on="passed" if by_passing else "completed",
            revision="1",
            position=place,
            max_score=Decimal(10) if by_passing else None,
            pass_score=Decimal(8) if by_passing else None,
        )
        courses.push_activity(course.key, facts, at=BEGAN)
    return course


def people(count: int, area: Any, first: int = 0) -> list[Any]:
    from bdhvs_lms.base.api import fold
    from bdhvs_lms.learners.api import Learner, Person, Placement

    learners = Learner.objects.bulk_create(Learner() for _ in range(count))
    found = []
    for number, learner in enumerate(learners, start=first):
        name = f"{FAMILY[number % 7]} {'Văn' if number % 2 else 'Thị'} {GIVEN[number % 14]}"
        phone = f"09{number:08}" if number % 3 else ""
        found.append(
            Person(learner=learner, full_name=name, search_name=fold(name), phone=phone, birth_year=1940 + number % 40)
        )
    Person.objects.bulk_create(found)
    Placement.objects.bulk_create(
        Placement(learner=one, area=area, valid_from=BEGAN.date(), recorded_at=BEGAN) for one in learners
    )
    return learners


def begun(learners: list[Any], course: Any) -> None:
    """Of five one has not agreed to anything, and one has not enrolled."""
    from bdhvs_lms.audit.api import version_in_force
    from bdhvs_lms.audit.models import Consent
    from bdhvs_lms.courses.api import Enrolment

    version = version_in_force(BEGAN.date())
    Consent.objects.bulk_create(
        Consent(actor=one.actor, given=True, at=BEGAN, purpose="learning", text_version=version)
        for number, one in enumerate(learners)
        if number % 5
    )
    Enrolment.objects.bulk_create(
        Enrolment(learner=one, course=course, enrolled_at=BEGAN)
        for number, one in enumerate(learners)
        if number % 5 != 1
    )


def results(learners: list[Any], course: Any) -> None:
    from bdhvs_lms.courses.api import Activity
    from bdhvs_lms.progress.api import Result

    chance, rows = Random(14), []
    activities = list(Activity.objects.filter(course=course))
    for learner in learners:
        last = BEGAN + timedelta(days=chance.randrange(45))
        for activity in activities:
            if chance.random() > 0.75:
                continue
            row = Result(learner=learner, activity_key=activity.key, last_at=last - timedelta(hours=activity.position))
            outcome = chance.random()
            if activity.done_on == "completed":
                row.experienced_at = row.last_at
                row.completed_at, row.completed_trust = (row.last_at, 1) if outcome < 0.9 else (None, None)
            elif outcome < 0.9:
                points = Decimal(chance.choice((8, 9, 10) if outcome < 0.7 else (3, 5, 7)))
                row.best_raw, row.best_max, row.best_scaled = points, Decimal(10), points / 10
                row.completed_at, row.completed_trust = row.last_at, 1
                row.passed_at, row.trust = (row.last_at, 1) if points >= 8 else (None, None)
                row.failed_at = None if points >= 8 else row.last_at
            rows.append(row)
    Result.objects.bulk_create(rows, batch_size=2_000)


def tried(group: Any, first: int, last: int) -> None:
    """These attempts (by number) of each of the class's people at four quizzes of ten questions, on the ledger."""
    from django.db import transaction

    from bdhvs_lms.classes.api import members
    from bdhvs_lms.courses.api import Activity, activity_ref, course_ref
    from bdhvs_lms.plugins.api import Interaction
    from bdhvs_lms.tracking import api as tracking

    chance, quizzes = Random(first), Activity.objects.filter(course=group.course, done_on="passed")[:4]
    offered = Interaction(
        "choice", {"choices": [(one, {"vi": f"Phương án {one}, một câu vừa phải"}) for one in "abcd"]}
    )

    def attempt(learner: Any, quiz: Any, number: int) -> Iterator[Any]:
        seed, at, about = (
            uid(f"{learner.actor} {quiz.key} {number}"),
            BEGAN + timedelta(days=number),
            activity_ref(quiz),
        )

        def act(verb: str, what: Any, minutes: int, **more: Any) -> Any:
            return tracking.LearningAct(
                actor=learner.actor,
                verb=verb,
                object=what,
                occurred_at=at + timedelta(minutes=minutes),
                id_seed=seed,
                registration=seed,
                revision="1",
                grouping=(course_ref(group.course),),
                **more,
            )

        yield act(tracking.VERB_INITIALIZED, about, 0)
        for place in range(10):
            iri, right = tracking.question_iri(uid(f"{quiz.key} {place}")), chance.random() < 0.7
            asked = {"vi": f"Câu hỏi số {place + 1} của bài này là gì?"}
            question = tracking.ObjectRef(iri, tracking.TYPE_QUESTION, asked, offered)
            result = tracking.ResultFacts(success=right, response="b" if right else chance.choice("acd"))
            yield act(tracking.VERB_ANSWERED, question, 1 + place, parent=(about,), result=result)
        yield act(tracking.VERB_COMPLETED, about, 12)
        yield act(tracking.VERB_FAILED, about, 12, result=tracking.ResultFacts(success=False))

    for learner in members(group, BEGAN.date()):
        acts = [one for quiz in quizzes for number in range(first, last) for one in attempt(learner, quiz, number)]
        with transaction.atomic():
            tracking.record(acts, at=BEGAN + timedelta(days=40))


def fill() -> dict[str, str]:
    """Addresses by what they are called."""
    from django.contrib.auth.models import User
    from django.core.management import call_command

    from bdhvs_lms.campaign.api import Area
    from bdhvs_lms.classes.api import ClassGroup, ClassTeacher, Membership

    call_command("migrate", verbosity=0)
    area = Area.objects.create(code="10015", name="Xã Đo", kind="commune", valid_from=BEGAN.date())
    teacher, lister = User.objects.create_user("teacher"), User.objects.create_user("lister")
    User.objects.create_superuser("root")
    course = course_of("Khóa đo")
    day = BEGAN.date()
    large = ClassGroup.objects.create(name="Lớp đo", code="lop-do", course=course, area=area, starts=day)
    ClassTeacher.objects.create(class_group=large, user=teacher, valid_from=day)
    learners = people(PEOPLE, area)
    begun(learners, course)
    results(learners, course)
    Membership.objects.bulk_create(Membership(learner=one, class_group=large, valid_from=day) for one in learners)
    more = people(OF_TEACHER * IN_OWN, area, PEOPLE)
    results(more, course)
    groups = ClassGroup.objects.bulk_create(
        ClassGroup(name=f"Lớp tối thôn {number}", code=f"lop-{number}", course=course, area=area, starts=day)
        for number in range(1, CLASSES)
    )
    inside = []
    for number, group in enumerate(groups):
        own = number < OF_TEACHER
        size, begin = (IN_OWN, number * IN_OWN) if own else (IN_OTHERS, number * IN_OTHERS % (len(more) - IN_OTHERS))
        inside += [Membership(learner=one, class_group=group, valid_from=day) for one in more[begin : begin + size]]
        if own:
            ClassTeacher.objects.create(class_group=group, user=lister, valid_from=day)
    Membership.objects.bulk_create(inside, batch_size=2_000)
    own = f"/day/{groups[0].uuid}/"
    return {"class": f"/day/{large.uuid}/", "own": own, "person": f"{own}nguoi/{more[0].actor}/"}


def sent(response: Any) -> int:
    """Bytes of the answer, as they go over the line."""
    return len(response.content)


def cold(client: Any, response: Any) -> int:
    """With the styles and scripts that the page names, compressed as they are served."""
    html = gzip.decompress(response.content) if response.get("Content-Encoding") == "gzip" else response.content
    total = sent(response)
    for path in set(re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', html.decode())):
        (found,) = ROOT.glob(f"*/*/static/{path}")
        total += len(gzip.compress(found.read_bytes(), 9))
    return total


class Goals:
    def __init__(self) -> None:
        self.missed: list[str] = []

    def mark(self, name: str, value: float, goal: float | None) -> str:
        if goal is None or value <= goal:
            return ""
        self.missed.append(f"{name}: {value:,.1f}, goal {goal:,.1f}")
        return "  MISSED"


def opened(client: Any, name: str, address: str, rounds: int, goals: Goals, goal: float | None, weighed: bool) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
        queries = len(captured)
    if response.status_code != 200:
        raise SystemExit(f"{address}: {response.status_code}")
    times, walls = [], []
    # What takes seconds is told by three of them.
    for _ in range(min(rounds, 3) if name.endswith("PDF") else rounds):
        began, wall = time.process_time(), time.perf_counter()
        client.get(address)
        times.append((time.process_time() - began) * 1000)
        walls.append((time.perf_counter() - wall) * 1000)
    used = statistics.median(times)
    weight = cold(client, response) if weighed else 0
    print(
        f"  {name:<44} {used:>8.1f} {goal or '':>6} {statistics.median(walls):>8.1f} {queries:>8} "
        f"{sent(response):>9,} {weight or '':>9}",
        end="",
    )
    print(
        goals.mark(f"{name}, CPU ms", used, goal)
        + goals.mark(f"{name}, cold bytes", weight, COLD if weighed else None),
        flush=True,
    )


def joining() -> float:
    """Milliseconds to join as many ready pieces as the class has cells."""
    pieces = [f'<td class="cell cell--done"><span class="sign">{place}</span></td>' for place in range(40)]
    cells = [place % len(pieces) for place in range(PEOPLE * ACTIVITIES)]
    began = time.process_time()
    for _ in range(50):
        "".join([pieces[place] for place in cells])
    return (time.process_time() - began) * 1000 / 50


def run(rounds: int) -> Goals:
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client

    from bdhvs_lms.base.api import why_no_pdf
    from bdhvs_lms.classes.api import ClassGroup
    from bdhvs_lms.courses.api import Activity

    settings.ALLOWED_HOSTS = ["*"]
    settings.BDHVS_TEST_CLOCK = CLOCK
    addresses = fill()
    connection.cursor().execute("ANALYZE")

    def signed_in(name: str) -> Any:
        client = Client(headers={"accept-encoding": "gzip"})
        client.force_login(User.objects.get(username=name))
        return client

    teacher, lister, root = signed_in("teacher"), signed_in("lister"), signed_in("root")
    goals = Goals()
    print(f"\n{connection.display_name}, Django {django.get_version()}, Python {platform.python_version()}, ", end="")
    print(f"{os.cpu_count()} cores, {rounds} rounds")
    head = ("page", "CPU ms", "goal", "ms", "queries", "bytes", "cold")
    print(f"  {head[0]:<44} {head[1]:>8} {head[2]:>6} {head[3]:>8} {head[4]:>8} {head[5]:>9} {head[6]:>9}")
    page = addresses["class"]
    for client, name, address, goal, weighed in (
        (teacher, "floor: the page of help", "/tro-giup/", None, True),
        (teacher, "class of 200 × 30", page, 60, True),
        (teacher, "class of 200 × 30, in English", f"/en{page}", None, True),
        (teacher, "class of 200 × 30, those who need help", f"{page}?tinh-trang=can-giup", None, True),
        (teacher, "class of 200 × 30, CSV", f"{page}lop.csv", None, False),
        (teacher, "class of 200 × 30, XLSX", f"{page}lop.xlsx", None, False),
        *([(teacher, "class of 200 × 30, PDF", f"{page}lop.pdf", None, False)] if not why_no_pdf() else []),
        (lister, "list of 20 classes of 40", "/day/", 40, True),
        (root, "list of 2,000 classes", "/day/", 60, True),
    ):
        opened(client, name, address, rounds, goals, goal, weighed)
    group = ClassGroup.objects.get(uuid=addresses["own"].split("/")[2])
    Activity.objects.filter(course=group.course, done_on="passed").update(attempts_allowed=20)
    for first, last in ((0, 1), (1, 10)):
        tried(group, first, last)
        connection.cursor().execute("ANALYZE")
        for name, address in (("hardest questions", f"{addresses['own']}cau-kho/"), ("a learner", addresses["person"])):
            opened(lister, f"{name}, attempts at each quiz: {last}", address, rounds, goals, None, False)
    print(f"  {'floor: joining ready pieces of 6,000 cells':<44} {joining():>8.1f}")
    print("  Moodle 4.5: 103 ms a completion report of 25 people, 190 the CSV of 200, 1,252 kB cold.")
    return goals


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/class.sqlite3")
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        import tests.settings  # noqa: F401 - takes the developer's own environment away first

        goals = run(options.rounds)
    if goals.missed:
        sys.exit("\nGoals missed:\n" + "\n".join(f"- {line}" for line in goals.missed))
    print("\nEvery goal is met.")


if __name__ == "__main__":
    main()
