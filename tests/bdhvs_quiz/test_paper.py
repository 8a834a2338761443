"""Tests on paper: codes, keying in, correcting; the same answers on paper and online come to the same but for trust."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError

from bdhvs_lms.audit.api import ConsentMissing, record_consent
from bdhvs_lms.base.api import day_of
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.classes.api import add_teacher
from bdhvs_lms.competency.models import Attainment, Evidence
from bdhvs_lms.courses.api import Course, enrol
from bdhvs_lms.learners.api import Learner, register
from bdhvs_lms.progress.api import results_of
from bdhvs_lms.progress.models import Result
from bdhvs_lms.tracking.api import check, home_page, staff_actor, void
from bdhvs_quiz.actions import NoAttemptsLeft, open_attempt, submit
from bdhvs_quiz.models import Attempt, AttemptStep, PaperPack, PaperSheet, QuizAlignment, TypedAnswer
from bdhvs_quiz.paper.actions import AlreadyEntered, enter_sheet, make_pack
from bdhvs_quiz.paper.codes import asked_on
from bdhvs_quiz.paper.returning import WRONG_PERSON, OtherSheetEntered, take_back
from bdhvs_quiz.queries import attempts_of, items_to_review
from bdhvs_quiz.steps import last_step
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages
from tests.bdhvs_quiz import kinds
from tests.bdhvs_quiz.helpers import statements, verbs
from tests.bdhvs_quiz.test_competency_marks import EXTENSION, about, verdict
from tests.bdhvs_quiz.test_grade_from import said
from tests.support.classes import class_of, member_of
from tests.support.worlds import Ground

pytestmark = pytest.mark.django_db
AT = pages.AT


def _ground() -> dict[str, Any]:
    a1 = pages.framework().competencies.get(code="A1")
    course = pages.course(pages.catalog())
    area = Area.objects.create(code="10015", name="Phường Thử", kind="commune")
    taken = Course.objects.get(key=course.translation_key)
    group = class_of(taken, area, code="thon-doai", name="Lớp thôn Đoài", teacher="cohoa", at=AT)
    teacher = User.objects.get(username="cohoa")
    return {"a1": a1, "course": course, "questions": kinds.one_of_each(), "group": group, "teacher": teacher}


# A module whose tests all are of a class says `ground = HALL.once()`.
HALL = Ground(_ground)
ground = HALL.once()


class Hall:
    """A class of some people with a quiz of one question of each type, and its teacher."""

    def __init__(self, *names: str, **quiz: Any) -> None:
        ground = HALL.rows()
        self.a1, self.questions = ground["a1"], ground["questions"]
        self.group, self.teacher = ground["group"], ground["teacher"]
        self.quiz = pages.quiz(ground["course"], self.questions, aligned=[(self.a1, 1)], **quiz)
        self.people = [self.person(name) for name in names or ("Trần Thị Lan",)]

    def person(self, name: str, *, agreed: bool = True) -> Learner:
        return member_of(self.group, name, agreed=agreed, at=AT, birth_year=1955)

    def pack(self, **more: Any) -> PaperPack:
        given = {"codes": 4, "spare": 2, "held_on": day_of(AT), "act_id": uuid.uuid4(), "by": self.teacher, "at": AT}
        return make_pack(self.group, self.quiz.translation_key, **{**given, **more})

    def sheet(self, pack: PaperPack, number: int = 1) -> PaperSheet:
        return PaperSheet.objects.select_related("pack__version", "pack__class_group", "learner", "attempt").get(
            pack=pack, number=number
        )

    def answers(self, right: int) -> dict[str, Any]:
        """The first so many rightly."""
        found = {}
        for place, row in enumerate(self.questions):
            kind = asked_kind(row)
            shown, _key = kind.compile(row)
            found[str(row.key)] = kind.parse(shown, kinds.answer_to(row, right=place < right))
        return found

    def enter(self, sheet: PaperSheet, responses: dict[str, Any], **more: Any) -> Any:
        given = {"by": self.teacher, "act_id": uuid.uuid4(), "at": AT + timedelta(hours=1)}
        return enter_sheet(sheet, responses, **{**given, **more})


def asked_kind(row: Any) -> Any:
    from bdhvs_lms.plugins.api import question_types  # registered once all apps are there

    return question_types.get(row.type_key)


def told(attempt: Attempt) -> list[dict[str, Any]]:
    """What an attempt's statements say, without what differs between any two attempts."""
    found = []
    for statement in statements(attempt):
        said = {key: value for key, value in statement.items() if key not in ("id", "timestamp", "stored", "authority")}
        said["context"] = {key: value for key, value in said["context"].items() if key != "registration"}
        said["actor"] = None
        said.get("result", {}).pop("duration", None)
        found.append(said)
    return found


def test_paper_and_online_come_to_the_same_but_for_trust() -> None:
    hall = Hall("Trần Thị Lan", "Lê Văn Ân", show_answers="after_each")
    on_paper, online = hall.people[1], hall.people[0]
    pack = hall.pack()
    sheet = next(one for one in (hall.sheet(pack, number) for number in (1, 2)) if one.learner_id == on_paper.pk)
    for right in (3, 4):
        sheet = sheet if right == 3 else hall.sheet(pack := hall.pack(), sheet.number)
        answers = hall.answers(right)
        paper = hall.enter(sheet, answers).attempt
        from bdhvs_lms.courses.api import enrol  # whoever is keyed in is enrolled by it

        enrol(online, pack.class_group.course.key, at=AT)
        net = open_attempt(online, hall.quiz.translation_key, act_id=uuid.uuid4(), at=AT + timedelta(hours=1))
        net = submit(net.uuid, online, answers, act_id=uuid.uuid4(), at=AT + timedelta(hours=1)).attempt
        assert (paper.raw, paper.success, paper.number) == (net.raw, net.success, net.number)
        of_paper, of_net = told(paper), told(net)
        assert {one["context"].pop("instructor")["account"]["name"] for one in of_paper} == {
            str(staff_actor(hall.teacher))
        }
        assert of_paper == of_net
        reviewed = [
            sorted(
                (item.prompt, item.outcome["correct"], tuple(item.outcome["feedback"]), item.key["explanation"])
                for item in items_to_review(one, last_step(one), answers_shown=True)
            )
            for one in (paper, net)
        ]
        assert reviewed[0] == reviewed[1]
        facts = [xapi.facts(registration=one.uuid) for one in (paper, net)]
        assert {fact.trust for fact in facts[0]} == {xapi.Trust.OBSERVED}
        assert {fact.trust for fact in facts[1]} == {xapi.Trust.SERVER_GRADED}
    key = hall.quiz.translation_key
    results = [results_of(one, [key])[key] for one in (on_paper, online)]
    same = ("best_raw", "best_max", "best_scaled", "completed_at", "passed_at", "failed_at")
    assert [[getattr(row, name) for name in same] for row in results][0] == [getattr(results[1], name) for name in same]
    assert results[0].trust > results[1].trust
    evidence = [
        list(
            Evidence.objects.filter(learner=one, competency=hall.a1)
            .order_by("occurred_at", "pk")
            .values_list("level", "scaled", "success")
        )
        for one in (on_paper, online)
    ]
    assert evidence[0] == evidence[1] != []
    # What the board counts.
    reached = [
        list(Attainment.objects.filter(learner=one).values_list("competency", "level", "status", "attained_at"))
        for one in (on_paper, online)
    ]
    assert reached[0] == reached[1] != []
    assert list(check()) == []


def test_codes_ask_the_same_in_other_orders_and_neighbours_have_different_ones() -> None:
    hall = Hall("Lan", "Ân", "Bình", shuffle_options=True)
    pack = hall.pack(codes=8)
    orders = [[one.question_key for one in asked_on(pack, code)] for code in range(8)]
    boxes = [[one.boxes for one in asked_on(pack, code)] for code in range(8)]
    assert all(sorted(order) == sorted(orders[0]) for order in orders)
    assert len({str(pair) for pair in zip(orders, boxes, strict=True)}) == 8
    sheets = list(pack.sheets.order_by("number").values_list("number", "code", "learner__person__full_name"))
    assert [code for _number, code, _name in sheets] == [0, 1, 2, 3, 4]
    assert [name for _number, _code, name in sheets] == ["Ân", "Bình", "Lan", None, None]
    plain = hall.pack(codes=1)
    assert [one.question_key for one in asked_on(plain, 0)] == [str(row.key) for row in hall.questions]
    again = PaperPack.objects.get(pk=pack.pk)
    assert [[one.question_key for one in asked_on(again, code)] for code in range(8)] == orders


def test_the_same_form_twice_is_one_pack_and_one_attempt() -> None:
    hall = Hall()
    act = uuid.uuid4()
    assert hall.pack(act_id=act) == hall.pack(act_id=act)
    pack = PaperPack.objects.get()
    sheet, answers = hall.sheet(pack), hall.answers(4)
    first = hall.enter(sheet, answers)
    second = hall.enter(hall.sheet(pack), answers)
    third = hall.enter(PaperSheet.objects.select_related("pack__version", "learner").get(pk=sheet.pk), answers)
    assert [first.again, second.again, third.again] == [False, True, True]
    assert Attempt.objects.count() == 1 and PaperSheet.objects.filter(attempt=None).count() == 2


def test_a_correction_takes_the_old_grading_out_of_force_and_records_a_new_one() -> None:
    hall = Hall()
    pack = hall.pack()
    wrong = hall.enter(hall.sheet(pack), hall.answers(4)).attempt
    assert wrong.success
    sheet = hall.sheet(pack)
    with pytest.raises(AlreadyEntered):
        hall.enter(sheet, hall.answers(1), base=1)
    other = User.objects.create_user("coba")
    add_teacher(hall.group, other, at=AT, by=None)
    mended = hall.enter(sheet, hall.answers(1), base=2, by=other, at=AT + timedelta(hours=2)).attempt
    assert (mended.raw, mended.success, mended.pk) == (1, False, wrong.pk)
    facts = sorted(xapi.facts(registration=wrong.uuid), key=lambda fact: fact.seq)
    in_force = [fact for fact in facts if not fact.voided]
    assert sorted(verbs([fact.statement for fact in in_force])) == sorted(
        ["initialized", *["answered"] * 4, "completed", "failed"]
    )
    assert {
        fact.statement["context"]["instructor"]["account"]["name"]
        for fact in in_force
        if not fact.verb.endswith("initialized")
    } == {str(staff_actor(other))}
    key = hall.quiz.translation_key
    assert results_of(hall.people[0], [key])[key].best_raw == 1
    assert list(check()) == []
    # Again the same is nothing new; and back once more is a third grading.
    assert hall.enter(hall.sheet(pack), hall.answers(1), base=2).again
    assert hall.enter(hall.sheet(pack), hall.answers(4), base=3, at=AT + timedelta(hours=3)).attempt.success
    assert [step.kind for step in AttemptStep.objects.order_by("seq")] == [
        "opened",
        "submitted",
        "corrected",
        "corrected",
    ]
    assert TypedAnswer.objects.count() == 1
    assert results_of(hall.people[0], [key])[key].best_raw == 4
    assert list(check()) == []


def test_without_consent_nothing_is_recorded_and_nothing_half_done() -> None:
    hall = Hall()
    silent = hall.person("Phạm Thị Im", agreed=False)
    pack = hall.pack()
    sheet = PaperSheet.objects.select_related("pack__version", "learner").get(pack=pack, learner=silent)
    with pytest.raises(ConsentMissing):
        hall.enter(sheet, hall.answers(4))
    assert (Attempt.objects.count(), statements(), PaperSheet.objects.exclude(attempt=None).count()) == (0, [], 0)


def test_somebody_elses_sheet_is_theirs_from_then_on_and_nobody_has_two() -> None:
    hall = Hall("Lan", "Ân")
    pack = hall.pack(spare=1)
    lan = next(one for one in hall.people if one.person.full_name == "Lan")
    an = next(one for one in hall.people if one != lan)
    first, second, spare = (hall.sheet(pack, number) for number in (1, 2, 3))
    assert (first.learner, second.learner, spare.learner) == (an, lan, None)
    with pytest.raises(ValidationError):
        hall.enter(spare, hall.answers(4))
    assert hall.enter(first, hall.answers(4), learner=lan).attempt.learner == lan
    assert hall.sheet(pack, 2).learner == an
    with pytest.raises(ValidationError):
        hall.enter(hall.sheet(pack, 3), hall.answers(4), learner=lan)
    stranger = register(full_name="Người Lạ", at=AT)
    record_consent(stranger.actor, given=True, at=AT)
    with pytest.raises(ValidationError):
        hall.enter(hall.sheet(pack, 3), hall.answers(4), learner=stranger)
    assert hall.enter(hall.sheet(pack, 3), hall.answers(2), learner=an).attempt.raw == 2
    assert hall.sheet(pack, 2).learner is None


def test_attempts_that_are_used_up_stay_so_on_paper() -> None:
    hall = Hall(attempts_allowed=1)
    hall.enter(hall.sheet(hall.pack()), hall.answers(1))
    with pytest.raises(NoAttemptsLeft):
        hall.enter(hall.sheet(hall.pack()), hall.answers(4))


def test_an_open_attempt_online_goes_on_untouched() -> None:
    hall = Hall()
    from bdhvs_lms.courses.api import enrol  # as the button of the course does

    learner = hall.people[0]
    enrol(learner, hall.group.course.key, at=AT)
    going = open_attempt(learner, hall.quiz.translation_key, act_id=uuid.uuid4(), at=AT)
    assert hall.enter(hall.sheet(hall.pack()), hall.answers(4)).attempt.number == 2
    again = open_attempt(learner, hall.quiz.translation_key, act_id=uuid.uuid4(), at=AT + timedelta(hours=2))
    assert again == going and again.submitted_at is None


def test_only_the_classs_teacher_makes_and_enters() -> None:
    hall = Hall()
    pack, stranger = hall.pack(), User.objects.create_user("khac")
    with pytest.raises(PermissionDenied):
        hall.pack(by=stranger)
    with pytest.raises(PermissionDenied):
        hall.enter(hall.sheet(pack), hall.answers(4), by=stranger)


def test_results_carry_the_day_of_the_test() -> None:
    hall = Hall()
    pack = hall.pack()
    later = AT + timedelta(days=3)
    attempt = hall.enter(hall.sheet(pack), hall.answers(4), at=later).attempt
    assert day_of(attempt.submitted_at) == pack.held_on and attempt.submitted_received_at == later
    with pytest.raises(ValidationError):
        hall.pack(held_on=day_of(AT) - timedelta(days=1))


def test_a_type_that_is_not_for_paper_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    hall = Hall()
    monkeypatch.setattr(type(asked_kind(hall.questions[2])), "on_paper", False)
    with pytest.raises(ValidationError, match="Ngân hàng gọi điện"):
        hall.pack()


def test_a_sheet_whose_statements_an_operator_voided_is_recorded_anew_when_it_is_keyed_in_again() -> None:
    hall = Hall()
    pack = hall.pack()
    attempt = hall.enter(hall.sheet(pack), hall.answers(4)).attempt
    for fact in xapi.facts(registration=attempt.uuid):
        if not fact.verb.endswith(("initialized", "completed")):
            void(fact.statement_id, by=uuid.uuid4(), reason_code="wrong-result", at=AT + timedelta(hours=1))
    assert results_of(hall.people[0], [hall.quiz.translation_key]).popitem()[1].passed_at is None
    again = hall.enter(hall.sheet(pack), hall.answers(4), base=2, at=AT + timedelta(hours=2))
    assert not again.again and again.attempt.pk == attempt.pk
    in_force = [fact.verb.rsplit("/", 1)[1] for fact in xapi.facts(registration=attempt.uuid)]
    assert sorted(in_force) == ["answered"] * 4 + ["completed", "initialized", "passed"]
    assert results_of(hall.people[0], [hall.quiz.translation_key]).popitem()[1].passed_at is not None
    assert hall.enter(hall.sheet(pack), hall.answers(4), base=3, at=AT + timedelta(hours=3)).again
    assert list(check()) == []


def points_of(hall: Hall, learner: Learner) -> Any:
    row = results_of(learner, [hall.quiz.translation_key]).get(hall.quiz.translation_key)
    return None if row is None else row.best_raw


def counted(hall: Hall, learner: Learner) -> tuple[list[Any], list[Any], list[str]]:
    """What evidence and board have of a learner, and what stands in the ledger."""
    key = f"account:{home_page()}|{learner.actor}"
    return (
        list(Evidence.objects.filter(learner=learner).values_list("level", "scaled", "success")),
        list(Attainment.objects.filter(learner=learner).values_list("level", "status")),
        sorted(fact.verb.rsplit("/", 1)[1] for fact in xapi.facts(actor_key=key)),
    )


def test_a_sheet_keyed_in_for_the_wrong_person_is_given_to_the_right_one_as_if_it_had_been_theirs() -> None:
    hall = Hall("Lan", "Ân", "Bình", attempts_allowed=1)
    people = {one.person.full_name: one for one in hall.people}
    lan, an, binh = people["Lan"], people["Ân"], people["Bình"]
    pack = hall.pack(spare=1)
    sheet = PaperSheet.objects.select_related("pack__version", "pack__class_group", "learner").get(learner=an)
    wrong = hall.enter(sheet, hall.answers(4)).attempt
    model = hall.enter(hall.sheet(pack, 2), hall.answers(4)).attempt
    assert (model.learner, wrong.learner) == (binh, an)
    given = {"by": hall.teacher, "at": AT + timedelta(hours=2)}
    act = uuid.uuid4()
    for bad in ({"reason": "vì nhầm"}, {"reason": "other", "to": lan}, {"reason": WRONG_PERSON, "to": an}):
        with pytest.raises(ValidationError):
            take_back(hall.sheet(pack), wrong.uuid, act_id=act, **given, **bad)
    [theirs] = take_back(hall.sheet(pack), wrong.uuid, reason=WRONG_PERSON, to=lan, act_id=act, **given)
    # Sent once more, nothing further happens; and who comes with an old page is told.
    assert take_back(hall.sheet(pack), wrong.uuid, reason=WRONG_PERSON, to=lan, act_id=act, **given) == [theirs]
    with pytest.raises(AlreadyEntered):
        take_back(hall.sheet(pack), wrong.uuid, reason=WRONG_PERSON, to=binh, act_id=uuid.uuid4(), **given)
    assert (theirs.learner, theirs.raw, theirs.submitted_at) == (lan, wrong.raw, wrong.submitted_at)
    assert told(theirs) == told(model)
    assert counted(hall, lan) == counted(hall, binh) != counted(hall, an) == ([], [], [])
    assert [points_of(hall, one) for one in (lan, an, binh)] == [4, None, 4]
    holds = PaperSheet.objects.filter(pack=pack).order_by("number").values_list("learner", "attempt")
    assert list(holds) == [(lan.pk, theirs.pk), (binh.pk, model.pk), (an.pk, None), (None, None)]
    assert list(check()) == []
    # It is no attempt of theirs any more: the one that is allowed can still be made, and nobody reads it.
    wrong.refresh_from_db()
    assert wrong.taken_back_at == AT + timedelta(hours=2) and not attempts_of(an, wrong.activity_key).exists()
    [step] = AttemptStep.objects.filter(attempt=wrong, kind="returned")
    assert step.data == {"observer": str(staff_actor(hall.teacher)), "reason": WRONG_PERSON}
    assert TypedAnswer.objects.filter(attempt=wrong).count() == 0 < TypedAnswer.objects.filter(attempt=theirs).count()
    assert hall.enter(hall.sheet(pack, 3), hall.answers(1), at=AT + timedelta(hours=3)).attempt.raw == 1
    assert list(check()) == []


def test_what_is_only_taken_back_counts_for_nobody_and_can_be_keyed_in_anew() -> None:
    hall = Hall()
    pack = hall.pack()
    wrong = hall.enter(hall.sheet(pack), hall.answers(4)).attempt
    later = {"by": hall.teacher, "at": AT + timedelta(hours=2)}
    stranger = User.objects.create_user("khac")
    with pytest.raises(PermissionDenied):
        take_back(hall.sheet(pack), wrong.uuid, reason="other", act_id=uuid.uuid4(), **{**later, "by": stranger})
    # Also after consent was withdrawn: it only takes away.
    record_consent(hall.people[0].actor, given=False, at=AT + timedelta(hours=1))
    assert take_back(hall.sheet(pack), wrong.uuid, reason="not-own-work", act_id=uuid.uuid4(), **later) == []
    assert counted(hall, hall.people[0]) == ([], [], [])
    reasons = {
        next(iter(fact.statement["context"]["extensions"].values()))
        for fact in xapi.facts(after_seq=0)
        if fact.verb.endswith("voided") and fact.trust == xapi.Trust.OBSERVED
    }
    assert "not-own-work" in reasons
    record_consent(hall.people[0].actor, given=True, at=AT + timedelta(hours=3))
    again = hall.enter(hall.sheet(pack), hall.answers(1), at=AT + timedelta(hours=4)).attempt
    assert (again.number, points_of(hall, hall.people[0])) == (2, 1)
    assert list(check()) == []


def test_two_sheets_that_were_keyed_in_crosswise_are_exchanged() -> None:
    hall = Hall("Lan", "Ân")
    people = {one.person.full_name: one for one in hall.people}
    lan, an = people["Lan"], people["Ân"]
    pack = hall.pack(spare=0)
    first = hall.enter(hall.sheet(pack, 1), hall.answers(4)).attempt
    second = hall.enter(hall.sheet(pack, 2), hall.answers(1)).attempt
    assert (first.learner, second.learner) == (an, lan)
    given = {"reason": WRONG_PERSON, "to": lan, "by": hall.teacher, "at": AT + timedelta(hours=2)}
    with pytest.raises(OtherSheetEntered) as other:
        take_back(hall.sheet(pack, 1), first.uuid, act_id=uuid.uuid4(), **given)
    assert other.value.number == 2 and list(check()) == []
    made = take_back(hall.sheet(pack, 1), first.uuid, act_id=uuid.uuid4(), exchange=True, **given)
    assert [(one.learner, one.raw) for one in made] == [(lan, 4), (an, 1)]
    assert [points_of(hall, one) for one in (lan, an)] == [4, 1]
    holds = PaperSheet.objects.filter(pack=pack).order_by("number").values_list("learner", "attempt")
    assert list(holds) == [(lan.pk, made[0].pk), (an.pk, made[1].pk)]
    assert list(check()) == []


def test_a_sheet_that_became_somebody_elses_while_its_page_was_open_is_not_keyed_in_for_them() -> None:
    hall = Hall("Lan", "Ân")
    pack = hall.pack(spare=0)
    first, stale = hall.sheet(pack, 1), hall.sheet(pack, 2)
    lan = next(one for one in hall.people if one.person.full_name == "Lan")
    hall.enter(first, hall.answers(4), learner=lan)
    with pytest.raises(AlreadyEntered):
        hall.enter(stale, hall.answers(1))
    an = hall.sheet(pack, 2).learner
    assert hall.enter(stale, hall.answers(1), learner=an).attempt.learner == an


def test_a_sheet_of_an_earlier_day_that_is_keyed_in_later_counts_in_what_came_after() -> None:
    hall = Hall(grade_from="average", pass_percent=60)
    lan, pack = hall.people[0], hall.pack()
    # Whoever is keyed in is enrolled by it.
    enrol(lan, pack.class_group.course.key, at=pages.AT)
    at = pages.AT + timedelta(days=2)
    online = open_attempt(lan, hall.quiz.translation_key, act_id=uuid.uuid4(), at=at)
    online = submit(online, lan, hall.answers(8), act_id=uuid.uuid4(), at=at).attempt
    assert said(online)[1][0] == "passed"
    most = said(online)[0][1]
    entered = hall.enter(hall.sheet(pack), hall.answers(0), at=at + timedelta(hours=1))
    assert entered.attempt.submitted_at < online.submitted_at
    assert said(online)[1][:2] == ("failed", most / 2)
    assert Result.objects.get(learner=lan).grade_raw == Decimal(str(most / 2))
    hall.enter(hall.sheet(pack), hall.answers(8), base=2, at=at + timedelta(hours=2))
    assert said(online)[1][0] == "passed"
    assert list(check()) == []


def test_what_is_keyed_in_from_paper_says_the_same_and_a_correction_says_it_anew() -> None:
    hall = Hall(pass_percent=40)
    for question in hall.questions[:2]:
        about(question, hall.a1)
    hall.quiz = pages.fresh(hall.quiz)
    hall.quiz.alignments = [QuizAlignment(competency=hall.a1, pass_percent=100)]
    hall.quiz = pages.publish(hall.quiz)
    pack = hall.pack()
    attempt = hall.enter(hall.sheet(pack), hall.answers(1)).attempt
    assert [one["reached"] for one in verdict(attempt)["result"]["extensions"][EXTENSION]] == [False]
    hall.enter(hall.sheet(pack), hall.answers(2), base=2)
    [mark] = verdict(attempt)["result"]["extensions"][EXTENSION]
    assert (mark["raw"], mark["max"], mark["reached"]) == (2, 2, True)
    assert [(row.success, row.scaled) for row in Evidence.objects.all()] == [(True, Decimal(1))]
    assert list(check()) == []
