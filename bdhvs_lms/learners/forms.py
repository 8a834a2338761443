"""Forms to sign in with a user account."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bdhvs_lms.learners.actions import clean_typed_name
from bdhvs_lms.learners.throttle import throttled_error

__all__ = ["NameForm", "SharedDevice", "SignInForm", "only"]


def only(checked: Callable[[], Any], field: str) -> Any:
    """Return what an action's check returns; raise what it says of its `field` as said of the form's."""
    try:
        return checked()
    except ValidationError as wrong:
        raise ValidationError(wrong.message_dict[field]) from wrong


class SharedDevice(forms.Form):
    """The question whether others use this device too."""

    shared = forms.BooleanField(
        required=False,
        label=_("A shared device"),
        help_text=_("Signs out automatically when inactive and when the browser closes."),
    )


class NameForm(forms.Form):
    """Mixin of forms with a `full_name`. A name of one word is asked about once."""

    one_word = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> Any:
        data = super().clean()
        # The question's, not the person's.
        self.cleaned_data.pop("one_word", None)
        return data

    def clean_full_name(self) -> str:
        name: str = only(lambda: clean_typed_name(self.cleaned_data["full_name"]), "full_name")
        if " " not in name and self.data.get("one_word") != name:
            sent: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
            sent["one_word"] = name
            self.data = sent
            raise ValidationError(_("This name has one word only. If that is right, send it again."))
        return name


class SignInForm(SharedDevice, AuthenticationForm):
    """Django's own check of name and password, in words for people who seldom sign in anywhere.

    One message for an unknown name, a wrong password and a closed account: which of them it is would tell a stranger
    who has an account here.
    """

    error_messages = {
        "invalid_login": _("Incorrect username or password. Check both, including upper and lower case."),
        "inactive": _("Incorrect username or password. Check both, including upper and lower case."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Username")
        self.fields["username"].error_messages["required"] = _("Enter your username.")
        self.fields["username"].widget.attrs.update(
            autocapitalize="none", autocomplete="username", autocorrect="off", spellcheck="false"
        )
        # A page that jumps to a field on arrival hides what stands above it from a screen reader.
        self.fields["username"].widget.attrs.pop("autofocus", None)
        self.fields["password"].label = _("Password")
        self.fields["password"].error_messages["required"] = _("Enter your password.")

    def get_invalid_login_error(self) -> ValidationError:
        """Return, while signing in rests (see `throttle`), the same words for every name, with the time
        to try again."""
        return throttled_error(self.request) or super().get_invalid_login_error()
