"""What the learner's views of any activity type have in common. Errors are pages, never bare lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bdhvs_content.actions import agree
from bdhvs_content.forms import ConsentForm
from bdhvs_content.queries import learner_of, page_address, page_for
from bdhvs_lms.attempts.api import NotEnrolled, NotOffered
from bdhvs_lms.audit.api import CONSENT_VERSION, ConsentMissing
from bdhvs_lms.base.api import now
from bdhvs_lms.learners.api import Learner

View = Callable[..., HttpResponseBase]


def message_page(
    request: HttpRequest, title: str, text: str, *, status: int, link: str | None = None, link_text: str = ""
) -> HttpResponse:
    """A themed page that says what happened and where to go on."""
    context = {"heading": title, "text": text, "link": link, "link_text": link_text}
    return render(request, "bdhvs_content/message.html", context, status=status)


def acts(*methods: str) -> Callable[[View], View]:
    """The view takes these methods only; others get a page and the list of what is allowed."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in methods:
                response = message_page(
                    request,
                    _("This address only takes what a form sends"),
                    _("Go back to the page and use its button."),
                    status=405,
                    link="/",
                    link_text=_("Go to the start page"),
                )
                response.headers["Allow"] = ", ".join(methods)
                return response
            return view(request, *args, **kwargs)

        return checked

    return decorate


def sign_in_first(key: UUID) -> HttpResponseBase:
    """To the sign-in page, and from there to the page of this course or activity: an act is never repeated by it."""
    return redirect_to_login(page_address(key) or "/")


def refuse_private(request: HttpRequest, key: UUID) -> None:
    """Raise PermissionDenied when the page of this course or activity is private and not for this visitor.

    Wagtail asks where it serves the page; an act goes past that. Three queries.
    """
    page = page_for(key)
    if page is None:
        return
    if not all(restriction.accept_request(request) for restriction in page.get_view_restrictions()):
        raise PermissionDenied


def posted_act_id(request: HttpRequest) -> UUID | None:
    """The form's idempotency key; None: absent or no UUID, which no form of ours sends."""
    try:
        return UUID(request.POST.get("act_id", ""))
    except ValueError:
        return None


def posted_time(request: HttpRequest) -> datetime | None:
    """The learner's time as the browser claims it. What is no aware time is as good as none: the receipt time holds,
    and nobody loses their work over a broken clock."""
    try:
        moment = parse_datetime(request.POST.get("occurred_at", ""))
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def broken_form(request: HttpRequest) -> HttpResponse:
    return message_page(
        request,
        _("The form did not arrive whole"),
        _("Open the page again and press the button once more. Nothing was counted twice."),
        status=400,
        link="/",
        link_text=_("Go to the start page"),
    )


def local_url(request: HttpRequest, url: str) -> str | None:
    """The address if it stays on this site."""
    safe = url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return url if url and safe else None


def page_or_404(key: UUID) -> Any:
    page = page_for(key)
    if page is None:
        raise Http404(_("This is not offered at present."))
    return page.specific


def consent_reasons(form: ConsentForm) -> list[str]:
    """Why what the form brought is no yes to the text in force, in words for beside the box; empty: it is one."""
    if not form.is_valid():
        return [str(error) for error in form.errors.get("consent", [])] or [_ask()]
    # A yes to another version of the text than the one in force is no yes to this one.
    if form.cleaned_data["text_version"] != CONSENT_VERSION:
        return [_("The text has changed: read it again and agree.")]
    return []


def _ask() -> str:
    return _("Agree that your learning data are kept: without it nothing may be recorded.")


def take_consent(request: HttpRequest, learner: Learner, *, at: datetime) -> list[str]:
    """Before an act: write down the yes that its form brought, if it asked for one (`includes/consent.html`).

    Returns what to say beside the box if the act then raises ConsentMissing.
    """
    if "text_version" not in request.POST:
        return [_ask()]
    reasons = consent_reasons(ConsentForm(request.POST))
    if not reasons:
        agree(learner, at=at)
    return reasons


def ask_on_page(request: HttpRequest, key: UUID, reasons: list[str], **more: Any) -> HttpResponseBase:
    """The page of this course or activity again (400), asking for the consent that was missing."""
    page = page_or_404(key)
    context = {**page.get_context(request), "consent_errors": reasons, **more}
    return TemplateResponse(request, page.template, context, status=400)


@dataclass(frozen=True)
class Posted:
    """What the button of an activity's page sent, as an action takes it."""

    learner: Learner
    act_id: UUID
    at: datetime
    occurred_at: datetime | None
    language: str


def acts_on_activity(view: Callable[[HttpRequest, UUID, Posted], HttpResponseBase]) -> View:
    """``view(request, activity_key, posted)`` receives the form of an activity's page and calls the action that it is
    for.

    Everything that every such form has in common has its answer here: nobody signed in (to the sign-in page), a private
    page (403), a form that is not whole (400); and what the action raises: ConsentMissing (the page again, 400),
    NotOffered (404), NotEnrolled (403), PermissionError for an act id that somebody else has used (400).
    """

    @acts("POST")
    @wraps(view)
    def acted(request: HttpRequest, activity_key: UUID) -> HttpResponseBase:
        learner = learner_of(request)
        if learner is None:
            return sign_in_first(activity_key)
        refuse_private(request, activity_key)
        act_id = posted_act_id(request)
        if act_id is None:
            return broken_form(request)
        at = now()
        reasons = take_consent(request, learner, at=at)
        language = get_language() or "vi"
        try:
            return view(request, activity_key, Posted(learner, act_id, at, posted_time(request), language))
        except ConsentMissing:
            return ask_on_page(request, activity_key, reasons)
        except NotOffered:
            raise Http404(_("This is not offered at present.")) from None
        except NotEnrolled:
            raise PermissionDenied(_("Enrol in the course first: the button is on this activity's page.")) from None
        except PermissionError:
            return broken_form(request)

    return acted
