"""Common parts of the learner's views of all activity types. Errors are pages, never bare lines."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bdhvs_content.above import may_be_closed, restrictions_of
from bdhvs_content.queries import learner_of, page_address, page_for
from bdhvs_lms.attempts.api import (
    NotEnrolled,
    NotOffered,
    Posted,
    broken_form,
    posted_act_id,
    posted_time,
    require_methods,
    take_consent,
)
from bdhvs_lms.audit.api import ConsentMissing
from bdhvs_lms.base.api import now
from bdhvs_lms.learners.api import Learner, learner_first

View = Callable[..., HttpResponseBase]


def learner_needed(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Redirect to the sign-in page, or to where an account becomes a learner, and from there to the page of this course
    or activity: an act is never repeated by it."""
    return learner_first(request, page_address(key) or "/")


def refuse_private(request: HttpRequest, key: UUID) -> None:
    """Raise PermissionDenied when the page of this course or activity is private and not for this visitor.

    Wagtail checks it where it serves the page; an act does not pass there. One query where nothing is closed, four
    else.
    """
    page = page_for(key) if may_be_closed(key) else None
    if page is None:
        return
    if not all(restriction.accept_request(request) for restriction in restrictions_of(page)):
        raise PermissionDenied


def page_or_404(key: UUID) -> Any:
    page = page_for(key)
    if page is None:
        raise Http404(_("This content is not available at the moment."))
    return page.specific


def ask_on_page(request: HttpRequest, key: UUID, reasons: list[str], **more: Any) -> HttpResponseBase:
    """Show the page of this course or activity again (400), asking for the consent that was missing."""
    page = page_or_404(key)
    context = {**page.get_context(request), "consent_errors": reasons, **more}
    return TemplateResponse(request, page.template, context, status=400)


def acts_on_activity(view: Callable[[HttpRequest, UUID, Learner, Posted], HttpResponseBase]) -> View:
    """Wrap ``view(request, activity_key, learner, posted)``, which receives the form of an activity's page and calls
    the action that it is for.

    What all such forms have in common is handled here: nobody who learns (`learner_needed`), a private page (403), a
    form that is not whole (400); and what the action raises: ConsentMissing (the page again, 400), NotOffered (404),
    NotEnrolled (403), PermissionError for an act id that somebody else has used (400).
    """

    @require_methods("POST")
    @wraps(view)
    def acted(request: HttpRequest, activity_key: UUID) -> HttpResponseBase:
        learner = learner_of(request)
        if learner is None:
            return learner_needed(request, activity_key)
        refuse_private(request, activity_key)
        act_id = posted_act_id(request)
        if act_id is None:
            return broken_form(request)
        posted: Posted = {
            "act_id": act_id,
            "at": now(),
            "occurred_at": posted_time(request),
            "language": get_language() or "vi",
        }
        reasons = take_consent(request, learner, at=posted["at"])
        try:
            return view(request, activity_key, learner, posted)
        except ConsentMissing:
            return ask_on_page(request, activity_key, reasons)
        except NotOffered:
            raise Http404(_("This content is not available at the moment.")) from None
        except NotEnrolled:
            raise PermissionDenied(_("Enrol in the course first. The button is on the activity page.")) from None
        except PermissionError:
            return broken_form(request)

    return acted
