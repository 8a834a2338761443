"""A published quiz as a file for other systems. Formats come from plugins; what they get is plain data."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bdhvs_lms.base.api import fold
from bdhvs_lms.plugins.api import PlainQuiz, QuestionFormat, question_formats, question_types
from bdhvs_quiz.models import QuizPage, QuizVersion

__all__ = ["Plain", "export_file", "export_page", "plain_quiz"]


@dataclass(frozen=True)
class Plain:
    quiz: PlainQuiz
    left_out: tuple[str, ...]
    """Prompts of questions that other systems know nothing like, or whose plugin is missing."""


def plain_quiz(version: QuizVersion) -> Plain:
    """What learners meet, with what is right, as plain data."""
    shown = version.shown
    questions, left_out = [], []
    for question in shown["questions"]:
        kind = question_types.get(question["type"])
        plain = None if kind is None else kind.plain(question["shown"], version.key[question["key"]])
        if plain is None:
            left_out.append(question["prompt"])
        else:
            questions.append(replace(plain, key=question["key"]))
    quiz = PlainQuiz(
        title=shown["title"],
        language=version.language,
        questions=tuple(questions),
        intro=shown["intro"],
        pass_percent=_percent(version),
        shuffle_questions=shown["shuffle_questions"],
        shuffle_options=shown["shuffle_options"],
    )
    return Plain(quiz, tuple(left_out))


def _handed(kind: QuestionFormat, plain: Plain) -> Plain:
    """What the format is handed, and what only it leaves out."""
    known = tuple(question for question in plain.quiz.questions if question.kind in kind.kinds)
    others = tuple(question.prompt for question in plain.quiz.questions if question not in known)
    return Plain(replace(plain.quiz, questions=known), others)


def _percent(version: QuizVersion) -> int:
    # The highest whole percentage that asks for no more points than the quiz does.
    return int(version.pass_score * 100 // version.max_score)


def _asked_for(request: HttpRequest, page_id: int) -> tuple[QuizPage, QuizVersion | None]:
    """Who may edit the page sees in its form what is right: nobody else gets it here."""
    page = get_object_or_404(QuizPage, pk=page_id)
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    return page, QuizVersion.published(page.translation_key, page.locale.language_code).first()


def _problems(kind: QuestionFormat, quiz: PlainQuiz) -> list[Any]:
    if not quiz.questions:
        return [_("None of the questions can be exported to other systems.")]
    return list(kind.problems(quiz))


@require_safe
def export_page(request: HttpRequest, page_id: int) -> HttpResponse:
    """Which files there are, what each would be without, and what keeps one from being made."""
    page, version = _asked_for(request, page_id)
    plain = None if version is None else plain_quiz(version)
    context = {
        "page_title": _("Export the quiz"),
        "page_subtitle": page.get_admin_display_title(),
        "header_icon": "download",
        "edit_url": reverse("wagtailadmin_pages:edit", args=[page.pk]),
        "plain": plain,
        "formats": [
            {
                "label": kind.label,
                "problems": _problems(kind, handed.quiz),
                "left_out": handed.left_out,
                "url": reverse("bdhvs_quiz_export_file", args=[page.pk, kind.key]),
            }
            for kind in question_formats
            if plain is not None and (handed := _handed(kind, plain))
        ],
    }
    return TemplateResponse(request, "bdhvs_quiz/admin/export.html", context)


@require_safe
def export_file(request: HttpRequest, page_id: int, key: str) -> HttpResponse:
    page, version = _asked_for(request, page_id)
    kind = question_formats.get(key)
    if kind is None:
        raise Http404
    plain = None if version is None else _handed(kind, plain_quiz(version))
    if plain is None or _problems(kind, plain.quiz):
        # Its page says what is missing.
        return redirect("bdhvs_quiz_export", page.pk)
    into = io.BytesIO()
    kind.write(plain.quiz, into)
    name = f"{slugify(fold(plain.quiz.title)) or 'quiz'}{kind.suffix}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(into.getvalue(), content_type=kind.content_type, headers=headers)
