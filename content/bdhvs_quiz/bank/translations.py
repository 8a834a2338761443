"""The questions of a translated quiz: which are translated, and drafts for those that are not."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import quote
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
from bdhvs_quiz.bank.policy import policy_for
from bdhvs_quiz.models import QuizPage, Words, questions_of
from bdhvs_quiz.models.panels import EDIT, translations_context
from bdhvs_quiz.models.translating import renewed


@require_http_methods(["GET", "HEAD", "POST"])
def translations_page(request: HttpRequest, page_id: int) -> HttpResponseBase:
    """Show the questions of a translated quiz. POST makes a draft, with the original's words, of each question without
    a
    translation; with `renew`, a translation's number, a draft of that one with the original's options."""
    page = get_object_or_404(QuizPage, pk=page_id)
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    if not is_translation(page):
        return redirect("wagtailadmin_pages:edit", page.pk)
    if request.method == "POST" and "renew" in request.POST:
        return _renew(request, page)
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
                row.author = request.user
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


def _renew(request: HttpRequest, page: QuizPage) -> HttpResponseBase:
    found = (one for one in questions_of(page) if one.row is not None and str(one.row.pk) == request.POST["renew"])
    one = next(found, None)
    if one is None or one.words is not Words.APART or type(one.row) is not type(one.source):
        # Somebody else was faster, or it is none of this quiz.
        return redirect("bdhvs_quiz_translations", page.pk)
    if not policy_for(type(one.row)).user_has_permission_for_instance(request.user, "change", one.row):
        raise PermissionDenied
    renewed(one.source, one.row).save_revision(user=request.user, clean=False, log_action=True)
    messages.success(request, _("The original's options are taken over. Translate what is new, then publish."))
    return redirect(reverse(EDIT, args=[quote(one.row.pk)]))


def _may_add(user: Any, question: Any) -> bool:
    return policy_for(type(question)).user_has_permission_for_instance(user, "add", question)
