"""Published versions of tasks, and observations of them."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bdhvs_content.api import NfcCharField
from bdhvs_lms.attempts.api import AttemptBase, StepBase, VersionBase

MAX_NOTE = 500
"""Characters of an observer's note."""


class TaskVersion(VersionBase):
    """A task as it was published. It is shown, ticked off, and read again years later by this version."""

    shown = models.JSONField(
        encoder=DjangoJSONEncoder,
        help_text='{"language", "intro", "steps", "items": [{"id", "text", "help", "required"}], "needed"}',
    )
    max_score = models.DecimalField(max_digits=8, decimal_places=2)
    pass_score = models.DecimalField(max_digits=8, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity_key", "number"], name="task_version_once"),
            models.CheckConstraint(
                condition=Q(pass_score__gt=0) & Q(pass_score__lte=F("max_score")), name="task_version_pass_le_max"
            ),
        ]

    @property
    def items(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = self.shown["items"]
        return found


class Observation(AttemptBase):
    """A learner seen once doing the task: an attempt that ends as soon as it exists. Its gradings (`steps`) hold what
    was seen; the last one is in force."""

    ended_by = "opened_at"

    version = models.ForeignKey(TaskVersion, on_delete=models.PROTECT, related_name="observations")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "activity_key", "number"], name="observation_number_once")
        ]
        # "what was seen of this task in this class?"
        indexes = [models.Index(fields=["activity_key", "learner"], name="observation_of_task")]


class Grading(StepBase):
    """The items that an observer ticked, or their correction: never changed. `seq` is the statement's grading; `data`:
    {"done": ids of items}."""

    attempt = models.ForeignKey(Observation, on_delete=models.PROTECT, related_name="steps")
    act_id = models.UUIDField(unique=True, help_text="Of the form that was filled in, and of the learner.")
    observer = models.UUIDField(help_text="Opaque actor of who watched, or of who corrected it.")
    raw = models.DecimalField(max_digits=8, decimal_places=2)
    success = models.BooleanField(null=True, help_text="Null: taken back, it was not this person or not this task.")

    class Meta(StepBase.Meta):
        constraints = [models.UniqueConstraint(fields=["attempt", "seq"], name="grading_once")]

    @property
    def done(self) -> frozenset[str]:
        return frozenset(self.data["done"])


class ObservationNote(models.Model):
    """The observer's note about an observation: free text, so a row of its own that can be erased."""

    observation = models.OneToOneField(Observation, on_delete=models.CASCADE, related_name="note")
    text = NfcCharField(_("note"), max_length=MAX_NOTE)

    class Meta:
        verbose_name = _("observer's note")
        verbose_name_plural = _("observers' notes")
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="observation_note_says_something")]

    def __str__(self) -> str:
        return f"{self.observation_id}"
