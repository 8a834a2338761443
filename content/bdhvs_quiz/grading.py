"""Grading from a version alone: pure, and the same whenever it is done again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bdhvs_lms.plugins.api import Outcome, QuestionType, question_types
from bdhvs_lms.tracking.api import CompetencyMark

Questions = Sequence[Mapping[str, Any]]
"""Of a version, as `QuizVersion.shown["questions"]` holds them: all of them, or those that an attempt asks."""


class QuestionTypeMissing(Exception):
    """The plugin of a question is not installed: it can be neither answered nor graded now. `args[0]`: its key."""


def kind_of(question: Mapping[str, Any]) -> QuestionType:
    """Return a question's type. Raises QuestionTypeMissing."""
    kind = question_types.get(question["type"])
    if kind is None:
        raise QuestionTypeMissing(question["type"])
    return kind


def field_name(question_key: str) -> str:
    """Return the name of a question's form field."""
    return f"q-{question_key}"


def parse_form(
    questions: Questions, values_of: Callable[[str], Sequence[str]]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Parse posted values into (responses, errors), both by question key. `values_of`: `request.POST.getlist`.

    Raises QuestionTypeMissing.
    """
    responses: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for question in questions:
        try:
            response = kind_of(question).parse(question["shown"], values_of(field_name(question["key"])))
        except ValueError as wrong:
            errors[question["key"]] = str(wrong)
        else:
            if response is not None:
                responses[question["key"]] = response
    return responses, errors


def grade_all(questions: Questions, keys: Mapping[str, Any], responses: Mapping[str, Any]) -> dict[str, Outcome]:
    """Grade every question, by key, in the quiz's order. `keys`: `QuizVersion.key`. Raises QuestionTypeMissing."""
    return {
        question["key"]: kind_of(question).grade(
            question["shown"], keys[question["key"]], responses.get(question["key"])
        )
        for question in questions
    }


def points_of(question: Mapping[str, Any]) -> Fraction:
    """Return the points of a version's question; 1 if it does not say."""
    return Fraction(question.get("points", 1))


def pass_points(most: Fraction, percent: int, questions: Questions) -> Decimal:
    """Return this percentage of `most` points, rounded up: to a whole point if these questions give only whole points,
    else to
    a hundredth."""
    whole = all(points_of(each).denominator == 1 and not each.get("parts") for each in questions)
    unit = 1 if whole else 100
    needed = most * percent * unit / 100
    return Decimal(-(-needed.numerator // needed.denominator)) / unit


def marks_by_competency(
    shown: Mapping[str, Any], asked: Questions, outcomes: Mapping[str, Outcome]
) -> tuple[CompetencyMark, ...]:
    """Compute the points for each competency with a pass mark of its own, in the quiz's order, from the questions about
    it.

    `shown`: of the version. `asked`: the questions of the attempt. A question without an outcome earned nothing. Shares
    are
    added exactly and rounded once, as the whole is; where nothing was asked nothing was reached.
    """
    found = []
    for mark in shown.get("marks", ()):
        about = [question for question in asked if mark["competency"] in question.get("competencies", ())]
        every = [one for one in shown["questions"] if mark["competency"] in one.get("competencies", ())]
        most = sum((points_of(question) for question in about), Fraction(0))
        graded = [question for question in about if question["key"] in outcomes]
        raw, needed = total(graded, outcomes), pass_points(most, mark["percent"], every)
        reached = bool(about) and raw >= needed
        found.append(CompetencyMark(mark["competency"], raw, decimal(most, places=2), needed, reached))
    return tuple(found)


def total(questions: Questions, outcomes: Mapping[str, Outcome]) -> Decimal:
    """Add up the points, to two decimals. Shares are added exactly, and rounded once: three thirds are one."""
    shares = (points_of(question) * outcomes[question["key"]].share for question in questions)
    return decimal(sum(shares, Fraction(0)), places=2).quantize(Decimal("0.01"))


def decimal(exact: Fraction, *, places: int) -> Decimal:
    """Round to so many places, halves away from zero."""
    unit = 10**places
    return Decimal((2 * exact.numerator * unit + exact.denominator) // (2 * exact.denominator)) / unit


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """Return the outcome as a step keeps it: the fraction exactly, '1/3'. Feedback is the version's, not the
    learner's."""
    return {"fraction": str(outcome.share), "correct": outcome.correct, "matched": list(outcome.matched)}


def outcome_of(kept: Mapping[str, Any]) -> Outcome:
    """Build the outcome, without feedback, that a step keeps."""
    return Outcome(Fraction(kept.get("fraction", 0)), bool(kept.get("correct")), tuple(kept.get("matched", ())))
