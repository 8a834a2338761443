"""Viewsets of declared data: only the pages that are named, each behind its permission, writing through actions only.

Wagtail's model viewsets have nine pages and write the model themselves. Ours have the pages that the data allows (an
append-only table has neither "edit" nor "delete"), and a form hands what was typed to the action that owns the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log

from bdhvs_lms.base.api import format_number, guarded, now, post_once


def day(field: str) -> Callable[[Any], str]:
    """Return a column's accessor: `day_text` of this field."""
    return lambda row: day_text(getattr(row, field))


def day_text(value: date | None) -> str:
    """Write a day, or a moment's day here (before seven in the morning it is the day before in UTC), short; empty for
    None."""
    if value is None:
        return ""
    return date_format(localtime(value) if isinstance(value, datetime) else value, "SHORT_DATE_FORMAT")


def number(field: str) -> Callable[[Any], str]:
    """Return a column's accessor: the number as the language writes it; empty where there is none."""

    def written(row: Any) -> str:
        value = getattr(row, field)
        return "" if value is None else format_number(value)

    return written


def column(name: str, label: Any, accessor: Any = None, *, sort: str | None = None, width: str = "") -> Column:
    return Column(name, label=label, accessor=accessor or name, sort_key=sort, width=width or None)


class RecordList(generic.IndexView):
    """A list; `related` is selected along, so that its cost does not grow with its rows.

    exported: the columns of the file, where they are not those of the screen.
    """

    related: ClassVar[tuple[str, ...]] = ()
    exported: ClassVar[tuple[Column, ...]] = ()

    @cached_property
    def columns(self) -> list[Any]:
        """Return the columns, all made by `column`; the first one leads to the row's page, where there is one."""
        first, *others = self.list_display
        leads = self._get_title_column_class(TitleColumn)(
            first.name,
            label=first.label,
            accessor=first.accessor,
            sort_key=first.sort_key,
            width=first.width,
            get_url=self._address,
            # By it the box that picks the row is called.
            get_title_id=lambda row: f"row_{row.pk}_title",
        )
        return [leads, *others]

    def _address(self, row: Any) -> str | None:
        address: str | None = self.get_edit_url(row) or self.get_inspect_url(row)
        return address

    def as_spreadsheet(self, queryset: Any, spreadsheet_format: str) -> Any:
        """Send, for `?export=`, the columns (or `exported`) and rows of the screen, all pages of them."""
        self.list_export = [one.name for one in self._in_file]
        return super().as_spreadsheet(queryset, spreadsheet_format)

    @property
    def _in_file(self) -> Any:
        return self.exported or self.list_display

    def get_filename(self) -> str:
        # ASCII, and nobody's name.
        return str(self.model._meta.model_name)

    def get_heading(self, queryset: Any, field: str) -> str:
        return next(str(one.label) for one in self._in_file if one.name == field)

    def to_row_dict(self, item: Any) -> dict[str, Any]:
        return {one.name: self._as_text(one.get_value(item)) for one in self._in_file}

    @staticmethod
    def _as_text(value: Any) -> str:
        return "" if value is None else str(value)

    def stream_csv(self, queryset: Any) -> Iterator[bytes]:
        # The mark by which Excel knows the letters.
        yield b"\xef\xbb\xbf"
        yield from super().stream_csv(queryset)

    def write_csv_row(self, writer: Any, row_dict: dict[str, Any]) -> Any:
        return writer.writerow({name: guarded(text) for name, text in row_dict.items()})

    def get_base_queryset(self) -> models.QuerySet[Any]:
        rows = super().get_base_queryset()
        return rows.select_related(*self.related) if self.related else rows


class _Refusable:
    """A form that the action refuses is shown again with what the action said; nothing that was typed is lost."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)  # type: ignore[misc]
        except ValidationError as refused:
            form.refuse(refused)
            self.produced_error_message = self.get_error_message()  # type: ignore[attr-defined]
            return self.form_invalid(form)  # type: ignore[attr-defined]


class _ByAction(_Refusable):
    """`perform(form)` calls the action and returns the row that it made or changed."""

    logged: ClassVar[dict[str, Any]]
    log_data: dict[str, Any] | None = None
    """What the log keeps of what changed; nobody's name."""

    def perform(self, form: Any) -> models.Model:
        raise NotImplementedError

    @property
    def stamp(self) -> dict[str, Any]:
        """Return `at` and `by`, which every action wants."""
        return {"at": now(), "by": self.request.user}  # type: ignore[attr-defined]

    def log_title(self, row: Any) -> str:
        """Return the log's name of the row; never a person's name, because the log outlives the person's erasure."""
        return str(row)

    def save_instance(self) -> models.Model:
        row = self.perform(self.form)  # type: ignore[attr-defined]
        user = self.request.user  # type: ignore[attr-defined]
        log(instance=row, user=user, title=self.log_title(row), data=self.log_data, **self.logged)
        return row

    def get_success_buttons(self) -> list[Any]:
        return []


@post_once
class RecordAdd(_ByAction, generic.CreateView):
    logged: ClassVar[dict[str, Any]] = {"action": "wagtail.create"}


class RecordEdit(_ByAction, generic.EditView):
    usage_url_name = None
    logged: ClassVar[dict[str, Any]] = {"action": "wagtail.edit", "content_changed": True}


class RecordPage(generic.InspectView):
    """A page to read about one row, with a template of its own (`facts` in its context is what it needs)."""

    page_title = _("About")
    template_name = "bdhvs_lms/admin/record.html"

    def get_fields(self) -> list[str]:
        return []

    def facts(self) -> dict[str, Any]:
        return {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **self.facts()}


class ActingPage(RecordPage):
    """A page about one row on which something is done: a form posts `do`, a key of `acts`.

    acts: by `do` the name of a method(request); it answers, or nothing: the page again. What it refuses
    (ValidationError) is said there too.
    """

    acts: ClassVar[Mapping[str, str]] = {}

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        do = self.acts.get(request.POST.get("do", ""))
        try:
            if do is None:
                raise ValidationError(gettext("Choose an action."))
            answer: HttpResponse | None = getattr(self, do)(request)
        except ValidationError as refused:
            answer = None
            for text in refused.messages:
                messages.error(request, text)
        return answer or redirect(request.path)


class RecordViewSet(ModelViewSet):
    """Declared data of one model.

    pages: names of Wagtail's pages that exist here, of index, add, edit, delete, history, inspect.
    add_form, edit_form: the forms, where there are such pages.
    """

    pages: ClassVar[tuple[str, ...]] = ("index",)
    related: ClassVar[tuple[str, ...]] = ()
    exported: ClassVar[tuple[Column, ...]] = ()
    add_form: ClassVar[Any] = None
    edit_form: ClassVar[Any] = None
    index_view_class = RecordList
    copy_view_enabled = False
    sort_order_field = None
    # Nobody is sent from one to the rows that name it by Wagtail's index: database constraints guard them.
    add_to_reference_index = False
    list_per_page = 50

    @property
    def inspect_view_enabled(self) -> bool:
        return "inspect" in self.pages

    def get_form_class(self, for_update: bool = False) -> Any:
        return self.edit_form if for_update else self.add_form

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        shared = super().get_common_view_kwargs(**kwargs)
        for page in ("add", "edit", "delete", "history", "usage", "copy", "inspect"):
            if page not in self.pages:
                shared[f"{page}_url_name"] = None
        return shared

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_index_view_kwargs(**{"related": self.related, "exported": self.exported, **kwargs})

    def extra_urlpatterns(self) -> list[URLPattern]:
        return []

    def get_urlpatterns(self) -> list[URLPattern]:
        kept = {*self.pages, "index_results"} | ({"history_results"} if "history" in self.pages else set())
        return [found for found in super().get_urlpatterns() if found.name in kept] + self.extra_urlpatterns()

    def register_admin_url_finder(self) -> None:
        if "edit" in self.pages:
            super().register_admin_url_finder()

    @property
    def menu_label(self) -> Any:
        return capfirst(self.model_opts.verbose_name_plural)

    def route(self, address: str, view: Any, name: str) -> URLPattern:
        return path(address, self.construct_view(view), name=name)
