"""Facts about what is taught, pushed in by whoever hosts the content. Reports read these, never a plugin."""

import uuid

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from bdhvs_lms.base.append_only import AppendOnly


class Course(models.Model):
    """A course as reports know it. `key` is the host's stable identity (Wagtail: the page's translation_key)."""

    key = models.UUIDField(unique=True)
    host = models.CharField(max_length=60, help_text="App label of the host that pushed it, e.g. bdhvs_content.")
    titles = models.JSONField(encoder=DjangoJSONEncoder, help_text='Language map: {"vi": "…"}.')
    revision = models.CharField(max_length=64, help_text="Of the content last published.")
    active = models.BooleanField(default=True, help_text="False: unpublished; history stays readable.")
    pushed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.titles.get("vi") or next(iter(self.titles.values()), self.key))


class Activity(models.Model):
    """One thing to do in a course. `type_key` names the plugin's ActivityType; the row stays readable without it."""

    class DoneOn(models.TextChoices):
        COMPLETED = "completed", "completed"
        PASSED = "passed", "passed"

    class Role(models.TextChoices):
        NONE = "", "none"
        ENTRY = "entry", "at entry"
        EXIT = "exit", "at exit"
        RETEST = "retest", "retest of a sample"

    key = models.UUIDField(unique=True)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="activities")
    # Results stay readable where they were earned: a class review shows what was moved away while somebody has a
    # result in it.
    former_courses = models.ManyToManyField(Course, related_name="former_activities", blank=True)
    type_key = models.CharField(max_length=60)
    plugin = models.CharField(max_length=60, help_text="App label of the owner, shown when the plugin is missing.")
    titles = models.JSONField(encoder=DjangoJSONEncoder)
    position = models.PositiveIntegerField(default=0)
    required = models.BooleanField(default=True, help_text="Counts for finishing the course.")
    done_on = models.CharField(max_length=10, choices=DoneOn.choices, help_text="Which statement finishes it.")
    max_score = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    pass_score = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    attempts_allowed = models.PositiveSmallIntegerField(default=0, help_text="0: any number.")
    time_limit = models.PositiveSmallIntegerField(null=True, help_text="Minutes of an attempt. Null: none is set.")
    role = models.CharField(
        max_length=10,
        choices=Role.choices,
        blank=True,
        default=Role.NONE,
        help_text="Whether it asks what people know when they enter the course, or when they leave it.",
    )
    revision = models.CharField(max_length=64)
    active = models.BooleanField(default=True)
    pushed_at = models.DateTimeField()

    class Meta:
        ordering = ["course", "position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(pass_score=None) | Q(max_score__gte=models.F("pass_score")), name="activity_pass_le_max"
            )
        ]

    def __str__(self) -> str:
        return str(self.titles.get("vi") or next(iter(self.titles.values()), self.key))


class RetestActivity(AppendOnly):
    """An activity that was published as a retest (`Activity.Role.RETEST`), once and for good.

    Why not `Activity.role`? That is living content: an edit of a page would change what old statements are worth. What
    is done in an activity named here measures people who have achieved something, and is evidence of nothing.
    """

    key = models.UUIDField(unique=True)
    since = models.DateTimeField()


class Enrolment(models.Model):
    """A learner takes a course. One per pair: enrolling twice is the same enrolment.

    `uuid` is the first element of the ids of statements that belong to no attempt.
    """

    person: int
    """Primary key of the learner that stands for this one's; of those that `queries` lists."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.PROTECT, related_name="enrolments")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="enrolments")
    enrolled_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learner", "course"], name="enrolment_once")]
