"""A certificate as a page and as a file: for the learner whose own it is, and for the staff who may revoke it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_lms.attempts.api import posted_act_id
from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.api import (
    SeeOther,
    day_of,
    now,
    pdf_offer,
    pdf_refused,
    pdf_response,
    qr_svg,
    read_and_send,
    why_no_pdf,
)
from bdhvs_lms.classes.api import classes_of_learner, classes_of_teacher
from bdhvs_lms.competency.api import (
    Certificate,
    FrameworkLevel,
    certificate_with,
    may_revoke,
    revoke,
    shown_code,
)
from bdhvs_lms.learners.api import learner_of, made_up_people, to_sign_in

PAPER = "bdhvs_lms/certificate.html"


def opened(request: HttpRequest, uuid: UUID, page: str, *, revoking: bool = False) -> tuple[Certificate, bool]:
    """(the certificate, whether whoever asks may revoke it). The look of staff is logged. Raises Http404 for everybody
    whose own it is not, who may not revoke it nor teaches the person today (who may read it, not `revoking`), and where
    the person was erased."""
    at = now()
    found = certificate_with(uuid=uuid)
    if found is None or found.person is None:
        raise Http404
    learner = learner_of(request)
    own = learner is not None and learner.whole.pk == found.confirmation.learner.whole.pk
    user = request.user
    staff = user.is_authenticated and may_revoke(user, found.confirmation, at)
    today = day_of(at)
    taught = classes_of_learner(found.person.learner.whole, today) & classes_of_teacher(user, today)
    if not (own or staff or (not revoking and taught.exists())):
        raise Http404
    if not own:
        log_access(user=user, actors=[found.person.learner.actor], page=page, at=at)
    return found, staff and not own


def rows_of(certificate: Certificate) -> list[dict[str, Any]]:
    """What was confirmed, one competency a row: `code`, `names`, `level` (None: the framework lost it), `number`."""
    attained = certificate.confirmation.attained
    levels = {
        (level.framework.key, level.number): level
        for level in FrameworkLevel.objects.filter(
            framework__key__in={one["framework"] for one in attained}
        ).select_related("framework")
    }
    return [
        {
            "code": one["code"],
            "names": one["names"],
            "number": one["level"],
            "level": levels.get((one["framework"], one["level"])),
        }
        for one in attained
    ]


def _paper(request: HttpRequest, certificate: Certificate, may: bool) -> dict[str, Any]:
    confirmation = certificate.confirmation
    address = request.build_absolute_uri(reverse("bdhvs_lms:certificate-check", args=[confirmation.code]))
    return {
        "certificate": certificate,
        "act": confirmation.act,
        "person": certificate.person,
        "rows": rows_of(certificate),
        "illustrative": made_up_people(),
        "code": shown_code(confirmation.code),
        "code_svg": qr_svg(address, _("A code that opens the page on which this certificate is checked")),
        "short_address": request.build_absolute_uri(reverse("bdhvs_lms:check-certificate")),
        "may_revoke": may and certificate.state != "revoked",
        "pdf": pdf_offer(reverse("bdhvs_lms:certificate-pdf", args=[confirmation.uuid])),
    }


@never_cache
@require_safe
def certificate(request: HttpRequest, uuid: UUID, pdf: bool = False) -> HttpResponse:
    """The sheet; `pdf`: as a file."""
    if learner_of(request) is None and not request.user.is_authenticated:
        return to_sign_in(request, request.get_full_path())
    if pdf and why_no_pdf():
        return pdf_refused(request)
    found, may = opened(request, uuid, "certificate-pdf" if pdf else "certificate")
    context = _paper(request, found, may)
    if pdf:
        return pdf_response(request, PAPER, context, name=f"giay-xac-nhan-{found.confirmation.code[:4].lower()}")
    return render(request, PAPER, context)


@never_cache
@read_and_send
@login_required
def certificate_revoke(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """GET: what would be revoked, and the reason is asked for. POST: it is."""
    found, may = opened(request, uuid, "certificate-revoke", revoking=True)
    if not may:
        raise Http404
    error = ""
    own = reverse("bdhvs_lms:certificate", args=[uuid])
    if request.method == "POST":
        act_id = posted_act_id(request) or uuid4()
        try:
            revoke(found.confirmation, request.POST.get("reason", ""), act_id=act_id, at=now(), by=request.user)
        except ValidationError as refused:
            error = refused.messages[0]
        else:
            messages.success(request, _("The certificate was revoked."))
            return SeeOther(own)
    context = {
        **_paper(request, found, may),
        "back": own,
        "error": error,
        "typed": request.POST.get("reason", ""),
        "act_id": posted_act_id(request) or uuid4(),
    }
    return render(request, "bdhvs_lms/certificate_revoke.html", context, status=422 if error else 200)
