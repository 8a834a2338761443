"""Plain questions of all kinds, for property tests."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from bdhvs_lms.plugins.api import PlainAnswer, PlainBlank, PlainOption, PlainPair, PlainQuestion, PlainQuiz

# What formats use as marks of their own, beside ordinary words.
_WORDS = st.sampled_from([
    "Hà Nội", "mã OTP", "A. một", "B) hai", "*", "=", "-3", "+84", "@ai", "Câu 2:", "Đáp án: B", "[x]", "[[y]]", "\\",
    "{1}", "|", "#", "?", "Đúng", "Sai", "1/2", "12,5", "x = y", "'=1", "(Đ)", ";", ",", "> <", "[50%]", "Lời giải:",
    "Phần II", "1.A 2.B", "  ", "_x0041_", "\n", "\n\n", "\t", "🙂", "ẵ",
])  # fmt: skip


def texts(most: int = 4) -> st.SearchStrategy[str]:
    plain = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cn", "Co", "Zl", "Zp")), max_size=8)
    pieces = st.lists(_WORDS | plain, min_size=1, max_size=most).map(" ".join)
    return pieces.map(lambda text: unicodedata.normalize("NFC", text).strip()).filter(bool)


_SHARES = st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(1, 3)])
_NUMBERS = st.decimals(-10_000, 10_000, places=3).map(
    lambda one: format(one.normalize(), "f").replace("-0", "0") if not one else format(one.normalize(), "f")
)  # noqa: E501
_TOLERANCES = st.decimals(0, 10, places=2)


def _options(draw: Any, right: int | None) -> tuple[PlainOption, ...]:
    said = draw(st.lists(texts(2), min_size=2, max_size=6, unique=True))
    if right == 1:
        place = draw(st.integers(0, len(said) - 1))
        return tuple(PlainOption(text, at == place) for at, text in enumerate(said))
    return tuple(PlainOption(text, at < 2) for at, text in enumerate(said))


@st.composite
def _question(draw: Any, kind: str) -> PlainQuestion:
    common: dict[str, Any] = {
        "kind": kind,
        "prompt": draw(texts()),
        "explanation": draw(st.just("") | texts()),
        "points": draw(st.sampled_from([Decimal(1), Decimal("0.25"), Decimal(3)])),
        "category": draw(st.sampled_from([(), ("An toàn",), ("An toàn", "Mã QR")])),
        "difficulty": draw(st.sampled_from(["", "easy", "medium", "hard"])),
    }
    if kind == "single":
        common["options"] = _options(draw, 1)
    elif kind == "multiple":
        common["options"] = _options(draw, None)
        common["partial"] = draw(st.booleans())
    elif kind == "true-false":
        common["right"] = draw(st.booleans())
    elif kind == "short":
        said = draw(st.lists(texts(2), min_size=1, max_size=3, unique=True))
        common["answers"] = tuple(PlainAnswer(text, draw(_SHARES)) for text in said)
    elif kind == "numeric":
        common["answers"] = (PlainAnswer(draw(_NUMBERS), tolerance=draw(_TOLERANCES)),)
    elif kind == "matching":
        said = draw(st.lists(texts(2), min_size=4, max_size=8, unique=True))
        common["pairs"] = tuple(PlainPair(*pair) for pair in zip(said[::2], said[1::2], strict=False))
    elif kind == "ordering":
        common["steps"] = tuple(draw(st.lists(texts(2), min_size=2, max_size=6, unique=True)))
    elif kind == "blanks":
        blanks = (
            PlainBlank("short", answers=(PlainAnswer(draw(texts(2))),)),
            PlainBlank("numeric", answers=(PlainAnswer(draw(_NUMBERS)),)),
            PlainBlank("choice", options=_options(draw, 1)),
        )
        before = draw(texts(2)).replace("{", "{{").replace("}", "}}")
        common |= {"text": f"{before} {{1}} và {{2}}, {{3}}.", "blanks": blanks, "partial": True}
    return PlainQuestion(**common)


@st.composite
def questions_of(draw: Any, kinds: Collection[str]) -> PlainQuiz:
    """A quiz with a few questions of these kinds."""
    chosen = draw(st.lists(st.sampled_from(sorted(kinds)), min_size=1, max_size=4))
    return PlainQuiz("Đề thử", "vi", tuple(draw(_question(kind)) for kind in chosen))
