"""What a stored statement looks like, what is known about activities, attachments, and when the store is whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bdhvs_xapi import api
from bdhvs_xapi.models import Blob, Definition, Statement
from bdhvs_xapi.statements.validate import encode, parse
from bdhvs_xapi.statements.versions import Version
from bdhvs_xapi.store import blobs, definitions, formats, order
from bdhvs_xapi.store.bodies import body
from bdhvs_xapi.store.consistency import consistent_through
from bdhvs_xapi.store.definitions import Kind, canonical_activity
from tests.bdhvs_xapi.support import (
    COURSE,
    FULL,
    HOME,
    QUIZ,
    RECEIVED,
    SUB_STATEMENT,
    changed,
    passed,
    store_parsed,
    voiding,
)
from tests.bdhvs_xapi.test_record import record
from tests.support.loops import for_each

pytestmark = pytest.mark.database

AUTHORITY = b'{"mbox":"mailto:site@example.vn"}'
STORED = datetime(2025, 11, 15, 3, 0, 0, 123_456, tzinfo=UTC)
SHA2 = FULL["attachments"][0]["sha2"]


def store(*statements: dict[str, Any], define: bool = False, **options: Any) -> list[api.Recorded]:
    with transaction.atomic():
        return store_parsed(
            [parse(encode(each), Version.V1) for each in statements],
            authority=options.pop("authority", "site"),
            received_at=RECEIVED,
            define=define,
            **options,
        )


# -- bodies ------------------------------------------------------------------


@pytest.mark.parametrize(("version", "written"), [(Version.V1, "1.0.0"), (Version.V2, "2.0.0"), (None, "1.0.0")])
def test_1_0_3_part2_2_4_7_to_2_4_10_what_the_store_sets(version: Version | None, written: str) -> None:
    raw = b'{ "actor" : {"mbox":"mailto:a@example.vn"},\n"verb":{"id":"a:b"},"object":{"id":"a:c"} } \n'
    stored = body(parse(raw, version), authority=AUTHORITY, stored=STORED)
    assert stored == raw.rstrip()[:-1].rstrip() + (
        b',"stored":"2025-11-15T03:00:00.123456Z","timestamp":"2025-11-15T03:00:00.123456Z","version":"%s",'
        b'"authority":{"mbox":"mailto:site@example.vn"}}' % written.encode()
    )
    assert parse(stored, version)


def test_1_0_3_part2_2_3_1_every_byte_that_came_is_kept() -> None:
    """Numbers keep their digits, text its escapes, properties their order."""
    raw = (
        b'{"version":"1.0.2","timestamp":"2025-11-15T01:30:00.10Z","verb":{"id":"a:b"},"object":{"id":"a:c"},'
        b'"result":{"score":{"raw":1.50,"max":1e2},"response":"\\u0041\\/","extensions":{"a:d":[1E400,0.10,-0]}},'
        b'"actor":{"mbox":"mailto:a@example.vn"}}'
    )
    stored = body(parse(raw, Version.V1), authority=AUTHORITY, stored=STORED)
    assert stored.startswith(raw[:-1] + b',"stored":')
    assert b'"version":"1.0.0"' not in stored


def test_1_0_3_part2_4_1_numbers_that_no_float_holds(ledger: None) -> None:
    """In an extension: stored, compared, referred to, defined and read."""
    definition = {"extensions": {"a:b": Decimal("1E+400")}}
    sent = passed(object={"id": QUIZ, "definition": definition}, result={"extensions": {"a:b": Decimal("1E+400")}})
    [done] = store(sent, define=True)
    assert [each.new for each in store(sent, voiding(sent["id"]))] == [False, True]
    assert b"1E+400" in done.body
    assert done.statement["result"]["extensions"] == {"a:b": float("inf")}
    assert Definition.objects.get().content == '{"extensions":{"a:b":1E+400}}'
    with pytest.raises(api.StatementConflict):
        store({**sent, "result": {"extensions": {"a:b": Decimal("1E+401")}}})


def test_what_a_client_says_of_itself_is_replaced() -> None:
    """2.4.8, 2.4.9: stored and authority are the store's."""
    sent = passed(stored="2001-01-01T00:00:00Z", authority={"mbox": "mailto:liar@example.vn"}, version="1.0.1")
    stored = body(parse(encode(sent)), authority=AUTHORITY, stored=STORED)
    assert b"liar" not in stored and b"2001" not in stored
    assert stored.count(b'"stored"') == stored.count(b'"authority"') == stored.count(b'"version"') == 1
    assert msgspec.json.decode(stored) == {
        **sent,
        "timestamp": "2025-11-15T01:30:00.000Z",
        "stored": "2025-11-15T03:00:00.123456Z",
        "authority": {"mbox": "mailto:site@example.vn"},
    }


def test_1_0_3_part2_2_4_6_2_a_lone_activity_stands_in_a_list_and_nothing_else_changes() -> None:
    raw = (
        b'{"actor":{"mbox":"mailto:a@example.vn"},"verb":{"id":"a:b"},"timestamp":"2025-11-15T08:30:00Z",'
        b'"object":{"objectType":"SubStatement","actor":{"mbox":"mailto:b@example.vn"},"verb":{"id":"a:b"},'
        b'"object":{"id":"a:c"},"context":{"contextActivities":{"other": {"id":"a:d"}},"extensions":{"a:x":1e2}}},'
        b'"context":{"extensions":{"a:x":1.0},"contextActivities":{"parent":{"id":"a:e"},"grouping":[ ]}}}'
    )
    stored = body(parse(raw, Version.V1), authority=AUTHORITY, stored=STORED)
    assert b'"contextActivities":{"other":[{"id":"a:d"}]},"extensions":{"a:x":1e2}' in stored
    assert b'"extensions":{"a:x":1.0},"contextActivities":{"parent":[{"id":"a:e"}],"grouping":[ ]}' in stored
    assert parse(stored, Version.V1).lone_activities is False


def test_1_0_3_part2_2_4_1_a_statement_without_id_gets_one(ledger: None) -> None:
    bare = {name: passed()[name] for name in ("actor", "verb", "object")}
    one, two = store(bare, bare)
    assert one.statement_id != two.statement_id
    assert (one.statement_id.version, one.statement["id"]) == (4, str(one.statement_id))
    assert one.occurred_at == RECEIVED
    assert one.statement["timestamp"] == one.statement["stored"]


def test_the_same_again_with_store_parsed(ledger: None, heard: list[list[api.Recorded]]) -> None:
    sent = passed()
    assert [done.new for done in store(sent)] == [True]
    assert [done.new for done in store(sent, passed())] == [False, True]
    with pytest.raises(api.StatementConflict):
        store({**sent, "verb": {"id": "a:b"}})
    assert [len(call) for call in heard] == [1, 1]


# -- the order ---------------------------------------------------------------


def test_seq_is_the_time_of_storing(ledger: None) -> None:
    done = record([passed() for _ in range(3)])
    [later] = record(passed())
    assert [order.stored_at(each.seq) for each in done] == [each.stored for each in done]
    assert [each.seq - done[0].seq for each in done] == [0, order.SLOTS, 2 * order.SLOTS]
    assert later.seq > done[-1].seq
    for each in [*done, later]:
        assert order.not_after(each.stored - timedelta(microseconds=1)) < each.seq <= order.not_after(each.stored)
        assert order.after(each.stored - timedelta(microseconds=1)) <= each.seq < order.after(each.stored)
        assert Statement.objects.get(seq=each.seq).stored == each.stored


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=7))])
def test_a_clock_that_was_put_back_does_not_reverse_the_order(zone: Any) -> None:
    """SQLite: one writer, who goes on above the highest number."""
    ahead = order.microseconds(datetime.now(zone) + timedelta(days=1)) * order.SLOTS + 5
    assert order.first(ahead, 0) == (ahead // order.SLOTS + 1) * order.SLOTS
    assert order.first(None, 0) % order.SLOTS == 0
    # PostgreSQL: its own clock, and a slot.
    assert order.first(datetime(2025, 11, 15, 10, tzinfo=zone), 7) % order.SLOTS == 7


# -- up to when the store is whole -------------------------------------------


def test_1_0_3_part3_2_1_consistent_through_is_now_when_nobody_writes(ledger: None) -> None:
    before = consistent_through()
    [done] = record(passed())
    assert before < done.stored <= datetime.now(UTC)
    if connection.vendor == "sqlite":
        # On PostgreSQL this transaction is the writer that has not ended.
        assert consistent_through() >= done.stored


@pytest.mark.django_db(transaction=True)
def test_1_0_3_part3_2_1_consistent_through_outside_a_transaction() -> None:
    api.ensure_authority("site", agent=api.account_actor(HOME, "site"), trust=1)
    begun = datetime.now(UTC)
    empty = consistent_through()
    [done] = record(passed())
    after = consistent_through()
    assert empty < done.stored <= after <= datetime.now(UTC)
    assert begun - timedelta(seconds=1) <= empty
    assert not connection.in_atomic_block


# -- definitions -------------------------------------------------------------

DEFINITION = {"name": {"vi": "Bài kiểm tra"}, "type": "http://adlnet.gov/expapi/activities/assessment"}


def activity(**definition: Any) -> dict[str, Any]:
    return {"id": QUIZ, "definition": definition}


def test_1_0_3_part2_2_4_4_1_definitions_are_merged(ledger: None) -> None:
    assert canonical_activity(QUIZ) is None
    store(passed(object=activity(**DEFINITION)), define=True)
    store(
        passed(object=activity(name={"en": "Test", "vi": "Bài thi"}, extensions={"a:b": 1}, type="a:type")),
        passed(object={"id": QUIZ}),
        define=True,
    )
    assert canonical_activity(QUIZ) == {
        "objectType": "Activity",
        "id": QUIZ,
        "definition": {"name": {"vi": "Bài thi", "en": "Test"}, "type": "a:type", "extensions": {"a:b": 1}},
    }


def test_definitions_come_from_every_place_of_a_statement(ledger: None) -> None:
    def named(iri: str) -> dict[str, Any]:
        return {"id": iri, "definition": {"name": {"vi": iri}}}

    inner = {
        **SUB_STATEMENT,
        "verb": {"id": "a:verb2", "display": {"vi": "không ai hỏi"}},
        "object": named("a:sub"),
        "context": {"contextActivities": {"other": [named("a:sub-other")]}},
    }
    context = {"contextActivities": {"parent": named("a:parent"), "grouping": [named("a:grouping")]}}
    store(passed(object=inner, context=context, verb={"id": "a:verb", "display": {"vi": "một"}}), define=True)
    for iri in ("a:sub", "a:sub-other", "a:parent", "a:grouping"):
        found = canonical_activity(iri)
        assert found is not None
        assert found["definition"] == {"name": {"vi": iri}}
    assert definitions.definitions(Kind.VERB, ["a:verb", "a:verb2", "a:parent"]) == {"a:verb": {"vi": "một"}}
    assert canonical_activity("a:verb") is None


def test_who_may_not_define_defines_nothing(ledger: None) -> None:
    store(passed(object=activity(**DEFINITION)), authority="browser")
    assert canonical_activity(QUIZ) is None
    store(passed(object=activity(name={"vi": "Của máy chủ"})), authority="site")
    store(passed(object=activity(name={"vi": "Bịa"})), authority="browser")
    found = canonical_activity(QUIZ)
    assert found is not None
    assert found["definition"] == {"name": {"vi": "Của máy chủ"}}
    assert Definition.objects.count() == 0


def test_what_nobody_stored_is_gathered_from_the_newest_statements(ledger: None) -> None:
    record(passed(object=activity(name={"vi": "Cũ", "en": "Old"})))
    record(passed(object=activity(name={"vi": "Mới"})))
    context = {"contextActivities": {"parent": [{"id": COURSE, "definition": {"name": {"vi": "Khóa"}}}]}}
    record(passed(context=context))
    found = canonical_activity(QUIZ)
    assert found is not None
    assert found["definition"] == {"name": {"vi": "Mới", "en": "Old"}}
    assert (canonical_activity(COURSE) or {})["definition"] == {"name": {"vi": "Khóa"}}
    assert canonical_activity("a:unknown") is None


def test_an_act_of_ours_writes_no_definition(ledger: None) -> None:
    record(passed(object=activity(**DEFINITION)))
    assert Definition.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_what_was_merged_is_not_asked_again(django_assert_num_queries: Any) -> None:
    api.ensure_authority("site", agent=api.account_actor(HOME, "site"), trust=1)
    lock = connection.vendor == "postgresql"

    def batch() -> list[dict[str, Any]]:
        return [passed(object=activity(**DEFINITION)) for _ in range(5)]

    # After the first: as any batch, in a transaction of its own (two), whether somebody named was erased, and the
    # numbers of what is defined.
    definitions._memory.clear()
    store(*batch(), define=True)
    with django_assert_num_queries(2 + 4 + 1 + lock + 1):
        store(*batch(), define=True)
    assert len(definitions._memory) == 1
    # A transaction that is undone has defined nothing.
    definitions._memory.clear()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        store(*batch(), define=True)
        raise ZeroDivisionError
    assert len(definitions._memory) == 0


@pytest.mark.django_db(transaction=True)
def test_a_name_that_is_taken_back_is_taken_back() -> None:
    """What was merged before something else was is merged again when it comes again; and languages do not alternate."""
    api.ensure_authority("site", agent=api.account_actor(HOME, "site"), trust=1)

    def name(**texts: str) -> dict[str, str]:
        store(passed(object=activity(name=texts)), define=True)
        found: dict[str, str] = (canonical_activity(QUIZ) or {})["definition"]["name"]
        return found

    assert name(vi="Cũ") == {"vi": "Cũ"}
    assert name(vi="Mới") == {"vi": "Mới"}
    assert name(vi="Cũ") == {"vi": "Cũ"}
    assert name(en="Old") == {"vi": "Cũ", "en": "Old"}
    assert name(vi="Cũ") == {"vi": "Cũ", "en": "Old"}
    with CaptureQueriesContext(connection) as queries:
        name(en="Old")
    assert not [query for query in queries.captured_queries if "FOR UPDATE" in query["sql"]]
    assert not [query for query in queries.captured_queries if 'INTO "bdhvs_xapi_definition"' in query["sql"]]


# -- attachments -------------------------------------------------------------


def test_1_0_3_part2_2_4_11_bytes_are_kept_once(ledger: None) -> None:
    sent = [passed(attachments=FULL["attachments"]), passed(attachments=FULL["attachments"])]
    store(sent[0], blobs={SHA2.upper(): b"%PDF"})
    store(sent[1], blobs={SHA2: b"%PDF"})
    assert blobs.get(SHA2) == blobs.get(SHA2.upper()) == b"%PDF"
    assert blobs.get("ab" * 32) is None
    assert blobs.known([SHA2.upper(), "ab" * 32]) == {SHA2}
    assert Blob.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_refused_batch_leaves_no_bytes() -> None:
    api.ensure_authority("site", agent=api.account_actor(HOME, "site"), trust=1)
    sent = passed()
    store(sent)
    with pytest.raises(api.StatementConflict):
        store({**sent, "verb": {"id": "a:b"}}, blobs={SHA2: b"%PDF"})
    assert Blob.objects.count() == 0


# -- formats -----------------------------------------------------------------


def test_1_0_3_part3_2_1_3_format_ids() -> None:
    """Agents, groups, activities and verbs with no more than identifies them; an anonymous group by its members."""
    statement = changed(FULL, "context.instructor", {"openid": HOME, "name": "Cô An", "objectType": "Agent"})
    found = msgspec.json.decode(formats.ids(encode(statement)))
    assert found["actor"] == {"objectType": "Group", "account": {"homePage": HOME, "name": "g1"}}
    assert found["verb"] == {"id": FULL["verb"]["id"]}
    assert found["object"] == {"objectType": "Activity", "id": QUIZ}
    assert found["context"]["instructor"] == {"openid": HOME}
    assert found["context"]["team"] == FULL["context"]["team"]
    assert found["authority"] == {name: value for name, value in FULL["authority"].items() if name != "objectType"}
    for name in ("result", "timestamp", "stored", "version", "attachments", "id"):
        assert found[name] == FULL[name]
    for name in ("registration", "revision", "platform", "language", "statement", "extensions"):
        assert found["context"][name] == FULL["context"][name]
    anonymous = {"objectType": "Group", "name": "Tổ", "member": [{"name": "An", "mbox": "mailto:a@example.vn"}]}
    inner = {**SUB_STATEMENT, "actor": anonymous, "object": activity(**DEFINITION), "context": {}}
    inner["context"]["contextActivities"] = {"parent": [activity(**DEFINITION)]}
    found = msgspec.json.decode(formats.ids(encode(passed(object=inner, context={}, actor=anonymous))))
    members = {"objectType": "Group", "member": [{"mbox": "mailto:a@example.vn"}]}
    assert found["actor"] == found["object"]["actor"] == members
    assert found["object"]["object"] == {"id": QUIZ}
    assert found["object"]["context"] == {"contextActivities": {"parent": [{"id": QUIZ}]}}
    person = {"objectType": "Agent", "name": "An", "mbox": "mailto:a@example.vn"}
    who = {"contextAgents": [{"objectType": "contextAgent", "agent": person}]}
    found = msgspec.json.decode(formats.ids(encode(passed(object=person, context=who))))
    assert found["object"] == {"objectType": "Agent", "mbox": "mailto:a@example.vn"}
    assert found["context"]["contextAgents"][0]["agent"] == {"mbox": "mailto:a@example.vn"}


def test_1_0_3_part3_2_1_3_format_canonical(ledger: None) -> None:
    """Definitions and displays of the store, each text in one language; statements themselves are not changed."""
    store(
        passed(
            verb={"id": api.Verb.PASSED, "display": {"vi": "đạt", "en": "passed"}},
            object=activity(
                name={"vi": "Bài", "en-GB": "Test", "fr": "Épreuve"},
                description={"vi": "Mô tả"},
                interactionType="choice",
                choices=[{"id": "a", "description": {"vi": "Một", "en": "One"}}, {"id": "b"}],
            ),
        ),
        define=True,
    )
    context = {"contextActivities": {"other": [{"id": QUIZ}], "parent": [{"id": "a:unknown"}]}}
    own = {"id": "a:own", "definition": {"name": {"en": "Own", "vi": "Riêng"}}}
    bodies = [encode(passed(context=context)), encode(passed(object=own))]
    first, second = (msgspec.json.decode(each) for each in formats.canonical_all(bodies, ["en", "vi"]))
    definition = {
        "name": {"en-GB": "Test"},
        "description": {"vi": "Mô tả"},
        "interactionType": "choice",
        "choices": [{"id": "a", "description": {"en": "One"}}, {"id": "b"}],
    }
    assert first["verb"] == {"id": api.Verb.PASSED, "display": {"en": "passed"}}
    assert first["object"]["definition"] == definition
    assert first["context"]["contextActivities"]["other"][0]["definition"] == definition
    assert first["context"]["contextActivities"]["parent"] == [{"id": "a:unknown"}]
    assert second["object"] == {"id": "a:own", "definition": {"name": {"en": "Own"}}}
    plain = formats.canonical_all(bodies, ["en"], gathered=False)
    assert "definition" not in msgspec.json.decode(plain[0])["object"]


@for_each(
    ("languages", "tag"),
    [
        (["vi"], "vi"),
        (["VI-VN"], "vi"),
        (["en"], "en-GB"),
        (["en-US"], "en-GB"),
        (["de", "fr"], "fr-CA"),
        (["de"], "vi"),
        ([], "vi"),
        (["*"], "vi"),
        (["zh-Hant-TW"], "zh-Hant"),
    ],
)
def test_the_language_that_comes_nearest(languages: list[str], tag: str) -> None:
    texts = {"vi": "1", "en-GB": "2", "fr-CA": "3", "zh-Hant": "4"}
    assert formats.one_language(texts, languages) == {tag: texts[tag]}


def test_canonical_asks_once_for_all_bodies(ledger: None) -> None:
    store(*(passed(object={"id": f"a:{each}", "definition": DEFINITION}) for each in range(5)), define=True)
    bodies = [encode(passed(object={"id": f"a:{each}"}, context={})) for each in range(5)]
    with CaptureQueriesContext(connection) as queries:
        formats.canonical_all(bodies, ["vi"])
    assert len(queries) == 2
    assert formats.canonical(bodies[0], ["vi"]) == formats.canonical_all(bodies, ["vi"])[0]
