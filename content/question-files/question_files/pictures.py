"""Pictures out of files of others: what their bytes say they are; and what stands for one where only words can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from question_files.plain import PlainMedia, PlainQuestion

# By the first bytes: what browsers show. EMF and WMF, which Word draws with, are not among them.
_SIGNS = ((b"\x89PNG\r\n\x1a\n", "png", "image/png"), (b"\xff\xd8\xff", "jpg", "image/jpeg"),
          (b"GIF87a", "gif", "image/gif"), (b"GIF89a", "gif", "image/gif"))  # fmt: skip
MOST_BYTES = 15 * 1024 * 1024


def picture_of(data: bytes, name: str, alt: str = "") -> PlainMedia | None:
    """name: without an ending. None: no picture that browsers show, or too large a one."""
    if len(data) > MOST_BYTES:
        return None
    kind = next(((ending, kind) for sign, ending, kind in _SIGNS if data.startswith(sign)), None)
    if kind is None and data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        kind = ("webp", "image/webp")
    if kind is None:
        return None
    return PlainMedia(f"{name}.{kind[0]}", kind[1], lambda: data, alt)


def in_words(question: PlainQuestion) -> PlainQuestion:
    """Its parts that are a picture or sound alone as the words for that: without any, an option would be none."""
    return replace(
        question,
        prompt=question.prompt or _words(question.media),
        options=tuple(replace(option, text=option.text or _words(option.media)) for option in question.options),
        pairs=tuple(replace(pair, left=pair.left or _words(pair.media)) for pair in question.pairs),
    )


def _words(media: Sequence[PlainMedia]) -> str:
    return next((one.alt or one.name for one in media), "")
