"""The form of an announcement: areas to tick, and days in their order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bdhvs_content.addresses import PlainAddressForm
from bdhvs_content.identity import is_translation
from bdhvs_lms.base.api import day_of, fold, now
from bdhvs_lms.campaign.api import Area, areas_in_force


def grouped(areas: Iterable[Area]) -> list[tuple[str, list[tuple[int, str]]]]:
    """Group the choices: province and communes first, then the villages of each commune; each by name."""
    groups: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for area in sorted(areas, key=lambda one: (fold(one.name), one.pk)):
        above = area.parent if area.kind == Area.Kind.VILLAGE else None
        groups[above.name if above else ""].append((area.pk, area.name))
    outer = [(str(_("Province, communes and wards")), groups.pop(""))] if "" in groups else []
    return outer + sorted(groups.items(), key=lambda group: fold(group[0]))


class AnnouncementForm(PlainAddressForm):
    """Form of an announcement. It offers the areas of today, and those that were ticked before."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_translation(self.instance):
            for name in self.instance.shared_fields:
                self.fields.pop(name, None)
        given = self.fields.get("areas")
        if given is not None:
            ticked = [area.pk for area in self.instance.areas.all()]
            offered = areas_in_force(day_of(now())) | Area.objects.filter(pk__in=ticked)
            self.fields["areas"] = forms.ModelMultipleChoiceField(
                queryset=offered,
                required=False,
                label=given.label,
                help_text=given.help_text,
                widget=forms.CheckboxSelectMultiple,
            )
            self.fields["areas"].widget.choices = grouped(offered.select_related("parent"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        first, last = cleaned.get("shown_from"), cleaned.get("shown_until")
        if first is not None and last is not None and last < first:
            self.add_error("shown_until", _("The last day must not be before the first day."))
        return cleaned
