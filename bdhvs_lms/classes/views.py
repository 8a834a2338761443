"""A teacher's pages of a class itself: make one, name and close it, its people, its teachers, its courses.

None may be kept: the next person uses the same telephone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.api import SeeOther, act_once, allowed, day_of, now, read_and_send, row_number
from bdhvs_lms.classes import actions
from bdhvs_lms.classes.adding import Twins, add_person
from bdhvs_lms.classes.forms import AssignForm, MemberForm, NamedTeacherForm, NewClassForm, SettingsForm
from bdhvs_lms.classes.models import AssignedCourse, ClassGroup, ClassTeacher
from bdhvs_lms.classes.queries import (
    classes_of_teacher,
    is_teacher,
    may_make_classes,
    members,
    owners_of,
    owns,
    teaching,
)
from bdhvs_lms.classes.web import class_form, opened_class
from bdhvs_lms.courses.api import Course
from bdhvs_lms.learners.api import user_named


def _home(group: ClassGroup) -> HttpResponse:
    return SeeOther(reverse("bdhvs_lms:class-review", args=[group.uuid]))


@never_cache
@read_and_send
@login_required
@act_once
def class_new(request: HttpRequest) -> HttpResponse:
    """Handle a teacher's new class, which they teach. Beginning values are those of the class made last."""
    at = now()
    today = day_of(at)
    if not may_make_classes(request.user, today):
        raise PermissionDenied(_("This page is for teachers. Ask an operator to make your account a teacher's."))
    last = classes_of_teacher(request.user, today).select_related("course").first()
    initial: dict[str, Any] = {"starts": today}
    if last is not None:
        initial |= {"area": last.area_id, "course": last.course_id, "phone": last.phone}
    form = NewClassForm(None, request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            group = actions.create_own_class(**form.cleaned_data, at=at, by=request.user)
        except ValidationError as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The class was created. Class code: %(code)s.") % {"code": group.code})
            return _home(group)
    return class_form(request, None, form, _("New class"), _("Create the class"))


@never_cache
@read_and_send
@login_required
def class_settings(request: HttpRequest, class_uuid: UUID) -> HttpResponse:
    """Show the class's settings: its owners rename it, move its days, close it and open it again; a co-teacher sees it.
    Links to its teachers and courses."""
    group, at = opened_class(request, class_uuid)
    may = owns(request.user, group, day_of(at)) or allowed(request.user, "change_classgroup")
    if request.method == "POST" and not may:
        raise PermissionDenied(_("Only an owner of the class can change its name and dates, or close it."))
    if request.method == "POST" and request.POST.get("do") in ("close", "reopen"):
        return _closed(request, group, at)
    initial = {name: getattr(group, name) for name in ("name", "starts", "ends", "phone")} | {"area": group.area_id}
    initial["phone_of"] = group.phone_of_id if group.phone else request.user.pk
    form = SettingsForm(group, request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            actions.change_class(group, **form.cleaned_data, at=at, by=request.user)
        except ValidationError as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The class was saved."))
            return _home(group)
    closed = group.ends is not None and group.ends <= day_of(at)
    more = {"settings": True, "closed": closed, "may": may, "owners": owners_of(group, day_of(at))}
    return class_form(request, group, form, _("Class settings"), _("Save the class"), **more)


def _closed(request: HttpRequest, group: ClassGroup, at: datetime) -> HttpResponse:
    ends = day_of(at) if request.POST["do"] == "close" else None
    values = {name: getattr(group, name) for name in ("name", "area", "starts", "phone", "phone_of")}
    try:
        actions.change_class(group, **values, ends=ends, at=at, by=request.user)
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
    else:
        words = _("The class is closed. Everything recorded stays.") if ends else _("The class is open again.")
        messages.success(request, words)
    return SeeOther(reverse("bdhvs_lms:class-settings", args=[group.uuid]))


@never_cache
@read_and_send
@login_required
@act_once
def class_add(request: HttpRequest, class_uuid: UUID) -> HttpResponse:
    """Add one person after the other: name, year of birth, and the next form. Who is likely on record already is asked
    about."""
    group, at = opened_class(request, class_uuid)
    form = MemberForm(request.POST if request.method == "POST" else None, initial={"area": group.area_id})
    twins: Twins | None = None
    if form.is_valid():
        try:
            added = add_person(group, **form.cleaned_data, same=request.POST.get("same", ""), at=at, by=request.user)
        except ValidationError as refused:
            form.refuse(refused)
        else:
            if isinstance(added, Twins):
                twins = added
            else:
                # No name: a message may travel in a cookie.
                words = _(
                    "One person was added. They can learn now. Somebody of this name is on record: when that person, "
                    "or an operator, says that it is them, what they learned elsewhere is joined to it."
                )
                messages.success(request, words if added.waits else _("One person was added."))
                return SeeOther(request.path)
    size = members(group, day_of(at)).count()
    if twins is not None:
        seen = [one.learner.actor for one in twins.people]
        log_access(user=request.user, actors=seen, page="class-add", at=at, detail=group.code)
    status = 422 if form.errors or twins else 200
    context = {"class_group": group, "form": form, "twins": twins, "size": size}
    return render(request, "bdhvs_lms/class_add.html", context, status=status)


@never_cache
@read_and_send
@login_required
def class_teachers(request: HttpRequest, class_uuid: UUID) -> HttpResponse:
    """Show who teaches the class. An owner names a colleague by username, sees the full name,
    agrees; ends one at once."""
    group, at = opened_class(request, class_uuid)
    today = day_of(at)
    may = owns(request.user, group, today) or allowed(request.user, "add_classteacher")
    form = NamedTeacherForm(request.POST if request.method == "POST" else None)
    found = None
    if request.method == "POST":
        if not may:
            raise PermissionDenied(_("Only an owner of the class can add or remove teachers."))
        if request.POST.get("do") == "end":
            return _ended(request, group, at)
        if form.is_valid():
            found = user_named(form.cleaned_data["username"])
            if found is None or not is_teacher(found, today):
                found = None
                form.add_error("username", _("No teacher's account has this username."))
            elif request.POST.get("do") == "add":
                return _added(request, group, found, at)
    rows = teaching(today).filter(class_group=group).select_related("user").order_by("-owner", "valid_from", "pk")
    context = {
        "class_group": group,
        "teachers": list(rows),
        "form": form,
        "found": found,
        "may": may,
    }
    return render(request, "bdhvs_lms/class_teachers.html", context, status=422 if form.errors else 200)


def _added(request: HttpRequest, group: ClassGroup, user: Any, at: datetime) -> HttpResponse:
    owner = request.POST.get("owner") == "on"
    try:
        actions.add_teacher(group, user, at=at, by=request.user, owner=owner)
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
    else:
        messages.success(request, _("Added. This colleague now teaches the class."))
    return SeeOther(request.path)


def _ended(request: HttpRequest, group: ClassGroup, at: datetime) -> HttpResponse:
    pk = row_number(request.POST.get("teacher", ""))
    appointed = ClassTeacher.objects.filter(class_group=group, pk=pk).select_related("user").first()
    try:
        if appointed is None:
            raise ValidationError(_("This person does not teach the class any more."))
        actions.end_teacher(group, appointed.user, last_day=day_of(at), at=at, by=request.user)
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
        return SeeOther(request.path)
    messages.success(request, _("Removed. This account no longer sees the class."))
    own = appointed.user_id == request.user.pk
    return SeeOther(reverse("bdhvs_lms:class-list") if own else request.path)


@never_cache
@read_and_send
@login_required
def class_courses(request: HttpRequest, class_uuid: UUID) -> HttpResponse:
    """Show which courses the class takes, from when and until when; members who have agreed are enrolled."""
    group, at = opened_class(request, class_uuid)
    form = AssignForm(request.POST if request.method == "POST" else None, initial={"opens": day_of(at)})
    if request.method == "POST" and request.POST.get("do") == "remove":
        course = get_object_or_404(Course, pk=row_number(request.POST.get("assigned", "")))
        actions.remove_course(group, course, at=at, by=request.user)
        messages.success(request, _("The course was removed from the class. People already enrolled can continue."))
        return SeeOther(request.path)
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.assign_course(group, data["course"], opens=data["opens"], due=data["due"], at=at, by=request.user)
        except ValidationError as refused:
            form.refuse(refused)
        else:
            made = actions.enrol_members(group, at=at)
            text = ngettext("%(count)d person was enrolled.", "%(count)d people were enrolled.", made)
            messages.success(request, f"{_('The course was assigned.')} {text % {'count': made}}")
            return SeeOther(request.path)
    assigned = AssignedCourse.objects.filter(class_group=group).select_related("course").order_by("opens", "pk")
    context = {"class_group": group, "form": form, "assigned": list(assigned)}
    return render(request, "bdhvs_lms/class_courses.html", context, status=422 if form.errors else 200)
