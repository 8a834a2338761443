"""Who may read only its own statements learns nothing of others' by any way."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import uuid4

import pytest

from bdhvs_xapi import api
from tests.bdhvs_xapi.lrs.support import (
    ACTIVITY,
    AGENT,
    HOME,
    OTHER,
    V1,
    Lrs,
    attachment,
    multipart,
    new_lrs,
    part,
    parts_of,
    reference,
    statement,
    voiding,
)
from tests.support.loops import for_each

SECRET_VERB = f"{HOME}/verbs/secret"
SECRET_ACTIVITY = f"{HOME}/activity/secret"
SECRET_COURSE = f"{HOME}/course/secret"
SECRET_AGENT = {"mbox": "mailto:secret@example.vn"}
INSTRUCTOR = {"mbox": "mailto:instructor@example.vn"}
REGISTRATION = "ec531277-b57b-4c15-8d91-d292c5b2b8f7"
DATA = b"the secret essay"


@pytest.fixture
def mine(lrs: Lrs) -> Lrs:
    return new_lrs("statements/write", "statements/read/mine", version=lrs.version)


def secret(**changes: Any) -> dict[str, Any]:
    return statement(
        **{
            "actor": SECRET_AGENT,
            "verb": {"id": SECRET_VERB},
            "object": {"id": SECRET_ACTIVITY, "definition": {"name": {"en": "TOPSECRET"}}},
            "context": {
                "registration": REGISTRATION,
                "instructor": INSTRUCTOR,
                "contextActivities": {"parent": [{"id": SECRET_COURSE}]},
            },
            **changes,
        }
    )


QUERIES: list[dict[str, Any]] = [
    {},
    {"ascending": "true"},
    {"agent": SECRET_AGENT},
    {"agent": INSTRUCTOR, "related_agents": "true"},
    {"verb": SECRET_VERB},
    {"activity": SECRET_ACTIVITY},
    {"activity": SECRET_COURSE, "related_activities": "true"},
    {"registration": REGISTRATION},
    {"since": "2020-01-01T00:00:00Z"},
    {"until": "2099-01-01T00:00:00Z"},
    {"limit": 1},
    {"format": "ids"},
    {"format": "canonical"},
]


def test_no_filter_shows_anothers_statement(lrs: Lrs, mine: Lrs) -> None:
    [own] = mine.send(statement(actor=OTHER))
    lrs.send(secret(), secret())
    for params in QUERIES:
        assert set(mine.listed(**params)) <= {own}, params
        for extra in ("json", "multipart"):
            response = mine.get("statements", **params, attachments="true" if extra == "multipart" else "false")
            content = b"".join(response.streaming_content) if response.streaming else response.content
            assert b"secret" not in content.lower(), params


def test_its_own_are_found_by_every_filter(mine: Lrs) -> None:
    [own] = mine.send(secret())
    assert [mine.listed(**params) for params in QUERIES] == [[own]] * len(QUERIES)


def test_the_authority_of_another_is_no_filter_that_finds(lrs: Lrs, mine: Lrs) -> None:
    lrs.send(secret())
    [own] = mine.send(statement())
    for client, found in ((lrs, []), (mine, [own])):
        authority = {"account": {"homePage": HOME, "name": client.key}}
        assert mine.listed(agent=authority, related_agents="true") == found


@pytest.mark.parametrize("name", ["statementId", "voidedStatementId"])
def test_anothers_statement_by_its_id_is_404(lrs: Lrs, mine: Lrs, name: str) -> None:
    [target] = lrs.send(secret())
    if name == "voidedStatementId":
        lrs.send(voiding(target))
    assert mine.get("statements", **{name: target}).status_code == 404
    unknown = mine.get("statements", **{name: str(uuid4())})
    assert mine.get("statements", **{name: target}).content == unknown.content


@for_each("first", ["reference", "target"])
def test_a_reference_of_its_own_tells_nothing_of_anothers_target(lrs: Lrs, mine: Lrs, first: str) -> None:
    """Otherwise asking filter after filter would read out what the target says."""
    target = str(uuid4())
    if first == "target":
        lrs.send(secret(id=target))
    [ref] = mine.send(reference(target))
    if first == "reference":
        lrs.send(secret(id=target))
    assert mine.listed() == [ref]
    for params in QUERIES[2:8]:
        assert mine.listed(**params) == [], params
        assert ref in lrs.listed(**params), params


def test_a_chain_through_anothers_reference_tells_nothing(lrs: Lrs, mine: Lrs) -> None:
    [target] = lrs.send(secret())
    [middle] = lrs.send(reference(target))
    mine.send(reference(middle))
    for params in QUERIES[2:8]:
        assert mine.listed(**params) == [], params


def test_a_reference_of_its_own_is_found_by_its_own_target(mine: Lrs) -> None:
    [target] = mine.send(secret())
    [ref] = mine.send(reference(target))
    for params in QUERIES[2:8]:
        assert mine.listed(**params) == [ref, target], params


def test_a_more_link_stays_within_its_own(lrs: Lrs, mine: Lrs) -> None:
    own = []
    for _ in range(3):
        own += mine.send(statement())
        lrs.send(secret())
    assert mine.listed(limit=1) == own[::-1]


def test_anothers_more_link_opens_nothing(lrs: Lrs, mine: Lrs) -> None:
    lrs.send(secret(), secret())
    more = lrs.get("statements", limit=1).json()["more"]
    response = mine.get(more)
    assert (response.status_code, b"secret" in response.content.lower()) == (400, False)


def test_a_link_of_better_days_shows_no_more_than_today(lrs: Lrs) -> None:
    """The scopes count that the credential has when the link is followed."""
    client = new_lrs("statements/read", version=lrs.version)
    lrs.send(secret(), secret())
    more = client.get("statements", limit=1).json()["more"]
    assert len(client.get(more).json()["statements"]) == 1
    api.Credential.objects.filter(key=client.key).update(scopes="statements/read/mine")
    assert client.get(more).json()["statements"] == []


def test_a_conflict_does_not_say_what_differs(lrs: Lrs, mine: Lrs) -> None:
    [target] = lrs.send(secret())
    refused = mine.post("statements", statement(id=target))
    assert refused.status_code == 409
    assert refused.json() == {"error": f"statement {target} is already stored with other content", "problems": []}
    [own] = mine.send(statement())
    assert "verb" in mine.post("statements", statement(id=own, verb={"id": SECRET_VERB})).json()["error"]


def test_a_refused_voiding_does_not_say_whether_there_is_such_a_statement(lrs: Lrs, mine: Lrs) -> None:
    [target] = lrs.send(secret())
    there, unknown = mine.post("statements", voiding(target)), mine.post("statements", voiding(gone := str(uuid4())))
    assert there.status_code == unknown.status_code == 403
    assert there.content.replace(target.encode(), b"") == unknown.content.replace(gone.encode(), b"")


def test_definitions_of_others_stay_unknown(lrs: Lrs, mine: Lrs) -> None:
    lrs.send(secret(verb={"id": SECRET_VERB, "display": {"en": "TOPSECRET"}}))
    assert mine.get("activities", activityId=SECRET_ACTIVITY).status_code == 403
    own = statement(
        verb={"id": SECRET_VERB},
        object={"id": SECRET_ACTIVITY, "definition": {"name": {"en": "own", "vi": "của mình"}}},
    )
    mine.send(own)
    for params in ({}, {"statementId": own["id"]}):
        content = mine.get("statements", {"Accept-Language": "vi"}, **params, format="canonical").content
        assert b"TOPSECRET" not in content
        assert "của mình".encode() in content
        assert b'"own"' not in content


def test_attachments_of_others_stay_unread_whoever_names_their_digest(lrs: Lrs, mine: Lrs) -> None:
    content_type, content = multipart(secret(attachments=[attachment(DATA)]), part(DATA))
    assert lrs.request("POST", "statements", None, content, content_type).status_code == 200
    named = attachment(b"", sha2=hashlib.sha256(DATA).hexdigest(), length=len(DATA), fileUrl=f"{HOME}/f")
    own = statement(attachments=[named])
    assert mine.post("statements", statement(attachments=[{**named, "fileUrl": None}])).status_code == 400
    mine.send(own)
    for params in ({}, {"statementId": own["id"]}):
        assert len(parts_of(mine.get("statements", **params, attachments="true"))) == 1


def test_attachments_of_its_own_are_read(mine: Lrs) -> None:
    content_type, content = multipart(statement(attachments=[attachment(DATA)]), part(DATA))
    assert mine.request("POST", "statements", None, content, content_type).status_code == 200
    assert parts_of(mine.get("statements", attachments="true"))[1][1] == DATA


def test_a_voiding_by_another_hides_its_own_and_is_not_shown(lrs: Lrs, mine: Lrs) -> None:
    [own] = mine.send(statement())
    lrs.send(voiding(own))
    assert mine.listed() == []
    assert mine.get("statements", voidedStatementId=own).status_code == 200


def test_documents_are_not_among_what_is_its_own(lrs: Lrs, mine: Lrs) -> None:
    lrs.put("activities/state", {"a": 1}, activityId=ACTIVITY, agent=AGENT, stateId="s")
    assert mine.get("activities/state", activityId=ACTIVITY, agent=AGENT).status_code == 403


def test_a_copy_of_anothers_statement_is_not_its_own(lrs: Lrs, mine: Lrs) -> None:
    """Whoever knows a whole statement may send it again; it stays the other's."""
    sent = secret()
    lrs.send(sent)
    assert mine.post("statements", sent).status_code == 200
    assert mine.listed() == []
    assert json.loads(lrs.get("statements", statementId=sent["id"]).content)["authority"]["account"]["name"] == lrs.key


def test_both_versions_know_mine(lrs1: Lrs) -> None:
    mine = new_lrs("statements/read/mine", version=V1)
    lrs1.send(secret())
    for version in ("1.0.3", "2.0.0"):
        assert mine.speaking(version).listed() == []
