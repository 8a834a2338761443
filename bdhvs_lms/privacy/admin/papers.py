"""Signed forms on paper, for operators: people looked for by name or by class, ticked, written down in one act."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from bdhvs_lms.audit.api import PaperConsent, log_access
from bdhvs_lms.base.admin.viewsets import RecordList, RecordViewSet, column, day
from bdhvs_lms.base.api import allowed, day_of, now, post_once, row_number
from bdhvs_lms.classes.api import ClassGroup, members
from bdhvs_lms.learners.api import Learner, search_by_name
from bdhvs_lms.privacy.consent_lists import PaperDesk, Signer, signers

MATCHES = 200


class PaperList(RecordList):
    def get_base_queryset(self) -> QuerySet[PaperConsent]:
        return super().get_base_queryset().annotate(people=Count("consents__actor", distinct=True))


@post_once
class PaperAdd(WagtailAdminTemplateMixin, TemplateView):
    """`?q=` looks for people by name, `?class=` (a primary key) lists a class; POST writes down who is ticked."""

    template_name = "bdhvs_lms/admin/papers.html"
    page_title = gettext_lazy("Write down signed forms")
    header_icon = "doc-full"
    # What the viewset hands every page.
    model: Any = None
    index_url_name = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not allowed(request.user, "add_paperconsent"):
            raise PermissionDenied
        self.at = now()
        self.wanted = request.GET.get("q", "")
        self.group = ClassGroup.objects.filter(pk=row_number(request.GET.get("class", "") or "0")).first()
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        index = {"url": reverse("papers:index"), "label": _("Consent on paper")}
        return [*self.breadcrumbs_items, index, {"url": "", "label": self.page_title}]

    def _lines(self) -> list[Signer]:
        found: QuerySet[Learner] = search_by_name(self.wanted)
        if self.group is not None:
            found = members(self.group, day_of(self.at))
        return signers(found.select_related("merged_into")[:MATCHES], self.at)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        desk: PaperDesk = kwargs.get("desk") or PaperDesk(self.request, self._lines())
        if desk.lines:
            actors = [line.learner.actor for line in desk.lines]
            log_access(user=self.request.user, actors=actors, page="papers", at=self.at)
        return {
            **super().get_context_data(**kwargs),
            "wanted": self.wanted,
            "group": self.group,
            "groups": ClassGroup.objects.order_by("-starts", "name")[:MATCHES],
            **desk.context(),
        }

    def post(self, request: HttpRequest) -> HttpResponse:
        desk = PaperDesk(request, self._lines())
        if desk.save(self.at, teaches=False):
            return redirect(reverse("papers:index"))
        return self.render_to_response(self.get_context_data(desk=desk), status=422)


class PaperViewSet(RecordViewSet):
    model = PaperConsent
    name = "papers"
    url_prefix = "du-lieu-ca-nhan/dong-y-tren-giay"
    icon = "doc-full"
    related = ("by",)
    index_view_class = PaperList
    ordering = ("-signed_on", "-pk")
    list_display = (
        column("signed_on", gettext_lazy("Signed on"), day("signed_on"), sort="signed_on"),
        column("people", gettext_lazy("People")),
        column("kept_at", gettext_lazy("Where the papers are kept")),
        column("recorded_at", gettext_lazy("Written down"), day("recorded_at"), sort="recorded_at"),
        column("by", gettext_lazy("Written down by"), lambda row: "" if row.by is None else row.by.get_username()),
    )

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_index_view_kwargs(**{"add_url_name": self.get_url_name("add"), **kwargs})

    def extra_urlpatterns(self) -> list[URLPattern]:
        return [self.route("new/", PaperAdd, "add")]
