"""Sessions of learners who sign in without an account: by a class PIN, a card, the device they registered on.

Such a session has no Django user. It stands by one `LearnerIdentity`, and ends when that row goes: a PIN or card that
is reset, a person who is erased. It is bounded by the same idle times as any learner's (`sign_in_ends`), and limited:
neighbours may have seen or guessed what it began with, and there is no password to ask for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth import logout
from django.contrib.sessions.backends.base import UpdateError
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.utils.translation import gettext as _

from bdhvs_lms.learners.devices import known, sealed_identity
from bdhvs_lms.learners.models import Learner, LearnerIdentity
from bdhvs_lms.learners.sign_in_ends import LEARNER, SIGN_IN, SignIn, SignInKind
from bdhvs_lms.learners.user_agents import device_of

__all__ = [
    "IdentityGone",
    "LearnerSession",
    "begin_learner_session",
    "full_session",
    "is_limited",
    "learner_session_of",
    "signed_in_here",
]


class IdentityGone(PermissionDenied):
    """Error: a PIN or card that somebody is signing in with was reset at this moment."""

    def __init__(self) -> None:
        super().__init__(_("What you signed in with has just been reset. Please start again."))


@dataclass(frozen=True)
class LearnerSession:
    """A session without an account.

    `method`: the key of the `SignInMethod`. `class_uuid`: the class in which the learner signed in; None: in none.
    """

    learner_id: int
    identity_id: int
    method: str
    class_uuid: UUID | None


def begin_learner_session(
    request: HttpRequest,
    learner: Learner,
    *,
    identity: LearnerIdentity,
    method: str,
    at: datetime,
    class_uuid: UUID | None = None,
    shared: bool = False,
) -> None:
    """Sign in this learner in this browser from here on. Nothing of who was signed in before is left, and the browser
    keeps that the learner signed in on it (`signed_in_here`).

    Args:
        identity: by what the learner was recognised; when the row goes, so does the session.
        method: key of the sign-in method.
        class_uuid: the class in whose list the learner signed in.
        shared: others use the device too: the session ends soon, and when the browser closes.

    Raises ValueError when the identity is another learner's; IdentityGone when it is no more, and nobody is signed in.
    """
    if identity.learner_id not in learner.ids:
        raise ValueError(f"Identity {identity.pk} does not stand for learner {learner.pk}.")
    # The session is flushed, not only given a new key: what pages had put into it was about somebody else.
    logout(request)
    device = device_of(request.META.get("HTTP_USER_AGENT", ""))
    kind = SignInKind.SHARED if shared else SignInKind.OWN
    session: Any = request.session
    session[SIGN_IN] = SignIn(at, kind, device, shared).data()
    # The record that the identity is of, so that the session outlives a merge and its undoing.
    session[LEARNER] = [identity.learner_id, identity.pk, method, str(class_uuid or "")]
    try:
        # Now, not with the answer: then there would be no other answer any more.
        session.save()
    except UpdateError:
        session.flush()
        request.learner = None  # type: ignore[attr-defined]
        raise IdentityGone from None
    rotate_token(request)
    request.learner = learner.whole  # type: ignore[attr-defined]
    request.proven = sealed_identity(identity)  # type: ignore[attr-defined]


def signed_in_here(request: HttpRequest, learner: Learner) -> str:
    """Return the number of this device, where the learner has signed in on it before by a PIN or a card that is still
    good, or registered on it; empty: never. One query."""
    ways = LearnerIdentity.objects.filter(learner__in=learner.ids).exclude(kind=LearnerIdentity.Kind.USER)
    return known(request, *(sealed_identity(way) for way in ways.order_by("pk")))


def learner_session_of(request: HttpRequest) -> LearnerSession | None:
    """Return the session of whoever signed in without an account; None: visitors, and everybody with an account. No
    query of its own."""
    user: Any = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return None
    session: Any = getattr(request, "session", None)
    kept = None if session is None else session.get(LEARNER)
    if kept is None:
        return None
    learner_id, identity_id, method, class_uuid = kept
    return LearnerSession(learner_id, identity_id, method, UUID(class_uuid) if class_uuid else None)


def learner_signed_in(request: HttpRequest) -> Learner | None:
    """Return the learner of a session without an account, if what it stands by is still theirs, as the learner stands
    now. At most one query."""
    begun = learner_session_of(request)
    if begun is None:
        return None
    found = Learner.objects.filter(pk=begun.learner_id, identities__pk=begun.identity_id)
    record = found.select_related("merged_into").first()
    return None if record is None else record.whole


def is_limited(request: HttpRequest) -> bool:
    """Tell whether the session is not for the person's own data (copy, erasure), nor for how they sign in."""
    return learner_session_of(request) is not None


def full_session(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse the view (403, with what to do) in a limited session. Below `learner_page`."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_limited(request):
            raise PermissionDenied(
                _("This page needs a username and password. Sign in with them, or ask your class's teacher.")
            )
        return view(request, *args, **kwargs)

    return wrapped
