"""A teacher's pages of sessions: when the class meets, who is there. Each change is a form that works without a script.

Pages with names are logged, and none may be kept: the next person uses the same telephone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.api import SeeOther, day_of, read_and_send, row_number
from bdhvs_lms.classes.models import ClassGroup, ClassSession
from bdhvs_lms.classes.queries import next_sessions
from bdhvs_lms.classes.sessions import actions
from bdhvs_lms.classes.sessions.forms import MeetingForm, SessionForm, when
from bdhvs_lms.classes.sessions.queries import (
    SheetRow,
    lessons_to_watch,
    present_at,
    sessions_of,
    sheet,
    sheet_of,
    watched_at,
)
from bdhvs_lms.classes.web import class_form, opened_class
from bdhvs_lms.courses.api import Activity

PAGE = 30
EVERYBODY = "tat-ca"
"""In an address: all are ticked to begin with."""


def _address(name: str, session: ClassSession, group: ClassGroup) -> str:
    return reverse(f"bdhvs_lms:{name}", args=[group.uuid, session.uuid])


@never_cache
@require_safe
@login_required
def class_sessions(request: HttpRequest, class_uuid: UUID) -> HttpResponse:
    """Show sessions and visits of the class: what comes, then what was, the latest first. It names nobody."""
    group, at = opened_class(request, class_uuid)
    page = max(1, row_number(request.GET.get("trang", "")))
    rows = sessions_of(group).filter(cancelled=False)
    first = (min(page, 1000) - 1) * PAGE
    listed = list(rows.filter(starts_at__lte=at)[first : first + PAGE + 1])
    following = next_sessions([group.pk], day_of(at)).get(group.pk)
    context = {
        "class_group": group,
        "coming": list(rows.filter(starts_at__gt=at).order_by("starts_at", "pk")[:PAGE]) if page == 1 else [],
        "past": listed[:PAGE],
        "now_held": None if following is None or following.is_to_come(at) else following,
        "earlier": page + 1 if len(listed) > PAGE else None,
    }
    return render(request, "bdhvs_lms/class_sessions.html", context)


@never_cache
@read_and_send
@login_required
def session_new(request: HttpRequest, class_uuid: UUID) -> HttpResponse:
    """Plan one session, or several weeks of them."""
    group, at = opened_class(request, class_uuid)
    form = SessionForm(request.POST if request.method == "POST" else None, initial=_usual(group, at))
    if form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.plan_sessions(
                group,
                starts_at=form.starts_at,
                minutes=data["minutes"],
                place=data["place"],
                weeks=data["weeks"],
                at=at,
                by=request.user,
            )
        except ValidationError as refused:
            form.refuse(refused)
        else:
            if len(made) == 1 and not made[0].is_to_come(at):
                return SeeOther(_address("session", made[0], group))
            text = ngettext("%(count)d session is planned.", "%(count)d sessions are planned.", len(made))
            messages.success(request, text % {"count": len(made)})
            return SeeOther(reverse("bdhvs_lms:class-sessions", args=[group.uuid]))
    return class_form(request, group, form, _("New session"), _("Save the session"))


def _usual(group: ClassGroup, at: datetime) -> dict[str, Any]:
    """Return initial values as the class met last; today and its area, where it never did."""
    last = sessions_of(group).filter(kind=ClassSession.Kind.CLASS).first()
    if last is None:
        return {"day": day_of(at), "place": group.area.name}
    return {"day": day_of(at), "time": when(last.starts_at)["time"], "minutes": last.minutes, "place": last.place}


@never_cache
@read_and_send
@login_required
def session_edit(request: HttpRequest, class_uuid: UUID, session_uuid: UUID) -> HttpResponse:
    """Change the time or place of a session, or cancel it."""
    group, at = opened_class(request, class_uuid)
    session = get_object_or_404(ClassSession, class_group=group, uuid=session_uuid)
    initial = {**when(session.starts_at), "minutes": session.minutes, "place": session.place}
    if request.method == "POST" and request.POST.get("do") == "cancel":
        try:
            actions.cancel_session(session, at=at, by=request.user)
        except ValidationError as refused:
            messages.error(request, refused.messages[0])
            return SeeOther(_address("session", session, group))
        messages.success(request, _("The session was cancelled."))
        return SeeOther(reverse("bdhvs_lms:class-sessions", args=[group.uuid]))
    form = MeetingForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.change_session(
                session,
                starts_at=form.starts_at,
                minutes=data["minutes"],
                place=data["place"],
                at=at,
                by=request.user,
            )
        except ValidationError:
            form.add_error("time", _("The class already has a session at that time."))
        else:
            messages.success(request, _("The session was saved."))
            return SeeOther(_address("session", session, group))
    more = {"session": session, "cancel": not present_at(session).exists()}
    return class_form(request, group, form, _("Change the session"), _("Save the session"), **more)


@never_cache
@read_and_send
@login_required
def session(request: HttpRequest, class_uuid: UUID, session_uuid: UUID) -> HttpResponse:
    """Show who is there: a row a learner, ticked or not, and one button; what was watched together. Saved again it
    changes what differs."""
    group, at = opened_class(request, class_uuid)
    meeting = get_object_or_404(ClassSession, class_group=group, uuid=session_uuid)
    meeting.class_group = group
    if request.method == "POST":
        return _taken(request, meeting, at)
    if meeting.is_to_come(at):
        context = {"class_group": group, "session": meeting, "to_come": True}
        return render(request, "bdhvs_lms/session.html", context)
    rows = sheet(meeting, at)
    log_access(user=request.user, actors=[row.learner.actor for row in rows], page="session", at=at, detail=group.code)
    everybody = EVERYBODY in request.GET
    ticked = {row.learner.pk for row in rows if row.present or (everybody and row.agreed)}
    standing = watched_at(meeting)
    return _sheet(request, meeting, rows, ticked, standing, standing, str(meeting.others or ""))


def _sheet(
    request: HttpRequest,
    meeting: ClassSession,
    rows: Sequence[SheetRow],
    ticked: Collection[int],
    watched: Collection[UUID],
    standing: Collection[UUID],
    others: str,
    error: str = "",
) -> HttpResponse:
    """Render the sheet. `watched`: lessons that are ticked; `standing`: those that are recorded."""
    group = meeting.class_group
    context = {
        "class_group": group,
        "session": meeting,
        # Who was marked before they took their consent back can be unmarked.
        "rows": [(row, row.learner.pk in ticked) for row in rows if row.agreed or row.present],
        "silent": [row for row in rows if not row.agreed and not row.present],
        "ticked": len(ticked),
        "lessons": [(row, row.key in watched) for row in lessons_to_watch(group)],
        "watched": bool(watched),
        "others": others,
        "stands": standing,
        "error": error,
        "everybody": f"?{urlencode({EVERYBODY: 1})}",
    }
    return render(request, "bdhvs_lms/session.html", context, status=422 if error else 200)


def _taken(request: HttpRequest, meeting: ClassSession, at: datetime) -> HttpResponse:
    group = meeting.class_group
    here, was = _numbers(request, "here"), _numbers(request, "was")
    listed = _numbers(request, "listed") | here
    watched, watched_then = _uuids(request.POST.getlist("watched")), _uuids(request.POST.getlist("was_watched"))
    others = request.POST.get("others", "").strip()
    rows = sheet(meeting, at)
    # A colleague may have saved since this page was opened: only what was changed on it changes.
    standing = watched_at(meeting)
    watched = (standing - (watched_then - watched)) | (watched - watched_then)
    try:
        if others and not (others.isdecimal() and others.isascii() and int(others[:5]) <= 500):
            raise ValidationError(_("Enter a number of people, like 3."))
        taken = actions.take_attendance(
            meeting,
            _changed(rows, listed, here, was),
            # What is no longer offered stays as it is, and is in no form.
            watched=watched - (standing - _offered(group)),
            others=meeting.others if others == request.POST.get("was_others") else int(others[:5] or 0),
            at=at,
            by=request.user,
        )
    except ValidationError as refused:
        seen = [row.learner.actor for row in rows]
        log_access(user=request.user, actors=seen, page="session", at=at, detail=group.code)
        return _sheet(request, meeting, rows, here, watched, standing, others, error=refused.messages[0])
    text = ngettext("%(count)d person present.", "%(count)d people present.", taken.present)
    messages.success(request, f"{_('Attendance was saved.')} {text % {'count': taken.present}}")
    return SeeOther(reverse("bdhvs_lms:class-review", args=[group.uuid]))


def _numbers(request: HttpRequest, name: str) -> set[int]:
    return {row_number(text) for text in request.POST.getlist(name)}


def _changed(rows: Sequence[SheetRow], listed: set[int], here: set[int], was: set[int]) -> dict[int, bool]:
    """Return the marks to record: what was changed on the page or said for the first time; for others what stands."""
    now_is = {row.learner.pk: row.present for row in rows}
    agreed = {row.learner.pk for row in rows if row.agreed}
    marks: dict[int, bool] = {pk: True for pk, present in now_is.items() if present and pk in agreed}
    for pk in listed:
        # Ticked before, and voided by an operator since the page was opened: that is not said again by saving.
        if (pk in here) != (pk in was) or (now_is.get(pk) is None and pk not in was):
            marks[pk] = pk in here
    return marks


def _offered(group: ClassGroup) -> set[UUID]:
    return {row.key for row in lessons_to_watch(group)}


def _uuids(texts: Sequence[str]) -> set[UUID]:
    found = set()
    for text in texts:
        try:
            found.add(UUID(text))
        except ValueError:
            # What no list of ours offers.
            found.add(UUID(int=0))
    return found


@never_cache
@read_and_send
@login_required
def visit_new(request: HttpRequest, class_uuid: UUID) -> HttpResponse:
    """Record that one to three people were helped at home."""
    group, at = opened_class(request, class_uuid)
    form = MeetingForm(request.POST if request.method == "POST" else None, initial={**when(at), "minutes": 45})
    chosen = _numbers(request, "here")
    watched = _uuids(request.POST.getlist("watched"))
    rows = [row for row in sheet_of(group, at) if row.agreed]
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.visit(
                group,
                [row.learner for row in rows if row.learner.pk in chosen],
                starts_at=form.starts_at,
                minutes=data["minutes"],
                place=data["place"],
                watched=watched,
                at=at,
                by=request.user,
            )
        except ValidationError as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The home visit was saved."))
            return SeeOther(reverse("bdhvs_lms:class-sessions", args=[group.uuid]))
    log_access(user=request.user, actors=[row.learner.actor for row in rows], page="visit", at=at, detail=group.code)
    lessons: list[tuple[Activity, bool]] = [(row, row.key in watched) for row in lessons_to_watch(group)]
    context = {
        "class_group": group,
        "form": form,
        "rows": [(row, row.learner.pk in chosen) for row in rows],
        "lessons": lessons,
        "watched": bool(watched),
    }
    return render(request, "bdhvs_lms/visit.html", context, status=422 if form.errors else 200)
