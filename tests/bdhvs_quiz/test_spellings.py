"""Typed answers of files: which spellings are one answer, and where signs make another one."""

from __future__ import annotations

from fractions import Fraction

from wagtail.models import Locale

from bdhvs_lms.plugins.api import PlainAnswer, PlainBlank, PlainQuestion, Reading
from bdhvs_quiz.importing.planning import Planned, plan
from bdhvs_quiz.types.words import signs_count
from tests.support.loops import for_each

HALF = Fraction(1, 2)


def planned(question: PlainQuestion) -> Planned:
    (found,) = plan(Reading((question,)), Locale(language_code="vi")).planned
    return found


def typed(*answers: PlainAnswer, case: bool = False) -> Planned:
    return planned(PlainQuestion("short", "Thủ đô?", answers=answers, case=case))


def test_spellings_that_are_one_answer_here_come_in_as_one() -> None:
    found = typed(PlainAnswer("Hà Nội"), PlainAnswer("ha noi"), PlainAnswer("Hà-Nội"), PlainAnswer("Thăng Long"))
    assert ([answer.text for answer in found.plain.answers], found.reasons) == (["Hà Nội", "Thăng Long"], ())
    assert len(typed(PlainAnswer("OTP"), PlainAnswer("otp"), case=True).plain.answers) == 2
    # What earns less, or is told something else, is nobody's to leave out.
    assert typed(PlainAnswer("Hà Nội"), PlainAnswer("Ha Noi", HALF)).doubtful
    assert typed(PlainAnswer("Hà Nội"), PlainAnswer("Ha Noi", feedback="Thiếu dấu.")).doubtful


@for_each(
    ("text", "count"),
    [
        *((text, True) for text in ("-5", "− 5", "3,14", "10.5", "1/2", "10:30", "C++", "C#", "< 5")),
        *((text, False) for text in ("115", "1.000.000", "Ctrl+C", "Covid-19", "Hà Nội.", "50%", "mật*", "a, b")),
    ],
)
def test_signs_that_make_another_answer_count(text: str, count: bool) -> None:
    assert signs_count([text]) is count


def test_minus_five_is_not_five() -> None:
    found = typed(PlainAnswer("-5"))
    grade = found.kind.grade
    assert [grade(*found.compiled, answer).fraction for answer in ("-5", " -5 ", "5")] == [1, 1, 0]
    gaps = planned(
        PlainQuestion("blanks", "Điền.", text="Là {1}.", blanks=(PlainBlank("short", (PlainAnswer("10.5"),)),))
    )
    assert gaps.compiled[1]["folding"]["spacing"] is False
