"""Forms of one person: what is typed when somebody is registered or corrected."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.base.admin.forms import ActionForm, day_field
from bdhvs_lms.base.api import day_of, fold, now
from bdhvs_lms.campaign.api import Area, Organisation, areas_in_force
from bdhvs_lms.learners.accounts import account_of
from bdhvs_lms.learners.actions import require_letters
from bdhvs_lms.learners.guardians import guardian_of
from bdhvs_lms.learners.models import Guardian, Person
from bdhvs_lms.learners.queries import groups_by_list, placement_of

GUARDIAN = ("guardian", "relation", "guardian_phone")


def today() -> Any:
    return day_of(now())


def area_choices() -> list[tuple[str, str]]:
    """List areas that exist today; a village with its commune."""
    areas = areas_in_force(today()).exclude(kind__in=("province", "district")).select_related("parent")
    label = {
        area.pk: f"{area.name}, {area.parent.name}" if area.kind == Area.Kind.VILLAGE and area.parent else area.name
        for area in areas
    }
    return [(str(pk), text) for pk, text in sorted(label.items(), key=lambda pair: fold(pair[1]))]


class AreaTodayField(forms.ChoiceField):
    """An area that exists today, or none; the value is the Area or None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("Residence"),
            required=False,
            choices=lambda: [("", _("unknown")), *area_choices()],
            **kwargs,
        )

    def clean(self, value: Any) -> Area | None:
        chosen = super().clean(value)
        return Area.objects.get(pk=chosen) if chosen else None


def _person_fields() -> dict[str, forms.Field]:
    return {
        "full_name": forms.CharField(label=gettext_lazy("Full name"), max_length=120),
        "birth_year": forms.IntegerField(label=gettext_lazy("Year of birth"), required=False),
        "phone": forms.CharField(label=gettext_lazy("Phone"), max_length=20, required=False),
        "area": AreaTodayField(),
        "guardian": forms.CharField(
            label=gettext_lazy("Parent or guardian"),
            max_length=120,
            required=False,
            help_text=gettext_lazy("Of a minor: full name of the person to call, who may consent for the child."),
        ),
        "relation": forms.ChoiceField(
            label=gettext_lazy("Relation to the child"),
            required=False,
            choices=[("", "---------"), *Guardian.Relation.choices],
        ),
        "guardian_phone": forms.CharField(label=gettext_lazy("Guardian's phone"), max_length=20, required=False),
    }


def organisation_field(**kwargs: Any) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        label=gettext_lazy("Organisation"),
        queryset=Organisation.objects.order_by("name", "pk"),
        required=False,
        **kwargs,
    )


def grade_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Grade"),
        max_length=12,
        required=False,
        help_text=gettext_lazy("Of a pupil, at the school chosen above. Example: 7A2."),
    )


class _PersonForm(ActionForm):
    username = forms.CharField(
        label=gettext_lazy("Username"),
        max_length=150,
        required=False,
        help_text=gettext_lazy(
            "What the person types to sign in, without spaces. Example: lan1966. If the person has an account on this "
            "site, enter its username and leave the password empty: it is then linked."
        ),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_full_name(self) -> str:
        name: str = self.cleaned_data["full_name"]
        # What was taken before stays until somebody changes it.
        if "full_name" in self.changed_data:
            require_letters(name)
        return name


def half_guardian(form: _PersonForm, data: dict[str, Any]) -> None:
    """Refuse half a guardian: a guardian has a name, and is somebody's mother, father or guardian; a phone alone is
    nobody."""
    name, relation, phone = (data.get(field, "") for field in GUARDIAN)
    if name and not relation and "relation" not in form.errors:
        form.add_error("relation", _("Choose who it is."))
    if not name and (phone or relation) and "guardian" not in form.errors:
        form.add_error("guardian", _("Enter the name of the parent or guardian, or empty the two fields below."))


class RegisterForm(_PersonForm):
    full_name, birth_year, phone, area, guardian, relation, guardian_phone = _person_fields().values()
    groups = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Target groups"),
        queryset=groups_by_list(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Age groups are determined by the year of birth."),
    )
    organisation = organisation_field(
        help_text=gettext_lazy("Where the person works or learns, in the target groups chosen above.")
    )
    grade = grade_field()
    other = forms.BooleanField(
        label=gettext_lazy("This is someone else"),
        required=False,
        # Asked when somebody of that name is there.
        widget=forms.HiddenInput,
        help_text=gettext_lazy("Tick it after asking, and register again."),
    )
    field_order = (
        "full_name",
        "other",
        "birth_year",
        "phone",
        "area",
        "groups",
        "organisation",
        "grade",
        "guardian",
        "relation",
        "guardian_phone",
        "username",
        "password",
    )

    class Meta(ActionForm.Meta):
        model = Person

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        half_guardian(self, data)
        if data.get("password") and not data.get("username"):
            self.add_error("username", _("Enter the username for the account too."))
        return data


class CorrectForm(_PersonForm):
    full_name, birth_year, phone, area, guardian, relation, guardian_phone = _person_fields().values()
    moved_on = day_field(
        gettext_lazy("Resident since"),
        required=False,
        help_text=gettext_lazy("When the area changed. Leave empty for today."),
    )
    field_order = (
        "full_name",
        "birth_year",
        "phone",
        "area",
        "moved_on",
        "guardian",
        "relation",
        "guardian_phone",
        "username",
        "password",
    )

    class Meta(ActionForm.Meta):
        model = Person
        fields = ("full_name", "birth_year", "phone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account_of(self.instance.learner)
        self.placed = placement_of(self.instance.learner, today())
        self.initial["area"] = "" if self.placed is None or self.placed.area_id is None else str(self.placed.area_id)
        guardian = guardian_of(self.instance.learner)
        self.known_guardian = ("", "", "")
        if guardian is not None:
            self.known_guardian = (guardian.full_name, guardian.relation, guardian.phone)
        self.initial.update(zip(GUARDIAN, self.known_guardian, strict=True))
        if self.account is not None:
            self.fields["username"].disabled = True
            self.initial["username"] = self.account.get_username()
        self.fields["password"].help_text = gettext_lazy("Leave empty to keep the current password.")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        half_guardian(self, data)
        if data.get("password") and not data.get("username"):
            self.add_error("username", _("Enter the username for the account too."))
        return data
