"""Pages of a learner, and the two that lead anywhere else: where one's work is, and help. Read-only.

No page of these may be kept: in a village hall the next person uses the same telephone, and "back" must not show the
record of the one before.
"""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_lms.base.api import now
from bdhvs_lms.campaign.api import areas_for
from bdhvs_lms.classes.api import classes_of_teacher, matches_of, own_classes, teams_led_by
from bdhvs_lms.competency.api import (
    Competency,
    FrameworkLevel,
    certificates_of,
    explain,
    may_confirm_in_areas,
    vneid_of,
)
from bdhvs_lms.courses.api import activities
from bdhvs_lms.learners.api import Learner, learner_first, learner_of, learner_page
from bdhvs_lms.reporting.queries.own import address_of, courses_of, shown_by, towards_targets
from bdhvs_lms.reporting.queries.why import next_of, opened, own_address
from bdhvs_lms.reporting.views.common import today


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How to get on: signing in, a forgotten password, who to ask."""
    return render(request, "bdhvs_lms/help.html")


@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Where this account's work is. Whoever has several kinds goes to the one with people waiting; whoever has none is
    offered to learn."""
    user = request.user
    if learner_of(request) is None and not user.is_authenticated:
        return learner_first(request)
    if user.is_superuser:
        return redirect("wagtailadmin_home")
    if classes_of_teacher(user, today()).exists():
        return redirect("bdhvs_lms:class-list")
    if teams_led_by(user, today()).exists():
        return redirect("bdhvs_lms:own-teams")
    if may_confirm_in_areas(user):
        return redirect("bdhvs_lms:area-confirm")
    if areas_for(user).exists():
        return redirect("bdhvs_lms:board")
    if user.has_perm("wagtailadmin.access_admin"):
        return redirect("wagtailadmin_home")
    if learner_of(request) is not None:
        return redirect("bdhvs_lms:my-learning")
    return learner_first(request)


@never_cache
@require_safe
@learner_page
def my_learning(request: HttpRequest, learner: Learner) -> HttpResponse:
    """The learner's own courses and classes, and in one line what was shown."""
    courses = courses_of(learner, today())
    records = shown_by(learner, courses)
    return render(
        request,
        "bdhvs_lms/my_learning.html",
        {
            "courses": courses,
            # Of one only: the price must not grow with the number of courses. The others lead by `open-activity`.
            "next_address": address_of(courses[0].next_activity) if courses else None,
            "records": records[:1],
            "classes": own_classes(learner, today()),
            "asked": matches_of(learner).exists(),
            "teaches": request.user.is_authenticated and classes_of_teacher(request.user, today()).exists(),
        },
    )


@never_cache
@require_safe
@learner_page
def my_classes(request: HttpRequest, learner: Learner) -> HttpResponse:
    """Where the learner learns with others: the class's course, who teaches it and whom to call. No other learner."""
    return render(request, "bdhvs_lms/my_classes.html", {"classes": own_classes(learner, today())})


@never_cache
@require_safe
@learner_page
def my_results(request: HttpRequest, learner: Learner) -> HttpResponse:
    """What the learner has shown, why, and what is missing for the plan, in sentences."""
    courses = courses_of(learner, today())
    records = shown_by(learner, courses)
    towards = towards_targets(learner, records, today(), courses)
    # The frameworks by which the learner's groups are counted come first, the others folded up below.
    counted = {one.rule.framework_id for one in towards} or {record.framework.pk for record in records[:1]}
    return render(
        request,
        "bdhvs_lms/my_results.html",
        {
            "person": None,
            "records": [record for record in records if record.framework.pk in counted],
            "other_records": [record for record in records if record.framework.pk not in counted],
            "towards": towards,
            "certificates": certificates_of(learner),
            "vneid": vneid_of([learner]).get(learner.pk),
        },
    )


@never_cache
@require_safe
@learner_page
def go_on(request: HttpRequest, learner: Learner) -> HttpResponse:
    """To what the learner is asked, else to what they do next: where a card and a PIN lead, one tap less than by their
    own page."""
    if matches_of(learner).exists():
        return redirect("bdhvs_lms:matches")
    courses = courses_of(learner, today())
    address = address_of(courses[0].next_activity) if courses else None
    return redirect(address or "bdhvs_lms:my-learning")


@never_cache
@require_safe
def open_activity(request: HttpRequest, activity_key: UUID) -> HttpResponse:
    """To the page of an activity, whichever plugin owns it; that page says who may see it."""
    address = address_of(activities([activity_key]).get(activity_key))
    if address is None:
        raise Http404(_("This content is not available at the moment."))
    return redirect(address)


@never_cache
@require_safe
@learner_page
def why(request: HttpRequest, learner: Learner, framework_key: str, code: str, level: str) -> HttpResponse:
    """Why one status of one's own is what it is: the rule as a sentence, exactly the evidence used, why the rest was
    not, and what to do next."""
    competency = get_object_or_404(
        Competency.objects.select_related("framework"), framework__key=framework_key, code=code
    )
    named = get_object_or_404(FrameworkLevel, framework=competency.framework_id, number=int(level))
    explanation = explain(learner, competency, named.number, at=now())
    rows = opened(explanation.rows, own_address)
    return render(
        request,
        "bdhvs_lms/why.html",
        {
            "person": None,
            "competency": competency,
            "level": named,
            "explanation": explanation,
            "used": [row for row in rows if row.used],
            "unused": [row for row in rows if not row.used],
            "next": next_of(learner, competency, named.number, explanation),
        },
    )
