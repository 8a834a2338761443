"""In which groups, at which organisation and in which grade a person is, and since when: begun, ended, corrected."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.admin.viewsets import RecordPage
from bdhvs_lms.base.api import allowed, day_of, now, row_number
from bdhvs_lms.learners.actions import belong, end_belonging, withdraw_belonging
from bdhvs_lms.learners.admin.people_actions import GroupForm, not_to_come
from bdhvs_lms.learners.models import Belonging
from bdhvs_lms.learners.queries import belongings_ever


class PersonGroups(RecordPage):
    page_title = gettext_lazy("Groups and organisations")
    template_name = "bdhvs_lms/admin/person_groups.html"
    form: forms.Form | None = None

    def facts(self) -> dict[str, Any]:
        today = day_of(now())
        log_access(user=self.request.user, actors=[self.object.learner.actor], page="person-groups", at=now())
        rows = belongings_ever(self.object.learner.whole)
        form = self.form or GroupForm()
        return {
            "person": self.object,
            "rows": [(row, row.basis == "list" and (row.valid_to is None or row.valid_to > today)) for row in rows],
            "form": form,
            "media": form.media,
            "may_add": allowed(self.request.user, "add_belonging"),
        }

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not allowed(request.user, "add_belonging"):
            raise PermissionDenied
        do = request.POST.get("do", "")
        try:
            if do == "add":
                return self._add(request)
            if do not in ("end", "withdraw"):
                raise ValidationError(_("Choose an action."))
            self._change(request, do)
        except ValidationError as refused:
            messages.error(request, refused.messages[0])
        return redirect(request.path)

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
        self.form = form
        return self.render_to_response(self.get_context_data())

    def _change(self, request: HttpRequest, do: str) -> None:
        mine = Belonging.objects.filter(learner__in=self.object.learner.ids)
        row = mine.filter(pk=row_number(request.POST.get("row", ""))).select_related("group", "organisation").first()
        if row is None:
            raise ValidationError(_("Choose a group from the list."))
        at = now()
        if do == "end":
            end_belonging(row, last_day=day_of(at), at=at, by=request.user)
            messages.success(request, _("Today is the last day in this group."))
        else:
            withdraw_belonging(row, at=at, by=request.user)
            messages.success(request, _("Taken back: the person never was in this group."))
