"""Plans and their targets, to read: what the plan says, word for word, and how sure we are of it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, ModelChoiceFilter, NumberFilter
from wagtail.admin.filters import WagtailFilterSet

from bdhvs_lms.base.admin.viewsets import RecordPage, RecordViewSet, column, day
from bdhvs_lms.base.api import in_language
from bdhvs_lms.campaign.models import Plan, Target, TargetGroup


class PlanPage(RecordPage):
    page_title = _("Plan")
    template_name = "bdhvs_lms/admin/plan.html"

    def facts(self) -> dict[str, Any]:
        plan = self.object
        targets: QuerySet[Target] = plan.targets.select_related("group", "indicator").order_by("year", "row")
        return {
            "plan": plan,
            "source": in_language(plan.source_vi, plan.source),
            "confidence": in_language(plan.confidence_vi, plan.confidence),
            "targets": targets,
            "notes": [in_language(note["vi"], note["en"]) for note in plan.notes],
            "comparators": [
                {
                    "plan": in_language(row["plan_vi"], row["plan_en"]),
                    "what": in_language(row["what_vi"], row["what_en"]),
                    "source": row["source"],
                    "confidence": in_language(row["confidence_vi"], row["confidence_en"]),
                }
                for row in plan.comparators
            ],
        }


class PlanViewSet(RecordViewSet):
    model = Plan
    name = "plans"
    url_prefix = "chien-dich/ke-hoach"
    icon = "doc-full"
    pages = ("index", "inspect")
    related = ("area",)
    inspect_view_class = PlanPage
    list_display = (
        column("title", _("Title"), "title_vi"),
        column("issued_by", _("Issued by")),
        column("area", _("Area"), "area.name"),
        column("reported", _("Reported on"), day("reported"), sort="reported"),
    )


class TargetFilterSet(WagtailFilterSet):
    year = NumberFilter(label=_("Year"))
    group = ModelChoiceFilter(label=_("Target group"), queryset=TargetGroup.objects.order_by("pk"))
    measurable = BooleanFilter(label=_("Measurable as written"))

    class Meta:
        model = Target
        fields: list[str] = []


class TargetPage(RecordPage):
    page_title = _("Target")
    template_name = "bdhvs_lms/admin/target.html"

    def facts(self) -> dict[str, Any]:
        return {"target": self.object}


class TargetViewSet(RecordViewSet):
    model = Target
    name = "targets"
    url_prefix = "chien-dich/chi-tieu"
    icon = "list-ol"
    pages = ("index", "inspect")
    related = ("plan", "group", "indicator")
    inspect_view_class = TargetPage
    filterset_class = TargetFilterSet
    ordering = ("plan", "year", "row", "pk")
    list_display = (
        column("key", _("Code"), sort="key", width="14%"),
        column("quote", _("Original wording"), "quote_vi"),
        column("goal", _("Target value")),
        column("group", _("Target group"), "group.label_vi"),
        column("indicator", _("Indicator")),
        column("reason", _("Reason it is not measurable as written"), "reason_vi"),
    )
