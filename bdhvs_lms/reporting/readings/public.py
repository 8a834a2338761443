"""The last reading of each area with a plan, for everybody: where the site's owner switched it on, else nowhere."""

from __future__ import annotations

from functools import lru_cache, wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_lms.conf import app_settings
from bdhvs_lms.reporting.choices import View
from bdhvs_lms.reporting.readings.content import AREA_COLUMN, Frozen
from bdhvs_lms.reporting.readings.models import Reading
from bdhvs_lms.reporting.readings.outside import round_reading
from bdhvs_lms.reporting.readings.report import Report, ReportDraft
from bdhvs_lms.reporting.readings.views import TABLES, send_file
from bdhvs_lms.reporting.tables import Cell, to_csv, to_xlsx


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
    """Show each area's own counts, rounded. Nothing that was typed for a report, and no name."""
    shown = []
    for one in _last():
        own = [row for row in one.frozen["rows"] if row["depth"] == 0]
        one.frozen = round_reading({**one.frozen, "rows": own})
        report = Report(one, ReportDraft(reading=one))
        title = _("Targets of %(area)s, %(month)s") % {"area": one.area.name, "month": f"{one.month:%m/%Y}"}
        shown.append(
            {
                "reading": one,
                "sentences": report.sentences,
                "table": report.frozen.table(report.rows, title, without=(AREA_COLUMN,)),
                "title": Cell(title, vietnamese=(one.area.name,)),
                "files": TABLES,
            }
        )
    return render(request, "bdhvs_lms/public_figures.html", {"shown": shown})


@_if_public
def public_file(request: HttpRequest, uuid: str, kind: str) -> HttpResponse:
    """Send a reading that is shown as a table, rounded too; there is no file of an earlier one."""
    found = next((one for one in _last() if str(one.uuid) == uuid), None)
    if found is None or kind not in TABLES:
        raise Http404
    return send_file(_rounded_file(found.uuid, kind), found, kind)


@lru_cache(maxsize=8)
def _rounded_file(uuid: UUID, kind: str) -> bytes:
    """Make it once in a process: a reading never changes, and anybody may ask as often as they like."""
    table = Frozen(round_reading(Reading.objects.get(uuid=uuid).frozen)).whole()
    return to_csv(table) if kind == "csv" else to_xlsx(table)
