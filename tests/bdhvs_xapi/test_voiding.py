"""xAPI 1.0.3 Part Two, 2.3.2, in any order of arrival."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from bdhvs_xapi import api
from bdhvs_xapi.models import Voiding
from tests.bdhvs_xapi.support import LEARNER_KEY, QUIZ, passed, voiding
from tests.bdhvs_xapi.test_record import record

pytestmark = pytest.mark.database


@pytest.mark.parametrize("first", ["target", "voiding", "one batch"])
def test_in_any_order(ledger: None, heard: list[list[api.Recorded]], first: str) -> None:
    target = passed()
    void = voiding(target["id"])
    id_ = UUID(target["id"])
    match first:
        case "target":
            record(target)
            assert not api.is_voided(id_)
            record(void)
        case "voiding":
            record(void)
            assert api.is_voided(id_)
            record(target)
        case "one batch":
            record([target, void])
    assert api.is_voided(id_)
    assert api.facts(activity=QUIZ) == []
    [fact] = api.facts(activity=QUIZ, include_voided=True)
    assert (fact.statement_id, fact.voided) == (id_, True)
    told = {done.statement_id: done for call in heard for done in call}
    assert told[id_].voided is (first != "target")
    assert told[UUID(void["id"])].voids == id_
    assert told[UUID(void["id"])].object_kind == "StatementRef"


def test_a_voiding_cannot_be_voided(ledger: None) -> None:
    target, other = passed(), passed()
    void = voiding(target["id"])
    later = voiding(void["id"])
    record([later, other])
    [done] = record(void)
    record(target)
    assert not done.voided
    assert not api.is_voided(UUID(void["id"]))
    assert api.is_voided(UUID(target["id"]))
    fact = api.get(UUID(void["id"]))
    assert fact is not None
    assert not fact.voided
    assert not api.is_voided(UUID(other["id"]))


def test_a_reference_with_another_verb_voids_nothing(ledger: None) -> None:
    target = passed()
    [_, done] = record([target, voiding(target["id"], verb={"id": "http://adlnet.gov/expapi/verbs/commented"})])
    assert done.voids is None
    assert done.object_ref == UUID(target["id"])
    assert not api.is_voided(UUID(target["id"]))


def test_voided_twice(ledger: None) -> None:
    target = passed()
    record([target, voiding(target["id"]), voiding(target["id"])])
    assert Voiding.objects.filter(target_id=target["id"]).count() == 2
    assert api.facts(actor_key=LEARNER_KEY) == []


def test_a_voided_statement_sent_again_stays_voided(ledger: None) -> None:
    target = passed()
    record([target, voiding(target["id"])])
    [again] = record(target)
    assert (again.new, again.voided) == (False, True)


def test_unknown_statements(ledger: None) -> None:
    assert api.get(uuid4()) is None
    assert not api.is_voided(uuid4())


def test_of_many_those_that_are_void(ledger: None) -> None:
    gone, stands, early = passed(), passed(), str(uuid4())
    void = voiding(gone["id"])
    record([gone, stands, void, voiding(void["id"]), voiding(early)])
    ids = [UUID(text) for text in (gone["id"], stands["id"], void["id"], early)]
    assert api.voided_among([*ids, uuid4()]) == {ids[0], ids[3]}
    assert api.voided_among([]) == set()
