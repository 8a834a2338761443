"""A practical task and what became of it, and a question whose answer is a number.

What a report needs is pushed into the core; these rows are the plugin's own.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel

from bdhvs_content.api import NfcCharField
from bdhvs_quiz.api import Question

NO_ANSWER = _("Give the right answer: without it every answer would be wrong.")


class PracticeTask(models.Model):
    """Something to do with one's own hands in front of an observer, e.g. 'Đặt lịch khám bệnh trên điện thoại'.

    `key` is the activity's key in the core. `revision` counts what was published: a record says which one it was
    about, so that evidence keeps the alignment of its day.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course_key = models.UUIDField()
    title = models.CharField(_("title"), max_length=200)
    language = models.CharField(max_length=10, default="vi")
    instructions = models.TextField(_("what to do"), blank=True)
    revision = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.title


class PracticeRecord(models.Model):
    """An observer saw the learner do it, or try. Written once, never changed: the statement was built from it.

    `act_id` is the form's idempotency key and, as each observation is an attempt of its own, the attempt.
    """

    act_id = models.UUIDField(unique=True)
    # PROTECT and not CASCADE: what was reported stays countable after a person is erased.
    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey(PracticeTask, on_delete=models.PROTECT, related_name="records")
    passed = models.BooleanField()
    observer = models.UUIDField(help_text="Opaque actor of who watched.")
    revision = models.CharField(max_length=64)
    occurred_at = models.DateTimeField(help_text="When it was done, clamped once at receipt.")
    received_at = models.DateTimeField()

    class Meta:
        indexes = [
            # "what has this learner done in this task?"
            models.Index(fields=["learner", "task", "occurred_at"], name="practice_of_learner")
        ]


class PracticeNote(models.Model):
    """What the observer wrote about it: words, so a row of its own that can be erased."""

    record = models.OneToOneField(PracticeRecord, on_delete=models.CASCADE, related_name="note")
    text = models.TextField(_("note"))

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="practice_note_says_something")]


class NumberQuestion(Question):
    """How many, how much: a number within a tolerance is right."""

    kind = "plugin_example.number"

    # Empty in a draft; `problems` keeps such a question from being asked.
    answer = models.DecimalField(
        _("right answer"), max_digits=18, decimal_places=6, null=True, blank=True, help_text=_("Example: 113")
    )
    tolerance = models.DecimalField(
        _("tolerance"),
        max_digits=18,
        decimal_places=6,
        default=0,
        validators=[MinValueValidator(0)],
        help_text=_("How far an answer may be off and still be right. 0: exactly."),
    )
    unit = NfcCharField(_("unit"), max_length=30, blank=True, help_text=_("Shown behind the field. Example: đồng"))

    problems_at = "answer"
    panels: ClassVar[list[Any]] = [
        MultiFieldPanel([FieldPanel("prompt"), FieldPanel("unit")], heading=_("Question text")),
        MultiFieldPanel([FieldPanel("answer"), FieldPanel("tolerance")], heading=_("Correct answers")),
        MultiFieldPanel([FieldPanel("explanation")], heading=_("Feedback after submission")),
    ]

    class Meta:
        verbose_name = _("number question")
        verbose_name_plural = _("number questions")
        constraints = [models.CheckConstraint(condition=Q(tolerance__gte=0), name="number_tolerance_not_negative")]

    def problems(self) -> list[str]:
        return [] if self.answer is not None else [str(NO_ANSWER)]
