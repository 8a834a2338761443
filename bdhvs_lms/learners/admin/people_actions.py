"""Actions on several people of the list at once, as Wagtail's lists do it: pick, look, confirm."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.views.bulk_action import BulkAction

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.admin.forms import day_field
from bdhvs_lms.base.api import allowed, day_of, now, row_number
from bdhvs_lms.learners.actions import belong, place
from bdhvs_lms.learners.admin.people_list import people_view, with_all, with_place
from bdhvs_lms.learners.admin.person_forms import AreaTodayField, grade_field, organisation_field
from bdhvs_lms.learners.models import Person
from bdhvs_lms.learners.queries import groups_by_list, unclaimed_among

MOST = 500
"""People of one act: it is one transaction."""


class PeopleAction(BulkAction):
    """Action on chosen people. permission: without it the address is refused. `perform` does it; a ValidationError
    comes back with the form."""

    models: ClassVar[list[Any]] = [Person]
    template_name = "bdhvs_lms/admin/people_action.html"
    permission: ClassVar[str]
    button: ClassVar[Any]
    most = MOST

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not allowed(request.user, self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_all_objects_in_listing_query(self, parent_id: Any) -> Any:
        return people_view(self.request).get_queryset().values_list("pk", flat=True)

    def get_queryset(self, model: Any, object_ids: Iterable[Any]) -> list[Any]:
        keys = [row_number(str(each)) for each in object_ids]
        people = list(with_place(Person.objects.filter(pk__in=keys)).select_related("learner").order_by("sort_name"))
        if not people:
            raise Http404
        # Whom no board counts yet are taken into the lists first, one by one.
        self.waiting = unclaimed_among(person.learner_id for person in people)
        return people

    def check_perm(self, person: Any) -> bool:
        return person.learner_id not in self.waiting

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        shown = [*(item["item"] for item in context["items"]), *context["items_with_no_access"]]
        log_access(user=self.request.user, actors=[one.learner.actor for one in shown], page="people-act", at=now())
        return {**context, "title": self.display_name, "button": self.button, "too_many": len(shown) > self.most}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().form_valid(form)
        except ValidationError as refused:
            fields = refused.error_dict if hasattr(refused, "error_dict") else {"": [refused]}
            for name, errors in fields.items():
                form.add_error(name if name in form.fields else None, ValidationError(errors))
            return self.form_invalid(form)
        return answer

    def prepare_action(self, objects: Any, objects_without_access: Any) -> Any:
        if not objects:
            raise ValidationError(_("Nobody is chosen with whom this can be done."))
        if len(objects) > self.most:
            raise ValidationError(_("Choose at most %(most)d people at once.") % {"most": self.most})

    def execute_action(self, objects: list[Any], **kwargs: Any) -> tuple[int, int]:
        return self.perform(objects, self.cleaned_form.cleaned_data), 0

    def perform(self, people: list[Any], data: dict[str, Any]) -> int:
        """Return with how many it was done."""
        raise NotImplementedError

    def get_success_message(self, count: int, _children: int) -> str:
        return ngettext("Done for %(count)d person.", "Done for %(count)d people.", count) % {"count": count}


class GroupForm(forms.Form):
    group = forms.ModelChoiceField(label=gettext_lazy("Target group"), queryset=groups_by_list())
    organisation = organisation_field(help_text=gettext_lazy("Where the people work or learn, in this group."))
    grade = grade_field()
    since = day_field(
        gettext_lazy("Since"), required=False, help_text=gettext_lazy("The first day. Leave empty for today.")
    )


def not_to_come(day: Any, field: str) -> Any:
    """Return the day that was chosen, or today. Raises ValidationError for a later one."""
    today = day_of(now())
    if day is not None and day > today:
        raise ValidationError({field: _("The date must not be in the future.")})
    return day or today


class AddToGroup(PeopleAction):
    display_name = gettext_lazy("Add to a group")
    action_type = "add-to-group"
    aria_label = gettext_lazy("Add the chosen people to a target group")
    action_priority = 20
    permission = "add_belonging"
    form_class = GroupForm
    button = gettext_lazy("Add to the group")

    def perform(self, people: list[Any], data: dict[str, Any]) -> int:
        first = not_to_come(data["since"], "since")
        more = {name: data[name] for name in ("organisation", "grade")}
        for person in people:
            belong(person.learner, data["group"], valid_from=first, at=now(), by=self.request.user, **more)
        return len(people)


class AreaForm(forms.Form):
    area = AreaTodayField()
    since = day_field(
        gettext_lazy("Resident since"),
        required=False,
        help_text=gettext_lazy("When the area changed. Leave empty for today."),
    )


class PlaceInArea(PeopleAction):
    display_name = gettext_lazy("Set the residence")
    action_type = "place"
    aria_label = gettext_lazy("Set the residence of the chosen people")
    action_priority = 30
    permission = "add_placement"
    form_class = AreaForm
    button = gettext_lazy("Set the residence")

    def perform(self, people: list[Any], data: dict[str, Any]) -> int:
        first = not_to_come(data["since"], "since")
        moving = [person for person in people if person.area_id != (data["area"] and data["area"].pk)]
        for person in moving:
            place(person.learner, data["area"], valid_from=first, at=now(), by=self.request.user)
        return len(moving)


class FileForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("File"),
        choices=[("xlsx", gettext_lazy("Excel workbook (XLSX)")), ("csv", "CSV")],
        widget=forms.RadioSelect,
        initial="xlsx",
    )


class ExportPeople(PeopleAction):
    display_name = gettext_lazy("Export to a file")
    action_type = "export"
    aria_label = gettext_lazy("Export the chosen people to a file")
    action_priority = 40
    permission = "change_person"
    form_class = FileForm
    button = gettext_lazy("Download")
    most = 5_000

    def check_perm(self, person: Any) -> bool:
        return True

    def prepare_action(self, objects: Any, objects_without_access: Any) -> Any:
        super().prepare_action(objects, objects_without_access)
        kind = self.cleaned_form.cleaned_data["kind"]
        people = with_all(with_place(Person.objects.filter(pk__in=[one.pk for one in objects]))).order_by("sort_name")
        actors = [one.learner.actor for one in objects]
        log_access(user=self.request.user, actors=actors, page=f"people-{kind}", at=now())
        return people_view(self.request).as_spreadsheet(people, kind)
