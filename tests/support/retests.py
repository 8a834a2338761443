"""A retest with everything that is kept of one: for tests of what is declared, exported and erased."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps

from bdhvs_lms.competency import api as competency
from bdhvs_lms.courses import api as courses
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking import api as tracking
from tests.support.world import T0, World, uid

TODAY = T0.date()


def retested(
    world: World,
    people: Sequence[Learner],
    user: Any,
    *,
    name: str = "retest",
    until: date = TODAY,
    going: bool = False,
) -> Any:
    """The sample: all of these people; the first of them was tested again, of all a reason was noted, and it was closed
    by `user`, unless it is `going` on."""
    facts = courses.ActivityFacts(
        key=uid(name), type_key="tests.x", plugin="tests", titles={"vi": "Phúc tra"}, done_on="passed", revision="1",
        required=False, max_score=Decimal(10), pass_score=Decimal(8), role="retest",
    )  # fmt: skip
    activity = courses.push_activity(world.course_key, facts, at=T0)
    competency.push_alignment(activity.key, "1", [(world.a1.pk, 1)], at=T0)
    if not going:
        act = world.act(people[0], tracking.VERB_PASSED, activity.key, minutes=30, score=9, authority=tracking.OBSERVER)
        world.record(act)
    model = {
        one: apps.get_model(f"bdhvs_lms.Retest{one}").objects for one in ("Sample", "Member", "Absence", "Closing")
    }
    sample = model["Sample"].create(
        act_id=uid(f"{name} drawn"), competency=world.a1, level=1, area=world.area, as_of=until,
        activity_key=activity.key, until=until, method="simple", seed="00" * 32, frame_size=len(people),
        frame_digest="00" * 32, nameless=0, size=len(people), drawn_at=T0, drawn_by=user,
    )  # fmt: skip
    for number, one in enumerate(people, start=1):
        member = model["Member"].create(sample=sample, learner=one, number=number, area=world.area)
        if going:
            continue
        model["Absence"].create(
            member=member, kind="moved", act_id=uid(f"{name} noted {number}"), noted_at=T0, noted_by=user
        )
    if going:
        return sample
    model["Closing"].create(
        sample=sample, number=1, tested=1, still=1, absent={"moved": len(people) - 1}, act_id=uid(f"{name} closed"),
        closed_at=T0, closed_by=user,
    )  # fmt: skip
    return sample
