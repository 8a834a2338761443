"""Middleware for `request.learner`: who learns here, asked of the database only when a view wants to know. It also
makes the answer of every form that asks for a password, Django's, Wagtail's and a stranger's: see `backends`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache
from math import ceil
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from bdhvs_lms.base.api import now
from bdhvs_lms.learners import devices, sessions
from bdhvs_lms.learners.learner_sessions import learner_signed_in
from bdhvs_lms.learners.models import Learner
from bdhvs_lms.learners.queries import learner_for_user
from bdhvs_lms.learners.session_store import being_answered

ENDED = "bdhvs-session-ended"
"""A cookie of two minutes: the browser came with a session that is no more, and the sign-in page says so."""


def tell_ended(response: HttpResponseBase) -> None:
    """Set the cookie by which the sign-in page says that the session with which the browser came is no more."""
    response.set_cookie(ENDED, "1", max_age=120, httponly=True, samesite="Lax")


class _KnowsLearner:
    @cached_property
    def learner(self) -> Learner | None:
        """Return the learner who signed in; None for visitors and for staff who do not learn. At most one query."""
        request: Any = self
        user: Any = request.user
        return learner_for_user(user) if user.is_authenticated else learner_signed_in(request)


@lru_cache(maxsize=8)
def _with_learner(request_class: type[HttpRequest]) -> type[HttpRequest]:
    return type(request_class.__name__, (_KnowsLearner, request_class), {"__module__": request_class.__module__})


class LearnerMiddleware:
    """Middleware that comes after AuthenticationMiddleware.

    Why a property on the request's class and no SimpleLazyObject, as with `request.user`? Because a lazy None is not
    None: `request.learner is None` would be false for every visitor.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        plain: Any = type(request)
        request.__class__ = _with_learner(plain)
        token = being_answered.set(request)
        try:
            response = self.get_response(request)
        finally:
            being_answered.reset(token)
        until = getattr(request, "sign_in_rests_until", None)
        if until is not None:
            response.status_code = 429
            response.headers["Retry-After"] = str(max(1, ceil((until - now()).total_seconds())))
        proven = getattr(request, "proven", None)
        if proven is not None:
            devices.remember(request, response, proven)
        sessions.keep(request, now())
        session: Any = getattr(request, "session", None)
        if getattr(session, "ended", False) and session.is_empty():
            # The cookie goes with this answer, and with it what the sign-in page could have told by.
            tell_ended(response)
        return response
