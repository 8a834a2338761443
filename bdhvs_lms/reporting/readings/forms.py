"""Forms of readings."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bdhvs_lms.base.api import DayField, several_lines
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.reporting.area_choice import area_key
from bdhvs_lms.reporting.readings.models import ReportDraft


class FreezeForm(forms.Form):
    """Which area and day, and why where the month has a reading."""

    area = forms.ChoiceField(label=_("Area of the plan"))
    as_of = DayField(label=_("Data up to the end of"), input_formats=["%Y-%m-%d", "%d/%m/%Y"])
    why = forms.CharField(
        label=_("Why it is corrected"),
        help_text=_("Only where the month has a reading already: both stay, and this is printed on the new one."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        required=False,
    )

    def __init__(self, *args: Any, areas: list[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.areas = {area_key(area): area for area in areas}
        field = self.fields["area"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  narrowing for the type checker
        field.choices = [(key, area.name) for key, area in self.areas.items()]

    def refuse(self, wrong: ValidationError) -> None:
        self.add_error(None, wrong)


class DraftForm(forms.ModelForm):
    """What is typed for the report; nothing of it is asked for: what is empty is filled in by hand."""

    class Meta:
        model = ReportDraft
        fields = (
            "style",
            "above",
            "agency",
            "number",
            "place",
            "day",
            "difficulties",
            "recipients",
            "authority",
            "position",
            "signer",
        )
        # The model's own name has the Vietnamese one beside it, for who looks at tables.
        labels: ClassVar[dict[str, Any]] = {"recipients": pgettext_lazy("of a report", "recipients")}
        field_classes: ClassVar[dict[str, Any]] = {"day": DayField}
        widgets: ClassVar[dict[str, Any]] = {
            "style": forms.RadioSelect,
            "difficulties": forms.Textarea(attrs={"rows": 5, "maxlength": 5000}),
            "recipients": forms.Textarea(attrs={"rows": 3, "maxlength": 2000}),
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        # Signs that nobody sees come along from other programs, and no Word document can hold them.
        return {name: several_lines(value) if isinstance(value, str) else value for name, value in data.items()}
