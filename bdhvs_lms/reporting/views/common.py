"""What the views of several readers share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import day_of, now
from bdhvs_lms.classes.api import ClassGroup
from bdhvs_lms.reporting.class_courses import COURSE_PARAMETER, CourseChoice, course_choice


def today() -> date:
    """The day in Vietnam."""
    return day_of(now())


def render_large(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """`render` of a page with a large table. Templates in one another hand up all that was made below, a copy at each
    step: of a megabyte that takes longer than making it. So a tag may leave a mark in the page instead, and under it in
    `late` what belongs there."""
    late: dict[str, str] = {}
    html: str = render_to_string(template, {**context, "late": late}, request)
    for mark, piece in late.items():
        html = html.replace(mark, piece)
    return HttpResponse(html)


class WrongChoice(Exception):
    """A filter in the address that no form of ours makes. The text is for the reader."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text or _("This option does not exist. Choose from the lists."))


View = Callable[..., HttpResponse]


def refusing_wrong_choices(view: View) -> View:
    """A view that may raise WrongChoice: answered with its text, 400."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except WrongChoice as wrong:
            return render(request, "bdhvs_lms/bad_request.html", {"message": str(wrong)}, status=400)

    return wrapped


def course_asked(request: HttpRequest, class_group: ClassGroup) -> CourseChoice:
    """Which of the class's courses the page is about. Raises WrongChoice for another one."""
    choice = course_choice(class_group, request.GET.get(COURSE_PARAMETER, ""))
    if choice is None:
        raise WrongChoice
    return choice
