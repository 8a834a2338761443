"""Forms for what cannot be taken back, which must be meant: a telephone goes round a hall, and a finger slips."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bdhvs_lms.learners.api import throttled_error
from bdhvs_lms.privacy.models import DataRequest
from bdhvs_lms.privacy.requests import LONGEST

__all__ = ["AskForm", "EraseForm", "WithdrawForm"]


class WithdrawForm(forms.Form):
    confirmed = forms.BooleanField(error_messages={"required": _("Tick the box to confirm.")})


class AskForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What you want"),
        choices=[("", _("Choose")), *DataRequest.Kind.choices],
        error_messages={"required": _("Choose what you want."), "invalid_choice": _("Choose what you want.")},
    )
    words = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("To correct something: what is wrong, and what is right."),
    )


class EraseForm(WithdrawForm):
    """The tick, and the password of an account that has one: whoever borrows the telephone does not know it.

    The password goes the way of signing in, with the throttle on guessing.
    """

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter your password.")},
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        user: Any = request.user
        if not user.has_usable_password():
            del self.fields["password"]

    def clean(self) -> dict[str, Any]:
        # Together with the tick only: what is refused anyway is no try at the password.
        if self.errors or "password" not in self.fields:
            return self.cleaned_data
        user: Any = self.request.user
        known = authenticate(self.request, username=user.get_username(), password=self.cleaned_data["password"])
        if known is not None and known.pk == user.pk:
            return self.cleaned_data
        self.add_error(
            "password", throttled_error(self.request) or _("Incorrect password. Check upper and lower case.")
        )
        return self.cleaned_data
