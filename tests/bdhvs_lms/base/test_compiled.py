"""Queries whose SQL is built once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import F, Value
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.audit.models import Consent
from bdhvs_lms.base.api import Compiled
from bdhvs_lms.learners.models import Learner, Placement

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 29, 8, tzinfo=UTC)


def test_each_type_of_value_goes_in_and_comes_out_as_by_the_query_itself() -> None:
    actor = uuid4()
    learner = Learner.objects.create(actor=actor)
    Learner.objects.create(actor=uuid4())
    Consent.objects.create(
        actor=actor, purpose="learning", given=True, text_version="1", at=AT, by_representative=False
    )
    Placement.objects.create(learner=learner, valid_from=date(2026, 1, 2), recorded_at=AT)
    ask = Compiled(
        lambda actor, pk, day: Learner.objects.filter(actor=actor, pk=pk, placements__valid_from__lte=day).values(
            "actor", "merges", "placements__valid_from", "placements__recorded_at", again=F("pk") + Value(1)
        ),
        actor=UUID,
        pk=int,
        day=date,
    )
    with CaptureQueriesContext(connection) as queries:
        found = ask(actor=actor, pk=learner.pk, day=date(2026, 1, 2))
        assert ask(actor=actor, pk=learner.pk, day=date(2026, 1, 1)) == []
        assert ask(actor=uuid4(), pk=learner.pk, day=date(2026, 1, 2)) == []
    assert len(queries) == 3
    assert found == [
        {
            "actor": actor,
            "merges": False,
            "placements__valid_from": date(2026, 1, 2),
            "placements__recorded_at": AT,
            "again": learner.pk + 1,
        }
    ]
    consents = Compiled(
        lambda at, text: Consent.objects.filter(at__lte=at, text_version=text).values("given"), at=datetime, text=str
    )
    assert consents(at=AT, text="1") == [{"given": True}]
    assert consents(at=AT.replace(hour=7), text="1") == consents(at=AT, text="2' OR '1'='1") == []


def test_what_the_query_does_not_hold_as_it_is_is_refused() -> None:
    ask = Compiled(lambda text: Consent.objects.filter(text_version__contains=text).values("given"), text=str)
    with pytest.raises(ValueError, match="text"):
        ask(text="1")
