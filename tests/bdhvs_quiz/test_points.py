"""What questions count: points of each in its quiz, shares of them exact, added once and rounded once."""

from __future__ import annotations

import uuid
from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import translation

from bdhvs_lms.courses.api import Activity
from bdhvs_lms.plugins.api import Outcome
from bdhvs_quiz.actions import submit
from bdhvs_quiz.grading import decimal, outcome_json, total
from bdhvs_quiz.models import QuizVersion
from bdhvs_quiz.models.compiling import scores_of
from tests.bdhvs_content import pages
from tests.bdhvs_quiz.helpers import Taking, address, statements
from tests.support.markup import html_of


def test_shares_are_added_exactly_and_rounded_once() -> None:
    third = Outcome(Fraction(1, 3), correct=False)
    questions = [{"key": str(place)} for place in range(3)]
    assert total(questions, {str(place): third for place in range(3)}) == Decimal("1.00")
    assert total([{"key": "0", "points": "2"}], {"0": third}) == Decimal("0.67")
    assert total([{"key": "0", "points": "0.5"}], {"0": Outcome(Decimal("0.5"), correct=False)}) == Decimal("0.25")
    assert outcome_json(third)["fraction"] == "1/3"
    assert [decimal(Fraction(part, 8), places=2) for part in (1, 3)] == [Decimal("0.13"), Decimal("0.38")]


@pytest.mark.parametrize(
    ("questions", "expected"),
    [
        ([{}] * 7, ("7", "6")),
        ([{"points": "2"}, {}], ("3", "3")),
        ([{"points": "2.5"}, {}], ("3.5", "2.80")),
        ([{"parts": True}, *[{}] * 6], ("7", "5.60")),
    ],
)
def test_the_pass_mark_is_whole_only_where_points_are(
    questions: list[dict[str, object]], expected: tuple[str, str]
) -> None:
    found = scores_of({"shown": {"questions": questions}, "pass_percent": 80})
    assert found == (Decimal(expected[0]), Decimal(expected[1]))


@pytest.mark.django_db
def test_points_of_questions_reach_page_result_statements_and_the_course() -> None:
    taking = Taking(count=2, values={"show_answers": "after_each", "pass_percent": 60})
    first = taking.quiz.items.first()
    first.points = Decimal("2.50")
    first.save()
    taking.quiz.refresh_from_db()
    taking.quiz.save_revision().publish()
    version = QuizVersion.objects.latest("number")
    assert [question.get("points") for question in version.shown["questions"]] == ["2.5", None]
    assert (version.max_score, version.pass_score) == (Decimal("3.50"), Decimal("2.10"))
    row = Activity.objects.get(key=taking.key)
    assert (row.max_score, row.pass_score) == (Decimal("3.50"), Decimal("2.10"))

    with translation.override("vi"):
        page = html_of(taking.client.get(taking.quiz.url))
    assert "Số câu: 2. Cần đạt 2,1 trên 3,5 điểm." in page
    attempt = taking.open()
    graded = submit(attempt, taking.learner, taking.responses(1), act_id=uuid.uuid4(), at=pages.AT).attempt
    assert (graded.raw, graded.success) == (Decimal("2.50"), True)
    with translation.override("vi"):
        result = html_of(taking.client.get(address(attempt, "result")))
    assert "2,5/3,5" in result
    assert "Điểm: 2,5/2,5" in result
    assert "Điểm: 0/1" in result
    passed = next(row for row in statements(attempt) if row["verb"]["id"].endswith("/passed"))
    assert passed["result"]["score"] == {"raw": 2.5, "min": 0, "max": 3.5, "scaled": 0.714286}
