"""Records of regrades: who graded a quiz again with corrected keys, when, why, and with which result."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bdhvs_content.api import NfcTextField
from bdhvs_quiz.models.attempts import QuizVersion


class Regrade(models.Model):
    """A new grading, with the keys of `version`, of attempts that were handed in before it; attempts of older versions
    that
    are handed in later get the same keys. It goes person by person and can be stopped: `last_learner` says how far it
    is."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    act_id = models.UUIDField(unique=True, help_text="Idempotency key of the form that began it.")
    activity_key = models.UUIDField()
    version = models.ForeignKey(
        QuizVersion, on_delete=models.PROTECT, related_name="+", help_text="In the quiz's own language."
    )
    reason = NfcTextField(
        _("reason"), max_length=500, help_text=_("For whoever looks at these marks later. Name no learner.")
    )
    keep_higher = models.BooleanField(
        _("keep the old mark if the new one is lower"),
        default=True,
        help_text=_("Nobody loses by a correction. Untick it only if the old marks were unfair to others."),
    )
    observer = models.UUIDField(help_text="Opaque actor of who began it; the page's history in the admin names them.")
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    last_learner = models.PositiveBigIntegerField(default=0)
    higher = models.PositiveIntegerField(default=0, help_text="Attempts whose mark rose.")
    lower = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0, help_text="Attempts that keep a mark which would be lower.")
    same = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0, help_text="Attempts of which nothing may be recorded.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["activity_key"], condition=Q(finished_at=None), name="regrade_one_at_a_time"
            ),
        ]
        # "the last regrade of this quiz"
        indexes: ClassVar = [models.Index(fields=["activity_key", "-begun_at"], name="regrade_of_activity")]

    def __str__(self) -> str:
        return str(self.uuid)
