"""What learners did with an activity: attempts, what was said in each, states to go on from, words they typed."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from bdhvs_content.api import NfcTextField
from bdhvs_h5p.models.page import H5PActivityVersion
from bdhvs_lms.base.append_only import AppendOnly

__all__ = ["H5PAttempt", "H5PState", "H5PStep", "RejectedStatement", "TypedText"]


class H5PAttempt(models.Model):
    """One learner's go at one version. Its UUID is the xAPI registration of every statement about it.

    Finishing does not end it: who tries once more in the same player goes on in it, and the best result is kept. It
    ends when the learner begins anew. Results are null until the package has said something that counts.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.PROTECT, related_name="h5p_attempts")
    enrolment = models.ForeignKey("bdhvs_lms.Enrolment", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(H5PActivityVersion, on_delete=models.PROTECT, related_name="attempts")
    # Of the version, repeated here: a constraint cannot look into another table.
    activity_key = models.UUIDField()
    number = models.PositiveIntegerField(help_text="1 for the learner's first attempt at this activity.")
    act_id = models.UUIDField(unique=True, help_text="Idempotency key of the form that opened it.")
    references = models.JSONField(
        encoder=DjangoJSONEncoder, help_text="Frozen for statements: activity, course, competencies, language."
    )
    opened_at = models.DateTimeField(help_text="The learner's time, clamped once at receipt.")
    opened_received_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, help_text="The learner's time of the first finishing.")
    ended_received_at = models.DateTimeField(null=True, help_text="When a further attempt took its place.")
    steps_kept = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0, help_text="Of all statements; not all have a row.")
    best_scaled = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    best_raw = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    best_max = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    success = models.BooleanField(null=True, help_text="Once passed, passed.")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "activity_key"], condition=Q(ended_received_at=None), name="h5p_attempt_one_open"
            ),
            models.UniqueConstraint(fields=["learner", "activity_key", "number"], name="h5p_attempt_number_once"),
            models.CheckConstraint(
                condition=Q(best_scaled=None) | Q(best_scaled__gte=0, best_scaled__lte=1),
                name="h5p_attempt_scaled_0_to_1",
            ),
            models.CheckConstraint(
                condition=Q(best_raw=None, best_max=None) | Q(best_raw__gte=0, best_raw__lte=F("best_max")),
                name="h5p_attempt_raw_le_max",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    def plays(self, version: H5PActivityVersion) -> bool:
        """Not finished, and begun with the file of this version: what was left off can be gone on with."""
        return self.completed_at is None and self.version.h5p_version_id == version.h5p_version_id

    def goes_on_in(self, version: H5PActivityVersion) -> bool:
        """And it is finished in the same way: whoever waits for a word that the package never says is else held in an
        attempt that nothing can finish, also when the editor has noticed."""
        return self.plays(version) and self.version.completion == version.completion


class H5PStep(AppendOnly):
    """One statement that was taken, as facts: what its ledger entry is built from. Never changed, never a typed word.

    A page numbers what it sends; the number with the page's own key makes a repeated post one step.
    """

    attempt = models.ForeignKey(H5PAttempt, on_delete=models.PROTECT, related_name="steps")
    seq = models.PositiveIntegerField()
    page = models.UUIDField(help_text="Of the rendered page, from its token; of the form where no script sent it.")
    n = models.PositiveIntegerField(help_text="The page's own count.")
    verb = models.CharField(max_length=120)
    data = models.JSONField(encoder=DjangoJSONEncoder, help_text="As `attempts.steps.to_json` writes it.")
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering: ClassVar[list[str]] = ["attempt", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "seq"], name="h5p_step_once"),
            models.UniqueConstraint(fields=["attempt", "page", "n"], name="h5p_step_said_once"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.seq}"


class TypedText(models.Model):
    """What a learner typed into an activity: with the states the one place that holds such words, to be erasable."""

    step = models.OneToOneField(H5PStep, on_delete=models.PROTECT, related_name="typed")
    text = NfcTextField()

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="h5p_typed_text_says_something")]

    def __str__(self) -> str:
        return str(self.step_id)


class H5PState(models.Model):
    """Where a learner left off, in the package's own words (JSON as text), of one part. It goes with its attempt:
    another file, or beginning anew, starts from nothing."""

    attempt = models.ForeignKey(H5PAttempt, on_delete=models.CASCADE, related_name="states")
    sub_content_id = models.CharField(max_length=64, help_text="'0': the whole.")
    data_type = models.CharField(max_length=64)
    data = models.TextField()
    received_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["attempt", "sub_content_id", "data_type"], name="h5p_state_once")
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.sub_content_id}/{self.data_type}"


class RejectedStatement(models.Model):
    """A statement that was not taken, without its words: for whoever looks for forgers or for a package that is not
    understood. The digest tells repeats from one another. Bounded in number for each attempt."""

    attempt = models.ForeignKey(H5PAttempt, on_delete=models.CASCADE, related_name="rejections")
    code = models.CharField(
        max_length=32, help_text="Of `adapter.statements.REJECTIONS` or `attempts.actions.REFUSALS`."
    )
    size = models.PositiveIntegerField(help_text="Bytes.")
    digest = models.CharField(max_length=64, help_text="SHA-256.")
    received_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["attempt", "code", "digest"], name="h5p_rejected_statement_once")
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.code}"
