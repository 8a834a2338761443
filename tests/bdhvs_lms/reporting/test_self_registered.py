"""Who registered without help changes no number before being taken into the lists, and all of them after."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.campaign.api import TargetGroup
from bdhvs_lms.competency.api import Attainment
from bdhvs_lms.courses.api import enrol
from bdhvs_lms.learners.actions import correct_person, place
from bdhvs_lms.learners.api import Belonging, Learner, Placement, apply_group_rules, belong, register
from bdhvs_lms.learners.claims import claim, duplicates_among, register_self, unclaimed
from bdhvs_lms.learners.models import Claim
from bdhvs_lms.learners.queries import is_unclaimed, unclaimed_among
from bdhvs_lms.privacy.api import erase, export
from bdhvs_lms.reporting.queries.board import Board as Reported
from bdhvs_lms.reporting.queries.board import board_targets
from bdhvs_lms.reporting.queries.counting import unassigned
from bdhvs_lms.tracking import api as tracking
from tests.bdhvs_lms.learners.making import make_user
from tests.support.board import Board
from tests.support.world import T0

pytestmark = [pytest.mark.database, pytest.mark.django_db]

REGISTERED = T0 + timedelta(days=10)
CLAIMED = datetime(2025, 11, 12, 3, tzinfo=UTC)
ASKED = datetime(2025, 11, 15, 3, tzinfo=UTC)


def everything(world: Board, at: datetime) -> list[object]:
    """All numbers of all boards: every target in every area with its months, what lies below, and who waits."""
    board = Reported(at)
    found: list[object] = []
    for area in (world.province, world.area, world.other_area):
        for target in board_targets(area):
            found += [board.row(target, area), board.below(target, area)]
    found.append(unassigned(at.date(), board.snapshot(board.today).places))
    return found


def passing(world: Board, learner: Learner, minutes: int) -> None:
    """The learner agrees, enrols and passes the quiz: statements, from which everything follows."""
    record_consent(learner.actor, given=True, at=REGISTERED)
    enrol(learner, world.course_key, at=REGISTERED)
    world.record(
        world.act(learner, tracking.VERB_COMPLETED, world.lesson, minutes=minutes),
        world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=minutes + 1, score=9),
    )


@pytest.fixture
def world() -> Board:
    found = Board()
    TargetGroup.objects.filter(pk=found.group.pk).update(min_age=18)
    found.attain(found.people(6))
    found.count_everyone(40)
    found.add_target("T3-2026", 2026)
    found.add_rule(2026)
    return found


def test_changes_no_number_of_the_board_before_being_claimed_and_all_after(world: Board) -> None:
    days = [REGISTERED + timedelta(days=1), CLAIMED - timedelta(days=1), ASKED]
    before = [everything(world, day) for day in days]
    people = [
        register_self(full_name=f"Người {number}", birth_year=1960, area=world.area, at=REGISTERED)
        for number in range(5)
    ]
    for number, learner in enumerate(people):
        passing(world, learner, 10 * 24 * 60 + number)
    # They learn: what follows from statements is there.
    assert Attainment.objects.filter(learner__in=people, status="demonstrated").count() >= 10
    # A year of birth that is corrected, and the rules of age for everybody, put nobody in.
    correct_person(people[0], full_name="Người Khác", birth_year=1961, phone="", at=REGISTERED)
    apply_group_rules(at=REGISTERED)
    assert [everything(world, day) for day in days] == before

    for learner in people:
        claim(learner, at=CLAIMED, by=None)
    after = [everything(world, day) for day in days]
    # What a board said of earlier days it still says.
    assert after[:2] == before[:2]
    row = Reported(ASKED).row(board_targets(world.area)[0], world.area)
    assert (row.numerator, Reported(ASKED).row(board_targets(world.province)[0], world.province).numerator) == (11, 11)
    assert Reported(ASKED).row(board_targets(world.area)[1], world.area).numerator == 11
    # The months are of those who are counted today (ADR 30): these had passed before October ended.
    assert row.months[-1].numerator == 5


def test_nobody_is_placed_or_listed_past_the_claim(world: Board) -> None:
    learner = register_self(full_name="Bà Tư", birth_year=1950, area=world.area, at=REGISTERED)
    with pytest.raises(ValidationError):
        place(learner, world.area, valid_from=REGISTERED.date(), at=REGISTERED)
    with pytest.raises(ValidationError):
        belong(learner, world.group, valid_from=REGISTERED.date(), at=REGISTERED)
    assert not Placement.objects.filter(learner=learner).exists()
    assert not Belonging.objects.filter(learner=learner).exists()


def test_a_claim_is_for_who_may_and_happens_once(world: Board) -> None:
    learner = register_self(full_name="Bà Tư", birth_year=1950, area=world.area, at=REGISTERED)
    with pytest.raises(PermissionDenied):
        claim(learner, at=CLAIMED, by=make_user())
    assert is_unclaimed(learner)
    officer = make_user("add_claim")
    first = claim(learner, at=CLAIMED, by=officer)
    assert claim(learner, at=ASKED, by=officer) == first
    assert (Claim.objects.get().by, Placement.objects.get(learner=learner).valid_from) == (officer, CLAIMED.date())
    assert not is_unclaimed(learner)
    assert not unclaimed().exists()
    place(learner, world.other_area, valid_from=ASKED.date(), at=ASKED)


def test_who_said_no_area_is_in_the_lists_and_counted_nowhere(world: Board) -> None:
    learner = register_self(full_name="Ông Ba", birth_year=1955, area=None, at=REGISTERED)
    claim(learner, at=CLAIMED, by=None)
    assert not Placement.objects.filter(learner=learner).exists()
    assert not is_unclaimed(learner)


def test_who_was_registered_by_staff_needs_no_claim(world: Board) -> None:
    learner = register(full_name="Ông Năm", at=REGISTERED, area=world.area)
    assert unclaimed_among([learner.pk]) == set()
    with pytest.raises(ValidationError):
        claim(learner, at=CLAIMED, by=None)


@pytest.mark.parametrize(
    ("name", "year", "area", "same"),
    [
        ("Nguyễn Thị Lan", 1960, None, True),
        ("nguyen thi LAN", 1960, "other", True),
        ("Nguyễn Thị Lan", 1970, "own", True),
        ("Nguyễn Thị Lan", 1970, "other", False),
        ("Nguyễn Thị Lành", 1960, "own", False),
    ],
)
def test_likely_duplicates_have_the_name_and_the_year_or_the_area(
    world: Board, name: str, year: int, area: str | None, same: bool
) -> None:
    known = register(full_name="Nguyễn Thị Lan", birth_year=1960, area=world.area, at=T0)
    where = {"own": world.area, "other": world.other_area, None: None}[area]
    new = register_self(full_name=name, birth_year=year, area=where, at=REGISTERED)
    found = duplicates_among([new.pk], CLAIMED.date())
    assert [person.learner for person in found.get(new.pk, [])] == ([known] if same else [])


def test_what_they_said_is_theirs_to_take_along_and_to_have_erased(world: Board) -> None:
    learner = register_self(full_name="Bà Tư", birth_year=1950, area=world.area, at=REGISTERED)
    said = export(learner)["data"]["bdhvs_lms.SelfRegistration"]
    assert [(row["area"], row["registered_at"]) for row in said] == [("Phường Thử", REGISTERED.isoformat())]
    erase(learner, by=None, at=ASKED)
    assert not unclaimed().exists()
    with pytest.raises(ValidationError):
        claim(learner, at=ASKED, by=None)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer anyway")
@pytest.mark.django_db(transaction=True)
def test_a_page_that_is_sent_twice_at_once_is_one_person() -> None:
    """A finger that pressed twice on a slow line: both requests look before either has written."""
    form, both = uuid4(), Barrier(4)
    made: list[int] = []

    def send() -> None:
        both.wait()
        try:
            made.append(register_self(full_name="Bà Tư", birth_year=1950, area=None, at=REGISTERED, form=form).pk)
        finally:
            connection.close()

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len(set(made)), Learner.objects.count()) == (4, 1, 1)
    # Another of the family on the same page is somebody else, and so is whoever comes much later.
    for name, at in (("Ông Tư", REGISTERED), ("Bà Tư", REGISTERED + timedelta(hours=1))):
        register_self(full_name=name, birth_year=1950, area=None, at=at, form=form)
    assert Learner.objects.count() == 3
