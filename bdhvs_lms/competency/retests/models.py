"""Marks that somebody has shown in a retest, by competency."""

from __future__ import annotations

from django.db import models


class RetestMark(models.Model):
    """Projection: one statement of a retest, recorded by whoever was present, and what it says of one competency.

    Why no row of `Evidence`? Rules, explanations, gains and boards read those: a retest asks whether an attainment
    holds and is no way to it. What a device says by itself is not here: nobody has seen who sat before it.
    """

    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.CASCADE, related_name="retest_marks")
    competency = models.ForeignKey("bdhvs_lms.Competency", on_delete=models.CASCADE, related_name="retest_marks")
    level = models.PositiveSmallIntegerField()
    statement_id = models.UUIDField()
    activity_key = models.UUIDField()
    occurred_at = models.DateTimeField()
    success = models.BooleanField(null=True)
    scaled = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    trust = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "statement_id", "competency"], name="retest_mark_once")
        ]
        # "what has the sample shown in this activity?"
        indexes = [models.Index(fields=["activity_key", "learner", "occurred_at"], name="retest_mark_in_order")]
