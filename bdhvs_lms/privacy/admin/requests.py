"""Requests about personal data as a list to work off: the overdue first, with the day by which each is answered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from django_filters import ChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.admin.viewsets import RecordList, RecordPage, RecordViewSet, column, day
from bdhvs_lms.base.api import allowed, day_of, now, row_number
from bdhvs_lms.learners.api import Learner, names, search_by_name
from bdhvs_lms.privacy.actions import withdraw_consent
from bdhvs_lms.privacy.admin.data import DataCopy, EraseAccount, ErasePerson
from bdhvs_lms.privacy.models import DataRequest
from bdhvs_lms.privacy.requests import LONGEST, answer, ask, confirm, open_requests

MATCHES = 20


def state_words(row: DataRequest) -> str:
    """Say in words whether it is late: a colour says nothing to whoever does not see it."""
    if row.answered_at is not None:
        return str(row.get_outcome_display())
    today = day_of(now())
    late = row.days_late(today)
    if late:
        words = ngettext("Overdue by %(count)d day", "Overdue by %(count)d days", late)
        return words % {"count": late}
    if row.due == today:
        return _("answer today")
    return _("open")


class RequestFilterSet(WagtailFilterSet):
    state = ChoiceFilter(
        label=gettext_lazy("State"),
        choices=[("open", gettext_lazy("open")), ("answered", gettext_lazy("answered"))],
        method="in_state",
    )
    kind = ChoiceFilter(label=gettext_lazy("Request"), choices=DataRequest.Kind.choices)

    class Meta:
        model = DataRequest
        fields: list[str] = []

    def in_state(self, rows: QuerySet[DataRequest], _name: str, state: str) -> QuerySet[DataRequest]:
        return rows.filter(answered_at__isnull=state == "open")


class RequestList(RecordList):
    def get_base_queryset(self) -> QuerySet[DataRequest]:
        return super().get_base_queryset().select_related("learner__person", "answered_by")

    def order_queryset(self, queryset: QuerySet[DataRequest]) -> QuerySet[DataRequest]:
        if self.request.GET.get("ordering"):  # a column that was clicked
            return super().order_queryset(queryset)
        return queryset.order_by(F("answered_at").desc(nulls_first=True), "due", "received_at", "pk")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        shown = [row.learner.actor for row in context["object_list"]]
        if shown:
            page = f"data-requests-{self.request.GET['export']}" if self.is_export else "data-requests"
            log_access(user=self.request.user, actors=shown, page=page, at=now())
        return context


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("What came of it"), choices=DataRequest.Outcome.choices, widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label=gettext_lazy("Answer to the person"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The person reads it on “My data”. If it is not done, say why."),
    )


class RequestPage(RecordPage):
    """The page of a request: what is asked, the pages on which it is done, and the answer."""

    page_title = gettext_lazy("Request about personal data")
    template_name = "bdhvs_lms/admin/data_request.html"

    def get_page_subtitle(self) -> str:
        return str(self.object)

    def facts(self) -> dict[str, Any]:
        row, user = self.object, self.request.user
        learner: Learner = row.learner.whole
        log_access(user=user, actors=[learner.actor], page="data-request", at=now())
        person = getattr(learner, "person", None)
        may_answer = row.answered_at is None and allowed(user, "change_datarequest")
        return {
            "row": row,
            "learner": learner,
            "name": names([learner.pk])[learner.pk],
            "person": person,
            "state": state_words(row),
            "may_confirm": may_answer and row.unconfirmed,
            "form": getattr(self, "form", None) or (AnswerForm() if may_answer else None),
            "may_export": allowed(user, "export_person"),
            "may_edit": person is not None and allowed(user, "change_person"),
            "may_erase": person is not None and allowed(user, "delete_person"),
            "may_withdraw": may_answer and row.kind == DataRequest.Kind.WITHDRAW,
        }

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.POST.get("do") == "confirm":
            confirm(self.object, at=now(), by=request.user)
            messages.success(request, _("It is written down that you asked the person."))
            return redirect(request.path)
        sent = request.POST.copy()
        withdraws = sent.get("do") == "withdraw" and self.object.kind == DataRequest.Kind.WITHDRAW
        if withdraws:
            sent["outcome"] = DataRequest.Outcome.DONE
        self.form = AnswerForm(sent)
        if self.form.is_valid():
            data, at = self.form.cleaned_data, now()
            try:
                with transaction.atomic():
                    answer(self.object, outcome=data["outcome"], words=data["answer"], at=at, by=request.user)
                    if withdraws:
                        withdraw_consent(self.object.learner.whole, at=at)
            except ValidationError as refused:
                self.form.add_error(None, refused)
            else:
                messages.success(request, _("The answer is written down."))
                return redirect(reverse("data-requests:index"))
        return self.render_to_response(self.get_context_data(), status=422)


class AskForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("Request"), choices=DataRequest.Kind.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label=gettext_lazy("In the person's own words"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RequestAdd(WagtailAdminTemplateMixin, TemplateView):
    """Somebody came to the office. `?q=` searches for the person, `?learner=` (a primary key) shows the form."""

    template_name = "bdhvs_lms/admin/data_request_add.html"
    page_title = gettext_lazy("Request of somebody at the office")
    header_icon = "lock"
    # What the viewset hands every page.
    model: Any = None
    index_url_name = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not allowed(request.user, "add_datarequest"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        index = {"url": reverse("data-requests:index"), "label": _("Requests")}
        return [*self.breadcrumbs_items, index, {"url": "", "label": self.page_title}]

    def _chosen(self, pk: str) -> Learner | None:
        found = Learner.objects.select_related("merged_into").filter(pk=row_number(pk)).first() if pk else None
        return None if found is None else found.whole

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wanted = self.request.GET.get("q", "")
        learner = self._chosen(self.request.GET.get("learner", ""))
        found = list(search_by_name(wanted)[: MATCHES + 1])
        seen = [*found[:MATCHES], *([learner] if learner is not None else [])]
        called = names(one.pk for one in seen)
        if seen:
            log_access(user=self.request.user, actors=[one.actor for one in seen], page="data-request", at=now())
        return {
            **super().get_context_data(**kwargs),
            "wanted": wanted,
            "found": [(one, called[one.pk]) for one in found[:MATCHES]],
            "too_many": len(found) > MATCHES,
            "learner": learner,
            "name": called.get(learner.pk) if learner is not None else "",
            "form": kwargs.get("form") or AskForm(),
        }

    def post(self, request: HttpRequest) -> HttpResponse:
        learner = self._chosen(request.GET.get("learner", ""))
        form = AskForm(request.POST)
        if learner is None:
            messages.error(request, _("Choose another person from the list."))
            return redirect(request.path)
        if form.is_valid():
            try:
                made = ask(learner, **form.cleaned_data, at=now(), by=request.user)
            except ValidationError as refused:
                for field, texts in refused.message_dict.items():
                    form.add_error(field, texts)
            else:
                messages.success(request, _("The request is written down."))
                return redirect(reverse("data-requests:inspect", args=[made.pk]))
        return self.render_to_response(self.get_context_data(form=form), status=422)


def _how(row: DataRequest) -> str:
    if row.entered_by_id is not None:
        return _("at the office")
    return _("on the site, by pictures or a card") if row.by_weak_sign_in else _("on the site")


class DataRequestViewSet(RecordViewSet):
    model = DataRequest
    name = "data-requests"
    url_prefix = "du-lieu-ca-nhan/yeu-cau"
    icon = "mail"
    menu_label = gettext_lazy("Requests")
    pages = ("index", "inspect")
    index_view_class = RequestList
    inspect_view_class = RequestPage
    filterset_class = RequestFilterSet
    ordering = ()
    list_display = (
        column("state", gettext_lazy("State"), state_words),
        column("due", gettext_lazy("To be answered by"), day("due")),
        column("name", gettext_lazy("Full name"), lambda row: getattr(row.learner, "person", "") or _("(erased)")),
        column("kind", gettext_lazy("Request"), lambda row: row.get_kind_display()),
        column("received_at", gettext_lazy("Received"), day("received_at")),
        column("how", gettext_lazy("How"), _how),
    )

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_index_view_kwargs(**{"add_url_name": self.get_url_name("add"), **kwargs})

    def extra_urlpatterns(self) -> list[URLPattern]:
        return [
            self.route("new/", RequestAdd, "add"),
            self.route("nguoi/<int:pk>/", DataCopy, "copy"),
            self.route("nguoi/<int:pk>/xoa/", ErasePerson, "erase"),
            self.route("tai-khoan/<int:pk>/xoa/", EraseAccount, "erase-account"),
        ]


def waiting_count() -> tuple[int, int]:
    """Count (open requests, those of them that are overdue). One query."""
    today = day_of(now())
    due = list(open_requests().values_list("due", flat=True))
    return len(due), sum(day < today for day in due)
