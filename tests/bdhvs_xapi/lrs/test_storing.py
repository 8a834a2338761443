"""xAPI 1.0.3 Part Three, 2.1.1 and 2.1.2, and what Part Two says of storing (IEEE 9274.1.1, 4.1.6.1, 4.2)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from bdhvs_xapi import api
from tests.bdhvs_xapi.lrs.support import ACTIVITY, AGENT, HOME, Lrs, new_lrs, problems, reference, statement, voiding
from tests.support.loops import for_each

pytestmark = pytest.mark.database

SOME_ID = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"


def stored(lrs: Lrs, statement_id: str) -> dict[str, Any]:
    response = lrs.get("statements", statementId=statement_id)
    assert response.status_code == 200, response.content
    found: dict[str, Any] = response.json()
    return found


# --- 2.1.1 PUT -------------------------------------------------------------------------------------------------------


def test_part3_2_1_1_put_answers_204_without_content(lrs: Lrs) -> None:
    sent = statement()
    response = lrs.put("statements", sent, statementId=sent["id"])
    assert (response.status_code, response.content) == (204, b"")
    assert stored(lrs, sent["id"])["verb"] == sent["verb"]


def test_part3_2_1_1_put_without_an_id_in_the_statement_takes_the_parameters(lrs: Lrs) -> None:
    assert lrs.put("statements", statement(id=None), statementId=SOME_ID).status_code == 204
    assert stored(lrs, SOME_ID)["id"] == SOME_ID


def test_part3_2_1_1_put_with_another_id_in_the_statement_is_400(lrs: Lrs) -> None:
    response = lrs.put("statements", statement(), statementId=SOME_ID)
    assert (response.status_code, problems(response)) == (400, ["id"])
    assert lrs.listed() == []


def test_part3_2_1_1_the_case_of_an_id_makes_no_other_id(lrs: Lrs) -> None:
    assert lrs.put("statements", statement(id=SOME_ID.upper()), statementId=SOME_ID).status_code == 204


@for_each("value", ["", "x", SOME_ID[:-1], f"{{{SOME_ID}}}", f"urn:uuid:{SOME_ID}", SOME_ID.replace("-", "")])
def test_part3_2_1_1_put_needs_a_uuid(lrs: Lrs, value: str) -> None:
    response = lrs.put("statements", statement(id=None), statementId=value)
    assert (response.status_code, problems(response)) == (400, ["statementId"])


def test_part3_2_1_1_put_without_statement_id_is_400(lrs: Lrs) -> None:
    response = lrs.put("statements", statement())
    assert (response.status_code, problems(response)) == (400, ["statementId"])


def test_part3_2_1_1_put_holds_one_statement(lrs: Lrs) -> None:
    sent = statement()
    assert lrs.put("statements", [sent], statementId=sent["id"]).status_code == 400


def test_part3_2_1_1_put_same_id_and_content_again_is_204_and_changes_nothing(lrs: Lrs) -> None:
    sent = statement()
    for _ in range(2):
        assert lrs.put("statements", sent, statementId=sent["id"]).status_code == 204
    first = stored(lrs, sent["id"])
    lrs.put("statements", sent, statementId=sent["id"])
    assert stored(lrs, sent["id"]) == first


def test_part3_2_1_1_put_same_id_other_content_is_409(lrs: Lrs) -> None:
    sent = statement()
    lrs.put("statements", sent, statementId=sent["id"])
    first = stored(lrs, sent["id"])
    other = {**sent, "actor": {"mbox": "mailto:x@example.vn"}}
    response = lrs.put("statements", other, statementId=sent["id"])
    assert response.status_code == 409
    assert "actor" in response.json()["error"]
    assert stored(lrs, sent["id"]) == first


def test_part3_2_1_1_a_conflict_changes_no_other_object(lrs: Lrs) -> None:
    sent = statement(object={"id": ACTIVITY, "definition": {"name": {"vi": "Một"}}})
    lrs.put("statements", sent, statementId=sent["id"])
    other = {**sent, "verb": {"id": f"{HOME}/v"}, "object": {"id": ACTIVITY, "definition": {"name": {"vi": "Hai"}}}}
    assert lrs.put("statements", other, statementId=sent["id"]).status_code == 409
    assert lrs.get("activities", activityId=ACTIVITY).json()["definition"]["name"] == {"vi": "Một"}


# --- 2.1.2 POST ------------------------------------------------------------------------------------------------------


def test_part3_2_1_2_post_of_one_answers_its_id(lrs: Lrs) -> None:
    sent = statement()
    response = lrs.post("statements", sent)
    assert (response.status_code, response.json()) == (200, [sent["id"]])
    assert response.headers["Content-Type"] == "application/json"


def test_part3_2_1_2_post_of_several_answers_ids_in_order(lrs: Lrs) -> None:
    sent = [statement() for _ in range(20)]
    assert lrs.post("statements", sent).json() == [each["id"] for each in sent]


def test_part3_2_1_2_post_gives_ids_to_statements_without(lrs: Lrs) -> None:
    ids = lrs.post("statements", [statement(id=None), statement(id=None)]).json()
    assert len({UUID(each) for each in ids}) == 2
    assert [stored(lrs, each)["id"] for each in ids] == ids


def test_part3_2_1_2_post_of_an_empty_list_stores_nothing(lrs: Lrs) -> None:
    response = lrs.post("statements", [])
    assert (response.status_code, response.json()) == (200, [])


def test_part3_2_1_2_post_takes_no_statement_id(lrs: Lrs) -> None:
    sent = statement()
    response = lrs.post("statements", sent, statementId=sent["id"])
    assert (response.status_code, problems(response)) == (400, ["statementId"])
    assert lrs.listed() == []


def test_part3_2_1_2_post_same_id_and_content_again_is_200_and_changes_nothing(lrs: Lrs) -> None:
    sent = statement()
    lrs.post("statements", sent)
    first = stored(lrs, sent["id"])
    assert lrs.post("statements", sent).json() == [sent["id"]]
    assert stored(lrs, sent["id"]) == first


def test_part3_2_1_2_post_same_id_other_content_is_409(lrs: Lrs) -> None:
    [known] = lrs.send(statement())
    response = lrs.post("statements", statement(id=known, result={"success": True}))
    assert (response.status_code, "result" in response.json()["error"]) == (409, True)


def test_part3_2_1_2_one_id_twice_in_a_batch_is_400(lrs: Lrs) -> None:
    sent = statement()
    response = lrs.post("statements", [sent, statement(), sent])
    assert (response.status_code, problems(response)) == (400, ["[2].id"])
    assert lrs.listed() == []


def test_part3_2_1_2_one_id_twice_in_other_cases_is_400(lrs: Lrs) -> None:
    assert lrs.post("statements", [statement(id=SOME_ID), statement(id=SOME_ID.upper())]).status_code == 400


def test_part2_2_3_1_what_may_differ_is_no_conflict(lrs: Lrs) -> None:
    """Definitions, display texts, the spelling of an instant, what the store sets."""
    sent = statement(timestamp="2025-11-15T08:00:00Z")
    lrs.send(sent)
    again = {
        **sent,
        "verb": {"id": sent["verb"]["id"]},
        "object": {"id": ACTIVITY, "definition": {"name": {"en": "new"}}},
        "timestamp": "2025-11-15T08:00:00.000Z",
        "stored": "2020-01-01T00:00:00Z",
        "authority": AGENT,
    }
    assert lrs.post("statements", again).status_code == 200
    assert lrs.post("statements", stored(lrs, sent["id"])).status_code == 200


# --- Part Two: what the store sets -----------------------------------------------------------------------------------


def test_part2_2_4_7_timestamp_is_set_to_stored_when_absent(lrs: Lrs) -> None:
    [sent] = lrs.send(statement())
    found = stored(lrs, sent)
    assert found["timestamp"] == found["stored"]


def test_part2_2_4_7_timestamp_comes_back_as_it_was_sent(lrs: Lrs) -> None:
    [sent] = lrs.send(statement(timestamp="2025-11-15T08:30:00.123Z"))
    assert stored(lrs, sent)["timestamp"] == "2025-11-15T08:30:00.123Z"


def test_part2_2_4_7_a_timestamp_in_the_future_is_accepted(lrs: Lrs) -> None:
    assert lrs.post("statements", statement(timestamp="2099-01-01T00:00:00Z")).status_code == 200


def test_part2_2_4_8_stored_is_overwritten(lrs: Lrs) -> None:
    before = datetime.now(UTC)
    [sent] = lrs.send(statement(stored="2013-05-18T05:32:34Z"))
    assert datetime.fromisoformat(stored(lrs, sent)["stored"]) >= before


def test_part2_2_4_8_stored_is_validated_first(lrs: Lrs) -> None:
    assert lrs.post("statements", statement(stored="yesterday")).status_code == 400


def test_part2_2_4_9_the_authority_is_the_credential(lrs: Lrs) -> None:
    for given in (None, AGENT, {"mbox": "mailto:chair@example.vn"}):
        [sent] = lrs.send(statement(authority=given))
        assert stored(lrs, sent)["authority"]["account"] == {"homePage": HOME, "name": lrs.key}


def test_part2_2_4_9_an_invalid_authority_is_400_all_the_same(lrs: Lrs) -> None:
    group = {"objectType": "Group", "member": [AGENT]}
    assert lrs.post("statements", statement(authority=group)).status_code == 400


@pytest.mark.parametrize(("version", "default"), [("1.0.3", "1.0.0"), ("2.0.0", "2.0.0")])
def test_part2_2_4_10_a_statement_without_version_gets_the_dialects(lrs1: Lrs, version: str, default: str) -> None:
    lrs = lrs1.speaking(version)
    [sent] = lrs.send(statement())
    assert stored(lrs, sent)["version"] == default


def test_part2_2_4_6_2_a_lone_context_activity_comes_back_as_a_list(lrs: Lrs) -> None:
    inner = {
        "objectType": "SubStatement",
        "actor": AGENT,
        "verb": {"id": f"{HOME}/v"},
        "object": {"id": ACTIVITY},
        "context": {"contextActivities": {"grouping": {"id": f"{HOME}/g"}}},
    }
    sent = statement(object=inner, context={"contextActivities": {"parent": {"id": f"{HOME}/p"}}})
    response = lrs.post("statements", sent)
    assert response.status_code == 200, response.content
    found = stored(lrs, sent["id"])
    assert found["context"]["contextActivities"]["parent"] == [{"id": f"{HOME}/p"}]
    assert found["object"]["context"]["contextActivities"]["grouping"] == [{"id": f"{HOME}/g"}]


def test_part2_2_3_1_a_stored_statement_comes_back_exactly(lrs: Lrs) -> None:
    """Numbers digit for digit, keys in their order, text code point by code point."""
    raw = (
        b'{"id":"%s", "actor":{"mbox":"mailto:A@Example.vn","name":"nga\\u0301y"},'
        b'"verb":{"id":"http://example.org/v"},"object":{"id":"http://example.org/a"},'
        b'"result":{"score":{"raw":1.10,"max":1e1,"min":-0.0,"scaled":0.123456789012345678901},'
        b'"extensions":{"http://example.org/x":[100000000000000000000001, 1.000, null]}}}'
    ) % SOME_ID.encode()
    assert lrs.post("statements", raw).status_code == 200
    content = lrs.get("statements", statementId=SOME_ID).content
    for piece in (
        b'"raw":1.10',
        b'"max":1e1',
        b'"min":-0.0',
        b"0.123456789012345678901",
        b"[100000000000000000000001, 1.000, null]",
    ):
        assert piece in content
    assert json.loads(content)["actor"]["name"] == "nga\u0301y"
    assert content in lrs.get("statements").content


# --- 2.3.2 Voiding ---------------------------------------------------------------------------------------------------


def test_part2_2_3_2_a_voided_statement_is_found_only_as_voided(lrs: Lrs) -> None:
    [target] = lrs.send(statement())
    [void] = lrs.send(voiding(target))
    assert lrs.get("statements", statementId=target).status_code == 404
    assert lrs.get("statements", voidedStatementId=target).json()["id"] == target
    assert lrs.get("statements", voidedStatementId=void).status_code == 404
    assert lrs.listed() == [void]


def test_part2_2_3_2_a_voiding_statement_cannot_be_voided(lrs: Lrs) -> None:
    [target] = lrs.send(statement())
    [void] = lrs.send(voiding(target))
    [second] = lrs.send(voiding(void))
    assert stored(lrs, void)["id"] == void
    assert lrs.listed() == [second, void]


def test_part2_2_3_2_a_voiding_may_come_first(lrs: Lrs) -> None:
    target = str(uuid4())
    lrs.send(voiding(target))
    lrs.send(statement(id=target))
    assert lrs.get("statements", statementId=target).status_code == 404


def test_part2_2_3_2_what_is_voided_is_named_by_a_statement_ref(lrs: Lrs) -> None:
    response = lrs.post("statements", statement(verb={"id": api.Verb.VOIDED}))
    assert (response.status_code, problems(response)) == (400, ["object"])


def test_part2_2_3_2_the_same_statement_again_stays_voided(lrs: Lrs) -> None:
    sent = statement()
    lrs.send(sent)
    lrs.send(voiding(sent["id"]))
    assert lrs.post("statements", sent).status_code == 200
    assert lrs.get("statements", statementId=sent["id"]).status_code == 404


def test_part2_2_3_2_who_may_not_void_is_refused_whole_with_403(lrs: Lrs) -> None:
    [target] = lrs.send(statement())
    writer = new_lrs("statements/write", "statements/read", version=lrs.version)
    for content in (voiding(target), [statement(), voiding(target)], voiding(str(uuid4()))):
        assert writer.post("statements", content).status_code == 403
    assert lrs.listed() == [target]


def test_part2_2_3_2_a_writer_may_void_its_own(lrs: Lrs) -> None:
    writer = new_lrs("statements/write", version=lrs.version)
    [own] = writer.send(statement())
    [void] = writer.send(voiding(own))
    assert lrs.listed() == [void]
    batch = [statement(id=(inside := str(uuid4()))), voiding(inside)]
    assert writer.post("statements", batch).status_code == 200
    assert lrs.get("statements", voidedStatementId=inside).status_code == 200


def test_a_writer_cannot_void_anothers_by_sending_its_copy_along(lrs: Lrs) -> None:
    sent = statement()
    lrs.send(sent)
    writer = new_lrs("statements/write", version=lrs.version)
    assert writer.post("statements", sent).status_code == 200
    assert writer.post("statements", [sent, voiding(sent["id"])]).status_code == 403
    assert stored(lrs, sent["id"])


def test_a_voiding_never_takes_force_against_higher_trust(lrs: Lrs) -> None:
    """The scope all lets anybody's statement be named; it raises no trust."""
    official = new_lrs("all", trust=3, version=lrs.version)
    target = str(uuid4())
    [early] = lrs.send(voiding(target))
    official.send(statement(id=target))
    [late] = lrs.send(voiding(target))
    assert stored(lrs, target)
    assert set(lrs.listed()) == {early, target, late}
    official.send(voiding(target))
    assert lrs.get("statements", statementId=target).status_code == 404


def test_trust_is_the_credentials_whatever_a_body_says(lrs: Lrs) -> None:
    observer = new_lrs("statements/write", trust=2)
    [low], [high] = lrs.send(statement(authority=AGENT)), observer.send(statement())
    trusts = {str(fact.statement_id): fact.trust for fact in api.facts(statement_ids=[UUID(low), UUID(high)])}
    assert trusts == {low: 0, high: 2}


def test_definitions_are_taken_over_only_from_who_may_define(lrs: Lrs) -> None:
    writer = new_lrs("statements/write", version=lrs.version)
    definer = new_lrs("statements/write", "define", version=lrs.version)
    for client, name in ((definer, "canonical"), (writer, "mischief")):
        client.send(statement(object={"id": ACTIVITY, "definition": {"name": {"en": name}}}))
    assert lrs.get("activities", activityId=ACTIVITY).json()["definition"]["name"] == {"en": "canonical"}


def test_a_reference_may_come_before_its_target(lrs: Lrs) -> None:
    target = str(uuid4())
    [ref] = lrs.send(reference(target))
    lrs.send(statement(id=target))
    assert set(lrs.listed(agent=AGENT)) == {ref, target}
