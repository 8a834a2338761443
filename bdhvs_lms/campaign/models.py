"""Declared facts of the campaign: plans and targets, areas with their history, denominators and outside figures.

What a data file is unsure of comes along: `confidence` is the file's letter (A read at the source, B a second hand
that agrees, C code files, D deduced, M remembered), `note_…` what to know before relying on a row. Texts for readers
are there twice, `…_vi` and `…_en`, because they are data: gettext would lose them with the next file.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bdhvs_lms.base.append_only import AppendOnly
from bdhvs_lms.campaign.measures import MEASURES, Measure, Operator, by_field, choices


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
    source_vi = models.CharField(max_length=300, blank=True)
    confidence = models.CharField(max_length=10, blank=True, help_text="A, B, C, D, M as in the source file.")
    note_vi = models.TextField(blank=True, help_text="E.g. territory that came from outside the old district.")
    note_en = models.TextField(blank=True)

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
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
    """A successor of a unit. People of a unit with several successors stay unassigned until somebody assigns them."""

    old = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="successions")
    new = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="predecessions")
    part = models.CharField(max_length=200, help_text="'all', or the part as the source describes it.")
    part_vi = models.CharField(max_length=200, blank=True)
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
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [models.UniqueConstraint(fields=["name", "area"], name="organisation_name_area")]

    def __str__(self) -> str:
        return self.name


class TargetGroup(models.Model):
    """People whom a target speaks of. Groups overlap; membership is a dated `Belonging`.

    A group may be a part of another: `urban_adult` is `adult` ∩ placed in an urban unit on that day, and its members
    have no belongings of their own. Denominators and figures are still its own, per group and area.
    """

    class CountedWhere(models.TextChoices):
        AREA = "area", _("place of residence")
        ORGANISATION = "organisation", _("place of work or study")

    key = models.SlugField(max_length=40, unique=True)
    label_vi = models.CharField(max_length=200)
    label_en = models.CharField(max_length=200, blank=True)
    counted_where = models.CharField(max_length=12, choices=CountedWhere.choices)
    rule_vi = models.CharField(max_length=300, blank=True, help_text="E.g. the age rule, as the plan words it.")
    rule_en = models.CharField(max_length=300, blank=True)
    min_age = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Who reaches this age is in the group. Empty: the group has no age rule."
    )
    part_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    urban_only = models.BooleanField(
        default=False, help_text="Of `part_of`, those who live in an urban unit on the day that is asked about."
    )

    class Meta:
        verbose_name = _("target group")
        verbose_name_plural = _("target groups")
        constraints = [
            models.CheckConstraint(
                condition=Q(urban_only=False) | Q(part_of__isnull=False), name="group_urban_is_part_of_one"
            ),
            models.CheckConstraint(
                condition=Q(part_of=None) | Q(min_age=None), name="group_part_has_no_age_of_its_own"
            ),
        ]

    def __str__(self) -> str:
        return self.label_vi


class Indicator(models.Model):
    """A thing that is measured, and who can measure it."""

    class SourceKind(models.TextChoices):
        LEARNING_RECORD = "learning_record", _("learning records on this site")
        SURVEY = "survey", _("a survey, entered or imported")
        EXTERNAL = "external", _("published by another organisation")

    key = models.SlugField(max_length=40, unique=True)
    label_vi = models.CharField(max_length=200, blank=True)
    label_en = models.CharField(max_length=200, blank=True)
    source_kind = models.CharField(max_length=16, choices=SourceKind.choices)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")

    def __str__(self) -> str:
        return self.label_vi or self.key


class Plan(models.Model):
    """A plan of the campaign for one area; a later plan may replace it."""

    key = models.SlugField(max_length=60, unique=True)
    title_vi = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    issued_by = models.CharField(max_length=300)
    issued_by_en = models.CharField(max_length=300, blank=True)
    reported = models.DateField(null=True, blank=True, help_text="Day of the source that reports the plan.")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="plans")
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    source = models.CharField(max_length=300)
    source_vi = models.CharField(max_length=300, blank=True)
    confidence = models.CharField(max_length=200)
    confidence_vi = models.CharField(max_length=200, blank=True)
    notes = models.JSONField(default=list, blank=True, help_text="How to read the targets: [{vi, en}, …].")
    comparators = models.JSONField(
        default=list,
        blank=True,
        help_text="Targets of other plans: [{plan_vi, plan_en, what_vi, …, source, confidence_vi, …}, …].",
    )

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")

    def __str__(self) -> str:
        return self.title_vi


class Target(models.Model):
    """One sentence of a plan, with its operator as written: 'trên 85%' is `>` 85, never rounded up to."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="targets")
    key = models.SlugField(max_length=40, help_text="As in the plan's list, e.g. T3-2025.")
    row = models.PositiveSmallIntegerField(help_text="Place in the plan's order: 3 for T3.")
    year = models.PositiveSmallIntegerField()
    group = models.ForeignKey(TargetGroup, on_delete=models.PROTECT, related_name="targets")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="targets")
    operator = models.CharField(max_length=2, choices=Operator.choices)
    value = models.DecimalField(max_digits=12, decimal_places=2)
    measure = models.CharField(max_length=20, choices=choices)
    measurable = models.BooleanField(default=True, help_text="Measurable as written.")
    reason_vi = models.TextField(blank=True, help_text="Why it is not measurable as written.")
    reason_en = models.TextField(blank=True)
    name_vi = models.CharField(max_length=80, blank=True, help_text="A short name of ours: no more than the plan says.")
    name_en = models.CharField(max_length=80, blank=True)
    quote_vi = models.TextField(help_text="The plan's own words.")
    quote_en = models.TextField(blank=True, help_text="A translation of ours: the plan speaks Vietnamese only.")
    proficiency_bar_vi = models.CharField(max_length=200, blank=True)
    proficiency_bar_en = models.CharField(max_length=200, blank=True)
    denominator_vi = models.CharField(max_length=300, blank=True)
    denominator_en = models.CharField(max_length=300, blank=True)
    note_vi = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    as_of = models.DateField(help_text="The day the target speaks of.")

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = [
            models.UniqueConstraint(fields=["plan", "key"], name="target_key"),
            models.CheckConstraint(
                condition=Q(measurable=True) | ~Q(reason_vi=""), name="target_not_measurable_has_reason"
            ),
        ]
        ordering = ["plan", "year", "row"]

    def __str__(self) -> str:
        return self.key

    @property
    def kind(self) -> Measure:
        return MEASURES[self.measure]

    @property
    def goal(self) -> str:
        """Say what it asks for: 'trên 85%'."""
        return self.kind.goal(Operator(self.operator), self.value)

    def words_of(self, figure: "Figure") -> str:
        """Say what an outside figure says in the measure of the target, or else whatever it says."""
        return self.kind.in_words(figure) or figure.in_words


class Denominator(AppendOnly):
    """The number of people that a group has in an area on a day, and who says so.

    Entered, never derived, never replaced: a better number is a further row, and the newest `as_of` (then the newest
    entry) speaks.
    """

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
        verbose_name = _("target population")
        verbose_name_plural = _("target populations")
        # "the denominator in force for this group and area on this day"
        indexes = [models.Index(fields=["group", "area", "-as_of", "-entered_at"], name="denominator_in_force")]

    def __str__(self) -> str:
        return f"{self.group} · {self.area} · {self.value}"


class Figure(AppendOnly):
    """A number that somebody outside counted, asked or published, about a group in an area on a day. Entered, never
    computed.

    Figures stand beside our own counts and are never added to them: the same people may be in both. Several sources
    stand side by side; within one, the newest `as_of` (then the newest entry) speaks. A correction is a further row.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="figures")
    group = models.ForeignKey(TargetGroup, on_delete=models.PROTECT, related_name="figures")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="figures")
    as_of = models.DateField()
    numerator = models.PositiveIntegerField(
        null=True, blank=True, help_text="The number of people counted by the source."
    )
    base = models.PositiveIntegerField(null=True, blank=True, help_text="Among how many people the source counted.")
    percent = models.DecimalField(
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Only where the source gives a share and no count.",
    )
    rank = models.PositiveSmallIntegerField(null=True, blank=True)
    source = models.CharField(max_length=300)
    note = models.TextField(blank=True)
    illustrative = models.BooleanField(default=False, help_text="Made up for a demonstration; marked wherever shown.")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("outside figure")
        verbose_name_plural = _("outside figures")
        constraints = [
            models.CheckConstraint(
                condition=Q(numerator__isnull=False) | Q(percent__isnull=False) | Q(rank__isnull=False),
                name="figure_says_something",
            ),
            models.CheckConstraint(condition=Q(percent=None) | Q(numerator=None), name="figure_count_or_share"),
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__gte=0, percent__lte=100), name="figure_percent"
            ),
            models.CheckConstraint(condition=Q(rank=None) | Q(rank__gte=1), name="figure_rank"),
            models.CheckConstraint(
                condition=Q(base=None) | Q(base__gte=1, numerator__lte=models.F("base")), name="figure_part_of_base"
            ),
        ]
        # "the figures that speak for this group and area on this day"
        indexes = [models.Index(fields=["group", "area", "indicator", "-as_of", "-entered_at"], name="figure_in_force")]

    def __str__(self) -> str:
        return f"{self.indicator} · {self.group} · {self.area}"

    @property
    def in_words(self) -> str:
        """Say what the source gave, and no more: '870 người', '870 trên 1.020 người', '85%', 'hạng 7'."""
        return ", ".join(filter(None, (kind.in_words(self) for kind in by_field().values())))


class SteeringAssignment(models.Model):
    """An assignment of a board: a member of the steering committee sees the aggregates of these areas only."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="steering_assignments")

    class Meta:
        verbose_name = _("steering committee assignment")
        verbose_name_plural = _("steering committee assignments")
        constraints = [models.UniqueConstraint(fields=["user", "area"], name="steering_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.area}"


class SiteInformation(AppendOnly):
    """Information on who runs the site and whom to call. Written anew at each change; the newest speaks."""

    agency = models.CharField(max_length=160)
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    hours_vi = models.CharField(max_length=120, blank=True)
    hours_en = models.CharField(max_length=120, blank=True)
    privacy_vi = models.CharField(max_length=200, blank=True)
    privacy_en = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("site information")
        verbose_name_plural = _("site information")

    def __str__(self) -> str:
        return self.agency


# What operators may do with them, by Django's names of permissions. Append-only tables have no "change", what must not
# vanish has no "delete".
RIGHTS: dict[type[models.Model], str] = {
    Area: "add change view",
    Organisation: "add change view",
    TargetGroup: "change view",
    Plan: "view",
    Target: "view",
    Denominator: "add view",
    Figure: "add view",
    SteeringAssignment: "add delete view",
    SiteInformation: "add view",
}
