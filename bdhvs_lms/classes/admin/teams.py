"""Community teams for operators: made, renamed, ended; who is in them, who leads, and what they did this year."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ModelChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.widgets import Button

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.admin.forms import ActionForm, day_field, require_valid
from bdhvs_lms.base.admin.viewsets import ActingPage, RecordAdd, RecordEdit, RecordList, RecordViewSet, column, day
from bdhvs_lms.base.api import allowed, day_of, now, row_number
from bdhvs_lms.campaign.api import Area, Organisation
from bdhvs_lms.classes.models import Team, TeamMember
from bdhvs_lms.classes.teams.actions import (
    add_team_member,
    change_team,
    end_team_member,
    forget_neighbour,
    make_team,
)
from bdhvs_lms.classes.teams.queries import kind_of_team, members_on, seen_in, with_names, work_of
from bdhvs_lms.learners.api import Learner, names, search_by_name, user_named


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
    """Form for a new team member; beside it comes `learner`, the primary key of somebody who was found by name."""

    username = forms.CharField(
        label=gettext_lazy("Username"),
        max_length=150,
        required=False,
        help_text=gettext_lazy("Of somebody with an account here. What they hold counts for the team."),
    )
    full_name = forms.CharField(
        label=gettext_lazy("Or the full name"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Of a neighbour who is not on record here."),
    )
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=20, required=False)
    leader = forms.BooleanField(label=gettext_lazy("Leads the team"), required=False)
    youth_union = forms.BooleanField(label=gettext_lazy("From the youth union"), required=False)


MATCHES = 20


class TeamPage(ActingPage):
    """Page of a team. `?q=` finds people on record by name, to be taken into the team."""

    page_title = gettext_lazy("Team")
    template_name = "bdhvs_lms/admin/team.html"
    acts: ClassVar[dict[str, str]] = {"add": "_add", "end": "_end", "forget": "_forget"}

    def facts(self) -> dict[str, Any]:
        team, today, user = self.object, day_of(now()), self.request.user
        members = list(with_names(TeamMember.objects.filter(team=team)))
        wanted = self.request.GET.get("q", "")
        found = list(search_by_name(wanted).select_related("person")[: MATCHES + 1])
        seen = [*seen_in(members), *(one.actor for one in found[:MATCHES])]
        log_access(user=user, actors=seen, page="team", at=now())
        called = names(one.pk for one in found[:MATCHES])
        return {
            "team": team,
            "kind": kind_of_team(),
            "year": today.year,
            "work": work_of([team], this_year(today), today)[team.pk],
            "members": [row for row in members if row.valid_to is None],
            "before": [row for row in members if row.valid_to is not None],
            "form": MemberForm(),
            "wanted": wanted,
            "found": [(one, called[one.pk]) for one in found[:MATCHES]],
            "too_many": len(found) > MATCHES,
            "may_add": allowed(user, "add_teammember"),
            "may_end": allowed(user, "change_teammember"),
        }

    def _add(self, request: HttpRequest) -> None:
        if not allowed(request.user, "add_teammember"):
            raise PermissionDenied
        sent = require_valid(MemberForm(request.POST))
        user = learner = None
        if sent["username"]:
            user = user_named(sent["username"])
            if user is None:
                raise ValidationError(_("No account has this username."))
        elif request.POST.get("learner"):
            learner = Learner.objects.filter(pk=row_number(request.POST["learner"])).first()
            if learner is None:
                raise ValidationError(_("Choose a person from the list."))
        if bool(user) + bool(learner) + bool(sent["full_name"]) != 1:
            raise ValidationError(_("Say who it is in one way: by username, from the list, or by name."))
        more = {name: sent[name] for name in ("full_name", "phone", "leader", "youth_union")}
        add_team_member(self.object, user, learner=learner, at=now(), by=request.user, **more)
        messages.success(request, _("In the team from today."))

    def _member(self, request: HttpRequest) -> TeamMember:
        rows = TeamMember.objects.filter(team=self.object)
        member = rows.filter(pk=row_number(request.POST.get("member", ""))).first()
        if member is None:
            raise ValidationError(_("Choose a member from the list."))
        return member

    def _end(self, request: HttpRequest) -> None:
        end_team_member(self._member(request), at=now(), by=request.user)
        messages.success(request, _("No longer in the team, from now on."))

    def _forget(self, request: HttpRequest) -> None:
        forget_neighbour(self._member(request), at=now(), by=request.user)
        messages.success(request, _("Name and telephone are erased."))


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
        shown = []
        for member in with_names(members_on(today).filter(team__in=rows)):
            counts[member.team_id] = counts.get(member.team_id, 0) + 1
            if member.leader:
                leaders[member.team_id] = member.called
                shown.append(member)
        log_access(user=self.request.user, actors=seen_in(shown), page="teams", at=now())
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
