"""Queries of what is written down about one learner of a class."""

from __future__ import annotations

from django.db.models import QuerySet

from bdhvs_lms.classes.models import ClassGroup, ClassNote, CompletionMark
from bdhvs_lms.learners.api import Learner


def notes_about(class_group: ClassGroup, learner: Learner) -> QuerySet[ClassNote]:
    """Return the notes about the learner, the newest first, with their authors. For teachers of this class."""
    rows = ClassNote.objects.filter(class_group=class_group, learner__in=learner.ids).select_related("by")
    return rows.order_by("-written_at", "-pk")


def marks_about(class_group: ClassGroup, learner: Learner) -> QuerySet[CompletionMark]:
    """Return the marks that stand, the newest first, with who made them."""
    rows = CompletionMark.objects.filter(class_group=class_group, learner__in=learner.ids, voided_at=None)
    return rows.select_related("by").order_by("-occurred_at", "-pk")
