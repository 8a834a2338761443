"""Community teams for operators: made, renamed, ended; who is in them, who leads, and what they did this year."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ModelChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.widgets import Button

from bdhvs_lms.base.admin.forms import ActionForm, day_field
from bdhvs_lms.base.admin.viewsets import RecordAdd, RecordEdit, RecordList, RecordPage, RecordViewSet, column, day
from bdhvs_lms.base.api import allowed, day_of, now, row_number
from bdhvs_lms.campaign.api import Area, Organisation
from bdhvs_lms.classes.models import Team, TeamMember
from bdhvs_lms.classes.teams.actions import add_team_member, change_team, end_team_member, make_team
from bdhvs_lms.classes.teams.queries import kind_of_team, members_on, work_of
from bdhvs_lms.learners.api import user_named


def this_year(today: date) -> date:
    return date(today.year, 1, 1)


def organisation_field() -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        label=gettext_lazy("Organisation"),
        queryset=Organisation.objects.order_by("name", "pk"),
        required=False,
        help_text=gettext_lazy("Whose team it is, where it is one's."),
    )


class TeamForm(ActionForm):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, help_text=gettext_lazy("Example: Tổ thôn Đông, xã Trần Phú.")
    )
    area = forms.ModelChoiceField(
        label=gettext_lazy("Area"),
        queryset=Area.objects.filter(valid_to=None, kind__in=("village", "commune")).order_by("name", "pk"),
        help_text=gettext_lazy("The village or residential group whose people it helps."),
    )
    organisation = organisation_field()
    valid_from = day_field(gettext_lazy("First day"))

    class Meta(ActionForm.Meta):
        model = Team


class TeamChangeForm(ActionForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    organisation = organisation_field()
    valid_to = day_field(gettext_lazy("Last day"), required=False)

    class Meta(ActionForm.Meta):
        model = Team

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "valid_to"):
            self.initial[name] = getattr(self.instance, name)
        self.initial["organisation"] = self.instance.organisation_id


class TeamAdd(RecordAdd):
    def perform(self, form: Any) -> Team:
        return make_team(**form.cleaned_data, **self.stamp)


class TeamEdit(RecordEdit):
    def perform(self, form: Any) -> Team:
        return change_team(self.object, **form.cleaned_data, **self.stamp)


class MemberForm(forms.Form):
    username = forms.CharField(label=gettext_lazy("Username"), max_length=150)
    leader = forms.BooleanField(label=gettext_lazy("Leads the team"), required=False)
    youth_union = forms.BooleanField(label=gettext_lazy("From the youth union"), required=False)


class TeamPage(RecordPage):
    page_title = gettext_lazy("Team")
    template_name = "bdhvs_lms/admin/team.html"

    def facts(self) -> dict[str, Any]:
        team, today = self.object, day_of(now())
        members = TeamMember.objects.filter(team=team).select_related("user").order_by("-leader", "valid_from", "pk")
        return {
            "team": team,
            "kind": kind_of_team(),
            "year": today.year,
            "work": work_of([team], this_year(today), today)[team.pk],
            "members": [row for row in members if row.valid_to is None],
            "before": [row for row in members if row.valid_to is not None],
            "form": MemberForm(),
            "may_add": allowed(self.request.user, "add_teammember"),
            "may_end": allowed(self.request.user, "change_teammember"),
        }

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        do = request.POST.get("do", "")
        try:
            if do == "add":
                self._add(request)
            elif do == "end":
                self._end(request)
            else:
                raise ValidationError(_("Choose an action."))
        except ValidationError as refused:
            for text in refused.messages:
                messages.error(request, text)
        return redirect(request.path)

    def _add(self, request: HttpRequest) -> None:
        if not allowed(request.user, "add_teammember"):
            raise PermissionDenied
        form = MemberForm(request.POST)
        user = user_named(form.cleaned_data["username"]) if form.is_valid() else None
        if user is None:
            raise ValidationError(_("No account has this username."))
        marks = {name: form.cleaned_data[name] for name in ("leader", "youth_union")}
        add_team_member(self.object, user, at=now(), by=request.user, **marks)
        messages.success(request, _("In the team from today."))

    def _end(self, request: HttpRequest) -> None:
        rows = TeamMember.objects.filter(team=self.object)
        member = rows.filter(pk=row_number(request.POST.get("member", ""))).first()
        if member is None:
            raise ValidationError(_("Choose a member from the list."))
        end_team_member(member, at=now(), by=request.user)
        messages.success(request, _("No longer in the team, from now on."))


class TeamFilterSet(WagtailFilterSet):
    area = ModelChoiceFilter(
        label=gettext_lazy("Area"), queryset=Area.objects.filter(teams__isnull=False).distinct().order_by("name", "pk")
    )

    class Meta:
        model = Team
        fields: list[str] = []


class TeamList(RecordList):
    @cached_property
    def header_more_buttons(self) -> list[Any]:
        # A page of reports, which this part does not know.
        progress = Button(_("Progress by village and organisation"), url=reverse("teams:progress"), icon_name="list-ul")
        return [*super().header_more_buttons, progress]

    def _address(self, row: Any) -> str | None:
        address: str | None = self.get_inspect_url(row)
        return address

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        rows, today = list(context["object_list"]), day_of(now())
        work = work_of(rows, this_year(today), today)
        counts: dict[int, int] = {}
        leaders: dict[int, str] = {}
        for member in members_on(today).filter(team__in=rows).select_related("user"):
            counts[member.team_id] = counts.get(member.team_id, 0) + 1
            if member.leader:
                leaders[member.team_id] = str(member.user.get_username())
        for row in rows:
            row.work, row.size, row.leader = work[row.pk], counts.get(row.pk, 0), leaders.get(row.pk, "")
        return context


def _of(field: str) -> Any:
    return lambda row: getattr(row.work, field)


class TeamViewSet(RecordViewSet):
    model = Team
    name = "teams"
    url_prefix = "lop-hoc/to-cong-dong"
    icon = "group"
    pages = ("index", "add", "edit", "inspect")
    related = ("area", "organisation")
    index_view_class = TeamList
    add_view_class = TeamAdd
    edit_view_class = TeamEdit
    inspect_view_class = TeamPage
    add_form = TeamForm
    edit_form = TeamChangeForm
    filterset_class = TeamFilterSet
    ordering = ("area__name", "name", "pk")
    list_display = (
        column("name", gettext_lazy("Name"), sort="name"),
        column("area", gettext_lazy("Area"), "area.name", sort="area__name"),
        column("organisation", gettext_lazy("Organisation"), lambda row: row.organisation or ""),
        column("leader", gettext_lazy("Leader"), lambda row: row.leader),
        column("size", gettext_lazy("Members"), lambda row: row.size),
        column("sessions", gettext_lazy("Sessions this year"), _of("sessions")),
        column("visits", gettext_lazy("Home visits this year"), _of("visits")),
        column("helped", gettext_lazy("People helped this year"), _of("helped")),
        column("ends", gettext_lazy("Last day"), day("valid_to")),
    )
