"""A passkey of an authenticator that is a few lines of Python: made, shown, and refused when it is another's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.contrib.auth import get_user_model
from django.test import Client, override_settings
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from bdhvs_allauth.factors import factors_of
from bdhvs_lms.roles import teachers

pytestmark = pytest.mark.django_db
HOST = "localhost"
FLAGS = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


class Authenticator:
    """What a telephone does."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = b"a passkey of one"

    def _sent(self, kind: Any, challenge: str, **response: bytes) -> str:
        data = CollectedClientData.create(kind, websafe_decode(challenge), f"http://{HOST}")
        signature = {}
        if "authenticatorData" in response:
            signed = response["authenticatorData"] + data.hash
            signature = {"signature": self.key.sign(signed, ec.ECDSA(SHA256()))}
        parts = {"clientDataJSON": bytes(data), **response, **signature}
        return json.dumps(
            {
                "id": websafe_encode(self.id),
                "rawId": websafe_encode(self.id),
                "type": "public-key",
                "response": {name: websafe_encode(part) for name, part in parts.items()},
                "clientExtensionResults": {},
            }
        )

    def made(self, challenge: str) -> str:
        known = AttestedCredentialData.create(b"\0" * 16, self.id, ES256.from_cryptography_key(self.key.public_key()))
        flags = FLAGS | AuthenticatorData.FLAG.AT
        data = AuthenticatorData.create(sha256(HOST.encode()).digest(), flags, 0, known)
        attested = AttestationObject.create("none", data, {})
        return self._sent(CollectedClientData.TYPE.CREATE, challenge, attestationObject=bytes(attested))

    def shown(self, challenge: str) -> str:
        data = AuthenticatorData.create(sha256(HOST.encode()).digest(), FLAGS, 1)
        return self._sent(CollectedClientData.TYPE.GET, challenge, authenticatorData=bytes(data))


@pytest.fixture(autouse=True)
def asked() -> Iterator[None]:
    with override_settings(BDHVS_ALLAUTH_SECOND_FACTOR="staff", ALLOWED_HOSTS=[HOST]):
        yield


def challenge_of(response: Any) -> str:
    return str(json.loads(response.context["options"])["publicKey"]["challenge"])


def test_a_passkey_is_made_and_opens_the_next_session() -> None:
    user = get_user_model().objects.create_user("day")
    user.groups.add(teachers())
    mine, other = Authenticator(), Authenticator()
    client = Client(headers={"host": HOST})
    client.force_login(user)
    challenge = challenge_of(client.get("/hai-buoc/khoa/"))
    response = client.post("/hai-buoc/khoa/", {"name": " máy ở trường ", "credential": mine.made(challenge)})
    assert response["Location"] == "/hai-buoc/ma-du-phong/"
    assert [(one.is_key, one.name) for one in factors_of(user)] == [(True, "máy ở trường")]
    assert client.get("/day/").status_code == 200

    again = Client(headers={"host": HOST})
    again.force_login(user)
    page = again.get("/hai-buoc/nhap-ma/?next=/day/")
    assert "Dùng khóa truy cập" in page.content.decode()
    # Another's key, and an answer to an older question.
    assert again.post("/hai-buoc/nhap-ma/", {"credential": other.shown(challenge_of(page))}).status_code == 422
    old = mine.shown(challenge_of(page))
    page = again.get("/hai-buoc/nhap-ma/")
    assert again.post("/hai-buoc/nhap-ma/", {"credential": old}).status_code == 422
    page = again.get("/hai-buoc/nhap-ma/")
    shown = {"credential": mine.shown(challenge_of(page)), "next": "/day/"}
    assert again.post("/hai-buoc/nhap-ma/", shown)["Location"] == "/day/"
    assert again.get("/day/").status_code == 200
    [key] = factors_of(user)
    assert key.used_at is not None
