"""What teachers type about sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bdhvs_lms.base.api import CALENDAR, Refusing
from bdhvs_lms.classes.sessions.actions import MOST_WEEKS


class DayField(forms.DateField):
    """A day as a telephone asks for it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        # Far from both ends of what dates, and databases, know.
        if day is not None and not 2000 <= day.year <= 2100:
            raise ValidationError(_("Choose a date between 2000 and 2100."))
        return day


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
        """Of a form that is valid."""
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
    """Day and time as the fields of a form have them."""
    local = timezone.localtime(moment, CALENDAR)
    return {"day": local.date(), "time": local.time().replace(second=0, microsecond=0)}
