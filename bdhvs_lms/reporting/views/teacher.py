"""Pages of a teacher at `/day/`: the classes, and one class by name. Read-only but for the log of who looked.

No page of these may be kept: in a village hall the next person uses the same telephone, and "back" must not show the
record of the one before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.api import PdfMissing, day_of, one_line, pdf_refused, read_and_send, row_number, why_no_pdf
from bdhvs_lms.classes.api import may_make_classes, members, next_sessions, opened_class, teams_led_by
from bdhvs_lms.courses.api import activities_of
from bdhvs_lms.learners.api import learner_for_user, made_up_people
from bdhvs_lms.reporting.choices import WrongChoice, refusing_wrong_choices
from bdhvs_lms.reporting.class_actions import actions_of
from bdhvs_lms.reporting.class_page import (
    NAMED_PARAMETER,
    ORDER_PARAMETER,
    PAGE_PARAMETER,
    STATE_PARAMETER,
    ClassCard,
    Page,
    Pages,
)
from bdhvs_lms.reporting.class_table import ANCHORS, Order, selected
from bdhvs_lms.reporting.queries.answers import closed_to, hardest_questions
from bdhvs_lms.reporting.queries.class_lists import classes_page
from bdhvs_lms.reporting.queries.class_numbers import class_numbers
from bdhvs_lms.reporting.queries.review import class_review
from bdhvs_lms.reporting.reminders import reminders
from bdhvs_lms.reporting.tables import Format, download
from bdhvs_lms.reporting.views.common import course_asked, render_large, today

# Longer than any name of a class.
NAMED_MOST = 120
MOST_QUESTIONS = 20


@never_cache
@require_safe
@login_required
def class_list(request: HttpRequest) -> HttpResponse:
    """The classes of this account, a page of them, each with its four numbers, without names of learners."""
    on = today()
    named = one_line(request.GET.get(NAMED_PARAMETER, ""))[:NAMED_MOST]
    found = classes_page(request.user, on, named=named, number=row_number(request.GET.get(PAGE_PARAMETER, "1")))
    # Whoever has a class here teaches it, or is a superuser.
    makes = bool(found.classes) or may_make_classes(request.user, on)
    if not found.total and not named and not makes and not request.user.is_superuser:
        raise PermissionDenied(_("This page is for teachers. No class is assigned to this account today."))
    numbers = class_numbers(found.classes, on)
    meetings = next_sessions([group.pk for group in found.classes], on)
    return render(
        request,
        "bdhvs_lms/class_list.html",
        {
            "classes": [ClassCard(group, numbers[group.pk], meetings.get(group.pk)) for group in found.classes],
            "pages": Pages(found, named),
            "makes": makes or request.user.is_superuser,
            "illustrative": made_up_people(),
            "leads": teams_led_by(request.user, on).exists(),
        },
    )


def _opened(request: HttpRequest, class_uuid: UUID, page: str, chosen: Sequence[str] = ()) -> Page:
    """The class as asked for. Who is shown by name is logged, at each opening.

    Another teacher's class answers like one that does not exist. Raises Http404, WrongChoice.
    """
    class_group, moment = opened_class(request, class_uuid)
    on = day_of(moment)
    state_asked, order = request.GET.get(STATE_PARAMETER, ""), request.GET.get(ORDER_PARAMETER, "can-giup")
    states = {anchor: state for state, anchor in ANCHORS.items()}
    if (state_asked and state_asked not in states) or order not in get_args(Order):
        raise WrongChoice
    choice = course_asked(request, class_group)
    review = class_review(class_group, on, taken=choice.chosen)
    rows = selected(review, states.get(state_asked), order)  # type: ignore[arg-type]
    if chosen:
        rows = [row for row in rows if str(row.learner.actor) in chosen]
    log_access(
        user=request.user,
        actors=[row.learner.actor for row in rows],
        page=page,
        at=moment,
        detail=class_group.code,
    )
    return Page(review, rows, states.get(state_asked), order, choice)  # type: ignore[arg-type]


@never_cache
@require_safe
@login_required
@refusing_wrong_choices
def class_page(request: HttpRequest, class_uuid: UUID) -> HttpResponse:
    """One class in one of its courses: the numbers first, then one cell for each learner and activity."""
    page = _opened(request, class_uuid, "class-review")
    context = {
        "page_of_class": page,
        "review": page.review,
        "actions": actions_of(request, page),
        "illustrative": page.review.made_up,
    }
    return render_large(request, "bdhvs_lms/class_review.html", context)


CHOSEN_PARAMETER = "nguoi"


@never_cache
@read_and_send
@login_required
@refusing_wrong_choices
def class_reminders(request: HttpRequest, class_uuid: UUID) -> HttpResponse:
    """Texts to send to those who were ticked on the class's page, or to all whom it shows. A form only so that nobody
    is named in an address: nothing is sent, and nothing is written but the log."""
    page = _opened(request, class_uuid, "class-reminders", chosen=request.POST.getlist(CHOSEN_PARAMETER))
    context = {
        "class_group": page.review.class_group,
        "choice": page.choice,
        "reminders": reminders(page.review, page.rows),
        "illustrative": page.review.made_up,
    }
    return render(request, "bdhvs_lms/class_reminders.html", context)


@never_cache
@require_safe
@login_required
@refusing_wrong_choices
def class_questions(request: HttpRequest, class_uuid: UUID) -> HttpResponse:
    """The questions that the class gets wrong most, with the wrong answers. The look at all members is logged: a class
    is its teacher's own, and nobody is hidden in its numbers."""
    group, at = opened_class(request, class_uuid)
    choice = course_asked(request, group)
    learners = list(members(group, day_of(at)))
    log_access(
        user=request.user, actors=[one.actor for one in learners], page="class-questions", at=at, detail=group.code
    )
    offered = list(activities_of(choice.chosen.course.key))
    closed = closed_to(learner_for_user(request.user), offered)
    questions = [
        replace(one, chosen=()) if one.activity.key in closed else one
        for one in hardest_questions(learners, offered, MOST_QUESTIONS)
    ]
    context = {
        "class_group": group,
        "choice": choice,
        "questions": questions,
        "closed": closed & {one.activity.key for one in questions},
        "illustrative": made_up_people(),
    }
    return render(request, "bdhvs_lms/class_questions.html", context)


@never_cache
@require_safe
@login_required
@refusing_wrong_choices
def class_file(request: HttpRequest, class_uuid: UUID, kind: Format) -> HttpResponse:
    """The class as the page shows it, filter and order included. Names leave the site with it: logged as such."""
    if kind == "pdf" and why_no_pdf():
        return pdf_refused(request)
    page = _opened(request, class_uuid, f"class-review-{kind}")
    name = f"lop-{page.review.class_group.code}"
    if page.choice.parameters:
        name += f"-khoa-{page.choice.number}"
    try:
        return download(page.table, name=name, on=page.review.on, kind=kind, landscape=False)
    except PdfMissing as missing:
        return pdf_refused(request, missing.args[0])
