"""Grading from a version alone: pure, and the same whenever it is done again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bdhvs_lms.plugins.api import Outcome, QuestionType, question_types

Questions = Sequence[Mapping[str, Any]]
"""Of a version, as `QuizVersion.shown["questions"]` holds them: all of them, or those that an attempt asks."""


class QuestionTypeMissing(Exception):
    """The plugin of a question is not installed: it can be neither answered nor graded now. `args[0]`: its key."""


def kind_of(question: Mapping[str, Any]) -> QuestionType:
    """Raises QuestionTypeMissing."""
    kind = question_types.get(question["type"])
    if kind is None:
        raise QuestionTypeMissing(question["type"])
    return kind


def field_name(question_key: str) -> str:
    """The form field of a question."""
    return f"q-{question_key}"


def parse_form(
    questions: Questions, values_of: Callable[[str], Sequence[str]]
) -> tuple[dict[str, Any], dict[str, str]]:
    """From posted values to (responses, errors), both by question key. `values_of`: `request.POST.getlist`.

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
    """Every question's outcome, by key, in the quiz's order. `keys`: `QuizVersion.key`. Raises QuestionTypeMissing."""
    return {
        question["key"]: kind_of(question).grade(
            question["shown"], keys[question["key"]], responses.get(question["key"])
        )
        for question in questions
    }


def points_of(question: Mapping[str, Any]) -> Fraction:
    """What a question of a version counts; one that does not say it counts 1."""
    return Fraction(question.get("points", 1))


def total(questions: Questions, outcomes: Mapping[str, Outcome]) -> Decimal:
    """Points, to two decimals. Shares are added exactly, and rounded once: three thirds are one."""
    shares = (points_of(question) * outcomes[question["key"]].share for question in questions)
    return decimal(sum(shares, Fraction(0)), places=2).quantize(Decimal("0.01"))


def decimal(exact: Fraction, *, places: int) -> Decimal:
    """To so many places, halves away from zero."""
    unit = 10**places
    return Decimal((2 * exact.numerator * unit + exact.denominator) // (2 * exact.denominator)) / unit


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """What a step keeps: the fraction exactly, '1/3'. Feedback is the version's, not the learner's."""
    return {"fraction": str(outcome.share), "correct": outcome.correct, "matched": list(outcome.matched)}
