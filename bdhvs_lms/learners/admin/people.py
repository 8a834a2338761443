"""People: register, correct, place, give an account. Every page that shows names says so in the access log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet, Subquery
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import CharFilter, ChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.widgets import Button

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.admin.imports import ImportButton, ImportingViewSet
from bdhvs_lms.base.admin.viewsets import RecordAdd, RecordEdit, RecordList, column
from bdhvs_lms.base.api import allowed, day_of, fold, now
from bdhvs_lms.learners.accounts import open_account, set_password
from bdhvs_lms.learners.actions import correct_person, place, register
from bdhvs_lms.learners.admin.person_forms import GUARDIAN, CorrectForm, RegisterForm, area_choices, today
from bdhvs_lms.learners.guardians import forget_guardian, name_guardian
from bdhvs_lms.learners.importing.duplicates import about, twins_of
from bdhvs_lms.learners.models import Person
from bdhvs_lms.learners.queries import newest_placement
from bdhvs_lms.learners.records import person_of

UNPLACED = "none"
ENDED = "ended"
REGISTERED = ("full_name", "birth_year", "phone", "area", "groups", "organisation", "grade")


class PersonFilterSet(WagtailFilterSet):
    name = CharFilter(label=gettext_lazy("Name"), method="named")
    area = ChoiceFilter(
        label=gettext_lazy("Residence"),
        choices=lambda: [
            (UNPLACED, _("unknown")),
            (ENDED, _("in an abolished area")),
            *area_choices(),
        ],
        method="living",
    )

    class Meta:
        model = Person
        fields: list[str] = []

    def named(self, people: QuerySet[Person], _name: str, text: str) -> QuerySet[Person]:
        wanted = Person.objects.filter(search_name__contains=" ".join(fold(text).split()))
        return people.filter(learner__in=wanted.values(person=person_of()))

    def living(self, people: QuerySet[Person], _name: str, area: str) -> QuerySet[Person]:
        if area == ENDED:
            until = Subquery(newest_placement(today()).values("area__valid_to")[:1])
            return people.annotate(until=until).filter(until__lt=today())
        # `area_id` is what the list has annotated.
        wanted: dict[str, Any] = {"area_id__isnull": True} if area == UNPLACED else {"area_id": int(area)}
        return people.filter(**wanted)


class PeopleList(ImportButton, RecordList):
    def get_base_queryset(self) -> QuerySet[Person]:
        newest = newest_placement(today())
        # A person is one row: whose records were merged is listed as the one that stands.
        return (
            super()
            .get_base_queryset()
            .filter(learner__merged_into=None)
            .annotate(area_id=Subquery(newest.values("area")[:1]), area_name=Subquery(newest.values("area__name")[:1]))
        )

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        shown = [person.learner.actor for person in context["object_list"]]
        if shown:
            # An export holds every page of the list, and names leave the site with it.
            page = f"people-{self.request.GET['export']}" if self.is_export else "people"
            log_access(user=self.request.user, actors=shown, page=page, at=now())
        return context


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
        if data["username"]:
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
    @cached_property
    def header_more_buttons(self) -> list[Any]:
        found = list(super().header_more_buttons)
        if allowed(self.request.user, "add_learneralias"):
            # A page of the classes' part, which knows more of a person than this one does.
            address = reverse("classes:merge", args=[self.object.learner.whole.pk])
            found.append(Button(_("Merge with another record"), url=address, icon_name="group", priority=10))
        return found

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
        return changed

    def _account(self, form: Any, learner: Any, data: dict[str, Any]) -> None:
        if form.account is None:
            open_account(learner, username=data["username"], password=data["password"], by=self.request.user)
            return
        try:
            set_password(learner, password=data["password"], by=self.request.user)
        except PermissionDenied as refused:
            text = _("This account has permissions of its own. Only a superuser can set its password.")
            raise ValidationError({"password": text}) from refused


class PeopleViewSet(ImportingViewSet):
    """Without `import_page`: a list may be a class's roster, of which this part knows nothing."""

    model = Person
    name = "people"
    url_prefix = "lop-hoc/nguoi-hoc"
    icon = "user"
    pages = ("index", "add", "edit")
    related = ("learner",)
    index_view_class = PeopleList
    add_view_class = PersonAdd
    edit_view_class = PersonEdit
    add_form = RegisterForm
    edit_form = CorrectForm
    filterset_class = PersonFilterSet
    ordering = ("sort_name", "pk")
    list_display = (
        column("full_name", gettext_lazy("Full name"), sort="sort_name"),
        column("birth_year", gettext_lazy("Year of birth"), sort="birth_year"),
        column("area", gettext_lazy("Residence"), lambda row: row.area_name or _("unknown")),
        column("phone", gettext_lazy("Phone")),
    )
