"""Pages of learners, teachers and the steering committee. Read-only: nothing here changes what is recorded.

No page of these may be kept: in a village hall the next person uses the same telephone, and "back" must not show the
record of the one before.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.campaign.api import Area, areas_for, areas_in_force
from bdhvs_lms.classes.api import ClassGroup, classes_of_teacher
from bdhvs_lms.competency.api import Competency, FrameworkLevel, attainments_of, explain
from bdhvs_lms.learners.api import Learner, learner_of, learner_page
from bdhvs_lms.plugins.api import activity_types, now
from bdhvs_lms.reporting.presenting import class_sections, columns_of
from bdhvs_lms.reporting.queries.own import courses_of
from bdhvs_lms.reporting.queries.review import class_review
from bdhvs_lms.reporting.queries.targets import CALENDAR, board_targets, target_row

AREA_PARAMETER = "dia-ban"
AREA_KEY = re.compile(r"(?P<code>[0-9A-Za-z._-]{1,20})@(?P<valid_from>\d{4}-\d{2}-\d{2})?", re.ASCII)
AREA_ORDER = list(Area.Kind.values)


def today() -> date:
    """The day in Vietnam."""
    return now().astimezone(CALENDAR).date()


def classes_open_to(user: Any, on: date) -> QuerySet[ClassGroup]:
    """The classes whose learners this account may see by name: those it teaches; a superuser's: all."""
    classes = (
        ClassGroup.objects.order_by("-starts", "name", "pk") if user.is_superuser else classes_of_teacher(user, on)
    )
    return classes.select_related("course", "area")


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How to get on: signing in, a forgotten password, who to ask."""
    return render(request, "bdhvs_lms/help.html")


@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Where this account's work is. Whoever has several kinds goes to the one with people waiting."""
    user = request.user
    if learner_of(request) is None and not user.is_authenticated:
        return redirect("bdhvs_lms:sign-in")
    if user.is_superuser:
        return redirect("wagtailadmin_home")
    if classes_of_teacher(user, today()).exists():
        return redirect("bdhvs_lms:class-list")
    if areas_for(user).exists():
        return redirect("bdhvs_lms:board")
    if user.has_perm("wagtailadmin.access_admin"):
        return redirect("wagtailadmin_home")
    if learner_of(request) is not None:
        return redirect("bdhvs_lms:my-learning")
    raise PermissionDenied(_("This account has no class, no area and no learning record yet. Ask whoever made it."))


@never_cache
@require_safe
@learner_page
def my_learning(request: HttpRequest, learner: Learner) -> HttpResponse:
    """The learner's own courses and competencies."""
    courses = [{"progress": progress, "address": _address(progress.next_activity)} for progress in courses_of(learner)]
    attainments = list(attainments_of(learner))
    levels = _levels({attainment.competency.framework_id for attainment in attainments})
    return render(
        request,
        "bdhvs_lms/my_learning.html",
        {
            "courses": courses,
            "attainments": [
                {"attainment": one, "level": levels.get((one.competency.framework_id, one.level))}
                for one in attainments
            ],
            "teaches": request.user.is_authenticated and classes_of_teacher(request.user, today()).exists(),
        },
    )


def _address(activity: Any) -> str | None:
    """Where the learner goes on. This page is no report, so the plugin is asked; without it there is no link."""
    kind = activity_types.get(activity.type_key) if activity is not None else None
    return kind.address(activity.key, get_language() or "vi") if kind is not None else None


def _levels(framework_ids: set[int]) -> dict[tuple[int, int], FrameworkLevel]:
    found = FrameworkLevel.objects.filter(framework__in=framework_ids)
    return {(level.framework_id, level.number): level for level in found}


@never_cache
@require_safe
@learner_page
def why(request: HttpRequest, learner: Learner, framework_key: str, code: str, level: str) -> HttpResponse:
    """Why one status of one's own is what it is: the rule as a sentence and exactly the evidence used."""
    competency = get_object_or_404(
        Competency.objects.select_related("framework"), framework__key=framework_key, code=code
    )
    named = get_object_or_404(FrameworkLevel, framework=competency.framework_id, number=int(level))
    explanation = explain(learner, competency, named.number)
    return render(
        request,
        "bdhvs_lms/why.html",
        {
            "competency": competency,
            "level": named,
            "explanation": explanation,
            "used": [row for row in explanation.rows if row.used],
            "unused": [row for row in explanation.rows if not row.used],
        },
    )


@never_cache
@require_safe
@login_required
def class_list(request: HttpRequest) -> HttpResponse:
    """The classes of this account, without names of learners."""
    classes = list(classes_open_to(request.user, today()))
    if not classes and not request.user.is_superuser:
        raise PermissionDenied(_("This page is for teachers: no class is assigned to this account today."))
    return render(request, "bdhvs_lms/class_list.html", {"classes": classes})


@never_cache
@require_safe
@login_required
def class_page(request: HttpRequest, class_uuid: UUID) -> HttpResponse:
    """One class: the numbers first, then one cell for each learner and activity. Every opening is logged.

    Another teacher's class answers like one that does not exist.
    """
    moment = now()
    on = moment.astimezone(CALENDAR).date()
    class_group = get_object_or_404(classes_open_to(request.user, on), uuid=class_uuid)
    review = class_review(class_group, on)
    log_access(
        user=request.user,
        actors=[row.learner.actor for row in review.rows],
        page="class-review",
        at=moment,
        detail=class_group.code,
    )
    columns = columns_of(review)
    return render(
        request,
        "bdhvs_lms/class_review.html",
        {"review": review, "columns": columns, "sections": class_sections(review, columns)},
    )


@never_cache
@require_safe
@login_required
def board(request: HttpRequest) -> HttpResponse:
    """The targets of the plan in one area, in numbers only: no learner is named or can be singled out."""
    moment = now()
    own = areas_for(request.user)
    offered = sorted(
        own.filter(pk__in=areas_in_force(moment.astimezone(CALENDAR).date()).values("pk")),
        key=lambda area: (AREA_ORDER.index(area.kind), area.code),
    ) or list(own.order_by("code"))
    if not offered:
        raise PermissionDenied(_("This page is for the steering committee: no area is assigned to this account."))
    wanted = request.GET.get(AREA_PARAMETER)
    if wanted is None:
        area = offered[0]
    else:
        key = _area_key(wanted)
        if key is None:
            message = _("The area in the address is not written as it should be. Choose the area from the list.")
            return render(request, "400.html", {"message": message}, status=400)
        area = get_object_or_404(own, code=key[0], valid_from=key[1])
    return render(
        request,
        "bdhvs_lms/board.html",
        {
            "area": area,
            "areas": offered if area in offered else [area, *offered],
            "parameter": AREA_PARAMETER,
            "rows": [target_row(target, area, moment) for target in board_targets(area)],
        },
    )


def _area_key(text: str) -> tuple[str, date | None] | None:
    """'10015@2025-07-01' to code and first day ('277@': no first day on record); None when it is neither."""
    match = AREA_KEY.fullmatch(text)
    if match is None:
        return None
    if match["valid_from"] is None:
        return match["code"], None
    try:
        return match["code"], date.fromisoformat(match["valid_from"])
    except ValueError:
        return None
