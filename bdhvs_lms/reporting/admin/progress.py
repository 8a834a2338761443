"""How far the people of each village and of each organisation are, for operators: sums, in the order of names."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from bdhvs_lms.base.api import allowed, name_order
from bdhvs_lms.campaign.api import Area, Organisation
from bdhvs_lms.classes.api import working_teams
from bdhvs_lms.learners.api import made_up_people
from bdhvs_lms.reporting.queries.teams import progress_by_area, progress_by_organisation
from bdhvs_lms.reporting.views.common import today
from bdhvs_lms.reporting.wording import illustrative


class ProgressPage(WagtailAdminTemplateMixin, TemplateView):
    """Eight queries, however many areas and organisations. Nobody is named."""

    page_title = gettext_lazy("Progress by village and organisation")
    template_name = "bdhvs_lms/admin/progress.html"
    header_icon = "group"
    index_url_name = ""
    model: Any = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not allowed(request.user, "view_team"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        on = today()
        by_area, by_organisation = progress_by_area(on), progress_by_organisation(on)
        teams: dict[int, list[str]] = {}
        for team in working_teams(on).order_by("name"):
            teams.setdefault(team.area_id, []).append(team.name)
        areas = Area.objects.filter(pk__in=[*by_area, *teams]).select_related("parent")
        organisations = Organisation.objects.filter(pk__in=by_organisation)
        return {
            **super().get_context_data(**kwargs),
            "areas": [
                (area, by_area.get(area.pk), ", ".join(teams.get(area.pk, ())))
                for area in sorted(areas, key=lambda area: (area.parent.name if area.parent else "", area.name))
            ],
            "organisations": [
                (one, by_organisation[one.pk]) for one in sorted(organisations, key=lambda one: name_order(one.name))
            ],
            "made_up": illustrative() if made_up_people() else "",
        }
