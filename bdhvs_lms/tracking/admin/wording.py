"""Words for what the record store's pages show."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.base.admin.forms import day_field
from bdhvs_lms.tracking.wording import TRUST_WORDS
from bdhvs_xapi import api as xapi

SCOPES = {
    xapi.Scope.STATEMENTS_WRITE: gettext_lazy("write statements"),
    xapi.Scope.STATEMENTS_READ_MINE: gettext_lazy("read its own statements"),
    xapi.Scope.STATEMENTS_READ: gettext_lazy("read all statements"),
    xapi.Scope.STATE: gettext_lazy("read and write activity state"),
    xapi.Scope.DEFINE: gettext_lazy("describe activities"),
    xapi.Scope.PROFILE: gettext_lazy("read and write activity and agent profiles"),
    xapi.Scope.ALL_READ: gettext_lazy("read everything"),
    xapi.Scope.ALL: gettext_lazy("read and write everything"),
}


def trust_choices(user: Any) -> list[tuple[int, Any]]:
    """Return the trust that this account may give to statements of others. "Officially confirmed" makes people pass by
    itself: that is a superuser's to grant."""
    most = xapi.Trust.CONFIRMED if user.is_superuser else xapi.Trust.OBSERVED
    return [(trust.value, word) for trust, word in TRUST_WORDS.items() if trust <= most]


def recent_day(label: Any, **kwargs: Any) -> forms.DateField:
    """Make the field of a day of the campaign: one near the end of the calendar has no next day, and no time in another
    zone."""
    return day_field(
        label, validators=[MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2100, 12, 31))], **kwargs
    )


def beginning(day: date | None) -> datetime | None:
    """Return the first moment of a day in the site's zone."""
    return None if day is None else datetime.combine(day, time(), timezone.get_default_timezone())


def set_choices(form: forms.BaseForm, name: str, choices: list[tuple[Any, Any]]) -> None:
    """Set the choices of a field, where they depend on who asks or on what is there."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} is no field of choices")
    field.choices = choices


def scope_words(scopes: str) -> str:
    """Translate scopes as they are kept ('state define') into words."""
    return ", ".join(str(SCOPES[xapi.Scope(scope)]) for scope in scopes.split())


def breakable(text: str) -> SafeString:
    """Return an identifier, escaped, that may break a line after each of its parts: a telephone is narrow."""
    return format_html_join("", "{}<wbr>", ((part,) for part in re.findall(r"[^/|:.-]*[/|:.-]|[^/|:.-]+", text)))


def moment(at: datetime | None, never: str = "") -> str:
    """Return day and time of day in the site's zone; `never` without one."""
    if at is None:
        return never or str(_("never"))
    return date_format(timezone.localtime(at, timezone.get_default_timezone()), "SHORT_DATETIME_FORMAT")
