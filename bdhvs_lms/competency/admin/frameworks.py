"""Frameworks to read: where each fact is from, how sure it is, and what to check before relying on it."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from bdhvs_lms.base.admin.viewsets import RecordList, RecordPage, RecordViewSet, column, day
from bdhvs_lms.base.api import in_language
from bdhvs_lms.competency.models import Framework


class FrameworkList(RecordList):
    def get_base_queryset(self) -> QuerySet[Framework]:
        return super().get_base_queryset().annotate(size=Count("competencies"))


class FrameworkPage(RecordPage):
    page_title = _("Framework")
    template_name = "bdhvs_lms/admin/framework.html"

    def facts(self) -> dict[str, Any]:
        framework = self.object
        return {
            "framework": framework,
            "title": in_language(framework.title_vi, framework.title_en),
            "caveat": in_language(framework.caveat_vi, framework.caveat),
            "sources": [
                {
                    "fact": in_language(row["fact_vi"], row["fact_en"]),
                    "where": in_language(row["where_vi"], row["where_en"]),
                    "confidence": row["confidence"],
                }
                for row in framework.sources
            ],
            "notes": [
                {
                    "text": in_language(row["vi"], row["en"]),
                    "confidence": in_language(row["confidence_vi"], row["confidence_en"]),
                }
                for row in framework.notes
            ],
            "levels": [(level.number, in_language(level.label_vi, level.label_en)) for level in framework.levels.all()],
            "domains": framework.domains.prefetch_related("competencies").order_by("position"),
        }


class FrameworkViewSet(RecordViewSet):
    model = Framework
    name = "frameworks"
    url_prefix = "chien-dich/khung-nang-luc"
    icon = "list-ul"
    pages = ("index", "inspect")
    index_view_class = FrameworkList
    inspect_view_class = FrameworkPage
    ordering = ("pk",)
    list_display = (
        column("title", _("Title"), lambda row: in_language(row.title_vi, row.title_en)),
        column("instrument", _("Legal document")),
        column("issued_by", _("Issued by")),
        column("issued", _("Issued"), day("issued")),
        column("size", _("Competencies")),
        column("caveat", _("Caution"), lambda row: in_language(row.caveat_vi, row.caveat)),
    )
