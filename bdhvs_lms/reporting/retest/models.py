"""A sample, who is in it, who could not be tested again, and the numbers as they were closed."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bdhvs_lms.base.append_only import AppendOnly


class RetestSample(AppendOnly):
    """People drawn by chance from all who had achieved a pass rule, or a competency at a level, by the end of a day.

    One draw of the same on the same day: who could draw twice could choose. `seed` and the people alone say who is
    drawn (drawing.py); `frame_digest` says whether the people are still those of that day.
    """

    class Method(models.TextChoices):
        SIMPLE = "simple", _("simple random sample")
        STRATIFIED = "stratified", _("by commune, each in proportion to its people")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    act_id = models.UUIDField(unique=True, help_text="Of the form.")
    pass_rule = models.ForeignKey("bdhvs_lms.PassRule", null=True, on_delete=models.PROTECT, related_name="+")
    competency = models.ForeignKey("bdhvs_lms.Competency", null=True, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(null=True)
    area = models.ForeignKey("bdhvs_lms.Area", on_delete=models.PROTECT, related_name="retests")
    as_of = models.DateField(_("achieved by the end of"), help_text="Who had achieved it by the end of this day.")
    activity_key = models.UUIDField(help_text="The activity in which they are tested again.")
    until = models.DateField(_("last day of the retest"), help_text="Last day on which a test counts.")
    method = models.CharField(_("how it was drawn"), max_length=10, choices=Method.choices)
    seed = models.CharField(_("seed of the draw"), max_length=64, help_text="32 random bytes, in hexadecimal.")
    frame_size = models.PositiveIntegerField(
        _("people from whom was drawn"), help_text="People from whom it was drawn."
    )
    frame_digest = models.CharField(
        _("check sum of the people"), max_length=64, help_text="SHA-256 of them; see drawing.py."
    )
    nameless = models.PositiveIntegerField(
        _("others without a name on record"), help_text="Others who had achieved it and whose name is not on record."
    )
    size = models.PositiveIntegerField(_("people drawn"), help_text="People drawn.")
    illustrative = models.BooleanField(default=False)
    drawn_at = models.DateTimeField(pgettext_lazy("retest", "drawn"))
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("retest sample")
        verbose_name_plural = _("retest samples")
        constraints = [
            models.CheckConstraint(
                condition=Q(pass_rule__isnull=False, competency=None, level=None)
                | Q(pass_rule=None, competency__isnull=False, level__isnull=False),
                name="retest_of_one_thing",
            ),
            models.CheckConstraint(condition=Q(size__gte=1, frame_size__gte=models.F("size")), name="retest_size"),
            models.UniqueConstraint(
                fields=["pass_rule", "area", "as_of"],
                condition=Q(pass_rule__isnull=False),
                name="retest_once_of_rule",
            ),
            models.UniqueConstraint(
                fields=["competency", "level", "area", "as_of"],
                condition=Q(competency__isnull=False),
                name="retest_once_of_competency",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class RetestMember(AppendOnly):
    """Somebody who was drawn. `area`: where the person was counted on that day, the commune if there is one."""

    sample = models.ForeignKey(
        RetestSample, verbose_name=_("retest sample"), on_delete=models.PROTECT, related_name="members"
    )
    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.PROTECT, related_name="retests")
    number = models.PositiveIntegerField(
        pgettext_lazy("retest", "number"), help_text="In the order of the draw, from 1."
    )
    area = models.ForeignKey("bdhvs_lms.Area", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("person drawn for a retest")
        verbose_name_plural = _("people drawn for a retest")
        constraints = [
            models.UniqueConstraint(fields=["sample", "learner"], name="retest_member_once"),
            models.UniqueConstraint(fields=["sample", "number"], name="retest_member_number"),
        ]

    def __str__(self) -> str:
        return f"{self.sample_id} · {self.number}"


class RetestAbsence(AppendOnly):
    """A named act: why somebody could not be tested again, or (`NONE`) that an earlier one was wrong. The newest row
    speaks, unless there is a test: that speaks before any of them."""

    class Kind(models.TextChoices):
        NONE = "", _("nothing noted")
        ABSENT = "absent", pgettext_lazy("retest", "did not come")
        REFUSED = "refused", pgettext_lazy("retest", "refused")
        MOVED = "moved", pgettext_lazy("retest", "has moved away")
        OTHER = "other", pgettext_lazy("retest", "other reason (ill, deceased…)")

    member = models.ForeignKey(
        RetestMember, verbose_name=_("person drawn for a retest"), on_delete=models.PROTECT, related_name="absences"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices, blank=True)
    act_id = models.UUIDField(unique=True, help_text="Of the form and the person.")
    noted_at = models.DateTimeField(pgettext_lazy("retest", "noted"))
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("reason why there is no retest")
        verbose_name_plural = _("reasons why there is no retest")

    def __str__(self) -> str:
        return f"{self.member_id} · {self.kind}"


class RetestClosing(AppendOnly):
    """The numbers of a sample when the retest was closed. A correction is a further row, with a reason; the newest is
    the one that is shown."""

    sample = models.ForeignKey(
        RetestSample, verbose_name=_("retest sample"), on_delete=models.PROTECT, related_name="closings"
    )
    number = models.PositiveSmallIntegerField(
        pgettext_lazy("retest", "number"), help_text="1, and one more for each correction."
    )
    why = models.TextField(_("why it was corrected"), blank=True, max_length=500)
    tested = models.PositiveIntegerField(_("people tested again"), help_text="People who were tested again.")
    still = models.PositiveIntegerField(
        _("people who show it still"), help_text="Of these, who showed all of it again."
    )
    absent = models.JSONField(
        _("people who were not tested, by reason"),
        help_text='People who were not, by reason: {"": 2, "moved": 5}; "": no reason is noted.',
    )
    act_id = models.UUIDField(unique=True, help_text="Of the form.")
    closed_at = models.DateTimeField(pgettext_lazy("retest", "closed"))
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("closing of a retest")
        verbose_name_plural = _("closings of retests")
        constraints = [
            models.UniqueConstraint(fields=["sample", "number"], name="retest_closing_once"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(why=""), name="retest_closing_why"),
            models.CheckConstraint(condition=Q(still__lte=models.F("tested")), name="retest_still_le_tested"),
        ]

    def __str__(self) -> str:
        return f"{self.sample_id} · {self.number}"


# What operators may do: "add" is to draw and to close. Who may look at an area's board reads its numbers.
RIGHTS: dict[type[models.Model], str] = {RetestSample: "add view"}
