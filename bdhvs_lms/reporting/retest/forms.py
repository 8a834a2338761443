"""The form by which a sample is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from bdhvs_lms.base.api import DayField, Refusing, language_of
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.competency.api import Subject, asked_in_retests, competency_name, pass_rules, subjects_of
from bdhvs_lms.courses.api import Activity
from bdhvs_lms.reporting.area_choice import area_key
from bdhvs_lms.reporting.retest.actions import LEAST, MOST
from bdhvs_lms.reporting.retest.models import RetestSample
from bdhvs_lms.reporting.retest.queries import retests_for

DAYS = ["%Y-%m-%d", "%d/%m/%Y"]
USUAL = 100
SOME_WEEKS = timedelta(days=30)


@dataclass(frozen=True)
class Offer:
    """Something that had been achieved, and a retest that asks about all of it."""

    subject: Subject
    activity: Activity

    @property
    def key(self) -> str:
        return f"{self.subject.key}/{self.activity.key}"

    @property
    def words(self) -> str:
        """Of a list, in which a line is as wide as a telephone: the newest rule of a group and year is the only one."""
        titles = self.activity.titles
        return f"{subject_name(self.subject)} – {titles.get(language_of(titles), '')}"


def subject_name(subject: Subject) -> str:
    """'Người trưởng thành, 2026', or '1.1 · Duyệt thông tin, trình độ 2'."""
    if subject.rule is not None:
        return f"{_labelled(subject.rule.group)}, {subject.rule.year}"
    [competency] = subject.competencies
    return _("%(competency)s, level %(level)d") % {
        "competency": competency_name(competency),
        "level": subject.level,
    }


def rule_words(subject: Subject) -> str:
    """How the rule calls itself; empty: a competency has none."""
    return _labelled(subject.rule) if subject.rule is not None else ""


def subject_words(subject: Subject) -> str:
    """'Người trưởng thành, 2026: Đạt hai năng lực': where there is room for both."""
    rule = rule_words(subject)
    return f"{subject_name(subject)}: {rule}" if rule else subject_name(subject)


def _labelled(row: Any) -> str:
    labels = {"vi": row.label_vi} | ({"en": row.label_en} if getattr(row, "label_en", "") else {})
    return labels[language_of(labels)]


def offers(today: date) -> list[Offer]:
    """Rules of the years up to this one first, then competencies, each with the retests that ask about it."""
    rules = [rule for rule in pass_rules().filter(year__lte=today.year + 1) if rule.group.part_of_id is None]
    newest: dict[tuple[int, int], str] = {}
    for rule in sorted(rules, key=lambda one: one.number):
        newest[rule.group_id, rule.year] = f"r{rule.pk}"
    keys = [newest[at] for at in sorted(newest, key=lambda at: (-at[1], at[0]))]
    keys += [f"c{competency}-{level}" for competency, level in asked_in_retests()]
    known = subjects_of(keys)
    found = [known[key] for key in keys if key in known and known[key].holds]
    return [Offer(subject, activity) for subject, activity in retests_for(*found)]


class DrawForm(Refusing, forms.Form):
    offer = forms.ChoiceField(
        label=gettext_lazy("What had been achieved, and the retest"),
        help_text=gettext_lazy("A retest is listed for what it asks all of."),
    )
    area = forms.ChoiceField(label=gettext_lazy("Area"))
    as_of = DayField(
        label=gettext_lazy("Achieved by the end of"),
        help_text=gettext_lazy("Everybody who had achieved it by then, and is counted in the area, can be drawn."),
        input_formats=DAYS,
    )
    size = forms.IntegerField(label=gettext_lazy("People to draw"), min_value=LEAST, max_value=MOST, initial=USUAL)
    method = forms.ChoiceField(
        label=pgettext_lazy("draw", "How"),
        choices=RetestSample.Method.choices,
        initial=RetestSample.Method.STRATIFIED,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Either way everybody has the same chance."),
    )
    until = DayField(
        label=gettext_lazy("Last day of the retest"),
        help_text=gettext_lazy("Tests after this day do not count."),
        input_formats=DAYS,
    )

    def __init__(self, *args: Any, offered: Sequence[Offer], areas: Sequence[Area], today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"as_of": today, "until": today + SOME_WEEKS, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.offers = {one.key: one for one in offered}
        self.areas = {area_key(area): area for area in areas}
        self._choices("offer", [(key, one.words) for key, one in self.offers.items()])
        self._choices("area", [(key, area.name) for key, area in self.areas.items()])

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrowing for the type checker
        field.choices = choices

    @property
    def drawing(self) -> dict[str, Any]:
        """What `draw_sample` takes, once the form is valid."""
        data = self.cleaned_data
        offer = self.offers[data["offer"]]
        return {
            "subject": offer.subject,
            "activity": offer.activity,
            "area": self.areas[data["area"]],
            "as_of": data["as_of"],
            "until": data["until"],
            "size": data["size"],
            "strata": data["method"] == RetestSample.Method.STRATIFIED,
        }
