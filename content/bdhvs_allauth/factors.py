"""A second factor for staff: who is asked for one, what an account has, whether a session has shown it, and its codes.

Which ways there are to sign in does not matter: what a session has shown is looked at in each request (`gate`). Rows
are django-allauth's (`mfa.Authenticator`), so a site that has its pages too has one set of factors.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from bdhvs_allauth.adapters import Unreadable
from bdhvs_allauth.conf import app_settings
from bdhvs_lms.audit.api import log_access
from bdhvs_lms.conf import app_settings as lms_settings
from bdhvs_lms.learners.api import end_all, has_work, learner_for_user, require_guesses, wrong_guess

__all__ = [
    "Factor",
    "activate_app",
    "activate_key",
    "asks",
    "check_code",
    "factors_of",
    "fresh_codes",
    "is_asked",
    "is_fresh",
    "is_shown",
    "may_reset",
    "remove",
    "reset",
    "secret_for",
    "show",
    "unused_codes",
]

logger = logging.getLogger("bdhvs_allauth")

SHOWN = "bdhvs_second_factor"
"""In a session: the primary key of the account whose second factor was shown in it, and when."""
SECRET = "bdhvs_second_factor_secret"  # noqa: S105
"""In a session: the secret of an app that is being set up."""
FRESH = timedelta(minutes=15)
"""So long after showing it somebody may change it."""
COUNTER = "bdhvs_counter"
"""In a row of an app: the time step of the last code that was taken. None is taken twice."""
DRIFT = 1
"""Time steps by which a telephone's clock may be wrong, at least."""
PAGE = "second-factor-reset"
"""How the access log calls it."""
TYPES = Authenticator.Type


@dataclass(frozen=True)
class Factor:
    """One of an account's, recovery codes not among them."""

    pk: int
    is_key: bool
    name: str
    added_at: datetime
    used_at: datetime | None


def asks() -> bool:
    """Tell whether this site asks anybody."""
    return app_settings.SECOND_FACTOR == "staff"


def is_asked(user: Any) -> bool:
    """Tell whether this account is asked: whoever may do more than learn. Several queries."""
    return asks() and has_work(user)


def factors_of(user: Any) -> list[Factor]:
    """Return the account's factors, the oldest first. One query."""
    rows = Authenticator.objects.filter(user=user).exclude(type=TYPES.RECOVERY_CODES).order_by("pk")
    return [_factor(row) for row in rows]


def _factor(row: Authenticator) -> Factor:
    is_key = row.type == TYPES.WEBAUTHN
    name = str(row.data.get("name", "")) if is_key else _("Authenticator app")
    return Factor(row.pk, is_key, name, row.created_at, row.last_used_at)


# --- What a session has shown -----------------------------------------------------------------------------------------


def show(request: HttpRequest, *, at: datetime) -> None:
    """Note that whoever is signed in has shown the second factor. The session gets another key, as at signing in."""
    request.session.cycle_key()
    request.session[SHOWN] = [str(request.user.pk), int(at.timestamp())]
    request.session.pop(SECRET, None)


def _shown_at(request: HttpRequest) -> datetime | None:
    whose, seconds = request.session.get(SHOWN) or ("", 0)
    return datetime.fromtimestamp(seconds, UTC) if whose == str(request.user.pk) else None


def is_shown(request: HttpRequest) -> bool:
    return _shown_at(request) is not None


def is_fresh(request: HttpRequest, *, at: datetime) -> bool:
    """Tell whether it was shown lately."""
    shown = _shown_at(request)
    return shown is not None and at - shown < FRESH


# --- Codes ------------------------------------------------------------------------------------------------------------


def check_code(user: Any, code: str, *, at: datetime) -> bool:
    """Tell whether this is a code of the account's app at that time, or one of its recovery codes. Each is taken once.

    Wrong ones are counted in the database, for all servers together, as wrong passwords are: SIGN_IN_TRIES in
    SIGN_IN_MINUTES. Raises Throttled.
    """
    subject = f"second factor {user.pk}"
    require_guesses(subject, lms_settings.SIGN_IN_TRIES or 10, at=at)
    if _takes(user, "".join(code.split()), at):
        return True
    wrong_guess(subject, at=at)
    return False


def _takes(user: Any, code: str, at: datetime) -> bool:
    with transaction.atomic():
        rows = Authenticator.objects.select_for_update().filter(user=user).exclude(type=TYPES.WEBAUTHN)
        for row in rows.order_by("pk"):
            try:
                of_app = row.type == TYPES.TOTP
                taken = _take_of_app(row, code, at) if of_app else RecoveryCodes(row).validate_code(code)
            except Unreadable as error:
                logger.error("A second factor of account %s cannot be used: %s", user.pk, error)
                continue
            if taken:
                Authenticator.objects.filter(pk=row.pk).update(last_used_at=at)
                return True
    return False


def _take_of_app(row: Authenticator, code: str, at: datetime) -> bool:
    step = _step_of(decrypt(row.data["secret"]), code, at)
    if step is None or step <= row.data.get(COUNTER, -1):
        return False
    row.data[COUNTER] = step
    row.save(update_fields=["data"])
    return True


def _step_of(secret: str, code: str, at: datetime) -> int | None:
    """Return the time step whose code this is; None: of none about now."""
    now = int(at.timestamp()) // mfa_settings.TOTP_PERIOD
    drift = max(DRIFT, mfa_settings.TOTP_TOLERANCE)
    for step in range(now - drift, now + drift + 1):
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
            return step
    return None


def secret_for(request: HttpRequest) -> str:
    """Return the secret of the app that whoever is signed in is setting up: the same until it is set up, on every page
    of the session."""
    secret: str = request.session.get(SECRET) or generate_totp_secret()
    request.session[SECRET] = secret
    return secret


def activate_app(user: Any, secret: str, code: str, *, at: datetime) -> bool:
    """Make the app that has this secret a factor of the account, if the code is its code. An account has one.

    Raises Throttled.
    """
    subject = f"second factor {user.pk}"
    require_guesses(subject, lms_settings.SIGN_IN_TRIES or 10, at=at)
    step = _step_of(secret, "".join(code.split()), at)
    if step is None:
        wrong_guess(subject, at=at)
        return False
    with transaction.atomic():
        _lock(user)
        if not Authenticator.objects.filter(user=user, type=TYPES.TOTP).exists():
            row = TOTP.activate(user, secret).instance
            row.data[COUNTER] = step
            row.save(update_fields=["data"])
            RecoveryCodes.activate(user)
    return True


def activate_key(user: Any, name: str, credential: dict[str, Any]) -> None:
    """Make a passkey, whose answer was checked already, a factor of the account."""
    with transaction.atomic():
        _lock(user)
        WebAuthn.add(user, name, credential)
        RecoveryCodes.activate(user)


def _lock(user: Any) -> None:
    # The account is the lock: of two who set up at once the second finds what the first one did.
    get_user_model()._default_manager.select_for_update().get(pk=user.pk)


def unused_codes(user: Any) -> list[str]:
    """Return recovery codes that were not taken yet; empty: none, or the account has no factor."""
    row = Authenticator.objects.filter(user=user, type=TYPES.RECOVERY_CODES).first()
    return RecoveryCodes(row).get_unused_codes() if row is not None else []


def fresh_codes(user: Any) -> None:
    """Replace the recovery codes by others."""
    with transaction.atomic():
        _lock(user)
        Authenticator.objects.filter(user=user, type=TYPES.RECOVERY_CODES).delete()
        RecoveryCodes.activate(user)


def remove(user: Any, pk: int) -> bool:
    """Remove one factor of the account, and with the last one its recovery codes; False: it has no such."""
    with transaction.atomic():
        _lock(user)
        gone, _by_model = Authenticator.objects.filter(user=user, pk=pk).exclude(type=TYPES.RECOVERY_CODES).delete()
        if not factors_of(user):
            Authenticator.objects.filter(user=user).delete()
    return bool(gone)


# --- Lost telephones --------------------------------------------------------------------------------------------------


def may_reset(user: Any, by: Any) -> bool:
    """Tell whether `by` may: nobody resets their own, and only superusers a superuser's. None: the machine itself."""
    if by is None:
        return True
    outranked = user.is_superuser and not by.is_superuser
    return bool(by.is_active and by.pk != user.pk and by.has_perm("mfa.delete_authenticator") and not outranked)


def reset(user: Any, *, at: datetime, by: Any) -> int:
    """Take all factors of the account and sign it out everywhere: at the next sign-in it is led to set one up anew.

    Needs mfa.delete_authenticator. Returns how many factors there were. Raises PermissionDenied."""
    if not may_reset(user, by):
        raise PermissionDenied("Nobody resets their own second factor, and only superusers a superuser's.")
    with transaction.atomic():
        gone = len(factors_of(user))
        Authenticator.objects.filter(user=user).delete()
        end_all(user)
        learner = learner_for_user(user)
        if learner is not None:
            log_access(user=by, actors=[learner.actor], page=PAGE, at=at, detail=f"account {user.pk}")
    return gone
