"""The questions of a translated quiz: which are translated, and drafts for those that are not."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.log_actions import log

from bdhvs_content.api import is_translation
from bdhvs_quiz.models import QuizPage, Words, questions_of
from bdhvs_quiz.models.panels import translations_context


@require_http_methods(["GET", "HEAD", "POST"])
def translations_page(request: HttpRequest, page_id: int) -> HttpResponseBase:
    """The list; POST makes a draft, with the original's words, of each question without a translation."""
    page = get_object_or_404(QuizPage, pk=page_id)
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    if not is_translation(page):
        return redirect("wagtailadmin_pages:edit", page.pk)
    if request.method == "POST":
        _make_drafts(request, page)
        return redirect("bdhvs_quiz_translations", page.pk)
    context = {
        **translations_context(page),
        "page_title": _("Translated questions"),
        "page_subtitle": page.get_admin_display_title(),
        "header_icon": "help",
        "edit_url": reverse("wagtailadmin_pages:edit", args=[page.pk]),
    }
    return TemplateResponse(request, "bdhvs_quiz/admin/translations.html", context)


def _make_drafts(request: HttpRequest, page: QuizPage) -> None:
    missing = [one.source for one in questions_of(page) if one.words is Words.MISSING]
    if not all(_may_add(request.user, source) for source in missing):
        raise PermissionDenied
    made = 0
    for source in missing:
        try:
            with transaction.atomic():
                row = source.copy_for_translation(page.locale)
                row.save()
                row.save_revision(user=request.user, clean=False)
                log(row, "wagtail.copy_for_translation", user=request.user)
        except IntegrityError:
            continue  # somebody else has translated it just now
        made += 1
    messages.success(
        request,
        ngettext(
            "%(count)s draft created. Translate it and publish it.",
            "%(count)s drafts created. Translate and publish each of them.",
            made,
        )
        % {"count": made},
    )


def _may_add(user: Any, question: Any) -> bool:
    meta = type(question)._meta
    return bool(user.has_perm(f"{meta.app_label}.add_{meta.model_name}"))
