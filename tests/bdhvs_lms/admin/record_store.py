"""A site whose record store has something of everything, and those who look after it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client

from bdhvs_lms.roles import operators
from bdhvs_lms.tracking import api as tracking
from bdhvs_xapi import api as xapi
from tests.support.world import T0, World, uid

FOREIGN = {
    "id": "7d6f5b1e-0b1c-4a77-8c11-0a3d8a1c4f10",
    "actor": {"name": "Trần Văn Kín", "mbox": "mailto:kin@example.org"},
    "verb": {"id": "http://example.org/verbs/juggled", "display": {"en": "juggled", "vi": "tung hứng"}},
    "object": {"id": "http://example.org/balls", "definition": {"name": {"en": "Three balls"}}},
    "timestamp": "2025-09-01T12:00:00Z",
}


@dataclass
class Store:
    """`lan` has read a lesson and passed a quiz and a task that somebody saw; a stranger's statement is there too."""

    world: World = field(default_factory=World)

    def __post_init__(self) -> None:
        self.lan = self.world.learner("Nguyễn Thị Lan")
        self.world.record(
            self.world.act(self.lan, tracking.VERB_EXPERIENCED, self.world.lesson, minutes=1),
            self.world.act(self.lan, tracking.VERB_PASSED, self.world.quiz, minutes=2, score=8),
            self.world.act(
                self.lan, tracking.VERB_PASSED, self.world.task, minutes=3, score=9, authority=tracking.OBSERVER
            ),
        )
        with transaction.atomic():
            xapi.record(FOREIGN, authority=tracking.CLIENT, received_at=T0)

    @property
    def key(self) -> str:
        return tracking.actor_key(self.lan)

    def fact(self, verb: str, activity: UUID) -> xapi.Fact:
        (found,) = xapi.facts(
            actor_key=self.key, verbs=[verb], activity=tracking.activity_iri(activity), include_voided=True
        )
        return found

    def more(self, count: int) -> None:
        """So many statements of somebody who is registered nowhere here."""
        thing = {"id": tracking.activity_iri(self.world.lesson)}
        statements = [
            {
                "actor": xapi.account_actor(tracking.home_page(), str(uid(f"học viên {number}"))),
                "verb": {"id": tracking.VERB_EXPERIENCED},
                "object": thing,
            }
            for number in range(count)
        ]
        with transaction.atomic():
            xapi.record(statements, authority=tracking.SERVER, received_at=T0)


def signed_in(username: str, *, superuser: bool = False, operator: bool = True) -> Client:
    users: Any = get_user_model().objects
    user = users.create_superuser(username) if superuser else users.create_user(username)
    if operator and not superuser:
        user.groups.add(operators())
    client = Client()
    client.force_login(user)
    client.user = user  # type: ignore[attr-defined]
    return client


def agreed(client: Client, address: str, data: dict[str, str]) -> Any:
    """Sent, and then the yes to what the page has told of it."""
    asked = client.post(address, data)
    yes = BeautifulSoup(asked.content, "html.parser").select_one("button[name=yes]")
    assert yes is not None
    return client.post(address, {**data, "yes": yes["value"]})
