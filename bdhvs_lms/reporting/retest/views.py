"""Retests at `/chi-dao/phuc-tra/`: the samples of an area, the form that draws one, and what came out. Nobody by name.

Of whoever may see the board of a sample's area, and of operators, who draw and close.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Case, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_lms.attempts.api import posted_act_id
from bdhvs_lms.base.api import SeeOther, allowed, day_of, now, read_and_send, require
from bdhvs_lms.campaign.api import Area, areas_for, areas_in_force
from bdhvs_lms.competency.api import may_confirm_in_areas
from bdhvs_lms.courses.api import activity
from bdhvs_lms.learners.api import made_up_people
from bdhvs_lms.reporting.queries.coverage import class_of
from bdhvs_lms.reporting.readings.actions import planned_areas
from bdhvs_lms.reporting.retest.actions import PERMISSION, close, draw_sample, may_close, require_size
from bdhvs_lms.reporting.retest.forms import DrawForm, offers, rule_words, subject_name, subject_words
from bdhvs_lms.reporting.retest.frame import Frame, frame_of
from bdhvs_lms.reporting.retest.intervals import half_width
from bdhvs_lms.reporting.retest.models import RetestClosing, RetestSample
from bdhvs_lms.reporting.retest.placing import classes_for, may_place, place, waiting
from bdhvs_lms.reporting.retest.queries import check_draw, over, subject_in, subjects_in, tally
from bdhvs_lms.reporting.retest.report import figures_of, people_of, percent, retest_table
from bdhvs_lms.reporting.tables import Format, download
from bdhvs_lms.reporting.wording import class_words

SIZES = (30, 50, 100, 200, 400)
SHARES = (0.5, 0.8, 0.9)
COUNTLESS = 10**9
KINDS = [Area.Kind.PROVINCE, Area.Kind.DISTRICT, Area.Kind.COMMUNE]


def _open(request: HttpRequest) -> QuerySet[RetestSample]:
    """The samples that this account may look at, the newest first. Raises PermissionDenied for who looks at none."""
    found = RetestSample.objects.select_related("area").order_by("-drawn_at", "-pk")
    if allowed(request.user, "view_retestsample"):
        return found
    own = areas_for(request.user)
    if not own.exists():
        raise PermissionDenied(_("This page is for the steering committee. No area is assigned to this account."))
    return found.filter(area__in=own)


def opened(request: HttpRequest, uuid: UUID) -> RetestSample:
    """Raises Http404 for a sample of other areas."""
    found = _open(request).filter(uuid=uuid).first()
    if found is None:
        raise Http404
    return found


def last_closing(sample: RetestSample) -> RetestClosing | None:
    found: RetestClosing | None = sample.closings.order_by("-number").first()
    return found


@never_cache
@require_safe
@login_required
def retests(request: HttpRequest) -> HttpResponse:
    """The list."""
    today = day_of(now())
    found = list(_open(request).prefetch_related("closings"))
    context = {
        "samples": [
            (one, subject_name(subject), one.closings.all(), over(one, today))
            for one, subject in zip(found, subjects_in(found), strict=True)
        ],
        "may_draw": allowed(request.user, PERMISSION),
        "illustrative": made_up_people(),
    }
    return render(request, "bdhvs_lms/retests.html", context)


def _widths(sizes: Iterable[int], people: int) -> list[tuple[int, list[Decimal]]]:
    """Of each size half of the interval, in points of a percent, for each of SHARES."""
    return [(size, [percent(half_width(size, people, share)) for share in SHARES]) for size in sizes]


def _areas(today: date) -> list[Area]:
    """Those that have plans first: an ended district's plan goes on in the units that came of it."""
    planned = planned_areas()
    order = Case(*(When(kind=kind, then=Value(place)) for place, kind in enumerate(KINDS)))
    found = areas_in_force(today).filter(kind__in=KINDS).exclude(pk__in=[one.pk for one in planned])
    return [*planned, *found.order_by(order, "name", "pk")]


@never_cache
@read_and_send
@login_required
def retest_draw(request: HttpRequest) -> HttpResponse:
    """The form; a look at how many there are and how sure the share would be (`review`); or the draw (`draw`)."""
    require(request.user, PERMISSION)
    at = now()
    today = day_of(at)
    offered = offers(today)
    data = request.POST if request.method == "POST" else None
    form = DrawForm(data, offered=offered, areas=_areas(today), today=today)
    do = request.POST.get("do", "")
    frame: Frame | None = None
    if data is not None and do in ("review", "draw") and form.is_valid():
        given = form.drawing
        try:
            if do == "draw":
                sample = draw_sample(**given, act_id=posted_act_id(request) or uuid4(), by=request.user, at=at)
                messages.success(request, _("The sample was drawn. It stays as it is."))
                return SeeOther(reverse("bdhvs_lms:retest", args=[sample.uuid]))
            frame = require_size(frame_of(given["subject"], given["area"], given["as_of"]), given["size"])
        except ValidationError as wrong:
            form.refuse(wrong)
    context: dict[str, Any] = {
        "form": form,
        "offered": offered,
        "shares": [percent(share) for share in SHARES],
        "widths": _widths(SIZES, COUNTLESS),
        "act_id": posted_act_id(request) or uuid4(),
        "illustrative": made_up_people(),
    }
    if frame is not None:
        size, people = form.cleaned_data["size"], len(frame.people)
        context |= {
            "frame": frame,
            "people": people,
            "size": size,
            # Those of the report, which says no more exactly from how many was drawn.
            "widths": _widths(sorted(one for one in {*SIZES, size} if one <= people), class_of(people)[1] or COUNTLESS),
            "offer": form.offers[form.cleaned_data["offer"]],
            "rule": rule_words(form.offers[form.cleaned_data["offer"]].subject),
            "method": RetestSample.Method(form.cleaned_data["method"]).label,
            "chosen_area": form.areas[form.cleaned_data["area"]],
        }
        return render(request, "bdhvs_lms/retest_review.html", context)
    return render(request, "bdhvs_lms/retest_draw.html", context, status=422 if form.errors else 200)


def _place(request: HttpRequest, sample: RetestSample, at: datetime) -> HttpResponse:
    try:
        came = place(sample, request.POST.dict(), by=request.user, at=at)
    except ValidationError as wrong:
        messages.error(request, wrong.messages[0])
    else:
        words = ngettext("%(count)d person came into a class.", "%(count)d people came into a class.", came)
        messages.success(request, words % {"count": came})
    return SeeOther(reverse("bdhvs_lms:retest", args=[sample.uuid]))


@never_cache
@read_and_send
@login_required
def retest(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What came out; before it is closed how far it is. POST (operators): close it, or correct what was closed, or put
    (`place`) people of the sample into classes."""
    sample = opened(request, uuid)
    at = now()
    error = ""
    if request.POST.get("do") == "place":
        return _place(request, sample, at)
    if request.method == "POST":
        try:
            closed = close(
                sample,
                act_id=posted_act_id(request) or uuid4(),
                by=request.user,
                at=at,
                why=request.POST.get("why", "")[:500],
            )
        except ValidationError as wrong:
            error = wrong.messages[0]
        else:
            done = _("The retest was closed.") if closed.number == 1 else _("The numbers were corrected.")
            messages.success(request, done)
            return SeeOther(reverse("bdhvs_lms:retest", args=[sample.uuid]))
    closing = last_closing(sample)
    subject = subject_in(sample)
    context: dict[str, Any] = {
        "sample": sample,
        "what": subject_name(subject),
        "rule": rule_words(subject),
        "activity": activity(sample.activity_key),
        "people": class_words(*people_of(sample)),
        "closing": closing,
        "illustrative": sample.illustrative,
        "may_close": may_close(request.user),
        "may_see_names": may_confirm_in_areas(request.user),
        "over": over(sample, day_of(at)),
        "error": error,
        "why": request.POST.get("why", ""),
        "act_id": posted_act_id(request) or uuid4(),
    }
    if closing is not None:
        table = retest_table(sample, closing, subject_words(subject))
        context |= {"figures": figures_of(sample, closing), "table": table}
    else:
        context["tally"] = tally(sample)
        if may_place(request.user):
            today = day_of(at)
            context |= {"waiting": waiting(sample, today), "classes": classes_for(sample, today)}
    if context["may_close"] and request.GET.get("kiem-tra") == "co":
        context["checked"] = check_draw(sample)
    return render(request, "bdhvs_lms/retest.html", context, status=422 if error else 200)


@never_cache
@require_safe
@login_required
def retest_file(request: HttpRequest, uuid: UUID, kind: Format) -> HttpResponse:
    """The numbers of a closed retest as a file. Raises Http404 for one that is not closed."""
    sample = opened(request, uuid)
    closing = last_closing(sample)
    if closing is None:
        raise Http404
    table = retest_table(sample, closing, subject_words(subject_in(sample)))
    return download(table, name=f"phuc-tra-{sample.area.code}", on=day_of(closing.closed_at), kind=kind)
