"""Record of how somebody signed in, as their session keeps it, and when that ends. Knows no table: models and Django's
session engine both need it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bdhvs_lms.conf import app_settings

SIGN_IN = "bdhvs_sign_in"
"""Where a session keeps how somebody signed in."""
LEARNER = "bdhvs_learner"
"""Where a session keeps which learner it is of, when no account signed in: see `learner_sessions`."""
LONGEST = timedelta(days=400)
"""As long as browsers keep a cookie."""


class SignInKind(models.TextChoices):
    OWN = "own", _("personal device")
    SHARED = "shared", _("shared device")
    STAFF = "staff", pgettext_lazy("a kind of session", "work")


@dataclass(frozen=True)
class SignIn:
    """The way in which somebody signed in. `began_at` None: not known."""

    began_at: datetime | None
    kind: str = SignInKind.STAFF
    device: str = ""
    shared: bool = False

    def data(self) -> list[Any]:
        """Return the values that a session can keep."""
        seconds = None if self.began_at is None else int(self.began_at.timestamp())
        return [seconds, str(self.kind), self.device, self.shared]

    @classmethod
    def from_data(cls, data: Any) -> SignIn:
        """Make a sign-in of what `data` returned, or of None."""
        if not data:
            return cls(began_at=None)
        seconds, kind, device, shared = data
        return cls(None if seconds is None else datetime.fromtimestamp(seconds, UTC), kind, device, shared)


def idle_time(sign_in: SignIn) -> timedelta:
    """Return how long a session may stand idle."""
    shared = timedelta(minutes=app_settings.SHARED_IDLE_MINUTES)
    if sign_in.kind == SignInKind.STAFF:
        staff = timedelta(minutes=app_settings.STAFF_IDLE_MINUTES)
        return min(staff, shared) if sign_in.shared else staff
    return shared if sign_in.shared else timedelta(days=app_settings.LEARNER_DAYS)


def _last(sign_in: SignIn, at: datetime) -> datetime:
    """Return the session's end whatever is done."""
    day = timedelta(hours=app_settings.STAFF_HOURS)
    own = sign_in.kind == SignInKind.OWN and not sign_in.shared
    return (sign_in.began_at or at) + (LONGEST if own else day)


def ends_at(sign_in: SignIn, at: datetime) -> datetime:
    """Return when the session ends if nothing is done after `at`."""
    return min(at + idle_time(sign_in), _last(sign_in, at))


def cookie_seconds(sign_in: SignIn, at: datetime) -> int:
    """Return how long a browser is to keep the key: as long as the session can last."""
    return max(0, int((_last(sign_in, at) - at).total_seconds()))
