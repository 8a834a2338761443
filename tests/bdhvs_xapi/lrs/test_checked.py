"""What a checker that was written from the two specifications alone found over HTTP, so that it stays found."""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.bdhvs_xapi.lrs.support import ACTIVITY, AGENT, ROOT, Lrs, attachment, multipart, part, parts_of, statement
from tests.support.loops import for_each

STATE = {"activityId": ACTIVITY, "agent": AGENT}
USAGE = "http://adlnet.gov/expapi/attachments/signature"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def form(lrs: Lrs, method: str, resource: str) -> Any:
    """A call in the alternate syntax, with nothing but what every call has."""
    content = urlencode(lrs.headers).encode()
    return lrs.client.generic(
        "POST", f"{ROOT}{resource}?method={method}", content, content_type="application/x-www-form-urlencoded"
    )


def test_1_0_3_part3_1_3_head_in_a_form_announces_no_content(lrs1: Lrs) -> None:
    """The server sees a POST: a client would wait for as many bytes as Content-Length says."""
    response = form(lrs1, "HEAD", "statements")
    assert (response.status_code, response.content, response.headers["Content-Length"]) == (200, b"", "0")


def test_1_0_3_part3_1_3_about_in_a_form(lrs1: Lrs) -> None:
    assert "1.0.3" in form(lrs1, "GET", "about").json()["version"]


@pytest.mark.parametrize("content_type", ["", "application/x-www-form-urlencoded"])
def test_1_0_3_part3_1_3_types_are_recommended_and_not_required(lrs1: Lrs, content_type: str) -> None:
    """The header Content-Type, and the field of that name: browsers that need this syntax can set no header."""
    sent = statement()
    content = urlencode({**lrs1.headers, "content": json.dumps(sent)}).encode()
    response = lrs1.client.generic("POST", f"{ROOT}statements?method=POST", content, content_type=content_type)
    assert (response.status_code, response.json()) == (200, [sent["id"]])


def stored(answer: dict[str, Any]) -> str:
    return str(answer["statements"][0]["stored"])


@for_each("more", [{}, {"limit": 1}, {"attachments": "true"}, {"ascending": "true"}])
def test_2_0_4_1_6_1_last_modified_is_the_newest_stored_of_a_list(lrs: Lrs, more: dict[str, Any]) -> None:
    lrs.send(statement())
    lrs.send(statement())
    response = lrs.get("statements", **more)
    newest = lrs.get("statements", limit=1).json()["statements"][0]["stored"]
    assert parsedate_to_datetime(response.headers["Last-Modified"]).isoformat()[:19] == newest[:19]


def test_2_0_4_1_6_1_an_empty_list_was_never_modified(lrs: Lrs) -> None:
    assert "Last-Modified" not in lrs.get("statements").headers


def test_1_0_3_part3_2_1_3_one_statement_with_attachments_says_when_it_was_stored(lrs: Lrs) -> None:
    [one] = lrs.send(statement())
    response = lrs.get("statements", statementId=one, attachments="true")
    assert "Last-Modified" in response.headers


@pytest.mark.parametrize("resource", ["activities/state", "activities/profile", "agents/profile"])
def test_2_0_4_1_6_2_an_id_and_since_exclude_each_other(lrs2: Lrs, resource: str) -> None:
    name = "stateId" if resource == "activities/state" else "profileId"
    place = {key: value for key, value in STATE.items() if key.lower().startswith(resource[:5]) or "state" in resource}
    response = lrs2.get(resource, **place, **{name: "x"}, since="2025-01-01T00:00:00Z")
    assert (response.status_code, response.json()["problems"][0]["path"]) == (400, "since")


@pytest.mark.parametrize("since", ["2025-01-01T00:00:00", "20250101T000000Z"])
def test_1_0_3_part2_2_2_parameters_are_as_free_as_statements(lrs1: Lrs, since: str) -> None:
    """LRS requirement 4: the standards of values in statements, and 4.5 takes all of ISO 8601."""
    [one] = lrs1.send(statement(timestamp=since))
    assert lrs1.listed(since=since) == [one]


def signed(lrs: Lrs, sent: dict[str, Any], token: bytes) -> int:
    declared = attachment(token, usageType=USAGE, contentType="application/octet-stream")
    content_type, content = multipart(
        {**sent, "attachments": [declared]}, part(token, Content_Type="application/octet-stream")
    )
    return int(lrs.request("POST", "statements", content=content, content_type=content_type).status_code)


def token_of(sent: dict[str, Any], **header: Any) -> bytes:
    return jwt.PyJWS().encode(json.dumps(sent).encode(), KEY, algorithm="RS256", headers=header or None).encode()


def test_1_0_3_part2_2_6_a_signature_that_was_cut_off_is_malformed(lrs: Lrs) -> None:
    sent = statement()
    whole = token_of(sent)
    assert signed(lrs, sent, whole.rpartition(b".")[0] + b".") == 400
    assert signed(lrs, sent, whole) == 200


@for_each("x5c", ["MIIB", [], [5], ["%"], {"0": "MIIB"}])
def test_1_0_3_part2_2_6_x5c_is_an_array_of_certificates(lrs: Lrs, x5c: Any) -> None:
    sent = statement()
    assert signed(lrs, sent, token_of(sent, x5c=x5c)) == 400


ZONES = [
    ("2015-11-18T12:17:00.123+07:00", "2015-11-18T05:17:00.123Z"),
    ("2015-11-18T12:17:00-05:00", "2015-11-18T17:17:00.000Z"),
    ("2015-11-18T12:17:00.123456789+00:30", "2015-11-18T11:47:00.123456Z"),
    ("2015-11-18T12:17:00", "2015-11-18T12:17:00.000Z"),
    ("2015-11-18T12:17:00Z", "2015-11-18T12:17:00Z"),
    ("2015-11-18T12:17:00+00:00", "2015-11-18T12:17:00+00:00"),
]


@for_each(("sent", "got"), ZONES)
def test_2_0_4_2_7_timestamps_come_back_in_utc(lrs: Lrs, sent: str, got: str) -> None:
    """A SubStatement's too; whatever else was sent keeps its spelling."""
    inner = {
        "objectType": "SubStatement",
        "actor": AGENT,
        "verb": {"id": f"{ACTIVITY}/verb"},
        "object": {"id": ACTIVITY},
        "timestamp": sent,
        "result": {"score": {"raw": 1.50}},
    }
    one = statement(timestamp=sent, object=inner)
    lrs.send(one)
    answer = lrs.get("statements", statementId=one["id"]).json()
    assert (answer["timestamp"], answer["object"]["timestamp"]) == (got, got)
    assert answer["object"] == {**inner, "timestamp": got}
    assert lrs.send(one) == [one["id"]]


@for_each("where", ["", "result", "object"])
def test_2_0_4_2_1_a_property_that_stands_twice_is_400(lrs: Lrs, where: str) -> None:
    sent = statement(result={"success": True})
    raw = json.dumps(sent)
    twice = {
        "": raw[:-1] + f', "id": "{sent["id"]}"}}',
        "result": raw.replace('"success": true', '"success": true, "success": false'),
        "object": raw.replace('"objectType": "Activity"', '"objectType": "Activity", "objectType": "Activity"'),
    }[where]
    for content in (twice, f"[{twice}]"):
        response = lrs.post("statements", content.encode())
        assert (response.status_code, "twice" in response.json()["error"]) == (400, True)
    assert lrs.listed() == []


def test_part2_4_6_durations_are_compared_to_hundredths_of_a_second(lrs: Lrs) -> None:
    one = statement(result={"duration": "PT1M2.345S"})
    lrs.send(one)
    assert lrs.post("statements", {**one, "result": {"duration": "PT1M2.349S"}}).status_code == 200
    assert lrs.post("statements", {**one, "result": {"duration": "PT1M2.35S"}}).status_code == 409
    assert lrs.post("statements", {**one, "result": {"duration": "PT62.345S"}}).status_code == 409
    assert lrs.get("statements", statementId=one["id"]).json()["result"] == {"duration": "PT1M2.345S"}


@for_each("data", [b"here is a simple attachment", b"two\nlines\n", b"", b"\n--x\n\n"])
def test_part3_1_5_2_a_message_may_be_put_together_from_text_files(lrs: Lrs, data: bytes) -> None:
    """RFC 2046 wants CRLF; with LF throughout it is as clear, and the digest says whether the data are whole."""
    one = statement(attachments=[attachment(data)])
    content_type, content = multipart(one, part(data))
    assert lrs.request("POST", "statements", content=content.replace(b"\r\n", b"\n"), content_type=content_type).json()
    [(_, first), (_, got)] = parts_of(lrs.get("statements", statementId=one["id"], attachments="true"))
    assert (json.loads(first)["id"], got) == (one["id"], data)


def test_part2_2_3_1_a_timestamp_that_a_store_on_the_way_set_is_no_difference(lrs: Lrs) -> None:
    """It came by another store first, which had set one; now its maker sends it as it was made."""
    one = statement(timestamp="2025-01-02T03:04:05.000Z")
    lrs.send(one)
    bare = {name: value for name, value in one.items() if name != "timestamp"}
    assert lrs.post("statements", bare).json() == [one["id"]]
    assert lrs.put("statements", bare, statementId=one["id"]).status_code == 204
    assert lrs.post("statements", {**bare, "actor": {"mbox": "mailto:x@example.vn"}}).status_code == 409
    assert lrs.get("statements", statementId=one["id"]).json()["timestamp"] == one["timestamp"]


def test_2_0_4_2_another_timestamp_is_no_difference(lrs: Lrs) -> None:
    """A store "shall specifically not consider" it; 1.0.3 excepts only what a store may have set itself."""
    one = statement(timestamp="2025-01-02T03:04:05.000Z")
    lrs.send(one)
    before = lrs.get("statements", statementId=one["id"]).json()
    response = lrs.post("statements", {**one, "timestamp": "2024-01-02T03:04:05.000Z"})
    assert response.status_code == (200 if lrs.version == "2.0.0" else 409)
    assert lrs.get("statements", statementId=one["id"]).json() == before
