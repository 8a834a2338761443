"""What the tracking part must remember: the fixed base of our IRIs, acts of activities without a table of their own,

and how far a rebuild has come."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class IriBase(models.Model):
    """The base of every IRI we emit and the homePage of every actor. Made once, kept here for good.

    Why not the host name? Because it changes and statements do not. One row (pk 1).
    """

    base = models.CharField(max_length=200)
    home_page = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="iri_base_single")]


class Act(models.Model):
    """A simple act (a lesson read, a task ticked off, a result of another LMS), from which statements are built.

    Every field of a statement comes from such a row, the times too. `act_id` is the idempotency key that the form
    carried; a second submit of the same form finds the first row. Activities with richer acts keep their own tables.
    """

    act_id = models.UUIDField(unique=True)
    learner = models.ForeignKey("bdhvs_lms.Learner", on_delete=models.PROTECT, related_name="acts")
    verb = models.CharField(max_length=200, help_text="Verb IRI.")
    activity_key = models.UUIDField()
    first = models.UUIDField(help_text="Enrolment or attempt: first element of the statement's id.")
    revision = models.CharField(max_length=64)
    payload = models.JSONField(
        encoder=DjangoJSONEncoder, default=dict, help_text="The rest of the frozen act: result, references, context."
    )
    occurred_at = models.DateTimeField(help_text="The learner's time, clamped once at receipt.")
    received_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["learner", "activity_key"], name="act_of_learner")]


class RebuildCursor(models.Model):
    """How far a named rebuild has come, so that a stopped one goes on where it was."""

    name = models.CharField(max_length=60, unique=True)
    last_learner_id = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    updated_at = models.DateTimeField()
