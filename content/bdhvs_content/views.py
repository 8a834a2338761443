"""Receivers of the forms for enrolling and reading. POST only, one redirect after each act."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from bdhvs_content import actions
from bdhvs_content.errors import CourseEmpty
from bdhvs_content.queries import learner_of, page_address
from bdhvs_content.web import acts_on_activity, ask_on_page, learner_needed, refuse_private
from bdhvs_lms.attempts.api import Posted, message_page, require_methods, take_consent
from bdhvs_lms.audit.api import ConsentMissing
from bdhvs_lms.base.api import SeeOther, next_address, now
from bdhvs_lms.courses.api import CourseClosed
from bdhvs_lms.learners.api import Learner


@require_methods("POST")
def enrol(request: HttpRequest, course_key: UUID) -> HttpResponseBase:
    """Handle the course page's form. Without consent to keeping learning data the page comes back (400) and says so."""
    learner = learner_of(request)
    if learner is None:
        return learner_needed(request, course_key)
    refuse_private(request, course_key)
    at = now()
    reasons = take_consent(request, learner, at=at)
    try:
        actions.enrol_with_consent(learner, course_key, consent=False, at=at)
    except ConsentMissing:
        # The form on this page stands at an address that takes no GET: it still goes where it first wanted to go.
        return ask_on_page(request, course_key, reasons, next_after_enrol=_next(request, course_key))
    except CourseEmpty:
        if page_address(course_key) is None:
            raise Http404(_("This course is not available at the moment.")) from None
        return message_page(
            request,
            _("This course is still empty"),
            _("Enrolment opens when the first lesson is published. Please come back later."),
            status=409,
            link=page_address(course_key),
            link_text=_("Back to the course"),
        )
    except CourseClosed:
        raise Http404(_("This course is not available at the moment.")) from None
    return SeeOther(_next(request, course_key))


def _next(request: HttpRequest, course_key: UUID) -> str:
    """Return where enrolling leads: the page that the form stood on, else the course."""
    return next_address(request) or page_address(course_key) or "/"


@acts_on_activity
def lesson_read(request: HttpRequest, activity_key: UUID, learner: Learner, posted: Posted) -> HttpResponseBase:
    """Handle the lesson page's button “I have finished this lesson”."""
    actions.read_lesson(learner, activity_key, **posted)
    return SeeOther(page_address(activity_key) or "/")
