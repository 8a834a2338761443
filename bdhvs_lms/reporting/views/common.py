"""What the views of several readers share."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from bdhvs_lms.base.api import day_of, now
from bdhvs_lms.classes.api import ClassGroup
from bdhvs_lms.reporting.choices import WrongChoice
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


def course_asked(request: HttpRequest, class_group: ClassGroup) -> CourseChoice:
    """Which of the class's courses the page is about. Raises WrongChoice for another one."""
    choice = course_choice(class_group, request.GET.get(COURSE_PARAMETER, ""))
    if choice is None:
        raise WrongChoice
    return choice
