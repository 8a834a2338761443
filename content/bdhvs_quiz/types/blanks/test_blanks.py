"""The type against the kit that a stranger's passes too, and the text with brackets."""

from __future__ import annotations

from copy import copy
from decimal import Decimal
from fractions import Fraction

import pytest
from django.test import TestCase
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.plugins.testing import QuestionSample
from bdhvs_quiz.testing import QuestionTypeInBrowser
from bdhvs_quiz.types.blanks.type import Blanks
from question_files.brackets import Answer, read, written
from tests.bdhvs_quiz import kinds
from tests.support.loops import for_each

TEXT = "Cấp cứu [[115|%50%một một*#Gần đúng]], công an [[x2: *113|114|115#Số này là cấp cứu]], cách [[=1,5 ± 0,5]] km."


def choices(row):
    """Text to id, of the second gap."""
    ids = row.identified()
    return dict(ids[ids["gaps"]["1"][1]].values())


@pytest.mark.usefixtures("chromium")
class TestBlanks(QuestionTypeInBrowser, TestCase):
    question_type = Blanks

    def samples(self) -> list[QuestionSample]:
        row = kinds.blanks(text=TEXT)
        other = copy(row)
        other.explanation, other.text = "Khác", TEXT.replace("[[115|", "[[119|").replace("*113|114", "113|*114")
        ids = choices(row)
        right, wrong = ids["113"], ids["114"]
        return [
            QuestionSample(
                question=row,
                same_but_for_key=other,
                right=[["115", right, "1,5"], ["1 1 5.", right, "2"]],
                wrong=[["116", wrong, "9"], ["115", right], ["một một năm", right, "1,5"], ["", "", "1,5"]],
                refused=[["115", "x", "1"], ["115", "113", "1"], ["a" * 201], ["115", right, "1", "2"], ["", "115"]],
                secrets=["Gần đúng", "Số này là cấp cứu", "Giải thích kín"],
            )
        ]


@pytest.mark.django_db
def test_each_gap_earns_its_weight_and_an_answer_its_own_share():
    row = kinds.blanks(text=TEXT)
    shown, key = Blanks().compile(row)
    ids = choices(row)

    def graded(*values, whole=False):
        return Blanks().grade({**shown, "partial": not whole}, key, Blanks().parse(shown, values))

    assert graded("115", ids["113"], "x").fraction == Fraction(3, 4)
    half = graded("MOT MOT NAM", ids["115"], "2,1")
    assert (half.fraction, half.feedback) == (Fraction(1, 8), ("Gần đúng", "Số này là cấp cứu"))
    assert half.matched == ("một một*", "115", "other")
    assert graded("115", ids["113"], "x", whole=True).fraction == 0
    assert graded("115", ids["113"], "1", whole=True).correct
    assert graded("", ids["113"], "").matched == ("", "113", "")


@for_each(
    ("source", "kind", "answers"),
    [
        ("115|một một năm", "short", [Answer("115"), Answer("một một năm")]),
        ("*115|113", "choice", [Answer("115"), Answer("113", right=False)]),
        ("?: *115|%50%113#Gần", "choice", [Answer("115"), Answer("113", False, Fraction(1, 2), "Gần")]),
        ("=12,5 ± 0,5", "numeric", [Answer("12.5", tolerance=Decimal("0.5"))]),
        ("%33,33%a|b\\|c\\]]d", "short", [Answer("a", True, Fraction(1, 3)), Answer("b|c]]d")]),
        ("~: *khẩu", "short", [Answer("*khẩu")]),
        ("mật \\* khẩu", "short", [Answer("mật \\* khẩu")]),
        ("50% dân số", "short", [Answer("50% dân số")]),
        ("12:30", "short", [Answer("12:30")]),
    ],
)
def test_what_stands_in_brackets(source, kind, answers):
    [gap] = read(f"[[{source}]]", "vi").gaps
    assert (gap.kind, list(gap.answers)) == (kind, answers)


def test_weight_and_capitals_stand_in_front():
    [one, other] = read("[[x2 Aa: OTP]] [[Aa: otp]]", "vi").gaps
    assert (one.weight, one.case, other.weight, other.case) == (2, True, 1, True)


@for_each(
    ("text", "told"),
    [
        ("Gọi [[115", "“[[115”"),
        ("Gọi [[115]] hay [[ ]]", "[[ ]]"),
        ("Gọi [[?: 113|114]]", "[[?: 113|114]]"),
        ("Gọi [[=mười]]", "[[=mười]]"),
        ("Gọi [[%200%115]]", "[[%200%115]]"),
        ("Gọi [[*115|115]]", "[[*115|115]]"),
        ("Không có gì", "[[115]]"),
    ],
)
@pytest.mark.django_db
def test_what_is_wrong_is_said_with_its_brackets(text, told):
    problems = kinds.blanks(text=text, live=False).problems()
    assert problems
    assert told in problems[0]


@given(st.text("ab[]|*#%=\\:~?x2 ±1,.\n", max_size=30))
def test_any_text_is_read_and_written_again_as_the_same(text):
    once = read(text, "vi")
    if not once.problems:
        again = read(written(once.parts, "vi"), "vi")
        assert "".join(part for part in again.parts if isinstance(part, str)) == "".join(
            part for part in once.parts if isinstance(part, str)
        )
        assert [(gap.kind, gap.answers, gap.weight, gap.case) for gap in again.gaps] == [
            (gap.kind, gap.answers, gap.weight, gap.case) for gap in once.gaps
        ]


@pytest.mark.django_db
def test_a_gap_keeps_its_id_when_others_come_before_it_and_when_it_is_mended():
    row = kinds.blanks(text="Gọi [[115]] hoặc [[*113|114]].")
    first, second = (known for _text, known in row.ids["gaps"].values())
    kept = choices(row)
    row.text = "Khi cháy gọi [[114]]. Gọi [[115]] hoặc [[*113|114]]."
    row.save()
    ids = [known for _text, known in row.ids["gaps"].values()]
    assert ids[1:] == [first, second]
    assert ids[0] not in ids[1:]
    row.text = "Khi cháy gọi [[114]]. Gọi [[115|một một năm]] hoặc [[*113|116]]."
    assert [known for _text, known in row.identified()["gaps"].values()] == ids
    assert {known for _text, known in row.identified()[second].values()} == set(kept.values())
