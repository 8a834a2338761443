"""xAPI 1.0.3 Part Three, 1.3: the alternate request syntax, which 2.0 has no more (IEEE 9274.1.1, annex of changes)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.bdhvs_xapi.lrs.support import ACTIVITY, AGENT, ROOT, V1, V2, Lrs, statement
from tests.support.loops import for_each

FORM = "application/x-www-form-urlencoded"
STATE = {"activityId": ACTIVITY, "agent": json.dumps(AGENT), "stateId": "s"}


def alternate(
    lrs: Lrs, method: str, resource: str, fields: dict[str, str], query: str = "", content_type: str = FORM
) -> Any:
    """Everything in the form, as a browser without CORS sends it: not even the credentials are in a header."""
    form = {**lrs.headers, **fields}
    return lrs.client.generic(
        "POST", f"{ROOT}{resource}?method={method}{query}", urlencode(form).encode(), content_type=content_type
    )


def test_1_0_3_part3_1_3_put_of_a_statement(lrs1: Lrs) -> None:
    sent = statement()
    fields = {"statementId": sent["id"], "content": json.dumps(sent), "Content-Type": "application/json"}
    response = alternate(lrs1, "PUT", "statements", fields)
    assert (response.status_code, response.headers["X-Experience-API-Version"]) == (204, V1)
    assert lrs1.listed() == [sent["id"]]


def test_1_0_3_part3_1_3_post_of_statements(lrs1: Lrs) -> None:
    sent = [statement(), statement()]
    fields = {"content": json.dumps(sent), "Content-Type": "application/json"}
    response = alternate(lrs1, "POST", "statements", fields)
    assert (response.status_code, response.json()) == (200, [each["id"] for each in sent])


def test_1_0_3_part3_1_3_get_of_statements_by_form_fields(lrs1: Lrs) -> None:
    [first, _] = lrs1.send(statement(), statement(actor={"mbox": "mailto:x@example.vn"}))
    response = alternate(lrs1, "GET", "statements", {"agent": json.dumps(AGENT)})
    assert [each["id"] for each in response.json()["statements"]] == [first]


def test_1_0_3_part3_1_3_a_post_that_lists_is_told_from_one_that_adds(lrs1: Lrs) -> None:
    """2.1.2: by the parameters."""
    lrs1.send(statement())
    assert "statements" in alternate(lrs1, "GET", "statements", {}).json()
    assert isinstance(lrs1.post("statements", statement()).json(), list)


def test_1_0_3_part3_1_3_head(lrs1: Lrs) -> None:
    response = alternate(lrs1, "HEAD", "statements", {})
    assert (response.status_code, response.content) == (200, b"")


def test_1_0_3_part3_1_3_documents_with_preconditions(lrs1: Lrs) -> None:
    fields = {"activityId": ACTIVITY, "profileId": "p"}
    content = {"content": '{"a": "ấ"}', "Content-Type": "application/json"}
    assert alternate(lrs1, "PUT", "activities/profile", {**fields, **content}).status_code == 400
    headed = {**fields, **content, "If-None-Match": "*"}
    assert alternate(lrs1, "PUT", "activities/profile", headed).status_code == 204
    assert alternate(lrs1, "PUT", "activities/profile", headed).status_code == 412
    got = alternate(lrs1, "GET", "activities/profile", fields)
    assert (got.json(), got.headers["Content-Type"]) == ({"a": "ấ"}, "application/json")
    posted = alternate(lrs1, "POST", "activities/profile", {**fields, **content, "If-Match": got.headers["ETag"]})
    assert posted.status_code == 204
    assert alternate(lrs1, "DELETE", "activities/profile", {**fields, "If-Match": '"other"'}).status_code == 412
    assert alternate(lrs1, "DELETE", "activities/profile", fields).status_code == 204
    assert alternate(lrs1, "GET", "activities/profile", fields | {"profileId": "p"}).status_code == 404


def test_1_0_3_part3_1_3_the_content_is_a_utf_8_string(lrs1: Lrs) -> None:
    fields = {**STATE, "content": "chữ", "Content-Type": "text/plain; charset=utf-8"}
    assert alternate(lrs1, "PUT", "activities/state", fields).status_code == 204
    assert lrs1.get("activities/state", **STATE).content == "chữ".encode()


def test_1_0_3_part3_1_3_the_names_of_headers_may_be_in_any_case(lrs1: Lrs) -> None:
    form = {name.lower(): value for name, value in lrs1.headers.items()}
    response = lrs1.client.post(f"{ROOT}statements?method=GET", urlencode(form), content_type=FORM)
    assert response.status_code == 200


def test_1_0_3_part3_1_3_other_headers_stay_headers(lrs1: Lrs) -> None:
    """Accept-Language is none of those that may be fields; as a field it is an unknown parameter (3.2)."""
    assert alternate(lrs1, "GET", "statements", {"Accept-Language": "vi"}).status_code == 400


@pytest.mark.parametrize("query", ["&statementId=x", "&limit=1", "&method=GET", "&foo=1"])
def test_1_0_3_part3_1_3_no_other_parameter_in_the_query_string(lrs1: Lrs, query: str) -> None:
    assert alternate(lrs1, "GET", "statements", {}, query).status_code == 400


@pytest.mark.parametrize("method", ["PATCH", "OPTIONS", "", "GET%20", "FOO"])
def test_1_0_3_part3_1_3_only_methods_of_xapi(lrs1: Lrs, method: str) -> None:
    assert alternate(lrs1, method, "statements", {}).status_code == 400


def test_1_0_3_part3_1_3_a_method_the_resource_has_not_is_405(lrs1: Lrs) -> None:
    assert alternate(lrs1, "DELETE", "statements", {}).status_code == 405


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x"])
def test_1_0_3_part3_1_3_the_content_is_a_form(lrs1: Lrs, content_type: str) -> None:
    assert alternate(lrs1, "GET", "statements", {}, content_type=content_type).status_code == 400


def test_1_0_3_part3_1_3_a_put_by_method_needs_no_post_of_a_form_elsewhere(lrs1: Lrs) -> None:
    """3.2: a form without the parameter method is refused."""
    response = lrs1.request("POST", "statements", None, urlencode({"content": "{}"}).encode(), FORM)
    assert response.status_code == 400


def test_1_0_3_part3_1_3_a_field_twice_is_400(lrs1: Lrs) -> None:
    form = urlencode([*lrs1.headers.items(), ("limit", "1"), ("limit", "2")])
    assert lrs1.client.post(f"{ROOT}statements?method=GET", form, content_type=FORM).status_code == 400


def test_1_0_3_part3_1_3_credentials_in_the_form_are_checked(lrs1: Lrs) -> None:
    assert alternate(lrs1, "GET", "statements", {"Authorization": "Basic eDp5"}).status_code == 401


def test_1_0_3_part3_1_3_method_on_another_method_is_an_unknown_parameter(lrs1: Lrs) -> None:
    assert lrs1.get("statements", method="GET").status_code == 400


@for_each("method", ["GET", "PUT", "POST", "DELETE"])
@for_each("resource", ["statements", "activities/state"])
def test_2_0_4_1_the_alternate_syntax_is_gone(lrs2: Lrs, method: str, resource: str) -> None:
    sent = statement()
    fields = {"statementId": sent["id"], "content": json.dumps(sent), "Content-Type": "application/json"}
    response = alternate(lrs2, method, resource, fields if resource == "statements" else STATE)
    assert 400 <= response.status_code < 500
    assert lrs2.listed() == []


def test_2_0_4_1_the_version_may_not_be_smuggled_in_the_form(lrs1: Lrs) -> None:
    response = alternate(lrs1, "GET", "statements", {"X-Experience-API-Version": V2})
    assert response.status_code == 400
