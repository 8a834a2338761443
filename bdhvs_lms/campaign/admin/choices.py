"""Fields to choose an area, a group or an indicator with: one query each, as people call them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.base.api import row_number
from bdhvs_lms.campaign.models import Area


def area_label(area: Area) -> str:
    """Return the area's name, with its last day where it has one: names are used again, and an entry may be about a day
    before the end."""
    if area.valid_to is None:
        return area.name
    return _("%(area)s (until %(day)s)") % {
        "area": area.name,
        "day": date_format(area.valid_to, "SHORT_DATE_FORMAT"),
    }


def grouped_areas(kinds: tuple[str, ...]) -> list[tuple[str, list[tuple[int, str]]]]:
    """Return choices: what exists first, villages under their commune, what has ended last."""
    groups: dict[str, list[tuple[int, str]]] = defaultdict(list)
    ended: list[tuple[int, str]] = []
    for area in Area.objects.filter(kind__in=kinds).select_related("parent").order_by("name", "pk"):
        if area.valid_to is not None:
            ended.append((area.pk, area_label(area)))
        elif area.kind == Area.Kind.VILLAGE and area.parent is not None:
            groups[area.parent.name].append((area.pk, area.name))
        else:
            groups[""].append((area.pk, area.name))
    above = [(str(_("Province, communes and wards")), groups.pop(""))] if "" in groups else []
    below = sorted(groups.items())
    return above + below + ([(str(_("Abolished")), ended)] if ended else [])


class AreaField(forms.ChoiceField):
    """An area of these kinds; the value is the Area."""

    def __init__(self, *, kinds: tuple[str, ...] = tuple(Area.Kind.values), **kwargs: Any) -> None:
        self.kinds = kinds
        kwargs.setdefault("label", gettext_lazy("Area"))
        super().__init__(**kwargs)
        self.choices = self.areas_to_choose

    def areas_to_choose(self) -> list[Any]:
        return [("", "---------"), *grouped_areas(self.kinds)]

    def clean(self, value: Any) -> Area | None:
        if value in self.empty_values:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        area = Area.objects.filter(kind__in=self.kinds, pk=row_number(value)).first()
        if area is None:
            raise ValidationError(_("Choose an area from the list."))
        return area
