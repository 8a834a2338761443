"""Editors' pages of uploaded activities: list, upload, replace, delete."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.admin.utils import quote
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, ObjectList, Panel
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.log_actions import log
from wagtail.snippets.views.snippets import CreateView, DeleteView, EditView, IndexView, SnippetViewSet

from bdhvs_h5p import actions, uploads
from bdhvs_h5p.admin.choosing import H5PChooserViewSet
from bdhvs_h5p.admin.columns import kind_of, state_of, weight_words
from bdhvs_h5p.admin.deleting import DeletesUnused
from bdhvs_h5p.admin.download import download
from bdhvs_h5p.forms import H5PContentForm
from bdhvs_h5p.models import H5PContent
from bdhvs_h5p.queries import about_content, contents, found_by, uses_of
from bdhvs_h5p.sentences import sentences
from bdhvs_h5p.weight import LIGHT, MEDIUM
from bdhvs_lms.base.api import now, post_once

INSTALL = "bdhvs_h5p.install_libraries"
STATES = {
    "ready": (gettext_lazy("Ready"), Q(number__isnull=False)),
    "waiting": (gettext_lazy("Awaiting approval"), Q(waits=True)),
}
WEIGHTS = {
    "light": (gettext_lazy("light"), Q(weight__lte=LIGHT)),
    "medium": (gettext_lazy("medium"), Q(weight__gt=LIGHT, weight__lte=MEDIUM)),
    "heavy": (gettext_lazy("heavy"), Q(weight__gt=MEDIUM)),
}


class ContentFilterSet(WagtailFilterSet):
    state = ChoiceFilter(
        label=gettext_lazy("Status"), choices=[(key, one[0]) for key, one in STATES.items()], method="by_state"
    )
    heaviness = ChoiceFilter(
        label=gettext_lazy("Weight"), choices=[(key, one[0]) for key, one in WEIGHTS.items()], method="by_weight"
    )

    class Meta:
        model = H5PContent
        fields: ClassVar[list[str]] = []

    def by_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(STATES[value][1])

    def by_weight(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(WEIGHTS[value][1])


class ContentList(IndexView):
    filterset_class = ContentFilterSet
    default_ordering = "-created_at"
    add_item_label = gettext_lazy("Upload")

    def get_base_queryset(self) -> QuerySet[H5PContent]:
        return contents()

    def search_queryset(self, queryset: QuerySet[H5PContent]) -> QuerySet[H5PContent]:
        # Not by Wagtail's index: it knows no Vietnamese, and finds "mat khau" nowhere.
        return found_by(queryset, self.search_query) if self.is_searching else queryset

    @cached_property
    def columns(self) -> list[Any]:
        # Operators bring packages and see this list; pages are editors'.
        may_look = self.permission_policy.user_has_permission(self.request.user, "change")
        # No checkboxes: deleting asks what uses the activity, one by one.
        return [
            self._get_title_column("__str__"),
            Column("kind", label=gettext_lazy("Kind"), accessor=kind_of, sort_key="main_name"),
            Column("weight", label=gettext_lazy("Weight"), accessor=weight_words, sort_key="weight"),
            Column("state", label=gettext_lazy("Status"), accessor=state_of),
            TitleColumn(
                "page_count",
                label=gettext_lazy("Pages used on"),
                accessor="page_count",
                get_url=lambda row: _address("usage", row) if may_look and row.page_count else None,
                sort_key="page_count",
            ),
            DateColumn("created_at", label=gettext_lazy("Uploaded on"), sort_key="created_at"),
        ]


def _address(name: str, row: Any) -> str:
    return reverse(f"wagtailsnippets_bdhvs_h5p_h5pcontent:{name}", args=[quote(row.pk)])


class _Uploading:
    """Mixin that stores what the form brings; a refused package brings the form back with what is wrong with it.

    Not in a transaction as Wagtail's views: a large package is read for seconds.
    """

    request: HttpRequest
    form: Any

    @cached_property
    def at(self) -> datetime:
        return now()

    def receive(self, form: Any, content: H5PContent | None) -> Any:
        file = form.cleaned_data["package"]
        return uploads.receive(
            file.file,
            file_name=file.name,
            may_install=self.request.user.has_perm(INSTALL),
            at=self.at,
            content=content,
            title=form.cleaned_data["title"],
        )

    def answer(self, form: Any, outcome: Any, action: str) -> HttpResponseBase:
        if isinstance(outcome, uploads.Refused):
            form.add_error("package", ValidationError(sentences(outcome.report.findings)))
            self.produced_error_message = _("This file was rejected because it has problems.")
            return self.form_invalid(form)
        if isinstance(outcome, uploads.Parked):
            content = outcome.waiting.content
            messages.warning(
                self.request,
                _(
                    "“%(title)s” was uploaded and is awaiting approval: it contains libraries that are new "
                    "to this site and must be approved by an operator. No action is needed from you."
                )
                % {"title": content},
            )
            data = {"file": outcome.waiting.file_name, "waits": True}
        else:
            content = outcome.version.content
            messages.success(self.request, self.success_text(outcome), buttons=self.get_success_buttons())
            data = {
                "file": form.cleaned_data["package"].name,
                "number": outcome.version.number,
                "installed": [f"{one.id}.{one.patch}" for one in outcome.installed],
            }
        log(instance=content, action=action, user=self.request.user, data=data, content_changed=True)
        return self.onward(_address("edit", content))

    def success_text(self, outcome: uploads.Stored) -> str:
        if outcome.version.created_at != self.at:
            return _("This is the file that “%(title)s” has already: nothing was changed.") % {
                "title": outcome.version.content
            }
        if outcome.version.number > 1:
            return _(
                "“%(title)s” has a new file. Learners will see it on pages that are "
                "republished. Existing results are kept."
            ) % {"title": outcome.version.content}
        return _("“%(title)s” was uploaded. You can now add it to a course page.") % {"title": outcome.version.content}

    def get_success_buttons(self) -> list[Any]:
        return []

    def onward(self, address: str) -> HttpResponseBase:
        return JsonResponse({"location": address}) if self._by_script else redirect(address)

    @property
    def _by_script(self) -> bool:
        return self.request.headers.get("X-Requested-With") == "XMLHttpRequest"

    def form_invalid(self, form: Any) -> HttpResponse:
        if self._by_script:
            lines = [str(error) for name in form.errors for error in form.errors[name]]
            return JsonResponse({"errors": lines}, status=422)
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = 422
        return response


@post_once
class UploadView(_Uploading, CreateView):
    page_title = gettext_lazy("Upload")

    def form_valid(self, form: Any) -> HttpResponseBase:
        self.form = form
        self.object = None
        return self.answer(form, self.receive(form, None), "wagtail.create")


class ContentEditView(_Uploading, EditView):
    """Change of the name, or replacement of the file."""

    def form_valid(self, form: Any) -> HttpResponseBase:
        self.form = form
        if form.cleaned_data["package"] is not None:
            outcome = self.receive(form, self.object)
            if isinstance(outcome, uploads.Refused):
                return self.answer(form, outcome, "wagtail.edit")
            actions.rename(self.object, form.cleaned_data["title"])
            return self.answer(form, outcome, "wagtail.edit")
        actions.rename(self.object, form.cleaned_data["title"])
        log(instance=self.object, action="wagtail.edit", user=self.request.user, content_changed=True)
        messages.success(self.request, _("“%(title)s” was saved.") % {"title": self.object})
        return self.onward(_address("edit", self.object))


class ContentDeleteView(DeletesUnused, DeleteView):
    """Deletion of a content. A page's draft that names it shows that nothing is chosen."""

    template_name = "bdhvs_h5p/admin/content_delete.html"
    find_uses = staticmethod(uses_of)
    remove = staticmethod(actions.delete_content)


class AboutContentPanel(Panel):
    """Panel above the form of an uploaded activity: its weight, its file, what waits."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "bdhvs_h5p/admin/about_content.html"

        def is_shown(self) -> bool:
            return bool(self.instance.pk)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            return {**super().get_context_data(parent_context), **about_content(self.instance, self.request.user)}


class H5PContentViewSet(SnippetViewSet):
    model = H5PContent
    icon = "pick"
    menu_label = gettext_lazy("H5P activities")
    menu_name = "h5p-activities"
    menu_order = 250
    add_to_admin_menu = True
    index_view_class = ContentList
    add_view_class = UploadView
    edit_view_class = ContentEditView
    delete_view_class = ContentDeleteView
    chooser_viewset_class = H5PChooserViewSet
    copy_view_enabled = False
    list_per_page = 50

    def get_edit_handler(self) -> Any:
        fields = [AboutContentPanel(), FieldPanel("title"), FieldPanel("package")]
        return ObjectList(fields, base_form_class=H5PContentForm).bind_to_model(self.model)

    @cached_property
    def delete_template_name(self) -> Any:
        # Else Wagtail's own, which every snippet's delete view is given.
        return ContentDeleteView.template_name

    def get_urlpatterns(self) -> list[URLPattern]:
        return [*super().get_urlpatterns(), path("download/<str:pk>/", download, name="download")]
