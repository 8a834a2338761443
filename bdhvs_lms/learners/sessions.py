"""Sessions: how long somebody stays signed in, where else they are, and how to sign out everywhere.

Staff (whoever may do more than learn) is signed out when nobody has worked for a while, and after a working day.
Learners stay signed in on a device of their own, and are signed out soon on one that they called shared.
Settings: BDHVS_STAFF_IDLE_MINUTES, BDHVS_STAFF_HOURS, BDHVS_SHARED_IDLE_MINUTES, BDHVS_LEARNER_DAYS.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError, connections, router, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from bdhvs_lms.base.api import AHEAD, now
from bdhvs_lms.campaign.api import SteeringAssignment
from bdhvs_lms.learners.models import SignInAccount, SignInSession
from bdhvs_lms.learners.session_store import stored
from bdhvs_lms.learners.sign_in_ends import LEARNER, SIGN_IN, SignIn, SignInKind, ends_at, idle_time
from bdhvs_lms.learners.user_agents import device_of, device_words

logger = logging.getLogger(__name__)

MANY = 50
"""So many sessions a page lists, the latest first."""
STEP = timedelta(minutes=5)
"""So exact is what is known of when somebody was last seen: one write in that time."""
BY_THEMSELVES = frozenset({"wagtailadmin_editing_sessions:ping"})
"""Addresses that a page asks for while nobody is there. Saving what is being written is somebody."""

duties: list[Callable[[Any], bool]] = []
"""Questions whether an account has work here, asked when it signs in; parts above add theirs (teachers)."""


def has_work(user: Any) -> bool:
    """Tell whether the account may do more here than learn: rights, areas of the committee, classes taught. A group
    that has no rights gives none: a site may sort its members by groups."""
    if user.is_superuser or getattr(user, "is_staff", False):
        return True
    if user.groups.filter(permissions__isnull=False).exists() or user.user_permissions.exists():
        return True
    if SteeringAssignment.objects.filter(user_id=user.pk).exists():
        return True
    return any(asked(user) for asked in duties)


def begin(sender: Any, request: HttpRequest, user: Any, **_kwargs: Any) -> None:
    """Handle Django's signal `user_logged_in`, whoever signs somebody in. `request.shared_device`: they said so."""
    shared = bool(getattr(request, "shared_device", False))
    kind = SignInKind.STAFF if has_work(user) else SignInKind.OWN
    if shared and kind == SignInKind.OWN:
        kind = SignInKind.SHARED
    device = device_of(request.META.get("HTTP_USER_AGENT", ""))
    request.session.pop(LEARNER, None)
    request.session[SIGN_IN] = SignIn(now(), kind, device, shared).data()


def keep(request: HttpRequest, at: datetime) -> None:
    """Move the session's end on: somebody is there. After the answer is made, and one write in some minutes.

    Whoever was given work since signing in has staff's limits from here on. A database that cannot be written to at
    once leaves everything as it is: the page is there, and the next one tries again.
    """
    session: Any = getattr(request, "session", None)
    # One that was changed is saved with its new end anyway. One that nobody asked for says nothing of its owner.
    if session is None or not session.accessed or session.modified or not hasattr(session, "row_ends"):
        return
    sign_in = session.sign_in
    if sign_in is None or session.row_ends is None or session.session_key is None:
        return
    match = getattr(request, "resolver_match", None)
    if match is not None and match.view_name in BY_THEMSELVES:
        return
    end = ends_at(sign_in, at)
    if end - session.row_ends < min(STEP, idle_time(sign_in) / 4):
        return
    user: Any = request.user
    if sign_in.kind != SignInKind.STAFF and user.is_authenticated and has_work(user):
        kind = SignInKind.STAFF
        session[SIGN_IN] = SignIn(sign_in.began_at, kind, sign_in.device, sign_in.shared).data()
    try:
        with _at_once(router.db_for_write(SignInSession)):
            if session.modified:
                session.save()
            else:
                SignInSession.objects.filter(session_key=session.model_key()).update(expire_date=end, seen_at=at)
    except (OperationalError, UpdateError) as busy:
        logger.info("A session could not be extended: %s", busy)
    session.modified = False


def owner_of(session_key: str, at: datetime) -> str:
    """Return the owner of a browser's session cookie, the same text for all sessions of one account or learner; empty:
    nobody's. One query."""
    rows = SignInSession.objects.filter(session_key=stored(session_key), expire_date__gt=at)
    for user, learner in rows.values_list("user_id", "identity__learner_id"):
        return f"user {user}" if user else f"learner {learner}" if learner else ""
    return ""


@contextmanager
def _at_once(using: str) -> Iterator[None]:
    """Limit a write to waiting a tenth of a second for others. Raises OperationalError."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            before = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
            cursor.execute("PRAGMA busy_timeout = 100")
            try:
                yield
            finally:
                cursor.execute(f"PRAGMA busy_timeout = {int(before)}")
        return
    with transaction.atomic(using=using):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '100ms'")
        yield


@dataclass(frozen=True)
class Place:
    """A device on which somebody is signed in."""

    device: str
    began_at: datetime
    seen_at: datetime
    shared: bool
    here: bool


def places_of(request: HttpRequest, user: Any, *, at: datetime) -> list[Place]:
    """Return the user's sessions that have not ended, this one first, then the latest. One query.

    A session from before the last change of the password has ended, though its row may still be there.
    """
    session: Any = request.session
    own = session.model_key() if hasattr(session, "model_key") and session.session_key else ""
    rows = SignInSession.objects.filter(user_id=user.pk, expire_date__gt=at).exclude(began_at__gt=at + AHEAD)
    rows = rows.order_by("-seen_at", "session_key")
    found = []
    for row in rows[:MANY]:
        given = row.get_decoded().get(HASH_SESSION_KEY, "")
        if row.session_key != own and not _still_good(given, user):
            continue
        shared = row.kind == SignInKind.SHARED
        here = row.session_key == own
        found.append(
            Place(device_words(row.device), row.began_at or at, at if here else row.seen_at or at, shared, here)
        )
    return sorted(found, key=lambda place: not place.here)


def _still_good(given: str, user: Any) -> bool:
    good = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(given, one) for one in good)


def end_all(user: Any, *, but: str = "") -> int:
    """Sign the user out everywhere, and let no device be known any more; return how many sessions ended. `but`: the key
    of one in the table that goes on."""
    with transaction.atomic():
        if not SignInAccount.objects.filter(user_id=user.pk).update(generation=F("generation") + 1):
            SignInAccount.objects.create(user_id=user.pk, generation=1)
        ended, _each = SignInSession.objects.filter(user_id=user.pk).exclude(session_key=but).delete()
    return ended
