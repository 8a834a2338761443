"""Three pictures, one of each row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bdhvs_lms.classes.sign_in.pictures import PICTURES, ROWS, Pin
from bdhvs_lms.classes.sign_in.pins import require_usable
from bdhvs_lms.learners.api import SharedDevice

__all__ = ["ChooseForm", "PinForm"]


class PinForm(SharedDevice):
    """Form of the three pictures, which are never filled in again: others look over the shoulder."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(len(ROWS)):
            self.fields[f"picture{number}"] = forms.ChoiceField(
                choices=list(PICTURES.items()),
                label=ROWS[number],
                error_messages={
                    "required": _("Choose one picture in each row."),
                    "invalid_choice": _("Choose one picture in each row."),
                },
            )

    @property
    def rows(self) -> Iterator[tuple[str, Any]]:
        """Yield (name of the field, its legend)."""
        for number, legend in enumerate(ROWS):
            yield f"picture{number}", legend

    @property
    def pictures(self) -> list[tuple[str, Any]]:
        """Return (key, words) of each, as they stand in a row."""
        return list(PICTURES.items())

    @property
    def pin(self) -> Pin:
        """Return the PIN of a valid form."""
        return tuple(self.cleaned_data[f"picture{number}"] for number in range(len(ROWS)))

    def clean(self) -> dict[str, Any]:
        wrong = [name for name in self.errors if name.startswith("picture")]
        if wrong:
            # One sentence for all rows.
            for name in wrong:
                del self._errors[name]  # type: ignore[attr-defined]
            raise ValidationError(_("Choose one picture in each row."))
        return self.cleaned_data


class ChooseForm(PinForm):
    """Form to choose twice. `again`: what the first time left; empty the first time."""

    again = forms.CharField(required=False, max_length=64)

    def clean(self) -> dict[str, Any]:
        super().clean()
        require_usable(self.pin)
        return self.cleaned_data
