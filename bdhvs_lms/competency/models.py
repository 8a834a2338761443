"""Frameworks, what content teaches (alignment), what counts as proof (rules), and what follows (projections)."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bdhvs_lms.base.append_only import AppendOnly


class Framework(models.Model):
    """A published framework in one version, with where it comes from and what is unsure about it."""

    key = models.SlugField(max_length=60, unique=True)
    title_vi = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    instrument = models.CharField(max_length=200, blank=True)
    issued_by = models.CharField(max_length=200, blank=True)
    issued_by_en = models.CharField(max_length=200, blank=True)
    issued = models.DateField(null=True, blank=True)
    effective = models.DateField(null=True, blank=True)
    source = models.TextField(blank=True)
    sources = models.JSONField(
        default=list, blank=True, help_text="Fact by fact: [{fact_vi, fact_en, where_vi, where_en, confidence}, …]."
    )
    caveat = models.TextField(blank=True)
    caveat_vi = models.TextField(blank=True)
    notes = models.JSONField(
        default=list, blank=True, help_text="What else to know: [{vi, en, confidence_vi, confidence_en}, …]."
    )

    class Meta:
        verbose_name = _("competency framework")
        verbose_name_plural = _("competency frameworks")

    def __str__(self) -> str:
        return self.title_vi


class FrameworkLevel(models.Model):
    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="levels")
    number = models.PositiveSmallIntegerField()
    label_vi = models.CharField(max_length=120)
    label_en = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["framework", "number"]
        constraints = [models.UniqueConstraint(fields=["framework", "number"], name="level_once")]

    def __str__(self) -> str:
        return f"{self.number} · {self.label_vi}"


class Domain(models.Model):
    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="domains")
    code = models.CharField(max_length=20)
    label_vi = models.CharField(max_length=300)
    label_en = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["framework", "position"]
        constraints = [models.UniqueConstraint(fields=["framework", "code"], name="domain_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.label_vi}"


class Competency(models.Model):
    """A competency. Codes repeat between frameworks with other meanings (6.1): always name the
    framework with the code."""

    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="competencies")
    domain = models.ForeignKey(Domain, on_delete=models.CASCADE, related_name="competencies")
    code = models.CharField(max_length=20)
    label_vi = models.CharField(max_length=300)
    label_en = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    variants_vi = models.JSONField(default=list, blank=True, help_text="Other wordings of the name that sources give.")
    phrase_of = models.JSONField(default=list, blank=True, help_text="Keys of the targets whose words these are.")
    close_to = models.JSONField(
        default=list, blank=True, help_text="Close matches elsewhere, not the same: [{framework, code}, …]."
    )

    class Meta:
        ordering = ["framework", "position"]
        constraints = [models.UniqueConstraint(fields=["framework", "code"], name="competency_once")]
        verbose_name = _("competency")
        verbose_name_plural = _("competencies")

    def __str__(self) -> str:
        return f"{self.code} {self.label_vi}"


class AlignmentRevision(AppendOnly):
    """Note that an activity's revision has been aligned (perhaps with nothing).
    Append-only: written at publish, once."""

    activity_key = models.UUIDField()
    revision = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["activity_key", "revision"], name="alignment_revision_once")]


class Alignment(AppendOnly):
    """Alignment: this revision of the activity shows this competency up to this level. Append-only."""

    alignment_revision = models.ForeignKey(AlignmentRevision, on_delete=models.PROTECT, related_name="alignments")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="alignments")
    level = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alignment_revision", "competency"], name="alignment_competency_once")
        ]


class Realignment(AppendOnly):
    """A logged act: evidence of `from_revision` counts by the alignment of `to_revision`. The newest row speaks."""

    activity_title: str
    """Of those whose activities were looked up, for a list."""

    activity_key = models.UUIDField()
    from_revision = models.CharField(max_length=64, blank=True)
    to = models.ForeignKey(AlignmentRevision, on_delete=models.PROTECT, related_name="realignments")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.TextField()

    class Meta:
        verbose_name = _("realignment")
        verbose_name_plural = _("realignments")
        indexes = [models.Index(fields=["activity_key", "from_revision", "-id"], name="realignment_latest")]

    def __str__(self) -> str:
        return f"{self.activity_key} {self.from_revision} → {self.to.revision}"


class EvidenceRule(models.Model):
    """Rule of what proves a competency. The narrowest scope speaks: competency + level, competency, framework."""

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="evidence_rules")
    competency = models.ForeignKey(
        Competency, null=True, blank=True, on_delete=models.PROTECT, related_name="evidence_rules"
    )
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    label_vi = models.CharField(max_length=200)
    label_en = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("evidence rule")
        verbose_name_plural = _("evidence rules")
        constraints = [
            models.UniqueConstraint(
                fields=["framework"], condition=Q(competency=None, level=None), name="evidence_rule_framework"
            ),
            models.UniqueConstraint(
                fields=["competency"],
                condition=Q(competency__isnull=False, level=None),
                name="evidence_rule_competency",
            ),
            models.UniqueConstraint(fields=["competency", "level"], name="evidence_rule_level"),
            models.CheckConstraint(
                condition=Q(level=None) | Q(competency__isnull=False), name="evidence_rule_level_needs_competency"
            ),
        ]

    def __str__(self) -> str:
        return self.label_vi


class EvidenceRuleVersion(AppendOnly):
    """The rule as data (see `rules.py` for the grammar), in force from `effective_from`. Append-only."""

    rule = models.ForeignKey(EvidenceRule, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    tree = models.JSONField(encoder=DjangoJSONEncoder)
    effective_from = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "number"], name="rule_version_once")]


class RuleApplication(AppendOnly):
    """A named, logged act: this rule version also speaks for the past, from `effective_from` on."""

    version = models.ForeignKey(EvidenceRuleVersion, on_delete=models.PROTECT, related_name="applications")
    effective_from = models.DateTimeField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.TextField()


class Redeciding(models.Model):
    """Progress of an act on the past, person by person: whoever is stopped goes on there. None: it was done whole,
    before such rows were kept."""

    application = models.OneToOneField(RuleApplication, null=True, on_delete=models.PROTECT, related_name="redeciding")
    realignment = models.OneToOneField(Realignment, null=True, on_delete=models.PROTECT, related_name="redeciding")
    last_learner_id = models.BigIntegerField(default=0)
    done = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(application=None, realignment__isnull=False)
                | Q(application__isnull=False, realignment=None),
                name="redeciding_of_one_act",
            )
        ]


class PassRule(AppendOnly):
    """Rule of which competencies at which level make a person of a group 'đạt' for a year's target. Append-only by
    number."""

    group = models.ForeignKey("bdhvs_lms.TargetGroup", on_delete=models.PROTECT, related_name="pass_rules")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField(default=1)
    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="pass_rules")
    all_of = models.JSONField(help_text="Competency codes of the framework, all of which are needed.")
    level = models.PositiveSmallIntegerField()
    label_vi = models.CharField(max_length=300)
    label_en = models.CharField(max_length=300, blank=True)
    note_vi = models.TextField(blank=True, help_text="Why it is so, and what to know before relying on it.")
    note_en = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("target rule")
        verbose_name_plural = _("target rules")
        constraints = [models.UniqueConstraint(fields=["group", "year", "number"], name="pass_rule_once")]

    def __str__(self) -> str:
        return f"{self.group} · {self.year} · {self.number}"


class Evidence(models.Model):
    """Projection: one statement that speaks for one competency, by the alignment in force for its revision."""

    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.CASCADE, related_name="evidence")
    competency = models.ForeignKey(Competency, on_delete=models.CASCADE, related_name="evidence")
    level = models.PositiveSmallIntegerField()
    statement_id = models.UUIDField()
    activity_key = models.UUIDField()
    occurred_at = models.DateTimeField()
    success = models.BooleanField(null=True)
    scaled = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    trust = models.SmallIntegerField()
    presence = models.BooleanField(help_text="Attended or read: alone it never makes anyone 'đạt'.")

    class Meta:
        # In this order it finds the rows of statements, too.
        constraints = [models.UniqueConstraint(fields=["learner", "statement_id", "competency"], name="evidence_once")]
        # "rows used for this status", in order
        indexes = [
            models.Index(fields=["learner", "competency", "occurred_at", "statement_id"], name="evidence_in_order"),
            # "who has done something for it lately?"
            models.Index(fields=["competency", "occurred_at", "level", "learner"], name="evidence_lately"),
        ]


class Attainment(models.Model):
    """Projection: what a learner has attained in a competency at a level. No row: nothing yet.

    `demonstrated` reads the decider's `mastered` statement; `confirmed` a person's confirmation of it.
    """

    class Status(models.TextChoices):
        IN_PROGRESS = "in_progress", _("in progress")
        DEMONSTRATED = "demonstrated", _("achieved")
        CONFIRMED = "confirmed", _("confirmed")

    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.CASCADE, related_name="attainments")
    competency = models.ForeignKey(Competency, on_delete=models.CASCADE, related_name="attainments")
    level = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=12, choices=Status.choices)
    begun_at = models.DateTimeField(null=True, help_text="Of the earliest evidence at this level, else attained_at.")
    attained_at = models.DateTimeField(null=True, help_text="Earliest time at which the rule held.")
    confirmed_at = models.DateTimeField(null=True)
    statement_id = models.UUIDField(null=True, help_text="The mastered statement.")
    confirmation_id = models.UUIDField(null=True)
    trust = models.SmallIntegerField(
        null=True, help_text="Of the strongest set of evidence that suffices: the highest of the decisions in force."
    )
    rule_version = models.CharField(
        max_length=120, blank=True, help_text="As the statement names it: 'framework/competency/level/vN'."
    )
    evidence_ids = models.JSONField(default=list, help_text="Statement ids that the statement names.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "competency", "level"], name="attainment_once"),
            models.CheckConstraint(
                condition=models.Q(status="in_progress") | models.Q(attained_at__isnull=False),
                name="attainment_has_time",
            ),
        ]
        # "how many had attained this by that day?"
        indexes = [models.Index(fields=["competency", "level", "attained_at", "learner"], name="attainment_by_day")]


class Standing(models.Model):
    """Projection: how somebody stands by a pass rule, on each day of a span on which they are counted at one place.

    So a board is one GROUP BY, however much is stored. It follows from attainments, placements, belongings and pass
    rules alone; several spans where somebody moved. Of two rules of one group that ask for the same there are rows of
    the first.
    """

    # Both are first in an index below.
    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.CASCADE, related_name="standings", db_index=False)
    rule = models.ForeignKey(PassRule, on_delete=models.CASCADE, related_name="standings", db_index=False)
    day_from = models.DateField(help_text="First day.")
    day_to = models.DateField(help_text="The day after the last; the calendar's last: until further notice.")
    area = models.ForeignKey("bdhvs_lms.Area", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    assigned = models.BooleanField(help_text="False: the area is the last before a unit was split.")
    organisation = models.ForeignKey(
        "bdhvs_lms.Organisation", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    begun_at = models.DateTimeField(null=True)
    passed_at = models.DateTimeField(null=True, help_text="When the last competency of the rule was attained.")
    confirmed_at = models.DateTimeField(null=True, help_text="When the last of them had been confirmed, too.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learner", "rule", "day_from"], name="standing_once")]
        # The whole of a board's count: no row of the table is looked at.
        indexes = [
            models.Index(
                fields=[
                    "rule",
                    "area",
                    "assigned",
                    "organisation",
                    "day_from",
                    "day_to",
                    "begun_at",
                    "passed_at",
                    "confirmed_at",
                ],
                name="standing_of_rule",
            )
        ]


class StandingFill(models.Model):
    """Progress of writing `Standing` for a rule: until it is done, boards count from attainments themselves."""

    rule = models.OneToOneField(PassRule, on_delete=models.CASCADE, related_name="+")
    last_learner_id = models.BigIntegerField(default=0)
    done = models.BooleanField(default=False)


# What operators may do with them, by Django's names of permissions.
RIGHTS: dict[type[models.Model], str] = {
    Framework: "view",
    PassRule: "add view",
    EvidenceRule: "change view",
    Realignment: "view",
}
