"""The choice of words in which a question is asked in a language: its translation's, or else its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

from django.db.models import BooleanField
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import BaseStreamBlock
from wagtail.fields import StreamField
from wagtail.models import Locale

from bdhvs_content.api import original_of, versions_of
from bdhvs_lms.plugins.api import question_types
from bdhvs_quiz.models.bank import Question, real_questions
from bdhvs_quiz.models.identity import IdsField


class Words(Enum):
    """The state of a question in a language, with the text for the editor."""

    OWN = _("Written in this language")
    DONE = _("Translated")
    OLDER = _("Translated; the original was published again since")
    MISSING = _("Not translated")
    DRAFT = _("Not published")
    FAULTY = _("Cannot be asked as it stands")
    APART = _("Has other options or another correct answer than the original")

    @property
    def asked(self) -> bool:
        """Tell whether learners meet the translation."""
        return self in (Words.DONE, Words.OLDER)


@dataclass(frozen=True)
class Translated:
    """A question of a quiz in one language. `row`: its translation, whatever its state; None: there is none."""

    source: Any
    row: Any
    words: Words

    @property
    def asked(self) -> Any:
        """Return the question whose words learners meet."""
        return self.row if self.words.asked else self.source


def translated(questions: Sequence[Any], locale: Locale) -> list[Translated]:
    """Return the state of each question (as its own class) in that language. One query and one a type."""
    rows = _rows_of({question.translation_key for question in questions}, locale)
    return [_state(question, rows.get(question.translation_key), locale) for question in questions]


def _rows_of(keys: Iterable[UUID], locale: Locale) -> dict[UUID, Any]:
    found = Question.objects.installed().filter(translation_key__in=set(keys), locale=locale)
    return {row.translation_key: row for row in found.prefetch_related("locale")}


def _state(source: Any, row: Any, locale: Locale) -> Translated:
    if source.locale_id == locale.pk:
        return Translated(source, source, Words.OWN)
    if row is None:
        return Translated(source, None, Words.MISSING)
    return Translated(source, row, _words(source, row))


def _words(source: Any, row: Any) -> Words:
    if not row.live:
        return Words.DRAFT
    if row.all_problems():
        return Words.FAULTY
    if not fits(source, row):
        return Words.APART
    newer = source.last_published_at and row.last_published_at and source.last_published_at > row.last_published_at
    return Words.OLDER if newer else Words.DONE


def fits(source: Any, row: Any) -> bool:
    """Tell whether an answer means the same in both questions: they have the same type and the same parts that
    languages
    share."""
    kind = question_types.get(source.type_key)
    if kind is None or row.type_key != source.type_key:
        return False
    return bool(kind.shared(*kind.compile(source)) == kind.shared(*kind.compile(row)))


def questions_of(page: Any) -> list[Translated]:
    """Return a quiz's questions in the language of this page. A translation has the questions of its original."""
    source = original_quiz(page)
    ids = [item.question_id for item in source.items.all() if item.question_id]
    real = real_questions(ids)
    return translated([real[pk] for pk in ids if pk in real], page.locale)


def original_quiz(page: Any) -> Any:
    """Return the page that this one was translated from; itself if it was not, or is not saved yet. Two queries."""
    page = original_of(page)
    versions = versions_of(page.translation_key) if page.pk else []
    return versions[0].specific if versions and versions[0].pk != page.pk else page


def renewed(source: Any, row: Any) -> Any:
    """Return the translation's newest draft, not saved, with its original's parts: blocks in their order, and marks
    (which is
    right). The words of blocks that were there already stay."""
    draft = row.get_latest_revision_as_object()
    for field in type(source)._meta.get_fields():
        if isinstance(field, StreamField):
            own = {block["id"]: block["value"] for block in _stored(getattr(draft, field.name))}
            kinds = field.stream_block.child_blocks
            blocks = _stored(getattr(source, field.name))
            words = [
                {**one, "value": _in_words_of(kinds[one["type"]], one["value"], own.get(one["id"]))} for one in blocks
            ]
            setattr(draft, field.name, words)
        elif (isinstance(field, BooleanField) or getattr(field, "choices", None)) and field.model is type(source):
            setattr(draft, field.name, getattr(source, field.name))
        elif isinstance(field, IdsField):
            setattr(draft, field.name, source.identified())
    return draft


def _stored(stream: Any) -> list[dict[str, Any]]:
    """Return the blocks in their present stored form, even if the row has the form of an older version."""
    return [
        {"type": block.block_type, "id": block.id, "value": block.block.get_prep_value(block.value)} for block in stream
    ]


def _in_words_of(block: Any, value: Any, own: Any) -> Any:
    """Return the original's value in the translation's words. Numbers and shares are no words (`words` of their block):
    they
    come from the original."""
    if isinstance(block, BaseStreamBlock) and isinstance(value, list):
        known = {one["id"]: one["value"] for one in own} if isinstance(own, list) else {}
        kinds = block.child_blocks
        return [{**one, "value": _in_words_of(kinds[one["type"]], one["value"], known.get(one["id"]))} for one in value]
    if isinstance(value, dict) and isinstance(own, dict):
        spoken = {name for name, child in block.child_blocks.items() if getattr(child, "words", True)}
        mine = {name: text for name, text in own.items() if isinstance(text, str) and name in value and name in spoken}
        streams = {
            name: _in_words_of(child, value[name], own.get(name))
            for name, child in block.child_blocks.items()
            if isinstance(child, BaseStreamBlock) and name in value
        }
        return {**value, **mine, **streams}
    return own if isinstance(value, str) and isinstance(own, str) else value
