"""The bank's viewsets: one for all, one for each registered type. Registries are full by the time Wagtail asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import path, reverse
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.snippets.models import register_snippet

from bdhvs_content.api import refuse_bulk_actions
from bdhvs_lms.plugins.api import question_types
from bdhvs_quiz.bank import BankViewSet, viewset_for
from bdhvs_quiz.exporting import export_file, export_page
from bdhvs_quiz.models import Question, QuizPage

register_snippet(BankViewSet())
# Not a read that may raise: a faulty registration is reported by the system check, which imports this.
for _kind in question_types.registered():
    register_snippet(viewset_for(_kind))
# A polymorphic queryset of several types, some perhaps uninstalled, is deleted row by row or not at all; and the guard
# of what a draft of a quiz holds is in the form of the single question.
refuse_bulk_actions(
    Question, gettext_lazy("Open each question to make changes there. The bank holds several question types.")
)


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
