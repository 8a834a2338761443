"""The access log, for operators: who looked at whom, when, on which page. Opening it is in it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django_filters import CharFilter, ChoiceFilter, DateFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.widgets import AdminDateInput

from bdhvs_lms.audit.api import AccessLog, log_access
from bdhvs_lms.base.admin.viewsets import RecordList, RecordViewSet, column
from bdhvs_lms.base.api import end_of_day, now
from bdhvs_lms.learners.api import learner_for_actor, search_by_name
from bdhvs_lms.privacy.accesses import looks_at, named_among, page_words, pages_in_words, shown_actors

MOST_FOUND = 200


class AccessFilterSet(WagtailFilterSet):
    who = CharFilter(label=gettext_lazy("Who looked (username)"), method="looking")
    whom = CharFilter(label=gettext_lazy("Person viewed (name or identifier)"), method="seen")
    page = ChoiceFilter(
        label=gettext_lazy("Page"),
        choices=lambda: sorted(pages_in_words().items(), key=lambda pair: pair[1]),
    )
    since = DateFilter(
        label=pgettext_lazy("a day", "From"), field_name="at", lookup_expr="date__gte", widget=AdminDateInput
    )
    until = DateFilter(label=gettext_lazy("Until"), method="before", widget=AdminDateInput)

    class Meta:
        model = AccessLog
        fields: list[str] = []

    def looking(self, rows: QuerySet[AccessLog], _name: str, text: str) -> QuerySet[AccessLog]:
        return rows.filter(user_label__icontains=text.strip())

    def seen(self, rows: QuerySet[AccessLog], _name: str, text: str) -> QuerySet[AccessLog]:
        try:
            learner = learner_for_actor(UUID(text.strip()))
        except ValueError:
            learners = list(search_by_name(text).select_related("merged_into")[:MOST_FOUND])
        else:
            learners = [] if learner is None else [learner]
        actors = [actor for one in learners for actor in one.actors]
        return rows.filter(pk__in=looks_at(actors).order_by().values("pk"))

    def before(self, rows: QuerySet[AccessLog], _name: str, day: Any) -> QuerySet[AccessLog]:
        return rows.filter(at__lte=end_of_day(day))


class AccessList(RecordList):
    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        rows = list(context["object_list"])
        called, known = named_among(rows), pages_in_words()
        for row in context["object_list"]:
            row.whom, row.what = called.get(row.pk, ""), page_words(row.page, known)
        if rows:
            page = f"access-log-{self.request.GET['export']}" if self.is_export else "access-log"
            log_access(user=self.request.user, actors=shown_actors(rows), page=page, at=now())
        return context


def _moment(row: AccessLog) -> str:
    return date_format(localtime(row.at), "SHORT_DATETIME_FORMAT")


def _who(row: AccessLog) -> str:
    if row.user is None:
        return _("the system") if row.user_label == "-" else row.user_label
    name = row.user.get_full_name()
    return f"{name} ({row.user_label})" if name else row.user_label


class AccessViewSet(RecordViewSet):
    model = AccessLog
    name = "accesses"
    url_prefix = "du-lieu-ca-nhan/nhat-ky-truy-cap"
    icon = "view"
    menu_label = gettext_lazy("Access log")
    related = ("user",)
    index_view_class = AccessList
    filterset_class = AccessFilterSet
    ordering = ("-at", "-pk")
    list_display = (
        column("at", gettext_lazy("Time"), _moment, sort="at"),
        column("who", gettext_lazy("Who looked"), _who),
        column("whom", gettext_lazy("Person viewed"), lambda row: getattr(row, "whom", "")),
        column("page", gettext_lazy("Page"), lambda row: getattr(row, "what", "")),
        column("detail", gettext_lazy("Class")),
    )
