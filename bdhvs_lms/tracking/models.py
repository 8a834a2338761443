"""Tables of tracking: the fixed base of our IRIs, acts of activities without a table of their own, the state of
rebuilds."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from bdhvs_lms.base.append_only import AppendOnly
from bdhvs_xapi.api import Credential, Source, Statement, Target


class IriBase(models.Model):
    """The base of every IRI we emit and the homePage of every actor. Made once, kept here for good.

    Why not the host name? Because it changes and statements do not. One row (pk 1).

    With it the key under which the ids of our statements are computed. What else goes into an id is in statements that
    others read; without the key nobody knows beforehand under which id something will be recorded. Why not SECRET_KEY?
    Because it may be changed, and an act sent a second time must find the statement of the first.
    """

    base = models.CharField(max_length=200)
    home_page = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    id_key = models.CharField(max_length=64, blank=True, default="", help_text="32 random bytes in hexadecimal.")
    unkeyed_until = models.DateTimeField(
        null=True, help_text="What was stored before has an id without the key, and keeps it. None: nothing was."
    )

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
    id_seed = models.UUIDField(help_text="Enrolment or attempt: first element of the statement's id.")
    revision = models.CharField(max_length=64)
    payload = models.JSONField(
        encoder=DjangoJSONEncoder, default=dict, help_text="The rest of the frozen act: result, references, context."
    )
    occurred_at = models.DateTimeField(help_text="The learner's time, clamped once at receipt.")
    received_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["learner", "activity_key"], name="act_of_learner")]


class TakenId(AppendOnly):
    """A record that something else stood under the id of a decision, which therefore has another one.

    Only who knows the key of our ids, or a fault of ours, can bring that about: operators should look into it. No
    learner is named; the statements say whom they are about.
    """

    statement_id = models.UUIDField(help_text="The id that was taken.")
    recorded_as = models.UUIDField(help_text="The statement that was to have it.")
    authority = models.CharField(max_length=100, help_text="Who recorded what stands there: the authority's key.")
    found_at = models.DateTimeField()

    class Meta:
        verbose_name = _("conflicting statement ID")
        verbose_name_plural = _("conflicting statement IDs")
        constraints = [models.UniqueConstraint(fields=["statement_id", "recorded_as"], name="taken_id_once")]

    def __str__(self) -> str:
        return str(self.statement_id)


class Unfolded(models.Model):
    """A statement of another system from which nothing has followed yet: projections and deciders are still to see it.

    Written in the transaction that stores the statement, deleted in the one in which it was folded. No learner is
    named; the statement says whom it is about.
    """

    seq = models.BigIntegerField(primary_key=True, help_text="Of the statement, in the ledger.")
    failures = models.PositiveSmallIntegerField(default=0, help_text="How often folding it has failed.")

    class Meta:
        # What failed comes last.
        indexes = [models.Index(fields=["failures", "seq"], name="unfolded_in_order")]


class Revocation(models.Model):
    """A named act: everything that was written with a credential is voided, and what followed from it with it.

    In steps, so that nothing waits for long; `last_seq` is how far they have come. Nobody takes it back.
    """

    # No foreign key: the record store may be used, and migrated, without the core.
    # Of a source that is fetched from: "source:" and its primary key.
    credential_key = models.CharField(max_length=64, unique=True)
    reason = models.TextField(help_text="In words, for those who ask later.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    actor = models.UUIDField(help_text="Whom the voidings name as having voided: opaque.")
    begun_at = models.DateTimeField()
    last_seq = models.BigIntegerField(default=0)
    voided = models.PositiveIntegerField(default=0, help_text="Statements of the credential.")
    withdrawn = models.PositiveIntegerField(default=0, help_text="Decisions that followed from them.")
    finished_at = models.DateTimeField(null=True)


class RebuildCursor(models.Model):
    """The place that a named rebuild has come to, so that a stopped one goes on where it was."""

    name = models.CharField(max_length=60, unique=True)
    last_learner_id = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    updated_at = models.DateTimeField()


# What operators may do in the record store, whose pages are this part's: it runs without Wagtail and without operators.
RIGHTS: dict[type[models.Model], str] = {
    Credential: "add change view",
    Target: "add change view",
    Source: "add change view",
    Statement: "view void",
}
