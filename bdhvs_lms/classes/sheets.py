"""The sheet that people sign in the hall: who is in the class, and empty lines for whoever comes along."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.api import day_of, empty_lines, pdf_offer, pdf_response
from bdhvs_lms.classes.queries import next_sessions
from bdhvs_lms.classes.sign_in.queries import listed
from bdhvs_lms.classes.web import opened_class

SHEET = "bdhvs_lms/class_signatures.html"
EMPTY_LINES = 8


@never_cache
@require_safe
@login_required
def sign_in_sheet(request: HttpRequest, class_uuid: UUID, pdf: bool = False) -> HttpResponse:
    """Show numbered lines by given name, with year of birth and a place to sign. Who is named on it is logged."""
    group, at = opened_class(request, class_uuid)
    people = listed(group, day_of(at))
    log_access(
        user=request.user,
        actors=[each.learner.actor for each in people],
        page="class-signatures",
        at=at,
        detail=group.code,
    )
    empty = empty_lines(request, EMPTY_LINES)
    context = {
        "class_group": group,
        # Of the session that comes, or is of today: what is known of it need not be written by hand.
        "meeting": next_sessions([group.pk], day_of(at)).get(group.pk),
        "people": people,
        "empty": range(len(people) + 1, len(people) + empty + 1),
        "empty_lines": empty,
        "pdf": pdf_offer(f"{reverse('bdhvs_lms:class-signatures-pdf', args=[group.uuid])}?dong={empty}"),
    }
    if pdf:
        return pdf_response(request, SHEET, context, name=f"ky-ten-{group.code}")
    return render(request, SHEET, context)
