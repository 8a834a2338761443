"""A brake on guessing passwords: so many wrong ones for a name, or from an address, and signing in rests for a while.

It never says whether a name exists: unknown names are counted like known ones. Settings: BDHVS_SIGN_IN_TRIES,
BDHVS_SIGN_IN_TRIES_PER_ADDRESS (0: no such brake), BDHVS_SIGN_IN_MINUTES, BDHVS_CLIENT_ADDRESS_HEADER.
"""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from bdhvs_lms.learners.models import SignInTry
from bdhvs_lms.plugins.api import fold

SALT = "bdhvs_lms.learners.brake"


class Resting(Exception):
    """Too many wrong passwords; `until` is when the next one will be looked at."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"no password is tried before {until.isoformat()}")
        self.until = until


def _digest(kind: str, text: str) -> str:
    return salted_hmac(f"{SALT}.{kind}", text, algorithm="sha256").hexdigest() if text else ""


def address_of(request: HttpRequest | None) -> str:
    """Where the request comes from: an IPv4 address, or the /64 that one IPv6 household has. Empty: not known.

    Behind a proxy every request comes from the proxy. The last entry of its header is the one that it wrote itself;
    those before are the visitor's own and count for nothing.
    """
    if request is None:
        return ""
    header = getattr(settings, "BDHVS_CLIENT_ADDRESS_HEADER", "")
    text = request.META.get(header or "REMOTE_ADDR", "").rpartition(",")[2].strip()
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if address.version == 6:
        mapped = address.ipv4_mapped
        return str(mapped or ipaddress.ip_network(f"{address}/64", strict=False))
    return str(address)


def begin(name: str, address: str, *, at: datetime) -> None:
    """Before a password is looked at: write the try down; `succeeded` takes it away again.

    Written before it is counted, and in no transaction: of many that come at once to several processes, none is
    looked at beyond the number. A try that was not looked at does not count.

    Raises:
        Resting: this name, or this address, has used up its tries.
    """
    window = timedelta(minutes=int(getattr(settings, "BDHVS_SIGN_IN_MINUTES", 15)))
    SignInTry.objects.filter(at__lte=at - window).delete()
    row = SignInTry.objects.create(name=_digest("name", fold(name.strip())), address=_digest("address", address), at=at)
    ends = [
        _full_since("name", row, int(getattr(settings, "BDHVS_SIGN_IN_TRIES", 10))),
        _full_since("address", row, int(getattr(settings, "BDHVS_SIGN_IN_TRIES_PER_ADDRESS", 30))),
    ]
    full = [moment for moment in ends if moment is not None]
    if full:
        row.delete()
        raise Resting(max(full) + window)


def _full_since(field: str, row: SignInTry, limit: int) -> datetime | None:
    """The time of the oldest of the tries that make the number full; when it no longer counts, one more may come."""
    value = getattr(row, field)
    if limit <= 0 or not value:
        return None
    others = SignInTry.objects.filter(**{field: value}).exclude(pk=row.pk).order_by("-at", "-pk")
    return next(iter(others.values_list("at", flat=True)[limit - 1 : limit]), None)


def resting_error(request: HttpRequest | None) -> ValidationError | None:
    """What a form says when the request's password was not looked at, with the time at which to try again."""
    until = getattr(request, "sign_in_rests_until", None)
    if until is None:
        return None
    return ValidationError(
        _("Wrong too many times. Try again after %(time)s, or ask the teacher of the class."),
        code="resting",
        params={"time": time_format(timezone.localtime(until), "H:i")},
    )


def succeeded(name: str) -> None:
    """The right password was given: what was mistyped for this name before is forgotten."""
    SignInTry.objects.filter(name=_digest("name", fold(name.strip()))).delete()
