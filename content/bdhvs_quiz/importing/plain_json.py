"""Plain questions as JSON, and back: a file's questions wait in this form between the preview and the import.

Pictures and sounds are apart: in the JSON stands the place of each in the list of files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bdhvs_lms.plugins.api import PlainAnswer, PlainBlank, PlainMedia, PlainOption, PlainPair, PlainQuestion

# What each part is made of; all other values are texts, numbers, yes or no, or lists of them.
_PARTS: dict[str, type[Any]] = {
    "options": PlainOption,
    "answers": PlainAnswer,
    "pairs": PlainPair,
    "blanks": PlainBlank,
}


def to_json(part: Any, place_of: Callable[[PlainMedia], int]) -> Any:
    """Convert a plain question or a part of one. `place_of`: the place of a picture or sound among the files,
    from 0."""
    if isinstance(part, PlainMedia):
        return place_of(part)
    if isinstance(part, PlainQuestion | PlainOption | PlainAnswer | PlainPair | PlainBlank):
        values = {each.name: getattr(part, each.name) for each in fields(part)}
        return {name: to_json(value, place_of) for name, value in values.items()}
    if isinstance(part, Mapping):
        return {str(name): to_json(value, place_of) for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [to_json(value, place_of) for value in part]
    if isinstance(part, Fraction | Decimal):
        return str(part)
    return part if part is None or isinstance(part, bool | int | float) else str(part)


def question_from(data: Mapping[str, Any], media: Callable[[int], PlainMedia]) -> PlainQuestion:
    """Build the question that `to_json` converted. `media`: the picture or sound at a place."""
    question: PlainQuestion = _part(PlainQuestion, data, media)
    return question


def _part(kind: type[Any], data: Mapping[str, Any], media: Callable[[int], PlainMedia]) -> Any:
    known = {each.name for each in fields(kind)}
    return kind(**{name: _value(kind, name, value, media) for name, value in data.items() if name in known})


def _value(kind: type[Any], name: str, value: Any, media: Callable[[int], PlainMedia]) -> Any:
    if name == "media":
        return tuple(media(place) for place in value)
    if name in _PARTS:
        return tuple(_part(_PARTS[name], each, media) for each in value)
    if name == "units":
        return tuple((unit, Decimal(factor)) for unit, factor in value)
    if name == "credit":
        return None if value is None else Fraction(value)
    if name in ("tolerance", "points"):
        return Decimal(value)
    # Texts in a row; `data` of a stranger's kind is a mapping, and stays as it is.
    return tuple(value) if isinstance(value, list) else value
