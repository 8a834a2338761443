"""The lock of a learner is taken once in a transaction, and again once the database has let it go."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.learners.models import Learner
from bdhvs_lms.tracking.locks import learner_lock, learners_held

pytestmark = pytest.mark.database


def asked(*learners: Learner) -> int:
    with CaptureQueriesContext(connection) as queries:
        learner_lock(*learners)
    return len(queries)


@pytest.mark.django_db(transaction=True)
def test_held_until_the_transaction_or_the_savepoint_ends() -> None:
    an, binh = (Learner.objects.create(actor=uuid.uuid4()) for _ in range(2))
    with transaction.atomic():
        assert asked(an) == 1
        assert (asked(an), asked(binh), asked(an, binh)) == (0, 1, 0)
    with transaction.atomic():
        assert asked(an) == 1
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            assert asked(binh) == 1
            raise ZeroDivisionError
        # PostgreSQL has let go of what was locked after the savepoint, and of nothing else.
        assert (asked(an), asked(binh)) == (0, 1)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        learner_lock(an)
        raise ZeroDivisionError
    with transaction.atomic():
        assert asked(an) == 1


@pytest.mark.django_db
def test_who_is_locked_is_known_and_of_others_is_asked() -> None:
    an, binh = (Learner.objects.create(actor=uuid.uuid4()) for _ in range(2))
    learner_lock(an)
    with CaptureQueriesContext(connection) as queries:
        assert learners_held([an.actor]) == [an]
        assert len(queries) == 0
        assert learners_held([binh.actor, an.actor, uuid.uuid4()]) == [an, binh]
    assert len(queries) == 1


@pytest.mark.django_db
def test_of_a_record_that_was_merged_the_one_that_stands_is_held() -> None:
    an = Learner.objects.create(actor=uuid.uuid4(), merges=True)
    binh = Learner.objects.create(actor=uuid.uuid4(), merged_into=an)
    learner_lock(binh)
    assert asked(an) == 0
    assert learners_held([binh.actor, an.actor]) == [an]
