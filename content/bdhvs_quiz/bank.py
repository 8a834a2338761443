"""The question bank in the admin: one list and one chooser for all types, one form per type.

The base's viewset lists, chooses and leads on; the types' viewsets edit. A row whose type is uninstalled stays in the
list and in usage, says "plugin missing", and cannot be opened, copied or deleted: its own table cannot be reached.
"""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.contrib.admin.utils import quote, unquote
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, UpdatedAtColumn
from wagtail.admin.views.generic import UsageView
from wagtail.models.copying import _copy
from wagtail.snippets.views.chooser import (
    ChooseResultsView,
    ChooseView,
    SnippetChooserViewSet,
    SnippetChosenMultipleView,
    SnippetChosenView,
)
from wagtail.snippets.views.snippets import CopyView, SnippetViewSet
from wagtail.snippets.views.snippets import IndexView as SnippetIndexView
from wagtail.snippets.widgets import AdminSnippetChooser

from bdhvs_lms.plugins.api import QuestionType, question_types
from bdhvs_quiz.models import Question


def type_label(question: Question) -> str:
    """For people: the type's name, or that its plugin is missing."""
    kind = question_types.get(question.type_key)
    if kind is None:
        return _("Plugin missing: %(key)s") % {"key": question.type_key}
    return capfirst(str(kind.label))


def status_label(question: Question) -> str:
    if not question.live:
        return _("Draft")
    return _("Published, with a newer draft") if question.has_unpublished_changes else _("Published")


def row_or_404(pk: str) -> Question:
    """As the base class, whether or not its type is installed."""
    row: Question = get_object_or_404(Question.objects.non_polymorphic(), pk=unquote(str(pk)))
    return row


class BankFilterSet(WagtailFilterSet):
    type_key = ChoiceFilter(label=gettext_lazy("Type"), choices=lambda: _type_choices())

    class Meta:
        model = Question
        fields = ["type_key"]


def _type_choices() -> list[tuple[str, str]]:
    """Installed types, and those that only old rows name."""
    known = {kind.key: capfirst(str(kind.label)) for kind in question_types}
    named = Question.objects.non_polymorphic().values_list("type_key", flat=True).distinct()
    for key in named:
        known.setdefault(key, _("Plugin missing: %(key)s") % {"key": key})
    return sorted(known.items(), key=lambda pair: pair[1])


class BankIndexView(SnippetIndexView):
    """Rows as the base class: a polymorphic list leaves out what it cannot load, and says nothing."""

    filterset_class = BankFilterSet

    def get_base_queryset(self) -> QuerySet[Question]:
        return Question.objects.non_polymorphic().select_related("latest_revision", "locale")

    @cached_property
    def columns(self) -> list[Any]:
        # No checkboxes: actions on many rows of several types at once are what the bank's guards are about.
        return [
            self._get_title_column("__str__"),
            Column("type_key", label=gettext_lazy("Type"), accessor=type_label, sort_key="type_key"),
            UpdatedAtColumn(),
            # Wagtail's own status column asks for the schedule of every row.
            Column("live", label=gettext_lazy("Status"), accessor=status_label, sort_key="live"),
        ]

    def get_list_buttons(self, instance: Any) -> list[Any]:
        # Past Wagtail's hooks, which ask per row what could be translated; the form's header offers that.
        buttons: list[Any] = super(SnippetIndexView, self).get_list_buttons(instance)
        return buttons

    def get_list_more_buttons(self, instance: Any) -> list[Any]:
        if question_types.get(instance.type_key) is None:
            return []
        buttons: list[Any] = super().get_list_more_buttons(instance)
        return buttons


def lead_on(name: str) -> Any:
    """A view of the base that sends to the same view of the row's own type."""

    def view(request: HttpRequest, pk: str) -> HttpResponseBase:
        row = row_or_404(pk)
        kind = question_types.get(row.type_key)
        if kind is None:
            return plugin_missing(request, row)
        viewset = kind.model.snippet_viewset  # type: ignore[attr-defined]
        address = reverse(viewset.get_url_name(name), args=[quote(row.pk)])
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{address}?{query}" if query else address)

    return view


def plugin_missing(request: HttpRequest, row: Question) -> HttpResponse:
    """What there is to say about a question whose type is not installed. 200: it is there, and this is all of it."""
    return render(request, "bdhvs_quiz/admin/plugin_missing.html", {"question": row, "label": type_label(row)})


def pick_type(request: HttpRequest) -> HttpResponseBase:
    """In place of "add": which kind of question? Without a choice to make it leads on at once."""
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
    meta = kind.model._meta
    return bool(request.user.has_perm(f"{meta.app_label}.add_{meta.model_name}"))


class BankUsageView(UsageView):
    """Of any row: where a question is used can be read without its plugin."""

    def get_object(self) -> Question:
        return row_or_404(str(self.kwargs["pk"]))

    def get_page_subtitle(self) -> str:
        # Here too: an editor may come from a quiz, and not from the list that says it.
        title: str = super().get_page_subtitle()
        missing = question_types.get(self.object.type_key) is None
        return f"{title} · {type_label(self.object)}" if missing else title

    def get_edit_url(self, instance: Any) -> str | None:
        return reverse("wagtailsnippets_bdhvs_quiz_question:edit", args=[quote(instance.pk)])


class _Choosable:
    """Only what can be asked is offered; as the base class, so that pages are full and the queries few."""

    def get_object_list(self) -> QuerySet[Question]:
        kinds = [kind.key for kind in question_types]
        return Question.objects.non_polymorphic().filter(type_key__in=kinds)

    @property
    def columns(self) -> list[Any]:
        columns: list[Any] = super().columns  # type: ignore[misc]
        return [*columns, Column("type_key", label=gettext_lazy("Type"), accessor=type_label)]


class BankChooseView(_Choosable, ChooseView):
    pass


class BankChooseResultsView(_Choosable, ChooseResultsView):
    pass


class _ChosenRows:
    def get_object(self, pk: Any) -> Question:
        return Question.objects.non_polymorphic().get(pk=pk)

    def get_objects(self, pks: Any) -> QuerySet[Question]:
        return Question.objects.non_polymorphic().filter(pk__in=pks)


class BankChosenView(_ChosenRows, SnippetChosenView):
    pass


class BankChosenMultipleView(_ChosenRows, SnippetChosenMultipleView):
    pass


class QuestionChooser(AdminSnippetChooser):
    """Shows what a quiz holds, even when its type is missing: `objects` would say there is nothing."""

    def get_instance(self, value: Any) -> Any:
        if value is None or isinstance(value, Question):
            return value
        # A form that somebody wrote by hand may say anything here.
        if not re.fullmatch(r"[0-9]{1,18}", str(value)):
            return None
        return Question.objects.non_polymorphic().filter(pk=value).first()

    def get_value_data_from_instance(self, instance: Any) -> dict[str, Any]:
        # The base's address leads on to the type's form, or says that its plugin is missing.
        data: dict[str, Any] = super().get_value_data_from_instance(instance)
        data["edit_url"] = reverse("wagtailsnippets_bdhvs_quiz_question:edit", args=[quote(instance.pk)])
        if question_types.get(instance.type_key) is None:
            data["string"] = f"{instance} · {type_label(instance)}"
        return data


class BankChooserViewSet(SnippetChooserViewSet):
    choose_view_class = BankChooseView
    choose_results_view_class = BankChooseResultsView
    chosen_view_class = BankChosenView
    chosen_multiple_view_class = BankChosenMultipleView
    base_widget_class = QuestionChooser


class BankViewSet(SnippetViewSet):
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


class QuestionCopyView(CopyView):
    """Wagtail gives the copy's form the original itself: a POST would overwrite it. This gives it somebody new."""

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
            ],
        )
        new.translation_key = uuid.uuid4()
        new.live = False
        new.has_unpublished_changes = True
        return new

    def get_add_url(self) -> str:
        # The form posts here again: the add address would begin with an empty question.
        return self.request.path


class TypeViewSet(SnippetViewSet):
    """Forms of one question type. Its list is the bank's, filtered."""

    copy_view_enabled = True
    copy_view_class = QuestionCopyView
    add_to_admin_menu = False

    @property
    def index_view(self) -> Any:
        return self._to_bank

    def _to_bank(self, request: HttpRequest) -> HttpResponseBase:
        kind = self.model.kind
        return redirect(reverse("wagtailsnippets_bdhvs_quiz_question:list") + f"?type_key={kind}")


def viewset_for(kind: QuestionType) -> TypeViewSet:
    """The forms of a registered type, built-in or a stranger's."""
    return TypeViewSet(model=kind.model, icon=kind.icon, menu_item_is_registered=True)
