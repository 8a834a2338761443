"""Export in the admin: what each kind of file leaves out, then the file."""

from __future__ import annotations

import io
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bdhvs_lms.base.api import fold, format_number
from bdhvs_lms.plugins.api import question_formats
from bdhvs_quiz.bank.access import of_the_bank
from bdhvs_quiz.exporting.bank import MOST, asked_for
from bdhvs_quiz.exporting.plain import Handed, Plain, handed, plain_bank, plain_quiz
from bdhvs_quiz.models import QuizPage, QuizVersion

# Prompts under one heading; the number of all stands there.
NAMED = 20
LIST = "wagtailsnippets_bdhvs_quiz_question:list"


def _of_quiz(request: HttpRequest, page_id: int) -> tuple[QuizPage, QuizVersion | None]:
    """Return the page and its published version. Raises PermissionDenied for users who may not edit the page: its form
    shows
    the right answers, and nobody else gets them here."""
    page = get_object_or_404(QuizPage, pk=page_id)
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    return page, QuizVersion.published(page.translation_key, page.locale.language_code).first()


@require_safe
def export_page(request: HttpRequest, page_id: int) -> HttpResponse:
    """Show the files that can be made of a quiz, what each leaves out, and what keeps one from being made."""
    page, version = _of_quiz(request, page_id)
    plain = None if version is None else plain_quiz(version)
    context = {
        "page_title": _("Export the quiz"),
        "page_subtitle": page.get_admin_display_title(),
        "back_url": reverse("wagtailadmin_pages:edit", args=[page.pk]),
        "back": _("Back to the quiz"),
    }
    return _page(request, plain, context, lambda key: reverse("bdhvs_quiz_export_file", args=[page.pk, key]))


@require_safe
def export_file(request: HttpRequest, page_id: int, key: str) -> HttpResponseBase:
    page, version = _of_quiz(request, page_id)
    # Its page says what is missing.
    return _file(None if version is None else plain_quiz(version), key) or redirect("bdhvs_quiz_export", page.pk)


def _of_bank(request: HttpRequest) -> tuple[int, Plain | None, str]:
    """Return (number of questions, the questions as plain data, query for the same again); None: more than one file
    takes."""
    found = asked_for(request)
    count = found.rows.count()
    if count > MOST:
        return count, None, found.query
    title = _("Question bank")
    return count, plain_bank(list(found.rows), title=title, language=get_language() or "vi"), found.query


@require_safe
@of_the_bank
def bank_page(request: HttpRequest) -> HttpResponse:
    """Show the same for the questions that the bank's list shows by its filters, or for those ticked there."""
    count, plain, query = _of_bank(request)
    context = {
        "page_title": _("Export questions"),
        "page_subtitle": _("Question bank"),
        "of_bank": True,
        "total": count,
        "count": format_number(count),
        "most": format_number(MOST),
        "back_url": f"{reverse(LIST)}?{query}",
        "back": _("Back to the question bank"),
    }
    return _page(request, plain, context, lambda key: f"{reverse('bdhvs_quiz_bank_export_file', args=[key])}?{query}")


@require_safe
@of_the_bank
def bank_file(request: HttpRequest, key: str) -> HttpResponseBase:
    _count, plain, query = _of_bank(request)
    return _file(plain, key) or redirect(f"{reverse('bdhvs_quiz_bank_export')}?{query}")


def _page(request: HttpRequest, plain: Plain | None, context: dict[str, Any], url: Any) -> HttpResponse:
    kinds = [] if plain is None else [handed(kind, plain.quiz) for kind in question_formats if kind.writes]
    shown = {
        **context,
        "header_icon": "download",
        "plain": plain,
        "left_out": _named(plain.left_out if plain else ()),
        "formats": [_format(each, url(each.kind.key)) for each in kinds],
    }
    return TemplateResponse(request, "bdhvs_quiz/admin/export.html", shown)


def _format(each: Handed, url: str) -> dict[str, Any]:
    return {
        "label": each.kind.label,
        "problems": each.problems,
        "left_out": _named(each.left_out),
        "lost": [(what, _named(prompts)) for what, prompts in each.lost],
        "url": url,
    }


def _named(prompts: Any) -> dict[str, Any]:
    return {"prompts": list(prompts)[:NAMED], "count": len(prompts), "more": max(0, len(prompts) - NAMED)}


def _file(plain: Plain | None, key: str) -> HttpResponseBase | None:
    """Return the file, or None if it cannot be made. Raises Http404 for an unknown format."""
    kind = question_formats.get(key)
    if kind is None or not kind.writes:
        raise Http404
    given = None if plain is None else handed(kind, plain.quiz)
    if given is None or given.problems:
        return None
    into = io.BytesIO()
    kind.write(given.quiz, into)
    name = f"{slugify(fold(given.quiz.title)) or 'quiz'}{kind.suffix}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(into.getvalue(), content_type=kind.content_type, headers=headers)
