"""Published questions, as the report of what is covered counts and lists them."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import quote
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext_lazy

from bdhvs_lms.plugins.api import TeachingItem, TeachingSource
from bdhvs_quiz.bank.access import visible
from bdhvs_quiz.models import Question
from bdhvs_quiz.models.labels import QuestionAlignment

LISTED = 200


def counts() -> dict[tuple[int, int], int]:
    """Count published questions by (competency, level). One query. A translation and its original are one question."""
    rows = QuestionAlignment.objects.order_by().filter(question__live=True).values_list("competency", "level")
    return {(pk, level): n for pk, level, n in rows.annotate(n=Count("question__translation_key", distinct=True))}


def items(user: Any, competency_id: int) -> list[TeachingItem]:
    """List published questions of a competency, from categories that the user may look at."""
    rows = QuestionAlignment.objects.filter(
        competency=competency_id, question__in=visible(Question.objects.rows().filter(live=True), user).values("pk")
    )
    levels = dict(rows.order_by("question")[:LISTED].values_list("question", "level"))
    found = Question.objects.rows().filter(pk__in=levels).order_by("pk")
    return [
        TeachingItem(
            str(row), levels[row.pk], reverse("wagtailsnippets_bdhvs_quiz_question:edit", args=[quote(row.pk)])
        )
        for row in found
    ]


QUESTIONS = TeachingSource(label=gettext_lazy("questions"), counts=counts, items=items)
