"""Requests that are small on the line and large in what follows from them: refused, or followed in bounded steps.

What is counted is rows and queries of one transaction: how long it holds the place of the writer. Times are in
benchmarks/lrs_own.py.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bdhvs_xapi import api
from bdhvs_xapi.lrs import limits
from bdhvs_xapi.models import Blob, Defining, Definition, Following, Statement, StatementAgent, StatementTerm
from bdhvs_xapi.store import definitions, documents, inheritance
from bdhvs_xapi.store.consistency import consistent_through
from bdhvs_xapi.store.order import stored_at
from tests.bdhvs_xapi.lrs.support import ACTIVITY, AGENT, HOME, Lrs, attachment, multipart, part, reference, statement
from tests.support.loops import for_each

pytestmark = pytest.mark.database


@pytest.fixture
def lrs(lrs2: Lrs) -> Lrs:
    """What follows from a request is the same in each version."""
    return lrs2


def others(count: int, mark: str = "a") -> dict[str, Any]:
    return {"contextActivities": {"other": [{"id": f"{HOME}/{mark}/{number}"} for number in range(count)]}}


def settled() -> None:
    """What a slow machine has not done within the request is done now."""
    api.catch_up(lambda: True)


def group(count: int, mark: str = "m") -> dict[str, Any]:
    return {"objectType": "Group", "member": [{"mbox": f"mailto:{mark}{number}@example.vn"} for number in range(count)]}


# --- What may be named ------------------------------------------------------------------------------------------------


@for_each(
    ("changes", "word"),
    [
        ({"context": others(200)}, "activities"),
        ({"actor": group(501)}, "agents"),
        ({"context": {"team": group(300), "instructor": group(300, "n")}}, "agents"),
        (
            {
                "object": {
                    "objectType": "SubStatement",
                    "actor": AGENT,
                    "verb": {"id": f"{HOME}/v"},
                    "object": {"id": ACTIVITY},
                    "context": others(200),
                }
            },
            "activities",
        ),
    ],
)
def test_a_statement_that_names_too_much_is_413_and_says_what(lrs: Lrs, changes: dict[str, Any], word: str) -> None:
    response = lrs.post("statements", [statement(), statement(**changes)])
    assert response.status_code == 413
    [problem] = response.json()["problems"]
    assert problem["path"] == "[1]" and word in problem["reason"]
    assert not Statement.objects.exists()


def test_as_much_as_is_allowed_is_stored(lrs: Lrs) -> None:
    lrs.send(statement(context=others(199), actor=group(498)))
    assert StatementTerm.objects.count() == 200


def test_the_statements_of_one_request_may_not_name_too_much_together(lrs: Lrs, settings: Any) -> None:
    settings.BDHVS_XAPI_MAX_NAMES = 100
    batch = [statement(context=others(20, str(number))) for number in range(5)]
    response = lrs.post("statements", batch)
    assert response.status_code == 413 and "100" in response.json()["error"]
    assert lrs.post("statements", batch[:4]).status_code == 200


def test_new_names_are_numbered_before_the_transaction_that_stores(lrs: Lrs) -> None:
    """How many names are new is up to the sender: the place of the writer is not held while they are written."""
    with CaptureQueriesContext(connection) as queries:
        lrs.send(statement(actor=group(400)))
    inserts = [query["sql"] for query in queries if query["sql"].startswith('INSERT INTO "bdhvs_xapi_agent"')]
    stored = next(n for n, query in enumerate(queries) if 'INSERT INTO "bdhvs_xapi_statement"' in query["sql"])
    numbered = [n for n, query in enumerate(queries) if query["sql"].startswith('INSERT INTO "bdhvs_xapi_agent"')]
    assert len(inserts) >= 8 and max(numbered) < stored
    assert max(sql.count("mailto:") for sql in inserts) <= 50


def test_more_attachments_than_allowed_are_413(lrs: Lrs, settings: Any) -> None:
    settings.BDHVS_XAPI_MAX_ATTACHMENTS = 2
    pieces = [f"text {number}".encode() for number in range(3)]
    sent = statement(attachments=[attachment(piece) for piece in pieces])
    content_type, content = multipart(sent, *(part(piece) for piece in pieces))
    response = lrs.request("POST", "statements", None, content, content_type)
    assert response.status_code == 413 and "attachments" in response.json()["error"]


def test_attachments_larger_together_than_allowed_are_413_and_leave_nothing(lrs: Lrs, settings: Any) -> None:
    settings.BDHVS_XAPI_MAX_ATTACHMENT_BYTES = 1_000
    for size, status in ((501, 413), (500, 200)):
        pieces = [b"a" * size, b"b" * size]
        sent = statement(attachments=[attachment(piece) for piece in pieces])
        content_type, content = multipart(sent, *(part(piece) for piece in pieces))
        assert lrs.request("POST", "statements", None, content, content_type).status_code == status
        assert (Statement.objects.count(), Blob.objects.count()) == ((0, 0) if status == 413 else (1, 2))


def test_a_document_larger_than_allowed_is_413_and_what_merging_would_leave_too(lrs: Lrs, settings: Any) -> None:
    settings.BDHVS_XAPI_MAX_DOCUMENT = 1000
    where = {"activityId": ACTIVITY, "agent": AGENT, "stateId": "s"}
    assert lrs.post("activities/state", {"a": "x" * 1000}, **where).status_code == 413
    assert lrs.post("activities/state", {"a": "x" * 600}, **where).status_code == 204
    assert lrs.post("activities/state", {"b": "x" * 600}, **where).status_code == 413
    assert lrs.get("activities/state", **where).json() == {"a": "x" * 600}


def test_many_documents_are_deleted_some_at_a_time(lrs: Lrs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "_PIECE", 2)
    where = {"activityId": ACTIVITY, "agent": AGENT}
    for number in range(5):
        assert lrs.post("activities/state", {}, **where, stateId=str(number)).status_code == 204
    with CaptureQueriesContext(connection) as queries:
        assert lrs.delete("activities/state", **where).status_code == 204
    assert sum(query["sql"].startswith("DELETE") for query in queries) == 3
    assert lrs.get("activities/state", **where).json() == []


def test_large_documents_are_deleted_a_few_at_a_time(lrs: Lrs, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is deleted is overwritten: it is the bytes that take long."""
    monkeypatch.setattr(documents, "_BYTES", 2_500)
    where = {"activityId": ACTIVITY, "agent": AGENT}
    for number, size in enumerate((1_000, 1_000, 1_000, 9_000, 10, 10)):
        assert lrs.post("activities/state", {"x": "y" * size}, **where, stateId=str(number)).status_code == 204
    with CaptureQueriesContext(connection) as queries:
        assert lrs.delete("activities/state", **where).status_code == 204
    assert sum(query["sql"].startswith("DELETE") for query in queries) == 4
    assert lrs.get("activities/state", **where).json() == []


def test_the_statements_of_one_request_may_not_be_too_large_together(lrs: Lrs, settings: Any) -> None:
    settings.BDHVS_XAPI_MAX_BATCH_BYTES = 5_000
    batch = [statement(context={"extensions": {f"{HOME}/e": "x" * 1_000}}) for _ in range(5)]
    response = lrs.post("statements", batch)
    assert response.status_code == 413 and "5000" in response.json()["error"]
    assert not Statement.objects.exists()
    assert lrs.post("statements", batch[:3]).status_code == 200


# --- Quota ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("batch", "weight"),
    [
        ([statement()] * 1, 1),
        ([reference(str(uuid4()))], 10),
        ([statement(context=others(98))], 10),
    ],
)
def test_statements_of_a_credential_are_counted_by_what_they_cost(
    lrs: Lrs, settings: Any, batch: list[dict[str, Any]], weight: int
) -> None:
    settings.BDHVS_XAPI_STATEMENTS_PER_MINUTE = 3 * weight
    limits.statements.clear()
    for _ in range(3):
        assert lrs.post("statements", [{**each, "id": str(uuid4())} for each in batch]).status_code == 200
    response = lrs.post("statements", [{**each, "id": str(uuid4())} for each in batch])
    assert (response.status_code, int(response.headers["Retry-After"]) >= 1) == (429, True)
    assert Statement.objects.count() == 3


# --- References -------------------------------------------------------------------------------------------------------


def test_a_fan_of_references_takes_over_in_steps_of_a_bounded_size(lrs: Lrs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inheritance, "REFERENCES", 10)
    target = str(uuid4())
    for _ in range(3):
        lrs.send(*[reference(target) for _ in range(20)])
    with CaptureQueriesContext(connection) as queries:
        lrs.send(statement(id=target, context=others(150)))
        settled()
        texts = [query["sql"] for query in queries]
    assert lrs.listed(activity=f"{HOME}/a/7", related_activities="true", limit="200").count(target) == 1
    assert len(lrs.listed(activity=f"{HOME}/a/7", related_activities="true")) == 61
    assert len(lrs.listed(activity=ACTIVITY)) == 61
    assert not Following.objects.exists()
    # No statement between two commits writes more than a step may: ten references, 153 names each.
    written = [sql.count("), (") + 1 for sql in texts if "ON CONFLICT DO NOTHING" in sql]
    assert len(written) >= 18 and max(written) <= 500
    assert sum('UPDATE "bdhvs_xapi_following"' in sql for sql in texts) >= 6


def test_a_step_stops_at_its_number_of_rows_and_goes_on_where_it_stopped(
    lrs: Lrs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inheritance, "ROWS", 100)
    target = str(uuid4())
    lrs.send(*[reference(target) for _ in range(30)])
    lrs.send(statement(id=target, context=others(150)))
    settled()
    assert len(lrs.listed(activity=f"{HOME}/a/149", related_activities="true")) == 31
    assert not Following.objects.exists()


def test_what_one_reference_takes_over_has_a_limit_and_the_nearest_comes_first(
    lrs: Lrs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inheritance, "MAX_TAKEN", 20)
    far, near = statement(context=others(30, "far")), reference(str(uuid4()), context=others(10, "near"))
    near["object"]["id"] = far["id"]
    own = reference(near["id"])
    lrs.send(far, near, own)
    settled()
    assert own["id"] in lrs.listed(activity=f"{HOME}/near/9", related_activities="true")
    rows = StatementTerm.objects.filter(statement__statement_id=own["id"]).count()
    rows += StatementAgent.objects.filter(statement__statement_id=own["id"], role__gte=7).count()
    assert rows == 20


def test_a_long_chain_ends_and_is_followed_no_further_than_its_limit(lrs: Lrs) -> None:
    ids = [str(uuid4()) for _ in range(23)]
    lrs.send(*[reference(ids[number + 1], id=ids[number]) for number in range(22)])
    lrs.send(statement(id=ids[22], object={"id": f"{HOME}/end"}))
    settled()
    assert lrs.listed(activity=f"{HOME}/end", ascending="true") == ids[2:]
    assert not Following.objects.exists()


def test_a_circle_of_references_ends(lrs: Lrs) -> None:
    one, two, three = (str(uuid4()) for _ in range(3))
    lrs.send(reference(two, id=one), reference(three, id=two))
    lrs.send(reference(one, id=three, context=others(1)))
    settled()
    assert set(lrs.listed(activity=f"{HOME}/a/0", related_activities="true")) == {one, two, three}
    assert not Following.objects.exists()


def test_what_is_not_followed_yet_is_not_promised_and_the_next_request_follows_it(
    lrs: Lrs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a process that died between storing and following."""
    target = str(uuid4())
    lrs.send(*[reference(target) for _ in range(3)])
    whole = consistent_through()
    with monkeypatch.context() as patched:
        patched.setattr(inheritance, "step", lambda **_: False)
        lrs.send(statement(id=target))
        stored = Statement.objects.get(statement_id=target)
        assert Following.objects.get().since == stored.seq
        assert whole < stored_at(stored.seq)
        assert consistent_through() < stored_at(stored.seq)
    while Following.objects.exists():
        lrs.listed(activity=ACTIVITY)
    assert len(lrs.listed(activity=ACTIVITY)) == 4
    assert not Following.objects.exists()
    # On PostgreSQL the test's own transaction is a writer that is not done.
    assert inheritance.unfollowed_since(connection) is None
    assert connection.vendor == "postgresql" or consistent_through() >= stored_at(stored.seq)


def test_an_own_act_follows_its_references_in_its_transaction(ledger: None) -> None:
    """Nobody settles after `record()`: what is asked next must be found."""
    from django.db import transaction

    from bdhvs_xapi.store.query import Filter, page

    first, second = statement(), None
    second = reference(first["id"])
    with transaction.atomic():
        api.record([first, second], authority="site", received_at=api_now())
    assert len(page(Filter(activity=ACTIVITY)).rows) == 2
    assert not Following.objects.exists()


def api_now() -> Any:
    from tests.bdhvs_xapi.lrs.support import NOW

    return NOW


# --- Voiding, definitions, comparing ----------------------------------------------------------------------------------


def test_who_wrote_what_is_voided_is_asked_without_reading_bodies(lrs: Lrs) -> None:
    from tests.bdhvs_xapi.lrs.support import new_lrs, voiding

    writer = new_lrs("statements/write")
    sent = writer.send(*[statement(context={"extensions": {f"{HOME}/e": "x" * 50_000}}) for _ in range(3)])
    with CaptureQueriesContext(connection) as queries:
        writer.send(*[voiding(each) for each in sent])
    begun = next(n for n, query in enumerate(queries) if 'INSERT INTO "bdhvs_xapi_statement"' in query["sql"])
    after = [query["sql"] for query in list(queries)[begun + 1 :]]
    end = next((n for n, sql in enumerate(after) if "bdhvs_xapi_following" in sql and "SELECT" in sql), len(after))
    assert not [sql for sql in after[:end] if "s.body" in sql]


def defined(lrs: Lrs, count: int, mark: str = "d", words: str = "Bài") -> tuple[dict[str, Any], Any]:
    """A statement that defines so many activities, and what is known of them."""
    # A process remembers what it has seen defined, and another test has had these numbers.
    definitions._memory.clear()
    begin = f"{HOME}/{mark}{lrs.version}/"
    named = [{"id": f"{begin}{number}", "definition": {"name": {"vi": words}}} for number in range(count)]
    sent = statement(context={"contextActivities": {"other": named}})
    return sent, Definition.objects.filter(term__iri__startswith=begin)


def test_many_definitions_are_merged_some_at_a_time(lrs: Lrs) -> None:
    sent, found = defined(lrs, 120)
    with CaptureQueriesContext(connection) as queries:
        lrs.send(sent)
        settled()
        texts = [query["sql"] for query in queries]
    assert found.count() == 120 and not Defining.objects.exists()
    stored = next(n for n, sql in enumerate(texts) if 'INSERT INTO "bdhvs_xapi_statement"' in sql)
    noted = next(n for n, sql in enumerate(texts) if 'INSERT INTO "bdhvs_xapi_defining"' in sql)
    end = next(n for n, sql in enumerate(texts) if sql.startswith("RELEASE SAVEPOINT") and n > noted)
    written = [n for n, sql in enumerate(texts) if 'INSERT INTO "bdhvs_xapi_definition"' in sql]
    assert stored < noted < end < min(written), "the transaction that stores only notes them"
    assert [texts[n].count("'{}'") for n in written] == [50, 50, 21], "and the verb"


def test_large_definitions_are_merged_a_few_at_a_time(lrs: Lrs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(definitions, "_BYTES", 5_000)
    sent, found = defined(lrs, 12, "large", "x" * 1_000)
    with CaptureQueriesContext(connection) as queries:
        lrs.send(sent, statement(id=str(uuid4())))
        settled()
    written = [query["sql"] for query in queries if 'INSERT INTO "bdhvs_xapi_definition"' in query["sql"]]
    assert found.count() == 12 and len(written) == 3


def test_definitions_that_a_process_leaves_are_taken_over_by_the_next(
    lrs: Lrs, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, found = defined(lrs, 120, "left")
    steps = iter([True, False])
    step = definitions.define_step
    with monkeypatch.context() as patched:
        patched.setattr(definitions, "define_step", lambda **given: next(steps, False) and step(**given))
        lrs.send(sent)
        # The first of them is the verb.
        assert (found.count(), Defining.objects.get().done) == (49, 50)
    lrs.listed(activity=ACTIVITY)
    settled()
    assert found.count() == 120 and not Defining.objects.exists()


def test_a_definition_grows_no_further_than_its_limit(lrs: Lrs) -> None:
    """Everybody who names the activity waits for it to be read and written."""
    definitions._memory.clear()
    iri = f"{HOME}/grows{lrs.version}"

    def growing(number: int) -> dict[str, Any]:
        told = {"name": {"vi": f"Bài {number}"}, "extensions": {f"{HOME}/{number}": "x" * 20_000}}
        return statement(object={"id": iri, "definition": told})

    lrs.send(*[growing(number) for number in range(10)])
    settled()
    [kept] = Definition.objects.filter(term__iri=iri)
    assert len(kept.content.encode()) <= definitions.LARGEST
    assert lrs.get("activities", activityId=iri).json()["definition"]["name"] == {"vi": "Bài 2"}
    huge = statement(object={"id": f"{iri}/huge", "definition": {"description": {"vi": "x" * 70_000}}})
    lrs.send(huge)
    settled()
    # Too large to be kept: gathered from the statement when somebody asks.
    found = lrs.get("activities", activityId=f"{iri}/huge").json()
    assert len(found["definition"]["description"]["vi"]) == 70_000


def test_words_that_were_taken_out_before_they_were_merged_are_not_merged(
    lrs: Lrs, monkeypatch: pytest.MonkeyPatch
) -> None:
    definitions._memory.clear()
    iri = f"{HOME}/told{lrs.version}"
    sent = statement(object={"id": iri, "definition": {"name": {"vi": "Bài của bà Lan"}}})
    with monkeypatch.context() as patched:
        patched.setattr(definitions, "define_step", lambda **given: False)
        lrs.send(sent)
    assert Defining.objects.count() == 1
    api.redact(UUID(sent["id"]), reason="names somebody", by="operator", at=api_now())
    settled()
    assert not Defining.objects.exists()
    assert not Definition.objects.filter(term__iri=iri, content__contains="Lan").exists()


def test_a_statement_that_is_there_already_is_compared_before_the_transaction(lrs: Lrs) -> None:
    """In another spelling: numbers of other form are the same statement, and take long to compare when it is large."""
    sent = statement(result={"score": {"raw": 1.0}})
    lrs.send(sent)
    again = {**sent, "result": {"score": {"raw": 1}}}
    with CaptureQueriesContext(connection) as queries:
        assert lrs.post("statements", again).status_code == 200
    asked = next(n for n, query in enumerate(queries) if "SELECT statement_id, digest" in query["sql"])
    stored = next(n for n, query in enumerate(queries) if 'INSERT INTO "bdhvs_xapi_statement"' in query["sql"])
    assert asked < stored
    assert lrs.post("statements", {**sent, "result": {"score": {"raw": 2}}}).status_code == 409
