"""Devices that signed in before, known by a cookie that only the site can write.

The cookie holds one mark for each of the last accounts that signed in here: a random number and its seal. Without the
site's key nobody can tell which accounts they are or that two telephones had the same; no two accounts on one telephone
have a number in common. A seal breaks with the account's password, and when its owner signs out everywhere.
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

from bdhvs_lms.base.api import keep_cookie, kept_cookie

COOKIE = "bdhvs-device"
SALT = "bdhvs_lms.learners.devices"
# As many names as a family's telephone has; the one that was used longest ago goes first.
NAMES = 8
# As long as browsers keep anything.
AGE_SECONDS = 400 * 24 * 3600
_MARK = re.compile(r"([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{43})")


def _seal(number: str, user: Any, generation: int, secret: Any = None) -> str:
    sealed = f"{number}:{user.pk}:{generation}:{user.password}"
    return urlsafe_b64encode(salted_hmac(SALT, sealed, secret=secret, algorithm="sha256").digest()).decode().rstrip("=")


def _marks(request: HttpRequest) -> Iterator[tuple[str, str]]:
    found = kept_cookie(request, COOKIE).split("~", NAMES)[:NAMES]
    for mark in found:
        match = _MARK.fullmatch(mark)
        if match:
            yield match[1], match[2]


def _number(request: HttpRequest | None, user: Any, generation: int) -> str:
    if request is None or user is None:
        return ""
    for number, seal in _marks(request):
        for secret in (None, *settings.SECRET_KEY_FALLBACKS):
            if constant_time_compare(seal, _seal(number, user, generation, secret)):
                return number
    return ""


def known(request: HttpRequest | None, user: Any, generation: int) -> str:
    """The number of this device for this account; empty: it never signed in to it, or not with this password."""
    return _number(request, user, generation)


def remember(request: HttpRequest, response: HttpResponseBase, user: Any, generation: int) -> None:
    """The browser keeps that this account's password was given here: a year and more, from the last time on."""
    own = _number(request, user, generation) or secrets.token_urlsafe(12)
    others = [f"{number}.{seal}" for number, seal in _marks(request) if number != own]
    marks = [f"{own}.{_seal(own, user, generation)}", *others][:NAMES]
    keep_cookie(response, COOKIE, "~".join(marks), seconds=AGE_SECONDS)
