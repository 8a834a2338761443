"""Signed forms on paper, for operators: people looked for by name or by class, ticked, written down in one act."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from bdhvs_lms.audit.api import PaperConsent, log_access
from bdhvs_lms.base.admin.viewsets import RecordList, RecordViewSet, column, day
from bdhvs_lms.base.api import allowed, day_of, now, row_number
from bdhvs_lms.classes.api import ClassGroup, members
from bdhvs_lms.learners.api import Learner, search_by_name
from bdhvs_lms.privacy.consent_lists import PaperForm, Signer, chosen, signers
from bdhvs_lms.privacy.papers import record_papers

MATCHES = 200


class PaperList(RecordList):
    def get_base_queryset(self) -> QuerySet[PaperConsent]:
        return super().get_base_queryset().annotate(people=Count("consents__actor", distinct=True))


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
        lines: list[Signer] = kwargs.get("lines") or self._lines()
        if lines:
            actors = [line.learner.actor for line in lines]
            log_access(user=self.request.user, actors=actors, page="papers", at=self.at)
        return {
            **super().get_context_data(**kwargs),
            "wanted": self.wanted,
            "group": self.group,
            "groups": ClassGroup.objects.order_by("-starts", "name")[:MATCHES],
            "lines": lines,
            "form": kwargs.get("form") or PaperForm(),
            "wrong": kwargs.get("wrong", []),
            "ticked": kwargs.get("ticked", set()),
        }

    def post(self, request: HttpRequest) -> HttpResponse:
        lines = self._lines()
        form = PaperForm(request.POST)
        ticked = chosen(request.POST, {line.learner.pk: line.learner for line in lines})
        wrong = [] if ticked else [_("Choose at least one person.")]
        if form.is_valid() and ticked:
            try:
                done = record_papers(ticked, **form.cleaned_data, at=self.at, by=request.user)
            except ValidationError as refused:
                wrong = form.refuse(refused)
            else:
                text = ngettext(
                    "The signed form of %(count)d person is written down.",
                    "The signed forms of %(count)d people are written down.",
                    done.people,
                )
                messages.success(request, text % {"count": done.people})
                return redirect(reverse("papers:index"))
        context = self.get_context_data(lines=lines, form=form, wrong=wrong, ticked={one.pk for one in ticked})
        return self.render_to_response(context, status=422)


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
