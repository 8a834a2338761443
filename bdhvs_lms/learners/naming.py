"""Names of people in a line that staff typed: “Cặp của Đặng Thị Bưởi”, “nhà bà Bưởi”.

A line names somebody by the whole name, or by the given name behind a word that people here are called by. A given name
alone is a word of the language (Lan, Hoa, Bưởi).
"""

from __future__ import annotations

import re

from bdhvs_lms.base.api import fold

_WORD = re.compile(r"\w+")
# Without diacritics, as many type: ông, bà, cụ, cô, chú, bác, anh, chị, em, thầy, cậu, dì, mợ, thím, cháu, mẹ, bố, cha.
_CALLED = frozenset("ong ba cu co chu bac anh chi em thay cau di mo thim chau me bo cha".split())
GONE = "…"


def without_name(line: str, full_name: str) -> str:
    """Return the line with `GONE` wherever it names this person, diacritics and case off; else as it was."""
    name = fold(full_name).split()
    if not name:
        return line
    words = [(fold(word.group()), word.start(), word.end()) for word in _WORD.finditer(line)]
    spans = []
    at = 0
    while at < len(words):
        # A name of one word is a word like others.
        length = len(name) if len(name) > 1 and [word for word, *_ends in words[at : at + len(name)]] == name else 0
        if not length and words[at][0] in _CALLED:
            length = next((1 + size for size in (len(name), 2, 1) if _follow(words, at + 1, name[-size:])), 0)
        if length:
            spans.append((words[at][1], words[at + length - 1][2]))
        at += length or 1
    for start, end in reversed(spans):
        line = f"{line[:start]}{GONE}{line[end:]}"
    return line


def _follow(words: list[tuple[str, int, int]], at: int, name: list[str]) -> bool:
    return [word for word, *_ends in words[at : at + len(name)]] == name


def names_person(line: str, full_name: str) -> bool:
    return without_name(line, full_name) != line
