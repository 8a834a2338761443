"""Editors' forms of the bank and of the quiz page. A draft may be unfinished; publishing says what is missing."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.blocks import StreamBlockValidationError

from bdhvs_content.api import ActivityPageForm
from bdhvs_quiz.blocks import option_problems


class QuestionForm(WagtailAdminModelForm):
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


class ChoiceQuestionForm(QuestionForm):
    def problems(self) -> dict[str, ValidationError]:
        found = option_problems(self.cleaned_data.get("options"))
        if not found:
            return {}
        return {"options": StreamBlockValidationError(non_block_errors=[ValidationError(text) for text in found])}


class QuizPageForm(ActivityPageForm):
    def publish_problems(self) -> list[str]:
        """Asked of the rows in the form: the page does not hold them before it is saved."""
        from bdhvs_quiz.compiling import problems_of  # compiling reads the models, which read this

        formset = self.formsets["items"]
        rows: list[Any] = [form for form in formset.forms if not formset._should_delete_form(form)]
        chosen = [form.cleaned_data.get("question") for form in sorted(rows, key=_place)]
        return problems_of(question.pk for question in chosen if question is not None)


def _place(form: Any) -> int:
    return int(form.cleaned_data.get("ORDER") or 0)
