"""“Phiếu bỏ túi”: the steps of a lesson in large letters on one sheet, with the address of the lesson."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_content.blocks import pictures_of
from bdhvs_content.models import LessonPage
from bdhvs_content.printing import printable
from bdhvs_content.web import page_or_404, refuse_private
from bdhvs_lms.base.api import SeeOther, fitting_pdf, pdf_offer, pdf_refused, qr_svg, why_no_pdf

SHEET = "bdhvs_content/pocket_sheet.html"
SIZES = ("a4", "a5")
# Points and whether with pictures, the most welcome first: what fits on one sheet is taken.
LETTERS = ((20, True), (18, True), (20, False), (18, False))


@never_cache
@require_safe
def pocket_sheet(request: HttpRequest, activity_key: UUID, pdf: bool = False) -> HttpResponseBase:
    """Show the sheet to readers who may read the lesson; others are sent to its page. `?kho=a5` for the small sheet."""
    refuse_private(request, activity_key)
    page = page_or_404(activity_key)
    if not isinstance(page, LessonPage):
        raise Http404(_("This content is not available at the moment."))
    address = page.get_url(request) or "/"
    if not page.get_context(request)["open"]:
        return SeeOther(address)
    blocks = printable(page.body)
    if not blocks:
        raise Http404(_("This lesson has no steps or text to print."))
    prefetch_related_objects([image for _place, image in pictures_of(page.body)], "renditions")
    size = request.GET.get("kho", "")
    size = size if size in SIZES else SIZES[0]
    context = {
        "page": page,
        "blocks": blocks,
        "size": size,
        "paper_sizes": [(one, one.upper(), one == size) for one in SIZES],
        "code_svg": qr_svg(request.build_absolute_uri(address), _("QR code that opens this lesson")),
        "lesson_address": address,
        "pdf": pdf_offer(f"{reverse('bdhvs_content:pocket-sheet-pdf', args=[activity_key])}?kho={size}"),
    }
    if pdf:
        return _file(request, context, name=f"phieu-{page.slug}-{size}")
    return render(request, SHEET, {**context, "letters": 18, "pictures": True})


def _file(request: HttpRequest, context: dict[str, Any], *, name: str) -> HttpResponse:
    if why_no_pdf():
        return pdf_refused(request)

    def pages() -> Iterator[dict[str, Any]]:
        for letters, pictures in LETTERS:
            yield {**context, "letters": letters, "pictures": pictures}

    # The words around the steps are in the lesson's language, as on its page.
    with override(context["page"].locale.language_code):
        return fitting_pdf(request, SHEET, pages(), name=name)
