"""What is to be delivered, and how far it has come. Sending is not here."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bdhvs_xapi.store.models import Statement


class State(models.IntegerChoices):
    """Where an item stands. Stored: never renumber."""

    WAITING = 0, "waiting"
    DELIVERED = 1, "delivered"
    DEAD = 2, "dead letter"


class Target(models.Model):
    """A record store that receives statements. Inactive: keeps what it has, gets nothing new."""

    key = models.SlugField(max_length=100, unique=True)
    active = models.BooleanField(default=True)
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.key


class Item(models.Model):
    """One statement on its way to one target."""

    target = models.ForeignKey(Target, models.PROTECT, db_index=False, related_name="items")
    statement = models.ForeignKey(Statement, models.PROTECT, db_index=False, related_name="+")
    state = models.PositiveSmallIntegerField(choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    # Until then the sender that claimed it owns it; later anyone may claim it again.
    lease_until = models.DateTimeField(null=True)
    last_error = models.TextField(default="")

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
