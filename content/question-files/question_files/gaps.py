"""Gaps in a text as editors write them in the bank: the same brackets in a cell or a paragraph of a file.

[[Hà Nội|Ha Noi]]  typed     [[=12,5 ± 0,5]]  a number     [[*Đúng|Sai]]  a list     (types/blanks/brackets.py)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from question_files.brackets import Answer, Gap, read, written
from question_files.plain import PlainAnswer, PlainBlank, PlainOption

_PLACE = re.compile(r"\{\{|\}\}|\{(\d{1,3})\}")
MOST = 50
# Files of Vietnamese teachers have the decimal comma, whatever language their questions are in.
_LANGUAGE = "vi"


class BadGap(ValueError):
    """A gap says nothing that can be read. The text says which and why, for people."""


def has_gaps(text: str) -> bool:
    begin = text.find("[[")
    return begin >= 0 and text.find("]]", begin + 3) >= 0


def read_gaps(text: str) -> tuple[str, tuple[PlainBlank, ...]]:
    """The text with '{1}' … for its gaps, and the gaps. Raises BadGap."""
    found = read(text, _LANGUAGE)
    if found.problems or len(found.gaps) > MOST:
        raise BadGap(found.problems[0] if found.problems else text[:40])
    pieces, blanks = [], []
    for part in found.parts:
        if isinstance(part, Gap):
            blanks.append(_blank(part))
            pieces.append(f"{{{len(blanks)}}}")
        else:
            pieces.append(part.replace("{", "{{").replace("}", "}}"))
    return "".join(pieces), tuple(blanks)


def write_gaps(text: str, blanks: Sequence[PlainBlank]) -> str:
    """What `read_gaps` reads as the same."""
    parts: list[str | Gap] = []
    end = 0
    for found in _PLACE.finditer(text):
        parts.append(text[end : found.start()])
        end = found.end()
        if found[1] is None:
            parts.append(found[0][0])
        elif 1 <= int(found[1]) <= len(blanks):
            parts.append(_gap(blanks[int(found[1]) - 1]))
        else:
            parts.append(found[0])
    parts.append(text[end:])
    return written(parts, _LANGUAGE)


def _blank(gap: Gap) -> PlainBlank:
    if gap.kind == "choice":
        options = tuple(PlainOption(one.text, one.right, one.feedback, one.credit) for one in gap.answers)
        return PlainBlank("choice", options=options, weight=gap.weight, case=gap.case)
    answers = tuple(PlainAnswer(one.text, one.share, one.feedback, one.tolerance) for one in gap.answers)
    return PlainBlank(gap.kind, answers, weight=gap.weight, case=gap.case)


def _gap(blank: PlainBlank) -> Gap:
    if blank.kind == "choice":
        answers = [Answer(one.text, one.right, one.credit, one.feedback) for one in blank.options]
    else:
        answers = [
            Answer(one.text, True, None if one.credit == 1 else one.credit, one.feedback, one.tolerance)
            for one in blank.answers
        ]
    return Gap(blank.kind, tuple(answers), blank.weight, blank.case)


def holds(blank: PlainBlank) -> bool:
    """Whether the brackets give this gap back."""
    try:
        _text, back = read_gaps(write_gaps("{1}", [blank]))
        return tuple(map(_alike, back)) == (_alike(blank),)
    except (BadGap, ArithmeticError):
        return False


def _alike(blank: PlainBlank) -> PlainBlank:
    """'12.50' and '12.5' are the same number."""
    if blank.kind != "numeric":
        return blank
    return replace(blank, answers=tuple(replace(one, text=_number(one.text)) for one in blank.answers))


def _number(text: str) -> str:
    try:
        return str(Decimal(text).normalize())
    except InvalidOperation:
        return text
