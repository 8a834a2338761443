"""Copies of pictures and sounds that published versions keep.

What a learner was asked years ago must be shown as it was: whoever replaces or deletes a picture in the library changes
no version. A copy is named by what is in it, so the same picture is kept once, and is small enough for a weak line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image as Pixels
from wagtail.images import get_image_model
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import Filter, SourceImageIOError
from wagtailmedia.models import get_media_model

from bdhvs_content.api import NotPublishable
from bdhvs_quiz.media.described import media_blocks

# Where the site serves renditions and recordings from.
PICTURES, SOUNDS = "images/questions", "media/questions"
# Part of a copy's name: another number makes new copies for what is published from then on.
RECIPE = 1
# Of recordings, those that the site serves.
TYPES = {"mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg"}


@dataclass(frozen=True)
class Size:
    """The size at which a picture is shown, and the most bytes it should take: the first try within them is kept."""

    edge: int
    most: int
    tries: tuple[tuple[int, int], ...]
    """(edge in pixels, quality of WebP)."""


DRAWING = 40_000
"""Bytes of a drawing at most: it is kept as it is, so it cannot be made smaller."""
# A page with a question's picture stays below 50 KB on the wire.
PROMPT = Size(640, 24_000, ((640, 75), (640, 55), (560, 45), (480, 40)))
PART = Size(320, 9_000, ((320, 75), (320, 55), (280, 45), (240, 40)))

Found = Mapping[tuple[str, int], Any]
"""Rows of the library by (kind, number)."""


def with_copies(questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a version's questions with copies in place of `references`: {"kind", "file", "name", "size"} with "width",
    "height" and "alt", or with "title", "transcript" and "type". `file`: its name in the site's storage; `size`: bytes.
    Two queries, none where there is no picture and no sound. Raises NotPublishable for what cannot be read."""
    wanted = list(_references(questions))
    if not wanted:
        return questions
    found = _library(wanted)
    return [_copied(question, found, PROMPT) for question in questions]


def unreadable(question: Any) -> list[str]:
    """Return, in words for the editor, which of a question's pictures and sounds cannot be read. It tries by making the
    copies: a form that is about to publish has made them when its transaction begins."""
    try:
        make_copies(question)
    except NotPublishable as refused:
        return list(refused.messages)
    return []


def make_copies(question: Any) -> None:
    """Make the copies of a question's pictures and sounds. Raises NotPublishable."""
    for field, kind, value in media_blocks(question):
        row = value["image"] if kind == "picture" else value["media"]
        if row and kind == "picture":
            _picture(row, PROMPT if field == "prompt_media" else PART)
        elif row:
            _sound(row)


def _references(tree: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(tree, Mapping):
        for name, value in tree.items():
            if name == "media":
                yield from value
            else:
                yield from _references(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _references(value)


def _library(wanted: Iterable[Mapping[str, Any]]) -> Found:
    ids: dict[str, set[int]] = {"picture": set(), "sound": set()}
    for one in wanted:
        ids[one["kind"]].add(one["id"])
    models = {"picture": get_image_model(), "sound": get_media_model()}
    return {
        (kind, pk): row
        for kind, model in models.items()
        if ids[kind]
        for pk, row in model._default_manager.in_bulk(ids[kind]).items()
    }


def _copied(tree: Any, found: Found, size: Size) -> Any:
    if isinstance(tree, list):
        return [_copied(value, found, size) for value in tree]
    if not isinstance(tree, Mapping):
        return tree
    return {
        name: [_copy(one, found, size) for one in value if (one["kind"], one["id"]) in found]
        if name == "media"
        # What is deeper in is a part of the question: an option, or what is asked of a pair.
        else _copied(value, found, PART if name == "shown" else size)
        for name, value in tree.items()
    }


def _copy(one: Mapping[str, Any], found: Found, size: Size) -> dict[str, Any]:
    row = found[one["kind"], one["id"]]
    kept = _picture(row, size) if one["kind"] == "picture" else _sound(row)
    name = PurePath(one["name"]).stem + PurePath(kept["file"]).suffix
    return {**{key: value for key, value in one.items() if key != "id"}, "name": name, **kept}


def _unreadable(row: Any) -> NotPublishable:
    return NotPublishable([_("“%(name)s” cannot be read. Choose the file again.") % {"name": row.title}])


def _picture(image: Any, size: Size) -> dict[str, Any]:
    drawing = image.is_svg()
    try:
        if drawing and image.file.size > DRAWING:
            words = _("“%(name)s” is too large a drawing for a question (%(has)s KB, %(most)s KB at most).")
            has = -(-image.file.size // 1000)
            raise NotPublishable([words % {"name": image.title, "has": has, "most": DRAWING // 1000}])
        known = image.get_file_hash()
        mark = hashlib.sha256(f"{RECIPE}/{size.edge}/{known}".encode()).hexdigest()[:32]
        name = f"{PICTURES}/{mark}.{'svg' if drawing else 'webp'}"
        if not default_storage.exists(name):
            name = default_storage.save(name, ContentFile(_bytes(image) if drawing else _small(image, size)))
        length = default_storage.size(name)
        if drawing:
            width, height = _within_edge(image.width, image.height, size.edge)
        else:
            with default_storage.open(name) as file, Pixels.open(file) as pixels:
                width, height = pixels.size
    except (SourceImageIOError, InvalidFilterSpecError, OSError, ValueError) as error:
        raise _unreadable(image) from error
    return {"file": name, "size": length, "width": width, "height": height}


def _bytes(image: Any) -> bytes:
    with image.open_file() as file:
        data: bytes = file.read()
    return data


def _small(image: Any, size: Size) -> bytes:
    """Return the picture as WebP on white: transparent parts could not be seen on a dark page."""
    data = b""
    for edge, quality in size.tries:
        into = BytesIO()
        Filter(spec=f"max-{edge}x{edge}|bgcolor-ffffff|format-webp|webpquality-{quality}").run(image, into)
        data = into.getvalue()
        if len(data) <= size.most:
            break
    return data


def _within_edge(width: int, height: int, edge: int) -> tuple[int, int]:
    scale = min(1.0, edge / max(width, height, 1))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _sound(media: Any) -> dict[str, Any]:
    ending = PurePath(media.file.name).suffix.lower().lstrip(".")
    if ending not in TYPES:
        words = _("“%(name)s” is no recording that learners can play. Choose one in MP3, M4A or OGG.")
        raise NotPublishable([words % {"name": media.title}])
    try:
        with media.file.storage.open(media.file.name) as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()[:32]
            name = f"{SOUNDS}/{digest}.{ending}"
            if not default_storage.exists(name):
                file.seek(0)
                name = default_storage.save(name, File(file))
        length = default_storage.size(name)
    except OSError as error:
        raise _unreadable(media) from error
    return {"file": name, "size": length, "type": TYPES[ending]}
