"""Two records of one person: merged they are as one, parted they are as if they had never been (ADR 67)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given
from hypothesis import strategies as st

from bdhvs_content.actions import read_lesson
from bdhvs_lms.audit.api import ConsentMissing, has_consent, record_consent
from bdhvs_lms.base.append_only import AppendOnlyError
from bdhvs_lms.classes.actions import end_member
from bdhvs_lms.classes.api import add_member, create_class, members
from bdhvs_lms.classes.queries import classes_of_learner
from bdhvs_lms.competency.api import Attainment, Evidence
from bdhvs_lms.courses import api as courses
from bdhvs_lms.learners import api as learners
from bdhvs_lms.learners.actions import place
from bdhvs_lms.learners.api import Learner, LearnerAlias, learner_for_actor
from bdhvs_lms.privacy.api import erase, export
from bdhvs_lms.progress.api import CourseResult, Result
from bdhvs_lms.reporting.queries.class_numbers import class_numbers
from bdhvs_lms.reporting.queries.counting import tally
from bdhvs_lms.reporting.queries.places import AreaHistory, AreaTree
from bdhvs_lms.reporting.queries.review import class_review
from bdhvs_lms.tracking import api as tracking
from bdhvs_xapi import api as xapi
from tests.bdhvs_lms.learners.making import make_user
from tests.support.board import ASKED, Board
from tests.support.soak import SELDOM
from tests.support.world import T0, World, statuses, uid

pytestmark = [pytest.mark.database, pytest.mark.django_db]

LATER = T0 + timedelta(days=300)
DAY = date(2025, 12, 31)
OPAQUE = {
    Result: {"id", "learner"},
    CourseResult: {"id", "learner", "statement_id"},
    Evidence: {"id", "learner", "statement_id"},
    Attainment: {"id", "learner", "statement_id", "evidence_ids"},
}
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["an", "binh"]),
        st.sampled_from(["experienced", "passed", "failed", "task"]),
        st.integers(min_value=0, max_value=40),
        st.integers(min_value=0, max_value=10),
    ),
    min_size=1,
    max_size=10,
)


class Undo(Exception):
    """Rolls an example back, so that the next one meets an empty ledger."""


def fresh(learner: Learner) -> Learner:
    return Learner.objects.select_related("merged_into").get(pk=learner.pk)


def merge(duplicate: Learner, kept: Learner) -> Learner:
    """The kept one, as it is then."""
    tracking.merge_records(duplicate, kept, by=None, reason="same person", at=LATER)
    return fresh(kept).whole


def part(duplicate: Learner) -> None:
    tracking.part_records(duplicate, by=None, at=LATER + timedelta(days=1))


def rows_of(learner: Learner, *, exact: bool = False) -> dict[str, list[Any]]:
    """The learner's rows of every projection; not `exact`: without what follows from whose statements they are.

    Without what is attained at a higher level too: of a level is decided once there is evidence of just that level, and
    what was decided while records were one stays where the record's own evidence suffices."""
    higher = Attainment.objects.filter(
        learner=OuterRef("learner"),
        competency=OuterRef("competency"),
        level__gt=OuterRef("level"),
        attained_at__lte=OuterRef("attained_at"),
    )
    found: dict[str, list[Any]] = {}
    for model, opaque in OPAQUE.items():
        left_out = {"id", "learner"} if exact else opaque
        columns = [field.attname for field in model._meta.concrete_fields if field.name not in left_out]
        rows = model._default_manager.filter(learner=learner)
        lines = (rows.exclude(Exists(higher)) if model is Attainment else rows).values_list(*columns)
        found[model.__name__] = sorted(tuple(map(str, line)) for line in lines)
    return found


def nothing_of(learner: Learner) -> bool:
    return not any(rows_of(learner).values())


def differences() -> list[str]:
    return [str(difference) for difference in tracking.check()]


def act_of(world: World, learner: Learner, kind: str, minutes: int, score: int, number: int) -> Any:
    if kind == "experienced":
        return world.act(learner, tracking.VERB_EXPERIENCED, world.lesson, minutes=minutes, try_no=number)
    verb = tracking.VERB_FAILED if kind == "failed" else tracking.VERB_PASSED
    return world.act(
        learner, verb, world.task if kind == "task" else world.quiz, minutes=minutes, score=score, try_no=number
    )


def done(world: World, people: dict[str, Learner], drawn: Sequence[tuple[str, str, int, int]]) -> None:
    for number, (name, kind, minutes, score) in enumerate(drawn, start=1):
        world.record(act_of(world, people[name], kind, minutes, score, number))


@SELDOM
@given(drawn=ACTS, meanwhile=ACTS)
# A decision that names the other's evidence, though the record's own would do from an earlier moment on.
@example(drawn=[("an", "task", 13, 9)], meanwhile=[("an", "experienced", 32, 0), ("binh", "experienced", 28, 0)])
def test_merged_they_fold_to_what_one_learner_folds_to_and_parted_to_what_they_were(
    drawn: list[tuple[str, str, int, int]], meanwhile: list[tuple[str, str, int, int]]
) -> None:
    try:
        with transaction.atomic():
            world = World()
            people = {name: world.learner(name) for name in ("an", "binh", "chi", "dung", "em")}
            # Chi does all that An and Bình do; Dũng and Em what they do, and they are never merged.
            one, alone = dict.fromkeys(("an", "binh"), people["chi"]), {"an": people["dung"], "binh": people["em"]}
            done(world, people, drawn)
            done(world, one, drawn)
            done(world, alone, drawn)
            before = {name: rows_of(people[name], exact=True) for name in ("an", "binh")}
            an = merge(people["binh"], people["an"])
            assert rows_of(an) == rows_of(people["chi"])
            assert nothing_of(people["binh"]) and differences() == []
            part(people["binh"])
            assert {name: rows_of(people[name], exact=True) for name in ("an", "binh")} == before
            assert differences() == []
            # And what is done meanwhile, in either record, is of the one, and afterwards of whose it is.
            an = merge(people["an"], people["binh"])
            later = [(name, kind, 50 + minutes, score) for name, kind, minutes, score in meanwhile]
            for number, (name, *act) in enumerate(later, start=101):
                world.record(*(act_of(world, who[name], *act, number) for who in (people, one, alone)))
            assert rows_of(an) == rows_of(people["chi"])
            assert nothing_of(people["an"]) and differences() == []
            part(people["an"])
            for name in ("an", "binh"):
                assert rows_of(people[name]) == rows_of(alone[name])
            assert differences() == []
            raise Undo
    except Undo:
        pass


@pytest.fixture
def world() -> World:
    return World()


def test_a_merge_makes_a_rule_hold_from_its_earliest_moment_and_parting_withdraws_it(world: World) -> None:
    an, binh = world.learner("an"), world.learner("binh")
    world.record(
        world.act(an, tracking.VERB_EXPERIENCED, world.lesson, minutes=1),
        world.act(an, tracking.VERB_PASSED, world.quiz, minutes=2, score=9),
        world.act(binh, tracking.VERB_PASSED, world.task, minutes=3, score=9),
    )
    assert not CourseResult.objects.exists()
    an = merge(binh, an)
    course = CourseResult.objects.get()
    [decision] = xapi.facts(statement_ids=[course.statement_id])
    assert (course.learner_id, course.completed_at) == (an.pk, T0 + timedelta(minutes=3))
    assert decision.actor_key == tracking.actor_key(an)
    # What was said before still says it of whom it did.
    assert {fact.actor_key for fact in xapi.facts(activity=tracking.activity_iri(world.task))} == {
        tracking.actor_key(binh)
    }
    part(binh)
    assert not CourseResult.objects.exists()
    [gone] = xapi.facts(statement_ids=[course.statement_id], include_voided=True)
    assert gone.voided
    assert statuses(fresh(binh))["A2/2"][0] == "demonstrated"
    # Withdrawn refuses nothing: once more together, it is decided anew, under an ID of its own.
    merge(binh, an)
    assert CourseResult.objects.get().completed_at == T0 + timedelta(minutes=3)
    assert not apps.get_model("bdhvs_lms.TakenId").objects.exists()
    assert differences() == []


def test_records_in_a_chain_are_those_of_its_end_and_each_can_be_parted(world: World) -> None:
    an, binh, chi, dung = (world.learner(name) for name in ("an", "binh", "chi", "dung"))
    for number, who in enumerate((an, binh, chi, dung), start=1):
        world.record(world.act(who, tracking.VERB_PASSED, world.quiz, minutes=number, score=9))
    merge(an, binh)
    merge(dung, chi)
    assert merge(binh, dung) == chi, "whoever was merged is kept as the one that stands for it"
    assert [fresh(one).whole for one in (an, binh, dung, chi)] == [chi] * 4
    assert fresh(chi).records == (chi, an, binh, dung)
    assert statuses(chi)["A1/1"][1] == T0 + timedelta(minutes=1)
    for duplicate, kept in ((chi, an), (an, chi), (chi, chi)):
        with pytest.raises(ValidationError, match="đã là một hồ sơ"):
            merge(duplicate, kept)
    with pytest.raises(ValidationError, match="hoàn tác việc gộp đó trước"):
        merge(binh, world.learner("em"))
    part(binh)
    assert [fresh(one).whole for one in (an, binh, dung, chi)] == [binh, binh, chi, chi]
    assert statuses(fresh(binh))["A1/1"][1] == T0 + timedelta(minutes=1)
    assert statuses(fresh(chi))["A1/1"][1] == T0 + timedelta(minutes=3)
    with pytest.raises(ValidationError, match="không được gộp"):
        part(binh)
    assert differences() == []


def test_who_may_not_what_cannot_be_and_what_is_kept_of_it(world: World) -> None:
    an, binh = world.learner("an"), world.learner("binh")
    made_up = learners.register(full_name="x", at=T0, illustrative=True)
    born = learners.register(full_name="y", at=T0, birth_year=1960)
    user = make_user(username="ai-do")
    for act in (
        lambda: tracking.merge_records(binh, an, by=user, reason="same", at=LATER),
        lambda: tracking.part_records(binh, by=user, at=LATER),
    ):
        with pytest.raises(PermissionDenied):
            act()
    for duplicate, kept, reason, said in (
        (made_up, an, "same", "tưởng tượng"),
        (an, made_up, "same", "tưởng tượng"),
        (born, an, "same", "năm sinh"),
        (binh, an, " ", "vì sao"),
        (binh, an, "x" * 201, "200"),
    ):
        with pytest.raises(ValidationError, match=said):
            tracking.merge_records(duplicate, kept, by=None, reason=reason, at=LATER)
    assert not LearnerAlias.objects.exists()
    merge(binh, an)
    part(binh)
    trace = list(LearnerAlias.objects.order_by("number").values_list("duplicate", "kept", "undone", "reason"))
    assert trace == [(binh.pk, an.pk, False, "same person"), (binh.pk, an.pk, True, "")]
    with pytest.raises(AppendOnlyError):
        LearnerAlias.objects.all().delete()


def test_what_was_done_in_the_other_record_goes_on_and_each_has_its_own_afterwards(world: World) -> None:
    """The kept record has no enrolment of its own, and reads the other one's lessons."""
    an = learners.register(full_name="an", at=T0, actor=uid("an"))
    binh = world.learner("binh")
    courses.Activity.objects.filter(key=world.lesson).update(type_key="bdhvs_content.lesson")

    def read(learner: Learner, act: str, revision: str) -> Any:
        courses.Activity.objects.filter(key=world.lesson).update(revision=revision)
        return read_lesson(learner, world.lesson, act_id=uid(act), at=LATER)

    first = read(binh, "first", "1")
    an = merge(binh, an)
    assert has_consent(*an.actors), "given in the other record"
    assert courses.enrol(an, world.course_key, at=LATER).learner == binh
    assert [row.learner for row in courses.enrolments_of(an)] == [binh]
    assert read(an, "again", "1") == first
    second = read(an, "second", "2")
    assert second.learner == an
    part(binh)
    with pytest.raises(ConsentMissing):
        record_consent(an.actor, given=False, at=LATER)
        courses.enrol(fresh(an), world.course_key, at=LATER)
        read(fresh(an), "third", "2")
    record_consent(an.actor, given=True, at=LATER)
    # Bình reads what An has read by her enrolment meanwhile: an act of her own, as An's stays his.
    assert read(fresh(binh), "fourth", "2").learner == binh
    assert read(fresh(an), "fifth", "2").learner == an
    said = {fact.actor_key for fact in xapi.facts(activity=tracking.activity_iri(world.lesson)) if fact.revision == "2"}
    assert said == {tracking.actor_key(an), tracking.actor_key(binh)}
    assert differences() == []


def test_classes_and_sign_in_know_one_person(world: World) -> None:
    an, binh, chi = (world.learner(name) for name in ("an", "binh", "chi"))
    user = make_user(username="binh")
    learners.link_user(binh, user)
    course, facts = courses.Course.objects.get(), {"area": world.area, "starts": T0.date(), "at": T0, "by": None}
    group, other = (create_class(name=name, code=name, course=course, **facts) for name in ("lop-1", "lop-2"))
    for who in (an, binh, chi):
        add_member(group, who, at=T0, by=None)
    add_member(other, binh, at=T0, by=None)
    world.record(world.act(binh, tracking.VERB_PASSED, world.quiz, minutes=2, score=9))
    an = merge(binh, an)
    assert learners.learner_for_user(user) == an == learner_for_actor(binh.actor)
    assert list(members(group, DAY)) == [an, chi] and list(members(other, DAY)) == [an]
    assert set(classes_of_learner(an, DAY)) == {group, other}
    review = class_review(other, DAY)
    assert [(row.learner, row.name) for row in review.rows] == [(an, "an")]
    assert any(cell.status == "done" for cell in review.rows[0].cells)
    assert [sum(counts.values()) for counts in class_numbers([group, other], DAY).values()] == [2, 1]
    assert learners.search_by_name("binh").get() == an
    end_member(group, an, last_day=DAY, at=LATER, by=None)
    assert list(members(group, DAY + timedelta(days=1))) == [chi]
    part(binh)
    assert learners.learner_for_user(user) == binh
    assert list(members(other, DAY)) == [fresh(binh)]


def test_the_board_counts_one_person_where_the_newest_placement_is() -> None:
    board = Board()
    an, binh, chi = board.people(3)
    board.attain([chi])
    an_there, binh_there = board.learner("an"), board.learner("binh")
    place(binh_there, board.other_area, valid_from=date(2025, 10, 1), at=T0)

    def counted() -> tuple[int, int, int]:
        found = tally(board.group, board.rule, ASKED, DAY, AreaTree(AreaHistory(), (DAY,)))
        here, there = (found.eligible.get(area.pk, 0) for area in (board.area, board.other_area))
        return here, there, sum(found.passed.values())

    assert counted() == (4, 1, 1)
    board.record(board.act(binh_there, tracking.VERB_PASSED, board.quiz, minutes=3, score=9))
    assert counted() == (4, 1, 2)
    an_there = merge(binh_there, an_there)
    assert counted() == (3, 1, 2)
    assert learners.placement_of(an_there, DAY).area == board.other_area
    assert list(learners.placed_in([board.other_area.pk], DAY)) == [an_there]
    assert set(learners.placed_in([board.area.pk], DAY)) == {an, binh, chi}
    assert learners.belonging_to(board.group, DAY).count() == 4
    place(an_there, board.area, valid_from=date(2025, 10, 2), at=T0)
    assert counted() == (4, 0, 2)
    part(binh_there)
    assert counted() == (4, 1, 2)


def test_a_person_is_exported_and_erased_in_all_records(world: World) -> None:
    an, binh = world.learner("an"), world.learner("binh")
    user = make_user(username="binh-dang")
    learners.link_user(binh, user)
    world.record(
        world.act(an, tracking.VERB_EXPERIENCED, world.lesson, minutes=1),
        world.act(binh, tracking.VERB_PASSED, world.quiz, minutes=2, score=9),
    )
    an = merge(binh, an)
    told = export(an)
    assert (told["actor"], told["merged"]) == (str(an.actor), [str(binh.actor)])
    assert {row["full_name"] for row in told["data"]["bdhvs_lms.Person"]} == {"an", "binh"}
    said = {row["statement"]["actor"]["account"]["name"] for row in told["data"]["bdhvs_xapi.Statement"]}
    assert said == {str(an.actor), str(binh.actor)}
    assert len(told["data"]["bdhvs_lms.Enrolment"]) == len(told["data"]["bdhvs_lms.Consent"]) == 2
    assert [row["reason"] for row in told["data"]["bdhvs_lms.LearnerAlias"]] == ["same person"]
    before = rows_of(an, exact=True)
    # The person's own account is the other record's.
    assert erase(an, by=user, at=LATER) > 0
    assert not apps.get_model("bdhvs_lms.Person").objects.exists()
    assert not apps.get_model("bdhvs_lms.LearnerIdentity").objects.exists()
    user.refresh_from_db()
    assert not user.is_active and not LearnerAlias.objects.exclude(reason="").exists()
    # Who is gone is still one.
    assert rows_of(fresh(an), exact=True) == before and fresh(binh).merged_into == an
    assert differences() == [] and erase(fresh(an), by=None, at=LATER) == 0


def test_check_tells_columns_that_are_not_what_the_aliases_say_and_rebuild_mends_them(world: World) -> None:
    an, binh = world.learner("an"), world.learner("binh")
    world.record(world.act(binh, tracking.VERB_PASSED, world.quiz, minutes=2, score=9))
    merge(binh, an)
    right = rows_of(an, exact=True)
    Learner.objects.filter(pk=binh.pk).update(merged_into=None)
    Learner.objects.filter(pk=an.pk).update(merges=False)
    told = differences()
    assert f"learners.alias learner={binh.actor} key=(): merged_into stored=None computed={an.pk}" in told
    assert f"learners.alias learner={an.actor} key=(): merges stored=False computed=True" in told
    tracking.rebuild(now=lambda: LATER)
    assert differences() == [] and rows_of(an, exact=True) == right and nothing_of(binh)


def test_recording_costs_the_merged_two_queries_more_and_nobody_else_any(world: World) -> None:
    an, binh, chi = (world.learner(name) for name in ("an", "binh", "chi"))

    def queries(learner: Learner, number: int) -> int:
        act = world.act(learner, tracking.VERB_PASSED, world.quiz, minutes=number, score=9, try_no=number)
        connection.run_on_commit.clear()  # no act finds the locks of the one before
        with CaptureQueriesContext(connection) as captured:
            world.record(act)
        return len(captured)

    queries(an, 1), queries(chi, 1)  # what is new once
    alone = queries(an, 2)
    merge(binh, an)
    assert queries(chi, 2) == alone
    assert queries(an, 3) <= alone + 4
