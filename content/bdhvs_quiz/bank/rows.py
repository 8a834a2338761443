"""Rows of the bank, whether or not their type is installed, and what is said about them."""

from __future__ import annotations

from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.models import Revision

from bdhvs_lms.base.api import fold
from bdhvs_lms.plugins.api import question_types
from bdhvs_quiz.models import Question, QuizPage


def type_label(question: Question) -> str:
    """For people: the type's name, or that its plugin is missing."""
    kind = question_types.get(question.type_key)
    if kind is None:
        return _("Plugin missing: %(key)s") % {"key": question.type_key}
    return capfirst(str(kind.label))


def status_label(question: Question) -> str:
    if not question.live:
        return _("Draft")
    return _("Published, with unpublished changes") if question.has_unpublished_changes else _("Published")


# Of a search; what comes after them is left out of account.
MOST_WORDS = 50


def row_or_404(pk: str) -> Question:
    row: Question = get_object_or_404(Question.objects.rows(), pk=unquote(str(pk)))
    return row


def found_by(rows: QuerySet[Question], words: str) -> QuerySet[Question]:
    """Those in which every word is found, with or without diacritics: "dien thoai" finds "điện thoại"."""
    # Databases take a condition of so many parts only, and nobody writes so many words.
    for word in list(dict.fromkeys(fold(words).split()))[:MOST_WORDS]:
        rows = rows.filter(folded__contains=word)
    return rows


def quizzes_with(question: Question) -> list[QuizPage]:
    """The quizzes that hold the question, in their rows or in a draft: a draft whose question is gone cannot be opened.

    Two queries and one for each twenty drafts; for pages about one question only.
    """
    drafts = QuizPage.objects.filter(has_unpublished_changes=True).values("latest_revision")
    named = {
        int(revision.object_id)
        for revision in Revision.objects.filter(pk__in=drafts).iterator(chunk_size=20)
        if any(item.get("question") == question.pk for item in revision.content.get("items", ()))
    }
    holding = QuizPage.objects.filter(items__question_id=question.pk).values_list("pk", flat=True)
    return list(QuizPage.objects.filter(pk__in={*holding, *named}).order_by("title", "pk"))
