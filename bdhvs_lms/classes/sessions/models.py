"""When a class meets, who was there, and what was recorded of it."""

import uuid

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ClassSession(models.Model):
    """A class meets at a time and place; or a teacher visits one to three of its learners at home."""

    class Kind(models.TextChoices):
        CLASS = "class", _("class session")
        VISIT = "visit", _("home visit")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    class_group = models.ForeignKey("bdhvs_lms.ClassGroup", on_delete=models.PROTECT, related_name="sessions")
    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.CLASS)
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=90)
    place = models.CharField(max_length=120, blank=True, help_text="Emptied when somebody who was visited is erased.")
    cancelled = models.BooleanField(default=False)
    held_at = models.DateTimeField(null=True, editable=False, help_text="When attendance was first taken.")
    others = models.PositiveSmallIntegerField(default=0, help_text="People who came and are in no list.")

    class Meta:
        verbose_name = _("class session")
        verbose_name_plural = _("class sessions")
        constraints = [
            # The form of a session that is sent again is the same session.
            models.UniqueConstraint(fields=["class_group", "kind", "starts_at"], name="session_once"),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=600), name="session_minutes"),
        ]
        # "the next and the last ones of this class"
        indexes = [models.Index(fields=["class_group", "-starts_at"], name="session_of_class")]

    def __str__(self) -> str:
        return str(self.uuid)


class Attendance(models.Model):
    """Whether somebody was at a session, as its teacher said last. What reports count are statements (`SessionAct`)."""

    session = models.ForeignKey(ClassSession, on_delete=models.CASCADE, related_name="attendance")
    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.PROTECT, related_name="attendance")
    present = models.BooleanField()
    marked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "learner"], name="attendance_once")]


class SessionAct(models.Model):
    """What was recorded of somebody at a session: that they attended, and each lesson that was watched together.

    A statement's every field comes from here. `voided_at`: a correction took it out of force; coming back is the next
    `grading`.
    """

    session = models.ForeignKey(ClassSession, on_delete=models.PROTECT, related_name="acts")
    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.PROTECT, related_name="session_acts")
    verb = models.CharField(max_length=200, help_text="Verb IRI.")
    object_key = models.UUIDField(help_text="The session, or the lesson that was watched.")
    revision = models.CharField(max_length=64, blank=True)
    grading = models.PositiveSmallIntegerField(default=1)
    instructor = models.UUIDField(null=True, help_text="The opaque actor of who recorded it; None: the machine.")
    payload = models.JSONField(encoder=DjangoJSONEncoder, help_text="The rest of the frozen act: references, context.")
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "learner", "verb", "object_key", "grading"], name="session_act_once"
            )
        ]
