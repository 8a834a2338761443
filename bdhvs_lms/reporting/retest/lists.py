"""The people of a sample by name, for those who carry a retest out: an officer of the areas where they live, a teacher
of the class in which they are. Each look is logged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from bdhvs_lms.attempts.api import posted_act_id
from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.api import SeeOther, day_of, now, read_and_send
from bdhvs_lms.classes.api import ClassGroup, courses_of_class, opened_class
from bdhvs_lms.competency.api import may_confirm_in_areas
from bdhvs_lms.courses.api import Activity, activity
from bdhvs_lms.learners.api import Person, made_up_people
from bdhvs_lms.plugins.api import activity_types
from bdhvs_lms.reporting.choices import WrongChoice, refusing_wrong_choices
from bdhvs_lms.reporting.retest.actions import members_for, note_absences
from bdhvs_lms.reporting.retest.forms import subject_words
from bdhvs_lms.reporting.retest.models import RetestAbsence, RetestMember, RetestSample
from bdhvs_lms.reporting.retest.queries import Outcome, outcomes, subject_in

LIST = "bdhvs_lms/retest_list.html"


@dataclass(frozen=True)
class Line:
    member: RetestMember
    person: Person
    outcome: Outcome

    @property
    def field(self) -> str:
        """Of the form."""
        return f"nguoi-{self.member.pk}"


@dataclass(frozen=True)
class Listed:
    """One sample on the page. `closed`: nothing more is noted."""

    sample: RetestSample
    what: str
    activity: Activity | None
    lines: list[Line]
    closed: bool
    key_in: str
    """Where the teacher prints sheets and keys them in; empty: not in this list, or the class does not take the course
    that has the retest."""

    @property
    def left(self) -> int:
        return sum(not line.outcome.settled for line in self.lines)


def _listed(
    request: HttpRequest, sample: RetestSample, *, at: datetime, group: ClassGroup | None, courses: set[int]
) -> Listed:
    members = list(members_for(sample, by=request.user, at=at, group=group))
    found = outcomes(sample, members)
    row = activity(sample.activity_key)
    kind = activity_types.get(row.type_key) if row is not None and row.course_id in courses else None
    address = reverse(kind.class_view, args=[group.uuid]) if kind and kind.class_view and group is not None else ""
    return Listed(
        sample,
        subject_words(subject_in(sample)),
        row,
        [Line(one, one.learner.whole.person, found[one.pk]) for one in members],
        sample.closings.exists(),
        address,
    )


def _log(request: HttpRequest, listed: list[Listed], page: str, at: datetime, detail: str) -> None:
    actors = [line.member.learner.actor for one in listed for line in one.lines]
    log_access(user=request.user, actors=actors, page=page, at=at, detail=detail)


def _note(request: HttpRequest, listed: list[Listed], *, at: datetime, group: ClassGroup | None) -> None:
    """What the form says of the people of one sample. Raises WrongChoice, ValidationError, PermissionDenied."""
    one = next((each for each in listed if str(each.sample.uuid) == request.POST.get("mau")), None)
    act_id = posted_act_id(request)
    if one is None or act_id is None:
        raise WrongChoice
    kinds = {
        line.member.pk: request.POST[line.field]
        for line in one.lines
        if line.field in request.POST and line.outcome.tested_at is None
    }
    count = note_absences(one.sample, kinds, act_id=act_id, by=request.user, at=at, group=group)
    words = ngettext("Noted for %(count)d person.", "Noted for %(count)d people.", count) % {"count": count}
    messages.success(request, words)


def _page(
    request: HttpRequest,
    listed: list[Listed],
    here: str,
    *,
    at: datetime,
    group: ClassGroup | None,
    more: dict[str, Any],
) -> HttpResponse:
    error = ""
    if request.method == "POST":
        try:
            _note(request, listed, at=at, group=group)
        except ValidationError as wrong:
            error = wrong.messages[0]
        else:
            return SeeOther(here)
    context = {
        "listed": listed,
        "kinds": RetestAbsence.Kind.choices,
        "act_id": uuid4(),
        "error": error,
        "illustrative": made_up_people(),
        **more,
    }
    return render(request, LIST, context, status=422 if error else 200)


@never_cache
@read_and_send
@login_required
@refusing_wrong_choices
def retest_list(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Of an officer: people of the sample who live in the areas of the account."""
    if not may_confirm_in_areas(request.user):
        raise PermissionDenied(_("The list of names is for officers who carry out the retest, and for teachers."))
    sample = RetestSample.objects.select_related("area").filter(uuid=uuid).first()
    if sample is None:
        raise Http404
    at = now()
    one = _listed(request, sample, at=at, group=None, courses=set())
    _log(request, [one], "retest-list", at, sample.area.code)
    here = reverse("bdhvs_lms:retest-list", args=[uuid])
    return _page(request, [one], here, at=at, group=None, more={"back": reverse("bdhvs_lms:retests")})


@never_cache
@read_and_send
@login_required
@refusing_wrong_choices
def class_retest(request: HttpRequest, class_uuid: UUID) -> HttpResponse:
    """Of a teacher: members of the class who were drawn for a retest that goes on."""
    group, at = opened_class(request, class_uuid)
    going = RetestSample.objects.select_related("area").filter(closings=None).order_by("until", "pk")
    courses = {course.pk for course in courses_of_class(group, day_of(at))}
    found = [_listed(request, one, at=at, group=group, courses=courses) for one in going]
    listed = [one for one in found if one.lines]
    _log(request, listed, "class-retest", at, group.code)
    here = reverse("bdhvs_lms:class-retest", args=[group.uuid])
    more = {"class_group": group, "back": reverse("bdhvs_lms:class-review", args=[group.uuid])}
    return _page(request, listed, here, at=at, group=group, more=more)
