"""Signed statements: a JSON web signature as an attachment (xAPI 1.0.3 Part Two, 2.6; IEEE 9274.1.1, 4.2.6).

The check catches mistakes of whoever signed; it does not say who signed. Trust comes from the credential, as always.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

import jwt
import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from bdhvs_xapi.lrs.errors import Refused, bad
from bdhvs_xapi.statements.canonical import canonical_bytes
from bdhvs_xapi.statements.errors import InvalidStatement
from bdhvs_xapi.statements.validate import Parsed, parse

USAGE: Final = "http://adlnet.gov/expapi/attachments/signature"
CONTENT_TYPE: Final = "application/octet-stream"
ALGORITHMS: Final = ("RS256", "RS384", "RS512")
# What the store may set after signing, when the signer had not.
_LATE: Final = ("id", "timestamp")


def check(parsed: Parsed, blobs: Mapping[str, bytes], where: str) -> None:
    """Raises 400 for a statement with a signature that is malformed, of another algorithm, or of something else."""
    for index, attachment in enumerate(parsed.attachments):
        if attachment.usage_type != USAGE:
            continue
        path = f"{where}attachments[{index}]"
        if attachment.content_type.partition(";")[0].strip().lower() != CONTENT_TYPE:
            raise bad(f"{path}.contentType", f"a signature is {CONTENT_TYPE}")
        token = blobs.get(attachment.sha2.lower())
        if token is None:
            raise bad(path, "a signature comes with its data")
        _check_payload(parsed, _payload(token.strip(), path), path)


def _payload(token: bytes, path: str) -> bytes:
    """The signed bytes, verified against the first certificate of ``x5c`` when there is one (RFC 7515)."""
    try:
        text = token.decode("ascii")
        header: dict[str, Any] = jwt.get_unverified_header(text)
    except (UnicodeDecodeError, jwt.PyJWTError) as error:
        raise bad(path, f"not a JWS in compact serialization: {error}") from None
    if text.endswith("."):
        raise bad(path, "a JWS without its signature")
    if header.get("alg") not in ALGORITHMS:
        raise bad(path, f"expected a JWS with one of {', '.join(ALGORITHMS)}")
    certificates = header.get("x5c")
    key = None if certificates is None else _public_key(certificates, path)
    try:
        verified = jwt.PyJWS().decode_complete(
            text,
            key=key or "",
            algorithms=list(ALGORITHMS),
            options={"verify_signature": key is not None},
        )
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise bad(path, f"the signature does not hold: {error}") from None
    payload: bytes = verified["payload"]
    return payload


def _public_key(certificates: Any, path: str) -> RSAPublicKey:
    try:
        if not isinstance(certificates, list):
            raise TypeError("expected an array (RFC 7515, 4.1.6)")
        certificate = x509.load_der_x509_certificate(base64.b64decode(certificates[0], validate=True))
        key = certificate.public_key()
    except (IndexError, TypeError, ValueError, binascii.Error) as error:
        raise bad(path, f"x5c does not begin with a certificate: {error}") from None
    except Exception as error:  # cryptography raises exceptions of its own for keys that it does not know
        raise bad(path, f"x5c begins with a certificate of an unknown kind: {error}") from None
    if not isinstance(key, RSAPublicKey):
        raise bad(path, "the certificate's key is not RSA")
    return key


def _check_payload(parsed: Parsed, payload: bytes, path: str) -> None:
    try:
        signed = _bare(payload)
        # As a statement of its own: whatever is no statement cannot be compared with one.
        parse(signed, parsed.version)
    except (InvalidStatement, Refused, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad(path, f"the payload is not a statement: {error}") from None
    received = _bare(parsed.raw)
    names = msgspec.json.decode(signed, type=dict[str, msgspec.Raw])
    absent = [name for name in _LATE if name not in names]
    if absent:
        kept = msgspec.json.decode(received, type=dict[str, msgspec.Raw])
        received = msgspec.json.encode({name: value for name, value in kept.items() if name not in absent})
    if canonical_bytes(signed) != canonical_bytes(received):
        raise bad(path, "the payload is another statement than the one received")


def _bare(raw: bytes) -> bytes:
    """The statement without its signatures, which were added after signing."""
    statement: dict[str, msgspec.Raw] = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    if "attachments" in statement:
        listed = msgspec.json.decode(statement["attachments"], type=list[dict[str, Any]])
        raws = msgspec.json.decode(statement["attachments"], type=list[msgspec.Raw])
        kept = [part for part, each in zip(raws, listed, strict=True) if each.get("usageType") != USAGE]
        if kept:
            statement["attachments"] = msgspec.Raw(msgspec.json.encode(kept))
        else:
            del statement["attachments"]
    return msgspec.json.encode(statement)
