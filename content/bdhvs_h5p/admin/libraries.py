"""Operators' pages: libraries that are installed, and packages that wait until theirs may be."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import log
from wagtail.log_actions import registry as log_registry

from bdhvs_content.api import size_words
from bdhvs_h5p import actions, uploads
from bdhvs_h5p.admin.deleting import DeletesUnused
from bdhvs_h5p.models import Library, WaitingPackage
from bdhvs_h5p.queries import usage_of_libraries, users_of
from bdhvs_h5p.sentences import sentences
from bdhvs_lms.base.api import account_name, now

INSTALL = "bdhvs_h5p.install_libraries"


class _OfOperators:
    """Mixin for accounts that may install libraries, and nobody else. Comes first in the bases."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(INSTALL):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response


class LibraryList(_OfOperators, generic.IndexView):
    """List of installed libraries. The users of all rows are read at once."""

    permission_required = None
    any_permission_required = None

    @cached_property
    def usage(self) -> dict[tuple[str, int, int], int]:
        return usage_of_libraries()

    @cached_property
    def columns(self) -> list[Any]:
        return [
            self._get_title_column_class(TitleColumn)(
                "title", label=gettext_lazy("Name"), sort_key="title", get_url=lambda row: None
            ),
            Column(
                "library", label=gettext_lazy("Library"), accessor=lambda row: row.machine_name, sort_key="machine_name"
            ),
            Column(
                "version", label=gettext_lazy("Version"), accessor=lambda row: f"{row.major}.{row.minor}.{row.patch}"
            ),
            Column(
                "total_bytes",
                label=gettext_lazy("Size"),
                accessor=lambda row: size_words(row.total_bytes),
                sort_key="total_bytes",
            ),
            Column("used", label=gettext_lazy("Activities using it"), accessor=self.count),
            DateColumn("installed_at", label=gettext_lazy("Installed on"), sort_key="installed_at"),
        ]

    def count(self, row: Library) -> int:
        return self.usage.get((row.machine_name, row.major, row.minor), 0)

    def get_list_buttons(self, instance: Library) -> list[Any]:
        if self.count(instance) or not self.request.user.has_perm("bdhvs_h5p.delete_library"):
            return []
        label = _("Delete “%(name)s”") % {"name": instance}
        address = reverse(self.delete_url_name, args=[quote(instance.pk)])
        return [
            Button(
                _("Delete"), url=address, classname="button button-small button-secondary", attrs={"aria-label": label}
            )
        ]


class LibraryDeleteView(_OfOperators, DeletesUnused, generic.DeleteView):
    template_name = "bdhvs_h5p/admin/library_delete.html"
    find_uses = staticmethod(users_of)
    remove = staticmethod(actions.delete_library)


class _Pages(ModelViewSet):
    """Only the pages that are named here."""

    pages: ClassVar[tuple[str, ...]] = ("index", "index_results")
    copy_view_enabled = False
    sort_order_field = None
    add_to_reference_index = False
    form_fields: ClassVar[list[str]] = []
    list_per_page = 50

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        shared = super().get_common_view_kwargs(**kwargs)
        for page in ("add", "edit", "delete", "history", "usage", "copy", "inspect"):
            if page not in self.pages:
                shared[f"{page}_url_name"] = None
        return shared

    def get_urlpatterns(self) -> list[URLPattern]:
        return [found for found in super().get_urlpatterns() if found.name in self.pages]

    def register_admin_url_finder(self) -> None:
        """Register none: no row has a form."""

    def get_menu_item(self, order: int | None = None) -> Any:
        item = super().get_menu_item(order)
        item.is_shown = lambda request: request.user.has_perm(INSTALL)
        return item


class LibraryViewSet(_Pages):
    model = Library
    name = "h5p_libraries"
    url_prefix = "h5p/thu-vien"
    icon = "code"
    menu_label = gettext_lazy("Installed libraries")
    pages = ("index", "index_results", "delete")
    index_view_class = LibraryList
    delete_view_class = LibraryDeleteView
    delete_template_name = "bdhvs_h5p/admin/library_delete.html"
    search_fields: ClassVar[list[str]] = ["title", "machine_name"]
    search_backend_name = None
    ordering = ("title", "-major", "-minor")


class WaitingList(_OfOperators, generic.IndexView):
    permission_required = None
    any_permission_required = None
    decide_url_name = ""

    def get_base_queryset(self) -> QuerySet[WaitingPackage]:
        return WaitingPackage.objects.select_related("content")

    @cached_property
    def columns(self) -> list[Any]:
        return [
            TitleColumn("content", label=gettext_lazy("Activity"), get_url=self._address),
            Column("file_name", label=gettext_lazy("File")),
            Column("size", label=gettext_lazy("Size"), accessor=lambda row: size_words(row.packed_bytes)),
            Column("installs", label=gettext_lazy("Would install"), accessor=lambda row: ", ".join(names_of(row))),
            DateColumn("uploaded_at", label=gettext_lazy("Uploaded on"), sort_key="uploaded_at"),
        ]

    def _address(self, row: WaitingPackage) -> str:
        return reverse(self.decide_url_name, args=[quote(row.pk)])


def names_of(row: WaitingPackage) -> list[str]:
    return [f"{one['machine_name']} {one['major']}.{one['minor']}.{one['patch']}" for one in row.installs]


class DecisionForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason for rejection"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Shown to the editor. Example: “The author of this library is unknown. Use Question Set instead.”"
        ),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "refuse" in self.data and not cleaned.get("reason", "").strip():
            self.add_error("reason", ValidationError(_("Enter a reason so that the editor knows what to do instead.")))
        return cleaned


class DecideView(_OfOperators, WagtailAdminTemplateMixin, FormView):
    """Approve or refuse one package that waits."""

    template_name = "bdhvs_h5p/admin/decide.html"
    form_class = DecisionForm
    page_title = gettext_lazy("Review a package")
    header_icon = "code"
    index_url_name = ""
    model: Any = WaitingPackage

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self._pk = kwargs["pk"]

    @cached_property
    def waiting(self) -> WaitingPackage:
        return get_object_or_404(WaitingPackage.objects.select_related("content"), pk=self._pk)

    def get_page_subtitle(self) -> str:
        return str(self.waiting.content)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": gettext_lazy("Pending approvals")},
            {"url": "", "label": self.page_title, "sublabel": self.get_page_subtitle()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        installs = [{**one, "size": size_words(one["bytes"])} for one in self.waiting.installs]
        return {
            **super().get_context_data(**kwargs),
            "waiting": self.waiting,
            "uploader": self._uploader(),
            "size": size_words(self.waiting.packed_bytes),
            "installs": installs,
            "index_url": reverse(self.index_url_name),
        }

    def _uploader(self) -> str:
        """Return whom to ask what it is for; empty when it was no account."""
        entries = log_registry.get_logs_for_instance(self.waiting.content).select_related("user")
        entry = next((one for one in entries if one.data.get("waits")), None)
        user = entry.user if entry is not None else None
        return "" if user is None else account_name(user)

    def form_valid(self, form: Any) -> HttpResponse:
        content = self.waiting.content
        if "refuse" in self.request.POST:
            reason = form.cleaned_data["reason"].strip()
            uploads.refuse(self.waiting)
            data = {"reason": reason, "file": self.waiting.file_name}
            log(instance=content, action="bdhvs_h5p.refuse", user=self.request.user, data=data)
            messages.success(self.request, _("“%(title)s” was rejected and its file deleted.") % {"title": content})
            return redirect(self.index_url_name)
        if "approve" not in self.request.POST:
            return redirect(self.request.path)
        try:
            outcome = uploads.approve(self.waiting, at=now())
        except uploads.Decided:
            messages.warning(self.request, _("Somebody else has decided about it meanwhile."))
            return redirect(self.index_url_name)
        except FileNotFoundError:
            form.add_error(
                None, ValidationError(_("Its file is gone: refuse it, and ask the editor to upload it again."))
            )
            return self.form_invalid(form)
        if isinstance(outcome, uploads.Refused):
            form.add_error(None, ValidationError(sentences(outcome.report.findings)))
            response: HttpResponse = self.form_invalid(form)
            response.status_code = 422
            return response
        data = {"installed": [f"{one.id}.{one.patch}" for one in outcome.installed], "file": self.waiting.file_name}
        log(instance=content, action="bdhvs_h5p.approve", user=self.request.user, data=data, content_changed=True)
        messages.success(
            self.request, _("“%(title)s” was approved. Editors can now add it to pages.") % {"title": content}
        )
        return redirect(self.index_url_name)


class WaitingViewSet(_Pages):
    model = WaitingPackage
    name = "h5p_waiting"
    url_prefix = "h5p/cho-duyet"
    icon = "time"
    menu_label = gettext_lazy("Pending approvals")
    index_view_class = WaitingList
    ordering = ("uploaded_at",)

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_index_view_kwargs(**{"decide_url_name": self.get_url_name("decide"), **kwargs})

    def get_urlpatterns(self) -> list[URLPattern]:
        decide = self.construct_view(DecideView)
        return [*super().get_urlpatterns(), path("<int:pk>/", decide, name="decide")]
