"""Pictures and sounds as files of other systems have them, and back."""

from __future__ import annotations

import mimetypes
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from django.core.files.storage import default_storage
from wagtail.images import get_image_model
from wagtailmedia.models import get_media_model

from bdhvs_lms.plugins.api import PlainMedia
from bdhvs_quiz.media.blocks import MAX_TITLE
from bdhvs_quiz.media.copies import TYPES

_TYPES = {
    ".avif": "image/avif",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    **{f".{ending}": kind for ending, kind in TYPES.items()},
}


def plain_media(described: Iterable[Mapping[str, Any]]) -> tuple[PlainMedia, ...]:
    """Convert `shown`'s pictures and sounds, with the files: a version's copies, or originals of the library."""
    return tuple(
        PlainMedia(
            one["name"],
            _TYPES.get(PurePath(one["name"]).suffix.lower()) or mimetypes.guess_type(one["name"])[0] or "",
            _Loading(one),
            one["alt"] if one["kind"] == "picture" else one["transcript"] or one["title"],
        )
        for one in described
    )


class _Loading:
    """Reads the file when somebody asks for it. Raises OSError for one that is gone."""

    def __init__(self, one: Mapping[str, Any]) -> None:
        self.one = one

    def __call__(self) -> bytes:
        if "file" in self.one:
            with default_storage.open(self.one["file"]) as file:
                return bytes(file.read())
        model: Any = get_image_model() if self.one["kind"] == "picture" else get_media_model()
        row = model._default_manager.get(pk=self.one["id"])
        with row.file.storage.open(row.file.name) as file:
            return bytes(file.read())


def media_blocks_of(media: Sequence[PlainMedia], keep: Callable[[PlainMedia], int]) -> list[dict[str, Any]]:
    """Convert plain media into the form in which a stream of `MediaBlock` stores them."""
    return [_block(one, keep(one)) for one in media]


def _block(one: PlainMedia, number: int) -> dict[str, Any]:
    kind, value = "picture", {"image": number, "alt": one.alt}
    if one.content_type.startswith("audio/"):
        title = PurePath(one.name).stem.replace("_", " ").strip()[:MAX_TITLE]
        kind, value = "sound", {"media": number, "title": title, "transcript": one.alt}
    return {"type": kind, "id": str(uuid.uuid4()), "value": value}
