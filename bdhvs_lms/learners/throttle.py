"""A throttle on guessing that cannot be turned on those who know what is guessed (ADR 48).

One idea of who, wherever something is guessed: first the device, which a cookie knows that only the site can write
(`devices`); then whose password or PIN it is; last the address, which refuses nobody who is right: a village hall and a
carrier's customers have one together. Wrong tries of all devices that never signed in as somebody count together, those
of a device that did apart. So whoever guesses from elsewhere stops other strangers, and nobody's own telephone.

It never says whether a name exists: unknown names are counted like known ones. What is refused costs no reading of a
password and no waiting. Settings: BDHVS_SIGN_IN_TRIES, BDHVS_SIGN_IN_TRIES_PER_DEVICE, BDHVS_SIGN_IN_MINUTES,
BDHVS_SIGN_IN_ADDRESS_WARNING.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from bdhvs_lms.base.api import AHEAD
from bdhvs_lms.conf import app_settings
from bdhvs_lms.learners.models import SignInTry

logger = logging.getLogger("bdhvs_lms.sign_in")

SALT = "bdhvs_lms.learners.throttle"
# How many that no longer count one try takes away: more than it adds, and never all of a long night's at once.
SWEPT = 100


class Throttled(Exception):
    """Too many wrong passwords; `until` is when the next one will be looked at."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"no password is tried before {until.isoformat()}")
        self.until = until


def digest(kind: str, text: str) -> str:
    """Return 64 hexadecimal digits under the site's key; empty for an empty text."""
    return salted_hmac(f"{SALT}.{kind}", text, algorithm="sha256").hexdigest() if text else ""


def subject_of(user: Any) -> str:
    """Return the subject of an account, for `begin`."""
    return f"account {user.pk}"


def window() -> timedelta:
    """Return how long a wrong password counts."""
    return timedelta(minutes=app_settings.SIGN_IN_MINUTES)


def begin(subject: str, device: str, address: str, *, at: datetime) -> SignInTry:
    """Write the try down before a password is looked at. `succeeded` or `failed` with what it returns comes next.

    It is written before it is counted for good, and in no transaction: of many that come at once to several processes,
    none is looked at beyond the number. A try that was not looked at does not count, and costs one query.

    Args:
        subject: which account, or which name without one: text that is one for each.
        device: the device that has signed in to this account before; empty: a stranger's.
        address: where it comes from; empty: not known.

    Raises:
        Throttled: the tries of such devices are used up.
    """
    key = digest("subject", subject)
    if device and _rests(key, device, at, app_settings.SIGN_IN_TRIES_PER_DEVICE) is not None:
        # Somebody plays with this telephone. It is like any other now, and not shut out.
        device = ""
    limit = app_settings.SIGN_IN_TRIES_PER_DEVICE if device else app_settings.SIGN_IN_TRIES
    until = _rests(key, device, at, limit)
    if until is None:
        _sweep(at)
        row = SignInTry.objects.create(subject=key, device=device, address=digest("address", address), at=at)
        until = _rests(key, device, at, limit, besides=row.pk)
        if until is None:
            return row
        row.delete()
    raise Throttled(until)


def within(span: timedelta, at: datetime, field: str = "at") -> Q:
    """Return the condition for rows that count: of this span, and none that a clock which ran ahead wrote."""
    return Q(**{f"{field}__gt": at - span, f"{field}__lte": at + AHEAD})


def rests_until(tries: QuerySet[Any], limit: int, span: timedelta, at: datetime) -> datetime | None:
    """Return when one more may be tried: the oldest of those that make the number full no longer counts then. None:
    now. One query. `tries` have a time `at`; `limit` 0: no bound."""
    if limit <= 0:
        return None
    times = list(tries.filter(within(span, at)).order_by("-at", "-pk").values_list("at", flat=True)[limit - 1 : limit])
    return min(times[0], at) + span if times else None


def _rests(key: str, device: str, at: datetime, limit: int, besides: int = 0) -> datetime | None:
    tries = SignInTry.objects.filter(subject=key, device=device).exclude(pk=besides)
    return rests_until(tries, limit, window(), at)


def _sweep(at: datetime) -> None:
    old = list(SignInTry.objects.filter(at__lte=at - window()).order_by("at").values_list("pk", flat=True)[:SWEPT])
    if old:
        SignInTry.objects.filter(pk__in=old).delete()


def _alike(row: SignInTry) -> QuerySet[SignInTry]:
    return SignInTry.objects.filter(subject=row.subject, device=row.device)


def succeeded(row: SignInTry) -> None:
    """Forget what such devices mistyped for this account before: the right password was given.

    Only theirs: signing in at home must not give those who guess from elsewhere a new start.
    """
    _alike(row).delete()


def require_guesses(subject: str, limit: int, *, at: datetime) -> None:
    """Check the tries before something is looked at that can be guessed and is no password (a class's code). Raises
    Throttled when so many wrong ones were written down lately (`wrong_guess`); 0: no bound."""
    until = _rests(digest("subject", subject), "", at, limit)
    if until is not None:
        raise Throttled(until)


def wrong_guess(subject: str, *, at: datetime) -> None:
    _sweep(at)
    SignInTry.objects.create(subject=digest("subject", subject), at=at)


def forget(subject: str) -> None:
    """Forget what was tried at the old password of an account that has a new one: it is no guess at it."""
    SignInTry.objects.filter(subject=digest("subject", subject)).delete()


def failed(row: SignInTry, address: str) -> None:
    """Handle a wrong password. From an address of many such, the operator hears once, for the firewall or the proxy."""
    limit = app_settings.SIGN_IN_ADDRESS_WARNING
    if limit <= 0 or not row.address:
        return
    lately = SignInTry.objects.filter(within(window(), row.at), address=row.address)
    if len(lately.values_list("pk", flat=True)[: limit + 1]) == limit:
        logger.warning("%d wrong passwords from %s in %s minutes.", limit, address, int(window().total_seconds() // 60))


def throttled_error(request: HttpRequest | None) -> ValidationError | None:
    """Return what a form says when the request's password was not looked at, with the time at which to try again."""
    until = getattr(request, "sign_in_rests_until", None)
    if until is None:
        return None
    return ValidationError(
        _(
            "Too many failed attempts. Try again after %(time)s, or ask your class's teacher. Devices that have "
            "signed in with this username before can still sign in."
        ),
        code="throttled",
        params={"time": time_format(timezone.localtime(until), "H:i")},
    )
