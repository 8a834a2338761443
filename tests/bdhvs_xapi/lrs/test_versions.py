"""xAPI 1.0.3 Part Three, 3.3 (IEEE 9274.1.1, 4.1.2.1): the version header."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bdhvs_xapi.lrs.support import ACTIVITY, AGENT, BOTH, V1, V2, Lrs, attachment, statement
from tests.support.loops import for_each

HEADER = "X-Experience-API-Version"
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "statements", {}),
    ("POST", "statements", {}),
    ("PUT", "statements", {"statementId": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"}),
    ("GET", "activities", {"activityId": ACTIVITY}),
    ("GET", "activities/state", {"activityId": ACTIVITY, "agent": AGENT}),
    ("PUT", "activities/state", {"activityId": ACTIVITY, "agent": AGENT, "stateId": "s"}),
    ("GET", "activities/profile", {"activityId": ACTIVITY}),
    ("GET", "agents", {"agent": AGENT}),
    ("GET", "agents/profile", {"agent": AGENT}),
    ("DELETE", "agents/profile", {"agent": AGENT, "profileId": "p"}),
]


@for_each(("method", "resource", "params"), CALLS)
def test_part3_3_3_a_request_without_version_is_400(
    lrs: Lrs, method: str, resource: str, params: dict[str, Any]
) -> None:
    response = lrs.request(method, resource, params, statement(), headers={HEADER: None})
    assert response.status_code == 400
    assert HEADER in response.json()["error"]


@for_each("version", ["1.0", "1.0.0", "1.0.1", "1.0.2", "1.0.3", "1.0.9"])
def test_1_0_3_part3_3_3_every_1_0_is_accepted_and_answered_as_the_latest(lrs1: Lrs, version: str) -> None:
    response = lrs1.get("statements", {HEADER: version})
    assert (response.status_code, response.headers[HEADER]) == (200, V1)


@pytest.mark.parametrize("version", ["2.0", "2.0.0", "2.0.1"])
def test_2_0_4_1_2_1_every_2_0_is_accepted_and_answered_as_the_latest(lrs2: Lrs, version: str) -> None:
    response = lrs2.get("statements", {HEADER: version})
    assert (response.status_code, response.headers[HEADER]) == (200, V2)


@for_each("version", ["0.9", "0.95", "0.8.0", "1.1.0", "1.1", "2.1.0", "3.0.0", "1", "x", "1.0.x", " ", "1.0.3.1"])
@for_each("method", ["GET", "POST"])
def test_part3_3_3_another_version_is_400_and_says_why(lrs: Lrs, version: str, method: str) -> None:
    response = lrs.request(method, "statements", None, statement(), headers={HEADER: version})
    assert response.status_code == 400
    assert "1.0.x" in response.json()["error"]
    assert lrs.listed() == []


@for_each(("method", "resource", "params"), CALLS)
def test_part3_3_3_every_answer_names_the_version(lrs: Lrs, method: str, resource: str, params: dict[str, Any]) -> None:
    assert lrs.request(method, resource, params, statement()).headers[HEADER] == lrs.version


def test_part3_3_3_refusals_name_the_version_too(lrs: Lrs) -> None:
    refused = [
        lrs.get("nothing"),
        lrs.get("statements", foo="1"),
        lrs.get("statements", {"Authorization": None}),
        lrs.request("PATCH", "statements"),
    ]
    assert [(each.status_code, each.headers[HEADER]) for each in refused] == [
        (404, lrs.version),
        (400, lrs.version),
        (401, lrs.version),
        (405, lrs.version),
    ]


@pytest.mark.parametrize("version", BOTH)
def test_part3_3_3_without_a_header_the_answer_names_the_version_of_the_setting(
    lrs: Lrs, settings: Any, version: str
) -> None:
    """One conformance suite expects 1.0.3 there, the other 2.0.0; by default it is the newest."""
    for headers in ({HEADER: None}, {HEADER: "0.9"}):
        assert lrs.get("statements", headers).headers[HEADER] == V2
    settings.BDHVS_XAPI_DEFAULT_VERSION = version
    for headers in ({HEADER: None}, {HEADER: "0.9"}):
        response = lrs.get("statements", headers)
        assert (response.status_code, response.headers[HEADER]) == (400, version)
    assert lrs.get("about", {HEADER: None}).headers[HEADER] == version
    assert lrs.get("statements").headers[HEADER] == lrs.version


def test_part3_3_3_statements_are_not_converted_into_another_version(lrs1: Lrs) -> None:
    lrs2 = lrs1.speaking(V2)
    [old], [new] = lrs1.send(statement()), lrs2.send(statement())
    for reader in (lrs1, lrs2):
        assert reader.get("statements", statementId=old).json()["version"] == "1.0.0"
        assert reader.get("statements", statementId=new).json()["version"] == "2.0.0"


CONTEXT_AGENTS = {"contextAgents": [{"objectType": "contextAgent", "agent": AGENT}]}


def test_1_0_3_part2_2_2_context_agents_are_unknown(lrs1: Lrs) -> None:
    assert lrs1.post("statements", statement(context=CONTEXT_AGENTS)).status_code == 400


def test_2_0_4_2_5_3_context_agents_are_kept(lrs2: Lrs) -> None:
    [sent] = lrs2.send(statement(context=CONTEXT_AGENTS))
    assert lrs2.get("statements", statementId=sent).json()["context"] == CONTEXT_AGENTS


@pytest.mark.parametrize(("version", "status"), [("1.0.0", 200), ("1.0.3", 200), ("1.0", 200), ("2.0.0", 400)])
def test_1_0_3_part2_2_4_10_the_version_of_a_statement_begins_with_1_0(lrs1: Lrs, version: str, status: int) -> None:
    assert lrs1.post("statements", statement(version=version)).status_code == status
    # XAPI-00101: a store of 2.0 takes what was made for 1.0, and 2.0.x.
    assert lrs1.speaking(V2).post("statements", statement(version=version)).status_code == 200


@for_each("version", ["0.9", "1.1.0", "3.0.0", "", "1.0.x"])
def test_part2_2_4_10_no_other_version_of_a_statement(lrs: Lrs, version: str) -> None:
    assert lrs.post("statements", statement(version=version)).status_code == 400


@pytest.mark.parametrize("version", BOTH)
def test_a_more_link_is_for_the_version_it_was_given_to(lrs1: Lrs, version: str) -> None:
    lrs1.send(statement(), statement())
    more = lrs1.speaking(version).get("statements", limit=1).json()["more"]
    other = V2 if version == V1 else V1
    assert lrs1.speaking(version).get(more).status_code == 200
    assert lrs1.speaking(other).get(more).status_code == 400


def test_part3_3_3_attachments_come_back_with_the_version_header(lrs: Lrs) -> None:
    lrs.send(statement(attachments=[attachment(b"x", fileUrl="https://example.org/x")]))
    assert lrs.get("statements", attachments="true").headers[HEADER] == lrs.version
