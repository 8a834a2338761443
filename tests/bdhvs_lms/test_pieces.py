"""What works on many does so in short transactions: SQLite has one writer, and everybody else waits for it.

Told in statements, whatever the machine does; benchmarks/locks.py says how long they take.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.api import apply_import
from bdhvs_lms.campaign.api import IMPORTERS, Area, TargetGroup
from bdhvs_lms.classes.api import create_class
from bdhvs_lms.classes.rosters import RosterImporter
from bdhvs_lms.competency.confirming.vneid import VneidImporter
from bdhvs_lms.courses.api import Course, enrol
from bdhvs_lms.learners.api import Learner, apply_group_rules, register, set_min_age
from bdhvs_lms.learners.importing.people import PeopleImporter
from bdhvs_lms.privacy.api import erase, purge
from bdhvs_lms.tracking import api as tracking
from bdhvs_quiz.regrading import actions as regrading
from tests.bdhvs_quiz.test_regrading import Wrong
from tests.support.loops import for_each
from tests.support.world import T0, World

pytestmark = [pytest.mark.django_db, pytest.mark.database]
AT = T0 + timedelta(days=400)
DAY = f"{AT:%d/%m/%Y}"
FEW = 6


class Transactions:
    """Counts statements of SQL; `longest`: the most in one transaction, which in a test's own one is a savepoint."""

    def __init__(self) -> None:
        self.longest = self.count = self.depth = 0

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("SAVEPOINT"):
            self.depth += 1
        elif sql.startswith("RELEASE SAVEPOINT"):
            self.depth -= 1
        self.count = self.count + 1 if self.depth else 0
        self.longest = max(self.longest, self.count)
        return execute(sql, *rest)


def imported(world: World, kind: Any, headings: str, row: Callable[[int], str], **options: Any) -> Any:
    def prepare(count: int) -> Callable[[], Any]:
        content = "\n".join([headings, *(row(count * 1_000 + n) for n in range(count))]).encode()

        def work() -> None:
            done = apply_import(kind, content, at=AT, by=None, sure=True, options=options, act_id=uuid.uuid4())
            assert (done.applied, done.written) == (True, count), [str(one) for one in done.errors]

        return work

    return prepare


def name(number: int) -> str:
    return "Lê " + "".join("abcdefghij"[int(digit)] for digit in str(number))


def people(world: World) -> Any:
    of = {"course": Course.objects.get(), "area": world.area, "starts": AT.date(), "at": AT, "by": None}
    options = {"class_group": create_class(name="Lớp", code="lop", **of), "area": world.area, "group": world.group}
    return imported(world, RosterImporter, "Họ tên;Năm sinh", lambda n: f"{name(n)};1960", **options)


def villages(world: World) -> Any:
    return imported(world, IMPORTERS["areas"], "Xã;Thôn", lambda n: f"{world.area.name};Thôn {n}")


def organisations(world: World) -> Any:
    kind = IMPORTERS["organisations"]
    return imported(world, kind, "Tên;Loại;Xã", lambda n: f"Trường {n};Trường học;{world.area.name}")


def populations(world: World) -> Any:
    def row(number: int) -> str:
        Area.objects.create(code=str(number), name=f"Xã {number}", kind="commune", valid_from=T0.date())
        return f"{world.group.label_vi};{number};{DAY};900;Đo"

    return imported(world, IMPORTERS["denominators"], "Nhóm;Địa bàn;Ngày;Tổng số;Nguồn", row)


def confirmations(world: World) -> Any:
    def row(number: int) -> str:
        register(full_name=name(number), birth_year=1960, at=AT)
        return f"{name(number)};1960;{DAY};Đo"

    return imported(world, VneidImporter, "Họ tên;Năm sinh;Ngày;Nguồn", row)


def learned(world: World, who: str, tries: int) -> Learner:
    person = world.learner(who)
    said = {"verb": tracking.VERB_PASSED, "key": world.quiz, "score": 9}
    world.record(*(world.act(person, minutes=n + 1, try_no=n + 1, **said) for n in range(tries)))
    return person


def merges(world: World) -> Any:
    def prepare(count: int) -> Callable[[], Any]:
        one, other = (learned(world, f"{who} {count}", count) for who in ("một", "hai"))
        return lambda: tracking.merge_records(one, other, by=None, reason="Một người", at=AT)

    return prepare


def erasures(world: World) -> Any:
    def prepare(count: int) -> Callable[[], Any]:
        person = learned(world, f"ba {count}", count)
        return lambda: erase(person, by=None, at=AT)

    return prepare


def retention(world: World) -> Any:
    def prepare(count: int) -> Callable[[], Any]:
        for number in range(count):
            register(full_name=f"Cũ {number}", at=T0)

        def work() -> None:
            assert purge(AT, at=AT) == count

        return work

    return prepare


def ages(world: World) -> Any:
    """A piece is 500 people: that as many take as many statements is all that is asked."""

    def prepare(count: int) -> Callable[[], Any]:
        for number in range(count):
            register(full_name=f"Già {number}", birth_year=1950, at=AT)
        old = TargetGroup.objects.create(key=f"old{count}", label_vi=f"Cao tuổi {count}", counted_where="area")
        set_min_age(old, 60, by=None)
        return lambda: apply_group_rules(at=AT)

    return prepare


def looks(world: World) -> Any:
    def prepare(count: int) -> Callable[[], Any]:
        actors = [register(full_name=f"Xem {number}", at=AT).actor for number in range(4)]
        for number in range(count):
            log_access(user=None, actors=actors[number % 4 :], page="class-review", at=AT)
        return lambda: call_command("forget_accesses", "--days", "1", verbosity=0)

    return prepare


def regrades(world: World) -> Any:
    taking = Wrong(count=2, values={"pass_percent": 50})
    for number in range(3):
        who = world.learner(f"thi {number}")
        enrol(who, taking.course.translation_key, at=AT)
        taking.take(taking.knows(0), who, at=AT)
    taking.correct()
    by = get_user_model().objects.create_user("sua")
    asked = {"reason": "Đáp án sai", "keep_higher": True, "by": by, "act_id": uuid.uuid4(), "at": AT}
    regrade = regrading.begin(taking.key, **asked)

    def prepare(count: int) -> Callable[[], Any]:
        def work() -> None:
            before = regrade.higher
            regrading.step(regrade, at=AT, people=count)
            assert regrade.higher == before + count

        return work

    return prepare


@for_each(
    "what, few",
    [
        # More than are written at once.
        (people, PeopleImporter.piece + 1),
        *((one, FEW) for one in (villages, organisations, populations, confirmations)),
        *((one, FEW) for one in (merges, erasures, retention, ages, looks)),
        (regrades, 1),
    ],
)
def test_twice_as_many_make_no_longer_transaction(what: Any, few: int) -> None:
    prepare = what(World())
    told = []
    for count in (few, 2 * few):
        work = prepare(count)
        transactions = Transactions()
        with connection.execute_wrapper(transactions):
            work()
        told.append(transactions.longest)
    # Rows of a merge are written by the hundred.
    assert told[1] <= told[0] + 1, told
