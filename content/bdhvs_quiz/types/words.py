"""Accepted words of typed answers: each with its share of the mark, * for any letters in between."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from bdhvs_quiz.folding import Folding
from question_files.brackets import pieces
from question_files.numbers import stored_share

OTHER = "other"
"""In a statement's response: what was typed matched nothing, and what it was is nobody's business there."""

# A letter that no keyboard has: it stands for a wildcard while a pattern is folded.
_ANY = "\ua66e"


# A sign before a number, a decimal point, a fraction or a time, "C++" and "C#", and what compares.
_MEANT = re.compile(r"(?:^|\s)[-\u2212\u2013+]\s?\d|\d[.,](?!\d{3}(?!\d))\d|\d[:/]\d|\w[+#]+(?!\w)|[<>^√±×÷]")


def signs_count(patterns: Iterable[str]) -> bool:
    """Tell whether a pattern would be another answer without its signs: '-5', '3,14', '1/2', 'C++'."""
    return any(_MEANT.search("".join(pieces(pattern))) for pattern in patterns)


def literal(text: str) -> str:
    """Return the pattern that is this text alone."""
    return text.replace("*", "\\*")


def in_words(pattern: str) -> str:
    """Return a pattern as people read it: 'mật…'."""
    return "…".join(pieces(pattern))


def best(typed: str, answers: Iterable[Mapping[str, Any]], folding: Folding) -> Mapping[str, Any] | None:
    """Return, of the answers (`text`, a pattern, and `credit`) that match, the one that earns most, of equals the
    first.
    None: none matches."""
    given = folding(typed)
    if not given:
        return None
    found = [one for one in answers if _matches(given, one["text"], folding)]
    return max(found, key=credit_of) if found else None


def credit_of(answer: Mapping[str, Any]) -> Fraction:
    return stored_share(answer.get("credit"), Fraction(1))


def folded(pattern: str, folding: Folding) -> str:
    """Fold a pattern; patterns that accept the same have equal results."""
    return folding(_ANY.join(pieces(pattern)))


def _matches(given: str, pattern: str, folding: Folding) -> bool:
    if "*" not in pattern:
        return folding(pattern) == given
    parts = folded(pattern, folding).split(_ANY)
    return re.fullmatch(".*".join(re.escape(part) for part in parts), given, re.DOTALL) is not None
