"""Claims of a browser, each made into something that can be kept, or into nothing. Pure and total."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any
from uuid import UUID

from h5p_python_adapter.words import Words, clean, plain

__all__ = [
    "MOST_POINTS",
    "MOST_TYPED",
    "Interaction",
    "Response",
    "Score",
    "duration_of",
    "interaction_of",
    "response_of",
    "score_of",
]

# No package of those that were looked at gives more than some hundreds; more says nothing to anyone.
MOST_POINTS = Decimal(10_000)
MOST_COMPONENTS = 100
MOST_CHOSEN = 200
MOST_TYPED = 10_000
LONGEST_NAME = 500

_CENT = Decimal("0.01")
_SIX = Decimal("0.000001")


@dataclass(frozen=True)
class Score:
    """Points of this package: 0 ≤ raw ≤ max, scaled = raw / max to six places, down: nothing gets a mark by rounding.

    Without `max` only the share was told."""

    scaled: Decimal
    raw: Decimal | None = None
    max: Decimal | None = None


def _number(value: Any) -> Decimal | None:
    """Return a finite number; None for everything else, including true and "5"."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    number = Decimal(value) if isinstance(value, int) else Decimal(repr(value))
    return number if number.is_finite() else None


def score_of(claimed: Any, known_max: Decimal | None) -> Score | None:
    """Return the score as far as it is possible: never more than the package gives.

    The points reached are at most the points possible (999 of 1 is 1 of 1). A claim in more points than the package has
    keeps its share and gets the package's points (50 of 100 in a package of 10: 5 of 10). Fewer points are taken as
    they are: a package may ask only some of its questions.
    """
    if not isinstance(claimed, Mapping):
        return None
    raw, top, share = (_number(claimed.get(name)) for name in ("raw", "max", "scaled"))
    most = known_max if known_max is not None and known_max > 0 else None
    if top is None or top < _CENT:
        if share is None:
            return None
        share = min(max(share, Decimal(0)), Decimal(1))
        top = most
        got = share * top if top is not None else Decimal(0)
    else:
        if raw is None:
            if share is None:
                return None
            raw = min(max(share, Decimal(0)), Decimal(1)) * top
        got = min(max(raw, Decimal(0)), top)
        share = got / top
        # Times before divided: 1 of 3 stays 1 and does not become 0.99.
        claimed_top, top = top, min(top, most or MOST_POINTS)
        got = got * top / claimed_top
    scaled = share.quantize(_SIX, ROUND_FLOOR)
    if top is None:
        return Score(scaled)
    top = top.quantize(_CENT, ROUND_FLOOR)
    return Score(scaled, min(got.quantize(_CENT, ROUND_FLOOR), top), top)


_DURATION = re.compile(r"P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?")


def duration_of(claimed: Any, *, longest: timedelta) -> timedelta | None:
    """Read an ISO 8601 duration without years and months, to the hundredth of a second; at most `longest`."""
    if not isinstance(claimed, str) or len(claimed) > 40:
        return None
    found = _DURATION.fullmatch(claimed)
    if found is None or not any(found.groups()):
        return None
    days, hours, minutes = (int(part or 0) for part in found.groups()[:3])
    # Hundredths, whole: H5P writes no finer ones, and a float would bring its own.
    hundredths = int((Decimal(found[4] or 0) * 100).to_integral_value(ROUND_FLOOR))
    length = timedelta(days=days, hours=hours, minutes=minutes, milliseconds=hundredths * 10)
    return min(length, max(longest, timedelta(0)))


@dataclass(frozen=True)
class Interaction:
    """A cmi.interaction: its type and what it has to choose from, (property, ((id, name or ""), …)) each."""

    type: str
    components: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()


# xAPI 1.0.3 Part Two, 2.4.4.1: what each type may be made of.
_PARTS: Mapping[str, tuple[str, ...]] = {
    "true-false": (),
    "choice": ("choices",),
    "sequencing": ("choices",),
    "likert": ("scale",),
    "matching": ("source", "target"),
    "performance": (),
    "fill-in": (),
    "long-fill-in": (),
    "numeric": (),
    "other": (),
}
# What a person writes into it may be anything, a telephone number too.
_TYPED = frozenset({"fill-in", "long-fill-in", "numeric", "other", "performance"})
_INDEX = re.compile(r"[0-9]{1,4}")
_WORD_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_SEPARATOR = re.compile(r"\[,\]|\[\.\]|\[:\]")


def _is_id(text: Any, words: Words) -> bool:
    """Tell whether it can stand in the ledger for something to choose: an index, a UUID, or an id that is in the
    package.

    Anything else could be a word that somebody typed.
    """
    if not isinstance(text, str):
        return False
    if _INDEX.fullmatch(text):
        return True
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return _WORD_ID.fullmatch(text) is not None and words.known(text)


_BLOCK = re.compile(r"</?(?:p|div|li|h[1-6])\b[^<>]*>|<br\b[^<>]*>", re.IGNORECASE)
_MOST_BLOCKS = 100


def text_of(claimed: Any, words: Words) -> str:
    """Return the first text of a language map, if the package has it; else ""."""
    values = claimed.values() if isinstance(claimed, Mapping) else (claimed,)
    first = next((value for value in values if isinstance(value, str)), "")
    text = plain(first)
    # H5P.Blanks puts its task and its texts in one: then each block is known by itself.
    blocks = _BLOCK.split(clean(first))
    known = words.known(text) or (len(blocks) <= _MOST_BLOCKS and all(words.known(plain(block)) for block in blocks))
    return text[:LONGEST_NAME].strip() if text and known else ""


def interaction_of(definition: Mapping[str, Any], words: Words) -> Interaction | None:
    """Return the interaction that it describes. Which responses would be right is left out: it is nobody's result."""
    kind = definition.get("interactionType")
    if not isinstance(kind, str) or kind not in _PARTS:
        return None
    components: list[tuple[str, tuple[tuple[str, str], ...]]] = []
    for name in _PARTS[kind]:
        listed = definition.get(name)
        rows = listed if isinstance(listed, list) else []
        found: dict[str, str] = {}
        for row in rows[:MOST_COMPONENTS]:
            if isinstance(row, Mapping) and _is_id(row.get("id"), words):
                found.setdefault(row["id"], text_of(row.get("description"), words))
        if found:
            components.append((name, tuple(found.items())))
    return Interaction(kind, tuple(components))


@dataclass(frozen=True)
class Response:
    """A learner's response. `ids`: for the ledger, None when there are none. `typed`: for the erasable table only, ""
    when nothing was."""

    ids: str | None = None
    typed: str = ""


OTHER = "other"
"""What the ledger says of a response that was typed."""


def response_of(claimed: Any, interaction: Interaction | None, words: Words) -> Response:
    """Return chosen ids as they come, if they are ids of the interaction; all else is words."""
    if not isinstance(claimed, str) or not claimed.strip():
        return Response("" if interaction is not None and isinstance(claimed, str) else None)
    if interaction is not None and interaction.type not in _TYPED and _chosen(claimed, interaction, words):
        return Response(claimed)
    return Response(OTHER, clean(claimed)[:MOST_TYPED])


def _chosen(text: str, interaction: Interaction, words: Words) -> bool:
    if interaction.type == "true-false":
        return text in ("true", "false")
    ids = {key for _name, rows in interaction.components for key, _text in rows}
    parts = _SEPARATOR.split(text)
    if len(parts) > MOST_CHOSEN:
        return False
    return all(part in ids if ids else _is_id(part, words) for part in parts)
