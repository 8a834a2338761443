"""Learners' attempts: their statements, states to resume from, and typed words."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from bdhvs_content.api import NfcTextField
from bdhvs_h5p.models.page import H5PActivityVersion
from bdhvs_lms.attempts.api import AttemptBase, StepBase, attempt_constraints

__all__ = ["H5PAttempt", "H5PState", "H5PStep", "RejectedStatement", "TypedText"]


class H5PAttempt(AttemptBase):
    """An attempt. Finishing does not end it: a learner who tries again in the same player continues it, and the best
    result is kept. It ends when the learner begins anew. Results are null until the package has said something that
    counts."""

    ended_by = "ended_received_at"

    version = models.ForeignKey(H5PActivityVersion, on_delete=models.PROTECT, related_name="attempts")
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
            *attempt_constraints("h5p_attempt", "ended_received_at"),
            models.CheckConstraint(
                condition=Q(best_scaled=None) | Q(best_scaled__gte=0, best_scaled__lte=1),
                name="h5p_attempt_scaled_0_to_1",
            ),
            models.CheckConstraint(
                condition=Q(best_raw=None, best_max=None) | Q(best_raw__gte=0, best_raw__lte=F("best_max")),
                name="h5p_attempt_raw_le_max",
            ),
        ]

    def plays(self, version: H5PActivityVersion) -> bool:
        """Tell whether it is not finished and was begun with this version's file, so that it can be resumed."""
        return self.completed_at is None and self.version.h5p_version_id == version.h5p_version_id

    def goes_on_in(self, version: H5PActivityVersion) -> bool:
        """Tell whether it `plays` the version and is finished in the same way: else a learner would be held in an
        attempt that waits for a word that the package never says, even after the editor has noticed."""
        return self.plays(version) and self.version.completion == version.completion


class H5PStep(StepBase):
    """One statement that was taken, as facts; `data` as `attempts.steps.to_json` writes it.

    A page numbers what it sends; the number with the page's own key makes a repeated post one step.
    """

    attempt = models.ForeignKey(H5PAttempt, on_delete=models.PROTECT, related_name="steps")
    page = models.UUIDField(help_text="Of the rendered page, from its token; of the form where no script sent it.")
    n = models.PositiveIntegerField(help_text="The page's own count.")
    verb = models.CharField(max_length=120)

    class Meta(StepBase.Meta):
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["attempt", "seq"], name="h5p_step_once"),
            models.UniqueConstraint(fields=["attempt", "page", "n"], name="h5p_step_said_once"),
        ]


class TypedText(models.Model):
    """Text that a learner typed into an activity: with the states the one place that holds such words, to be
    erasable."""

    step = models.OneToOneField(H5PStep, on_delete=models.PROTECT, related_name="typed")
    text = NfcTextField()

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="h5p_typed_text_says_something")]

    def __str__(self) -> str:
        return str(self.step_id)


class H5PState(models.Model):
    """A learner's state in one part, in the package's own words (JSON as text). It is deleted with its attempt: another
    file, or beginning anew, starts from nothing."""

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
    """A statement that was not taken, without its words: to find forgers, or packages that are not understood. The
    digest tells repeats from one another. Bounded in number for each attempt."""

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
