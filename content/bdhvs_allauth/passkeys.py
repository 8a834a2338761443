"""Passkeys, by allauth and fido2: what a browser is asked, and whether what it answers is right."""

from __future__ import annotations

import json
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from cryptography.exceptions import InvalidSignature
from django.core.exceptions import ValidationError

__all__ = ["asked_of", "is_made", "key_shown", "offered_to"]

# What a browser, or somebody in its place, may send is checked by what reads it: each of these is a wrong answer.
WRONG = (ValidationError, InvalidSignature, ValueError, TypeError, KeyError, AttributeError, IndexError)


def offered_to(user: Any) -> str:
    """Return JSON for the script that has the browser make one; the session keeps the challenge."""
    return json.dumps(auth.begin_registration(user, False))


def is_made(credential: dict[str, Any]) -> bool:
    """Tell whether this is an answer to what `offered_to` asked in this session."""
    try:
        auth.parse_registration_response(credential)
        auth.complete_registration(credential)
    except WRONG:
        return False
    return True


def asked_of(user: Any) -> str:
    """Return JSON for the script that has the browser show one of the account's; the session keeps the challenge."""
    return json.dumps(auth.begin_authentication(user))


def key_shown(user: Any, credential: Any) -> Authenticator | None:
    """Return the passkey of the account that answers what `asked_of` asked in this session; None: none does."""
    if not isinstance(credential, dict):
        return None
    try:
        auth.parse_authentication_response(credential)
        return auth.complete_authentication(user, credential)
    except WRONG:
        return None
