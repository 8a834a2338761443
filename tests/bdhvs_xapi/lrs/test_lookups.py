"""xAPI 1.0.3 Part Three, 2.4, 2.5, 2.8 (IEEE 9274.1.1, 4.1.6.3, 4.1.6.4, 4.1.6.7): agents, activities, about."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.bdhvs_xapi.lrs.support import ACTIVITY, AGENT, HOME, ROOT, V2, Lrs, problems, statement
from tests.support.loops import for_each

HEADER = "X-Experience-API-Version"


# --- 2.8 About -------------------------------------------------------------------------------------------------------


def test_part3_2_8_about_names_the_latest_of_each_major_version(lrs: Lrs) -> None:
    response = lrs.get("about")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    assert {"1.0.0", "1.0.3", "2.0.0"} <= set(response.json()["version"])


def test_part3_2_8_about_has_no_other_properties(lrs: Lrs) -> None:
    assert lrs.get("about").json().keys() <= {"version", "extensions"}


def test_part3_2_8_about_is_for_everybody(lrs: Lrs) -> None:
    assert lrs.get("about", {"Authorization": None}).status_code == 200
    assert lrs.get("about", {"Authorization": "Basic nonsense"}).status_code == 200


@for_each("version", [None, "0.9", "1.1.0", "3.0.0", "nonsense"])
def test_part3_2_8_about_answers_in_any_version(lrs: Lrs, version: str | None) -> None:
    response = lrs.get("about", {HEADER: version})
    assert (response.status_code, response.headers[HEADER]) == (200, V2)


# --- 2.5 Activities --------------------------------------------------------------------------------------------------


def test_part3_2_5_an_activity_with_what_is_known(lrs: Lrs) -> None:
    definition = {"name": {"en": "A", "vi": "Một"}, "type": f"{HOME}/type", "extensions": {f"{HOME}/x": 1.5}}
    lrs.send(statement(object={"objectType": "Activity", "id": ACTIVITY, "definition": definition}))
    response = lrs.get("activities", activityId=ACTIVITY)
    assert (response.status_code, response.json()) == (
        200,
        {"objectType": "Activity", "id": ACTIVITY, "definition": definition},
    )


def test_part3_2_5_definitions_of_several_statements_are_joined(lrs: Lrs) -> None:
    lrs.send(statement(object={"id": ACTIVITY, "definition": {"name": {"en": "A"}, "type": f"{HOME}/t"}}))
    lrs.send(statement(object={"id": ACTIVITY, "definition": {"name": {"vi": "Một"}}}))
    found = lrs.get("activities", activityId=ACTIVITY).json()["definition"]
    assert found == {"name": {"en": "A", "vi": "Một"}, "type": f"{HOME}/t"}


def test_part3_2_5_an_activity_of_a_context_is_known_too(lrs: Lrs) -> None:
    course = {"id": f"{HOME}/c", "definition": {"name": {"vi": "Khoá"}}}
    lrs.send(statement(context={"contextActivities": {"grouping": [course]}}))
    assert lrs.get("activities", activityId=f"{HOME}/c").json()["definition"] == course["definition"]


def test_part3_2_5_an_unknown_activity_is_an_activity_all_the_same(lrs: Lrs) -> None:
    response = lrs.get("activities", activityId=f"{HOME}/unknown")
    assert (response.status_code, response.json()) == (200, {"objectType": "Activity", "id": f"{HOME}/unknown"})


@for_each("value", [None, "", "x", "//example.org/x", "http://example.org/a b"])
def test_part3_2_5_activity_id_is_a_required_iri(lrs: Lrs, value: str | None) -> None:
    response = lrs.get("activities", **({} if value is None else {"activityId": value}))
    assert (response.status_code, problems(response)) == (400, ["activityId"])


# --- 2.4 Agents ------------------------------------------------------------------------------------------------------


@for_each(
    ("agent", "person"),
    [
        (AGENT, {"account": [AGENT["account"]]}),
        ({"mbox": "mailto:a@example.vn", "name": "An"}, {"mbox": ["mailto:a@example.vn"], "name": ["An"]}),
        ({"mbox_sha1sum": "e" * 40}, {"mbox_sha1sum": ["e" * 40]}),
        ({"openid": "https://id.example.vn/a"}, {"openid": ["https://id.example.vn/a"]}),
    ],
)
def test_part3_2_4_a_person_with_what_was_asked_for(lrs: Lrs, agent: dict[str, Any], person: dict[str, Any]) -> None:
    response = lrs.get("agents", agent=agent)
    assert (response.status_code, response.json()) == (200, {"objectType": "Person", **person})


@for_each(
    "agent",
    [
        None,
        "x",
        "{}",
        "[]",
        json.dumps({"objectType": "Person", "mbox": ["mailto:a@example.vn"]}),
        json.dumps({"objectType": "Group", "mbox": "mailto:a@example.vn"}),
        json.dumps({"mbox": ["mailto:a@example.vn"]}),
    ],
)
def test_part3_2_4_the_agent_is_an_agent_and_neither_person_nor_group(lrs: Lrs, agent: str | None) -> None:
    response = lrs.get("agents", **({} if agent is None else {"agent": agent}))
    assert response.status_code == 400
    assert problems(response)[0].startswith("agent")


def test_part3_2_4_an_agent_that_nobody_knows_is_a_person(lrs: Lrs) -> None:
    assert lrs.get("agents", agent={"mbox": "mailto:never@example.vn"}).status_code == 200


@pytest.mark.parametrize(
    ("resource", "params"), [("agents", {"agent": AGENT}), ("activities", {"activityId": ACTIVITY})]
)
def test_part3_3_1_get_answers_an_etag(lrs: Lrs, resource: str, params: dict[str, Any]) -> None:
    first, again = lrs.get(resource, **params), lrs.get(resource, **params)
    assert first.headers["ETag"] == again.headers["ETag"] != ""


def test_part3_2_8_the_endpoint_itself_is_no_resource(lrs: Lrs) -> None:
    assert lrs.get(ROOT).status_code == 404
