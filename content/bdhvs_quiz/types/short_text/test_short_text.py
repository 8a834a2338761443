"""The type against the kit that a stranger's passes too."""

from __future__ import annotations

from fractions import Fraction

import pytest
from django.test import TestCase

from bdhvs_lms.plugins.testing import QuestionSample, QuestionTypeConformance
from bdhvs_quiz.types.short_text.type import ShortText
from tests.bdhvs_quiz import kinds

LONG = "a" * 201


class TestShortText(QuestionTypeConformance, TestCase):
    """In a browser its field is one of a text with gaps; tests/bdhvs_quiz/test_quiet.py types into it."""

    question_type = ShortText

    def samples(self) -> list[QuestionSample]:
        row = kinds.short(texts=["Mật khẩu", "Hòa Bình"])
        other = kinds.short(texts=["Khác"], ignore_case=False, explanation="Khác")
        return [
            QuestionSample(
                question=row,
                same_but_for_key=other,
                right=[["Mật khẩu"], ["MAT KHAU."], ["", " mật  khẩu "], ["hoa-binh"], ["Hoà Bình"]],
                wrong=[["mật"], ["mật khẩu 1"], ["."], ["khác thế"]],
                refused=[[LONG], ["một", "hai"]],
                secrets=["Mật khẩu", "Hòa Bình", "Giải thích kín"],
            )
        ]


class TestExactShortText(QuestionTypeConformance, TestCase):
    """It looks the same in a browser."""

    question_type = ShortText

    def samples(self) -> list[QuestionSample]:
        strict = {"ignore_case": False, "ignore_diacritics": False, "ignore_spacing": False}
        exact, elsewhere = kinds.short(texts=["Hòa Bình"], **strict), kinds.short(texts=["Thúy"], **strict)
        return [
            QuestionSample(
                question=exact,
                same_but_for_key=elsewhere,
                # Both places of the tone, composed and not, and any number of spaces: the same whatever is set.
                right=[["Hòa Bình"], ["Hoà Bình"], ["Ho\u0300a Bi\u0300nh"], ["  Hoà   Bình "]],
                wrong=[["hòa bình"], ["Hoa Binh"], ["Hòa-Bình"], ["HòaBình"]],
                refused=[[LONG]],
                secrets=["Hòa Bình"],
            )
        ]


@pytest.mark.django_db
def test_of_several_answers_the_one_that_earns_most_counts_and_a_star_stands_for_any_letters():
    row = kinds.short(texts=["Mật khẩu"])
    row.accepted = [
        {"type": "answer", "value": {"text": "mật khẩu", "credit": "", "feedback": "Đúng rồi."}},
        {"type": "answer", "value": {"text": "mật *", "credit": "1/3", "feedback": "Gần đúng."}},
        {"type": "answer", "value": {"text": "5\\* sao", "credit": "1/2", "feedback": ""}},
        {"type": "answer", "value": {"text": "*", "credit": "0", "feedback": "Xem lại bài."}},
    ]
    assert row.problems() == []
    shown, key = ShortText().compile(row)
    outcomes = [ShortText().grade(shown, key, text) for text in ("MAT KHAU", "mật thư", "5* SAO", "5 hay sao", "gì đó")]
    assert [one.fraction for one in outcomes] == [1, Fraction(1, 3), Fraction(1, 2), 0, 0]
    assert [one.feedback for one in outcomes] == [
        ("Đúng rồi.",), ("Gần đúng.",), (), ("Xem lại bài.",), ("Xem lại bài.",),
    ]  # fmt: skip
    assert outcomes[1].matched == ("mật …",)
    assert ShortText().gives_parts(shown, key)
    assert ShortText().paper_key(shown, key) == ("mật khẩu",)


@pytest.mark.django_db
def test_answers_of_the_first_release_are_read_as_they_were():
    """Rows, revisions and versions of 0.1.0 hold texts alone, and a star in one was a star."""
    row = kinds.short(texts=["5*", "Năm sao"])
    row = type(row).objects.get(pk=row.pk)
    assert [one["text"] for one in row.rows()] == ["5\\*", "Năm sao"]
    shown, key = ShortText().compile(row)
    old = {"accepted": ["5*", "Năm sao"], "folding": row.folding.as_json(), "explanation": ""}
    for hidden in (key, old):
        assert [ShortText().grade(shown, hidden, text).correct for text in ("5*", "nam sao", "5 năm")] == [
            True, True, False,
        ]  # fmt: skip
    assert ShortText().paper_key(shown, old) == ("5*", "Năm sao")
    revised = row.latest_revision.as_object()
    assert [one["text"] for one in revised.rows()] == ["5\\*", "Năm sao"]
