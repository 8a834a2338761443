"""Confirmations on VNeID, as lists of others have them: to read, and a list to import. Every look is logged."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import HeaderButton

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.admin.imports import ImportingViewSet, ImportPage
from bdhvs_lms.base.admin.viewsets import RecordList, column, day
from bdhvs_lms.base.api import Preview, allowed, now
from bdhvs_lms.competency.confirming.models import VneidConfirmation
from bdhvs_lms.competency.confirming.vneid import PERMISSION, VneidImporter


class VneidImport(ImportPage):
    importer = VneidImporter

    def shown(self, preview: Preview, content: bytes, options: forms.Form) -> HttpResponse:
        if preview.named:
            log_access(user=self.request.user, actors=preview.named, page="vneid-import", at=now())
        return super().shown(preview, content, options)


class VneidList(RecordList):
    request: HttpRequest
    import_url_name = ""

    @cached_property
    def header_buttons(self) -> list[Any]:
        buttons = list(super().header_buttons)
        if allowed(self.request.user, PERMISSION):
            address = reverse(self.import_url_name)
            buttons.append(HeaderButton(_("Import from a file"), url=address, icon_name="upload"))
        return buttons

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        shown = [row.learner.actor for row in context["object_list"]]
        if shown:
            page = f"vneid-{self.request.GET['export']}" if self.is_export else "vneid"
            log_access(user=self.request.user, actors=shown, page=page, at=now())
        return context


def _name(row: VneidConfirmation) -> str:
    person = getattr(row.learner.whole, "person", None)
    return person.full_name if person is not None else ""


class VneidViewSet(ImportingViewSet):
    model = VneidConfirmation
    name = "vneid"
    url_prefix = "lop-hoc/vneid"
    icon = "check"
    pages = ("index",)
    index_view_class = VneidList
    import_page = VneidImport
    related = ("learner__person", "learner__merged_into__person", "entered_by")
    ordering = ("-as_of", "-entered_at", "-pk")
    list_display = (
        column("full_name", gettext_lazy("Full name"), _name),
        column("confirmed", gettext_lazy("Confirmed on VNeID"), lambda row: _("yes") if row.confirmed else _("no")),
        column("confirmed_on", gettext_lazy("Day of confirmation"), day("confirmed_on")),
        column("as_of", gettext_lazy("As of"), day("as_of"), sort="as_of"),
        column("source", gettext_lazy("Source"), width="30%"),
    )
