"""What a form of an act brings is read with care: what is broken is as good as not there."""

from __future__ import annotations

from datetime import UTC, datetime

from django.test import RequestFactory

from bdhvs_lms.attempts.api import claimed_time, posted_act_id, posted_time
from tests.support.loops import for_each
from tests.support.world import uid


@for_each("claim", [None, 1764295200, "", "yesterday", "2025-11-28T12:00:00", "2025-13-45T12:00:00Z", "2025-11-28"])
def test_what_is_no_aware_time_is_as_good_as_none(claim: object) -> None:
    assert claimed_time(claim) is None


def test_a_form_brings_its_key_and_the_learners_time() -> None:
    sent = RequestFactory().post("/", {"act_id": str(uid("act")), "occurred_at": "2025-11-28T19:00:00+07:00"})
    assert posted_act_id(sent) == uid("act")
    assert posted_time(sent) == datetime(2025, 11, 28, 12, 0, tzinfo=UTC)
    for values in ({}, {"act_id": "1"}, {"act_id": ""}):
        assert posted_act_id(RequestFactory().post("/", values)) is None
    assert posted_time(RequestFactory().post("/", {})) is None
