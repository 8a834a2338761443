"""One viewset for the whole bank, one for the forms of each type."""

from __future__ import annotations

import uuid
from functools import cache
from typing import Any, ClassVar

from django.contrib.admin.utils import quote
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import VERSION
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.panels import ObjectList, TabbedInterface
from wagtail.admin.views.generic import UsageView
from wagtail.models.copying import _copy
from wagtail.snippets.views.snippets import (
    ConfirmWorkflowCancellationView,
    CopyView,
    CreateView,
    DeleteView,
    EditView,
    SnippetViewSet,
)

from bdhvs_content.api import overtaken_notice
from bdhvs_lms.base.api import post_once
from bdhvs_lms.plugins.api import QuestionType, question_types
from bdhvs_quiz.bank.access import OfItsCategory, OfTheBank, of_the_bank, require_row
from bdhvs_quiz.bank.choosing import BankChooserViewSet
from bdhvs_quiz.bank.listing import BankIndexView, as_left
from bdhvs_quiz.bank.policy import make_known, policy_for
from bdhvs_quiz.bank.rows import row_or_404, type_label
from bdhvs_quiz.bank.uses import quizzes_with, uses_of
from bdhvs_quiz.models import Question, QuizPage
from bdhvs_quiz.models.bank import DETAILS, MEDIA


def lead_on(name: str) -> Any:
    """Make a view of the base that redirects to the same view of the row's own type."""

    @of_the_bank
    def view(request: HttpRequest, pk: str) -> HttpResponseBase:
        row = row_or_404(pk)
        require_row(request.user, "view", row)
        kind = question_types.get(row.type_key)
        if kind is None:
            return plugin_missing(request, row)
        viewset = kind.model.snippet_viewset  # type: ignore[attr-defined]
        address = reverse(viewset.get_url_name(name), args=[quote(row.pk)])
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{address}?{query}" if query else address)

    return view


def plugin_missing(request: HttpRequest, row: Question) -> HttpResponse:
    """Show that a question's type is not installed. Status 200: the question is there, and this is all of it."""
    return render(request, "bdhvs_quiz/admin/plugin_missing.html", {"question": row, "label": type_label(row)})


def pick_type(request: HttpRequest) -> HttpResponseBase:
    """Show the types of which the user may add questions, in place of "add"; redirect at once if there is only one."""
    kinds = [kind for kind in question_types if _may_add(request, kind)]
    if not kinds:
        raise Http404
    query = request.META.get("QUERY_STRING", "")
    choices = [
        {
            "label": capfirst(str(kind.label)),
            "icon": kind.icon,
            "url": reverse(kind.model.snippet_viewset.get_url_name("add")) + (f"?{query}" if query else ""),  # type: ignore[attr-defined]
        }
        for kind in kinds
    ]
    if len(choices) == 1:
        return redirect(choices[0]["url"])
    return render(request, "bdhvs_quiz/admin/pick_type.html", {"choices": choices})


def _may_add(request: HttpRequest, kind: QuestionType) -> bool:
    return policy_for(kind.model).user_has_permission(request.user, "add")


class BankUsageView(UsageView):
    """The usage of any question; it can be read without the question's plugin. Above Wagtail's list it shows each quiz,
    with
    drafts, and how many attempts asked the question there."""

    template_name = "bdhvs_quiz/admin/question_usage.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        finder = AdminURLFinder(self.request.user)
        context["uses"] = [{"use": use, "url": finder.get_edit_url(use.page)} for use in uses_of(self.object)]
        return context

    def get_object(self) -> Question:
        return row_or_404(str(self.kwargs["pk"]))

    def get_page_subtitle(self) -> str:
        # Here too: an editor may come from a quiz, and not from the list that says it.
        title: str = super().get_page_subtitle()
        missing = question_types.get(self.object.type_key) is None
        return f"{title} · {type_label(self.object)}" if missing else title

    def get_edit_url(self, instance: Any) -> str | None:
        return reverse("wagtailsnippets_bdhvs_quiz_question:edit", args=[quote(instance.pk)])


class _InCategories:
    """A viewset with rights by category: each of its views of a question asks for the rights on that question."""

    model: type[Question]

    def construct_view(self, view_class: type[Any], **kwargs: Any) -> Any:
        own = view_class if issubclass(view_class, OfItsCategory) else _of_its_category(view_class)  # type: ignore[arg-type]
        return super().construct_view(own, **kwargs)  # type: ignore[misc]

    def get_usage_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        # Else Wagtail's own template, which every snippet's view is given.
        given: dict[str, Any] = super().get_usage_view_kwargs(**kwargs)  # type: ignore[misc]
        return {**given, "template_name": BankUsageView.template_name}

    if VERSION < (8,):
        # Wagtail 7.4 asks the viewset.
        @cached_property
        def permission_policy(self) -> Any:
            return policy_for(self.model)


@cache
def _of_its_category(view_class: type[Any]) -> type[Any]:
    return type(view_class.__name__, (OfItsCategory, view_class), {"__module__": view_class.__module__})


class BankViewSet(_InCategories, SnippetViewSet):
    """List, chooser and usage of all types."""

    model = Question
    icon = "help"
    menu_label = gettext_lazy("Question bank")
    menu_name = "question-bank"
    add_to_admin_menu = True
    index_view_class = BankIndexView
    usage_view_class = BankUsageView
    chooser_viewset_class = BankChooserViewSet

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # Forms, previews and drafts are the types'.
        self.preview_enabled = self.revision_enabled = self.draftstate_enabled = False
        self.workflow_enabled = self.locking_enabled = False

    @property
    def add_view(self) -> Any:
        return pick_type

    @property
    def edit_view(self) -> Any:
        return lead_on("edit")

    @property
    def delete_view(self) -> Any:
        return lead_on("delete")

    @property
    def history_view(self) -> Any:
        return lead_on("history")

    @property
    def copy_view(self) -> Any:
        return lead_on("copy")


class PublishedWhereAllowed:
    """A view that makes or edits a question; it publishes only in a category where the user may publish."""

    request: HttpRequest
    action: str
    model: type[Question]

    def is_valid(self, form: Any) -> bool:
        valid: bool = super().is_valid(form)  # type: ignore[misc]
        if valid and self.action == "publish":
            policy = policy_for(self.model)
            if not policy.user_has_permission_for_instance(self.request.user, "publish", form.instance):
                form.add_error(None, _("You may not publish questions in this category. Save it as a draft."))
                self.produced_error_message = self.get_error_message()  # type: ignore[attr-defined]
                return False
        return valid


@post_once
class QuestionCopyView(PublishedWhereAllowed, CopyView):
    """A copy view that gives the form a new question. Wagtail gives it the original itself: a POST would overwrite
    that."""

    def get_initial_form_instance(self) -> Question:
        original = self.get_object()
        new: Question
        new, _children = _copy(
            original.get_latest_revision_as_object(),
            exclude_fields=[
                "id",
                "polymorphic_ctype",
                "translation_key",
                "latest_revision",
                "live_revision",
                "first_published_at",
                "last_published_at",
                "index_entries",
                "author",
            ],
        )
        new.translation_key = uuid.uuid4()
        new.live = False
        new.has_unpublished_changes = True
        return new

    def get_add_url(self) -> str:
        # The form posts here again: the add address would begin with an empty question.
        return self.request.path


class QuestionDeleteView(DeleteView):
    """A delete view that shows the quizzes that hold the question, in place of asking. A used question is not deleted,
    even if
    only a draft uses it."""

    template_name = "bdhvs_quiz/admin/question_delete.html"
    # Django's view takes DELETE too, and asks nobody then.
    http_method_names: ClassVar[list[str]] = ["get", "head", "options", "post"]

    @cached_property
    def quizzes(self) -> list[QuizPage]:
        return quizzes_with(self.object)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.quizzes:
            return self.render_to_response(self.get_context_data(), status=409)
        try:
            response: HttpResponseBase = super().post(request, *args, **kwargs)
        except ProtectedError:
            # Put into a quiz since this page was opened.
            del self.quizzes
            return self.render_to_response(self.get_context_data(), status=409)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        finder = AdminURLFinder(self.request.user)
        context["quizzes"] = [{"title": page.title, "url": finder.get_edit_url(page)} for page in self.quizzes]
        return context


@post_once
class QuestionAddView(PublishedWhereAllowed, CreateView):
    pass


class QuestionEditView(PublishedWhereAllowed, EditView):
    """An edit view for two editors at once: as on pages, the second is told that the first was faster, and overwrites
    only
    knowing it."""

    def save_instance(self) -> Question:
        moved = "collection" in self.form.changed_data
        saved: Question = super().save_instance()
        if moved:
            # Its category belongs to the row, not to the draft.
            Question.objects.rows().filter(pk=saved.pk).update(collection=saved.collection_id)
        return saved

    def is_valid(self, form: Any) -> bool:
        valid: bool = super().is_valid(form)
        if self.expects_json_response or self.locked_for_user:
            return valid  # Wagtail's quiet saving has its own refusal, and nobody else's lock is opened by saving
        notice = overtaken_notice(self.request, self.object)
        if notice:
            form.add_error(None, notice)
            self.produced_error_code = "invalid_revision"
            self.produced_error_message = self.get_error_message()
            return False
        return valid


class QuestionCancellationView(OfTheBank, ConfirmWorkflowCancellationView):
    """Wagtail's view of the workflow that publishing would cancel, only for users with access to the bank."""


class TypeViewSet(_InCategories, SnippetViewSet):
    """Forms of one question type. Its list is the bank's, filtered."""

    usage_view_class = BankUsageView
    add_view_class = QuestionAddView
    copy_view_enabled = True
    copy_view_class = QuestionCopyView
    delete_view_class = QuestionDeleteView
    edit_view_class = QuestionEditView
    confirm_workflow_cancellation_view_class = QuestionCancellationView
    add_to_admin_menu = False

    @cached_property
    def delete_template_name(self) -> Any:
        # Else Wagtail's own, which every snippet's delete view is given.
        return QuestionDeleteView.template_name

    @property
    def index_view(self) -> Any:
        return of_the_bank(self._to_bank)

    def _to_bank(self, request: HttpRequest) -> HttpResponseBase:
        # Here Wagtail leads back to after publishing and deleting, too.
        return redirect(as_left(request, f"type_key={self.model.kind}"))

    def get_edit_handler(self) -> Any:
        """Build the form: the type's panels, then those that all types have. Pictures and sounds come below the type's
        first
        panel, which is the question."""
        own = super().get_edit_handler()
        if isinstance(own, TabbedInterface):
            panels = [*own.children, ObjectList([MEDIA, *DETAILS], heading=gettext_lazy("Details"))]
        else:
            panels = [*own.children[:1], MEDIA, *own.children[1:], *DETAILS]
        return type(own)(panels, base_form_class=own.base_form_class).bind_to_model(self.model)

    def register_chooser_viewset(self) -> None:
        """Register no chooser: questions of any type are chosen from the bank."""


def viewset_for(kind: QuestionType) -> TypeViewSet:
    """Make the viewset of a registered type, built-in or from a plugin."""
    make_known(kind.model)
    return TypeViewSet(model=kind.model, icon=kind.icon, menu_item_is_registered=True)
