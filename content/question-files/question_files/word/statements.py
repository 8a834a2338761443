"""Several statements under one question, each true or false: part II of the examinations since 2025.

Such a question becomes one with gaps: behind each statement somebody chooses "Đúng" or "Sai". It stays one question,
its statements are marked one by one, and all of them may be false; one with several right answers allows neither.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from question_files.plain import PlainBlank, PlainOption
from question_files.values import LETTERS, right_or_wrong

WORDS = {"vi": ("Đúng", "Sai"), "en": ("True", "False")}
_SIGN = r"(Đúng|Sai|Đ|S|True|False|T|F)"
_NAMED = re.compile(rf"(?<![^\W\d_])([a-h])\s*[.):\-–=]*\s*{_SIGN}(?![^\W\d_])", re.IGNORECASE)
_SIGNS = re.compile(r"Đúng|Sai|True|False|Đ|S|T|F", re.IGNORECASE)
_BEHIND = re.compile(
    rf"(?:\s*[\[(]\s*{_SIGN}\s*[\])]|(?:\t|\s{{2,}}|\s*[:→–\-]\s+|\.\s+){_SIGN})\s*\.?\s*$", re.IGNORECASE
)


def signs_of(text: str, count: int) -> list[bool] | None:
    """What an answer says of each statement: 'a) Đúng b) Sai …', 'ĐSĐĐ', 'Đ, S, Đ, S'. None: not that."""
    named = {LETTERS.index(found[1].upper()): right_or_wrong(found[2]) for found in _NAMED.finditer(text)}
    if sorted(named) == list(range(count)) and None not in named.values():
        return [bool(named[place]) for place in range(count)]
    rest = _SIGNS.sub("", text)
    if re.fullmatch(r"[\s,;/\-–.|]*", rest):
        signs = [right_or_wrong(sign) for sign in _SIGNS.findall(text)]
        if len(signs) == count and None not in signs:
            return [bool(sign) for sign in signs]
    return None


def sign_behind(text: str) -> tuple[str, bool] | None:
    """A statement and the sign behind it: 'Zalo gọi được. (Đ)', 'Zalo gọi được.<tab>Sai'."""
    found = _BEHIND.search(text)
    if found is None:
        return None
    told = right_or_wrong(found[1] or found[2])
    rest = text[: found.start()].strip()
    return None if told is None or not rest else (rest, told)


def text_and_gaps(
    prompt: str, letters: Sequence[str], texts: Sequence[str], right: Sequence[bool], language: str
) -> tuple[str, tuple[PlainBlank, ...]]:
    """A text with a gap behind each statement."""
    yes, no = WORDS.get(language, WORDS["vi"])
    lines = [
        f"{letter.lower()}) {text.replace('{', '{{').replace('}', '}}')} {{{place}}}"
        for place, (letter, text) in enumerate(zip(letters, texts, strict=True), start=1)
    ]
    blanks = tuple(PlainBlank("choice", options=(PlainOption(yes, one), PlainOption(no, not one))) for one in right)
    return "\n".join(lines), blanks
