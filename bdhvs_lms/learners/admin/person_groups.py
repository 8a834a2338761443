"""Groups of a person, at which organisation and in which grade, and since when: begun, changed, ended, taken back, on
the person's page."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.base.admin.forms import day_field, require_valid
from bdhvs_lms.base.admin.viewsets import ActingPage
from bdhvs_lms.base.api import allowed, day_of, now, post_once, row_number
from bdhvs_lms.campaign.api import Organisation
from bdhvs_lms.learners.actions import belong, change_belonging, end_belonging, withdraw_belonging
from bdhvs_lms.learners.admin.people_actions import GroupForm, not_to_come
from bdhvs_lms.learners.admin.person_forms import grade_field, organisation_field
from bdhvs_lms.learners.models import Belonging
from bdhvs_lms.learners.queries import belongings_ever


class ChangeForm(forms.Form):
    organisation = organisation_field()
    grade = grade_field()
    since = day_field(
        gettext_lazy("Since"),
        required=False,
        help_text=gettext_lazy(
            "The first day of the change. Leave empty for today; the first day in the group: it was "
            "wrong from the start."
        ),
    )


@post_once
class GroupsOfPerson(ActingPage):
    """A page of one person (a Person) with a part to look after the groups."""

    acts: ClassVar[dict[str, str]] = {
        "add": "_add",
        "change": "_change",
        "end": "_end",
        "withdraw": "_withdraw",
    }
    group_form: forms.Form | None = None

    def facts(self) -> dict[str, Any]:
        today, may_add = day_of(now()), allowed(self.request.user, "add_belonging")
        form = self.group_form or GroupForm()
        # Read once, however many rows are to be changed.
        known = Organisation.objects.order_by("name", "pk")
        organisations = [("", "---------"), *((one.pk, str(one)) for one in known)]
        rows = [
            (row, self._change_form(row, organisations) if self._goes_on(row, today) and may_add else None)
            for row in belongings_ever(self.object.learner.whole)
        ]
        return {**super().facts(), "belongings": rows, "group_form": form, "media": form.media, "may_add": may_add}

    def _goes_on(self, row: Belonging, today: Any) -> bool:
        return row.basis == "list" and (row.valid_to is None or row.valid_to > today)

    def _change_form(self, row: Belonging, organisations: list[tuple[Any, str]]) -> ChangeForm:
        known = {"organisation": row.organisation_id, "grade": row.grade}
        form = ChangeForm(initial=known, auto_id=f"id_row{row.pk}_%s")
        form.fields["organisation"].widget.choices = organisations
        return form

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not allowed(request.user, "add_belonging"):
            raise PermissionDenied
        return super().post(request, pk)

    def _add(self, request: HttpRequest) -> HttpResponse:
        form = GroupForm(request.POST)
        if form.is_valid():
            data = form.cleaned_data
            try:
                first = not_to_come(data["since"], "since")
                more = {name: data[name] for name in ("organisation", "grade")}
                learner = self.object.learner.whole
                belong(learner, data["group"], valid_from=first, at=now(), by=request.user, **more)
            except ValidationError as refused:
                fields = refused.error_dict if hasattr(refused, "error_dict") else {"": [refused]}
                for name, errors in fields.items():
                    form.add_error(name if name in form.fields else None, ValidationError(errors))
            else:
                messages.success(request, _("Added to the group."))
                return redirect(request.path)
        self.group_form = form
        return self.render_to_response(self.get_context_data(), status=422)

    def _row(self, request: HttpRequest) -> Belonging:
        mine = Belonging.objects.filter(learner__in=self.object.learner.ids)
        row = mine.filter(pk=row_number(request.POST.get("row", ""))).select_related("group", "organisation").first()
        if row is None:
            raise ValidationError(_("Choose a group from the list."))
        return row

    def _change(self, request: HttpRequest) -> None:
        row, data = self._row(request), require_valid(ChangeForm(request.POST))
        since = not_to_come(data["since"], "since")
        same = {"organisation": data["organisation"], "grade": data["grade"]}
        change_belonging(row, **same, since=since, at=now(), by=request.user)
        messages.success(request, _("The change is written down, with its day."))

    def _end(self, request: HttpRequest) -> None:
        at = now()
        end_belonging(self._row(request), last_day=day_of(at), at=at, by=request.user)
        messages.success(request, _("Today is the last day in this group."))

    def _withdraw(self, request: HttpRequest) -> None:
        withdraw_belonging(self._row(request), at=now(), by=request.user)
        messages.success(request, _("Taken back: the person never was in this group."))
