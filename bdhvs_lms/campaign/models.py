"""Declared facts of the campaign: its plans and targets, the areas with their history, and dated denominators."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bdhvs_lms.audit.api import AppendOnly


class Area(models.Model):
    """An administrative unit during one span of time.

    The key is (code, valid_from), never the code alone: units made on 1/7/2025 reuse numbers of other territories
    (10030 was Đông Phương Yên and is Phú Nghĩa). `valid_from` null: in force before 2025-01-01, start not looked up.
    """

    class Kind(models.TextChoices):
        PROVINCE = "province", _("Province or city")
        DISTRICT = "district", _("District (until 30/6/2025)")
        COMMUNE = "commune", _("Commune, ward or township")
        VILLAGE = "village", _("Village or residential group")

    code = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    urban = models.BooleanField(default=False)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True, help_text="Last day in force.")
    source = models.CharField(max_length=300, blank=True)
    confidence = models.CharField(max_length=10, blank=True, help_text="A, B, C, D, M as in the source file.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="area_code_valid_from"),
            models.UniqueConstraint(fields=["code"], condition=Q(valid_from=None), name="area_code_open_start"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="area_span",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AreaSuccession(models.Model):
    """What became of a unit. People of a unit with several successors stay unassigned until somebody assigns them."""

    old = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="successions")
    new = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="predecessions")
    part = models.CharField(max_length=200, help_text="'all', or the part as the source describes it.")
    confidence = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["old", "new"], name="succession_once")]


class Organisation(models.Model):
    """An agency, school, enterprise or co-operative: where staff, pupils and workers are counted."""

    class Kind(models.TextChoices):
        AGENCY = "agency", _("Public agency")
        SCHOOL = "school", _("School")
        ENTERPRISE = "enterprise", _("Enterprise")
        COOPERATIVE = "cooperative", _("Co-operative")

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="organisations")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "area"], name="organisation_name_area")]

    def __str__(self) -> str:
        return self.name


class TargetGroup(models.Model):
    """People whom a target speaks of. Groups overlap; membership is a dated `Belonging`."""

    class CountedWhere(models.TextChoices):
        AREA = "area", _("where they live")
        ORGANISATION = "organisation", _("where they work or study")

    key = models.SlugField(max_length=40, unique=True)
    label_vi = models.CharField(max_length=200)
    label_en = models.CharField(max_length=200, blank=True)
    counted_where = models.CharField(max_length=12, choices=CountedWhere.choices)
    rule_vi = models.CharField(max_length=300, blank=True, help_text="E.g. the age rule, as the plan words it.")

    def __str__(self) -> str:
        return self.label_vi


class Indicator(models.Model):
    """What is measured, and who can measure it."""

    class SourceKind(models.TextChoices):
        LEARNING_RECORD = "learning_record", _("our learning records")
        SURVEY = "survey", _("a survey, entered or imported")
        EXTERNAL = "external", _("published by another body")

    key = models.SlugField(max_length=40, unique=True)
    source_kind = models.CharField(max_length=16, choices=SourceKind.choices)

    def __str__(self) -> str:
        return self.key


class Plan(models.Model):
    """A plan of the campaign for one area; a later plan may replace it."""

    key = models.SlugField(max_length=60, unique=True)
    title_vi = models.CharField(max_length=300)
    issued_by = models.CharField(max_length=300)
    reported = models.DateField(null=True, blank=True, help_text="Day of the source that reports the plan.")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="plans")
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    source = models.CharField(max_length=300)
    confidence = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.title_vi


class Target(models.Model):
    """One sentence of a plan, with its operator as written: 'trên 85%' is `>` 85, never rounded up to."""

    class Operator(models.TextChoices):
        GT = ">", ">"
        GE = ">=", "≥"
        EQ = "=", "="
        LE = "<=", "≤"

    class Measure(models.TextChoices):
        SHARE = "share", _("share of the group in percent")
        RANK = "rank", _("rank among units")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="targets")
    key = models.SlugField(max_length=40, help_text="As in the plan's list, e.g. T3-2025.")
    row = models.PositiveSmallIntegerField(help_text="Place in the plan's order: 3 for T3.")
    year = models.PositiveSmallIntegerField()
    group = models.ForeignKey(TargetGroup, on_delete=models.PROTECT, related_name="targets")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="targets")
    operator = models.CharField(max_length=2, choices=Operator.choices)
    value = models.DecimalField(max_digits=6, decimal_places=2)
    measure = models.CharField(max_length=5, choices=Measure.choices)
    measurable = models.BooleanField(default=True, help_text="Measurable as written.")
    reason_vi = models.TextField(blank=True, help_text="Why it is not measurable as written.")
    quote_vi = models.TextField(help_text="The plan's own words.")
    proficiency_bar_vi = models.CharField(max_length=200, blank=True)
    denominator_vi = models.CharField(max_length=300, blank=True)
    note_vi = models.TextField(blank=True)
    as_of = models.DateField(help_text="The day the target speaks of.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "key"], name="target_key"),
            models.CheckConstraint(
                condition=Q(measurable=True) | ~Q(reason_vi=""), name="target_not_measurable_has_reason"
            ),
        ]
        ordering = ["plan", "year", "row"]

    def __str__(self) -> str:
        return self.key


class Denominator(AppendOnly):
    """How many people a group has in an area on a day, and who says so. Entered, never derived, never replaced:

    a better number is a further row, and the newest `as_of` (then the newest entry) speaks."""

    group = models.ForeignKey(TargetGroup, on_delete=models.PROTECT, related_name="denominators")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="denominators")
    as_of = models.DateField()
    value = models.PositiveIntegerField()
    source = models.CharField(max_length=300)
    illustrative = models.BooleanField(default=False, help_text="Made up for a demonstration; marked wherever shown.")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        # "the denominator in force for this group and area on this day"
        indexes = [models.Index(fields=["group", "area", "-as_of", "-entered_at"], name="denominator_in_force")]


class SteeringAssignment(models.Model):
    """Whose board this is: a member of the steering committee sees the aggregates of these areas only."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="steering_assignments")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="steering_assignments")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "area"], name="steering_once")]
