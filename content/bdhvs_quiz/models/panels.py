"""Panels of a quiz's form: parts that only the original has, and a translation's list of its questions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.admin.utils import quote
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import HelpPanel, InlinePanel, MultiFieldPanel, MultipleChooserPanel

from bdhvs_content.api import OneOffer, RowForms, is_translation
from bdhvs_lms.base.api import format_number, language_name
from bdhvs_lms.courses.api import Activity
from bdhvs_quiz.forms import QuizDrawForm, QuizItemForm
from bdhvs_quiz.models.ends import ends_of
from bdhvs_quiz.models.marks import Coverage, coverage_of
from bdhvs_quiz.models.translating import Translated, Words, questions_of

FIRST_BARS = _(
    "Only the first attempt counts, and the course needs this quiz: whoever fails the first attempt cannot finish the "
    "course, unless a teacher opens that attempt again. Grade from another attempt, or untick “required for course "
    "completion”."
)

EDIT = "wagtailsnippets_bdhvs_quiz_question:edit"


@dataclass(frozen=True)
class Line:
    """A question as the list shows it."""

    pk: int
    """Of the translation if there is one, else of the original; so is `prompt`."""
    prompt: str
    language: str
    words: str
    asked: bool
    """Whether learners read it in the page's language."""
    apart: bool
    """Whether what it has in common with the original can be taken over from there."""
    url: str


def _line(one: Translated) -> Line:
    row = one.row or one.source
    asked = one.words.asked or one.words is Words.OWN
    words = str(one.words.value)
    apart = one.words is Words.APART and row.type_key == one.source.type_key
    return Line(row.pk, str(row), row.locale.language_code, words, asked, apart, reverse(EDIT, args=[quote(row.pk)]))


def translations_context(page: Any) -> dict[str, Any]:
    """Return {"lines", "missing", "apart", "language", "translations_url"}: for the form and for the page of
    its own."""
    found = questions_of(page)
    return {
        "lines": [_line(one) for one in found],
        "missing": sum(one.words is Words.MISSING for one in found),
        "apart": sum(one.words is Words.APART for one in found),
        "language": language_name(page.locale.language_code),
        "translations_url": reverse("bdhvs_quiz_translations", args=[page.pk]),
    }


def untranslated(page: Any) -> list[str]:
    """List each question whose original is asked on this page, with the note for the editor. Empty: all is well."""
    return [f"{line.prompt} ({line.words})" for line in map(_line, questions_of(page)) if not line.asked]


class QuestionsPanel(RowForms, MultipleChooserPanel):
    row_form = QuizItemForm


class DrawsPanel(RowForms, InlinePanel):
    row_form = QuizDrawForm
    row_formset = OneOffer


class OriginalPanel(MultiFieldPanel):
    """A panel that a translation does not show: its form is without these fields."""

    class BoundPanel(MultiFieldPanel.BoundPanel):
        @cached_property
        def _translation(self) -> bool:
            return self.form is not None and is_translation(self.instance)

        @cached_property
        def children(self) -> list[Any]:
            return [] if self._translation else super().children

        def is_shown(self) -> bool:
            return not self._translation and super().is_shown()


class BehindPanel(HelpPanel):
    """A notice on a published quiz of which a question has changed since."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("template", "bdhvs_quiz/admin/behind_panel.html")
        super().__init__(**kwargs)

    class BoundPanel(HelpPanel.BoundPanel):
        def is_shown(self) -> bool:
            return bool(self.instance.pk and self.instance.behind)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            return {**context, "page": self.instance}


class FirstOnlyPanel(HelpPanel):
    """A notice beside the method: the consequence if only the first attempt counts and the course needs it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("template", "bdhvs_quiz/admin/first_only_panel.html")
        super().__init__(**kwargs)

    class BoundPanel(HelpPanel.BoundPanel):
        def is_shown(self) -> bool:
            return bool(self.instance.pk and self.instance.bars_after_first)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            return {**context, "words": FIRST_BARS}


class CoveragePanel(HelpPanel):
    """A panel below the competencies of a quiz: how many of its questions are about each, and what a pass says."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("template", "bdhvs_quiz/admin/coverage_panel.html")
        super().__init__(**kwargs)

    class BoundPanel(HelpPanel.BoundPanel):
        @cached_property
        def coverage(self) -> list[Coverage]:
            return coverage_of(self.instance) if self.instance.pk else []

        def is_shown(self) -> bool:
            return bool(self.coverage)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            lines = [
                {
                    "of": one,
                    "questions": _between(one.least, one.most),
                    "points": _between(one.least_points, one.most_points),
                }
                for one in self.coverage
            ]
            several = sum(one.percent is None for one in self.coverage) > 1
            return {**context, "lines": lines, "several_without": several}


def _between(least: Decimal | int, most: Decimal | int) -> str:
    """Format '3', or '2–4' if the number depends on the draw."""
    return "–".join(format_number(value, short=True) for value in ((least,) if least == most else (least, most)))


class GainPanel(HelpPanel):
    """A panel below the role of a quiz: what the quizzes at the other end of the course measure, and what both do."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("template", "bdhvs_quiz/admin/gain_panel.html")
        super().__init__(**kwargs)

    class BoundPanel(HelpPanel.BoundPanel):
        def is_shown(self) -> bool:
            return bool(self.instance.pk and self.instance.role in (Activity.Role.ENTRY, Activity.Role.EXIT))

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            return {**context, "ends": ends_of(self.instance)}


class TranslatedQuestionsPanel(HelpPanel):
    """A translation's list of the quiz's questions, with the state of each in this language."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("template", "bdhvs_quiz/admin/translated_questions_panel.html")
        super().__init__(**kwargs)

    class BoundPanel(HelpPanel.BoundPanel):
        def is_shown(self) -> bool:
            return self.form is not None and is_translation(self.instance)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            return {**context, **translations_context(self.instance)}


class DetailsPanel(MultiFieldPanel):
    """Fields that few rows of a list need: behind a line that opens them, and open where one is filled in."""

    def __init__(self, *args: Any, summary: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.summary = summary

    def clone_kwargs(self) -> dict[str, Any]:
        return {**super().clone_kwargs(), "summary": self.summary}

    class BoundPanel(MultiFieldPanel.BoundPanel):
        template_name = "bdhvs_quiz/admin/details_panel.html"

        @property
        def filled(self) -> bool:
            names = [child.field_name for child in self.panel.children]
            return any(self.form[name].value() or self.form[name].errors for name in names)
