"""Blocks of a lesson. A block refuses in plain words what a learner could not use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail import blocks

from bdhvs_content.blocks.activities import ActivityBlock, is_activity
from bdhvs_content.blocks.aloud import ReadAloud, ReadingBlock, readings_of
from bdhvs_content.blocks.base import composed
from bdhvs_content.blocks.check import CheckBlock
from bdhvs_content.blocks.pictures import PICTURE_FILTER, WORDS_NEEDED, PictureBlock, StepsBlock
from bdhvs_content.blocks.recordings import AudioBlock, VideoBlock, cues_of, file_size
from bdhvs_content.blocks.tables import TableBlock
from bdhvs_content.blocks.words import CalloutBlock, DocumentBlock, TextBlock

__all__ = [
    "PICTURE_FILTER",
    "WORDS_NEEDED",
    "ActivityBlock",
    "AudioBlock",
    "CalloutBlock",
    "CheckBlock",
    "DocumentBlock",
    "LessonBody",
    "PictureBlock",
    "ReadAloud",
    "ReadingBlock",
    "StepsBlock",
    "TableBlock",
    "TextBlock",
    "VideoBlock",
    "activities_in",
    "captions_of",
    "file_size",
    "pictures_of",
    "problems_of",
    "readings_of",
]


class LessonBody(blocks.StreamBlock):
    text = TextBlock()
    reading = ReadingBlock()
    picture = PictureBlock()
    steps = StepsBlock()
    table = TableBlock()
    video = VideoBlock()
    audio = AudioBlock()
    callout = CalloutBlock()
    document = DocumentBlock()
    check = CheckBlock()
    activity = ActivityBlock()

    def get_prep_value(self, value: Any) -> Any:
        # The one way into the database, for page rows and revisions alike.
        return composed(super().get_prep_value(value))

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not self.is_deferred_validation:
            errors = {}
            for place, child in enumerate(cleaned):
                if child.block_type == "reading" and not (place and isinstance(cleaned[place - 1].block, ReadAloud)):
                    advice = _("Move this directly below the block that is read: a text, tip, steps or question.")
                    errors[place] = ValidationError(advice)
            if errors:
                raise blocks.StreamBlockValidationError(block_errors=errors)
        return cleaned

    class Meta:
        required = False  # the page says in better words that a lesson is empty


def problems_of(body: Any) -> list[str]:
    """Return the reasons why these blocks cannot be published, each with its place and kind, in words for the editor.

    The form says the same beside the field; this serves the ways to publish that have no form.
    """
    try:
        body.stream_block.clean(body)
    except ValidationError as refused:
        return list(_sentences(refused, body))
    return []


def _sentences(refused: ValidationError, body: Any) -> Iterator[str]:
    for place, error in sorted(getattr(refused, "block_errors", {}).items()):
        where = {"place": place + 1, "kind": body[place].block.label}
        for text in _messages(error):
            yield _("Block %(place)s (%(kind)s): %(problem)s") % {**where, "problem": text}
    yield from (str(text) for text in getattr(refused, "non_block_errors", ()))


def _messages(error: ValidationError) -> Iterator[str]:
    """Yield the leaves of a tree of block errors."""
    nested = getattr(error, "block_errors", None)
    cells = getattr(error, "cell_errors", None)
    if cells:
        # Of a table: row → column → error.
        for row in cells.values():
            for child in row.values():
                yield from _messages(child)
        return
    if nested is None:
        yield from (str(text) for text in error.messages)
        return
    for child in nested.values() if isinstance(nested, dict) else nested:
        if child is not None:
            yield from _messages(child)
    yield from (str(text) for text in getattr(error, "non_block_errors", ()))


def activities_in(body: Any) -> list[Any]:
    """Return the pages in the body's activity blocks that are activities. One query, however many there are."""
    pages = [child.value["page"] for child in body if child.block_type == "activity"]
    return [page for page in pages if page is not None and is_activity(page)]


def captions_of(body: Any, block_id: str) -> list[Any]:
    """Return the captions of the film with this block id; for another block, or none, an empty list."""
    for child in body:
        if child.id == block_id and child.block_type == "video":
            return cues_of(child.value)
    return []


def pictures_of(body: Any) -> Iterator[tuple[int, Any]]:
    """Yield (place of the block, image) of every picture in the body, in order."""
    for place, child in enumerate(body):
        if child.block_type == "picture" and child.value["image"]:
            yield place, child.value["image"]
        elif child.block_type == "steps":
            for step in child.value["steps"]:
                if step["image"]:
                    yield place, step["image"]
