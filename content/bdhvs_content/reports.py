"""Report for editors: lessons that may no longer be right."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.reports import PageReportView
from wagtail.models import Page

from bdhvs_content.models import CoursePage, LessonPage
from bdhvs_lms.base.api import day_of, now

CHECK_EVERY = timedelta(days=183)
"""Half a year: screens of public services and fees change about that often."""


def to_check(pages: Any, today: Any) -> Any:
    """Return published lessons whose facts were last checked over half a year ago, or never; oldest first."""
    due = Q(facts_checked_on=None) | Q(facts_checked_on__lt=today - CHECK_EVERY)
    return pages.filter(due, live=True, alias_of=None).order_by(F("facts_checked_on").asc(nulls_first=True), "path")


class ToCheckReport(PageReportView):
    results_template_name = "bdhvs_content/admin/to_check_results.html"
    page_title = _("Lessons due for a fact check")
    header_icon = "calendar-check"
    index_url_name = "bdhvs_content_to_check"
    index_results_url_name = "bdhvs_content_to_check_results"
    model = LessonPage
    any_permission_required: ClassVar[list[str]] = ["add", "change", "publish"]
    export_headings: ClassVar[dict[str, Any]] = {
        "title": _("Lesson"),
        "facts_checked_on": _("Last checked on"),
        "facts_source": _("Source"),
    }
    list_export: ClassVar[list[str]] = ["title", "facts_checked_on", "facts_source"]

    def get_queryset(self) -> Any:
        allowed = self.permission_policy.instances_user_has_permission_for(self.request.user, "change")
        today = day_of(now())
        self.queryset = to_check(LessonPage.objects.filter(pk__in=allowed.values("pk")), today)
        return super().get_queryset()

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        lessons = list(object_list)
        # The tree's paths name the courses, directly above or above the section: one query for all of them.
        above = {lesson.pk: [lesson.path[: -Page.steplen * up] for up in (1, 2)] for lesson in lessons}
        paths = {path for both in above.values() for path in both}
        titles = dict(CoursePage.objects.filter(path__in=paths).values_list("path", "title"))
        for lesson in lessons:
            lesson.course_title = next((titles[path] for path in above[lesson.pk] if path in titles), "")
        return lessons
