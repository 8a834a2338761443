"""Rows of the bank, whether or not their type is installed, and their labels."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column

from bdhvs_lms.base.api import fold
from bdhvs_lms.plugins.api import question_types
from bdhvs_quiz.models import Question


def type_label(question: Question) -> str:
    """Return the type's name for people, or the message that its plugin is missing."""
    kind = question_types.get(question.type_key)
    if kind is None:
        return _("Plugin missing: %(key)s") % {"key": question.type_key}
    return capfirst(str(kind.label))


class TypeColumn(Column):
    """A question's type, and whether it has pictures or sounds."""

    cell_template_name = "bdhvs_quiz/admin/type_cell.html"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("type_key", label=gettext_lazy("Type"), accessor=type_label, **kwargs)


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
    """Return the rows that contain every word, with or without diacritics: "dien thoai" finds "điện thoại"."""
    # Databases take a condition of so many parts only, and nobody writes so many words.
    for word in list(dict.fromkeys(fold(words).split()))[:MOST_WORDS]:
        rows = rows.filter(folded__contains=word)
    return rows
