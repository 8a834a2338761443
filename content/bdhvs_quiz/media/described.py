"""Descriptions of a question's pictures and sounds, without opening a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from wagtail import blocks
from wagtail.fields import StreamField

from bdhvs_content.api import is_blank
from bdhvs_quiz.media.blocks import (
    ALT_NEEDED,
    MAX_ALT,
    MAX_TRANSCRIPT,
    TITLE_NEEDED,
    TRANSCRIPT_NEEDED,
    MediaBlock,
)


def references(stream: Any) -> list[dict[str, Any]]:
    """Return a stream of `MediaBlock` as plain JSON: {"kind": "picture", "id", "name", "alt"} or {"kind": "sound",
    "id",
    "name", "title", "transcript"}; `id` is the number in the library. What was deleted there is left out."""
    found: list[dict[str, Any]] = []
    for block in stream or ():
        value = block.value
        if block.block_type == "picture" and value["image"]:
            image = value["image"]
            found.append({"kind": "picture", "id": image.pk, "name": image.filename, "alt": value["alt"] or ""})
        elif block.block_type == "sound" and value["media"]:
            words = {name: value[name] or "" for name in ("title", "transcript")}
            found.append({"kind": "sound", "id": value["media"].pk, "name": value["media"].filename, **words})
    return found


def with_media(part: dict[str, Any], stream: Any) -> dict[str, Any]:
    """Add `references` to a part of a question if it has any; else return the part unchanged, as in older versions."""
    found = references(stream)
    return {**part, "media": found} if found else part


def words_of(part: Mapping[str, Any]) -> str:
    """Return the text of an option, or the descriptions of its pictures and sounds if it has none."""
    text = str(part.get("text") or "")
    told = (one.get("alt") or one.get("title") or "" for one in part.get("media", ()))
    return text or "; ".join(filter(None, told))


def stream_words(stream: Any) -> list[str]:
    """List all texts about the pictures and sounds of a stream."""
    names = ("alt", "title", "transcript")
    return [str(block.value[name]) for block in stream or () for name in names if block.value.get(name)]


def media_blocks(question: Any) -> Iterator[tuple[str, str, Any]]:
    """Yield (field, kind, value) of each picture and sound of a question, wherever its type lets them stand."""
    for field in type(question)._meta.get_fields():
        if isinstance(field, StreamField):
            for kind, value in _within(field.stream_block, getattr(question, field.name)):
                yield field.name, kind, value


def _within(block: Any, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(block, MediaBlock):
        yield from ((child.block_type, child.value) for child in value or ())
    elif isinstance(block, blocks.BaseStreamBlock):
        for child in value or ():
            yield from _within(child.block, child.value)
    elif isinstance(block, blocks.ListBlock):
        for one in value or ():
            yield from _within(block.child_block, one)
    elif isinstance(block, blocks.BaseStructBlock):
        for name, child in block.child_blocks.items():
            yield from _within(child, (value or {}).get(name))


def media_kinds(question: Any) -> str:
    """Return '', 'picture', 'sound' or 'picture sound'."""
    found = {kind for _field, kind, _value in media_blocks(question)}
    return " ".join(kind for kind in ("picture", "sound") if kind in found)


def media_problems(question: Any) -> list[str]:
    """Return, in words for the editor, the problems that keep a question from being asked with its media, each once."""
    found: list[str] = []
    for _field, kind, value in media_blocks(question):
        found += _picture_problems(value) if kind == "picture" else _sound_problems(value)
    return list(dict.fromkeys(found))


def _picture_problems(value: Any) -> Iterable[str]:
    if not value["image"]:
        yield _("An image is missing: none was chosen, or it was deleted from the library.")
    if is_blank(value["alt"]):
        yield str(ALT_NEEDED)
    elif len(value["alt"]) > MAX_ALT:
        yield _("The description of an image is longer than %(most)s characters.") % {"most": MAX_ALT}


def _sound_problems(value: Any) -> Iterable[str]:
    if not value["media"]:
        yield _("A recording is missing: none was chosen, or it was deleted from the library.")
    if is_blank(value["title"]):
        yield str(TITLE_NEEDED)
    if is_blank(value["transcript"]):
        yield str(TRANSCRIPT_NEEDED)
    elif len(value["transcript"]) > MAX_TRANSCRIPT:
        yield _("The transcript of a recording is longer than %(most)s characters.") % {"most": MAX_TRANSCRIPT}
