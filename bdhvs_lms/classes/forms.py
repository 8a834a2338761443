"""Forms in which teachers type about their classes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bdhvs_lms.base.api import DayField, account_name, day_of, has_marks, language_of, now
from bdhvs_lms.campaign.api import Area, areas_in_force
from bdhvs_lms.classes.models import ClassGroup
from bdhvs_lms.classes.queries import teaching
from bdhvs_lms.classes.sessions.forms import TeacherForm
from bdhvs_lms.courses.api import Course
from bdhvs_lms.learners.api import NameForm

TELEPHONE = {"type": "tel", "autocomplete": "off"}


def areas_to_choose() -> list[tuple[str, str]]:
    """List communes and villages that exist today, each village after its commune. One query."""
    areas = {area.pk: area for area in areas_in_force(day_of(now()))}
    communes = [
        one for one in areas.values() if one.kind not in (Area.Kind.PROVINCE, Area.Kind.DISTRICT, Area.Kind.VILLAGE)
    ]
    found: list[tuple[str, str]] = []
    for commune in sorted(communes, key=lambda one: one.name):
        found.append((str(commune.pk), commune.name))
        inner = (one for one in areas.values() if one.parent_id == commune.pk and one.kind == Area.Kind.VILLAGE)
        found += [(str(one.pk), f"{one.name}, {commune.name}") for one in sorted(inner, key=lambda one: one.name)]
    return found


class InItsLanguage(forms.Select):
    """A list whose entries are marked as Vietnamese where they are, whatever the page's language."""

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, label, *args, **kwargs)
        if has_marks(str(label)):
            option["attrs"]["lang"] = "vi"
        return option


class AreaField(forms.TypedChoiceField):
    """An area of today."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=InItsLanguage,
            choices=lambda: [("", "—"), *areas_to_choose()],
            coerce=lambda pk: Area.objects.get(pk=pk),
            error_messages={"required": _("Choose an area."), "invalid_choice": _("Choose an area from the list.")},
            **kwargs,
        )


class TeacherField(forms.ModelChoiceField):
    """A teacher of the class, by full name; nobody, where it is nobody's own."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            get_user_model()._default_manager.none(),
            required=False,
            widget=InItsLanguage,
            empty_label=_("no one's own, an office number for example"),
            **kwargs,
        )

    def offer(self, group: ClassGroup) -> None:
        """Offer the accounts that teach the class today."""
        today = teaching(day_of(now())).filter(class_group=group).values("user")
        self.queryset = get_user_model()._default_manager.filter(pk__in=today).order_by("pk")

    def label_from_instance(self, obj: Any) -> str:
        return account_name(obj)


class SettingsForm(TeacherForm):
    """Name, place and days of a class."""

    name = forms.CharField(
        label=_("Class name"), max_length=120, error_messages={"required": _("Enter a name for the class.")}
    )
    area = AreaField(label=_("Area"))
    starts = DayField(label=_("First day"), error_messages={"required": _("Choose a day.")})
    ends = DayField(label=_("Last day"), required=False, help_text=_("Leave empty if the class has no end date."))
    phone = forms.CharField(
        label=_("Phone number for learners"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs=TELEPHONE),
        help_text=_("The number learners of the class call. It is shown on their page."),
    )
    phone_of = TeacherField(
        label=_("Whose number is it?"),
        help_text=_("A teacher's own number is removed when the teacher leaves the class or the account is closed."),
    )

    def __init__(self, group: ClassGroup | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whose = self.fields["phone_of"]
        if group is None:
            # Of whoever makes the class.
            del self.fields["phone_of"]
        elif isinstance(whose, TeacherField):
            whose.offer(group)


def _courses() -> list[tuple[str, str]]:
    rows = Course.objects.filter(active=True).order_by("pk")
    named = ((str(row.pk), row.titles.get(language_of(row.titles), "")) for row in rows)
    return sorted(named, key=lambda pair: pair[1])


class CourseField(forms.TypedChoiceField):
    """A course that is offered."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=InItsLanguage,
            choices=lambda: [("", "—"), *_courses()],
            coerce=lambda pk: Course.objects.get(pk=pk),
            error_messages={"required": _("Choose a course."), "invalid_choice": _("Choose a course from the list.")},
            **kwargs,
        )


class NewClassForm(SettingsForm):
    course = CourseField(label=_("Course"))

    field_order = ("name", "course", "area", "starts", "ends", "phone")


class AssignForm(TeacherForm):
    """A further course of the class, with its days."""

    course = CourseField(label=_("Course"))
    opens = DayField(
        label=pgettext_lazy("a course of a class", "From"), error_messages={"required": _("Choose a day.")}
    )
    due = DayField(label=_("Due date"), required=False)


class NamedTeacherForm(TeacherForm):
    username = forms.CharField(
        label=_("Teacher's username"),
        max_length=150,
        error_messages={"required": _("Enter a username.")},
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}),
    )


class MemberForm(NameForm, TeacherForm):
    """Somebody who comes to the class."""

    full_name = forms.CharField(
        label=_("Full name"),
        max_length=120,
        error_messages={"required": _("Enter a name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "words"}),
    )
    birth_year = forms.IntegerField(
        label=_("Year of birth"),
        error_messages={
            "required": _("Enter the year of birth, like 1962."),
            "invalid": _("Enter the year of birth, like 1962."),
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "4"}),
    )
    area = AreaField(label=_("Hamlet or area"))
    phone = forms.CharField(label=_("Phone"), max_length=20, required=False, widget=forms.TextInput(attrs=TELEPHONE))
