"""Records of reopened attempts: who, when, why."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bdhvs_content.api import NfcTextField
from bdhvs_quiz.models.attempts import Attempt


class Reopening(models.Model):
    """A teacher's act of letting a learner go on with an attempt that was handed in. Its step says the same without a
    reason
    in words; this row holds the words, and ends with the person's data."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="reopened")
    act_id = models.UUIDField(unique=True, help_text="Idempotency key of the form.")
    reason = NfcTextField(_("reason"), max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.at.isoformat()}"
