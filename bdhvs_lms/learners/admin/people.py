"""People: register, correct, place, give an account. Every page that shows names says so in the access log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.admin.imports import ImportingViewSet
from bdhvs_lms.base.admin.viewsets import RecordAdd, RecordEdit, column
from bdhvs_lms.base.api import day_of, now
from bdhvs_lms.learners.account_links import link_account
from bdhvs_lms.learners.accounts import open_account, set_password
from bdhvs_lms.learners.actions import correct_person, place, register
from bdhvs_lms.learners.admin.people_list import EXPORTED, PeopleList, PersonFilterSet
from bdhvs_lms.learners.admin.person_forms import GUARDIAN, CorrectForm, RegisterForm
from bdhvs_lms.learners.guardians import forget_guardian, name_guardian
from bdhvs_lms.learners.importing.duplicates import about, twins_of
from bdhvs_lms.learners.models import Person

REGISTERED = ("full_name", "birth_year", "phone", "area", "groups", "organisation", "grade")


def _guardian(data: dict[str, Any]) -> dict[str, Any]:
    return {"full_name": data["guardian"], "phone": data["guardian_phone"], "relation": data["relation"]}


class _PersonPage:
    def log_title(self, person: Any) -> str:
        return str(_("Learner %(actor)s") % {"actor": person.learner.actor})


class PersonAdd(_PersonPage, RecordAdd):
    named: Sequence[UUID] = ()
    """Whom the form that comes back names."""

    def perform(self, form: Any) -> Person:
        data = form.cleaned_data
        if not data["other"]:
            self._ask_whether_somebody_else(form, data)
        learner = register(**{name: data[name] for name in REGISTERED}, **self.stamp)
        if data["guardian"]:
            name_guardian(learner, **_guardian(data), **self.stamp)
        if data["username"] and not data["password"]:
            link_account(learner, data["username"], **self.stamp)
        elif data["username"]:
            open_account(learner, username=data["username"], password=data["password"], by=self.request.user)
        return learner.person

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Here, since what a refused act has written is taken back.
        if self.named:
            log_access(user=self.request.user, actors=self.named, page="people-add", at=now())
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context

    def _ask_whether_somebody_else(self, form: Any, data: dict[str, Any]) -> None:
        at = self.stamp["at"]
        twins = twins_of(data["full_name"], data["birth_year"], data["area"], day_of(at))
        if twins:
            self.named = [one.learner.actor for one in twins]
            form.fields["other"].widget = forms.CheckboxInput()
            text = _("Likely on record already: %(about)s.")
            raise ValidationError({"full_name": [text % {"about": about(one)} for one in twins]})


class PersonEdit(_PersonPage, RecordEdit):
    def get_success_url(self) -> str:
        return reverse("people:inspect", args=[self.object.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Also of a form that comes back with what is wrong: the page has the name above it.
        log_access(user=self.request.user, actors=[self.object.learner.actor], page="person", at=now())
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context

    def perform(self, form: Any) -> Person:
        data, person = form.cleaned_data, self.object
        learner = person.learner
        with transaction.atomic():
            changed = correct_person(
                learner, **{name: data[name] for name in ("full_name", "birth_year", "phone")}, **self.stamp
            )
            before = form.placed.area if form.placed is not None else None
            if data["area"] != before:
                first = data["moved_on"] or day_of(self.stamp["at"])
                if first > day_of(self.stamp["at"]):
                    raise ValidationError({"moved_on": _("The date must not be in the future.")})
                place(learner, data["area"], valid_from=first, **self.stamp)
            if tuple(data[name] for name in GUARDIAN) != form.known_guardian:
                if data["guardian"]:
                    name_guardian(learner, **_guardian(data), **self.stamp)
                else:
                    forget_guardian(learner, by=self.request.user)
            if data["password"]:
                self._account(form, learner, data)
            elif data["username"] and form.account is None:
                link_account(learner, data["username"], **self.stamp)
        return changed

    def _account(self, form: Any, learner: Any, data: dict[str, Any]) -> None:
        if form.account is None:
            open_account(learner, username=data["username"], password=data["password"], by=self.request.user)
            return
        try:
            set_password(learner, password=data["password"], by=self.request.user)
            log_access(user=self.request.user, actors=[learner.actor], page="reset-password", at=self.stamp["at"])
        except PermissionDenied as refused:
            text = _("This account may do more here than learn. Only a superuser can set its password.")
            raise ValidationError({"password": text}) from refused


class PeopleViewSet(ImportingViewSet):
    """Views of people, without `import_page` and the page of one person: a list may be a class's roster, and a person
    has classes and results, of which this part knows nothing."""

    model = Person
    name = "people"
    url_prefix = "lop-hoc/nguoi-hoc"
    icon = "user"
    pages = ("index", "add", "edit", "inspect")
    related = ("learner",)
    index_view_class = PeopleList
    add_view_class = PersonAdd
    edit_view_class = PersonEdit
    add_form = RegisterForm
    edit_form = CorrectForm
    filterset_class = PersonFilterSet
    exported = EXPORTED
    ordering = ("sort_name", "pk")
    list_display = (
        column("full_name", gettext_lazy("Full name"), sort="sort_name"),
        column("birth_year", gettext_lazy("Year of birth"), sort="birth_year"),
        column("area", gettext_lazy("Residence"), lambda row: row.area_name or _("unknown")),
        column("phone", gettext_lazy("Phone")),
    )
