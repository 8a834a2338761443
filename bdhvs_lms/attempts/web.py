"""The common tools of the learner's views of any kind of activity. Errors are pages, never bare lines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from bdhvs_lms.attempts.models import AttemptBase
from bdhvs_lms.attempts.queries import AttemptNotFound, own_attempt
from bdhvs_lms.learners.api import learner_of, to_sign_in

A = TypeVar("A", bound=AttemptBase)
View = Callable[..., HttpResponseBase]
Answer = Callable[[HttpRequest, UUID], HttpResponseBase]


def message_page(
    request: HttpRequest, title: str, text: str, *, status: int, link: str | None = "/", link_text: str = ""
) -> HttpResponse:
    """Show a themed page that says what happened and where to go on: to the start page, if nothing else is said."""
    context = {"heading": title, "text": text, "link": link, "link_text": link_text or _("Go to the start page")}
    return render(request, "bdhvs_lms/message.html", context, status=status)


def require_methods(*methods: str) -> Callable[[View], View]:
    """Let the view take these methods only; others get a page and the list of what is allowed."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in methods:
                response = message_page(
                    request,
                    _("This address only accepts form submissions"),
                    _("Go back to the page and use the button there."),
                    status=405,
                )
                response.headers["Allow"] = ", ".join(methods)
                return response
            return view(request, *args, **kwargs)

        return checked

    return decorate


def posted_act_id(request: HttpRequest) -> UUID | None:
    """Return the form's idempotency key; None: absent or no UUID, which no form of ours sends."""
    try:
        return UUID(request.POST.get("act_id", ""))
    except ValueError:
        return None


def claimed_time(claim: object) -> datetime | None:
    """Return the learner's time as the browser claims it. What is no aware time is as good as none: the receipt time
    holds, and nobody loses their work over a broken clock."""
    try:
        moment = parse_datetime(claim) if isinstance(claim, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def posted_time(request: HttpRequest) -> datetime | None:
    """Return the `claimed_time` of a form."""
    return claimed_time(request.POST.get("occurred_at"))


def broken_form(request: HttpRequest) -> HttpResponse:
    return message_page(
        request,
        _("The form was incomplete"),
        _("Open the page again and press the button once more. Nothing was counted twice."),
        status=400,
    )


def signed_out_of(request: HttpRequest, attempt_uuid: UUID) -> HttpResponseBase:
    """Send visitors to sign in, from where they come back to the attempt. An account that does not learn has none,
    whatever it becomes."""
    if request.user.is_authenticated:
        return _not_found(request, attempt_uuid)
    return to_sign_in(request, request.path)


def _not_found(request: HttpRequest, attempt_uuid: UUID) -> HttpResponseBase:
    # The same words whether it is somebody else's or nobody's.
    raise Http404(_("There is no such attempt among yours. Open it from the activity's page."))


def on_own_attempt(
    attempts: Callable[[HttpRequest], QuerySet[A]],
    *,
    signed_out: Answer = signed_out_of,
    not_found: Answer = _not_found,
) -> Callable[[Callable[[HttpRequest, A], HttpResponseBase]], Answer]:
    """Call ``view(request, attempt)`` with the learner's own attempt of these, with its `learner`.

    Visitors sign in first and come back to this address, and an attempt that is not one's own is not there (404),
    unless a page's script has to be told in another way: `signed_out`, `not_found`.
    """

    def decorate(view: Callable[[HttpRequest, A], HttpResponseBase]) -> Answer:
        @wraps(view)
        def answered(request: HttpRequest, attempt_uuid: UUID) -> HttpResponseBase:
            learner = learner_of(request)
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
