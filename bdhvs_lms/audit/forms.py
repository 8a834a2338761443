"""A yes to keeping learning data, as a form brings it (`bdhvs_lms/includes/consent.html`)."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.conf import app_settings

__all__ = ["ConsentForm", "ask_for_consent", "consent_reasons"]


class ConsentForm(forms.Form):
    """The learner's yes to a version of the text. `text_version` is what the page showed."""

    consent = forms.BooleanField(
        error_messages={
            "required": gettext_lazy("Tick the box to agree. Without your consent, no learning data can be kept.")
        }
    )
    text_version = forms.CharField(max_length=40, widget=forms.HiddenInput)


def ask_for_consent() -> str:
    return _("Agree that your learning data is kept. Without your consent, nothing can be recorded.")


def consent_reasons(form: ConsentForm) -> list[str]:
    """Why what the form brought is no yes to the text in force, in words for beside the box; empty: it is one."""
    if not form.is_valid():
        return [str(error) for error in form.errors.get("consent", [])] or [ask_for_consent()]
    # A yes to another version of the text than the one in force is no yes to this one.
    if form.cleaned_data["text_version"] != app_settings.CONSENT_VERSION:
        return [_("The text has changed. Read it again and agree.")]
    return []
