"""The page after a question was published: the quizzes that ask it, to be published with it and graded again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.log_actions import log

from bdhvs_lms.base.api import format_number, now, wants_json
from bdhvs_quiz.behind import Use, live_uses, refresh
from bdhvs_quiz.models import Question
from bdhvs_quiz.regrading.queries import handed_in, newest

LOG_ACTION = "bdhvs_quiz.republish"


@dataclass(frozen=True)
class Row:
    """A quiz as the page lists it."""

    use: Use
    attempts: str
    to_grade: int
    """Attempts that the published answers would grade anew."""
    may: bool
    """Whether this editor may publish it."""
    regrade_url: str

    @property
    def behind(self) -> bool:
        return bool(self.use.page.behind)


def after_question(request: HttpRequest, question: Any) -> HttpResponseBase | None:
    """Redirect to the page of the live quizzes that ask a question just published. None: there are none."""
    if "action-publish" not in request.POST or wants_json(request) or not question.live:
        return None
    return redirect("bdhvs_quiz_republish", question.pk) if live_uses(question) else None


def _rows(request: HttpRequest, question: Question) -> list[Row]:
    rows = []
    for use in live_uses(question):
        version = newest(use.page.translation_key)
        to_grade = handed_in(version).count() if version is not None and not use.page.behind else 0
        may = use.page.permissions_for_user(request.user).can_publish()
        url = reverse("bdhvs_quiz_regrade", args=[use.page.pk])
        rows.append(Row(use, format_number(use.attempts), to_grade, may, url))
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
def republish_page(request: HttpRequest, question: Question, back: str) -> HttpResponseBase:
    """Show the quizzes; POST publishes those whose primary keys are in `quiz`. `question`: one that this editor may
    see;
    `back`: its form."""
    rows = _rows(request, question)
    if request.method == "POST":
        asked = set(request.POST.getlist("quiz"))
        chosen = [row.use.page for row in rows if str(row.use.page.pk) in asked and row.behind]
        if not all(row.may for row in rows if row.use.page in chosen):
            raise PermissionDenied
        return _republish(request, question, chosen)
    context = {
        "page_title": _("Quizzes that ask this question"),
        "page_subtitle": str(question),
        "header_icon": "help",
        "rows": rows,
        "behind": sum(row.behind and row.may for row in rows),
        "attempts": format_number(sum(row.use.attempts for row in rows)),
        "edit_url": back,
    }
    return TemplateResponse(request, "bdhvs_quiz/admin/republish.html", context)


def _republish(request: HttpRequest, question: Question, chosen: list[Any]) -> HttpResponseBase:
    problems = refresh(chosen, at=now())
    done = [page for page in chosen if page.pk not in problems]
    for page in done:
        log(page, LOG_ACTION, user=request.user, data={"question": str(question)}, content_changed=True)
    if done:
        text = ngettext("%(count)s quiz published.", "%(count)s quizzes published.", len(done))
        messages.success(request, text % {"count": len(done)})
    for page in chosen:
        for problem in problems.get(page.pk, ()):
            messages.error(request, f"{page.title}: {problem}")
    if len(done) == 1 and not problems:
        version = newest(done[0].translation_key)
        if version is not None and handed_in(version).exists():
            return redirect("bdhvs_quiz_regrade", done[0].pk)
    return redirect("bdhvs_quiz_republish", question.pk)
