"""Who has agreed, for whoever collects signed forms: the class's teacher, an operator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.base.api import day_of, name_order, row_number
from bdhvs_lms.learners.api import Learner, Person, agreed_among, who_agrees


@dataclass(frozen=True)
class Signer:
    """A line of the list. `who`: whose signature the form of this person needs, in words."""

    learner: Learner
    name: str
    birth_year: int | None
    agreed: bool
    who: str


def signers(learners: Iterable[Learner], at: datetime) -> list[Signer]:
    """Those who have a name on record, by given name. Two queries."""
    rows = list(learners)
    agreed = agreed_among(rows, at)
    people = {one.learner_id: one for one in Person.objects.filter(learner__in=[row.pk for row in rows])}
    today = day_of(at)
    found = [
        Signer(row, people[row.pk].full_name, people[row.pk].birth_year, row.pk in agreed, _who(people[row.pk], today))
        for row in rows
        if row.pk in people
    ]
    return sorted(found, key=lambda one: (name_order(one.name), one.learner.pk))


def _who(person: Person, today: date) -> str:
    who = who_agrees(person.birth_year, today)
    if not who.guardian:
        return _("the learner")
    return _("the learner and a parent or guardian") if who.own else _("a parent or guardian")


class PaperForm(forms.Form):
    """The day and the place; who signed comes beside it (`learner`, repeated)."""

    signed_on = forms.DateField(
        label=gettext_lazy("Day of signing"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Choose the day on which the forms were signed."),
            "invalid": gettext_lazy("Choose the day on which the forms were signed."),
        },
    )
    kept_at = forms.CharField(
        label=gettext_lazy("Where the papers are kept"),
        max_length=200,
        help_text=gettext_lazy("A folder and a room, without names. Example: folder 3, office of the commune."),
        error_messages={"required": gettext_lazy("Say where the papers are kept, in at most 200 characters.")},
    )

    def refuse(self, refused: ValidationError) -> list[str]:
        """What the action said, at its fields; about the people chosen: the answer."""
        about_people: list[str] = []
        for field, texts in refused.message_dict.items():
            if field in self.fields:
                self.add_error(field, texts)
            else:
                about_people += texts
        return about_people


def chosen(data: Any, among: Mapping[int, Learner]) -> list[Learner]:
    """Whom the form names, of those it may name."""
    keys = (row_number(each) for each in data.getlist("learner"))
    return [among[key] for key in dict.fromkeys(keys) if key in among]
