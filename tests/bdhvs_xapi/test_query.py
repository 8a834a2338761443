"""The filters of GET statements (xAPI 1.0.3 Part Three, 2.1.3; IEEE 9274.1.1, 4.1.6.1) over stored statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bdhvs_xapi import api
from bdhvs_xapi.statements.validate import encode, parse
from bdhvs_xapi.statements.versions import Version
from bdhvs_xapi.store import query
from bdhvs_xapi.store.query import MAX_LIMIT, Cursor, Filter, one, page
from tests.bdhvs_xapi.support import (
    COURSE,
    HOME,
    LEARNER_KEY,
    QUIZ,
    RECEIVED,
    SUB_STATEMENT,
    passed,
    store_parsed,
    voiding,
)
from tests.bdhvs_xapi.test_indexes import table_scans
from tests.bdhvs_xapi.test_record import record
from tests.support.loops import for_each

pytestmark = pytest.mark.database

MENTOR = {"objectType": "Agent", "mbox": "mailto:mentor@example.vn"}
MENTOR_KEY = "mbox:mailto:mentor@example.vn"
TEAM = {"objectType": "Group", "name": "Tổ 3", "member": [MENTOR, {"mbox": "mailto:b@example.vn"}]}
COMMENTED = "http://adlnet.gov/expapi/verbs/commented"


def reference(target: str, **changes: Any) -> dict[str, Any]:
    """Somebody else says something about a statement."""
    return voiding(target, verb={"id": COMMENTED}, **changes)


def ids(**filter: Any) -> list[str]:
    """The ids that the filter finds, in order, all pages of three."""
    found: list[str] = []
    after: Cursor | None = None
    while True:
        answer = page(Filter(**{"limit": 3, **filter}), after=after)
        assert len(answer.rows) <= 3
        found += [str(row.statement_id) for row in answer.rows]
        if answer.more is None:
            return found
        assert len(answer.rows) == 3
        after = Cursor.decode(answer.more.encode())


def names(statements: Sequence[dict[str, Any]]) -> list[str]:
    return [statement["id"] for statement in statements]


# -- order and pages ---------------------------------------------------------


def test_1_0_3_part3_2_1_3_newest_first_and_ascending_on_demand(ledger: None) -> None:
    batches = [[passed() for _ in range(4)], [passed()], [passed() for _ in range(3)]]
    stored = [done.stored for batch in batches for done in record(batch)]
    assert stored == sorted(set(stored))
    sent = [each["id"] for batch in batches for each in batch]
    assert ids(ascending=True) == sent
    assert ids() == sent[::-1]
    answer = page(Filter(ascending=True))
    assert [row.stored for row in answer.rows] == stored
    assert [api.get(row.statement_id).body for row in answer.rows] == [row.body for row in answer.rows]  # type: ignore[union-attr]


def test_1_0_3_part3_2_1_3_since_and_until_are_of_stored(ledger: None) -> None:
    """since: stored after; until: stored at or before; to the microsecond."""
    sent = [passed() for _ in range(5)]
    stored = [done.stored for done in record(sent)]
    assert ids(since=stored[1], ascending=True) == names(sent[2:])
    assert ids(until=stored[1], ascending=True) == names(sent[:2])
    assert ids(since=stored[0], until=stored[3]) == names(sent[1:4])[::-1]
    assert ids(since=stored[3], until=stored[0]) == []
    assert ids(since=stored[1] - timedelta(microseconds=1), ascending=True) == names(sent[1:])


def test_1_0_3_part3_2_1_3_limit_0_is_as_many_as_the_store_gives(ledger: None) -> None:
    record([passed() for _ in range(101)])
    assert len(page(Filter(limit=0)).rows) == 100
    assert len(page(Filter(limit=2)).rows) == 2
    assert len(page(Filter(limit=MAX_LIMIT * 5)).rows) == 101


def test_a_page_that_is_just_full_is_the_last(ledger: None) -> None:
    record([passed() for _ in range(3)])
    assert page(Filter(limit=3)).more is None
    assert page(Filter(limit=2)).more is not None


def test_statements_that_come_while_somebody_pages_change_nothing_before_the_first(ledger: None) -> None:
    sent = [passed() for _ in range(4)]
    record(sent)
    first = page(Filter(limit=2))
    record(passed())
    rest = page(Filter(limit=2), after=first.more)
    assert [str(row.statement_id) for row in rest.rows] == names(sent)[1::-1]


@for_each("text", ["", "x", "-1", "0x1f", " 1", "1 ", "1_0", "٣", "f" * 16, "f" * 17])
def test_no_cursor(text: str) -> None:
    with pytest.raises(ValueError, match="not a cursor"):
        Cursor.decode(text)


# -- each filter -------------------------------------------------------------


def test_1_0_3_part3_2_1_3_verb_activity_registration_agent(ledger: None) -> None:
    registration = str(uuid4())
    verb = passed(verb={"id": "http://example.vn/verbs/read"})
    activity = passed(object={"id": f"{QUIZ}/2"})
    attempt = passed(context={"registration": registration.upper()})
    agent = passed(actor=MENTOR)
    plain = passed()
    record([verb, activity, attempt, agent, plain])
    assert ids(verb="http://example.vn/verbs/read") == [verb["id"]]
    assert ids(activity=f"{QUIZ}/2") == [activity["id"]]
    assert ids(registration=UUID(registration)) == [attempt["id"]]
    assert ids(agent_key=MENTOR_KEY) == [agent["id"]]
    assert ids(agent_key=LEARNER_KEY, verb=api.Verb.PASSED, activity=QUIZ) == names([plain, attempt])
    assert ids(agent_key=LEARNER_KEY, registration=UUID(registration), verb=api.Verb.PASSED) == [attempt["id"]]
    for unknown in ({"verb": "a:b"}, {"activity": "a:b"}, {"agent_key": "mbox:mailto:x@y"}, {"registration": uuid4()}):
        assert ids(**unknown) == []
        assert ids(**unknown, related_agents=True, related_activities=True) == []


def test_1_0_3_part3_2_1_3_agent_is_actor_or_object_and_a_member_of_a_group(ledger: None) -> None:
    sent = [
        passed(actor=MENTOR),
        passed(object=MENTOR, context={}),
        passed(actor=TEAM),
        passed(object=TEAM, context={}),
    ]
    others = [passed(context={"instructor": MENTOR}), passed(context={"team": TEAM})]
    record(sent + others)
    assert ids(agent_key=MENTOR_KEY, ascending=True) == names(sent)


def test_1_0_3_part3_2_1_3_related_agents(ledger: None) -> None:
    """Actor, object, authority, instructor, team, and the same of a SubStatement."""
    related = [
        passed(actor=MENTOR),
        passed(context={"instructor": MENTOR}),
        passed(context={"team": TEAM}),
        passed(object={**SUB_STATEMENT, "actor": MENTOR}, context={}),
        passed(object={**SUB_STATEMENT, "object": MENTOR}, context={}),
        passed(object={**SUB_STATEMENT, "context": {"instructor": MENTOR}}, context={}),
    ]
    record([*related, passed()])
    assert ids(agent_key=MENTOR_KEY, related_agents=True, ascending=True) == names(related)
    api.ensure_authority("mentor", agent=MENTOR, trust=api.Trust.CLIENT_REPORTED)
    api.ensure_authority("pair", agent={"objectType": "Group", "member": [MENTOR, TEAM["member"][1]]}, trust=0)
    own, shared = passed(), passed()
    record(own, authority="mentor")
    record(shared, authority="pair")
    assert ids(agent_key=MENTOR_KEY, related_agents=True, ascending=True) == names([*related, own, shared])
    assert own["id"] not in ids(agent_key=MENTOR_KEY)
    assert ids(agent_key=MENTOR_KEY, related_agents=True, activity=QUIZ, verb=api.Verb.PASSED)[0] == shared["id"]


def test_2_0_4_2_5_3_context_agents_and_groups_are_related(ledger: None) -> None:
    sent = [
        passed(context={"contextAgents": [{"objectType": "contextAgent", "agent": MENTOR}]}),
        passed(context={"contextGroups": [{"objectType": "contextGroup", "group": TEAM}]}),
    ]
    with transaction.atomic():
        parsed = [parse(encode(each), Version.V2) for each in sent]
        done = store_parsed(parsed, authority="site", received_at=RECEIVED)
    assert ids(agent_key=MENTOR_KEY, related_agents=True, ascending=True) == names(sent)
    assert ids(agent_key=MENTOR_KEY) == []
    assert [each.statement["version"] for each in done] == ["2.0.0", "2.0.0"]


def test_1_0_3_part3_2_1_3_related_activities(ledger: None) -> None:
    wanted = f"{HOME}/wanted"
    related = [
        passed(object={"id": wanted}),
        *(passed(context={"contextActivities": {name: [{"id": wanted}]}}) for name in ("parent", "grouping")),
        *(passed(context={"contextActivities": {name: {"id": wanted}}}) for name in ("category", "other")),
        passed(object={**SUB_STATEMENT, "object": {"id": wanted}}, context={}),
        passed(object={**SUB_STATEMENT, "context": {"contextActivities": {"other": {"id": wanted}}}}, context={}),
    ]
    record([*related, passed()])
    assert ids(activity=wanted, related_activities=True, ascending=True) == names(related)
    assert ids(activity=wanted) == [related[0]["id"]]


def test_one_statement_in_several_roles_is_found_once(ledger: None) -> None:
    both = passed(object={"id": COURSE}, actor=TEAM, context={"instructor": MENTOR})
    both["context"]["contextActivities"] = {"parent": [{"id": COURSE}], "grouping": [{"id": COURSE}]}
    record(both)
    assert ids(activity=COURSE, related_activities=True) == [both["id"]]
    assert ids(agent_key=MENTOR_KEY, related_agents=True) == [both["id"]]


# -- voided statements -------------------------------------------------------


def test_1_0_3_part3_2_1_4_voided_statements_are_left_out_and_voidings_are_not(ledger: None) -> None:
    target, other = passed(), passed()
    void, note = voiding(target["id"]), reference(target["id"])
    record([target, other, void, note])
    assert ids() == names([note, void, other])
    # What refers to a voided statement still meets the conditions that the voided one meets.
    assert ids(activity=QUIZ) == names([note, void, other])
    assert ids(verb=api.Verb.VOIDED) == [void["id"]]
    assert one(UUID(target["id"])) is None
    assert one(UUID(void["id"])) is not None
    found = one(UUID(target["id"]), voided=True)
    assert found is not None
    assert str(found.statement_id) == target["id"]
    assert one(UUID(other["id"]), voided=True) is None
    assert one(UUID(void["id"]), voided=True) is None
    assert one(uuid4()) is one(uuid4(), voided=True) is None


def test_many_voided_statements_do_not_shorten_a_page(ledger: None) -> None:
    kept = [passed() for _ in range(3)]
    voided = [passed() for _ in range(12)]
    record([*kept, *voided])
    record([voiding(each["id"], verb={"id": api.Verb.VOIDED}) for each in voided])
    assert names(kept)[::-1] == [id_ for id_ in ids(activity=QUIZ, verb=api.Verb.PASSED) if id_ in names(kept)]
    assert not set(names(voided)) & set(ids(activity=QUIZ))


@pytest.mark.parametrize("first", ["target", "voiding", "one batch"])
def test_a_voiding_of_lower_trust_never_takes_force(ledger: None, heard: list[list[api.Recorded]], first: str) -> None:
    """What the server graded is not taken back by what a browser says, whichever comes first."""
    target = passed()
    void = voiding(target["id"])
    if first == "target":
        record(target, authority="site")
        record(void, authority="browser")
    else:
        record(void, authority="browser")
        record(target, authority="site")
    fact = api.get(UUID(target["id"]))
    assert fact is not None
    assert not fact.voided
    assert not api.is_voided(fact.statement_id)
    assert [done.voided for call in heard for done in call] == [False, False]
    assert ids(agent_key=LEARNER_KEY) == (names([void, target]) if first == "target" else names([target, void]))
    # The same, by somebody who is trusted as much, is in force.
    record(voiding(target["id"]), authority="site")
    assert api.is_voided(fact.statement_id)


def test_an_equal_or_higher_trust_voids_what_is_trusted_less(ledger: None) -> None:
    target = passed()
    record(target, authority="browser")
    record(voiding(target["id"]), authority="site")
    assert api.is_voided(UUID(target["id"]))
    assert ids(agent_key=LEARNER_KEY, verb=api.Verb.PASSED) != [target["id"]]


# -- StatementRefs -----------------------------------------------------------


def chain(length: int, **first: Any) -> list[dict[str, Any]]:
    """A statement, a comment on it, a comment on the comment …"""
    found = [passed(**first)]
    for _ in range(length):
        found.append(reference(found[-1]["id"]))
    return found


@pytest.mark.parametrize("order", ["as made", "reversed", "middle last", "one batch", "one batch, reversed"])
def test_1_0_3_part3_2_1_3_filters_follow_references_in_any_order_of_arrival(ledger: None, order: str) -> None:
    registration = str(uuid4())
    sent = chain(3, context={"registration": registration, "instructor": MENTOR, "contextActivities": {}})
    sent[0]["context"]["contextActivities"]["parent"] = [{"id": COURSE}]
    other = passed(object={"id": f"{QUIZ}/other"}, actor={"mbox": "mailto:other@example.vn"}, context={})
    record(other)
    match order:
        case "as made":
            for each in sent:
                record(each)
        case "reversed":
            for each in reversed(sent):
                record(each)
        case "middle last":
            for each in (sent[3], sent[0], sent[2], sent[1]):
                record(each)
        case "one batch":
            record(sent)
        case _:
            record(sent[::-1])
    everything = set(names(sent))
    assert set(ids(activity=QUIZ)) == everything
    assert set(ids(agent_key=LEARNER_KEY)) == everything
    assert set(ids(registration=UUID(registration))) == everything
    assert set(ids(verb=api.Verb.PASSED)) == {*everything, other["id"]}
    assert set(ids(activity=COURSE, related_activities=True)) == everything
    assert set(ids(agent_key=MENTOR_KEY, related_agents=True)) == everything
    assert ids(activity=COURSE) == ids(agent_key=MENTOR_KEY) == []
    # Each condition may be met by another statement of the chain.
    assert set(ids(verb=COMMENTED, activity=QUIZ)) == set(names(sent[1:]))
    assert set(ids(verb=COMMENTED, agent_key=LEARNER_KEY, registration=UUID(registration))) == set(names(sent[1:]))


def test_1_0_3_part3_2_1_3_since_and_until_do_not_follow_references(ledger: None) -> None:
    [target] = record(passed())
    [note] = record(reference(str(target.statement_id)))
    assert ids(activity=QUIZ, until=target.stored) == [str(target.statement_id)]
    assert ids(activity=QUIZ, since=target.stored) == [str(note.statement_id)]


def test_the_authority_of_what_is_referred_to_is_related(ledger: None) -> None:
    target = passed()
    note = reference(target["id"])
    record(target, authority="browser")
    record(note, authority="site")
    key = api.account_key(HOME, "browser")
    assert ids(agent_key=key, related_agents=True) == names([note, target])
    assert ids(agent_key=key, related_agents=True, authority="site") == []


def test_only_the_object_refers(ledger: None) -> None:
    """A statement in the context is no reference in this sense, nor is one inside a SubStatement."""
    target = passed()
    ref = {"objectType": "StatementRef", "id": target["id"]}
    context = voiding(str(uuid4()), verb={"id": COMMENTED}, context={"statement": ref})
    inside = passed(object={**SUB_STATEMENT, "object": ref}, context={}, actor=MENTOR)
    record([target, context, inside])
    assert ids(activity=QUIZ) == [target["id"]]


def test_statements_that_refer_in_a_circle(ledger: None) -> None:
    one_, two = reference(str(uuid4())), reference(str(uuid4()), actor=MENTOR)
    one_["object"]["id"], two["object"]["id"] = two["id"], one_["id"]
    self_ = reference(str(uuid4()))
    self_["object"]["id"] = self_["id"]
    record([one_, self_])
    record(two)
    assert set(ids(agent_key=MENTOR_KEY)) == {one_["id"], two["id"]}
    assert set(ids(verb=COMMENTED)) == {one_["id"], two["id"], self_["id"]}


def test_a_long_chain_costs_no_more_than_its_first_twenty(ledger: None) -> None:
    sent = chain(30)
    for each in sent:
        record(each)
    found = ids(activity=QUIZ)
    assert len(found) == 21
    assert set(found) == set(names(sent[:21]))


def test_a_reference_that_comes_again_changes_nothing(ledger: None) -> None:
    sent = chain(1)
    record(sent)
    record(sent[::-1])
    assert ids(activity=QUIZ) == names(sent)[::-1]


# -- mine --------------------------------------------------------------------


def test_a_reader_of_its_own_sees_no_other_authority_by_any_filter(ledger: None) -> None:
    registration = str(uuid4())
    context = {"registration": registration, "instructor": MENTOR}
    theirs = passed(context=context)
    note_on_theirs = reference(theirs["id"])
    note_on_note = reference(note_on_theirs["id"])
    mine = passed(verb={"id": "http://example.vn/verbs/read"}, object={"id": COURSE}, actor=TEAM, context={})
    note_on_mine = reference(mine["id"])
    record([theirs, reference(theirs["id"])], authority="site")
    record([note_on_theirs, note_on_note, mine, note_on_mine], authority="browser")
    assert ids(authority="browser", ascending=True) == names([note_on_theirs, note_on_note, mine, note_on_mine])
    for filter in (
        {"activity": QUIZ},
        {"activity": QUIZ, "related_activities": True},
        {"agent_key": LEARNER_KEY},
        {"agent_key": LEARNER_KEY, "related_agents": True},
        {"registration": UUID(registration)},
        {"verb": api.Verb.PASSED},
    ):
        assert len(ids(**filter)) >= 3, filter
        assert ids(**filter, authority="browser") == [], filter
    # Its own references are found by what its own statements say.
    assert ids(activity=COURSE, authority="browser") == names([note_on_mine, mine])
    assert ids(agent_key=MENTOR_KEY, authority="browser") == names([note_on_mine, mine])
    assert ids(verb=COMMENTED, authority="browser") == names([note_on_mine, note_on_note, note_on_theirs])
    assert ids(authority="nobody") == []
    assert one(UUID(theirs["id"]), authority="browser") is None
    assert one(UUID(mine["id"]), authority="browser") is not None
    assert one(UUID(mine["id"]), authority="nobody") is None


def test_own_statements_behind_somebody_elses_are_not_found_through_them(ledger: None) -> None:
    """Mine refers to theirs, which refers to mine: only by reading theirs could one know."""
    mine = passed()
    theirs = reference(mine["id"])
    note = reference(theirs["id"])
    for order in ((mine, theirs, note),):
        for each in order:
            record(each, authority="site" if each is theirs else "browser")
    assert ids(activity=QUIZ) == names([note, theirs, mine])
    assert ids(activity=QUIZ, authority="browser") == [mine["id"]]


# -- cost --------------------------------------------------------------------

FILTERS: list[dict[str, Any]] = [
    {},
    {"verb": api.Verb.PASSED},
    {"activity": QUIZ},
    {"activity": COURSE, "related_activities": True},
    {"agent_key": LEARNER_KEY},
    {"agent_key": LEARNER_KEY, "related_agents": True},
    {"registration": UUID("ec531277-b57b-4c15-8d91-d292c5b2b8f7")},
    {"since": RECEIVED, "until": RECEIVED + timedelta(days=4000)},
    {"authority": "site"},
    {"authority": "site", "activity": QUIZ, "verb": api.Verb.PASSED, "agent_key": LEARNER_KEY},
]


@pytest.mark.parametrize(("rare", "listed"), [(1000, 30_000), (0, 30_000), (0, 0), (2, 3)])
def test_how_conditions_are_joined_changes_nothing_that_is_found(
    ledger: None, monkeypatch: pytest.MonkeyPatch, rare: int, listed: int
) -> None:
    """The rarest leads and the others are asked of its rows, or compared as lists where none is rare."""
    monkeypatch.setattr(query, "_COUNTED", rare)
    monkeypatch.setattr(query, "_LISTED", listed)
    other = {"verb": {"id": "http://example.vn/verbs/read"}}
    both = [passed(actor=MENTOR, **other), passed(actor=MENTOR, **other), passed(actor=MENTOR, **other)]
    note = reference(both[0]["id"])
    record([passed(actor=MENTOR), *both, passed(**other), note, passed(object={"id": COURSE}, **other)])
    record(voiding(both[1]["id"]))
    found = [both[0]["id"], both[2]["id"], note["id"]]
    wanted = {"agent_key": MENTOR_KEY, "verb": other["verb"]["id"], "activity": COURSE, "related_activities": True}
    assert set(ids(**wanted)) - {ids(verb=api.Verb.VOIDED)[0]} == set(found)
    assert ids(**wanted, authority="site", ascending=True) == ids(**wanted, authority="site")[::-1]
    assert ids(**wanted, authority="browser") == []


@for_each("ascending", [False, True])
@for_each("filter", FILTERS, ids=lambda filter: "+".join(filter) or "none")
def test_every_page_is_ranges_of_indexes(ledger: None, filter: dict[str, Any], ascending: bool) -> None:
    target = passed(context={"registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f7"})
    record([target, passed(), reference(target["id"]), voiding(str(uuid4()))])
    with CaptureQueriesContext(connection) as queries:
        page(Filter(**filter, ascending=ascending))
    assert len(queries) <= 2 + 3 * len(filter)
    for asked in queries.captured_queries:
        assert table_scans(asked["sql"]) == [], asked["sql"]
