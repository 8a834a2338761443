"""Requests of people about their data: a copy, a correction, an end."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DataRequest(models.Model):
    """A person wants to see, correct, erase or stop something of their own. It stays after an erasure, without words.

    `due`: the second working day after the one on which it came. Why kept as a day and not computed? Because holidays
    are named later, and what was promised stays promised.
    """

    class Kind(models.TextChoices):
        COPY = "copy", _("see a copy of the data")
        CORRECT = "correct", _("correct something")
        ERASE = "erase", _("erase the personal data")
        WITHDRAW = "withdraw", _("withdraw consent")

    class Outcome(models.TextChoices):
        DONE = "done", _("done")
        REFUSED = "refused", _("not done")

    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.PROTECT, related_name="data_requests")
    kind = models.CharField(_("request"), max_length=8, choices=Kind.choices)
    words = models.TextField(_("in own words"), blank=True, help_text="Emptied when the person is erased.")
    received_at = models.DateTimeField(_("received"))
    due = models.DateField(_("to be answered by"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Who typed it in for somebody at the office; None: the person asked here.",
    )
    by_weak_sign_in = models.BooleanField(
        default=False, help_text="Asked after signing in by pictures or a card, which others may have seen."
    )
    confirmed_at = models.DateTimeField(null=True, help_text="When staff heard it from the person.")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=7, choices=Outcome.choices, blank=True)
    answer = models.TextField(_("answer"), blank=True, help_text="Emptied when the person is erased.")

    class Meta:
        verbose_name = _("request about personal data")
        verbose_name_plural = _("requests about personal data")
        constraints = [
            # Pressed twice is asked once.
            models.UniqueConstraint(
                fields=["learner", "kind"], condition=Q(answered_at=None), name="data_request_open_once"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, outcome="") | (Q(answered_at__isnull=False) & ~Q(outcome="")),
                name="data_request_answered",
            ),
        ]
        # "what has to be answered, and what first?"
        indexes = [models.Index(fields=["due"], condition=Q(answered_at=None), name="data_request_open")]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def unconfirmed(self) -> bool:
        """Tell whether the person has to be asked first: the kind needs an account elsewhere, and somebody else may
        have sent it."""
        sure = (self.Kind.COPY, self.Kind.ERASE)
        return self.by_weak_sign_in and self.kind in sure and self.confirmed_at is None and self.answered_at is None

    def days_late(self, today: date) -> int:
        """Count the days that it is late; 0: in time, or answered."""
        return max(0, (today - self.due).days) if self.answered_at is None else 0


# What operators may do with them, by Django's names of permissions.
RIGHTS: dict[type[models.Model], str] = {DataRequest: "add change view"}
