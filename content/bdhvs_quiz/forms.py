"""Editors' forms of the bank and of the quiz page. A draft may be unfinished; publishing says what is missing."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.blocks import StreamBlockValidationError
from wagtail.blocks.base import BlockField

from bdhvs_content.api import ActivityPageForm
from bdhvs_quiz.blocks import accepted_problems, option_problems, several_problems
from bdhvs_quiz.folding import Folding

BROKEN = _("The form did not arrive whole. Look through what is here, add what is missing and save again.")


def _mend(data: Any, stream: str) -> bool:
    """Give a stream's posted blocks the fields without which they cannot be read; whether any was missing."""
    numbers = {
        int(found[1]) for name in data if (found := re.fullmatch(rf"{re.escape(stream)}-([0-9]{{1,4}})-.+", name))
    }
    count = str(data.get(f"{stream}-count", ""))
    total = int(count) if re.fullmatch(r"[0-9]{1,4}", count) else max(numbers, default=-1) + 1
    missing = str(total) != count
    data[f"{stream}-count"] = str(total)
    for number in range(total):
        for name, value in (("deleted", ""), ("type", ""), ("order", str(number))):
            if f"{stream}-{number}-{name}" not in data:
                # A block without a type is left out by Wagtail: nothing says what it was.
                data[f"{stream}-{number}-{name}"] = value
                missing = True
    return missing


class QuestionForm(WagtailAdminModelForm):
    """Also stands a form that did not arrive whole: Wagtail reads how many blocks a stream has from a field that is
    then not there. What arrived is shown again, and nothing is saved."""

    data: Any

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["bdhvs_content/admin.css"]}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.broken: list[str] = []
        if not self.is_bound:
            return
        streams = [name for name, field in self.fields.items() if isinstance(field, BlockField)]
        whole = self.data.copy()
        for name in streams:
            if _mend(whole, self.add_prefix(name)):
                self.broken.append(name)
        self.data = whole

    def _clean_fields(self) -> None:
        super()._clean_fields()
        for name in self.broken:
            self.add_error(name, StreamBlockValidationError(non_block_errors=[ValidationError(BROKEN)]))

    def problems(self) -> dict[str, ValidationError]:
        """Field name to what keeps the question from being published; asked when the form is otherwise valid."""
        return {}

    def is_valid(self) -> bool:
        valid: bool = super().is_valid()
        if valid and not self.is_deferred_validation:
            for field, problem in self.problems().items():
                self.add_error(field, problem)
            valid = not self.errors
        return valid


def _of_stream(found: list[str]) -> ValidationError:
    return StreamBlockValidationError(non_block_errors=[ValidationError(text) for text in found])


class ChoiceQuestionForm(QuestionForm):
    def problems(self) -> dict[str, ValidationError]:
        found = option_problems(self.cleaned_data.get("options"))
        return {"options": _of_stream(found)} if found else {}


class MultipleChoiceQuestionForm(QuestionForm):
    def problems(self) -> dict[str, ValidationError]:
        found = several_problems(self.cleaned_data.get("options"))
        return {"options": _of_stream(found)} if found else {}


class TrueFalseQuestionForm(QuestionForm):
    def problems(self) -> dict[str, ValidationError]:
        if self.cleaned_data.get("answer") is None:
            return {"answer": ValidationError(_("Say whether the sentence is true or false."))}
        return {}


class ShortTextQuestionForm(QuestionForm):
    def problems(self) -> dict[str, ValidationError]:
        folding = Folding(
            case=self.cleaned_data["ignore_case"],
            diacritics=self.cleaned_data["ignore_diacritics"],
            spacing=self.cleaned_data["ignore_spacing"],
        )
        found = accepted_problems(self.cleaned_data.get("accepted"), folding)
        return {"accepted": _of_stream(found)} if found else {}


class QuizPageForm(ActivityPageForm):
    def publish_problems(self) -> list[str]:
        """Asked of the rows in the form: the page does not hold them before it is saved."""
        formset = self.formsets["items"]
        rows: list[Any] = [form for form in formset.forms if not formset._should_delete_form(form)]
        chosen = [form.cleaned_data.get("question") for form in sorted(rows, key=_place)]
        problems: list[str] = self.instance.problems_of(question.pk for question in chosen if question is not None)
        return problems


def _place(form: Any) -> int:
    return int(form.cleaned_data.get("ORDER") or 0)
