"""xAPI 1.0.3 Part Three, 2.2, 2.3, 2.6, 2.7 and 3.1 (IEEE 9274.1.1, 4.1.4, 4.1.5, 4.1.6.2, 4.1.6.5, 4.1.6.6)."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from bdhvs_xapi import api
from bdhvs_xapi.models import ActivityProfile, ActivityState, AgentProfile
from bdhvs_xapi.statements.agents import account_key
from bdhvs_xapi.store.documents import delete_documents
from tests.bdhvs_xapi.lrs.support import ACTIVITY, AGENT, HOME, OTHER, V1, V2, Lrs, problems
from tests.support.loops import for_each

pytestmark = pytest.mark.database

REGISTRATION = "ec531277-b57b-4c15-8d91-d292c5b2b8f7"
STATE, ACTIVITY_PROFILE, AGENT_PROFILE = "activities/state", "activities/profile", "agents/profile"
PLACES: dict[str, dict[str, Any]] = {
    STATE: {"activityId": ACTIVITY, "agent": AGENT},
    ACTIVITY_PROFILE: {"activityId": ACTIVITY},
    AGENT_PROFILE: {"agent": AGENT},
}
IDS = {STATE: "stateId", ACTIVITY_PROFILE: "profileId", AGENT_PROFILE: "profileId"}
PROFILES = (ACTIVITY_PROFILE, AGENT_PROFILE)
ANY = {"If-None-Match": "*"}

every_resource = for_each("resource", PLACES)
every_profile = for_each("resource", PROFILES)


def at(resource: str, name: str = "doc", **more: Any) -> dict[str, Any]:
    return {**PLACES[resource], IDS[resource]: name, **more}


def make(
    lrs: Lrs, resource: str, content: Any, name: str = "doc", content_type: str = "application/json", **more: Any
) -> None:
    response = lrs.request("PUT", resource, at(resource, name, **more), content, content_type, ANY)
    assert response.status_code == 204, response.content


def etag(content: bytes) -> str:
    return f'"{hashlib.sha1(content, usedforsecurity=False).hexdigest()}"'


# --- 2.2 Documents ---------------------------------------------------------------------------------------------------


@every_resource
def test_part3_2_2_a_document_comes_back_byte_for_byte(lrs: Lrs, resource: str) -> None:
    content = bytes(range(256)) * 3
    make(lrs, resource, content, content_type="image/png")
    response = lrs.get(resource, **at(resource))
    assert (response.status_code, response.content) == (200, content)
    assert response.headers["Content-Type"] == "image/png"


@every_resource
@for_each("content_type", ["text/plain; charset=utf-8", "application/x-www-form-urlencoded", "text/html"])
def test_part3_2_2_a_document_has_any_content_type(lrs: Lrs, resource: str, content_type: str) -> None:
    make(lrs, resource, b"<p>a=b</p>", content_type=content_type)
    assert lrs.get(resource, **at(resource)).headers["Content-Type"] == content_type


@every_resource
def test_part3_2_2_a_document_may_be_empty_and_without_type(lrs: Lrs, resource: str) -> None:
    assert lrs.request("PUT", resource, at(resource), b"", None, ANY).status_code == 204
    response = lrs.get(resource, **at(resource))
    assert (response.content, response.headers["Content-Type"]) == (b"", "application/octet-stream")


@every_resource
@for_each("content_type", ["nonsense", "text/", "/plain", "text/plain\u00a0; x", "x" * 300 + "/y"])
def test_part3_2_2_a_content_type_is_a_media_type(lrs: Lrs, resource: str, content_type: str) -> None:
    assert lrs.request("PUT", resource, at(resource), b"x", content_type, ANY).status_code == 400


@every_resource
def test_part3_2_2_an_activity_or_agent_need_not_be_known(lrs: Lrs, resource: str) -> None:
    assert not api.actors()
    make(lrs, resource, {})
    assert lrs.get(resource, **at(resource)).json() == {}


@every_resource
def test_part3_2_2_last_modified_of_one_document(lrs: Lrs, resource: str) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    make(lrs, resource, {})
    modified = parsedate_to_datetime(lrs.get(resource, **at(resource)).headers["Last-Modified"])
    assert before <= modified <= datetime.now(UTC)


@every_resource
def test_part3_2_2_last_modified_of_several_is_the_newest(lrs: Lrs, resource: str) -> None:
    make(lrs, resource, {}, "old")
    make(lrs, resource, {}, "new")
    model: Any = {STATE: ActivityState, ACTIVITY_PROFILE: ActivityProfile, AGENT_PROFILE: AgentProfile}[resource]
    newest = datetime(2025, 11, 15, 3, tzinfo=UTC)
    model.objects.filter(document_id="new").update(updated=newest)
    model.objects.filter(document_id="old").update(updated=newest - timedelta(days=1))
    response = lrs.get(resource, **PLACES[resource])
    assert response.json() == ["new", "old"]
    assert parsedate_to_datetime(response.headers["Last-Modified"]) == newest


# --- 2.2 Merging -----------------------------------------------------------------------------------------------------


@every_resource
def test_part3_2_2_post_merges_top_level_properties(lrs: Lrs, resource: str) -> None:
    make(lrs, resource, {"x": "foo", "y": "bar", "deep": {"a": 1, "b": 2}})
    assert lrs.post(resource, {"x": "bash", "z": "faz", "deep": {"c": 3}}, **at(resource)).status_code == 204
    assert lrs.get(resource, **at(resource)).json() == {"x": "bash", "y": "bar", "deep": {"c": 3}, "z": "faz"}


@every_resource
def test_part3_2_2_post_keeps_numbers_digit_for_digit(lrs: Lrs, resource: str) -> None:
    make(lrs, resource, b'{"a": 1.10, "b": 12345678901234567890123}')
    lrs.post(resource, b'{"c": 1e-7}', **at(resource))
    content = lrs.get(resource, **at(resource)).content
    assert all(piece in content for piece in (b"1.10", b"12345678901234567890123", b"1e-7"))


@every_resource
def test_part3_2_2_post_makes_a_document_that_is_not_there(lrs: Lrs, resource: str) -> None:
    assert lrs.post(resource, {"a": 1}, **at(resource)).status_code == 204
    assert lrs.get(resource, **at(resource)).json() == {"a": 1}


@every_resource
@for_each("content", [b"[1]", b'"x"', b"1", b"null", b"{", b"", b"\xff"])
def test_part3_2_2_post_of_what_is_no_json_object_is_400(lrs: Lrs, resource: str, content: bytes) -> None:
    make(lrs, resource, {"a": 1})
    assert lrs.post(resource, content, **at(resource)).status_code == 400
    assert lrs.get(resource, **at(resource)).json() == {"a": 1}


@every_resource
def test_part3_2_2_post_of_another_content_type_is_400(lrs: Lrs, resource: str) -> None:
    make(lrs, resource, {"a": 1})
    assert lrs.request("POST", resource, at(resource), b'{"b": 2}', "text/plain").status_code == 400
    assert lrs.get(resource, **at(resource)).json() == {"a": 1}


@every_resource
@for_each(("content", "content_type"), [(b'{"a": 1}', "text/plain"), (b"[1]", "application/json")])
def test_part3_2_2_post_to_a_document_that_is_no_json_object_is_400(
    lrs: Lrs, resource: str, content: bytes, content_type: str
) -> None:
    make(lrs, resource, content, content_type=content_type)
    assert lrs.post(resource, {"b": 2}, **at(resource)).status_code == 400
    response = lrs.get(resource, **at(resource))
    assert (response.content, response.headers["Content-Type"]) == (content, content_type)


@every_resource
def test_part3_2_2_a_property_is_deleted_by_putting_the_whole(lrs: Lrs, resource: str) -> None:
    make(lrs, resource, {"a": 1, "b": 2})
    current = lrs.get(resource, **at(resource)).headers["ETag"]
    assert lrs.put(resource, {"a": 1}, {"If-Match": current}, **at(resource)).status_code == 204
    assert lrs.get(resource, **at(resource)).json() == {"a": 1}


@every_resource
@for_each("content", [b"{", b" ", b"nonsense", b"[" * 5_000])
def test_part3_3_2_a_content_that_is_not_the_json_it_says_is_400(lrs: Lrs, resource: str, content: bytes) -> None:
    assert lrs.request("PUT", resource, at(resource), content, "application/json", ANY).status_code == 400
    assert lrs.get(resource, **at(resource)).status_code == 404


# --- 2.3, 2.6, 2.7 Parameters ----------------------------------------------------------------------------------------


@every_resource
@for_each("method", ["GET", "PUT", "POST", "DELETE"])
def test_part3_2_each_required_parameter_is_required(lrs: Lrs, resource: str, method: str) -> None:
    required = dict(PLACES[resource])
    if method in ("PUT", "POST") or (method == "DELETE" and resource != STATE):
        required[IDS[resource]] = "doc"
    for name in required:
        params = {other: value for other, value in at(resource).items() if other != name}
        response = lrs.request(method, resource, params, {})
        assert (response.status_code, problems(response)) == (400, [name])


WRONG = [
    ("activityId", "not an iri"),
    ("activityId", ""),
    ("activityId", "http://example.org/" + "x" * 2_000),
    ("agent", "not json"),
    ("agent", "[]"),
    ("agent", json.dumps({"name": "nobody"})),
    ("agent", json.dumps({"objectType": "Group", "member": [AGENT]})),
    ("registration", "not-a-uuid"),
    ("registration", ""),
    ("stateId", ""),
    ("profileId", ""),
    ("stateId", "x" * 2_001),
    ("profileId", "\0"),
]


@every_resource
@for_each(("name", "value"), WRONG)
def test_part3_2_a_parameter_of_the_wrong_kind_is_400(lrs: Lrs, resource: str, name: str, value: str) -> None:
    for method in ("GET", "PUT", "POST", "DELETE"):
        response = lrs.request(method, resource, {**at(resource), name: value}, {})
        assert response.status_code == 400, method
        assert problems(response)[0].startswith(name)


@for_each("resource", [STATE, AGENT_PROFILE])
def test_an_identified_group_is_an_agent_in_2_0_only(lrs1: Lrs, resource: str) -> None:
    """1.0.3 Part Three, 2.6: "not a Group"; IEEE 9274.1.1, 4.1.6.5: "Agent or Identified Group"."""
    group = {"objectType": "Group", "mbox": "mailto:g@example.vn"}
    params = {**at(resource), "agent": group}
    for version, status in ((V1, 400), (V2, 204)):
        assert lrs1.speaking(version).put(resource, {}, ANY, **params).status_code == status


@every_resource
@for_each("name", ["chữ có dấu", "a/b?c=d&e#f", " ", "x" * 2_000, "'; DROP TABLE x; --", "%00"])
def test_part3_2_an_id_is_any_text(lrs: Lrs, resource: str, name: str) -> None:
    make(lrs, resource, {"a": 1}, name)
    assert lrs.get(resource, **at(resource, name)).json() == {"a": 1}
    assert lrs.get(resource, **PLACES[resource]).json() == [name]


@every_resource
def test_part3_2_get_of_an_unknown_document_is_404(lrs: Lrs, resource: str) -> None:
    make(lrs, resource, {})
    assert lrs.get(resource, **at(resource, "other")).status_code == 404


@every_resource
def test_part3_2_delete_deletes_one_document(lrs: Lrs, resource: str) -> None:
    make(lrs, resource, {}, "a")
    make(lrs, resource, {}, "b")
    for _ in range(2):
        assert lrs.delete(resource, **at(resource, "a")).status_code == 204
    assert lrs.get(resource, **at(resource, "a")).status_code == 404
    assert lrs.get(resource, **PLACES[resource]).json() == ["b"]


@every_resource
def test_part3_2_several_documents_are_a_list_of_ids(lrs: Lrs, resource: str) -> None:
    response = lrs.get(resource, **PLACES[resource])
    assert (response.status_code, response.json()) == (200, [])
    make(lrs, resource, {}, "b")
    make(lrs, resource, {}, "a")
    response = lrs.get(resource, **PLACES[resource])
    assert response.json() == ["a", "b"]
    assert response.headers["ETag"] == etag(response.content)


@every_resource
def test_part3_2_since_is_exclusive(lrs: Lrs, resource: str) -> None:
    make(lrs, resource, {}, "a")
    make(lrs, resource, {}, "b")
    model: Any = {STATE: ActivityState, ACTIVITY_PROFILE: ActivityProfile, AGENT_PROFILE: AgentProfile}[resource]
    model.objects.filter(document_id="a").update(updated=datetime(2025, 1, 1, tzinfo=UTC))
    for since, found in (
        ("2024-12-31T23:59:59Z", ["a", "b"]),
        ("2025-01-01T00:00:00Z", ["b"]),
        ("2025-01-01T07:00:00+07:00", ["b"]),
        ("2099-01-01T00:00:00Z", []),
    ):
        assert lrs.get(resource, **PLACES[resource], since=since).json() == found


@every_resource
@for_each("since", ["", "yesterday", "1", "2025-13-01T00:00:00Z"])
def test_part3_2_since_is_a_timestamp(lrs: Lrs, resource: str, since: str) -> None:
    response = lrs.get(resource, **PLACES[resource], since=since)
    assert (response.status_code, problems(response)) == (400, ["since"])


@every_profile
def test_part3_2_6_a_profile_is_deleted_one_by_one(lrs: Lrs, resource: str) -> None:
    make(lrs, resource, {})
    assert lrs.delete(resource, **PLACES[resource]).status_code == 400
    assert lrs.get(resource, **PLACES[resource]).json() == ["doc"]


def test_part3_2_3_states_are_apart_by_agent_activity_registration_and_id(lrs: Lrs) -> None:
    places = [
        at(STATE),
        at(STATE, "other"),
        {**at(STATE), "activityId": f"{HOME}/other"},
        {**at(STATE), "agent": OTHER},
        at(STATE, registration=REGISTRATION),
        at(STATE, registration="11111111-1111-4111-8111-111111111111"),
    ]
    for number, place in enumerate(places):
        assert lrs.put(STATE, {"n": number}, ANY, **place).status_code == 204
    assert [lrs.get(STATE, **place).json()["n"] for place in places] == list(range(6))


def test_part3_2_3_without_registration_a_list_is_of_all_and_one_is_of_none(lrs: Lrs) -> None:
    make(lrs, STATE, {}, "with", registration=REGISTRATION)
    make(lrs, STATE, {}, "both", registration=REGISTRATION)
    make(lrs, STATE, {}, "both")
    assert lrs.get(STATE, **PLACES[STATE]).json() == ["both", "with"]
    assert lrs.get(STATE, **PLACES[STATE], registration=REGISTRATION).json() == ["both", "with"]
    assert lrs.get(STATE, **at(STATE, "with")).status_code == 404


def test_part3_2_3_delete_of_all_states_of_a_context(lrs: Lrs) -> None:
    for name in ("a", "b"):
        make(lrs, STATE, {}, name)
        make(lrs, STATE, {}, name, registration=REGISTRATION)
    lrs.put(STATE, {}, ANY, **{**at(STATE), "agent": OTHER})
    assert lrs.delete(STATE, **PLACES[STATE], registration=REGISTRATION).status_code == 204
    assert lrs.get(STATE, **PLACES[STATE], registration=REGISTRATION).json() == []
    assert lrs.get(STATE, **PLACES[STATE]).json() == ["a", "b"]
    assert lrs.delete(STATE, **PLACES[STATE]).status_code == 204
    assert lrs.get(STATE, **PLACES[STATE]).json() == []
    assert lrs.get(STATE, **{**PLACES[STATE], "agent": OTHER}).json() == ["doc"]


def test_part3_2_3_delete_since_spares_what_is_older(lrs: Lrs) -> None:
    make(lrs, STATE, {}, "old")
    ActivityState.objects.update(updated=datetime(2025, 1, 1, tzinfo=UTC))
    make(lrs, STATE, {}, "new")
    assert lrs.delete(STATE, **PLACES[STATE], since="2025-06-01T00:00:00Z").status_code == 204
    assert lrs.get(STATE, **PLACES[STATE]).json() == ["old"]


def test_part3_2_an_agent_is_known_by_its_identifier_alone(lrs: Lrs) -> None:
    make(lrs, STATE, {"a": 1})
    named = {**at(STATE), "agent": {"name": "An", "account": AGENT["account"]}}
    assert lrs.get(STATE, **named).json() == {"a": 1}


# --- 3.1 Concurrency -------------------------------------------------------------------------------------------------


@every_resource
def test_part3_3_1_get_answers_the_sha_1_in_quotes(lrs: Lrs, resource: str) -> None:
    make(lrs, resource, b"some text", content_type="text/plain")
    assert lrs.get(resource, **at(resource)).headers["ETag"] == etag(b"some text")


@every_resource
@for_each("method", ["PUT", "POST", "DELETE"])
def test_part3_3_1_if_match_of_what_is_there_goes_through(lrs: Lrs, resource: str, method: str) -> None:
    for header in ("{etag}", '"other", {etag}', "*", "{bare}"):
        make(lrs, resource, {"a": 1}, header)
        tag = etag(b'{"a": 1}')
        if_match = header.format(etag=tag, bare=tag.strip('"'))
        response = lrs.request(method, resource, at(resource, header), {"a": 2}, headers={"If-Match": if_match})
        assert response.status_code == 204, if_match
        assert lrs.get(resource, **at(resource, header)).status_code == (404 if method == "DELETE" else 200)


@every_resource
@for_each("method", ["PUT", "POST", "DELETE"])
@for_each("header", ['"other"', "W/{etag}", '""'])
def test_part3_3_1_if_match_of_something_else_is_412_and_changes_nothing(
    lrs: Lrs, resource: str, method: str, header: str
) -> None:
    make(lrs, resource, {"a": 1})
    header = header.format(etag=etag(b'{"a": 1}'))
    response = lrs.request(method, resource, at(resource), {"a": 2}, headers={"If-Match": header})
    assert response.status_code == 412
    assert lrs.get(resource, **at(resource)).json() == {"a": 1}


@every_resource
@for_each("method", ["PUT", "POST", "DELETE"])
@for_each("header", ['"other"', "*"])
def test_part3_3_1_if_match_where_nothing_is_is_412(lrs: Lrs, resource: str, method: str, header: str) -> None:
    response = lrs.request(method, resource, at(resource), {"a": 2}, headers={"If-Match": header})
    assert response.status_code == 412
    assert lrs.get(resource, **at(resource)).status_code == 404


@every_resource
@for_each("method", ["PUT", "POST"])
def test_part3_3_1_if_none_match_makes_only_what_is_not_there(lrs: Lrs, resource: str, method: str) -> None:
    assert lrs.request(method, resource, at(resource), {"a": 1}, headers=ANY).status_code == 204
    assert lrs.request(method, resource, at(resource), {"a": 2}, headers=ANY).status_code == 412
    by_tag = {"If-None-Match": etag(b'{"a": 1}')}
    assert lrs.request(method, resource, at(resource), {"a": 2}, headers=by_tag).status_code == 412
    assert lrs.get(resource, **at(resource)).json() == {"a": 1}
    other = {"If-None-Match": '"other"'}
    assert lrs.request(method, resource, at(resource), {"a": 2}, headers=other).status_code == 204


@every_profile
def test_part3_3_1_put_without_precondition_over_a_profile_is_409_and_says_what_to_do(lrs: Lrs, resource: str) -> None:
    make(lrs, resource, {"a": 1})
    response = lrs.put(resource, {"a": 2}, **at(resource))
    assert response.status_code == 409
    assert "current state" in response.json()["error"]
    assert "If-Match" in response.json()["error"]
    assert lrs.get(resource, **at(resource)).json() == {"a": 1}


@every_profile
def test_1_0_3_part3_3_1_put_of_a_new_profile_without_precondition_is_400(lrs1: Lrs, resource: str) -> None:
    """3.1.s3.b1: "MUST include"; a request that breaks a MUST of its sender is a bad request."""
    response = lrs1.put(resource, {"a": 1}, **at(resource))
    assert (response.status_code, "If-None-Match" in response.json()["error"]) == (400, True)
    assert lrs1.get(resource, **at(resource)).status_code == 404


@every_resource
def test_2_0_4_1_4_put_of_a_new_document_without_precondition_is_stored(lrs2: Lrs, resource: str) -> None:
    assert lrs2.put(resource, {"a": 1}, **at(resource)).status_code == 204
    assert lrs2.get(resource, **at(resource)).json() == {"a": 1}


def test_1_0_3_part3_3_1_state_needs_no_precondition(lrs1: Lrs) -> None:
    for number in (1, 2):
        assert lrs1.put(STATE, {"a": number}, **at(STATE)).status_code == 204
    assert lrs1.get(STATE, **at(STATE)).json() == {"a": 2}


def test_2_0_4_1_4_put_without_precondition_over_a_state_is_409(lrs2: Lrs) -> None:
    make(lrs2, STATE, {"a": 1})
    assert lrs2.put(STATE, {"a": 2}, **at(STATE)).status_code == 409
    assert lrs2.get(STATE, **at(STATE)).json() == {"a": 1}


@every_resource
@for_each("method", ["POST", "DELETE"])
def test_part3_3_1_post_and_delete_need_no_precondition(lrs: Lrs, resource: str, method: str) -> None:
    make(lrs, resource, {"a": 1})
    assert lrs.request(method, resource, at(resource), {"b": 2}).status_code == 204


# --- privacy ---------------------------------------------------------------------------------------------------------


def test_the_documents_of_a_person_are_exported_and_deleted(lrs: Lrs) -> None:
    make(lrs, STATE, {"page": 3}, registration=REGISTRATION)
    make(lrs, AGENT_PROFILE, {"likes": "tea"})
    make(lrs, ACTIVITY_PROFILE, {"pages": 9})
    lrs.put(STATE, {}, ANY, **{**at(STATE), "agent": OTHER})
    key = account_key(HOME, AGENT["account"]["name"])
    found = [(each.kind.value, each.activity, str(each.registration), each.content) for each in api.documents_of(key)]
    assert found == [
        (STATE, ACTIVITY, REGISTRATION, b'{"page": 3}'),
        (AGENT_PROFILE, None, "None", b'{"likes": "tea"}'),
    ]
    assert delete_documents(key) == 2
    assert list(api.documents_of(key)) == []
    assert lrs.get(ACTIVITY_PROFILE, **at(ACTIVITY_PROFILE)).status_code == 200
    assert lrs.get(STATE, **{**at(STATE), "agent": OTHER}).status_code == 200
