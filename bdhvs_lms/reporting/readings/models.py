"""A reading, its files, and what is typed by hand for its report."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bdhvs_lms.base.append_only import AppendOnly

KINDS = ("csv", "xlsx", "docx", "pdf")


class Reading(AppendOnly):
    """The numbers of all targets of an area and of the areas below it, as they stood by the end of one day.

    Why copies and no question asked again? What is recorded late, a corrected total and another rule change every
    number of a past day; what was reported has to stay what it was. A correction is a further row of the month.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    area = models.ForeignKey("bdhvs_lms.Area", on_delete=models.PROTECT, related_name="readings")
    month = models.DateField(help_text="Its first day.")
    number = models.PositiveSmallIntegerField(help_text="1, and one more for each correction of the month.")
    as_of = models.DateField(_("data as of"), help_text="Data up to the end of this day.")
    why = models.TextField(_("why it was corrected"), blank=True, help_text="Why the month has another reading.")
    frozen = models.JSONField(help_text="See readings/content.py. Without anything that was hidden.")
    illustrative = models.BooleanField(default=False)
    software = models.CharField(max_length=40, help_text="Version that froze it.")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        constraints = [
            models.UniqueConstraint(fields=["area", "month", "number"], name="reading_once"),
            models.CheckConstraint(condition=models.Q(number=1) | ~models.Q(why=""), name="reading_corrected_why"),
        ]

    def __str__(self) -> str:
        return f"{self.area} · {self.month:%m/%Y} · {self.number}"


class ReadingFile(AppendOnly):
    """One file of a reading, as it was made with it."""

    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=4, choices=[(kind, kind.upper()) for kind in KINDS])
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reading", "kind"], name="reading_file_once")]


class ReadingGains(AppendOnly):
    """What people had gained, as it stood with a reading. A reading of before there were any has none.

    Why no part of the reading's own content? It is as large again, and pages and files of readings do without it.
    """

    reading = models.OneToOneField(Reading, on_delete=models.PROTECT, related_name="gains")
    frozen = models.JSONField(help_text="See readings/gains.py. Without anything that was hidden, and without names.")


class ReportDraft(models.Model):
    """What officials type for the report of a reading. It changes until it is signed; numbers do not."""

    class Style(models.TextChoices):
        STATE = "state", _("State agency")
        PARTY = "party", _("Party organisation")

    reading = models.OneToOneField(Reading, on_delete=models.CASCADE, related_name="draft")
    style = models.CharField(_("heading"), max_length=5, choices=Style.choices, default=Style.STATE)
    above = models.CharField(_("agency above"), max_length=200, blank=True)
    agency = models.CharField(_("agency that reports"), max_length=200, blank=True)
    number = models.CharField(_("number of the document"), max_length=80, blank=True)
    place = models.CharField(_("place"), max_length=100, blank=True)
    day = models.DateField(_("day of the document"), null=True, blank=True)
    difficulties = models.TextField(_("difficulties and what is needed"), blank=True)
    recipients = models.TextField(_("recipients (Nơi nhận)"), blank=True)
    authority = models.CharField(_("on whose behalf"), max_length=200, blank=True)
    position = models.CharField(_("position of who signs"), max_length=200, blank=True)
    signer = models.CharField(_("name of who signs"), max_length=160, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("report to sign")
        verbose_name_plural = _("reports to sign")


# What operators may do: "add" is to freeze. Who may look at an area's board may read its readings.
RIGHTS: dict[type[models.Model], str] = {Reading: "add view"}
