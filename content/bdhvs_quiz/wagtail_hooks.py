"""The bank's viewsets: one for all, one for each registered type. Registries are full by the time Wagtail asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.snippets.models import register_snippet

from bdhvs_content.api import versions_of
from bdhvs_lms.plugins.api import question_types
from bdhvs_quiz.bank import BankViewSet, viewset_for
from bdhvs_quiz.exporting import export_file, export_page
from bdhvs_quiz.models import Question, QuizPage

register_snippet(BankViewSet())
# Not a read that may raise: a faulty registration is reported by the system check, which imports this.
for _kind in question_types.registered():
    register_snippet(viewset_for(_kind))


@hooks.register("before_bulk_action")
def one_at_a_time(
    request: HttpRequest, action_type: str, objects: list[Any], action_class_instance: Any
) -> HttpResponseBase | None:
    """Bulk actions on the bank: refused, whoever finds their address. A polymorphic queryset of several types, some
    perhaps uninstalled, is deleted row by row or not at all; and the guard of what a draft of a quiz holds is in the
    form of the single question."""
    if not issubclass(action_class_instance.model, Question):
        return None
    messages.error(request, _("Open each question and act on it there: the bank has several types of questions."))
    return redirect(reverse("wagtailsnippets_bdhvs_quiz_question:list"))


@hooks.register("register_admin_urls")
def export_urls() -> list[Any]:
    return [
        path("quizzes/<int:page_id>/export/", export_page, name="bdhvs_quiz_export"),
        path("quizzes/<int:page_id>/export/<str:key>/", export_file, name="bdhvs_quiz_export_file"),
    ]


@hooks.register("register_page_header_buttons")
def export_button(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    if issubclass(page.specific_class or object, QuizPage) and page.permissions_for_user(user).can_edit():
        yield Button(
            gettext_lazy("Export"), reverse("bdhvs_quiz_export", args=[page.pk]), icon_name="download", priority=45
        )


@hooks.register("after_publish_page")
def say_what_a_translation_brings(request: HttpRequest, page: Any) -> None:
    """Learners answer the original's version, in whatever language they read: not what the translation's form holds."""
    if not isinstance(page, QuizPage) or page.alias_of_id is not None:
        return
    original = versions_of(page.translation_key)[0]
    if original.pk != page.pk:
        messages.warning(
            request,
            _(
                "This is a translation: of it learners see the title and the introduction. The questions, the pass "
                "mark, the competencies and all settings are those of the original, “%(title)s”; what this page says "
                "of them is not used."
            )
            % {"title": original.title},
        )
