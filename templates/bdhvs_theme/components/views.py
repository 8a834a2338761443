"""Pages of components, each in each of the looks."""

from __future__ import annotations

import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from bdhvs_lms.learners.api import Learner
from bdhvs_theme.components.samples import samples
from bdhvs_theme.conf import app_settings
from bdhvs_theme.text_size import NORMAL

# Sheets that only some pages link say different things of the same names: what they show stands apart.
PAGES = {
    "learner": ("site.css", "way_in.css", "table.css"),
    "class": ("site.css", "class.css", "paper.css", "task.css"),
    "board": ("site.css", "board.css"),
    "retest": ("site.css", "board.css", "retest.css"),
}
LOOKS = {
    "light": ("light", NORMAL),
    "dark": ("dark", NORMAL),
    "a-plus": ("light", "115"),
    "a-plus-plus": ("light", "130"),
}
"""Colours and size of letters."""
_COLOURS = re.compile(r":root \{(.*?)\}", re.DOTALL)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse("bdhvs_components:page", args=["learner", "light"]))


@require_safe
def page(request: HttpRequest, name: str, look: str) -> HttpResponse:
    """Raises Http404 for a page or a look that there is not."""
    if name not in PAGES or look not in LOOKS:
        raise Http404
    colours, size = LOOKS[look]
    request.COOKIES[app_settings.TEXT_SIZE_COOKIE] = size
    # The frame of a learner beside the learner's components, and a visitor's beside the others.
    request.learner = Learner() if name == "learner" else None  # type: ignore[attr-defined]
    context = {
        "this": name,
        "look": look,
        "colours": colours,
        "sheets": PAGES[name][1:],
        "pages": PAGES,
        "looks": LOOKS,
    }
    return render(request, "bdhvs_theme/components.html", context | samples(name))


@require_safe
def sheet(request: HttpRequest, look: str) -> HttpResponse:
    """The colours of site.css, light or dark, whatever the browser is set to."""
    found = finders.find("bdhvs_theme/site.css")
    blocks = _COLOURS.findall(Path(str(found)).read_text(encoding="utf-8"))
    if look not in ("light", "dark"):
        raise Http404
    light, dark = blocks[:2]
    css = f":root {{{light}{dark if look == 'dark' else ''} color-scheme: {look}; }}\n"
    return HttpResponse(css, content_type="text/css; charset=utf-8")
