"""Gaps in a text as teachers type them, in a cell or a paragraph:

    [[Hà Nội | Ha Noi]]        a word that is typed, and what else is accepted ([50%] behind one: its share of the mark)
    [[# 12,5 ± 0,5]]           a number
    [[? *Đúng | Sai]]          a choice from a list, the right one with a star

A backslash before |, [, ] or itself makes it an ordinary sign.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from bdhvs_lms.plugins.api import PlainAnswer, PlainBlank, PlainOption
from bdhvs_quiz.formats.values import number_answer, share_of, written_share, written_tolerant

_GAP = re.compile(r"\[\[((?:\\.|[^\[\]\\]|\](?!\])|\[(?!\[))*)\]\]", re.DOTALL)
_PLACE = re.compile(r"\{\{|\}\}|\{(\d{1,3})\}")
_BAR = re.compile(r"(?<!\\)((?:\\\\)*)\|")
MOST = 50


class BadGap(ValueError):
    """A gap says nothing that can be read. The text is the gap."""


def has_gaps(text: str) -> bool:
    return _GAP.search(text) is not None


def read_gaps(text: str) -> tuple[str, tuple[PlainBlank, ...]]:
    """The text with '{1}' … for its gaps, and the gaps. Raises BadGap."""
    pieces, blanks, end = [], [], 0
    for found in _GAP.finditer(text):
        pieces.append(_braced(_plain(text[end : found.start()])))
        blanks.append(_gap(found[1]))
        pieces.append(f"{{{len(blanks)}}}")
        end = found.end()
    if len(blanks) > MOST:
        raise BadGap(text[:40])
    pieces.append(_braced(_plain(text[end:])))
    return "".join(pieces), tuple(blanks)


def write_gaps(text: str, blanks: Sequence[PlainBlank]) -> str:
    """What `read_gaps` reads as the same; what is no part of it: weights, capitals, feedback."""
    pieces, end = [], 0
    for found in _PLACE.finditer(text):
        pieces.append(_escaped(text[end : found.start()]))
        end = found.end()
        if found[1] is None:
            pieces.append(found[0][0])
        elif 1 <= int(found[1]) <= len(blanks):
            inside = _written(blanks[int(found[1]) - 1])
            pieces.append(f"[[{inside} ]]" if inside.endswith("]") else f"[[{inside}]]")
        else:
            pieces.append(found[0])
    pieces.append(_escaped(text[end:]))
    return "".join(pieces)


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _plain(text: str) -> str:
    return re.sub(r"\\([\\|\[\]#?])", r"\1", text)


def _escaped(text: str) -> str:
    return re.sub(r"([\\|\[\]])", r"\\\1", text)


def _choice(text: str) -> str:
    """Of an option: a star at its beginning is no mark."""
    return re.sub(r"\\([\\|\[\]*])", r"\1", text)


def _parts(inside: str) -> list[str]:
    """Cut at bars that have no backslash before them."""
    marked = _BAR.sub(lambda found: f"{found[1]}\0", inside)
    return [part.strip() for part in marked.split("\0") if part.strip()]


def _gap(inside: str) -> PlainBlank:
    told = inside.strip()
    if told.startswith("#"):
        numbers = [number_answer(_plain(part)) for part in _parts(told[1:])]
        if not numbers or None in numbers:
            raise BadGap(told[:40])
        return PlainBlank("numeric", answers=tuple(one for one in numbers if one is not None))
    if told.startswith("?"):
        options = []
        for part in _parts(told[1:]):
            right = part.startswith("*")
            options.append(PlainOption(_choice(part[1:] if right else part).strip(), right))
        if len(options) < 2 or not any(option.right for option in options):
            raise BadGap(told[:40])
        return PlainBlank("choice", options=tuple(options))
    answers = []
    for part in _parts(told):
        text, credit = _share(part)
        answers.append(PlainAnswer(_plain(text), credit))
    if not answers:
        raise BadGap(told[:40])
    return PlainBlank("short", answers=tuple(answers))


def _share(part: str) -> tuple[str, Fraction]:
    # A bracket with a backslash before it belongs to the answer.
    return (part, Fraction(1)) if part.endswith("\\]") else share_of(part)


def _written(blank: PlainBlank) -> str:
    if blank.kind == "choice":
        return "? " + " | ".join(
            "*" * one.right + re.sub(r"^(?=\*)", r"\\", _escaped(one.text)) for one in blank.options
        )
    if blank.kind == "numeric":
        return "# " + " | ".join(written_tolerant(one) + written_share(one.credit) for one in blank.answers)
    return " | ".join(
        re.sub(r"^(?=[#?])", r"\\", _escaped(one.text)) + written_share(one.credit) for one in blank.answers
    )


def holds(blank: PlainBlank) -> bool:
    """Whether the markup gives this gap back, but for weights, capitals and feedback."""
    bare = replace(
        blank,
        weight=1,
        case=False,
        answers=tuple(replace(one, feedback="") for one in blank.answers),
        options=tuple(PlainOption(one.text, one.right) for one in blank.options),
    )
    try:
        _text, read = read_gaps(write_gaps("{1}", [blank]))
    except (BadGap, ArithmeticError):
        return False
    return tuple(map(_alike, read)) == (_alike(bare),)


def _alike(blank: PlainBlank) -> PlainBlank:
    if blank.kind != "numeric":
        return blank
    return replace(blank, answers=tuple(replace(one, text=str(Decimal(one.text).normalize())) for one in blank.answers))
