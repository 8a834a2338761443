"""xAPI 1.0.3 Part Three, 1.1, 1.2, 1.4, 1.5.1 and 3.2 (IEEE 9274.1.1, 4.1.1 to 4.1.5): every request.

A test without a version in its name holds in both dialects and runs in each.
"""

from __future__ import annotations

import io
import json
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from bdhvs_xapi import api
from tests.bdhvs_xapi.lrs.support import ACTIVITY, AGENT, HOME, ROOT, Lrs, attachment, part, problems, statement
from tests.support.loops import for_each

STATE = {"activityId": ACTIVITY, "agent": AGENT, "stateId": "s"}
RESOURCES: dict[str, dict[str, Any]] = {
    "about": {},
    "statements": {},
    "activities": {"activityId": ACTIVITY},
    "activities/state": STATE,
    "activities/profile": {"activityId": ACTIVITY, "profileId": "p"},
    "agents": {"agent": AGENT},
    "agents/profile": {"agent": AGENT, "profileId": "p"},
}


def fill(lrs: Lrs) -> None:
    """Something to be found at each resource."""
    lrs.send(statement())
    for resource in ("activities/state", "activities/profile", "agents/profile"):
        assert lrs.put(resource, {"a": 1}, {"If-None-Match": "*"}, **RESOURCES[resource]).status_code == 204


# --- 1.1 HEAD --------------------------------------------------------------------------------------------------------


@for_each("resource", RESOURCES)
def test_part3_1_1_head_answers_as_get_without_a_body(lrs: Lrs, resource: str) -> None:
    fill(lrs)
    got, head = lrs.get(resource, **RESOURCES[resource]), lrs.head(resource, **RESOURCES[resource])
    assert (head.status_code, head.content) == (got.status_code, b"") == (200, b"")
    for name in got.headers.keys() - {"X-Experience-API-Consistent-Through"}:
        assert head.headers[name] == got.headers[name], name
    assert head.headers.keys() == got.headers.keys()
    assert head.headers["Content-Length"] == str(len(got.content))


def test_part3_1_1_head_of_one_statement_and_of_none(lrs: Lrs) -> None:
    [known] = lrs.send(statement())
    assert lrs.head("statements", statementId=known).status_code == 200
    missing = lrs.head("statements", statementId="00000000-0000-4000-8000-000000000000")
    assert (missing.status_code, missing.content) == (404, b"")


def test_part3_1_1_head_of_a_list_with_attachments_has_no_body(lrs: Lrs) -> None:
    lrs.send(statement())
    head = lrs.head("statements", attachments="true")
    assert head.headers["Content-Type"].startswith("multipart/mixed")
    assert b"".join(head.streaming_content) == b""


def test_part3_1_1_head_of_a_document_tells_when_it_was_modified(lrs: Lrs) -> None:
    fill(lrs)
    assert parsedate_to_datetime(lrs.head("activities/state", **STATE).headers["Last-Modified"]).tzinfo is not None


# --- 1.4 Encoding, 1.5.1 Application/JSON ----------------------------------------------------------------------------


def test_part3_1_4_strings_are_utf_8(lrs: Lrs) -> None:
    sent = statement(verb={"id": f"{HOME}/verbs/đạt", "display": {"vi": "đạt yêu cầu 🙂"}})
    content = json.dumps(sent, ensure_ascii=False).encode()
    assert lrs.post("statements", content).status_code == 200
    got = lrs.get("statements", verb=f"{HOME}/verbs/đạt").json()["statements"]
    assert [each["verb"] for each in got] == [sent["verb"]]


@for_each("spoiled", [b"\xff", b"\xed\xa0\x80", b"\xc0\xaf"])
def test_part3_1_4_a_content_that_is_not_utf_8_is_400(lrs: Lrs, spoiled: bytes) -> None:
    content = (
        json.dumps(statement(verb={"id": ACTIVITY, "display": {"en": "X"}})).encode().replace(b'"X"', b'"%s"' % spoiled)
    )
    assert lrs.post("statements", content).status_code == 400


def test_part3_1_4_a_query_string_that_is_not_utf_8_is_400(lrs: Lrs) -> None:
    assert lrs.get(f"{ROOT}statements?verb=http://example.org/%FF").status_code == 400


def test_part3_1_5_1_json_without_attachments_is_accepted(lrs: Lrs) -> None:
    assert lrs.post("statements", [statement(), statement()]).status_code == 200


def test_part3_1_5_1_json_whose_attachments_have_a_file_url_is_accepted(lrs: Lrs) -> None:
    declared = attachment(b"data", fileUrl=f"{HOME}/essay.txt")
    assert lrs.post("statements", [statement(attachments=[declared])]).status_code == 200


@for_each("content_type", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/json ;x=y"])
def test_part3_1_5_a_json_content_type_may_have_parameters(lrs: Lrs, content_type: str) -> None:
    content = json.dumps(statement()).encode()
    assert lrs.request("POST", "statements", None, content, content_type).status_code == 200


@for_each("method", ["PUT", "POST"])
@for_each(
    "content_type",
    [
        None,
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "json",
    ],
)
def test_part3_3_2_another_content_type_is_400(lrs: Lrs, method: str, content_type: str | None) -> None:
    sent = statement()
    params = {"statementId": sent["id"]} if method == "PUT" else {}
    response = lrs.request(method, "statements", params, json.dumps(sent).encode(), content_type)
    assert response.status_code == 400
    assert lrs.listed() == []


# --- 3.2 Errors ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[", b"null", b"1", b'"x"', b"[1]", b"[[]]", b"{}", b"\x00", b"[" * 10_000]
)
def test_part3_3_2_what_is_no_statement_is_400(lrs: Lrs, content: bytes) -> None:
    response = lrs.post("statements", content)
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/json"
    assert response.json()["error"]


def test_part3_3_2_the_answer_says_what_is_wrong_and_where(lrs: Lrs) -> None:
    response = lrs.post("statements", [statement(), statement(actor={"mbox": "an@example.vn"})])
    assert response.status_code == 400
    assert problems(response) == ["[1].actor.mbox"]
    assert "mailto:" in response.json()["problems"][0]["reason"]


def test_part3_3_2_an_unknown_parameter_is_400(lrs: Lrs) -> None:
    fill(lrs)
    for resource, given in RESOURCES.items():
        for name in ("foo", "StatementID", "Agent", "activityid", "SINCE", "more"):
            response = lrs.get(resource, **given, **{name: "x"})
            assert (response.status_code, problems(response)) == (400, [name]), resource


PARAMETERS = {
    "statements": (
        "statementId voidedStatementId agent verb activity registration related_activities related_agents since until "
        "limit format attachments ascending"
    ).split(),
    "activities": ["activityId"],
    "activities/state": ["activityId", "agent", "stateId", "registration", "since"],
    "activities/profile": ["activityId", "profileId", "since"],
    "agents": ["agent"],
    "agents/profile": ["agent", "profileId", "since"],
}


@for_each(("resource", "name"), [(resource, name) for resource, names in PARAMETERS.items() for name in names])
def test_part3_3_2_a_parameter_in_another_case_is_400_and_is_told_apart(lrs: Lrs, resource: str, name: str) -> None:
    spelled = name.upper()
    response = lrs.get(resource, **{spelled: "x"})
    assert response.status_code == 400
    if not set(problems(response)) - {spelled}:
        assert name in response.json()["error"]


def test_part3_3_2_an_unknown_parameter_is_400_for_every_method(lrs: Lrs) -> None:
    fill(lrs)
    for resource in [resource for resource in RESOURCES if "/" in resource]:
        headers = {"If-Match": lrs.get(resource, **RESOURCES[resource]).headers["ETag"]}
        for method in ("PUT", "POST", "DELETE"):
            response = lrs.request(method, resource, {**RESOURCES[resource], "foo": "1"}, {"b": 2}, headers=headers)
            assert (response.status_code, problems(response)) == (400, ["foo"]), (method, resource)
        assert lrs.get(resource, **RESOURCES[resource]).json() == {"a": 1}


def test_part3_3_2_a_parameter_that_occurs_twice_is_400(lrs: Lrs) -> None:
    assert lrs.get(f"{ROOT}statements?limit=1&limit=2").status_code == 400


def test_part3_3_2_a_batch_is_refused_with_any_statement_of_it(lrs: Lrs) -> None:
    assert lrs.post("statements", [statement(), statement(verb={"id": "attempted"}), statement()]).status_code == 400
    assert lrs.listed() == []


def test_part3_3_2_a_batch_is_refused_with_a_conflict_in_it(lrs: Lrs) -> None:
    [known] = lrs.send(statement())
    conflicting = statement(id=known, actor={"mbox": "mailto:x@example.vn"})
    assert lrs.post("statements", [statement(), conflicting]).status_code == 409
    assert lrs.listed() == [known]


@for_each("resource", ["nothing", "statements/", "about/x", "Statements", "", "activities/state/x", "oauth/token"])
@for_each("method", ["GET", "POST"])
def test_part3_3_2_an_unknown_resource_is_404_as_json(lrs: Lrs, resource: str, method: str) -> None:
    response = lrs.request(method, resource)
    assert (response.status_code, response.headers["Content-Type"]) == (404, "application/json")
    assert response.json() == {"error": "no such resource", "problems": []}


ALLOWED = {
    "about": "GET, HEAD, OPTIONS",
    "statements": "GET, PUT, POST, HEAD, OPTIONS",
    "activities": "GET, HEAD, OPTIONS",
    "activities/state": "GET, PUT, POST, DELETE, HEAD, OPTIONS",
    "activities/profile": "GET, PUT, POST, DELETE, HEAD, OPTIONS",
    "agents": "GET, HEAD, OPTIONS",
    "agents/profile": "GET, PUT, POST, DELETE, HEAD, OPTIONS",
}


@for_each(
    ("resource", "method"),
    [
        (resource, method)
        for resource, allowed in ALLOWED.items()
        for method in ("PUT", "POST", "DELETE", "PATCH", "TRACE")
        if method not in allowed.split(", ")
    ],
)
def test_part3_3_2_another_method_is_405_as_json(lrs: Lrs, resource: str, method: str) -> None:
    response = lrs.request(method, resource, RESOURCES[resource])
    assert (response.status_code, response.headers["Allow"]) == (405, ALLOWED[resource])
    assert response.json()["error"] == f"{method} is not a method of {resource}"


def test_part3_3_2_a_content_larger_than_allowed_is_413(lrs: Lrs, settings: Any) -> None:
    content = json.dumps(statement()).encode()
    settings.BDHVS_XAPI_MAX_BODY = len(content)
    assert lrs.post("statements", content).status_code == 200
    settings.BDHVS_XAPI_MAX_BODY = len(content) - 1
    assert lrs.post("statements", content).status_code == 413


def test_part3_3_2_an_attachment_larger_than_allowed_is_413(lrs: Lrs, settings: Any) -> None:
    from tests.bdhvs_xapi.lrs.support import multipart

    settings.BDHVS_XAPI_MAX_BODY = 2_000
    data = b"x" * 2_000
    content_type, content = multipart(statement(attachments=[attachment(data)]), part(data))
    assert lrs.request("POST", "statements", None, content, content_type).status_code == 413
    assert lrs.put("activities/state", data, **STATE).status_code in (400, 413)


def test_part3_3_2_more_statements_than_allowed_are_413(lrs: Lrs, settings: Any) -> None:
    settings.BDHVS_XAPI_MAX_BATCH = 2
    assert lrs.post("statements", [statement() for _ in range(3)]).status_code == 413
    assert lrs.post("statements", [statement() for _ in range(2)]).status_code == 200


def test_part3_3_2_django_limits_of_forms_do_not_count(lrs: Lrs, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 1
    assert lrs.post("statements", statement()).status_code == 200
    assert lrs.get("statements", limit=1, ascending="true", format="ids").status_code == 200


def test_part3_3_2_a_content_shorter_than_its_length_is_400(lrs: Lrs) -> None:
    content = json.dumps(statement()).encode()
    response = lrs.client.generic(
        "POST",
        f"{ROOT}statements",
        content,
        content_type="application/json",
        headers=lrs.headers,
        CONTENT_LENGTH=str(len(content) + 5),
        **{"wsgi.input": io.BytesIO(content)},
    )
    assert response.status_code == 400


@for_each("length", ["x", "-1", "1e3", "9" * 30])
def test_part3_3_2_a_length_that_is_no_number_is_400(lrs: Lrs, length: str) -> None:
    response = lrs.client.generic("POST", f"{ROOT}statements", b"{}", headers=lrs.headers, CONTENT_LENGTH=length)
    assert response.status_code == 400


def test_part3_3_2_deep_nesting_is_400_and_not_a_crash(lrs: Lrs) -> None:
    deep = "[" * 5_000 + "]" * 5_000
    context = f'{{"extensions": {{"http://example.org/x": {deep}}}}}'
    content = json.dumps(statement(context="DEEP")).replace('"DEEP"', context).encode()
    assert lrs.post("statements", content).status_code == 400
    assert lrs.put("activities/state", deep.encode(), **STATE).status_code in (204, 400)


def test_nothing_of_the_site_is_in_an_answer(lrs: Lrs) -> None:
    """No session, language, cookie or page: an endpoint for machines."""
    for response in (lrs.get("statements"), lrs.get("nothing"), lrs.get("statements", foo="1")):
        assert not response.cookies
        assert {"Content-Language", "Vary", "Set-Cookie"}.isdisjoint(response.headers)
        assert response.headers["Cache-Control"] == "private, no-cache"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response.headers["Content-Security-Policy"]


def test_one_path_a_post_reaches_the_projections(lrs: Lrs, heard: list[list[api.Recorded]]) -> None:
    sent = lrs.send(statement(), statement())
    assert [[str(each.statement_id) for each in call] for call in heard] == [sent]
