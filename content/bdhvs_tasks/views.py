"""Pages of a class's tasks for its teacher. Another teacher's class gives 404; every look is logged.

These pages may not be cached: in a village hall the next person uses the same telephone.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_lms.attempts.api import NotOffered, broken_form, posted_act_id, posted_time
from bdhvs_lms.audit.api import ConsentMissing, log_access
from bdhvs_lms.base.api import SeeOther, day_of, now, read_and_send
from bdhvs_lms.classes.api import ClassGroup, class_open_to, courses_of_class, members
from bdhvs_lms.courses.api import Activity
from bdhvs_lms.learners.api import Learner, made_up_people
from bdhvs_tasks import actions
from bdhvs_tasks.forms import Broken, Checked, Ticks, checked_of, ticks_of, version_number
from bdhvs_tasks.models import Observation, TaskVersion
from bdhvs_tasks.queries import latest_version, rows_of, sights_of, tasks_of


def _opened(request: HttpRequest, class_uuid: UUID, activity_key: UUID, on: date) -> tuple[ClassGroup, Activity]:
    group = class_open_to(request.user, class_uuid, on)
    try:
        return group, actions.task_of(group, activity_key, on)
    except NotOffered:
        raise Http404(_("This content is not available at the moment.")) from None


def _version(request: HttpRequest, activity_key: UUID) -> TaskVersion:
    """Return the checklist that the form showed, which may not be the newest any more; for a page the newest.

    Raises Broken for a number that no form of ours has.
    """
    if request.method != "POST":
        found = latest_version(activity_key)
    else:
        number = version_number(request.POST)
        found = TaskVersion.objects.filter(activity_key=activity_key, number=number).first()
    if found is None:
        raise Broken
    return found


@never_cache
@require_safe
@login_required
def class_tasks(request: HttpRequest, class_uuid: UUID) -> HttpResponse:
    """Show the tasks to choose from; a single task is opened at once."""
    on = day_of(now())
    group = class_open_to(request.user, class_uuid, on)
    tasks = tasks_of(group, on)
    if len(tasks) == 1:
        return redirect("bdhvs_tasks:class-task", group.uuid, tasks[0].activity.key)
    return render(request, "bdhvs_tasks/class_tasks.html", {"class_group": group, "tasks": tasks})


@never_cache
@read_and_send
@login_required
def class_task(request: HttpRequest, class_uuid: UUID, activity_key: UUID) -> HttpResponse:
    """Show the whole class at one task and record it: one tap for a learner who did all of it, one more for each
    missing item, and one to record them."""
    at = now()
    group, task = _opened(request, class_uuid, activity_key, day_of(at))
    try:
        version = _version(request, activity_key)
        if request.method != "POST":
            return _class_page(request, group, task, version, at)
        return _record_many(request, group, task, version, at)
    except Broken:
        return broken_form(request)


def _record_many(
    request: HttpRequest, group: ClassGroup, task: Activity, version: TaskVersion, at: datetime
) -> HttpResponse:
    act_id = posted_act_id(request)
    if act_id is None:
        raise Broken
    rows = rows_of(group, task, at)
    ticks = ticks_of(request.POST, rows, version)
    if ticks.errors:
        return _class_page(request, group, task, version, at, ticks, act_id=act_id)
    passed = {row.learner.pk for row in rows if row.passed_at is not None}
    # Passed meanwhile, on another device: there is nothing to add. Passed by this very form: it was sent twice.
    same = actions.recorded_by(act_id, [one.learner for one in ticks.seen])
    late = [one for one in ticks.seen if one.learner.pk in passed and one.learner.pk not in same]
    try:
        observed = actions.observe(
            group,
            task.key,
            [one for one in ticks.seen if one not in late],
            by=request.user,
            version=version.number,
            act_id=act_id,
            at=at,
            occurred_at=posted_time(request),
            language=get_language() or "vi",
        )
    except PermissionError:
        raise Broken from None
    except ValidationError as refused:
        return _class_page(request, group, task, version, at, replace(ticks, errors=refused.messages), act_id=act_id)
    except ConsentMissing:
        return _withdrawn(request, group, task)
    wanted = {one.learner.pk: one.done for one in ticks.seen}
    other = sum(one.already and one.grading.done != wanted[one.observation.learner_id] for one in observed)
    _say(request, [one.grading.success is True for one in observed], late=len(late), other=other)
    return SeeOther(request.path)


def _withdrawn(request: HttpRequest, group: ClassGroup, task: Activity) -> HttpResponse:
    messages.error(
        request,
        _("Someone has just withdrawn consent and was not recorded. Check below who was, and record the others."),
    )
    return SeeOther(reverse("bdhvs_tasks:class-task", args=[group.uuid, task.key]))


def _say(request: HttpRequest, outcomes: Sequence[bool], *, late: int, other: int) -> None:
    """Report the outcome in numbers: messages may be stored in a cookie, and names may not."""
    if outcomes:
        words = ngettext("Recorded: %(count)d person.", "Recorded: %(count)d people.", len(outcomes))
        passed = sum(outcomes)
        words += " " + _("Passed: %(passed)d.") % {"passed": passed}
        if len(outcomes) > passed:
            words += " " + _("Not passed yet: %(count)d.") % {"count": len(outcomes) - passed}
        messages.success(request, words % {"count": len(outcomes)})
    if late:
        words = ngettext(
            "%(count)d person had passed already and was not recorded again.",
            "%(count)d people had passed already and were not recorded again.",
            late,
        )
        messages.info(request, words % {"count": late})
    if other:
        words = ngettext(
            "%(count)d person was recorded by this form before, with other items. Open the person to correct it.",
            "%(count)d people were recorded by this form before, with other items. Open each to correct it.",
            other,
        )
        messages.warning(request, words % {"count": other})


def _class_page(
    request: HttpRequest,
    group: ClassGroup,
    task: Activity,
    version: TaskVersion,
    at: datetime,
    ticks: Ticks | None = None,
    *,
    act_id: UUID | None = None,
) -> HttpResponse:
    """Render the class at one task. `ticks`: what was sent and refused, shown again (400)."""
    rows = rows_of(group, task, at)
    log_access(
        user=request.user, actors=[row.learner.actor for row in rows], page="class-task", at=at, detail=group.code
    )
    given = ticks or Ticks()
    lines = [
        (row, str(row.learner.actor) in given.ticked, given.lacking.get(str(row.learner.actor), frozenset()))
        for row in rows
        if row.passed_at is None and row.agreed
    ]
    context = {
        "class_group": group,
        "task": task,
        "version": version,
        "open": lines,
        "silent": [row for row in rows if row.passed_at is None and not row.agreed],
        "passed": [row for row in rows if row.passed_at is not None],
        "errors": given.errors,
        "act_id": act_id or uuid.uuid4(),
        "illustrative": made_up_people(),
    }
    return render(request, "bdhvs_tasks/class_task.html", context, status=400 if given.errors else 200)


@never_cache
@require_safe
@login_required
def class_sheet(request: HttpRequest, class_uuid: UUID, activity_key: UUID) -> HttpResponse:
    """Show the class and the checklist for paper, to be ticked by hand and keyed in later."""
    at = now()
    group, task = _opened(request, class_uuid, activity_key, day_of(at))
    version = latest_version(activity_key)
    if version is None:
        raise Http404(_("This content is not available at the moment."))
    rows = rows_of(group, task, at)
    log_access(
        user=request.user, actors=[row.learner.actor for row in rows], page="class-task-sheet", at=at, detail=group.code
    )
    context = {
        "class_group": group,
        "task": task,
        "version": version,
        "rows": rows,
        "illustrative": made_up_people(),
    }
    return render(request, "bdhvs_tasks/class_sheet.html", context)


def _member(group: ClassGroup, actor: UUID, on: date) -> Learner:
    inside = members(group, on).select_related("person")
    return get_object_or_404(inside, actor=actor, person__isnull=False)


@never_cache
@read_and_send
@login_required
def class_person(request: HttpRequest, class_uuid: UUID, activity_key: UUID, actor: UUID) -> HttpResponse:
    """Show one person with the whole checklist and earlier observations, and record a new one."""
    at = now()
    group, task = _opened(request, class_uuid, activity_key, day_of(at))
    learner = _member(group, actor, day_of(at))
    try:
        version = _version(request, activity_key)
        if request.method != "POST":
            return _person_page(request, group, task, version, learner, at)
        return _record_one(request, group, task, version, learner, at)
    except Broken:
        return broken_form(request)


def _record_one(
    request: HttpRequest, group: ClassGroup, task: Activity, version: TaskVersion, learner: Learner, at: datetime
) -> HttpResponse:
    act_id = posted_act_id(request)
    if act_id is None:
        raise Broken
    checked = checked_of(request.POST, version)
    if checked.errors:
        return _person_page(request, group, task, version, learner, at, checked, act_id=act_id)
    try:
        observed = actions.observe(
            group,
            task.key,
            [actions.Seen(learner, checked.done, checked.note)],
            by=request.user,
            version=version.number,
            act_id=act_id,
            at=at,
            occurred_at=posted_time(request),
            language=get_language() or "vi",
        )
    except PermissionError:
        raise Broken from None
    except ValidationError as refused:
        checked = replace(checked, errors=[("items", text) for text in refused.messages])
        return _person_page(request, group, task, version, learner, at, checked, act_id=act_id)
    except ConsentMissing:
        return _withdrawn(request, group, task)
    other = sum(one.already and one.grading.done != checked.done for one in observed)
    _say(request, [one.grading.success is True for one in observed], late=0, other=other)
    return SeeOther(reverse("bdhvs_tasks:class-task", args=[group.uuid, task.key]))


def _person_page(
    request: HttpRequest,
    group: ClassGroup,
    task: Activity,
    version: TaskVersion,
    learner: Learner,
    at: datetime,
    checked: Checked | None = None,
    *,
    act_id: UUID | None = None,
) -> HttpResponse:
    given = checked or Checked()
    log_access(user=request.user, actors=[learner.actor], page="class-task-person", at=at, detail=group.code)
    row = next(row for row in rows_of(group, task, at) if row.learner.pk == learner.pk)
    context = {
        "class_group": group,
        "task": task,
        "version": version,
        "learner": learner,
        "row": row,
        "sights": sights_of(learner, task.key),
        "given": given,
        "errors": given.errors,
        "act_id": act_id or uuid.uuid4(),
    }
    return render(request, "bdhvs_tasks/class_person.html", context, status=400 if given.errors else 200)


@never_cache
@read_and_send
@login_required
def correct(request: HttpRequest, class_uuid: UUID, observation_uuid: UUID) -> HttpResponse:
    """Handle the correction of a wrong observation: record it anew, or take it back (`do=take-back`)."""
    at = now()
    group = class_open_to(request.user, class_uuid, day_of(at))
    observation = get_object_or_404(
        Observation.objects.select_related("version", "learner__merged_into", "enrolment__course"),
        uuid=observation_uuid,
    )
    if observation.enrolment.course_id not in {course.pk for course in courses_of_class(group, day_of(at))}:
        raise Http404(_("This content is not available at the moment."))
    learner = _member(group, observation.learner.whole.actor, day_of(at))
    if request.method != "POST":
        return _correction_page(request, group, observation, learner, at)
    back = SeeOther(reverse("bdhvs_tasks:class-person", args=[group.uuid, observation.activity_key, learner.actor]))
    act_id = posted_act_id(request)
    if act_id is None:
        return broken_form(request)
    try:
        if request.POST.get("do") == "take-back":
            actions.take_back(group, observation, by=request.user, act_id=act_id, at=at)
            messages.success(request, _("Taken back. It no longer counts for this person."))
            return back
        checked = checked_of(request.POST, observation.version)
        if checked.errors:
            return _correction_page(request, group, observation, learner, at, checked, act_id=act_id)
        actions.correct(group, observation, checked.done, by=request.user, act_id=act_id, at=at, note=checked.note)
    except (Broken, ValueError):
        return broken_form(request)
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
        return back
    except ConsentMissing:
        messages.error(request, _("This person has withdrawn consent: nothing new can be recorded, only taken back."))
        return back
    messages.success(request, _("Corrected."))
    return back


def _correction_page(
    request: HttpRequest,
    group: ClassGroup,
    observation: Observation,
    learner: Learner,
    at: datetime,
    checked: Checked | None = None,
    *,
    act_id: UUID | None = None,
) -> HttpResponse:
    log_access(user=request.user, actors=[learner.actor], page="class-task-correct", at=at, detail=group.code)
    sight = next(one for one in sights_of(learner, observation.activity_key) if one.observation.pk == observation.pk)
    if sight.success is None:
        raise Http404(_("This was taken back already."))
    given = checked or Checked(sight.grading.done, sight.note)
    context: dict[str, Any] = {
        "class_group": group,
        "observation": observation,
        "learner": learner,
        "sight": sight,
        "version": observation.version,
        "given": given,
        "errors": given.errors,
        "act_id": act_id or uuid.uuid4(),
    }
    return render(request, "bdhvs_tasks/correct.html", context, status=400 if given.errors else 200)
