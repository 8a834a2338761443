"""Cookies, which only the site can write, of the classes whose names a device may see and of the card it has just
scanned.

A device gets it by the class's sign-in QR code, for half a day, or by typing the class's code while a teacher holds
sign-in open, until that ends. A new QR code, and closing, take it from every device at once. The QR code is another one
each hour, and ends after half a day too.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

from bdhvs_lms.base.api import AHEAD, day_of, drop_cookie, keep_cookie, kept_cookie
from bdhvs_lms.classes.models import ClassGroup
from bdhvs_lms.classes.queries import is_open
from bdhvs_lms.classes.sign_in.cards import keys, sealed_token

COOKIE, CARD_COOKIE = "bdhvs-class", "bdhvs-card"
SALT = "bdhvs_lms.classes.devices"
CARD_SALT = f"{SALT}.card"
QR_SALT = b"bdhvs_lms.classes.sign_in:"
LASTS = timedelta(hours=12)
# From scanning a card to the button: who lays the telephone down in between leaves no open door for long.
CARD_LASTS = timedelta(minutes=5)
# A tablet of the commune's goes from class to class.
CLASSES = 4
_WINDOW = "window"


def _seed(group: ClassGroup) -> str:
    return f"{group.uuid}:{group.sign_in_token}"


def _hour(at: datetime) -> int:
    return int(at.timestamp()) // 3600


def _token(group: ClassGroup, hour: int, key: str) -> str:
    return sealed_token(QR_SALT, f"{_seed(group)}:{hour}", key)


def sign_in_token(group: ClassGroup, at: datetime) -> str:
    """Return the token of the class's sign-in QR code at this time: 160 bits, good for twelve hours (`LASTS`; less than
    one more), and until `renew_token`."""
    return _token(group, _hour(at), keys()[0])


def is_token_of(group: ClassGroup, token: str, at: datetime) -> bool:
    """Tell whether it is in a QR code of the class that has not ended.
    The clock of who made it may be a little ahead."""
    hours = range(_hour(at - LASTS), _hour(at + AHEAD) + 1)
    return any(constant_time_compare(token, _token(group, hour, key)) for hour in hours for key in keys())


def _seal(group: ClassGroup) -> str:
    return salted_hmac(SALT, _seed(group), algorithm="sha256").hexdigest()[:16]


def is_held_open(group: ClassGroup, at: datetime) -> bool:
    """Tell whether the class's teacher holds sign-in open now."""
    return group.sign_in_until is not None and at < group.sign_in_until


def is_choosing(group: ClassGroup, at: datetime) -> bool:
    """Tell whether members who have no pictures may choose them now without their card."""
    return group.choosing_until is not None and at < group.choosing_until


@dataclass(frozen=True)
class Device:
    """Device as its cookie describes it. number: at random. classes: (uuid, by what, until when as seconds), the last
    first."""

    number: str
    classes: tuple[tuple[str, str, int], ...] = ()

    def uuids(self, at: datetime) -> list[str]:
        """List classes whose list it could see, as far as the cookie says."""
        return [uuid for uuid, _seal, until in self.classes if until > at.timestamp()]

    def may_see(self, group: ClassGroup, at: datetime) -> bool:
        if not is_open(group, day_of(at)):
            return False
        for uuid, seal, until in self.classes:
            if uuid != str(group.uuid) or until <= at.timestamp():
                continue
            if seal == _WINDOW:
                return is_held_open(group, at)
            return constant_time_compare(seal, _seal(group))
        return False

    def allowed(self, group: ClassGroup, *, by_window: bool, at: datetime) -> Device:
        """Return the same device, which may see the class's list too."""
        until = group.sign_in_until if by_window and group.sign_in_until else at + LASTS
        entry = (str(group.uuid), _WINDOW if by_window else _seal(group), int(until.timestamp()))
        others = [each for each in self.classes if each[0] != entry[0]]
        return Device(self.number, (entry, *others)[:CLASSES])


def device_of(request: HttpRequest) -> Device | None:
    """Return the device of the cookie; None: this device was never let in, or long ago."""
    kept = kept_cookie(request, COOKIE)
    if not kept:
        return None
    try:
        data: Any = signing.loads(kept[:2000], salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    return Device(data["n"], tuple((uuid, seal, until) for uuid, seal, until in data["c"]))


def new_device() -> Device:
    return Device(secrets.token_urlsafe(12))


def keep(device: Device, response: HttpResponseBase) -> None:
    """Keep the device in the browser for half a day."""
    sealed = signing.dumps({"n": device.number, "c": device.classes}, salt=SALT)
    keep_cookie(response, COOKIE, sealed, seconds=int(LASTS.total_seconds()))


def keep_card(digest: str, response: HttpResponseBase) -> None:
    """Keep in the browser for some minutes which card it has scanned: the digest of its token."""
    sealed = signing.dumps(digest, salt=CARD_SALT)
    keep_cookie(response, CARD_COOKIE, sealed, seconds=int(CARD_LASTS.total_seconds()))


def card_of(request: HttpRequest) -> str | None:
    """Return the digest of the card that was scanned here; None: none, or not lately."""
    try:
        digest: str = signing.loads(kept_cookie(request, CARD_COOKIE), salt=CARD_SALT, max_age=CARD_LASTS)
    except signing.BadSignature:
        return None
    return digest


def drop_card(response: HttpResponseBase) -> None:
    drop_cookie(response, CARD_COOKIE)


def may_see(request: HttpRequest, class_uuid: UUID, at: datetime) -> tuple[ClassGroup, Device] | None:
    """Return the class, when this device may see its list; None: it may not, or there is no such class. One query or
    none."""
    device = device_of(request)
    if device is None or str(class_uuid) not in device.uuids(at):
        return None
    group = ClassGroup.objects.filter(uuid=class_uuid).first()
    return (group, device) if group is not None and device.may_see(group, at) else None
