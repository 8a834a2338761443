"""The bank's viewsets: one for all, one for each registered type. Registries are full when Wagtail reads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.utils import quote
from django.http import HttpRequest, HttpResponseBase
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogFormatter
from wagtail.snippets.models import register_snippet

from bdhvs_content.api import is_translation
from bdhvs_lms.base.api import wants_json
from bdhvs_lms.plugins.api import question_types, register_teaching, register_waiting
from bdhvs_quiz.bank import BankViewSet, bulk, categories, viewset_for
from bdhvs_quiz.bank.access import of_the_bank, require_row
from bdhvs_quiz.bank.policy import make_known
from bdhvs_quiz.bank.rows import row_or_404
from bdhvs_quiz.bank.teaching import QUESTIONS
from bdhvs_quiz.bank.translations import translations_page
from bdhvs_quiz.behind import quizzes_behind
from bdhvs_quiz.exporting.ticked import Export
from bdhvs_quiz.exporting.views import bank_file, bank_page, export_file, export_page
from bdhvs_quiz.importing.quizzes import takes_questions
from bdhvs_quiz.importing.rights import categories_for
from bdhvs_quiz.importing.template import template_file
from bdhvs_quiz.importing.views import file_page, import_page, preview_page
from bdhvs_quiz.models import Question, QuizPage
from bdhvs_quiz.models.panels import FIRST_BARS, untranslated
from bdhvs_quiz.regrading.republishing import LOG_ACTION as REPUBLISHED
from bdhvs_quiz.regrading.republishing import after_question, republish_page
from bdhvs_quiz.regrading.views import LOG_ACTION, regrade_page

# Of questions in a message; the page's form lists all.
NAMED = 5

register_waiting("bdhvs_quiz.behind", quizzes_behind)
register_teaching("bdhvs_quiz.questions", QUESTIONS)
make_known(Question)
register_snippet(BankViewSet())
# Not a read that may raise: a faulty registration is reported by the system check, which imports this.
for _kind in question_types.registered():
    # Of a model that is not in the bank the check says so; its forms could not even be made.
    if issubclass(_kind.model, Question):
        register_snippet(viewset_for(_kind))
# A polymorphic queryset of several types, some perhaps uninstalled, is deleted row by row or not at all; and the guard
# of what a draft of a quiz holds is ours. After Wagtail's own, whose "delete" one of them replaces.
for _action in (*bulk.ACTIONS, Export):
    hooks.register("register_bulk_action", _action, order=1)
hooks.register("before_bulk_action", bulk.only_ours)
hooks.register("register_group_permission_panel", categories.permissions_of_group)
hooks.register("describe_collection_contents", categories.contents)
hooks.register("construct_snippet_action_menu", categories.offer_publishing)


@hooks.register("register_admin_urls")
def quiz_urls() -> list[Any]:
    return [
        path("questions/import/", import_page, name="bdhvs_quiz_import"),
        path("questions/import/<uuid:uuid>/", preview_page, name="bdhvs_quiz_import_preview"),
        path("questions/import/<uuid:uuid>/files/<int:place>/", file_page, name="bdhvs_quiz_import_file"),
        path("questions/export/", bank_page, name="bdhvs_quiz_bank_export"),
        path("questions/export/<str:key>/", bank_file, name="bdhvs_quiz_bank_export_file"),
        path("questions/template/", template_file, name="bdhvs_quiz_template"),
        path("quizzes/<int:page_id>/questions/", translations_page, name="bdhvs_quiz_translations"),
        path("questions/<int:pk>/quizzes/", question_quizzes, name="bdhvs_quiz_republish"),
        path("quizzes/<int:page_id>/regrade/", regrade_page, name="bdhvs_quiz_regrade"),
        path("quizzes/<int:page_id>/export/", export_page, name="bdhvs_quiz_export"),
        path("quizzes/<int:page_id>/export/<str:key>/", export_file, name="bdhvs_quiz_export_file"),
    ]


@hooks.register("register_page_header_buttons")
def export_button(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    if issubclass(page.specific_class or object, QuizPage) and page.permissions_for_user(user).can_edit():
        yield Button(
            gettext_lazy("Export"), reverse("bdhvs_quiz_export", args=[page.pk]), icon_name="download", priority=45
        )


@hooks.register("register_page_header_buttons")
def regrade_button(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    if issubclass(page.specific_class or object, QuizPage) and page.permissions_for_user(user).can_publish():
        yield Button(
            gettext_lazy("Regrade"), reverse("bdhvs_quiz_regrade", args=[page.pk]), icon_name="rotate", priority=46
        )


@hooks.register("register_page_header_buttons")
def import_button(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    if takes_questions(page, user) and categories_for(user).exists():
        into_quiz = issubclass(page.specific_class, QuizPage)
        yield Button(
            gettext_lazy("Import questions") if into_quiz else gettext_lazy("Add a quiz from a file"),
            f"{reverse('bdhvs_quiz_import')}?page={page.pk}",
            icon_name="upload",
            priority=17,
        )


@of_the_bank
def question_quizzes(request: HttpRequest, pk: int) -> HttpResponseBase:
    row = row_or_404(str(pk))
    require_row(request.user, "view", row)
    return republish_page(request, row, reverse("wagtailsnippets_bdhvs_quiz_question:edit", args=[quote(row.pk)]))


@hooks.register("after_edit_snippet")
def lead_to_quizzes(request: HttpRequest, instance: Any) -> HttpResponseBase | None:
    return after_question(request, instance) if isinstance(instance, Question) else None


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    @actions.register_action(REPUBLISHED)
    class Republished(LogFormatter):
        label = gettext_lazy("Publish with its questions")

        def format_message(self, entry: Any) -> str:
            return _("Published with the question “%(question)s”") % {"question": entry.data.get("question", "")}

    @actions.register_action(LOG_ACTION)
    class Regraded(LogFormatter):
        label = gettext_lazy("Regrade")

        def format_message(self, entry: Any) -> str:
            return _("Regraded: %(reason)s") % {"reason": entry.data.get("reason", "")}


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def say_that_the_first_bars(request: HttpRequest, page: Any) -> None:
    if isinstance(page, QuizPage) and not wants_json(request) and page.bars_after_first:
        messages.warning(request, FIRST_BARS)


@hooks.register("after_publish_page")
def say_what_is_not_translated(request: HttpRequest, page: Any) -> None:
    """Warn of questions asked in the original's words. It is not refused, since the original may get a question any
    day."""
    if not isinstance(page, QuizPage) or wants_json(request) or not is_translation(page):
        return
    if left := untranslated(page):
        text = ngettext(
            "Learners read %(count)s question in the language of the original: %(questions)s",
            "Learners read %(count)s questions in the language of the original: %(questions)s",
            len(left),
        )
        named = "; ".join(left[:NAMED]) + (" …" if len(left) > NAMED else "")
        messages.warning(request, text % {"count": len(left), "questions": named})
