"""Devices that signed in before, known by a cookie that only the site can write.

The cookie holds one mark for each of the last who signed in here, by an account, a PIN or a card: a random number and
its seal. Without the site's key nobody can tell who they are or that two telephones had the same; no two on one
telephone have a number in common. A seal breaks with the account's password, and when its owner signs out everywhere;
that of a PIN or card when it is reset.
"""

from __future__ import annotations

import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

from bdhvs_lms.base.api import cookie_name, keep_cookie, kept_cookie
from bdhvs_lms.learners.models import LearnerIdentity

COOKIE = "bdhvs-device"
SALT = "bdhvs_lms.learners.devices"
# As many names as a class's tablet has; the one that was used longest ago goes first.
NAMES = 40
# As long as browsers keep anything.
AGE_SECONDS = 400 * 24 * 3600
# 128 bits of a seal: forty marks in less than half of what a browser keeps. Marks of before have 256.
_SEAL = 22
_MARK = re.compile(rf"([A-Za-z0-9_-]{{16}})\.([A-Za-z0-9_-]{{{_SEAL}}}(?:[A-Za-z0-9_-]{{21}})?)")


def sealed_account(user: Any, generation: int) -> str:
    """Return what a mark of an account is a seal of: another text when it has a new password, or
    signed out everywhere."""
    return f"{user.pk}:{generation}:{user.password}"


def sealed_identity(identity: LearnerIdentity) -> str:
    """Return what a mark of a PIN, a card or a registration here is a seal of: no other has the same, and a new one
    another."""
    return f"identity {identity.pk}:{identity.secret}"


def _seal(number: str, sealed: str, secret: Any = None) -> str:
    digest = salted_hmac(SALT, f"{number}:{sealed}", secret=secret, algorithm="sha256").digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def device_cookie() -> str:
    """Return the name that browsers send it by."""
    return cookie_name(COOKIE)


def _marks(request: HttpRequest) -> Iterator[tuple[str, str]]:
    found = kept_cookie(request, COOKIE).split("~", NAMES)[:NAMES]
    for mark in found:
        match = _MARK.fullmatch(mark)
        if match:
            yield match[1], match[2]


def known(request: HttpRequest | None, *sealed: str) -> str:
    """Return the number of this device for whoever these texts are of (`sealed_account`, `sealed_identity`); empty:
    nobody signed in here by any of them."""
    if request is None:
        return ""
    for number, seal in _marks(request):
        for text in sealed:
            for secret in (None, *settings.SECRET_KEY_FALLBACKS):
                if constant_time_compare(seal, _seal(number, text, secret)[: len(seal)]):
                    return number
    return ""


def remember(request: HttpRequest, response: HttpResponseBase, sealed: str) -> None:
    """Keep in the browser that somebody signed in here: a year and more, from the last time on."""
    own = known(request, sealed) or secrets.token_urlsafe(12)
    others = [f"{number}.{seal[:_SEAL]}" for number, seal in _marks(request) if number != own]
    marks = [f"{own}.{_seal(own, sealed)[:_SEAL]}", *others][:NAMES]
    keep_cookie(response, COOKIE, "~".join(marks), seconds=AGE_SECONDS)
