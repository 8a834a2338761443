"""Printing of a pack: the sheets, and apart from them the sheet of answers. As pages and as PDF files."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bdhvs_lms.base.api import pdf_offer, pdf_response, qr_svg
from bdhvs_lms.learners.api import learner_for_user
from bdhvs_quiz.grading import QuestionTypeMissing
from bdhvs_quiz.models import PaperPack
from bdhvs_quiz.paper.actions import pack_language
from bdhvs_quiz.paper.codes import Asked, asked_on, code_name
from bdhvs_quiz.paper.queries import sheets_of
from bdhvs_quiz.paper.views import log_sheets, opened_pack, pack_address
from bdhvs_quiz.queries import attempts_used

SHEETS, KEY = "bdhvs_quiz/paper_print.html", "bdhvs_quiz/paper_key.html"
# Sheets of one file: forty take five seconds of a worker.
A_FILE = 40
SPELLINGS = 3


def _missing(missing: QuestionTypeMissing) -> PermissionDenied:
    return PermissionDenied(_("Plugin missing: %(key)s. Tell the site operator.") % {"key": missing.args[0]})


def _codes(pack: PaperPack, codes: set[int]) -> dict[int, list[Asked]]:
    """Return the questions of each code. Raises PermissionDenied in words."""
    try:
        return {code: asked_on(pack, code) for code in sorted(codes)}
    except QuestionTypeMissing as missing:
        raise _missing(missing) from None


def _halves(asked: list[Asked]) -> tuple[list[Asked], list[Asked]]:
    """Split the questions into the answer grid's two columns."""
    half = -(-len(asked) // 2)
    return asked[:half], asked[half:]


@never_cache
@require_safe
@login_required
def sheets(request: HttpRequest, class_uuid: UUID, pack_uuid: UUID, pdf: bool = False) -> HttpResponse:
    """Show the sheets to hand out, 40 at a time (`?tu=` the first number), `?chu=16` in letters of 16 points and more.

    The right answers are not read for it.
    """
    pack, at = opened_pack(request, class_uuid, pack_uuid)
    first = request.GET.get("tu", "")
    start = int(first) if re.fullmatch(r"[0-9]{1,4}", first, re.ASCII) else 1
    every = sheets_of(pack)
    rows = [row for row in every if start <= row.sheet.number < start + A_FILE]
    log_sheets(request, pack, rows, "paper-print", at)
    asked = _codes(pack, {row.sheet.code for row in rows})
    large = request.GET.get("chu") == "16"
    names = [row.name.casefold() for row in every]
    query = f"?tu={start}{'&chu=16' if large else ''}"
    with override(pack_language(pack)):
        title = _("QR code for entering this sheet")
    context: dict[str, Any] = {
        "pack": pack,
        "class_group": pack.class_group,
        "language": pack_language(pack),
        "sheets": [
            {
                "row": row,
                "asked": asked[row.sheet.code],
                "halves": _halves(asked[row.sheet.code]),
                # Two of one name are told apart.
                "born": row.born if row.name and names.count(row.name.casefold()) > 1 else None,
                "code_svg": qr_svg(
                    request.build_absolute_uri(pack_address("paper-sheet", pack, row.sheet.number)), title
                ),
            }
            for row in rows
        ],
        "large": large,
        "parts": [(number, min(number + A_FILE - 1, len(every))) for number in range(1, len(every) + 1, A_FILE)],
        "start": start,
        "pdf": pdf_offer(pack_address("paper-print-pdf", pack) + query),
    }
    if pdf:
        with override(pack_language(pack)):
            return pdf_response(request, SHEETS, context, name=f"bai-giay-{pack.class_group.code}-{start}")
    return render(request, SHEETS, context)


def _right(pack: PaperPack, one: Asked) -> dict[str, Any]:
    """Return a line of the key; of what is written by hand the first accepted spellings, and how many `more`
    there are."""
    right = one.kind.paper_key(one.shown, pack.version.key[one.question_key])
    shown = right if one.boxes else right[:SPELLINGS]
    return {"place": one.place, "prompt": one.prompt, "right": shown, "more": len(right) - len(shown)}


@never_cache
@require_safe
@login_required
def key(request: HttpRequest, class_uuid: UUID, pack_uuid: UUID, pdf: bool = False) -> HttpResponse:
    """Show the right answers, code by code: a file of its own, for the class's teacher.

    A teacher who learns the same course, and whom the quiz does not show the right answers yet, does not see them here.
    """
    pack, _at = opened_pack(request, class_uuid, pack_uuid, with_key=True)
    learner = learner_for_user(request.user)
    if learner is not None and not attempts_used(learner, pack.version.activity_key).answers_shown:
        raise PermissionDenied(
            _("You learn here yourself, and this quiz does not show you the answers yet. Pass it first.")
        )
    codes = _codes(pack, set(range(pack.codes)))
    context = {
        "pack": pack,
        "class_group": pack.class_group,
        "language": pack_language(pack),
        "codes": [
            {
                "name": code_name(code),
                "lines": [_right(pack, one) for one in asked],
            }
            for code, asked in codes.items()
        ],
        "pdf": pdf_offer(pack_address("paper-key-pdf", pack)),
    }
    if pdf:
        return pdf_response(request, KEY, context, name=f"dap-an-{pack.class_group.code}")
    return render(request, KEY, context)
