"""What the learner's views of any kind of attempt have in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from bdhvs_lms.attempts.models import AttemptBase
from bdhvs_lms.attempts.queries import AttemptNotFound, own_attempt

A = TypeVar("A", bound=AttemptBase)
Answer = Callable[[HttpRequest, UUID], HttpResponseBase]


def _sign_in(request: HttpRequest, attempt_uuid: UUID) -> HttpResponseBase:
    return redirect_to_login(request.path)


def _not_found(request: HttpRequest, attempt_uuid: UUID) -> HttpResponseBase:
    # The same words whether it is somebody else's or nobody's.
    raise Http404(_("There is no such attempt among yours. Open it from the activity's page."))


def on_own_attempt(
    attempts: Callable[[HttpRequest], QuerySet[A]], *, signed_out: Answer = _sign_in, not_found: Answer = _not_found
) -> Callable[[Callable[[HttpRequest, A], HttpResponseBase]], Answer]:
    """``view(request, attempt)`` gets the learner's own attempt of these, with its `learner`.

    Visitors sign in first and come back to this address, and an attempt that is not theirs is not there (404), unless a
    page's script has to be told in another way: `signed_out`, `not_found`.
    """

    def decorate(view: Callable[[HttpRequest, A], HttpResponseBase]) -> Answer:
        @wraps(view)
        def answered(request: HttpRequest, attempt_uuid: UUID) -> HttpResponseBase:
            learner = getattr(request, "learner", None)
            if learner is None:
                response = signed_out(request, attempt_uuid)
            else:
                try:
                    attempt = own_attempt(attempts(request), attempt_uuid, learner)
                except AttemptNotFound:
                    response = not_found(request, attempt_uuid)
                else:
                    response = view(request, attempt)
            # Somebody's answers must not come out of a cache on a telephone that a family shares.
            response.headers["Cache-Control"] = "private, no-store"
            return response

        return answered

    return decorate
