"""Forms whose work an action does: the fields say what is typed, the action says what can be."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from bdhvs_lms.base.forms import Refusing


class ActionForm(Refusing, forms.ModelForm):
    """Every field is declared; the model is not validated here, because its constraints speak to programmers.

    Two callers of the actions, a form and a program, would otherwise be told different things about the same mistake.
    """

    class Meta:
        fields: tuple[str, ...] = ()

    def _post_clean(self) -> None:
        """Copy nothing to the instance: the action makes or changes the row."""


def require_valid(form: forms.Form) -> dict[str, Any]:
    """Return what was sent. Raises ValidationError with all that is wrong, for a page that says it above and not at
    fields."""
    if not form.is_valid():
        raise ValidationError([text for texts in form.errors.values() for text in texts])
    return form.cleaned_data


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=AdminDateInput(), **kwargs)


def reason_field(**kwargs: Any) -> forms.CharField:
    return forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), **kwargs)
