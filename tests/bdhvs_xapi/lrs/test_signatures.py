"""xAPI 1.0.3 Part Two, 2.6 (IEEE 9274.1.1, 4.2.6): signed statements."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.bdhvs_xapi.lrs.support import Lrs, attachment, multipart, part, parts_of, problems, statement
from tests.support.loops import for_each

USAGE = "http://adlnet.gov/expapi/attachments/signature"


@cache
def key(name: str = "a") -> Any:
    return ec.generate_private_key(ec.SECP256R1()) if name == "ec" else rsa.generate_private_key(65537, 2048)


@cache
def certificate(name: str = "a") -> str:
    """Of that key, as ``x5c`` has it: DER in base64."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "signer.example.vn")])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key(name).public_key())
        .serial_number(1)
        .not_valid_before(datetime(2025, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=3650))
        .sign(key(name), hashes.SHA256())
    )
    return base64.b64encode(made.public_bytes(Encoding.DER)).decode()


def sign(payload: Any, algorithm: str = "RS256", *, by: str = "a", **headers: Any) -> bytes:
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return jwt.PyJWS().encode(raw, key(by), algorithm=algorithm, headers=headers or None).encode()


def signed(sent: dict[str, Any], token: bytes, **changes: Any) -> tuple[str, bytes]:
    """(Content-Type, content) of the statement with its signature."""
    values = {"usageType": USAGE, "contentType": "application/octet-stream", **changes}
    declared = attachment(token, **values)
    whole = {**sent, "attachments": [*sent.get("attachments", []), declared]}
    return multipart(whole, part(token, Content_Type=values["contentType"]))


def post(lrs: Lrs, sent: dict[str, Any], token: bytes, **changes: Any) -> Any:
    content_type, content = signed(sent, token, **changes)
    return lrs.request("POST", "statements", None, content, content_type)


@for_each("algorithm", ["RS256", "RS384", "RS512"])
@for_each("headers", [{}, {"x5c": "certificate"}], ids=["bare", "x5c"])
def test_part2_2_6_a_signed_statement_is_accepted(lrs: Lrs, algorithm: str, headers: dict[str, Any]) -> None:
    sent = statement(result={"score": {"scaled": 0.5}}, timestamp="2025-11-15T08:30:00Z")
    headers = {"x5c": [certificate()]} if headers else {}
    token = sign(sent, algorithm, **headers)
    assert post(lrs, sent, token).status_code == 200
    response = lrs.get("statements", statementId=sent["id"], attachments="true")
    assert parts_of(response)[1][1] == token


def test_part2_2_6_the_payload_may_be_spelled_otherwise(lrs: Lrs) -> None:
    """Logically equivalent (2.3.1): white space, order, what is left to the store."""
    sent = statement(timestamp="2025-11-15T08:30:00Z")
    payload = json.dumps(dict(reversed(sent.items())), indent=4).encode()
    assert post(lrs, sent, sign(payload)).status_code == 200
    other = statement()
    bare = {name: value for name, value in other.items() if name != "id"}
    assert post(lrs, other, sign(bare)).status_code == 200


def test_part2_2_6_other_attachments_are_part_of_what_is_signed(lrs: Lrs) -> None:
    sent = statement(attachments=[attachment(b"essay", fileUrl="https://example.org/essay")])
    assert post(lrs, sent, sign(sent)).status_code == 200
    without = {name: value for name, value in sent.items() if name != "attachments"}
    assert post(lrs, {**sent, "id": statement()["id"]}, sign(without)).status_code == 400


@for_each(
    "changes",
    [
        {"actor": {"mbox": "mailto:x@example.vn"}},
        {"verb": {"id": "http://example.org/other"}},
        {"result": {"success": True}},
        {"id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"},
        {"timestamp": "2025-01-01T00:00:00Z"},
    ],
)
def test_part2_2_6_a_signature_of_another_statement_is_400(lrs: Lrs, changes: dict[str, Any]) -> None:
    sent = statement(timestamp="2025-11-15T08:30:00Z")
    response = post(lrs, sent, sign({**sent, **changes}))
    assert (response.status_code, problems(response)) == (400, ["attachments[0]"])
    assert lrs.listed() == []


@pytest.mark.parametrize(
    "token",
    [
        b"",
        b"nonsense",
        b"a.b.c",
        b"a.b",
        b"....",
        b"\xff\xfe",
        b"e30.e30.",
        b"eyJhbGciOiJSUzI1NiJ9.e30.x!",
        b"[" * 1_000,
    ],
)
def test_part2_2_6_what_is_no_signature_is_400(lrs: Lrs, token: bytes) -> None:
    assert post(lrs, statement(), token).status_code == 400
    assert lrs.listed() == []


@pytest.mark.parametrize(
    "payload", [b"", b"{", b"[]", b"null", b"{}", b'{"attachments": 1}', b'{"attachments": [1]}', b"\xff"]
)
def test_part2_2_6_a_payload_that_is_no_statement_is_400(lrs: Lrs, payload: bytes) -> None:
    assert post(lrs, statement(), sign(payload)).status_code == 400


@for_each("algorithm", ["HS256", "none", "PS256", "ES256"])
def test_part2_2_6_another_algorithm_is_400(lrs: Lrs, algorithm: str) -> None:
    sent = statement()
    raw = json.dumps(sent).encode()
    keys = {"HS256": "s" * 32, "none": None, "PS256": key(), "ES256": key("ec")}
    token = jwt.PyJWS().encode(raw, keys[algorithm], algorithm=algorithm).encode()
    response = post(lrs, sent, token)
    assert (response.status_code, problems(response)) == (400, ["attachments[0]"])


def test_part2_2_6_a_signature_that_its_certificate_did_not_make_is_400(lrs: Lrs) -> None:
    sent = statement()
    assert post(lrs, sent, sign(sent, x5c=[certificate("b")])).status_code == 400
    token = sign(sent, x5c=[certificate()])
    head, payload, signature = token.split(b".")
    spoiled = b".".join([head, payload, bytes(reversed(signature))])
    assert post(lrs, sent, spoiled).status_code == 400


@for_each("x5c", [[], "", [""], ["nonsense"], [1], {}, "MIIB", [base64.b64encode(b"x" * 99).decode()], None])
def test_part2_2_6_a_certificate_that_is_none_is_400(lrs: Lrs, x5c: Any) -> None:
    sent = statement()
    status = post(lrs, sent, sign(sent, x5c=x5c)).status_code
    assert status == (200 if x5c is None else 400)


def test_part2_2_6_a_certificate_of_another_kind_of_key_is_400(lrs: Lrs) -> None:
    sent = statement()
    assert post(lrs, sent, sign(sent, x5c=[certificate("ec")])).status_code == 400


@pytest.mark.parametrize("content_type", ["text/plain", "application/jose"])
def test_part2_2_6_the_content_type_is_octet_stream(lrs: Lrs, content_type: str) -> None:
    sent = statement()
    assert post(lrs, sent, sign(sent), contentType=content_type).status_code == 400


def test_part2_2_6_a_signature_without_data_is_400(lrs: Lrs) -> None:
    declared = attachment(b"", usageType=USAGE, contentType="application/octet-stream", fileUrl="https://example.org/s")
    assert lrs.post("statements", statement(attachments=[declared])).status_code == 400


def test_part2_2_6_an_attachment_of_another_use_is_not_looked_at(lrs: Lrs) -> None:
    assert post(lrs, statement(), b"nonsense", usageType="http://example.org/other").status_code == 200


def test_part2_2_6_every_statement_of_a_batch_is_checked(lrs: Lrs) -> None:
    good, bad = statement(), statement()
    tokens = [sign(good), sign({**bad, "verb": {"id": "http://example.org/other"}})]
    batch = [
        {**sent, "attachments": [attachment(token, usageType=USAGE, contentType="application/octet-stream")]}
        for sent, token in zip((good, bad), tokens, strict=True)
    ]
    parts = [part(token, Content_Type="application/octet-stream") for token in tokens]
    content_type, content = multipart(batch, *parts)
    response = lrs.request("POST", "statements", None, content, content_type)
    assert (response.status_code, problems(response)) == (400, ["[1].attachments[0]"])
    assert hashlib.sha256(tokens[0]).hexdigest() in json.dumps(batch)
    assert lrs.listed() == []
