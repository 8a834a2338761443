"""Choosing questions of the bank for a quiz: one chooser for all types."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.contrib.admin.utils import quote
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import VERSION
from wagtail.snippets.views.chooser import (
    ChooseResultsView,
    ChooseView,
    SnippetChooserViewSet,
    SnippetChosenMultipleView,
    SnippetChosenView,
)
from wagtail.snippets.widgets import AdminSnippetChooser

from bdhvs_lms.base.api import row_number
from bdhvs_lms.plugins.api import question_types
from bdhvs_quiz.bank.access import OfTheBank, visible
from bdhvs_quiz.bank.filters import categories_of, in_category
from bdhvs_quiz.bank.quick import QuickCreateView, QuickQuestionForm, kinds_for
from bdhvs_quiz.bank.rows import TypeColumn, found_by, type_label
from bdhvs_quiz.models import Question


def _installed() -> list[tuple[str, str]]:
    return [("", _("All types")), *((kind.key, capfirst(str(kind.label))) for kind in question_types)]


def _first_no(label: Any, choices: list[tuple[str, str]]) -> list[tuple[str, Any]]:
    return [("", label), *choices]


class BankSearch(forms.Form):
    """A search form that comes before Wagtail's own filter form in the bases: that one's search knows no diacritics."""

    user: Any = None
    category = forms.ChoiceField(
        label=gettext_lazy("Category"),
        required=False,
        widget=forms.Select(attrs={"data-chooser-modal-search-filter": True}),
    )

    type_key = forms.ChoiceField(
        label=gettext_lazy("Type"),
        choices=_installed,
        required=False,
        widget=forms.Select(attrs={"data-chooser-modal-search-filter": True}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = categories_of(self.user)
        if len(offered) > 1:
            self.fields["category"].choices = _first_no(_("All categories"), offered)  # type: ignore[attr-defined]
        else:
            del self.fields["category"]

    def filter(self, objects: QuerySet[Question]) -> QuerySet[Question]:
        words, kind = self.cleaned_data.pop("q", ""), self.cleaned_data.get("type_key")
        self.cleaned_data["q"] = ""
        rows: QuerySet[Question] = super().filter(objects)  # type: ignore[misc]
        if kind:
            rows = rows.filter(type_key=kind)
        if where := self.cleaned_data.get("category"):
            rows = in_category(rows, where)
        if words:
            rows = found_by(rows, words)
            self.is_searching, self.search_query = True, words
        return rows


class _Choosable(OfTheBank):
    """A view that offers only questions of installed types that the user may look at."""

    request: HttpRequest
    # Newest first: what was just written or imported is what is looked for.
    ordering = "-pk"
    template_name = "bdhvs_quiz/admin/chooser.html"
    preserve_url_parameters: ClassVar[list[str]] = ["multiple", "locale"]

    def get_object_list(self) -> QuerySet[Question]:
        return visible(Question.objects.installed().rows(), self.request.user)

    def get_filter_form_class(self) -> type[forms.Form]:
        default = super().get_filter_form_class()  # type: ignore[misc]
        return type("BankFilterForm", (BankSearch, default), {"user": self.request.user})

    @property
    def columns(self) -> list[Any]:
        columns: list[Any] = super().columns  # type: ignore[misc]
        return [*columns, TypeColumn()]


class BankChooseView(_Choosable, ChooseView):
    """A chooser view; where several questions are chosen, a new one can be written too."""

    creation_form_template_name = "bdhvs_quiz/admin/quick_question.html"

    def can_create(self) -> bool:
        return bool(self.is_multiple_choice and kinds_for(self.request.user))

    def get_creation_form(self) -> QuickQuestionForm:
        return QuickQuestionForm(user=self.request.user)


class BankChooseResultsView(_Choosable, ChooseResultsView):
    pass


class _ChosenRows(OfTheBank):
    request: HttpRequest

    def get_object(self, pk: Any) -> Question:
        return visible(Question.objects.rows(), self.request.user).get(pk=pk)

    def get_objects(self, pks: Any) -> list[Question]:
        """Return the rows in the order in which they were chosen, each once.
        What is ticked in the list comes first, and once more in the order of ticking."""
        given = [number for pk in pks if (number := row_number(pk))]
        numbers = list(dict.fromkeys(reversed(given)))[::-1]
        found = {row.pk: row for row in visible(Question.objects.rows(), self.request.user).filter(pk__in=numbers)}
        return [found[number] for number in numbers if number in found]


class BankChosenView(_ChosenRows, SnippetChosenView):
    pass


class BankChosenMultipleView(_ChosenRows, SnippetChosenMultipleView):
    pass


class QuestionChooser(AdminSnippetChooser):
    """A chooser that shows a quiz's question even if its type is missing: `objects` would find nothing."""

    language = ""
    """What the list of questions is filtered by at first; all others are there too."""

    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(js=["bdhvs_quiz/chooser.js"], css={"all": ["bdhvs_quiz/chooser.css"]})

    def get_chooser_modal_url(self) -> str:
        address: str = super().get_chooser_modal_url()
        return f"{address}?{urlencode({'locale': self.language})}" if self.language else address

    def get_instance(self, value: Any) -> Any:
        if value is None or isinstance(value, Question):
            return value
        # A form that somebody wrote by hand may say anything here.
        return Question.objects.rows().filter(pk=number).first() if (number := row_number(value)) else None

    def get_value_data_from_instance(self, instance: Any) -> dict[str, Any]:
        # The base's address leads on to the type's form, or says that its plugin is missing.
        data: dict[str, Any] = super().get_value_data_from_instance(instance)
        data["edit_url"] = reverse("wagtailsnippets_bdhvs_quiz_question:edit", args=[quote(instance.pk)])
        if question_types.get(instance.type_key) is None:
            data["string"] = f"{instance} · {type_label(instance)}"
        return data


class _QuestionChooser(QuestionChooser):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(model=Question, **kwargs)


class BankChooserViewSet(SnippetChooserViewSet):
    choose_view_class = BankChooseView
    choose_results_view_class = BankChooseResultsView
    chosen_view_class = BankChosenView
    chosen_multiple_view_class = BankChosenMultipleView
    base_widget_class = QuestionChooser

    if VERSION < (8,):
        # Wagtail 7.4 takes no base, and has one widget for all forms, in the language of the first.
        widget_class = _QuestionChooser

    create_view_class = QuickCreateView
    creation_tab_label = gettext_lazy("Write a question")
