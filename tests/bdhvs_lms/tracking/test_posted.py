"""What other programs post to the ready site's record store, in whatever number and about whomever."""

from __future__ import annotations

from typing import Any

import pytest

from bdhvs_lms.progress.models import Result
from bdhvs_lms.tracking import api as tracking
from bdhvs_xapi import api as xapi
from tests.bdhvs_xapi.lrs.support import Lrs
from tests.support.world import T0, World


@pytest.fixture
def world(db: None) -> World:
    return World()


def client() -> Lrs:
    credential, secret = xapi.create_credential("a player", scopes=["statements/write"], at=T0)
    return Lrs(credential.key, secret)


def passed(world: World, name: str, minute: int = 0, **changes: Any) -> dict[str, Any]:
    return {
        "actor": xapi.account_actor(tracking.home_page(), name),
        "verb": {"id": tracking.VERB_PASSED},
        "object": {"id": tracking.activity_iri(world.quiz)},
        "result": {"success": True, "score": {"scaled": 0.9}},
        "timestamp": f"2025-09-01T12:{minute:02}:00Z",
        **changes,
    }


def test_a_batch_is_no_longer_than_one_transaction_may_take(world: World) -> None:
    """Each learner in it is computed anew before it ends, and others wait for that: about a second for 150."""
    lrs = client()
    many = [passed(world, f"nobody-{number}") for number in range(151)]
    assert lrs.post("statements", many).status_code == 413
    assert lrs.post("statements", many[1:]).status_code == 200


def test_learners_of_one_batch_are_computed_anew_and_strangers_are_left_alone(world: World) -> None:
    lan, hoa = world.learner("Nguyễn Thị Lan"), world.learner("Trần Thị Hoa")
    batch = [
        passed(world, str(hoa.actor), 1),
        passed(world, str(lan.actor), 2),
        passed(world, str(lan.actor), 3),
        passed(world, "somebody of another system", 4),
        passed(world, str(lan.actor), actor={"objectType": "Group", "member": [{"mbox": "mailto:a@example.org"}]}),
    ]
    assert client().post("statements", batch).status_code == 200
    found = Result.objects.values_list("learner__actor", "activity_key")
    assert set(found) == {(lan.actor, world.quiz), (hoa.actor, world.quiz)}
    assert list(tracking.check()) == []
