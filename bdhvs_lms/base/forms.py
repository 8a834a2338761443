"""Forms whose work an action does: the fields say what is typed, the action says what can be."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _


class DayField(forms.DateField):
    """A day as a telephone asks for it. `missing`: what is said where there is none, or none that can be read."""

    def __init__(self, *, missing: Any = None, **kwargs: Any) -> None:
        if missing is not None:
            kwargs["error_messages"] = {"required": missing, "invalid": missing}
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        # Far from both ends of what dates, and databases, know.
        if day is not None and not 2000 <= day.year <= 2100:
            raise ValidationError(_("Choose a date between 2000 and 2100."))
        return day


class Refusing(forms.BaseForm):
    """A form that shows an action's refusal; mixed into other forms."""

    def refuse(self, refused: ValidationError) -> None:
        """Say what the action said, at its fields; what has no field stands above the form."""
        by_field = refused.error_dict if hasattr(refused, "error_dict") else {NON_FIELD_ERRORS: [refused]}
        for name, errors in by_field.items():
            self.add_error(name if name in self.fields else None, ValidationError(errors))
