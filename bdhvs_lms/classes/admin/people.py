"""Additions of classes to the list of people: whose class, whose card, and into a class."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy
from django_filters import ModelChoiceFilter
from wagtail.admin.filters import WagtailFilterSet

from bdhvs_lms.base.api import day_of, now
from bdhvs_lms.classes.actions import enrol_members
from bdhvs_lms.classes.models import ClassGroup, Membership
from bdhvs_lms.classes.queries import covering
from bdhvs_lms.classes.rosters import add_members
from bdhvs_lms.classes.sign_in.cards import learner_of_card
from bdhvs_lms.learners.api import Person, person_of


class ClassFilterSet(WagtailFilterSet):
    class_group = ModelChoiceFilter(
        label=gettext_lazy("Class"), queryset=ClassGroup.objects.order_by("name", "pk"), method="in_class"
    )

    class Meta:
        model = Person
        fields: list[str] = []

    def in_class(self, people: QuerySet[Person], _name: str, group: Any) -> QuerySet[Person]:
        inside = Membership.objects.filter(covering(day_of(now())), class_group=group)
        return people.filter(learner__in=inside.values(person=person_of()))


class FoundByCard:
    """A list of people that understands the address of a card too, as a scanner types it."""

    def matches(self, text: str) -> Q:
        found: Q = super().matches(text)  # type: ignore[misc]
        card = learner_of_card(text.rstrip("/").rsplit("/", 1)[-1]) if len(text) >= 27 else None
        return found if card is None else found | Q(learner=card.learner.merged_into_id or card.learner_id)


class ClassForm(forms.Form):
    class_group = forms.ModelChoiceField(label=gettext_lazy("Class"), queryset=ClassGroup.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_today = Q(ends=None) | Q(ends__gte=day_of(now()))
        field: Any = self.fields["class_group"]
        field.queryset = ClassGroup.objects.filter(open_today).order_by("name", "pk")


class IntoClass:
    """Action that adds all chosen people to a class; used with `PeopleAction` of learners."""

    display_name = gettext_lazy("Add to a class")
    action_type = "add-to-class"
    aria_label = gettext_lazy("Add the chosen people to a class")
    action_priority = 10
    permission = "add_membership"
    form_class = ClassForm
    button = gettext_lazy("Add to the class from today")
    request: Any

    def check_perm(self, person: Any) -> bool:
        return True

    def perform(self, people: list[Any], data: dict[str, Any]) -> int:
        group, at = data["class_group"], now()
        came = add_members(group, [person.learner for person in people], at=at, by=self.request.user)
        enrol_members(group, at=at)
        return len(came)
