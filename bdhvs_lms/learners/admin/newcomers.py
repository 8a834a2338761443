"""People who registered without help and are in no list yet: who they say they are, likely duplicates, one button."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter
from wagtail.admin.filters import WagtailFilterSet

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.admin.viewsets import RecordList, RecordPage, RecordViewSet, column, day
from bdhvs_lms.base.api import allowed, day_of, now, row_number
from bdhvs_lms.learners.admin.people_list import UNPLACED
from bdhvs_lms.learners.admin.person_forms import area_choices
from bdhvs_lms.learners.claims import claim, duplicates_among, unclaimed
from bdhvs_lms.learners.models import SelfRegistration


class NewcomerFilterSet(WagtailFilterSet):
    area = ChoiceFilter(
        label=gettext_lazy("Residence"),
        choices=lambda: [(UNPLACED, _("unknown")), *area_choices()],
        method="living",
    )

    class Meta:
        model = SelfRegistration
        fields: list[str] = []

    def living(self, rows: QuerySet[SelfRegistration], _name: str, area: str) -> QuerySet[SelfRegistration]:
        return rows.filter(area=None) if area == UNPLACED else rows.filter(area=int(area))


class NewcomerList(RecordList):
    def get_base_queryset(self) -> QuerySet[SelfRegistration]:
        return unclaimed()

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        shown = list(context["object_list"])
        twins = duplicates_among((row.learner_id for row in shown), day_of(now()))
        for row in shown:
            row.twins = len(twins.get(row.learner_id, ()))
        if shown:
            page = f"newcomers-{self.request.GET['export']}" if self.is_export else "newcomers"
            log_access(user=self.request.user, actors=[row.learner.actor for row in shown], page=page, at=now())
        return context


class NewcomerPage(RecordPage):
    """Page of what they said, who may be the same, and the button that takes them into the lists."""

    page_title = gettext_lazy("Registered without help")
    template_name = "bdhvs_lms/admin/newcomer.html"

    def get_object(self, queryset: Any = None) -> SelfRegistration:
        # Who is in the lists already is a person like any other.
        found: SelfRegistration = get_object_or_404(unclaimed(), pk=row_number(self.kwargs["pk"]))
        return found

    def facts(self) -> dict[str, Any]:
        learner = self.object.learner
        twins = duplicates_among([learner.pk], day_of(now())).get(learner.pk, [])
        log_access(
            user=self.request.user,
            actors=[learner.actor, *(twin.learner.actor for twin in twins)],
            page="newcomer",
            at=now(),
        )
        return {
            "newcomer": self.object,
            "twins": twins,
            "may_claim": allowed(self.request.user, "add_claim"),
            "may_merge": allowed(self.request.user, "add_learneralias"),
            "may_edit": allowed(self.request.user, "change_person"),
        }

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            claim(self.object.learner, at=now(), by=request.user)
        except ValidationError as refused:
            messages.error(request, refused.messages[0])
        else:
            messages.success(request, _("Added to the list. From today this person counts."))
        return redirect(reverse("newcomers:index"))


def _twins(row: Any) -> str:
    count = getattr(row, "twins", 0)
    return _("%(count)d likely the same") % {"count": count} if count else ""


class NewcomerViewSet(RecordViewSet):
    model = SelfRegistration
    name = "newcomers"
    url_prefix = "lop-hoc/nguoi-tu-dang-ky"
    icon = "user"
    pages = ("index", "inspect")
    index_view_class = NewcomerList
    inspect_view_class = NewcomerPage
    filterset_class = NewcomerFilterSet
    ordering = ("-registered_at", "-pk")
    list_display = (
        column("full_name", gettext_lazy("Full name"), "learner.person.full_name"),
        column("birth_year", gettext_lazy("Year of birth"), "learner.person.birth_year"),
        column("area", gettext_lazy("Residence"), lambda row: row.area or _("unknown")),
        column("registered_at", gettext_lazy("Registered"), day("registered_at"), sort="registered_at"),
        column("twins", gettext_lazy("Duplicates"), _twins),
    )
