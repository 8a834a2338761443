"""One waiting item for every new statement and active target, in the same transaction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from bdhvs_xapi import api
from bdhvs_xapi.models import Item, Target
from bdhvs_xapi.outbox.models import State
from bdhvs_xapi.outbox.queue import enqueue
from tests.bdhvs_xapi.support import RECEIVED, passed
from tests.bdhvs_xapi.test_record import record

pytestmark = pytest.mark.database


def items() -> set[tuple[str, int]]:
    return set(Item.objects.values_list("target__key", "statement_id"))


def test_every_active_target(ledger: None) -> None:
    for key in ("province", "ministry"):
        Target.objects.create(key=key)
    Target.objects.create(key="closed", active=False)
    sent = passed()
    one, two = record([sent, passed()])
    assert items() == {(key, done.seq) for key in ("province", "ministry") for done in (one, two)}
    item = Item.objects.filter(statement=one.seq).first()
    assert item is not None
    assert (item.state, item.attempts, item.lease_until, item.last_error) == (State.WAITING, 0, None, "")
    assert item.next_attempt_at == one.stored
    record(sent)
    assert Item.objects.count() == 4


def test_a_clock_that_was_put_back_holds_up_nothing(ledger: None) -> None:
    Target.objects.create(key="province")
    [done] = record(passed())
    Item.objects.all().delete()
    ahead = datetime.now(UTC) + timedelta(days=1)
    with transaction.atomic():
        enqueue([done.seq], due=ahead)
    assert Item.objects.get().next_attempt_at <= datetime.now(UTC)


def test_without_target_nothing_waits(ledger: None) -> None:
    record(passed())
    assert items() == set()


def test_rolled_back_with_the_act(ledger: None) -> None:
    Target.objects.create(key="province")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record(passed())
        assert len(items()) == 1
        raise ZeroDivisionError
    assert items() == set()


def test_nothing_is_queued_twice(ledger: None) -> None:
    target = Target.objects.create(key="province")
    [done] = record(passed())
    with pytest.raises(IntegrityError), transaction.atomic():
        Item.objects.create(target=target, statement_id=done.seq, next_attempt_at=RECEIVED)


def test_all_targets_together_cost_one_query(ledger: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    lock = connection.vendor == "postgresql"
    record(passed())
    Target.objects.create(key="resting", active=False)
    with transaction.atomic(), django_assert_num_queries(4 + lock):
        api.record([passed() for _ in range(5)], authority="site", received_at=RECEIVED)
    for key in ("a", "b", "c"):
        Target.objects.create(key=key)
    with transaction.atomic(), django_assert_num_queries(5 + lock):
        api.record([passed() for _ in range(5)], authority="site", received_at=RECEIVED)
    assert Item.objects.count() == 15


@pytest.mark.parametrize("count", [1, 700])
def test_a_target_made_active_in_the_same_transaction_gets_what_follows(ledger: None, count: int) -> None:
    """Also where names are too many to be looked up with who records."""
    target = Target.objects.create(key="province", active=False)
    with transaction.atomic():
        record([passed(object={"id": f"before:{number}"}) for number in range(count)])
        Target.objects.filter(pk=target.pk).update(active=True)
        record([passed(object={"id": f"after:{number}"}) for number in range(count)])
    assert Item.objects.filter(target=target).count() == count
