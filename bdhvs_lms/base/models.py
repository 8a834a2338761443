"""The only table of this part: which forms were sent."""

from __future__ import annotations

from django.db import models


class SentForm(models.Model):
    """A form that made something, for a day; see `acting.act_once`. `status` 0: it is at work.

    `key`: a digest of the form, with a number that nobody else was given, and of who sent it.
    """

    key = models.UUIDField(primary_key=True, editable=False)
    sent_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.TextField(blank=True, help_text="Where it led; for a script its JSON.")

    class Meta:
        default_permissions = ()
