"""What other programs post to the ready site's record store, in whatever number and about whomever."""

from __future__ import annotations

from typing import Any

from bdhvs_lms.progress.models import Result
from bdhvs_lms.tracking import api as tracking
from bdhvs_xapi import api as xapi
from tests.bdhvs_xapi.lrs.support import Lrs
from tests.support.world import T0, World, uid
from tests.support.worlds import made_once

made, world = made_once(World)


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


def test_of_whom_very_much_is_stored_other_systems_can_add_no_more(world: World, settings: Any) -> None:
    """What a learner has reached is decided by all that is said, and the learner waits for it."""
    settings.BDHVS_MAX_STATEMENTS_PER_LEARNER = 5
    lan, hoa = world.learner("Nguyễn Thị Lan"), world.learner("Trần Thị Hoa")
    lrs = client()
    stored = [passed(world, str(lan.actor), minute, id=str(uid(f"{minute}"))) for minute in range(1, 7)]
    assert lrs.post("statements", stored[:5]).status_code == 200
    held = xapi.facts(actor_key=tracking.actor_key(lan))
    assert len(held) == 5
    refused = lrs.post("statements", [passed(world, str(hoa.actor), 1), stored[5]])
    assert refused.status_code == 403
    assert f"5 statements are stored about {tracking.actor_key(lan)}" in refused.json()["error"]
    assert xapi.facts(actor_key=tracking.actor_key(lan)) == held
    assert not Result.objects.filter(learner=hoa).exists()
    # What is stored already is no addition, and neither others nor the learner's own work are held up.
    assert lrs.post("statements", stored[:5]).status_code == 200
    assert lrs.post("statements", [passed(world, str(hoa.actor), 1)]).status_code == 200
    assert lrs.post("statements", [passed(world, "somebody of another system", n) for n in range(9)]).status_code == 200
    world.record(world.act(lan, tracking.VERB_EXPERIENCED, world.lesson, minutes=9))
    assert Result.objects.filter(learner=lan).count() == 2
