"""Forms whose work an action does: the fields say what is typed, the action says what can be."""

from __future__ import annotations

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError


class Refusing(forms.BaseForm):
    """Mixed into a form."""

    def refuse(self, refused: ValidationError) -> None:
        """Say what the action said, at its fields; what has no field stands above the form."""
        by_field = refused.error_dict if hasattr(refused, "error_dict") else {NON_FIELD_ERRORS: [refused]}
        for name, errors in by_field.items():
            self.add_error(name if name in self.fields else None, ValidationError(errors))
