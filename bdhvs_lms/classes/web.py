"""Helpers that pages of a class's teacher share."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bdhvs_lms.base.api import day_of, now
from bdhvs_lms.classes.models import ClassGroup
from bdhvs_lms.classes.queries import class_open_to


def opened_class(request: HttpRequest, class_uuid: UUID) -> tuple[ClassGroup, datetime]:
    """Return the class, if whoever asks teaches it now, and the time of asking. Raises Http404."""
    at = now()
    return class_open_to(request.user, class_uuid, day_of(at)), at


def class_form(
    request: HttpRequest, group: ClassGroup | None, form: Any, title: str, button: str, **more: Any
) -> HttpResponse:
    """Render a page of one form; 422 with what is wrong in it. `group` None: there is none yet."""
    context = {"class_group": group, "form": form, "title": title, "button": button, "settings": False, **more}
    return render(request, "bdhvs_lms/class_form.html", context, status=422 if form.errors else 200)
