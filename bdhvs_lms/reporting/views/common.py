"""What the views of several readers share."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import day_of, now


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
