"""Reads of the bank, of versions and of attempts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bdhvs_lms.plugins.api import question_types
from bdhvs_quiz.models import Question


def bank_rows(question_ids: Iterable[int] | None = None) -> list[Question]:
    """Rows of the bank as the base class, in the order asked for; those whose type is uninstalled too, which
    polymorphic lists leave out without a word. One query."""
    rows = Question.objects.non_polymorphic()
    if question_ids is None:
        return list(rows.order_by("pk"))
    ids = list(question_ids)
    found = {row.pk: row for row in rows.filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]


def real_questions(question_ids: Iterable[int]) -> dict[int, Any]:
    """By primary key, each as its own class; without those whose type is uninstalled. One query and one a type."""
    questions = Question.objects.filter(pk__in=list(question_ids), type_key__in=[kind.key for kind in question_types])
    return {question.pk: question for question in questions.prefetch_related("locale")}
