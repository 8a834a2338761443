"""The people of a sample by name, for those who carry a retest out: an officer of the areas where they live, a teacher
of the class in which they are. Each look is logged."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
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
from bdhvs_lms.courses.api import Activity, activities
from bdhvs_lms.learners.api import Person, made_up_people
from bdhvs_lms.plugins.api import activity_types
from bdhvs_lms.reporting.choices import WrongChoice, refusing_wrong_choices
from bdhvs_lms.reporting.retest.actions import members_for, note_absences
from bdhvs_lms.reporting.retest.forms import subject_name
from bdhvs_lms.reporting.retest.models import RetestAbsence, RetestMember, RetestSample
from bdhvs_lms.reporting.retest.queries import Outcome, going_in, outcomes, subjects_in

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

    @property
    def absence(self) -> str:
        """Why there is no test, in words; empty: nothing is noted."""
        kind = self.outcome.absent
        return str(RetestAbsence.Kind(kind).label) if kind else ""


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
    samples: Sequence[RetestSample],
    members: Sequence[RetestMember],
    *,
    closed: bool,
    group: ClassGroup | None = None,
    courses: Collection[int] = (),
) -> list[Listed]:
    """A constant number of queries. `closed`: all of them are; `courses`: which the class takes, by key."""
    found = outcomes(samples, members)
    rows = activities(one.activity_key for one in samples)
    lines: dict[int, list[Line]] = {one.pk: [] for one in samples}
    for one in members:
        lines[one.sample_id].append(Line(one, one.learner.whole.person, found[one.pk]))
    return [
        Listed(
            sample,
            subject_name(subject),
            rows.get(sample.activity_key),
            lines[sample.pk],
            closed,
            _key_in(rows.get(sample.activity_key), group, courses),
        )
        for sample, subject in zip(samples, subjects_in(samples), strict=True)
    ]


def _key_in(row: Activity | None, group: ClassGroup | None, courses: Collection[int]) -> str:
    kind = activity_types.get(row.type_key) if row is not None and row.course_id in courses else None
    if row is None or kind is None or not kind.class_view or group is None:
        return ""
    return f"{reverse(kind.class_view, args=[group.uuid])}?{urlencode({'bai': row.key})}"


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
    members = list(members_for(sample, by=request.user, at=at, group=None))
    listed = _listed([sample], members, closed=sample.closings.exists())
    _log(request, listed, "retest-list", at, sample.area.code)
    here = reverse("bdhvs_lms:retest-list", args=[uuid])
    return _page(request, listed, here, at=at, group=None, more={"back": reverse("bdhvs_lms:retests")})


@never_cache
@read_and_send
@login_required
@refusing_wrong_choices
def class_retest(request: HttpRequest, class_uuid: UUID) -> HttpResponse:
    """Of a teacher: members of the class who were drawn for a retest that goes on."""
    group, at = opened_class(request, class_uuid)
    members = list(going_in(group, day_of(at)))
    samples = list({one.sample_id: one.sample for one in members}.values())
    courses = {course.pk for course in courses_of_class(group, day_of(at))}
    listed = _listed(samples, members, closed=False, group=group, courses=courses)
    _log(request, listed, "class-retest", at, group.code)
    here = reverse("bdhvs_lms:class-retest", args=[group.uuid])
    more = {"class_group": group, "back": reverse("bdhvs_lms:class-review", args=[group.uuid])}
    return _page(request, listed, here, at=at, group=group, more=more)
