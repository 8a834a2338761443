"""Readings at `/chi-dao/ky-so-lieu/`: a list, each one with its files, two beside each other, and the report.

Of whoever may see the board of a reading's area, and of operators; of larger areas' readings a member opens what is
about the own areas. Nobody is named in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_lms.base.api import (
    SeeOther,
    act_once,
    allowed,
    day_of,
    format_day,
    now,
    pdf_offer,
    pdf_refused,
    pdf_response,
    read_and_send,
    why_no_pdf,
)
from bdhvs_lms.campaign.api import areas_for
from bdhvs_lms.reporting.area_choice import AREA_PARAMETER, parsed_area
from bdhvs_lms.reporting.choices import WrongChoice, refusing_wrong_choices
from bdhvs_lms.reporting.queries.places import AreaHistory
from bdhvs_lms.reporting.readings.actions import freeze, month_before, planned_areas
from bdhvs_lms.reporting.readings.comparing import compare_table, pairs
from bdhvs_lms.reporting.readings.content import Frozen, FrozenRow
from bdhvs_lms.reporting.readings.docx_file import DOCX_TYPE, to_docx
from bdhvs_lms.reporting.readings.forms import DraftForm, FreezeForm
from bdhvs_lms.reporting.readings.models import Reading, ReadingFile, ReportDraft
from bdhvs_lms.reporting.readings.report import Report
from bdhvs_lms.reporting.tables import CONTENT_TYPES, Cell, to_csv, to_xlsx

WITH_PARAMETER = "voi"
TABLES = ("csv", "xlsx")
"""Kinds of files of one area. The others are of the whole reading."""
TYPES: dict[str, str] = {"docx": DOCX_TYPE, **{str(kind): words for kind, words in CONTENT_TYPES.items()}}


@dataclass(frozen=True)
class Access:
    """What of readings an account may open: those of its areas, and of larger ones what is about its areas."""

    every: bool
    areas: frozenset[int]

    def whole(self, reading: Reading) -> bool:
        return self.every or reading.area_id in self.areas

    def rows(self, reading: Reading, frozen: Frozen) -> list[FrozenRow]:
        return [row for row in frozen.rows if self.whole(reading) or row.data["area_id"] in self.areas]


def _access(request: HttpRequest) -> Access:
    """Raises PermissionDenied for who opens no reading at all."""
    if allowed(request.user, "view_reading"):
        return Access(True, frozenset())
    own = frozenset(areas_for(request.user).values_list("pk", flat=True))
    if not own:
        raise PermissionDenied(_("This page is for the steering committee. No area is assigned to this account."))
    return Access(False, own)


def _open(access: Access) -> QuerySet[Reading]:
    """The newest first."""
    found = Reading.objects.select_related("area").order_by("-month", "-number", "area_id")
    if access.every:
        return found
    above = AreaHistory().parent
    reach, edge = set(access.areas), set(access.areas)
    while edge:
        edge = {parent for one in edge if (parent := above[one]) is not None} - reach
        reach |= edge
    return found.filter(area__in=reach)


def _opened(request: HttpRequest, uuid: UUID, *, whole: bool = False) -> tuple[Access, Reading]:
    """`whole`: for who may see all of it only."""
    access = _access(request)
    reading = _open(access).filter(uuid=uuid).first()
    if reading is None or (whole and not access.whole(reading)):
        raise Http404
    return access, reading


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def newer_than(reading: Reading) -> Reading | None:
    """The reading that replaced this one, if any: the last of its month."""
    later = Reading.objects.filter(area_id=reading.area_id, month=reading.month, number__gt=reading.number)
    return later.defer("frozen").order_by("-number").first()


@never_cache
@read_and_send
@login_required
@act_once
def readings(request: HttpRequest) -> HttpResponse:
    """The list, and for who may the form that freezes one more."""
    access = _access(request)
    found = list(_open(access).defer("frozen"))
    form = None
    if allowed(request.user, "add_reading"):
        at = now()
        initial = {"as_of": month_before(day_of(at))}
        form = FreezeForm(_posted(request), areas=planned_areas(), initial=initial)
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            try:
                made = freeze(form.areas[values["area"]], values["as_of"], at=at, by=request.user, why=values["why"])
            except ValidationError as wrong:
                form.refuse(wrong)
            else:
                messages.success(request, _("The reading was frozen. It stays as it is."))
                return SeeOther(reverse("bdhvs_lms:reading", args=[made.uuid]))
    elif request.method == "POST":
        raise PermissionDenied
    last = {(one.area_id, one.month): one.number for one in reversed(found)}
    context = {
        "readings": [(one, one.number < last[one.area_id, one.month], access.whole(one)) for one in found],
        "form": form,
    }
    return render(request, "bdhvs_lms/readings.html", context, status=422 if form and form.errors else 200)


@never_cache
@require_safe
@login_required
@refusing_wrong_choices
def reading(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One reading, an area of it at a time."""
    access, found = _opened(request, uuid)
    frozen = Frozen(found.frozen)
    names = {row.area: (row.name, row.depth) for row in access.rows(found, frozen)}
    area = _area(request, names, frozen, whole=access.whole(found))
    rows = [row for row in frozen.rows if row.area == area]
    title = _("Targets of %(area)s, %(month)s") % {"area": names[area][0], "month": f"{found.month:%m/%Y}"}
    of_all = area == frozen.content["area"]["key"]
    files = list(found.files.order_by("kind").values("kind", "sha256")) if access.whole(found) else []
    context = {
        "reading": found,
        "replaced_by": newer_than(found),
        "table": frozen.table(rows, title, without=("area",)),
        "title_cell": Cell(title, vietnamese=(names[area][0],)),
        "areas": [(key, name) for key, (name, _depth) in names.items()],
        "area": area,
        "whole": access.whole(found),
        "files": files,
        "area_files": [] if of_all else list(TABLES),
        "area_query": urlencode({AREA_PARAMETER: area}),
        "others": list(
            Reading.objects.filter(area_id=found.area_id)
            .exclude(pk=found.pk)
            .defer("frozen")
            .order_by("-month", "-number")[:24]
        ),
    }
    return render(request, "bdhvs_lms/reading.html", context)


def _area(request: HttpRequest, names: dict[str, Any], frozen: Frozen, *, whole: bool) -> str:
    """The area asked for, else that of the reading, or the first of those that the account may see."""
    area = request.GET.get(AREA_PARAMETER) or (str(frozen.content["area"]["key"]) if whole else next(iter(names), ""))
    if area not in names:
        if request.GET.get(AREA_PARAMETER):
            raise WrongChoice
        if not whole:
            raise Http404
        names[area] = (frozen.content["area"]["name"], 0)
    return area


@never_cache
@require_safe
@login_required
@refusing_wrong_choices
def reading_file(request: HttpRequest, uuid: UUID, kind: str) -> HttpResponse:
    """A file as it was stored; of one area (`?dia-ban=`) a table of its frozen rows and of those below it."""
    access, found = _opened(request, uuid)
    frozen = Frozen(found.frozen)
    if not request.GET.get(AREA_PARAMETER) and access.whole(found):
        return stored(found, kind)
    names = {row.area: (row.name, row.depth) for row in access.rows(found, frozen)}
    area = _area(request, names, frozen, whole=access.whole(found))
    if kind not in TABLES:
        raise Http404
    with override("vi"):
        title = _("Readings of targets: %(area)s, data as of %(day)s") % {
            "area": names[area][0],
            "day": format_day(found.as_of),
        }
        table = frozen.table(frozen.within(area), title)
        body = to_csv(table) if kind == "csv" else to_xlsx(table)
    code, _first_day = parsed_area(area.rstrip("+"))
    return _sent(body, kind, f"ky-so-lieu-{code}-{found.month:%Y-%m}-{found.number}")


def stored(found: Reading, kind: str) -> HttpResponse:
    """Raises Http404 where the reading has no such file."""
    file = ReadingFile.objects.filter(reading=found, kind=kind).first()
    if file is None:
        raise Http404
    return send_file(bytes(file.content), found, kind)


def send_file(body: bytes, found: Reading, kind: str) -> HttpResponse:
    """Send a file of a whole reading, named after its area and month."""
    return _sent(body, kind, f"ky-so-lieu-{found.area.code}-{found.month:%Y-%m}-{found.number}")


def _sent(body: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


@never_cache
@require_safe
@login_required
@refusing_wrong_choices
def compare(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A reading beside another one of the same area; beside the one before it, if any, where none is named."""
    access, now_ = _opened(request, uuid)
    others = _open(access).filter(area=now_.area_id)
    if text := request.GET.get(WITH_PARAMETER):
        try:
            was = others.filter(uuid=UUID(text)).first()
        except ValueError:
            raise WrongChoice from None
        if was is None:
            raise Http404
    else:
        was = others.filter(made_at__lt=now_.made_at).first() or now_
    if (was.month, was.number) > (now_.month, now_.number):
        was, now_ = now_, was
    before, after = Frozen(was.frozen), Frozen(now_.frozen)
    both = ((was, before), (now_, after))
    names = {row.area: (row.name, row.depth) for one, frozen in both for row in access.rows(one, frozen)}
    area = _area(request, names, after, whole=access.whole(now_))
    lines = (_said(was), _said(now_))
    title = _("%(area)s: two readings compared") % {"area": names[area][0]}
    context = {
        "reading": now_,
        "was": was,
        "table": compare_table(pairs(before, after, area), was, now_, title, lines),
        "alone": was.pk == now_.pk,
        "areas": [(key, name) for key, (name, _depth) in names.items()],
        "area": area,
    }
    return render(request, "bdhvs_lms/reading_compare.html", context)


def _said(one: Reading) -> str:
    return _("Reading of %(month)s, number %(number)d: data as of %(day)s") % {
        "month": f"{one.month:%m/%Y}",
        "number": one.number,
        "day": format_day(one.as_of),
    }


def draft_of(found: Reading) -> ReportDraft:
    """What was typed for the report; nothing yet: what was typed for the last one of the area, but for what changes."""
    draft = ReportDraft.objects.filter(reading=found).first()
    if draft is not None:
        return draft
    last = ReportDraft.objects.filter(reading__area_id=found.area_id).order_by("-changed_at").first()
    kept = ("style", "above", "agency", "place", "recipients", "authority", "position", "signer")
    return ReportDraft(reading=found, **({name: getattr(last, name) for name in kept} if last else {}))


@never_cache
@read_and_send
@login_required
def report(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The report as it will be printed, and what is typed by hand for it."""
    _account, found = _opened(request, uuid, whole=True)
    draft = draft_of(found)
    form = DraftForm(_posted(request), instance=draft)
    if request.method == "POST" and form.is_valid():
        # Two who save the first draft at once: the later one counts, as it does afterwards.
        values = {**form.cleaned_data, "changed_at": now(), "changed_by": request.user}
        ReportDraft.objects.update_or_create(reading=found, defaults=values)
        messages.success(request, _("The report was saved."))
        return SeeOther(reverse("bdhvs_lms:reading-report", args=[found.uuid]))
    context = {
        "reading": found,
        "replaced_by": newer_than(found),
        "report": Report(found, draft_of(found) if form.errors else draft),
        "form": form,
        "illustrative": found.illustrative,
        "pdf": pdf_offer(reverse("bdhvs_lms:reading-report-file", args=[found.uuid, "pdf"])),
    }
    return render(request, "bdhvs_lms/reading_report.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
@login_required
def report_file(request: HttpRequest, uuid: UUID, kind: str) -> HttpResponse:
    """The report with what was typed for it: DOCX to go on with, PDF to print."""
    _account, found = _opened(request, uuid, whole=True)
    made = Report(found, draft_of(found))
    name = f"bieu-tong-hop-{found.area.code}-{found.month:%Y-%m}-{found.number}"
    if kind == "pdf":
        if why_no_pdf():
            return pdf_refused(request)
        return pdf_response(request, "bdhvs_lms/reading_sheet.html", {"report": made}, name=name)
    response = HttpResponse(to_docx(made), content_type=DOCX_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}.docx"'
    return response
