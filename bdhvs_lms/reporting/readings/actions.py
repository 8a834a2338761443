"""Freezing a reading."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from hashlib import sha256
from importlib.metadata import version
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from bdhvs_lms.base.api import (
    AHEAD,
    PDF_BASE,
    PdfMissing,
    day_of,
    end_of_day,
    format_day,
    pdf_of,
    require,
    several_lines,
)
from bdhvs_lms.campaign.api import Area, Plan
from bdhvs_lms.reporting.queries.board import Board
from bdhvs_lms.reporting.readings.content import Frozen, read
from bdhvs_lms.reporting.readings.docx_file import to_docx
from bdhvs_lms.reporting.readings.earlier import told_by_readings
from bdhvs_lms.reporting.readings.gains import read_gains
from bdhvs_lms.reporting.readings.models import Reading, ReadingFile, ReadingGains, ReportDraft
from bdhvs_lms.reporting.readings.report import Report
from bdhvs_lms.reporting.tables import to_csv, to_xlsx


def month_before(day: date) -> date:
    """The last day of the month before."""
    return day.replace(day=1) - timedelta(days=1)


def planned_areas() -> list[Area]:
    """The areas that have plans in force: those that get a reading each month."""
    return list(Area.objects.filter(pk__in=Plan.objects.filter(replaced_by=None).values("area")).order_by("pk"))


def readings_of(area: Area, month: date, *, at: datetime) -> list[Reading]:
    """Of one month, the first one first; without content, and without what was made while the clock ran ahead."""
    found = Reading.objects.filter(area=area, month=month.replace(day=1), made_at__lte=at + AHEAD).defer("frozen")
    return list(found.order_by("number"))


def freeze(area: Area, as_of: date, *, at: datetime, by: Any, why: str = "") -> Reading:
    """Write down the numbers of the area and of all below it by the end of a day, with their files, for good.

    `by` None: the machine itself. Raises PermissionDenied; ValidationError for a day that has not come, for a month
    that has a reading already and no word why, and where somebody was quicker.
    """
    require(by, "add_reading")
    if as_of > day_of(at):
        raise ValidationError(_("%(day)s has not come yet.") % {"day": format_day(as_of)})
    month = as_of.replace(day=1)
    last = Reading.objects.filter(area=area, month=month).aggregate(number=Max("number"))["number"] or 0
    why = several_lines(why)
    if last and not why:
        if readings_of(area, as_of, at=at):
            raise ValidationError(_("This month has a reading already. Say why another one is made."))
        with override("vi"):
            why = _("The clock ran ahead when the reading before was made.")
    known = Reading.objects.count()
    board = Board(min(at, end_of_day(as_of)), told_by_readings())
    content = read(board, area, as_of)
    gained = read_gains(board, area, as_of, content)
    reading = Reading(
        area=area,
        month=month,
        number=last + 1,
        as_of=as_of,
        why=why if last else "",
        frozen=content,
        illustrative=content["illustrative"],
        software=version("bdhvs-lms"),
        made_at=at,
        made_by=by,
    )
    files = list(_files(reading))
    try:
        with transaction.atomic():
            # One after the other: what another one tells, of whatever area and month, this one has to know (ADR 100).
            list(Plan.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
            if Reading.objects.count() != known:
                raise ValidationError(_("Somebody else made a reading just now. Try again."))
            reading.save()
            ReadingGains.objects.create(reading=reading, frozen=gained)
            for kind, body in files:
                ReadingFile.objects.create(reading=reading, kind=kind, content=body, sha256=sha256(body).hexdigest())
    except IntegrityError:
        raise ValidationError(_("Somebody else made a reading of this month just now. Look at it first.")) from None
    return reading


def _files(reading: Reading) -> Iterator[tuple[str, bytes]]:
    """Of each kind what it holds. No PDF where the site cannot make any: the others have the same numbers."""
    with override("vi"):
        table = Frozen(reading.frozen).whole()
        yield "csv", to_csv(table)
        yield "xlsx", to_xlsx(table)
        report = Report(reading, ReportDraft(reading=reading))
        yield "docx", to_docx(report)
        html = render_to_string("bdhvs_lms/reading_sheet.html", {"report": report, "sheet_base": PDF_BASE})
        with suppress(PdfMissing):
            yield "pdf", pdf_of(html)
