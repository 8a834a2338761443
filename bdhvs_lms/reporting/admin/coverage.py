"""What is covered: competency × level, what teaches it and how many people have shown it; and what has nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db.models import BigIntegerField, ExpressionWrapper, F, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from django_filters import ChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies.pages import PagePermissionPolicy

from bdhvs_lms.base.api import allowed, day_of, end_of_day, guarded, now
from bdhvs_lms.competency.api import (
    Competency,
    Framework,
    FrameworkLevel,
    competency_name,
    domain_name,
    framework_name,
    level_name,
    taught,
)
from bdhvs_lms.learners.api import made_up_people
from bdhvs_lms.plugins.api import activity_types, teaching_sources
from bdhvs_lms.reporting.class_table import title_of
from bdhvs_lms.reporting.queries.coverage import Coverage, People, activity_columns, class_of, coverage, kind_of
from bdhvs_lms.reporting.readings.actions import month_before
from bdhvs_lms.reporting.wording import class_words, illustrative

INDEX, RESULTS, OF_ONE = "bdhvs_lms_coverage", "bdhvs_lms_coverage_results", "bdhvs_lms_coverage_competency"
# Levels of one competency in a number: no framework has as many.
LEVELS = 10_000
MISSING = {
    "none": gettext_lazy("Nothing teaches it"),
    "higher": gettext_lazy("At a higher level only"),
    "": gettext_lazy("Covered"),
}


def reads_coverage(user: Any) -> bool:
    """Who works on pages, and operators."""
    return allowed(user, "view_framework") or bool(
        PagePermissionPolicy().user_has_any_permission(user, ["add", "change", "publish"])
    )


def sees_names(user: Any) -> bool:
    return allowed(user, "view_person")


def _frameworks(_request: Any = None) -> list[tuple[str, str]]:
    return [(one.key, framework_name(one)) for one in Framework.objects.filter(competencies__isnull=False).distinct()]


class CoverageFilterSet(WagtailFilterSet):
    framework = ChoiceFilter(
        field_name="framework__key",
        label=gettext_lazy("Framework"),
        choices=_frameworks,
        empty_label=gettext_lazy("All"),
    )
    missing = ChoiceFilter(
        label=gettext_lazy("Teaching"),
        choices=[(key or "covered", label) for key, label in MISSING.items()],
        method="by_missing",
        empty_label=gettext_lazy("All"),
    )

    class Meta:
        model = Competency
        fields: ClassVar[list[str]] = []

    def by_missing(self, rows: Any, name: str, value: str) -> Any:
        wanted = "" if value == "covered" else value
        found = self.coverage
        # The rows are a few hundred: asked once, without what the page then shows of them.
        places = [
            (pk, number)
            for pk, number in rows.order_by().values_list("pk", "number")
            if found.missing((pk, number)) == wanted
        ]
        return rows.filter(place__in=[pk * LEVELS + number for pk, number in places])

    coverage: Coverage


class CoverageReport(ReportView):
    page_title = gettext_lazy("What is covered")
    header_icon = "table"
    index_url_name = INDEX
    index_results_url_name = RESULTS
    results_template_name = "bdhvs_lms/admin/coverage_results.html"
    filterset_class = CoverageFilterSet
    model = Competency
    is_searchable = False
    paginate_by = 100

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not reads_coverage(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def coverage(self) -> Coverage:
        return coverage(None if self._until is None else end_of_day(self._until))

    @cached_property
    def _until(self) -> date | None:
        """As of when people are told, and in classes. None: in numbers, as of now, to who may see their names."""
        return None if sees_names(self.request.user) else month_before(day_of(now()))

    @cached_property
    def filters(self) -> Any:
        made: Any = super().filters
        made.coverage = self.coverage
        return made

    def get_queryset(self) -> QuerySet[Competency]:
        rows = Competency.objects.select_related("framework", "domain").annotate(
            number=F("framework__levels__number"),
            level_vi=F("framework__levels__label_vi"),
            level_en=F("framework__levels__label_en"),
            place=ExpressionWrapper(F("pk") * LEVELS + F("framework__levels__number"), output_field=BigIntegerField()),
        )
        return rows.filter(number__isnull=False).order_by(
            "framework", "domain__position", "domain", "position", "pk", "number"
        )

    def decorate_paginated_queryset(self, object_list: Any) -> list[Any]:
        rows = list(object_list)
        for row in rows:
            place = (row.pk, row.number)
            people = self.coverage.people.get(place, People())
            row.begun, row.attained = (
                (people.begun, people.attained) if self._until is None else map(_class, (people.begun, people.attained))
            )
            row.missing = self.coverage.missing(place)
        return rows

    @cached_property
    def columns(self) -> list[Any]:
        return [
            TitleColumn(
                "competency",
                label=gettext_lazy("Competency"),
                accessor=competency_name,
                get_url=lambda row: reverse(OF_ONE, args=[row.pk]),
            ),
            Column("framework", label=gettext_lazy("Framework"), accessor=lambda row: framework_name(row.framework)),
            Column("level", label=gettext_lazy("Competency level"), accessor=_level, width="14%"),
            Column("missing", label=gettext_lazy("Teaching"), accessor=lambda row: MISSING[row.missing]),
            *(Column(key, label=capfirst(label), accessor=count) for key, label, count in self._counted),
            Column("begun", label=gettext_lazy("People with evidence"), accessor="begun"),
            Column("attained", label=gettext_lazy("People who achieved it"), accessor="attained"),
        ]

    @property
    def _counted(self) -> Iterator[tuple[str, Any, Any]]:
        """Key, label and accessor, of what teaches anything; a kind that never does would only take room."""
        for key, counts in self.coverage.activities.items():
            if counts:
                label = activity_columns().get(key, _("Other activities"))
                yield key or "others", label, lambda row, counts=counts: counts[(row.pk, row.number)]
        for key, source in teaching_sources().items():
            numbers = self.coverage.others[key]
            yield key, source.label, lambda row, numbers=numbers: numbers.get((row.pk, row.number), 0)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {
            **context,
            "made_up": illustrative() if self._noted else "",
            "until": self._until,
        }

    # --- As a file: the columns of the screen, every row ---

    @property
    def list_export(self) -> list[str]:
        """Without people for who may not see names: figures that are kept come from readings only (decision 100)."""
        left_out = () if sees_names(self.request.user) else ("begun", "attained")
        return [*(column.name for column in self.columns if column.name not in left_out), *self._noted]

    def get_heading(self, queryset: Any, field: str) -> str:
        return next((str(column.label) for column in self.columns if column.name == field), _("Note"))

    def to_row_dict(self, item: Any) -> dict[str, Any]:
        found = {column.name: column.get_value(item) for column in self.columns}
        row = {name: value if isinstance(value, int) else guarded(str(value)) for name, value in found.items()}
        row |= dict.fromkeys(self._noted, illustrative())
        return {name: row[name] for name in self.list_export}

    @cached_property
    def _noted(self) -> list[str]:
        """A column that says of each row that its people are made up."""
        return ["note"] if made_up_people() else []

    def get_filename(self) -> str:
        return "competency-coverage"

    def stream_csv(self, queryset: Any) -> Iterator[bytes]:
        # The mark by which Excel knows the letters.
        yield b"\xef\xbb\xbf"
        yield from super().stream_csv(queryset)


def _level(row: Any) -> str:
    return level_name(FrameworkLevel(number=row.number, label_vi=row.level_vi, label_en=row.level_en))


def _class(count: int) -> str:
    return class_words(*class_of(count))


class OfOne(WagtailAdminTemplateMixin, TemplateView):
    """What teaches one competency, level by level, each with a link."""

    template_name = "bdhvs_lms/admin/coverage_competency.html"
    header_icon = "table"
    page_title = gettext_lazy("What teaches it")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not reads_coverage(request.user):
            raise PermissionDenied
        self.competency = get_object_or_404(Competency.objects.select_related("framework", "domain"), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(INDEX), "label": CoverageReport.page_title},
            {"url": "", "label": competency_name(self.competency)},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[int, list[tuple[Any, str, str]]] = {}
        kinds = activity_columns()
        for row in taught([self.competency.pk]):
            label = kinds.get(kind_of(row), _("Other activities"))
            installed = activity_types.get(row.activity.type_key) is not None
            url = reverse("bdhvs_lms:open-activity", args=[row.activity.key]) if installed else ""
            title = f"{title_of(row.activity.titles)} ({title_of(row.activity.course.titles)})"
            found.setdefault(row.level, []).append((label, title, url))
        for source in teaching_sources().values():
            for item in source.items(self.request.user, self.competency.pk):
                found.setdefault(item.level, []).append((source.label, item.title, item.url))
        return {
            **super().get_context_data(**kwargs),
            "place": f"{framework_name(self.competency.framework)} › {domain_name(self.competency.domain)}",
            "levels": [(level_name(row), found.get(row.number, ())) for row in self.competency.framework.levels.all()],
        }


class CoverageItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return reads_coverage(request.user)


def menu_item() -> MenuItem:
    return CoverageItem(CoverageReport.page_title, reverse(INDEX), icon_name="table", order=640)


def urls() -> list[Any]:
    return [
        path("reports/nang-luc/", CoverageReport.as_view(), name=INDEX),
        path("reports/nang-luc/results/", CoverageReport.as_view(results_only=True), name=RESULTS),
        path("reports/nang-luc/<int:pk>/", OfOne.as_view(), name=OF_ONE),
    ]
