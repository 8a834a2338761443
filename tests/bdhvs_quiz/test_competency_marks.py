"""A pass mark for each competency of a quiz: graded apart, said, counted, and seen by whoever it is about."""

from __future__ import annotations

import copy
import uuid
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import Collection

from bdhvs_content.api import NotPublishable
from bdhvs_lms.competency.api import Attainment, explain, load_framework
from bdhvs_lms.competency.models import Evidence
from bdhvs_lms.plugins.api import Outcome
from bdhvs_lms.tracking.api import check, competency_iri, rebuild
from bdhvs_quiz.actions import open_attempt, submit
from bdhvs_quiz.grading import marks_by_competency
from bdhvs_quiz.models import Attempt, QuestionAlignment, QuizAlignment, QuizDraw, QuizVersion
from bdhvs_quiz.regrading import actions
from bdhvs_quiz.regrading.queries import newest, preview
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages
from tests.bdhvs_quiz.helpers import GROUND, Taking, statements
from tests.support.loops import for_each
from tests.support.world import FRAMEWORK

ground = GROUND.once(5)
CODES = ("A1", "A2", "A3", "A4", "A5")
EXTENSION = "https://bdhvs.example/xapi/profiles/bdhvs/v2/extensions/competency-marks"


def five() -> list[Any]:
    """The competencies of a framework of five."""
    source = copy.deepcopy(FRAMEWORK)
    source["domains"][0]["competencies"] = [
        {"code": code, "label_vi": f"Năng lực {code}", "label_en": f"Competency {code}"} for code in CODES
    ]
    return list(load_framework(source, at=pages.AT).competencies.order_by("code"))


def about(question: Any, *competencies: Any, level: int = 1) -> None:
    """Align a published question of the bank."""
    for competency in competencies:
        QuestionAlignment.objects.create(question=question, competency=competency, level=level)


def iri(code: str, level: int = 1) -> str:
    return competency_iri("test-framework", code, level)


@dataclass
class Five(Taking):
    """Five questions, each about one of five competencies; two right answers pass, and each competency needs its own
    question right. `marked`: how many of the competencies have a mark of their own."""

    marked: int = 5
    percent: int = 40

    def __post_init__(self) -> None:
        self.competencies = five()
        self.aligned = [(competency, 1) for competency in self.competencies]
        self.values = {"pass_percent": self.percent, "show_answers": "after_each", **self.values}
        super().__post_init__()
        for question, competency in zip(self.questions, self.competencies, strict=True):
            about(question, competency)
        self.mark(**dict.fromkeys(CODES[: self.marked], 100))

    def mark(self, **percents: int) -> None:
        """Publish with these pass marks, by codes."""
        rows = list(self.quiz.alignments.all())
        for row in rows:
            row.pass_percent = percents.get(row.competency.code)
        self.quiz.alignments = rows
        self.quiz = pages.publish(self.quiz)

    def knowing(self, *places: int) -> dict[str, str]:
        return {
            str(row.key): pages.option_id(row, 1 if place in places else 0) for place, row in enumerate(self.questions)
        }

    def take(self, *places: int, learner: Any = None) -> Attempt:
        who = learner or self.learner
        attempt = open_attempt(who, self.key, act_id=uuid.uuid4(), at=pages.AT)
        return submit(attempt, who, self.knowing(*places), act_id=uuid.uuid4(), at=pages.AT).attempt

    def attained(self, learner: Any = None) -> set[str]:
        rows = Attainment.objects.filter(learner=learner or self.learner).exclude(status="in_progress")
        return set(rows.values_list("competency__code", flat=True))


def verdict(attempt: Attempt) -> dict[str, Any]:
    [found] = [row for row in statements(attempt) if row["verb"]["id"].rsplit("/", 1)[1] in ("passed", "failed")]
    return found


# --- Grading ----------------------------------------------------------------------------------------------------------

POINTS = st.decimals("0.01", "20", places=2).map(lambda value: format(value.normalize(), "f"))
SHARES = st.fractions(0, 1, max_denominator=7)
ASKED = st.lists(st.tuples(POINTS, SHARES, st.frozensets(st.sampled_from("abc"))), min_size=1, max_size=8)


def _version(rows: list[tuple[str, Fraction, frozenset[str]]], percent: int = 60) -> tuple[dict[str, Any], Any]:
    shown = {
        "questions": [
            {"key": str(place), "points": points, "parts": True, "competencies": sorted(of)}
            for place, (points, _share, of) in enumerate(rows)
        ],
        "marks": [{"competency": name, "percent": percent} for name in "abc"],
    }
    outcomes = {str(place): Outcome(share, share == 1, ()) for place, (_points, share, _of) in enumerate(rows)}
    return shown, outcomes


@given(rows=ASKED, percent=st.integers(1, 100), order=st.randoms(use_true_random=False))
def test_points_are_those_of_the_questions_about_it_added_exactly(rows: Any, percent: int, order: Any) -> None:
    shown, outcomes = _version(rows, percent)
    marks = marks_by_competency(shown, shown["questions"], outcomes)
    assert [mark.competency for mark in marks] == ["a", "b", "c"]
    for mark in marks:
        own = [(Fraction(points), share) for points, share, of in rows if mark.competency in of]
        exact = sum((points * share for points, share in own), Fraction(0))
        assert abs(Fraction(mark.raw) - exact) <= Fraction(1, 200)
        assert Fraction(mark.max) == sum((points for points, _share in own), Fraction(0))
        assert mark.max * percent / 100 <= mark.needed <= mark.max * percent / 100 + Decimal("0.01")
        assert mark.raw <= mark.max and mark.needed <= mark.max
        assert mark.reached == (bool(own) and mark.raw >= mark.needed)
        assert mark.reached or not own or exact < Fraction(mark.max), "all of it is always enough"
    mixed = list(shown["questions"])
    order.shuffle(mixed)
    assert marks_by_competency(shown, mixed, outcomes) == marks


@given(rows=ASKED)
def test_questions_about_nothing_and_about_others_change_nothing(rows: Any) -> None:
    shown, outcomes = _version([*rows, ("7", Fraction(1), frozenset())])
    alone, given_alone = _version(rows)
    of_all = marks_by_competency(shown, shown["questions"], outcomes)
    assert of_all == marks_by_competency(alone, alone["questions"], given_alone)
    assert marks_by_competency({"questions": shown["questions"]}, shown["questions"], outcomes) == ()


def test_three_thirds_are_one_and_whole_points_need_whole_points() -> None:
    shown, outcomes = _version([("1", Fraction(1, 3), frozenset("a"))] * 3, percent=33)
    mark = marks_by_competency(shown, shown["questions"], outcomes)[0]
    assert (mark.raw, mark.max, mark.needed, mark.reached) == (Decimal(1), Decimal(3), Decimal("0.99"), True)
    for question in shown["questions"]:
        del question["parts"]
    assert marks_by_competency(shown, shown["questions"], outcomes)[0].needed == 1
    nothing = marks_by_competency(shown, shown["questions"], {})[0]
    assert (nothing.raw, nothing.reached) == (Decimal(0), False)
    assert not marks_by_competency(shown, [], {})[0].reached, "nothing was asked"


# --- What is published ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_version_says_marks_and_competencies_only_where_a_mark_is_set() -> None:
    taking = Five(marked=0)
    before = QuizVersion.objects.get()
    assert "marks" not in before.shown
    assert not any("competencies" in question for question in before.shown["questions"])
    taking.mark(A2=60)
    after = QuizVersion.objects.order_by("-number").first()
    assert after is not None
    names = {"vi": "Năng lực A2", "en": "Competency A2"}
    assert after.shown["marks"] == [{"competency": iri("A2"), "names": names, "percent": 60}]
    assert [question.get("competencies") for question in after.shown["questions"]] == [None, [iri("A2")], *[None] * 3]
    assert (after.max_score, after.pass_score) == (before.max_score, before.pass_score)


@pytest.mark.django_db
def test_a_question_counts_at_its_level_and_below_as_evidence_does() -> None:
    one, two = five()[:2]
    course = GROUND.rows()["course"]
    questions = [pages.question(f"Câu {number}?") for number in range(3)]
    about(questions[0], one, level=2)
    about(questions[1], one, level=1)
    about(questions[2], two, level=2)
    page = pages.quiz(course, questions, live=False)
    page.alignments = [
        QuizAlignment(competency=one, level=2, pass_percent=50),
        QuizAlignment(competency=two, level=1, pass_percent=50),
    ]
    pages.publish(page)
    shown = QuizVersion.objects.get().shown
    assert [question.get("competencies") for question in shown["questions"]] == [[iri("A1", 2)], None, [iri("A2")]]


@pytest.mark.django_db
def test_a_mark_without_a_question_is_not_published_and_says_why() -> None:
    one, two = five()[:2]
    course = GROUND.rows()["course"]
    fixed, *pool = [pages.question(f"Câu {number}?") for number in range(5)]
    category = Collection.get_first_root_node().add_child(name="Mật khẩu")
    for row in pool:
        type(row).objects.filter(pk=row.pk).update(collection=category)
    page = pages.quiz(course, [fixed], live=False)
    page.alignments = [QuizAlignment(competency=one, pass_percent=50), QuizAlignment(competency=two)]
    page.draws = [QuizDraw(count=2, category=category)]
    with (
        translation.override("vi"),
        pytest.raises(NotPublishable, match="không câu hỏi nào ở đây gắn với năng lực này từ trình độ 1"),
    ):
        pages.publish(page)
    about(pool[0], one)
    about(pool[1], one)
    with translation.override("en"), pytest.raises(NotPublishable, match="an attempt may draw no question about it"):
        pages.publish(page)
    about(pool[2], one)
    pages.publish(page)
    assert QuizVersion.objects.get().shown["marks"][0]["percent"] == 50


# --- What is said and what it counts for ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_people_attain_what_they_showed_and_not_all_five() -> None:
    taking = Five()
    learners = [taking.learner, *(pages.enrolled(taking.course, f"nguoi-{number}") for number in range(4))]
    for number, learner in enumerate(learners):
        knows = {number, (number + 2) % 5}
        attempt = taking.take(*knows, learner=learner)
        assert attempt.success
        assert taking.attained(learner) == {CODES[place] for place in knows}
    assert Evidence.objects.count() == 5 * 5
    assert Evidence.objects.filter(success=True).count() == 5 * 2
    assert list(check()) == []


@pytest.mark.django_db
def test_without_marks_of_their_own_one_pass_still_counts_for_all() -> None:
    taking = Five(marked=0)
    attempt = taking.take(0, 1)
    assert "extensions" not in verdict(attempt)["result"]
    assert taking.attained() == set(CODES)


@pytest.mark.django_db
def test_one_with_a_mark_and_others_without_and_a_failed_quiz_shows_nothing() -> None:
    taking = Five(marked=1, percent=60)
    attempt = taking.take(0)
    assert not attempt.success
    said = verdict(attempt)["result"]["extensions"][EXTENSION]
    assert said == [{"competency": iri("A1"), "raw": 1, "max": 1, "needed": 1, "reached": True}]
    assert taking.attained() == set(), "both marks are needed"
    taking.take(1, 2, 3)
    assert taking.attained() == {"A2", "A3", "A4", "A5"}
    taking.take(0, 1, 2)
    assert taking.attained() == set(CODES)
    assert list(check()) == []


@pytest.mark.django_db
def test_a_rebuild_gives_the_same_evidence() -> None:
    taking = Five(marked=3)
    taking.take(0, 4)
    before = list(Evidence.objects.order_by("competency").values("competency__code", "success", "scaled", "trust"))
    assert [(row["success"], row["scaled"]) for row in before] == [
        *((True, Decimal(1)), (False, Decimal(0)), (False, Decimal(0))),
        *[(True, Decimal("0.4"))] * 2,
    ]
    Evidence.objects.all().delete()
    Attainment.objects.all().delete()
    rebuild(now=lambda: pages.AT)
    assert (
        list(Evidence.objects.order_by("competency").values("competency__code", "success", "scaled", "trust")) == before
    )
    assert taking.attained() == {"A1", "A4", "A5"}


@pytest.fixture
def unmarked(db: None) -> dict[str, Any]:
    """What is said of a pass without marks."""
    return verdict(Five(marked=0).take(0, 1))


@for_each(
    "said",
    [None, 7, "x", [], [None], [{"competency": 3}], [{"competency": "https://other.example/a", "reached": True}]],
)
def test_what_is_no_mark_is_left_out(unmarked: dict[str, Any], said: Any) -> None:
    statement = copy.deepcopy(unmarked)
    statement["id"] = str(uuid.uuid4())
    statement["result"]["extensions"] = {EXTENSION: said}
    Evidence.objects.all().delete()
    xapi.record([statement], authority="server", received_at=pages.AT)
    assert set(Evidence.objects.values_list("success", flat=True)) == {True}


def test_a_mark_of_nonsense_is_not_reached(unmarked: dict[str, Any]) -> None:
    statement = copy.deepcopy(unmarked)
    statement["id"] = str(uuid.uuid4())
    said = {"competency": iri("A1"), "raw": -3, "max": 10**30, "needed": True, "reached": "yes"}
    statement["result"]["extensions"] = {EXTENSION: [said]}
    Evidence.objects.all().delete()
    xapi.record([statement], authority="server", received_at=pages.AT)
    found = {row.competency.code: (row.success, row.scaled) for row in Evidence.objects.select_related("competency")}
    assert found["A1"] == (False, None)
    assert found["A2"] == (True, Decimal("0.4"))


@pytest.mark.django_db
def test_the_explanation_says_by_which_points_a_pass_was_not_used() -> None:
    taking = Five()
    taking.take(0, 1)
    [row] = explain(taking.learner, taking.competencies[4], 1).rows
    assert (row.success, row.passed, row.used) == (False, True, False)
    assert row.mark is not None
    assert (row.mark.raw, row.mark.max, row.mark.needed) == (Decimal(0), Decimal(1), Decimal(1))
    [row] = explain(taking.learner, taking.competencies[0], 1).rows
    assert (row.success, row.passed, row.used) == (True, True, True)


# --- Graded again -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_regrade_that_leaves_the_mark_says_what_is_lost_and_what_is_won(monkeypatch: pytest.MonkeyPatch) -> None:
    observer = uuid.uuid4()
    monkeypatch.setattr(actions, "staff_actor", lambda user: observer)
    taking = Five()
    attempt = taking.take(0, 4)
    before = verdict(attempt)
    for row in taking.questions[:2]:
        row.options = pages.options([block.value["text"] for block in row.options], 0)
        row.save_revision().publish()
    taking.quiz = pages.publish(taking.quiz)
    version = newest(taking.key)
    assert version is not None
    [change] = preview(version)
    assert (change.raw, change.higher, change.lower, change.concluded_otherwise) == (Decimal(2), False, False, True)
    assert (change.gained, change.lost) == ({iri("A2")}, {iri("A1")})
    later = pages.AT + timedelta(days=1)
    regrade = actions.begin(taking.key, reason="Sai", keep_higher=True, by=None, act_id=uuid.uuid4(), at=later)
    while actions.step(regrade, at=later):
        pass
    said = verdict(attempt)
    assert said["id"] != before["id"]
    assert (said["timestamp"], said["result"]["score"]) == (before["timestamp"], before["result"]["score"])
    assert [mark["reached"] for mark in said["result"]["extensions"][EXTENSION]] == [False, True, False, False, True]
    assert taking.attained() == {"A2", "A5"}
    assert list(check()) == []
