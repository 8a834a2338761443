"""Editors' forms of the bank and of the quiz page. A draft may be unfinished; publishing says what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.blocks import StreamBlockValidationError
from wagtail.blocks.base import BlockField
from wagtail.models import Collection
from wagtail.models.media import get_root_collection_id

from bdhvs_content.api import ActivityPageForm, is_blank, is_translation, policy_of, refuse_twice
from bdhvs_lms.base.api import one_line
from bdhvs_lms.competency.api import CompetencyField, Offer
from bdhvs_quiz.media.copies import unreadable
from bdhvs_quiz.posted import as_posted, mend, unsent

WRITE_FIRST = _("Write the question first.")
# Each of them lets somebody look at questions.
RIGHTS = ("add", "change", "delete", "view")
BROKEN = _("The form was incomplete. Check what is here, add what is missing and save again.")


def known_tags(given: Iterable[str]) -> list[str]:
    """Return tags in the form in which they are kept, each once; a tag that exists in other capitals is that one."""
    names = {line.casefold(): line for name in given if (line := one_line(name))}
    # The model of tags is not there yet when this is imported.
    rows = apps.get_model("bdhvs_quiz", "QuestionTag").objects.values_list("name", flat=True)
    known = {name.casefold(): name for name in rows.iterator()} if names else {}
    return [known.get(folded, name) for folded, name in names.items()]


class CategoryField(forms.ModelChoiceField):
    """A choice of categories, as a tree. Wagtail's own field is in a module that queries the database on import."""

    def label_from_instance(self, obj: Collection) -> str:
        name: str = obj.get_indented_name(indentation_start_depth=2, html=True)
        return name


class QuestionForm(WagtailAdminModelForm):
    """A question's form, which also handles a request that did not arrive whole: Wagtail reads how many blocks a stream
    has
    from a field that is missing then. The form shows again what arrived, and saves nothing."""

    data: Any

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["bdhvs_content/admin.css", "bdhvs_quiz/bank.css"]}
        js: ClassVar[list[str]] = ["bdhvs_quiz/bank.js"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer_categories()
        if "points" in self.fields:
            self.fields["points"].required = False  # one point unless somebody says otherwise
        self.broken: list[str] = []
        if not self.is_bound:
            return
        streams = [name for name, field in self.fields.items() if isinstance(field, BlockField)]
        whole = self.data.copy()
        for name in streams:
            sent = self.add_prefix(name)
            if name == "prompt_media" and unsent(whole, sent):
                # As competencies: what did not arrive stays as it is.
                whole.update(as_posted(sent, self.instance.prompt_media))
            elif mend(whole, sent):
                self.broken.append(name)
        rows = self.formsets.get("alignments")
        if rows is not None and not rows.management_form.is_valid():
            # Competencies that did not arrive stay as they are.
            whole |= {f"{rows.prefix}-TOTAL_FORMS": "0", f"{rows.prefix}-INITIAL_FORMS": "0"}
            self.formsets["alignments"] = type(rows)(
                whole, instance=self.instance, prefix=rows.prefix, form_kwargs=rows.form_kwargs
            )
        self.data = whole

    def _offer_categories(self) -> None:
        """Offer the categories for new questions, and the question's present one. With only one there is no field."""
        if "collection" not in self.fields:
            return
        new, given = self.instance.pk is None, self.fields["collection"]
        rows = Collection.objects.all()
        if self.for_user is not None:
            rows = policy_of(self._meta.model).collections_user_has_permission_for(self.for_user, "add")
            if not new:
                rows = rows | Collection.objects.filter(pk=self.instance.collection_id)
        rows = rows.order_by("path")
        offered = list(rows)
        if new and offered and self.instance.collection_id not in {row.pk for row in offered}:
            self.instance.collection = offered[0]
        if len(offered) < 2:  # noqa: PLR2004
            del self.fields["collection"]
            return
        self.fields["collection"] = CategoryField(
            queryset=rows, required=False, empty_label=None, label=given.label, help_text=given.help_text
        )
        self.initial["collection"] = self.instance.collection_id

    def clean_collection(self) -> Collection:
        return self.cleaned_data["collection"] or self.instance.collection

    def clean_points(self) -> Any:
        points = self.cleaned_data["points"]
        return self.instance.points if points is None else points

    def clean_tags(self) -> list[str]:
        return known_tags(self.cleaned_data["tags"])

    def save(self, commit: bool = True) -> Any:
        if self.instance.pk is None and self.for_user is not None:
            self.instance.author = self.for_user
        return super().save(commit)

    def _clean_fields(self) -> None:
        super()._clean_fields()
        if self.instance.pk is None and is_blank(self.cleaned_data.get("prompt")) and "prompt" not in self.errors:
            # Not even a draft: four presses would leave four rows that say nothing.
            self.add_error("prompt", WRITE_FIRST)
        for name in self.broken:
            self.add_error(name, StreamBlockValidationError(non_block_errors=[ValidationError(BROKEN)]))

    def is_valid(self) -> bool:
        valid: bool = super().is_valid()
        if valid and not self.is_deferred_validation:
            field, found = self.instance.problems_at, self.instance.all_problems()
            if found:
                errors = [ValidationError(text) for text in found]
                in_stream = isinstance(self.fields[field], BlockField)
                self.add_error(field, StreamBlockValidationError(non_block_errors=errors) if in_stream else errors)
            valid = not self.errors and self._files_can_be_read()
        return not refuse_twice(self.formsets.get("alignments")) and valid

    def _files_can_be_read(self) -> bool:
        if "prompt_media" in self.fields and (found := unreadable(self.instance)):
            errors = [ValidationError(text) for text in found]
            self.add_error("prompt_media", StreamBlockValidationError(non_block_errors=errors))
        return not self.errors


class QuizItemForm(WagtailAdminModelForm):
    """The form of a quiz's question. `language`: of the quiz's page; the chooser begins with questions in it. A
    question of a
    category that the user may not look at cannot be added, even by its number."""

    def __init__(self, *args: Any, language: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["question"].widget.language = language

    def clean_question(self) -> Any:
        question = self.cleaned_data["question"]
        if question is None or self.for_user is None or question.pk == self.instance.question_id:
            return question
        if not policy_of(self._meta.model.question.field.related_model).user_has_permission_for_instance(
            self.for_user, "view", question
        ):
            raise ValidationError(_("You may not use questions of this category."))
        return question


class QuizDrawForm(WagtailAdminModelForm):
    """The form of a random draw. It refuses new draws out of a category that the user may not look at, or out of the
    whole
    bank without rights on all of it: results would tell what is in it."""

    def __init__(self, *args: Any, offer: Offer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.fields["competency"]
        self.fields["competency"] = CompetencyField(
            offer=offer or Offer.load(), required=False, label=given.label, help_text=given.help_text
        )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean()
        chosen = given.get("category")
        new = not self.instance.pk or "category" in self.changed_data
        if self.for_user is not None and new and "category" in given:
            question = apps.get_model("bdhvs_quiz.Question")
            seen = policy_of(question).collections_user_has_any_permission_for(self.for_user, RIGHTS)
            if not seen.filter(pk=chosen.pk if chosen is not None else get_root_collection_id()).exists():
                self.add_error("category", _("You may not use questions of this category."))
        return given


class QuizPageForm(ActivityPageForm):
    """A quiz page's form; a translation's has no questions and competencies: the original has them for all
    languages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_translation(self.instance):
            for name in ("items", "draws", "overall_feedback", "alignments"):
                self.formsets.pop(name, None)
        elif "items" in self.formsets and self.instance.locale_id:
            items = self.formsets["items"]
            language = self.instance.locale.language_code
            items.form_kwargs = {**items.form_kwargs, "language": language, "for_user": self.for_user}
        if "draws" in self.formsets:
            draws = self.formsets["draws"]
            draws.form_kwargs = {**draws.form_kwargs, "for_user": self.for_user}

    def publish_problems(self) -> list[str]:
        """Return the problems of the form's rows: the page does not hold them before it is saved. None for a
        translation: the
        original answers for its questions."""
        formset = self.formsets.get("items")
        if formset is None:
            return []
        rows: list[Any] = [form for form in formset.forms if not formset._should_delete_form(form)]
        chosen = [form.cleaned_data.get("question") for form in sorted(rows, key=_place)]
        problems: list[str] = self.instance.problems_of(
            [question.pk for question in chosen if question is not None],
            self._written("draws"),
            self.instance.locale,
            self._written("alignments"),
        )
        return problems

    def _written(self, name: str) -> list[Any]:
        """Return the rows of a formset as they would be saved."""
        formset = self.formsets.get(name)
        if formset is None:
            return []
        rows: list[Any] = [form for form in formset.forms if form.has_changed() or form.instance.pk]
        return [form.instance for form in sorted(rows, key=_place) if not formset._should_delete_form(form)]


def _place(form: Any) -> int:
    return int(form.cleaned_data.get("ORDER") or 0)
