"""A class's forms on paper: the blank ones to print, and writing down who signed. For the class's teacher."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_lms.audit.api import log_access, text_in_force, version_in_force
from bdhvs_lms.base.api import SeeOther, act_once, day_of, empty_lines, now, pdf_offer, pdf_response, read_and_send
from bdhvs_lms.classes.api import ClassGroup, members, opened_class
from bdhvs_lms.privacy.consent_lists import PaperDesk, Signer, signers

FORM = "bdhvs_lms/class_consent_form.html"
EMPTY_LINES = 5


def _opened(request: HttpRequest, class_uuid: UUID) -> tuple[ClassGroup, list[Signer]]:
    """Return the class and its people, whose names are shown from here on: logged. Raises Http404."""
    group, at = opened_class(request, class_uuid)
    lines = signers(members(group, day_of(at)).select_related("merged_into"), at)
    log_access(
        user=request.user,
        actors=[line.learner.actor for line in lines],
        page="class-papers",
        at=at,
        detail=group.code,
    )
    return group, lines


@never_cache
@read_and_send
@login_required
@act_once
def class_papers(request: HttpRequest, class_uuid: UUID) -> HttpResponse:
    """Show who has agreed and who has not; those ticked are written down as having signed. 422:
    something is missing."""
    group, lines = _opened(request, class_uuid)
    desk = PaperDesk(request, lines)
    if request.method == "POST" and desk.save(now(), teaches=True):
        return SeeOther(request.path)
    context = {"class_group": group, **desk.context()}
    status = 422 if desk.wrong or desk.form.errors else 200
    return render(request, "bdhvs_lms/class_papers.html", context, status=status)


@never_cache
@require_safe
@login_required
def blank_forms(request: HttpRequest, class_uuid: UUID, pdf: bool = False) -> HttpResponse:
    """Show the text in force and a line for everybody who has not agreed, to sign. Whom it names is logged."""
    group, lines = _opened(request, class_uuid)
    named, today = [line for line in lines if not line.agreed], day_of(now())
    empty = empty_lines(request, EMPTY_LINES)
    context = {
        "class_group": group,
        "lines": named,
        "text": text_in_force(today),
        "version": version_in_force(today),
        "today": today,
        "empty": range(len(named) + 1, len(named) + empty + 1),
        "empty_lines": empty,
        "pdf": pdf_offer(f"{reverse('bdhvs_lms:class-consent-form-pdf', args=[group.uuid])}?dong={empty}"),
    }
    if pdf:
        return pdf_response(request, FORM, context, name=f"dong-y-{group.code}")
    return render(request, FORM, context)
