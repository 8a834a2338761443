"""Forms to register without help and to set one's own password, for people who seldom fill one in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.audit.api import text_in_force
from bdhvs_lms.base.api import day_of, fold, now, row_number
from bdhvs_lms.campaign.api import Area, areas_in_force
from bdhvs_lms.conf import app_settings
from bdhvs_lms.learners.actions import clean_birth_year
from bdhvs_lms.learners.consent import Consenting, who_agrees
from bdhvs_lms.learners.consent_forms import ConsentAnswer, ConsentAsked, Reason
from bdhvs_lms.learners.forms import NameForm, SharedDevice, only

__all__ = ["AccountForm", "NewPasswordForm", "NewcomerForm", "OwnAccountForm"]

ELSEWHERE = "elsewhere"
MANY = 60
"""Up to so many areas are a list to choose from; more are looked for by name."""
MATCHES = 20


def places_to_live() -> list[tuple[int, str]]:
    """List areas that exist today and have none below them, by name, with what they lie in. One query."""
    areas = {area.pk: area for area in areas_in_force(day_of(now()))}
    inner = {area.parent_id for area in areas.values()}
    found = []
    for area in areas.values():
        if area.pk in inner or area.kind in (Area.Kind.PROVINCE, Area.Kind.DISTRICT):
            continue
        above = areas.get(area.parent_id or 0)
        found.append((area.pk, f"{area.name}, {above.name}" if above and area.kind == Area.Kind.VILLAGE else area.name))
    return sorted(found, key=lambda pair: (fold(pair[1]), pair[0]))


class NewcomerForm(NameForm, SharedDevice):
    """Form of name, year of birth, where one lives, consent, whether the device is shared.

    `offered`: areas to choose from; where there are many, those that match what was typed, once something was.
    """

    full_name = forms.CharField(
        label=gettext_lazy("Full name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autocapitalize": "words"}),
        error_messages={"required": gettext_lazy("Enter your full name.")},
    )
    birth_year = forms.IntegerField(
        label=gettext_lazy("Year of birth"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "bday-year", "maxlength": "4"}),
        error_messages={
            "required": gettext_lazy("Enter your year of birth, like 1962."),
            "invalid": gettext_lazy("Enter your year of birth, like 1962."),
        },
    )
    form = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, home: Area | None = None, **kwargs: Any) -> None:
        """Prepare the form. `home`: chosen to begin with, a class's area."""
        super().__init__(*args, **kwargs)
        self.initial.setdefault("form", uuid4())
        self.all = places_to_live()
        self.searching = len(self.all) > MANY
        self.wanted = (self.data.get("place", "") if self.is_bound else "").strip()[:120]
        default = str(home.pk) if home is not None and home.pk in dict(self.all) else ""
        self.chosen = self.data.get("area", "") if self.is_bound else default
        self.offered = self._offered()
        self.place_errors: list[str] = []
        self.consent_errors: list[Reason] = []
        self.guardian: dict[str, str] | None = None
        text = text_in_force(day_of(now()))
        version = app_settings.CONSENT_VERSION if text is None else text.version
        # Before the year of birth is known, one's own yes.
        self.asked = ConsentAsked(version, Consenting(), text)

    def _offered(self) -> list[tuple[str, str]]:
        every = [(str(pk), text) for pk, text in self.all]
        if not self.searching:
            return every
        plain = " ".join(fold(self.wanted).split())
        found = [one for one in every if plain and plain in fold(one[1])][:MATCHES]
        return [one for one in every if one[0] == self.chosen and one not in found] + found

    def clean_birth_year(self) -> int:
        year: int = only(lambda: clean_birth_year(self.cleaned_data["birth_year"], day_of(now())), "birth_year")
        return year

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data["area"] = self._area()
        self.asked = replace(self.asked, who=who_agrees(data.get("birth_year"), day_of(now())))
        answer = ConsentAnswer(self.data, self.asked)
        self.consent_errors, self.guardian = answer.reasons, answer.guardian
        if self.place_errors or self.consent_errors:
            # Shown beside their own fields, which the page lays out itself.
            raise ValidationError([])
        return data

    def _area(self) -> Area | None:
        if self.chosen == ELSEWHERE:
            return None
        if not self.chosen and self.searching and len(self.offered) == 1:
            self.chosen = self.offered[0][0]
        if self.chosen:
            found = Area.objects.filter(pk=row_number(self.chosen)).first()
            if found is not None and found.pk in dict(self.all):
                return found
        if self.searching and self.wanted and not self.offered:
            self.place_errors = [_("No place is called that. Type a part of its name, or choose “Somewhere else”.")]
        else:
            self.place_errors = [_("Choose where you live, or “Somewhere else”.")]
        return None

    @property
    def wrong(self) -> bool:
        return self.is_bound and bool(self.errors or self.place_errors or self.consent_errors)

    @property
    def form_id(self) -> UUID | None:
        return self.cleaned_data.get("form")

    @property
    def consent_context(self) -> dict[str, Any]:
        """Return what `includes/consent.html` needs."""
        return {
            "consent_needed": True,
            "consent_version": self.asked.shown,
            "consent_asked": self.asked,
            "consent_errors": self.consent_errors,
        }


class AccountForm(NewcomerForm):
    """The same form for whoever is signed in already, without the question whose device it is."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        """Prepare the form. `user`: whose name is there to begin with, as the account has it."""
        name = str(getattr(user, "get_full_name", str)())
        super().__init__(*args, initial={"full_name": name}, **kwargs)
        del self.fields["shared"]


class NewPasswordForm(forms.Form):
    """A new password, twice."""

    new_password = forms.CharField(
        label=gettext_lazy("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": gettext_lazy("Enter the new password.")},
    )
    again = forms.CharField(
        label=gettext_lazy("New password, once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": gettext_lazy("Enter the new password once more.")},
    )

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.errors:
            return data
        if data["new_password"] != data["again"]:
            self.add_error("again", _("The two passwords are not the same."))
            return data
        try:
            validate_password(data["new_password"], self.user)
        except ValidationError as weak:
            self.add_error("new_password", weak)
        return data


class CurrentPasswordForm(NewPasswordForm):
    """A new password and the one until now, which an account has that can sign in with one."""

    current = forms.CharField(
        label=gettext_lazy("Current password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": gettext_lazy("Enter your current password.")},
    )
    field_order = ("current", "new_password", "again")


class OwnAccountForm(NewPasswordForm):
    """The first user name and password of somebody who registered without help."""

    username = forms.CharField(
        label=gettext_lazy("Username"),
        max_length=150,
        help_text=gettext_lazy("What you will type to sign in, without spaces. Example: lan1966."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "username", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Enter a username.")},
    )
    field_order = ("username", "new_password", "again")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(get_user_model()(), *args, **kwargs)
