"""Abstract bases of the rows of attempts: each kind of activity has tables of its own."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from bdhvs_lms.base.append_only import AppendOnly

WHY_KEPT = (
    "Opaque: an actor's number, ids of chosen options, points and times. Statements were built from it, and counts "
    "of a closed year must come out the same after somebody's erasure."
)
"""Of attempts and their steps, for a declaration of personal data."""


class VersionBase(AppendOnly):
    """The content of an activity as learners met it, published under one number. A kind of activity adds what it shows
    and grades by, and that a number is there once in an activity.

    Why no foreign key to a page? Because results outlive pages.
    """

    activity_key = models.UUIDField()
    number = models.PositiveIntegerField(help_text="What statements name as revision.")
    titles = models.JSONField(encoder=DjangoJSONEncoder, help_text="Language map at the time of publishing.")
    created_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.titles.get('vi') or next(iter(self.titles.values()), self.activity_key)} · {self.number}"


class AttemptBase(models.Model):
    """One learner's go at one version. Its UUID is the xAPI registration of every statement about it.

    A kind of activity adds `version`, a foreign key to its versions; what came of the attempt; and
    `attempt_constraints`. Times twice: the learner's, clamped once at receipt, and the receipt's.
    """

    ended_by: ClassVar[str]
    """Name of the column that is null while the attempt is open."""
    version: Any
    offered: Any
    """While it is begun: the Activity as it is pushed now, with its course. Not stored."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("bdhvs_lms.Enrolment", on_delete=models.PROTECT, related_name="+")
    # Of the version, repeated here: a constraint cannot look into another table.
    activity_key = models.UUIDField()
    number = models.PositiveIntegerField(help_text="1 for the learner's first attempt at this activity.")
    act_id = models.UUIDField(unique=True, help_text="Idempotency key of the form that opened it.")
    references = models.JSONField(encoder=DjangoJSONEncoder, help_text="Frozen for statements: see `references`.")
    opened_at = models.DateTimeField()
    opened_received_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.uuid)

    def goes_on_in(self, version: Any) -> bool:
        """Tell whether this open attempt is gone on with by who meets this version now."""
        return True


class ExtraAttempt(models.Model):
    """One attempt more than an activity allows everybody, given by somebody who teaches the learner."""

    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.PROTECT, related_name="extra_attempts")
    activity_key = models.UUIDField()
    act_id = models.UUIDField(unique=True, help_text="Idempotency key of the form that gave it.")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        # "how many more may this learner make?"
        indexes = [models.Index(fields=["learner", "activity_key"], name="extra_attempt_of_learner")]


class ExtraTime(models.Model):
    """So many percent more time than an activity gives everybody, for one learner. The one given last counts."""

    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.PROTECT, related_name="extra_times")
    activity_key = models.UUIDField()
    percent = models.PositiveSmallIntegerField(help_text="0 takes back what was given before.")
    act_id = models.UUIDField(unique=True, help_text="Idempotency key of the form that gave it.")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        # "how much more time has this learner?"
        indexes = [models.Index(fields=["learner", "activity_key"], name="extra_time_of_learner")]


def attempt_constraints(name: str, ended_by: str) -> list[models.UniqueConstraint]:
    """Allow one open attempt for each learner and activity, and each number once; the constraints' names begin with
    `name`."""
    which = ["learner", "activity_key"]
    return [
        models.UniqueConstraint(fields=which, condition=Q(**{ended_by: None}), name=f"{name}_one_open"),
        models.UniqueConstraint(fields=[*which, "number"], name=f"{name}_number_once"),
    ]


class StepBase(AppendOnly):
    """A step of an attempt, in order: never changed, never a typed word. Statements are built from it.

    A kind of activity adds `attempt`, a foreign key with the related name "steps", and that `seq` is there once in it.
    """

    attempt_id: int

    seq = models.PositiveIntegerField()
    data = models.JSONField(encoder=DjangoJSONEncoder)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = ["attempt", "seq"]

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.seq}"
