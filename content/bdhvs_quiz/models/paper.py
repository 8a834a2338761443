"""Paper tests: the packs printed for a class, and the learner of each sheet."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from bdhvs_quiz.models.attempts import Attempt, QuizVersion

MOST_CODES = 8


class PaperPack(models.Model):
    """A quiz as it was printed for a class: one published version in some codes, each with an order of its own, which
    follows from this row (paper/codes.py)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    class_group = models.ForeignKey("bdhvs_lms.ClassGroup", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(QuizVersion, on_delete=models.PROTECT, related_name="paper_packs")
    codes = models.PositiveSmallIntegerField(help_text="1: the quiz's own order, and no other.")
    held_on = models.DateField(help_text="The day of the test, which results carry.")
    act_id = models.UUIDField(unique=True, help_text="Idempotency key of the form that made it.")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(codes__gte=1, codes__lte=MOST_CODES), name="paper_pack_codes"),
        ]
        # "the packs of this class, the last first"
        indexes = [models.Index(fields=["class_group", "-created_at"], name="paper_pack_of_class")]

    def __str__(self) -> str:
        return str(self.uuid)


class PaperSheet(models.Model):
    """One printed sheet. Without a learner it is a spare one, until somebody has written on it; `attempt`: entered."""

    pack = models.ForeignKey(PaperPack, on_delete=models.PROTECT, related_name="sheets")
    number = models.PositiveSmallIntegerField()
    code = models.PositiveSmallIntegerField(help_text="0 for the pack's first.")
    learner = models.ForeignKey("bdhvs_lms.Learner", null=True, on_delete=models.PROTECT, related_name="+")
    attempt = models.OneToOneField(Attempt, null=True, on_delete=models.PROTECT, related_name="paper_sheet")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pack", "number"], name="paper_sheet_once"),
            models.UniqueConstraint(fields=["pack", "learner"], name="paper_sheet_of_learner_once"),
            models.CheckConstraint(
                condition=Q(attempt=None) | Q(learner__isnull=False), name="paper_sheet_entered_has_learner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pack_id}/{self.number}"
