"""One learner's page for the class's teacher: how things stand, what was done and when, what shows it, notes, and what
the teacher may say. Every look and every act is logged; another class's teacher finds nothing here."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4, uuid5

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_lms.attempts.api import posted_act_id
from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.api import SeeOther, day_of, now, read_and_send, row_number
from bdhvs_lms.classes.api import (
    EXTRA_TIME,
    MOST_WORDS,
    ClassGroup,
    allow_attempt,
    allow_time,
    class_open_to,
    delete_note,
    mark_complete,
    marks_about,
    members,
    notes_about,
    take_back_mark,
    write_note,
)
from bdhvs_lms.competency.api import (
    Competency,
    EvidenceRow,
    FrameworkLevel,
    Reason,
    Why,
    certificates_of,
    explain,
    marks_in,
    vneid_of,
)
from bdhvs_lms.courses.api import Activity, activities
from bdhvs_lms.learners.api import Learner, learner_for_user
from bdhvs_lms.plugins.api import activity_types
from bdhvs_lms.reporting.choices import WrongChoice, refusing_wrong_choices
from bdhvs_lms.reporting.class_person import PersonPage
from bdhvs_lms.reporting.queries import why
from bdhvs_lms.reporting.queries.answers import answers_in, closed_to
from bdhvs_lms.reporting.queries.own import courses_of, shown_by
from bdhvs_lms.reporting.queries.person import Place, limits_of, person_in, timeline, times_of
from bdhvs_lms.reporting.views.common import course_asked
from bdhvs_lms.tracking.api import activity_key, attempt_of


def opened(request: HttpRequest, class_uuid: UUID, actor: UUID, page: str, at: datetime) -> tuple[ClassGroup, Learner]:
    """The class and its member; the look is logged. Raises Http404."""
    on = day_of(at)
    group = class_open_to(request.user, class_uuid, on)
    learner = get_object_or_404(members(group, on).select_related("person"), actor=actor, person__isnull=False)
    log_access(user=request.user, actors=[learner.actor], page=page, at=at, detail=group.code)
    return group, learner


@never_cache
@read_and_send
@login_required
@refusing_wrong_choices
def person_page(request: HttpRequest, class_uuid: UUID, actor: UUID) -> HttpResponse:
    """GET: the page. POST (`do`): a note, a mark, an attempt more, or one of these taken back."""
    at = now()
    group, learner = opened(request, class_uuid, actor, "class-person", at)
    choice, before = course_asked(request, group), _place(request.GET.get(BEFORE_PARAMETER, ""))
    errors: dict[str, str] = {}
    act = ACTS.get(request.POST.get("do", "")) if request.method == "POST" else None
    if act is not None:
        try:
            messages.success(request, act(request, group, learner, at))
        except ValidationError as refused:
            errors = {request.POST["do"]: refused.messages[0]}
        else:
            own = reverse("bdhvs_lms:class-person", args=[group.uuid, learner.actor])
            return SeeOther(own + choice.query)
    review, row = person_in(group, learner, day_of(at), choice.chosen)
    courses = courses_of(learner, day_of(at))
    shown = timeline(learner, group, [one.course for one in choice.courses], before=before)
    to_mark = [
        cell.activity
        for cell in row.cells
        if cell.activity.active and cell.activity.done_on == Activity.DoneOn.COMPLETED and cell.status != "done"
    ]
    marks = list(marks_about(group, learner))
    titles = {key: one.titles for key, one in activities(mark.activity_key for mark in marks).items()}
    context = {
        "person_page": PersonPage(review, row),
        "class_group": group,
        "choice": choice,
        "learner": learner,
        "timeline": shown,
        "older": f"?{urlencode({**choice.parameters, BEFORE_PARAMETER: _written(shown.ends)})}" if shown.ends else "",
        "newest": f"?{urlencode(choice.parameters)}" if before else "",
        "records": shown_by(learner, courses),
        "certificates": certificates_of(learner),
        "vneid": vneid_of([learner]).get(learner.pk),
        "notes": notes_about(group, learner),
        "marks": [(mark, titles.get(mark.activity_key, {})) for mark in marks],
        "to_mark": to_mark,
        "limits": limits_of(learner, review.activities),
        "times": times_of(learner, review.activities),
        "extra_time": EXTRA_TIME,
        "errors": errors,
        "typed": request.POST if errors else {},
        "act_id": uuid4(),
        "most_words": MOST_WORDS,
        "illustrative": review.made_up,
    }
    return render(request, "bdhvs_lms/class_person.html", context, status=422 if errors else 200)


BEFORE_PARAMETER = "truoc"
# Microseconds since 1970, and the id of a statement.
_PLACE = re.compile(r"(\d{1,16})-([0-9a-f]{32})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _written(place: Place) -> str:
    moment, statement = place
    return f"{(moment - _EPOCH) // timedelta(microseconds=1)}-{statement.hex}"


def _place(text: str) -> Place | None:
    """What `_written` wrote. Raises WrongChoice."""
    if not text:
        return None
    found = _PLACE.fullmatch(text)
    if found is None:
        raise WrongChoice
    return _EPOCH + timedelta(microseconds=int(found[1])), UUID(found[2])


def _own_act(request: HttpRequest, what: str) -> UUID:
    """The key of what this form does: the page has several, and each is its own act."""
    posted = posted_act_id(request)
    return uuid4() if posted is None else uuid5(posted, what)


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ValidationError(_("Choose one from the list.")) from None


def _note(request: HttpRequest, group: ClassGroup, learner: Learner, at: datetime) -> str:
    write_note(group, learner, request.POST.get("note", ""), act_id=_own_act(request, "note"), by=request.user, at=at)
    return _("The note was saved.")


def _delete_note(request: HttpRequest, group: ClassGroup, learner: Learner, at: datetime) -> str:
    delete_note(group, learner, row_number(request.POST.get("number", "")), by=request.user, at=at)
    return _("The note was deleted.")


def _complete(request: HttpRequest, group: ClassGroup, learner: Learner, at: datetime) -> str:
    key, reason = _key(request.POST.get("activity", "")), request.POST.get("reason", "")
    mark_complete(group, learner, key, reason, act_id=_own_act(request, f"complete/{key}"), by=request.user, at=at)
    return _("Marked as completed.")


def _take_back(request: HttpRequest, group: ClassGroup, learner: Learner, at: datetime) -> str:
    take_back_mark(group, learner, row_number(request.POST.get("number", "")), by=request.user, at=at)
    return _("The mark was taken back.")


def _attempt(request: HttpRequest, group: ClassGroup, learner: Learner, at: datetime) -> str:
    key = _key(request.POST.get("activity", ""))
    allow_attempt(group, learner, key, act_id=_own_act(request, f"attempt/{key}"), by=request.user, at=at)
    return _("One more attempt is allowed.")


def _time(request: HttpRequest, group: ClassGroup, learner: Learner, at: datetime) -> str:
    return _more_time(request, group, learner, EXTRA_TIME, at)


def _time_for_all(request: HttpRequest, group: ClassGroup, learner: Learner, at: datetime) -> str:
    return _more_time(request, group, None, EXTRA_TIME, at)


def _usual_time(request: HttpRequest, group: ClassGroup, learner: Learner, at: datetime) -> str:
    return _more_time(request, group, learner, 0, at)


def _more_time(request: HttpRequest, group: ClassGroup, learner: Learner | None, percent: int, at: datetime) -> str:
    key = _key(request.POST.get("activity", ""))
    act_id = _own_act(request, f"time/{key}/{percent}/{learner is None}")
    count = allow_time(group, learner, key, percent, act_id=act_id, by=request.user, at=at)
    if percent == 0:
        return _("The usual time counts again.")
    text = ngettext("%(count)s person has more time now.", "%(count)s people have more time now.", count)
    return text % {"count": count}


Act = Callable[[HttpRequest, ClassGroup, Learner, datetime], str]
ACTS: dict[str, Act] = {
    "note": _note,
    "delete-note": _delete_note,
    "complete": _complete,
    "take-back": _take_back,
    "attempt": _attempt,
    "time": _time,
    "time-for-all": _time_for_all,
    "usual-time": _usual_time,
}


@never_cache
@require_safe
@login_required
@refusing_wrong_choices
def person_attempt(request: HttpRequest, class_uuid: UUID, actor: UUID, attempt: UUID) -> HttpResponse:
    """What the learner answered in one attempt, in a course of this class: as the statements have it. A teacher who
    learns the same course sees the questions alone until they are done with it themselves."""
    group, learner = opened(request, class_uuid, actor, "class-person-attempt", now())
    choice = course_asked(request, group)
    facts = attempt_of(learner, attempt)
    keys = {key for fact in facts if (key := activity_key(fact.object_id)) is not None}
    courses = {one.course.pk for one in choice.courses}
    found = [one for one in activities(keys).values() if one.course_id in courses]
    if not found:
        raise Http404
    kind = activity_types.get(found[0].type_key)
    offered = kind is not None and kind.attempt_view and found[0].active
    lines, closed = answers_in(facts), bool(closed_to(learner_for_user(request.user), found[:1]))
    context: dict[str, Any] = {
        "class_group": group,
        "choice": choice,
        "learner": learner,
        "activity": found[0],
        "at": facts[-1].occurred_at,
        "lines": [replace(one, response="", success=None) for one in lines] if closed else lines,
        "closed": closed,
        "marks": marks_in(facts),
        "act": reverse(kind.attempt_view, args=[group.uuid, learner.actor, attempt]) if kind and offered else "",
        "act_label": kind.attempt_label if kind is not None else "",
    }
    return render(request, "bdhvs_lms/class_person_attempt.html", context)


@never_cache
@require_safe
@login_required
@refusing_wrong_choices
def person_why(
    request: HttpRequest, class_uuid: UUID, actor: UUID, framework_key: str, code: str, level: str
) -> HttpResponse:
    """Why a status of the learner is what it is: as the learner's own page says it, with the rule as it stands and, for
    who may read them, the statements."""
    group, learner = opened(request, class_uuid, actor, "class-person-why", now())
    competency = get_object_or_404(
        Competency.objects.select_related("framework"), framework__key=framework_key, code=code
    )
    named = get_object_or_404(FrameworkLevel, framework=competency.framework_id, number=int(level))
    explanation = explain(learner, competency, named.number, at=now())
    courses = {one.course.pk for one in course_asked(request, group).courses}

    def answers(row: EvidenceRow) -> why.Place | None:
        taught_here = row.activity is not None and row.activity.course_id in courses
        if not taught_here or row.registration is None or row.presence or row.reason == Reason(Why.WITHDRAWN):
            return None
        return why.Place(reverse("bdhvs_lms:class-person-attempt", args=[group.uuid, learner.actor, row.registration]))

    rows = why.opened(explanation.rows, answers, request.user)
    context = {
        "competency": competency,
        "level": named,
        "explanation": explanation,
        "used": [row for row in rows if row.used],
        "unused": [row for row in rows if not row.used],
        "class_group": group,
        "person": learner,
    }
    return render(request, "bdhvs_lms/why.html", context)
