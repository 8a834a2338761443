"""The bank's list: all types, filters, and a search that ignores diacritics. The number of queries does not depend on
the
number of rows."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import quote
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column, LocaleColumn, TitleColumn, UpdatedAtColumn
from wagtail.admin.widgets import HeaderButton
from wagtail.models import Collection, Locale
from wagtail.permission_policies.collections import CollectionManagementPermissionPolicy
from wagtail.snippets.views.snippets import IndexView as SnippetIndexView

from bdhvs_lms.plugins.api import question_types
from bdhvs_quiz.bank.access import visible
from bdhvs_quiz.bank.filters import BankFilterSet
from bdhvs_quiz.bank.rows import TypeColumn, found_by, status_label
from bdhvs_quiz.models import Question

LIST = "wagtailsnippets_bdhvs_quiz_question:list"
TO_MANAGE = ("add", "change", "delete")
LEFT = "bdhvs_quiz_bank_list"
"""In the session: how the list was filtered, searched and sorted when it was last seen."""


def as_left(request: HttpRequest, otherwise: str = "") -> str:
    """Return the address of the list as this user left it; `otherwise`: the query for a user who has not seen it."""
    query = request.session.get(LEFT, otherwise)
    return reverse(LIST) + (f"?{query}" if query else "")


def used_label(row: Any) -> str:
    """Return the number of quizzes that hold a row of the list, and how many of them are not published."""
    if row.quizzes == row.live_quizzes:
        return str(row.quizzes)
    drafts = row.quizzes - row.live_quizzes
    return _("%(count)s (%(drafts)s not published)") % {"count": row.quizzes, "drafts": drafts}


def _usage_address(row: Question) -> str:
    return reverse("wagtailsnippets_bdhvs_quiz_question:usage", args=[quote(row.pk)])


def _category_name(row: Question) -> str:
    return "" if row.collection.is_root() else str(row.collection.name)


class BankIndexView(SnippetIndexView):
    filterset_class = BankFilterSet

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        query = request.META.get("QUERY_STRING", "")
        if request.session.get(LEFT, "") != query:
            request.session[LEFT] = query
        response: HttpResponseBase = super().get(request, *args, **kwargs)
        return response

    def get_base_queryset(self) -> QuerySet[Question]:
        rows = Question.objects.rows().select_related("latest_revision", "locale", "collection")
        return visible(rows, self.request.user).annotate(
            quizzes=Count("quiz_items"), live_quizzes=Count("quiz_items", filter=Q(quiz_items__page__live=True))
        )

    @cached_property
    def header_buttons(self) -> list[Any]:
        buttons: list[Any] = list(super().header_buttons)
        if self.add_url:
            address = reverse("bdhvs_quiz_import")
            buttons.append(HeaderButton(_("Import questions"), url=address, icon_name="upload"))
        address = f"{reverse('bdhvs_quiz_bank_export')}?{self.request.GET.urlencode()}"
        buttons.append(HeaderButton(_("Export questions"), url=address, icon_name="download"))
        if CollectionManagementPermissionPolicy(Collection).user_has_any_permission(self.request.user, TO_MANAGE):
            address = reverse("wagtailadmin_collections:index")
            buttons.append(HeaderButton(_("Categories"), url=address, icon_name="folder-open-1"))
        return buttons

    def search_queryset(self, queryset: QuerySet[Question]) -> QuerySet[Question]:
        # Not by Wagtail's index: it knows no Vietnamese, and finds "dien thoai" nowhere.
        return found_by(queryset, self.search_query) if self.is_searching else queryset

    @cached_property
    def columns(self) -> list[Any]:
        return [
            BulkActionsCheckboxColumn("bulk_actions", obj_type="snippet"),
            self._get_title_column("__str__"),
            *([LocaleColumn()] if self.i18n_enabled and Locale.objects.count() > 1 else []),
            TypeColumn(sort_key="type_key"),
            Column("collection", label=gettext_lazy("Category"), accessor=_category_name, sort_key="collection__path"),
            TitleColumn(
                "quizzes",
                label=gettext_lazy("Used in quizzes"),
                accessor=used_label,
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
