"""Forms in which teachers type about sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bdhvs_lms.base.api import CALENDAR, DayField, Refusing
from bdhvs_lms.classes.sessions.actions import MOST_WEEKS


class TeacherForm(Refusing, forms.Form):
    """A form of the class's teacher."""


class MeetingForm(TeacherForm):
    """Day, time, length and place."""

    day = DayField(label=_("Day"), error_messages={"required": _("Choose a day.")})
    time = forms.TimeField(
        label=_("Time"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Choose a time.")},
    )
    minutes = forms.IntegerField(
        label=_("Length in minutes"),
        min_value=1,
        max_value=600,
        initial=90,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": "3"}),
    )
    place = forms.CharField(label=_("Place"), max_length=120, required=False)

    @property
    def starts_at(self) -> datetime:
        """Return the moment of a valid form."""
        return datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"], CALENDAR)


class SessionForm(MeetingForm):
    weeks = forms.IntegerField(
        label=_("How many weeks in a row"),
        min_value=1,
        max_value=MOST_WEEKS,
        initial=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": "2"}),
        help_text=_("1: this session only. 8: also at the same time in the seven weeks that follow."),
    )


def when(moment: datetime) -> dict[str, Any]:
    """Return day and time as the fields of a form have them."""
    local = timezone.localtime(moment, CALENDAR)
    return {"day": local.date(), "time": local.time().replace(second=0, microsecond=0)}
