"""What is to be delivered and where to, and where statements are fetched from. Sending and fetching are not here."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from bdhvs_xapi.store.models import Authority, Statement, Trust

# The dialect a peer speaks: what goes into X-Experience-API-Version.
VERSIONS = [("1.0.3", "1.0.3"), ("2.0.0", "2.0.0")]


class State(models.IntegerChoices):
    """Where an item stands. Stored: never renumber. There is no "delivered": such an item is counted and gone."""

    WAITING = 0, "waiting"
    DEAD = 2, "dead letter"


class Peer(models.Model):
    """What a target and a source have in common: another record store, and how it answered last."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.TextField(default="", blank=True)
    # The xAPI endpoint, without "/statements".
    url = models.TextField(default="", blank=True)
    version = models.CharField(max_length=10, choices=VERSIONS, default="1.0.3")
    # User name and password, sealed (outbox/secrets.py); empty: none.
    secret = models.TextField(default="", blank=True)
    # Why nothing is asked of it until somebody has looked; empty: it is asked.
    paused = models.TextField(default="", blank=True)
    # Failures in a row, and when it is asked again because of them: no statement is asked about for itself.
    failures = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    last_error_at = models.DateTimeField(null=True)
    last_error = models.TextField(default="", blank=True)
    created = models.DateTimeField(auto_now_add=True)

    # What a person decides. The rest is put down by senders, at any moment.
    DECIDED: ClassVar[tuple[str, ...]] = ("key", "name", "url", "version", "secret")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name or self.key

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saving a row that exists keeps what senders have put down meanwhile, unless ``update_fields`` says so.

        A form that was open for a minute must not move a cursor or a count back.
        """
        if not self._state.adding and kwargs.get("update_fields") is None:
            kwargs["update_fields"] = self.DECIDED
        super().save(*args, **kwargs)


class Target(Peer):
    """A record store that receives statements. Inactive: gets nothing new. Paused: what is for it waits."""

    active = models.BooleanField(default=True)
    # Key of a registered Transport.
    transport = models.CharField(max_length=60, default="bdhvs_xapi.http")
    # Which statements it gets: {"verbs", "activities", "categories", "authorities": [...], "trust": int}; {}: all.
    filters = models.JSONField(default=dict, blank=True)
    # Statements of one request, at most; the second is what is tried at present, smaller after failures.
    batch_size = models.PositiveSmallIntegerField(default=50)
    batch_now = models.PositiveSmallIntegerField(default=50)
    # Items that were delivered, and those that its filters kept back. They leave no row.
    delivered = models.PositiveBigIntegerField(default=0)
    left_out = models.PositiveBigIntegerField(default=0)

    DECIDED = (*Peer.DECIDED, "active", "transport", "filters", "batch_size")

    class Meta:
        verbose_name = _("receiving LRS")
        verbose_name_plural = _("receiving LRSs")


class Item(models.Model):
    """One statement on its way to one target. The table is as long as what waits, whatever has been delivered."""

    target = models.ForeignKey(Target, models.PROTECT, db_index=False, related_name="items")
    statement = models.ForeignKey(Statement, models.PROTECT, db_index=False, related_name="+")
    state = models.PositiveSmallIntegerField(choices=State, default=State.WAITING)
    # Times that it was what went wrong; a target that is down is counted at the target.
    attempts = models.PositiveIntegerField(default=0)
    queued_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    # The sender that has it in hand, and until when; later anyone may claim it.
    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    last_error = models.TextField(default="")
    last_error_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            # Nothing is queued twice for one target; also finds a target's items in statement order.
            models.UniqueConstraint(fields=["target", "statement"], name="xapi_item_once"),
        ]
        indexes: ClassVar = [
            # Claim: the waiting items of a target that are due, oldest due first. Stays as small as the backlog.
            models.Index(
                fields=["target", "next_attempt_at", "statement"],
                name="xapi_item_due",
                condition=models.Q(state=State.WAITING),
            ),
            # Dead letters of a target, newest first.
            models.Index(fields=["target", "id"], name="xapi_item_dead", condition=models.Q(state=State.DEAD)),
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} to {self.target_id}"


class Source(Peer):
    """A record store whose statements are fetched. Inactive: nothing is fetched."""

    active = models.BooleanField(default=True)
    # What its statements are worth here, whatever they say of themselves.
    trust = models.PositiveSmallIntegerField(choices=Trust, default=Trust.CLIENT_REPORTED)
    # The target that is the same record store: what came from there is not sent back.
    same_store = models.ForeignKey(Target, models.SET_NULL, null=True, blank=True, related_name="sources")
    # Everything that it stored up to here has been fetched (its clock); null: from its beginning.
    cursor = models.DateTimeField(null=True, blank=True)
    # A fetch that has not come to its end: the next page, and the cursor that its end will set.
    more = models.TextField(default="", blank=True)
    cursor_next = models.DateTimeField(null=True)
    # The process that fetches, and until when; later another may.
    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    # Statements that were new here, were here already, and could not be taken.
    new = models.PositiveBigIntegerField(default=0)
    known = models.PositiveBigIntegerField(default=0)
    rejected = models.PositiveBigIntegerField(default=0)

    DECIDED = (*Peer.DECIDED, "active", "trust", "same_store")

    class Meta:
        verbose_name = _("source LRS")
        verbose_name_plural = _("source LRSs")
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(trust__lte=Trust.CONFIRMED), name="xapi_source_trust"),
        ]


class SourceAuthority(models.Model):
    """An authority under which statements of a source are filed here: one for each that they themselves name."""

    # Not the primary key, although it could be: Django's autodetector then takes all models of the app apart.
    authority = models.OneToOneField(Authority, models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, models.PROTECT, related_name="authorities")

    def __str__(self) -> str:
        return f"{self.authority_id} of {self.source_id}"


class Rejection(models.Model):
    """A statement of a source that this store did not take, and why."""

    source = models.ForeignKey(Source, models.CASCADE, db_index=False, related_name="rejections")
    # As the source spells it; empty when it has none.
    statement_id = models.TextField(default="")
    # SHA-256 of the statement as it came: the same one, met again, is one row.
    digest = models.BinaryField(max_length=32)
    reason = models.TextField()
    body = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "digest"], name="xapi_rejection_once"),
        ]
        indexes: ClassVar = [
            # A source's list, newest first.
            models.Index(fields=["source", "id"], name="xapi_rejection_source"),
        ]

    def __str__(self) -> str:
        return f"{self.statement_id}: {self.reason}"
