"""The bank's list: all types, filters, a search that knows no diacritics. The same number of queries for any number."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import quote
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, LocaleColumn, TitleColumn, UpdatedAtColumn
from wagtail.models import Locale
from wagtail.snippets.views.snippets import IndexView as SnippetIndexView

from bdhvs_lms.competency.api import Competency
from bdhvs_lms.plugins.api import question_types
from bdhvs_quiz.bank.rows import found_by, status_label, type_label
from bdhvs_quiz.models import Question, QuizAlignment, QuizItem

STATUSES = {
    "draft": (gettext_lazy("Draft"), Q(live=False)),
    "live": (gettext_lazy("Published"), Q(live=True, has_unpublished_changes=False)),
    "newer": (gettext_lazy("Published, with unpublished changes"), Q(live=True, has_unpublished_changes=True)),
}


def type_choices() -> list[tuple[str, str]]:
    """Installed types, and those that only old rows name."""
    known = {kind.key: capfirst(str(kind.label)) for kind in question_types}
    named = Question.objects.rows().values_list("type_key", flat=True).distinct()
    for key in named:
        known.setdefault(key, _("Plugin missing: %(key)s") % {"key": key})
    return sorted(known.items(), key=lambda pair: pair[1])


def _competency_choices() -> list[tuple[str, str]]:
    """Those that quizzes are aligned with; codes repeat between frameworks."""
    rows = Competency.objects.filter(pk__in=QuizAlignment.objects.values("competency")).select_related("framework")
    return [(str(row.pk), f"{row.code} {row.label_vi} · {row.framework}") for row in rows.order_by("framework", "pk")]


class BankFilterSet(WagtailFilterSet):
    type_key = ChoiceFilter(label=gettext_lazy("Type"), choices=type_choices)
    status = ChoiceFilter(
        label=gettext_lazy("Status"),
        choices=[(name, label) for name, (label, _condition) in STATUSES.items()],
        method="by_status",
    )
    used = ChoiceFilter(
        label=gettext_lazy("Used in quizzes"),
        choices=[("yes", gettext_lazy("Used in at least one quiz")), ("no", gettext_lazy("Not used in any quiz"))],
        method="by_use",
    )
    competency = ChoiceFilter(
        label=gettext_lazy("Competency of the quizzes"), choices=_competency_choices, method="by_competency"
    )

    class Meta:
        model = Question
        fields = ["type_key"]

    def by_status(self, rows: QuerySet[Question], name: str, value: str) -> QuerySet[Question]:
        return rows.filter(STATUSES[value][1])

    def by_use(self, rows: QuerySet[Question], name: str, value: str) -> QuerySet[Question]:
        used = Exists(QuizItem.objects.filter(question=OuterRef("pk")))
        return rows.filter(used if value == "yes" else ~used)

    def by_competency(self, rows: QuerySet[Question], name: str, value: str) -> QuerySet[Question]:
        items = QuizItem.objects.filter(question=OuterRef("pk"), page__alignments__competency=value)
        return rows.filter(Exists(items))


def _usage_address(row: Question) -> str:
    return reverse("wagtailsnippets_bdhvs_quiz_question:usage", args=[quote(row.pk)])


class BankIndexView(SnippetIndexView):
    filterset_class = BankFilterSet

    def get_base_queryset(self) -> QuerySet[Question]:
        rows = Question.objects.rows().select_related("latest_revision", "locale")
        return rows.annotate(quizzes=Count("quiz_items"))

    def search_queryset(self, queryset: QuerySet[Question]) -> QuerySet[Question]:
        # Not by Wagtail's index: it knows no Vietnamese, and finds "dien thoai" nowhere.
        return found_by(queryset, self.search_query) if self.is_searching else queryset

    @cached_property
    def columns(self) -> list[Any]:
        # No checkboxes: actions on many rows of several types at once are what the bank's guards are about.
        return [
            self._get_title_column("__str__"),
            *([LocaleColumn()] if self.i18n_enabled and Locale.objects.count() > 1 else []),
            Column("type_key", label=gettext_lazy("Type"), accessor=type_label, sort_key="type_key"),
            TitleColumn(
                "quizzes",
                label=gettext_lazy("Used in quizzes"),
                accessor="quizzes",
                get_url=lambda row: _usage_address(row) if row.quizzes else None,
                sort_key="quizzes",
            ),
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
