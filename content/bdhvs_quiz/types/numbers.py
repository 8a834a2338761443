"""Fields of a question for numbers and shares of a mark, and the credit of an answer in numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from wagtail import blocks

from question_files.numbers import (
    NUMBER,
    SHARE,
    plain_number,
    read_number,
    read_share,
    stored_number,
    stored_share,
    written_number,
    written_share,
)


class ExactBlock(blocks.CharBlock):
    """A field whose stored text is exact, and which the editor sees in their own notation. It holds no words: a
    translation
    takes it from its original."""

    words = False
    faulty: ClassVar[Any] = ""
    own: ClassVar[tuple[str, ...]] = ("least", "percent")

    def deconstruct(self) -> Any:
        # Migrations need nothing of ours: what is stored is a text.
        _path, args, kwargs = super().deconstruct()
        return "wagtail.blocks.CharBlock", args, {name: kwargs[name] for name in kwargs if name not in self.own}

    def read(self, text: str) -> str:
        """Return the stored form of typed text. Raises ValueError."""
        raise NotImplementedError

    def written(self, stored: str) -> str | None:
        """Return the typed form of stored text; None: `read` does not give such text."""
        raise NotImplementedError

    def value_for_form(self, value: Any) -> Any:
        written = self.written(value) if value else ""
        return value if written is None else written

    def value_from_form(self, value: Any) -> Any:
        text = (value or "").strip()
        try:
            return self.read(text) if text else ""
        except ValueError:
            return text  # `clean` says what is wrong with it

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned and self.written(cleaned) is None:
            raise ValidationError(self.faulty)
        return cleaned


class ShareBlock(ExactBlock):
    """A share of the mark, stored as '1/2'; empty: whatever the question says. `least`: 0, or −1 where a choice may
    cost."""

    faulty = SHARE

    def __init__(self, *args: Any, least: int = 0, **kwargs: Any) -> None:
        # A block of before this field holds none of it: a text all the same, as whoever translates it expects.
        super().__init__(*args, required=False, max_length=12, **{"default": "", **kwargs})
        self.least = least

    def read(self, text: str) -> str:
        return str(read_share(text))

    def written(self, stored: str) -> str | None:
        share = stored_share(stored, Fraction(2))
        return written_share(share) if self.least <= share <= 1 else None


class NumberBlock(ExactBlock):
    """A number, stored as '12.5'. `percent`: may also be per cent of another number, stored as '5%'. `least`: the
    minimum."""

    faulty = NUMBER

    def __init__(self, *args: Any, percent: bool = False, least: Decimal | None = None, **kwargs: Any) -> None:
        super().__init__(*args, max_length=24, **kwargs)
        self.percent, self.least = percent, least

    def read(self, text: str) -> str:
        bare, sign = (text[:-1], "%") if self.percent and text.endswith("%") else (text, "")
        return plain_number(read_number(bare, get_language() or "vi")) + sign

    def written(self, stored: str) -> str | None:
        bare, sign = (stored[:-1], " %") if self.percent and stored.endswith("%") else (stored, "")
        number = stored_number(bare)
        if number is None or (self.least is not None and number < self.least):
            return None
        return written_number(number, get_language() or "vi") + sign


def share_of(value: Mapping[str, Any], default: Fraction = Fraction(1)) -> Fraction:
    """Return the 'credit' of a block's value."""
    return stored_share(value.get("credit") or "", default)


def tolerance_of(answer: Mapping[str, Any]) -> Fraction:
    """Return the tolerance of a version's answer: `tolerance` is a number, or per cent of its `number`."""
    text = answer["tolerance"]
    off = Fraction(stored_number(text.removesuffix("%")) or 0)
    return abs(Fraction(stored_number(answer["number"]) or 0)) * off / 100 if text.endswith("%") else off


def nearest(value: Fraction | None, answers: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return, of the answers whose tolerance includes the number, the one that earns most, of equals the first. None:
    of none."""
    if value is None:
        return None
    found = [
        one
        for one in answers
        if (number := stored_number(one["number"])) is not None and abs(value - Fraction(number)) <= tolerance_of(one)
    ]
    return max(found, key=lambda one: stored_share(one["credit"], Fraction(1))) if found else None
