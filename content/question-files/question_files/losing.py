"""What a question has that a file may not hold, in words for editors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from question_files.choices import earned
from question_files.language import Text, gettext
from question_files.language import gettext_lazy as _
from question_files.marks import percent, share
from question_files.plain import Loss, PlainQuestion, PlainQuiz
from question_files.texts import shortened

Words = Text


def _parts(question: PlainQuestion) -> list[Any]:
    """Whatever has feedback of its own."""
    blanks = [part for blank in question.blanks for part in (*blank.options, *blank.answers)]
    return [*question.options, *question.answers, *blanks]


def _texts(question: PlainQuestion) -> list[str]:
    """What stands on one line in most files."""
    pairs = [text for pair in question.pairs for text in (pair.left, pair.right)]
    return [*(part.text for part in _parts(question)), *pairs, *question.steps]


_KINDS = ("multiple", "matching", "ordering", "blanks")

FEATURES: dict[str, tuple[Words, Callable[[PlainQuestion], bool]]] = {
    "pictures": (
        _("pictures and sounds"),
        lambda one: bool(
            one.media or any(option.media for option in one.options) or any(pair.media for pair in one.pairs)
        ),
    ),
    "explanation": (_("explanation"), lambda one: bool(one.explanation)),
    "feedback": (_("feedback on single answers"), lambda one: any(part.feedback for part in _parts(one))),
    "overall": (
        _("feedback on the whole answer"),
        lambda one: bool(one.feedback_right or one.feedback_partly or one.feedback_wrong),
    ),
    "shares": (
        _("shares of the mark"),
        lambda one: any(getattr(part, "credit", None) not in (None, Fraction(1)) for part in _parts(one)),
    ),
    # Read again, they share it: no other system takes an option of several for the whole answer.
    "wholes": (
        _("that each of several options earns the whole mark alone"),
        lambda one: one.kind == "multiple" and sum(option.credit == 1 for option in one.options) > 1,
    ),
    "points": (_("points"), lambda one: one.points != 1),
    "whole": (
        _("no mark for a part: elsewhere parts earn their share"),
        # Shares of options say themselves what a part earns.
        lambda one: one.kind in _KINDS and not one.partial and all(option.credit is None for option in one.options),
    ),
    "parts": (_("marks for parts that are right"), lambda one: one.partial),
    "name": (_("the name of the question"), lambda one: bool(one.name)),
    "category": (_("category"), lambda one: bool(one.category)),
    "tags": (_("tags"), lambda one: bool(one.tags)),
    "difficulty": (_("difficulty"), lambda one: bool(one.difficulty)),
    "shuffle": (_("that it is shuffled each time"), lambda one: one.shuffle),
    "case": (
        _("that capitals count"),
        lambda one: one.case or any(blank.case for blank in one.blanks),
    ),
    "unit": (_("unit"), lambda one: bool(one.unit or one.units)),
    "lines": (_("line breaks"), lambda one: "\n" in one.prompt or any("\n" in text for text in _texts(one))),
}


def losses(quiz: PlainQuiz, lost: Callable[[PlainQuestion], Iterable[str | Words]]) -> list[Loss]:
    """`lost`: of a question keys of FEATURES, or words of one's own. Those that it has become losses."""
    found = []
    for index, question in enumerate(quiz.questions):
        for what in lost(question):
            words, there = FEATURES.get(what, (what, _always)) if isinstance(what, str) else (what, _always)
            if there(question):
                found.append(Loss(index, words))
    return found


def _always(_question: PlainQuestion) -> bool:
    return True


def inexact(question: PlainQuestion) -> bool:
    """Whether a share of the mark cannot be written as per cent that are read back as the same."""
    credits = [getattr(part, "credit", None) for part in _parts(question)]
    return any(credit is not None and share(percent(credit)) != credit for credit in credits)


def unanswered(quiz: PlainQuiz) -> list[str]:
    """What keeps questions from being written where each has to say what is right: one sentence for each."""
    return [
        gettext("No answer is marked as correct: %(question)s") % {"question": shortened(question.prompt)}
        for question in quiz.questions
        if (question.kind == "true-false" and question.right is None)
        or (question.kind == "single" and 1 not in earned(question))
    ]
