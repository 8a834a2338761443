"""Editors' forms of the bank and of the quiz page. A draft may be unfinished; publishing says what is missing."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.blocks import StreamBlockValidationError
from wagtail.blocks.base import BlockField

from bdhvs_content.api import ActivityPageForm, is_translation

BROKEN = _("The form was incomplete. Check what is here, add what is missing and save again.")


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

    def is_valid(self) -> bool:
        valid: bool = super().is_valid()
        if valid and not self.is_deferred_validation:
            field, found = self.instance.problems_at, self.instance.problems()
            if found:
                errors = [ValidationError(text) for text in found]
                in_stream = isinstance(self.fields[field], BlockField)
                self.add_error(field, StreamBlockValidationError(non_block_errors=errors) if in_stream else errors)
            valid = not self.errors
        return valid


class QuizItemForm(WagtailAdminModelForm):
    """`language`: of the quiz's page; the chooser begins with questions in it."""

    def __init__(self, *args: Any, language: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["question"].widget.language = language


class QuizPageForm(ActivityPageForm):
    """Of a translation without what the original has for all languages: questions and competencies."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_translation(self.instance):
            for name in ("items", "alignments"):
                self.formsets.pop(name, None)
        elif "items" in self.formsets and self.instance.locale_id:
            items = self.formsets["items"]
            items.form_kwargs = {**items.form_kwargs, "language": self.instance.locale.language_code}

    def publish_problems(self) -> list[str]:
        """Asked of the rows in the form: the page does not hold them before it is saved. A translation's questions are
        the original's to answer for."""
        formset = self.formsets.get("items")
        if formset is None:
            return []
        rows: list[Any] = [form for form in formset.forms if not formset._should_delete_form(form)]
        chosen = [form.cleaned_data.get("question") for form in sorted(rows, key=_place)]
        problems: list[str] = self.instance.problems_of(question.pk for question in chosen if question is not None)
        return problems


def _place(form: Any) -> int:
    return int(form.cleaned_data.get("ORDER") or 0)
