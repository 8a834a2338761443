"""The last reading of each area with a plan, for everybody: where the site's owner switched it on, else nowhere."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_lms.conf import app_settings
from bdhvs_lms.reporting.choices import View
from bdhvs_lms.reporting.readings.content import Frozen
from bdhvs_lms.reporting.readings.models import Reading
from bdhvs_lms.reporting.readings.report import Report, ReportDraft
from bdhvs_lms.reporting.readings.views import stored
from bdhvs_lms.reporting.tables import Cell


def _if_public(view: View) -> View:
    @never_cache
    @require_safe
    @wraps(view)
    def wrapped(request: HttpRequest, **arguments: Any) -> HttpResponse:
        if not app_settings.PUBLIC_FIGURES:
            raise Http404
        return view(request, **arguments)

    return wrapped


def _last() -> list[Reading]:
    """Of each area the last reading of the last month."""
    found: dict[int, Reading] = {}
    for one in Reading.objects.select_related("area").defer("frozen").order_by("area_id", "month", "number"):
        found[one.area_id] = one
    return list(found.values())


@_if_public
def public_figures(request: HttpRequest) -> HttpResponse:
    """Counts of the area itself, as they were frozen. Nothing that was typed for a report, and no name."""
    shown = []
    for one in _last():
        report = Report(one, ReportDraft(reading=one))
        frozen = Frozen(one.frozen)
        title = _("Targets of %(area)s, %(month)s") % {"area": one.area.name, "month": f"{one.month:%m/%Y}"}
        shown.append(
            {
                "reading": one,
                "sentences": report.sentences,
                "table": frozen.table(report.rows, title, without=("area",)),
                "title": Cell(title, vietnamese=(one.area.name,)),
                "files": list(one.files.order_by("kind").values_list("kind", flat=True)),
            }
        )
    return render(request, "bdhvs_lms/public_figures.html", {"shown": shown})


@_if_public
def public_file(request: HttpRequest, uuid: str, kind: str) -> HttpResponse:
    """A file of a reading that is shown; of an earlier one there is none here."""
    found = next((one for one in _last() if str(one.uuid) == uuid), None)
    if found is None:
        raise Http404
    return stored(found, kind)
