"""Projections of progress: pure functions of statements. Only `projection.py` writes here."""

from django.db import models


class Result(models.Model):
    """A learner's result in one activity, by its statements in force.

    Facts only: whether that means 'done' is read with the activity's `done_on`. Each column is the earliest, the latest
    or the highest of what was said, so that neither the order of arrival nor repetition matters. `activity_key` is no
    foreign key: statements may speak of activities nobody has pushed (yet).
    """

    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.CASCADE, related_name="results")
    activity_key = models.UUIDField()
    last_at = models.DateTimeField(help_text="The latest statement of any kind.")
    experienced_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    completed_trust = models.SmallIntegerField(
        null=True, help_text="Highest trust among the statements that completed."
    )
    passed_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    best_scaled = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    best_raw = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    best_max = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    trust = models.SmallIntegerField(null=True, help_text="Highest trust among the statements that passed.")
    grade_at = models.DateTimeField(
        null=True, help_text="Time of the latest statement that says what counts of several attempts. Null: the best."
    )
    # Null with the rest: the attempt that counts is open again, and no points count meanwhile.
    grade_raw = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    grade_max = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    grade_from = models.CharField(max_length=10, null=True, help_text="best, last, first or average.")  # noqa: DJ001
    grade_of = models.PositiveIntegerField(null=True, help_text="Of how many attempts it was found.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learner", "activity_key"], name="result_once")]
        # "this class's matrix": activities of a course for many learners
        indexes = [models.Index(fields=["activity_key", "learner"], name="result_of_activity")]


class CourseResult(models.Model):
    """The `completed` statements of a course, read back: the earliest, and the trust of the strongest. A decider wrote
    them; only voiding takes them away."""

    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.CASCADE, related_name="course_results")
    course_key = models.UUIDField()
    completed_at = models.DateTimeField()
    statement_id = models.UUIDField()
    trust = models.SmallIntegerField(help_text="Highest trust among the statements in force.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learner", "course_key"], name="course_result_once")]


class Presence(models.Model):
    """A learner's attendance of a class session, by the statements in force."""

    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.CASCADE, related_name="presences")
    session_key = models.UUIDField()
    attended_at = models.DateTimeField()
    trust = models.SmallIntegerField(help_text="Highest trust among the statements in force.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learner", "session_key"], name="presence_once")]
        # "who was at these sessions?"
        indexes = [models.Index(fields=["session_key", "learner"], name="presence_of_session")]
