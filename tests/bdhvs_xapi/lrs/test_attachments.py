"""xAPI 1.0.3 Part Three, 1.5.2 and Part Two, 2.4.11 (IEEE 9274.1.1, 4.1.5.2): attachments in multipart/mixed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from bdhvs_xapi.models import Blob
from tests.bdhvs_xapi.lrs.support import AGENT, HOME, Lrs, attachment, multipart, part, parts_of, statement
from tests.support.loops import for_each

pytestmark = pytest.mark.database

DATA = b"here is a simple attachment"
BINARY = bytes(range(256)) + b"\r\n--x\r\n\r\n" + bytes(range(256))


def post(lrs: Lrs, statements: Any, *parts: Any, **more: Any) -> Any:
    content_type, content = multipart(statements, *parts, **more)
    return lrs.request("POST", "statements", None, content, content_type)


def with_data(data: bytes = DATA, **changes: Any) -> dict[str, Any]:
    return statement(attachments=[attachment(data, **changes)])


def test_part3_1_5_2_statements_with_attachments_are_accepted(lrs: Lrs) -> None:
    sent = with_data()
    response = post(lrs, sent, part(DATA))
    assert (response.status_code, response.json()) == (200, [sent["id"]])


def test_part3_1_5_2_put_with_an_attachment(lrs: Lrs) -> None:
    sent = with_data()
    content_type, content = multipart(sent, part(DATA))
    params = {"statementId": sent["id"]}
    assert lrs.request("PUT", "statements", params, content, content_type).status_code == 204


@for_each("data", [DATA, BINARY, b"", b"\r\n", b"\n", b"--", "chữ".encode() * 10_000])
def test_part3_1_5_2_data_comes_back_byte_for_byte(lrs: Lrs, data: bytes) -> None:
    sent = with_data(data, contentType="application/pdf")
    assert post(lrs, sent, part(data, Content_Type="application/pdf")).status_code == 200
    response = lrs.get("statements", statementId=sent["id"], attachments="true")
    (head, body), (headers, found) = parts_of(response)
    assert head["content-type"] == "application/json"
    assert json.loads(body)["attachments"] == sent["attachments"]
    assert found == data
    assert headers == {
        "content-type": "application/pdf",
        "content-length": str(len(data)),
        "content-transfer-encoding": "binary",
        "x-experience-api-hash": hashlib.sha256(data).hexdigest(),
    }


def test_part3_1_5_2_the_examples_content_types_match(lrs: Lrs) -> None:
    """The specification's own example: text/plain; charset=ascii in the statement, text/plain in the part."""
    assert post(lrs, with_data(contentType="text/plain; charset=ascii"), part(DATA)).status_code == 200


@for_each("name", ["sha224", "sha256", "sha384", "sha512"])
def test_part2_2_4_11_every_sha_2_is_understood_in_either_case(lrs: Lrs, name: str) -> None:
    digest = hashlib.new(name, DATA).hexdigest()
    sent = with_data(sha2=digest.upper())
    assert post(lrs, sent, part(DATA, X_Experience_API_Hash=digest)).status_code == 200
    assert parts_of(lrs.get("statements", attachments="true"))[1][1] == DATA


def test_part3_1_5_2_one_copy_serves_several_statements(lrs: Lrs) -> None:
    assert post(lrs, [with_data(), with_data(), statement()], part(DATA)).status_code == 200
    assert len(parts_of(lrs.get("statements", attachments="true"))) == 2
    assert Blob.objects.count() == 1


def test_part3_1_5_2_several_attachments_in_any_order(lrs: Lrs) -> None:
    sent = statement(attachments=[attachment(b"one"), attachment(b"two", fileUrl=f"{HOME}/2"), attachment(b"three")])
    assert post(lrs, sent, part(b"three"), part(b"two"), part(b"one")).status_code == 200
    assert [data for _, data in parts_of(lrs.get("statements", attachments="true"))[1:]] == [b"one", b"two", b"three"]


def test_part2_2_4_11_an_attachment_of_a_sub_statement(lrs: Lrs) -> None:
    inner = {
        "objectType": "SubStatement",
        "actor": AGENT,
        "verb": {"id": f"{HOME}/v"},
        "object": {"id": f"{HOME}/a"},
        "attachments": [attachment(DATA)],
    }
    assert lrs.post("statements", statement(object=inner)).status_code == 400
    assert post(lrs, statement(object=inner), part(DATA)).status_code == 200
    assert parts_of(lrs.get("statements", attachments="true"))[1][1] == DATA


@pytest.mark.parametrize("sent", [statement(), [statement(), statement()]], ids=["one", "batch"])
def test_part3_1_5_2_a_multipart_without_attachments_is_accepted(lrs: Lrs, sent: Any) -> None:
    assert post(lrs, sent).status_code == 200


def test_part3_1_5_2_a_multipart_whose_attachments_have_a_file_url_is_accepted(lrs: Lrs) -> None:
    assert post(lrs, with_data(fileUrl=f"{HOME}/f")).status_code == 200


def test_part3_1_5_2_an_attachment_without_data_and_file_url_is_400(lrs: Lrs) -> None:
    for response in (
        post(lrs, [with_data(), with_data(b"other")], part(DATA)),
        post(lrs, with_data()),
        lrs.post("statements", with_data()),
        lrs.post("statements", [with_data(fileUrl=f"{HOME}/f"), with_data()]),
    ):
        assert response.status_code == 400
        assert "attachments[0]" in response.json()["problems"][0]["path"]
    assert lrs.listed() == []
    assert Blob.objects.count() == 0


def test_an_escaped_name_hides_no_attachment(lrs: Lrs) -> None:
    raw = json.dumps(with_data()).replace('"attachments"', '"\\u0061ttachments"').encode()
    assert b"attachments" not in raw
    assert lrs.post("statements", raw).status_code == 400


def test_part3_1_5_2_data_that_nobody_declares_is_400(lrs: Lrs) -> None:
    assert post(lrs, statement(), part(DATA)).status_code == 400
    assert post(lrs, with_data(), part(DATA), part(b"other")).status_code == 400


def test_part3_1_5_2_data_is_matched_by_its_digest_only(lrs: Lrs) -> None:
    """Not by position, and not by what it says its digest is."""
    wrong = hashlib.sha256(b"other").hexdigest()
    assert (
        post(lrs, with_data(), part(b"other", X_Experience_API_Hash=hashlib.sha256(DATA).hexdigest())).status_code
        == 400
    )
    assert post(lrs, with_data(sha2=wrong), part(DATA, X_Experience_API_Hash=wrong)).status_code == 400


@for_each("value", [None, "", "x", "0" * 64, "0" * 63])
def test_part3_1_5_2_a_part_has_its_digest_in_a_header(lrs: Lrs, value: str | None) -> None:
    assert post(lrs, with_data(), part(DATA, X_Experience_API_Hash=value)).status_code == 400


@for_each("value", [None, "", "base64", "8bit", "quoted-printable"])
def test_part3_1_5_2_a_parts_transfer_encoding_is_binary(lrs: Lrs, value: str | None) -> None:
    assert post(lrs, with_data(), part(DATA, Content_Transfer_Encoding=value)).status_code == 400


@for_each("first", [None, "text/plain", "application/octet-stream"])
def test_part3_1_5_2_the_first_part_is_json(lrs: Lrs, first: str | None) -> None:
    assert post(lrs, with_data(), part(DATA), first=first).status_code == 400


def test_part3_1_5_2_headers_and_properties_that_are_both_there_agree(lrs: Lrs) -> None:
    assert post(lrs, with_data(), part(DATA, Content_Type="image/png")).status_code == 400
    assert post(lrs, with_data(), part(DATA, Content_Length="5")).status_code == 400
    assert post(lrs, with_data(), part(DATA, Content_Type=None, Content_Length=str(len(DATA)))).status_code == 200


@for_each(
    "content_type",
    [
        "multipart/mixed",
        "multipart/mixed; boundary=",
        'multipart/mixed; boundary="another"',
        "multipart/mixed; boundary=" + "x" * 71,
        "multipart/related; boundary=x",
    ],
)
def test_part3_1_5_2_the_boundary_is_the_contents(lrs: Lrs, content_type: str) -> None:
    content = multipart(statement())[1]
    assert lrs.request("POST", "statements", None, content, content_type).status_code == 400


def test_part3_1_5_2_a_multipart_that_is_cut_off_is_400(lrs: Lrs) -> None:
    assert post(lrs, with_data(), part(DATA), end=b"").status_code == 400
    content_type, content = multipart(with_data(), part(DATA))
    for length in range(0, len(content) - 4, 37):
        assert lrs.request("POST", "statements", None, content[:length], content_type).status_code == 400
    assert lrs.listed() == []


def test_part3_1_5_2_a_multipart_without_parts_or_empty_lines_is_400(lrs: Lrs) -> None:
    for content in (b"", b"--b--\r\n", b"--b\r\n--b--\r\n", b"--b\r\nContent-Type: application/json\r\n--b--\r\n"):
        assert lrs.request("POST", "statements", None, content, "multipart/mixed; boundary=b").status_code == 400


def test_part3_2_1_3_attachments_true_is_multipart_with_and_without_data(lrs: Lrs) -> None:
    [plain] = lrs.send(statement())
    [(head, body)] = parts_of(lrs.get("statements", statementId=plain, attachments="true"))
    assert (head, json.loads(body)["id"]) == ({"content-type": "application/json"}, plain)
    [(_, body)] = parts_of(lrs.get("statements", attachments="true"))
    assert [each["id"] for each in json.loads(body)["statements"]] == [plain]


def test_part3_2_1_3_attachments_false_is_json_without_data(lrs: Lrs) -> None:
    post(lrs, with_data(), part(DATA))
    for params in ({}, {"attachments": "false"}):
        response = lrs.get("statements", **params)
        assert response.headers["Content-Type"] == "application/json"
        assert DATA not in response.content


def test_part3_2_1_3_attachments_of_every_page(lrs: Lrs) -> None:
    for data in (b"one", b"two"):
        assert post(lrs, with_data(data), part(data)).status_code == 200
    (_, body), (_, data) = parts_of(lrs.get("statements", attachments="true", limit=1))
    assert data == b"two"
    assert parts_of(lrs.get(json.loads(body)["more"]))[1][1] == b"one"


def test_data_of_a_refused_batch_is_not_kept(lrs: Lrs) -> None:
    [known] = lrs.send(statement())
    conflicting = statement(id=known, attachments=[attachment(DATA)])
    assert post(lrs, [conflicting], part(DATA)).status_code == 409
    assert Blob.objects.count() == 0


def test_an_extension_that_looks_like_an_attachment_is_none(lrs: Lrs) -> None:
    extension = {f"{HOME}/x": {"attachments": [attachment(DATA)], "sha2": 1}}
    [sent] = lrs.send(statement(context={"extensions": extension}))
    assert len(parts_of(lrs.get("statements", statementId=sent, attachments="true"))) == 1


def test_a_content_type_cannot_break_out_of_its_header(lrs: Lrs) -> None:
    sent = with_data(contentType="text/plain; x=\u2028y")
    status = post(lrs, sent, part(DATA)).status_code
    assert status in (200, 400)
    if status == 200:
        assert parts_of(lrs.get("statements", attachments="true"))[1][0]["content-type"] == "application/octet-stream"
