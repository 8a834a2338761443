"""Forms of the second factor."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class CodeForm(forms.Form):
    """Six digits of an app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        error_messages={"required": _("Enter the code.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}),
    )


class KeyForm(forms.Form):
    """A passkey that the browser has made; `credential` is what it says, as JSON."""

    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        required=False,
        help_text=_("To recognise it later. Example: office computer."),
    )

    def clean(self) -> dict[str, Any]:
        """Read `credential`: what the browser's script put there; no field of people."""
        try:
            found = json.loads(self.data.get("credential", ""))
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise forms.ValidationError(_("The passkey was not created. Try again, or use an authenticator app."))
        return {**self.cleaned_data, "credential": found}
