"""A sample, what its people show again, and that nobody's attainment rises or falls by it."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.base.append_only import AppendOnlyError
from bdhvs_lms.competency.api import STANDINGS, Attainment, Evidence, RetestMark
from bdhvs_lms.competency.confirming.queries import subject_of
from bdhvs_lms.courses.api import activity
from bdhvs_lms.learners.api import Learner, Placement
from bdhvs_lms.reporting.retest.actions import close, draw_sample, note_absences
from bdhvs_lms.reporting.retest.models import RetestAbsence, RetestMember, RetestSample
from bdhvs_lms.reporting.retest.queries import Checked, check_draw, outcomes, tally
from bdhvs_lms.tracking import api as tracking
from bdhvs_lms.tracking.api import check, void
from tests.bdhvs_lms.reporting.conftest import NOW
from tests.bdhvs_lms.reporting.retesting import AS_OF, SEED, Retesting, ids
from tests.support.board import ASKED
from tests.support.loops import for_each
from tests.support.meanwhile import meanwhile
from tests.support.world import T0, uid
from tests.support.worlds import made_once

pytestmark = [pytest.mark.database, pytest.mark.django_db]
DAY = timedelta(days=1)


made, own = made_once(Retesting.with_six)


@pytest.fixture
def retesting(own: Retesting, settings: Any) -> Retesting:
    settings.BDHVS_TEST_CLOCK = NOW
    return own


def test_of_two_who_draw_at_once_one_is_refused(retesting: Retesting) -> None:
    """As of different days, too: who had both could choose."""
    retesting.named(9)
    with (
        meanwhile("bdhvs_lms_standing", lambda: retesting.draw(5, as_of=AS_OF - DAY)),
        pytest.raises(ValidationError),
    ):
        retesting.draw(5)
    assert RetestSample.objects.get().as_of == AS_OF - DAY


def test_nothing_is_noted_of_a_retest_that_is_closed_at_this_moment(retesting: Retesting) -> None:
    people = retesting.named(6)
    sample = retesting.draw(6)
    retesting.record(*(retesting.sit(one) for one in people))
    member = sample.members.first()
    assert member is not None
    root = User.objects.create_superuser("root")
    with (
        meanwhile("bdhvs_lms_retestmember", lambda: close(sample, act_id=uuid4(), by=None, at=ASKED)),
        pytest.raises(ValidationError),
    ):
        note_absences(sample, {member.pk: "refused"}, act_id=uuid4(), by=root, at=ASKED, group=None)
    assert not RetestAbsence.objects.exists()


def test_the_form_of_one_retest_closes_no_other(retesting: Retesting) -> None:
    people, act_id = retesting.named(6), uuid4()
    samples = [retesting.draw(6, act_id=uuid4()), retesting.draw(6, act_id=uuid4(), area=retesting.province)]
    retesting.record(*(retesting.sit(one) for one in people))
    close(samples[0], act_id=act_id, by=None, at=ASKED)
    with pytest.raises(PermissionDenied):
        close(samples[1], act_id=act_id, by=None, at=ASKED)
    assert not samples[1].closings.exists()


def test_it_is_drawn_from_whoever_had_achieved_it_in_the_area_by_the_day(retesting: Retesting) -> None:
    people = retesting.named(12)
    elsewhere = retesting.named(2, "xa khac")
    Placement.objects.bulk_create(
        Placement(learner=one, area=retesting.other_area, valid_from=T0.date(), recorded_at=T0 + DAY)
        for one in elsewhere
    )
    retesting.attain(late := [retesting.learner("muon")], at=ASKED)
    retesting.learner("chua dat")
    nameless = retesting.people(1)
    retesting.attain(nameless)
    STANDINGS.relocate([one.pk for one in (*elsewhere, *late, *nameless)])
    sample = retesting.draw(5)
    assert (sample.frame_size, sample.nameless, sample.size) == (12, 1, 5)
    drawn = set(ids(sample))
    assert len(drawn) == 5 and drawn <= {one.actor for one in people}
    assert retesting.draw(5, area=retesting.province, act_id=uuid4()).frame_size == 14
    assert set(sample.members.values_list("area__code", flat=True)) == {"10015"}
    assert check_draw(sample) == Checked(True, True)


def test_of_a_competency_it_is_drawn_from_whoever_lives_there(retesting: Retesting) -> None:
    retesting.named(6)
    subject = subject_of(f"c{retesting.a2.pk}-1")
    assert subject is not None
    sample = draw_sample(
        subject, retesting.area, as_of=AS_OF, activity=retesting.activity, until=date(2025, 11, 30), size=5,
        strata=False, act_id=uuid4(), by=None, at=ASKED, seed=SEED,
    )  # fmt: skip
    assert (sample.frame_size, sample.level) == (6, 1)


def test_a_sample_stays_and_is_drawn_once(retesting: Retesting) -> None:
    retesting.named(8)
    act = uuid4()
    sample = retesting.draw(act_id=act)
    assert retesting.draw(act_id=act, size=6, seed=b"y" * 32) == sample
    with pytest.raises(ValidationError, match="đang có một đợt phúc tra"):
        retesting.draw()
    sample.size = 7
    with pytest.raises(AppendOnlyError):
        sample.save()
    for rows in (RetestSample.objects, RetestMember.objects):
        with pytest.raises(AppendOnlyError):
            rows.all().delete()
    close(sample, act_id=uuid4(), by=None, at=ASKED + 20 * DAY)
    # Closed: another day may be drawn of, and the same day never again.
    with pytest.raises(ValidationError, match="chọn được mẫu"):
        retesting.draw()
    assert retesting.draw(as_of=AS_OF - DAY).pk != sample.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        again = sample.members.first()
        RetestMember.objects.create(sample=sample, learner=again.learner, number=99, area=retesting.area)


def test_whoever_looks_later_is_told_that_the_people_are_others(retesting: Retesting) -> None:
    people = retesting.named(8)
    sample = retesting.draw()
    Attainment.objects.filter(learner=people[0]).delete()
    STANDINGS.attained([people[0].pk])
    assert check_draw(sample) == Checked(False, False)


@for_each(
    ("wrong", "field"),
    [
        ({"size": 4}, "size"),
        ({"size": 7}, "size"),
        ({"as_of": date(2025, 11, 16)}, "as_of"),
        ({"until": date(2025, 11, 14)}, "until"),
    ],
)
def test_what_cannot_be_drawn_is_said_at_its_field(retesting: Retesting, wrong: Any, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        retesting.draw(**wrong)
    assert list(refused.value.message_dict) == [field]
    assert not RetestSample.objects.exists()


def test_an_activity_that_does_not_ask_about_all_of_it_is_no_retest_of_it(retesting: Retesting) -> None:
    with pytest.raises(ValidationError, match="không hỏi đủ"):
        retesting.draw(activity=activity(retesting.quiz))


def test_what_a_retest_says_is_evidence_of_nothing(retesting: Retesting) -> None:
    """It neither makes anybody "đạt" nor takes it away, whoever recorded it."""
    [who, *_others] = retesting.named(6)
    fresh = retesting.learner("moi")
    retesting.record(retesting.act(who, tracking.VERB_PASSED, retesting.quiz, minutes=60, score=9, try_no=5))
    before = list(Attainment.objects.order_by("pk").values())
    told = Evidence.objects.count()
    for one in (who, fresh):
        retesting.record(retesting.sit(one), retesting.sit(one, passed=False, try_no=2))
        retesting.record(retesting.sit(one, try_no=3, authority=tracking.SERVER))
    assert list(Attainment.objects.order_by("pk").values()) == before
    assert Evidence.objects.count() == told
    # What only a device saw is no mark either: nobody knows who sat before it.
    assert RetestMark.objects.count() == 2 * 2 * 2
    assert list(check()) == []


def test_the_first_test_before_somebody_counts_and_only_within_the_time(retesting: Retesting) -> None:
    people = retesting.named(6)
    sample = retesting.draw(6)
    early, alone, late, twice, failed, _nobody = people
    retesting.record(
        retesting.sit(early, at=ASKED - 2 * DAY),
        retesting.sit(alone, authority=tracking.SERVER),
        retesting.sit(late, at=ASKED + 20 * DAY),
        retesting.sit(twice, passed=False, at=ASKED + DAY),
        retesting.sit(twice, try_no=2, at=ASKED + 2 * DAY),
        retesting.sit(failed, passed=False, at=ASKED + DAY),
    )
    found = tally(sample)
    assert (found.drawn, found.tested, found.still, found.absent) == (6, 2, 0, {"": 4})


def test_who_was_not_tested_is_so_by_a_named_act_and_a_test_speaks_first(retesting: Retesting) -> None:
    people = retesting.named(6)
    sample = retesting.draw(6)
    numbers = {one.learner_id: one.pk for one in sample.members.all()}
    teacher = retesting.user("officer", is_superuser=True)
    given = {"by": teacher, "at": ASKED, "group": None}
    act = uuid4()
    moved, refused, absent = (numbers[one.pk] for one in people[:3])
    kinds = {moved: "moved", refused: "refused", absent: "absent"}
    assert note_absences(sample, kinds, act_id=act, **given) == 3
    assert note_absences(sample, kinds, act_id=act, **given) == 0
    assert note_absences(sample, kinds, act_id=uuid4(), **given) == 0
    note_absences(sample, {refused: ""}, act_id=uuid4(), **given)
    retesting.record(retesting.sit(people[2]))
    found = tally(sample)
    assert (found.tested, found.still, found.absent) == (1, 1, {"": 4, "moved": 1})
    assert RetestAbsence.objects.count() == 4
    with pytest.raises(ValidationError):
        note_absences(sample, {moved: "ốm"}, act_id=uuid4(), **given)
    with pytest.raises(PermissionDenied):
        note_absences(sample, {moved: ""}, act_id=uuid4(), by=retesting.user("ai do"), at=ASKED, group=None)


def test_closing_keeps_the_numbers_and_a_correction_says_why(retesting: Retesting) -> None:
    people = retesting.named(6)
    sample = retesting.draw(6)
    facts = retesting.record(*(retesting.sit(one, passed=place < 5) for place, one in enumerate(people[:5])))
    with pytest.raises(ValidationError, match="Còn 1 người chưa rõ"):
        close(sample, act_id=uuid4(), by=None, at=ASKED)
    act = uuid4()
    first = close(sample, act_id=act, by=None, at=ASKED + 20 * DAY)
    assert (first.number, first.tested, first.still, first.absent) == (1, 5, 5, {"": 1})
    assert close(sample, act_id=act, by=None, at=ASKED + 21 * DAY) == first
    again = {"act_id": uuid4(), "by": None, "at": ASKED + 22 * DAY}
    with pytest.raises(ValidationError, match="vì sao"):
        close(sample, **again)
    with pytest.raises(ValidationError, match="vẫn như cũ"):
        close(sample, why="Đếm lại", **again)
    void(facts[0].statement_id, by=uid("operator"), reason_code="wrong-result", at=ASKED + 22 * DAY)
    second = close(sample, why="Một phiếu nhập nhầm người", **again)
    assert (second.number, second.tested, second.still) == (2, 4, 4)
    with pytest.raises(PermissionDenied):
        close(sample, act_id=uuid4(), by=retesting.user("khac"), at=ASKED + 23 * DAY, why="x")


SAT = st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(0, 10), st.booleans()), max_size=8)


class Undone(Exception):
    """What was recorded in one order is taken back before the next."""


@given(SAT, st.integers(0, 2**32), st.data())
def test_any_order_and_any_repetition_give_the_same(
    retesting: Retesting, sat: list[Any], seed: int, data: st.DataObject
) -> None:
    """By statements alone: in order, or shuffled and each sent twice, with some of them void."""
    with transaction.atomic():
        people = list(Learner.objects.filter(retests__isnull=False).order_by("pk"))
        if not people:
            people = retesting.named(6)
            retesting.draw(6)
        sample = RetestSample.objects.get()
        acts = [
            retesting.sit(people[who], passed=passed, at=ASKED + day * DAY, try_no=place, authority=authority)
            for place, (who, passed, day, seen) in enumerate(sat, start=1)
            for authority in (tracking.OBSERVER if seen else tracking.SERVER,)
        ]
        void_places = data.draw(st.sets(st.integers(0, max(0, len(acts) - 1)), max_size=3)) if acts else set()
        results = []
        for shuffled in (False, True):
            with suppress(Undone), transaction.atomic():
                order = list(range(len(acts)))
                if shuffled:
                    random.Random(seed).shuffle(order)
                    order *= 2
                for place in order:
                    retesting.record(acts[place])
                for place in sorted(void_places):
                    void(
                        tracking.statement_id(acts[place]), by=uid("operator"), reason_code="wrong-result",
                        at=T0 + 200 * DAY,
                    )  # fmt: skip
                members = list(sample.members.select_related("learner"))
                results.append(outcomes([sample], members))
                assert list(check()) == []
                raise Undone
    assert results[0] == results[1]
    firsts: dict[int, tuple[Any, ...]] = {}
    for place, (who, passed, day, seen) in enumerate(sat, start=1):
        if seen and place - 1 not in void_places:
            key = (day, str(tracking.statement_id(acts[place - 1])))
            firsts[who] = min(firsts.get(who, (*key, passed)), (*key, passed))
    by_person = {one.learner_id: results[0][one.pk] for one in members}
    for place, person in enumerate(people):
        found = by_person[person.pk]
        assert (found.tested_at is not None) == (place in firsts)
        if place in firsts:
            assert found.still is firsts[place][2]
