"""The form for a test that is to be printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bdhvs_lms.base.api import DayField, Refusing, language_name
from bdhvs_lms.courses.api import Activity

CODES, SPARE = 4, 3


def _count(**more: Any) -> forms.IntegerField:
    """Make a field for a number; the action checks its limits."""
    words = {"required": _("Enter a number."), "invalid": _("Enter a number.")}
    attrs = {"inputmode": "numeric", "maxlength": "2", "autocomplete": "off"}
    return forms.IntegerField(widget=forms.TextInput(attrs=attrs), error_messages=words, **more)


class PackForm(Refusing, forms.Form):
    """The form of a pack. `quizzes`: those that can be printed. `languages`: in which some of them are; a quiz that is
    not in
    the chosen one is printed in its first."""

    quiz = forms.ChoiceField(
        label=_("Quiz"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a quiz."), "invalid_choice": _("Choose a quiz.")},
    )
    held_on = DayField(label=_("Day of the test"), missing=_("Enter the day of the test."))
    codes = _count(
        label=_("Number of codes"),
        initial=CODES,
        help_text=_("Each code asks in another order, so that neighbours cannot copy. 1 keeps the order of the quiz."),
    )
    spare = _count(label=_("Spare sheets without a name"), initial=SPARE)

    language = forms.ChoiceField(
        label=_("Language of the questions"),
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": _("Choose a language.")},
    )

    def __init__(self, quizzes: Sequence[Activity], languages: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)  # noqa: S101  narrowing for the type checker
        language.choices = [(code, language_name(code)) for code in languages]
        if len(languages) < 2:
            del self.fields["language"]
        quiz = self.fields["quiz"]
        assert isinstance(quiz, forms.ChoiceField)  # noqa: S101  narrowing for the type checker
        quiz.choices = [(str(one.key), str(one.key)) for one in quizzes]
        if len(quizzes) == 1:
            quiz.initial = str(quizzes[0].key)
