"""Choosing an uploaded activity for a page: with its weight, and only what learners could be shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.chooser import (
    ChooseResultsView,
    ChooseView,
    SnippetChooserViewSet,
    SnippetChosenMultipleView,
    SnippetChosenView,
)

from bdhvs_content.api import policy_of
from bdhvs_h5p.admin.columns import state_of, weight_words
from bdhvs_h5p.models import H5PContent
from bdhvs_h5p.queries import contents, found_by

RIGHTS = ("add", "change", "delete", "view")


class _OfEditors:
    """Mixin that asks for the editors' permission: Wagtail's choosers ask for access to the admin and no more. Comes
    first in the bases."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not policy_of(H5PContent).user_has_any_permission(request.user, RIGHTS):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response


class _Search(forms.Form):
    """Search that ignores diacritics, unlike Wagtail's. Comes before Wagtail's own filter form in the bases."""

    def filter(self, objects: QuerySet[H5PContent]) -> QuerySet[H5PContent]:
        words = self.cleaned_data.pop("q", "")
        self.cleaned_data["q"] = ""
        rows: QuerySet[H5PContent] = super().filter(objects)  # type: ignore[misc]
        if words:
            rows = found_by(rows, words)
            self.is_searching, self.search_query = True, words
        return rows


class _Listed(_OfEditors):
    def get_filter_form_class(self) -> type[forms.Form]:
        default = super().get_filter_form_class()  # type: ignore[misc]
        return type("H5PFilterForm", (_Search, default), {})

    def get_object_list(self) -> QuerySet[H5PContent]:
        return contents().order_by("-created_at")

    @property
    def columns(self) -> list[Any]:
        columns: list[Any] = super().columns  # type: ignore[misc]
        return [
            *columns,
            Column("weight", label=gettext_lazy("Weight"), accessor=weight_words),
            Column("state", label=gettext_lazy("Status"), accessor=state_of),
        ]


class H5PChooseView(_Listed, ChooseView):
    pass


class H5PChooseResultsView(_Listed, ChooseResultsView):
    pass


class H5PChosenView(_OfEditors, SnippetChosenView):
    pass


class H5PChosenMultipleView(_OfEditors, SnippetChosenMultipleView):
    pass


class H5PChooserViewSet(SnippetChooserViewSet):
    choose_view_class = H5PChooseView
    choose_results_view_class = H5PChooseResultsView
    chosen_view_class = H5PChosenView
    chosen_multiple_view_class = H5PChosenMultipleView

    def get_urlpatterns(self) -> list[URLPattern]:
        # A file is not uploaded in the dialog: it is checked, and may have to wait.
        return [found for found in super().get_urlpatterns() if found.name != "create"]
