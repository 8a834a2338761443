"""The type against the kit that a stranger's passes too."""

from __future__ import annotations

import pytest
from django.test import TestCase

from bdhvs_lms.plugins.testing import QuestionSample
from bdhvs_quiz.testing import QuestionTypeInBrowser
from bdhvs_quiz.types.short_text.type import ShortText
from tests.bdhvs_quiz import kinds


@pytest.mark.slow
@pytest.mark.usefixtures("chromium")
class TestShortText(QuestionTypeInBrowser, TestCase):
    question_type = ShortText

    def samples(self) -> list[QuestionSample]:
        row = kinds.short(texts=["Mật khẩu", "Hòa Bình"])
        other = kinds.short(texts=["Khác"], ignore_case=False, explanation="Khác")
        strict = {"ignore_case": False, "ignore_diacritics": False, "ignore_spacing": False}
        exact, elsewhere = kinds.short(texts=["Hòa Bình"], **strict), kinds.short(texts=["Thúy"], **strict)
        long = "a" * 201
        return [
            QuestionSample(
                question=row,
                same_but_for_key=other,
                right=[["Mật khẩu"], ["MAT KHAU."], ["", " mật  khẩu "], ["hoa-binh"], ["Hoà Bình"]],
                wrong=[["mật"], ["mật khẩu 1"], ["."], ["khác thế"]],
                refused=[[long], ["một", "hai"]],
                secrets=["Mật khẩu", "Hòa Bình", "Giải thích kín"],
            ),
            QuestionSample(
                question=exact,
                same_but_for_key=elsewhere,
                # Both places of the tone, composed and not, and any number of spaces: the same whatever is set.
                right=[["Hòa Bình"], ["Hoà Bình"], ["Ho\u0300a Bi\u0300nh"], ["  Hoà   Bình "]],
                wrong=[["hòa bình"], ["Hoa Binh"], ["Hòa-Bình"], ["HòaBình"]],
                refused=[[long]],
                secrets=["Hòa Bình"],
            ),
        ]
