"""What people write in cells and answer lines: numbers, letters of options, right and wrong, lists. Total."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from question_files.folding import fold, nfc
from question_files.plain import PlainAnswer

RIGHT = frozenset({"dung", "d", "true", "t", "yes", "co", "x", "1", "v"})
WRONG = frozenset({"sai", "s", "false", "f", "no", "khong", "0"})
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# What stands between letters of several right answers: "A, C", "A và C", "A;C", "A/C".
_BETWEEN = re.compile(r"(?:[\s,;/&+|.]|\bvà\b|\band\b)+", re.IGNORECASE)
_NUMBER = re.compile(r"[+\-−–]?\d{1,3}(?:[ .\u00a0\u202f]\d{3})+(?:,\d+)?|[+\-−–]?\d+(?:[.,]\d+)?")
_SHARE = re.compile(r"\s*\[\s*(-?\d{1,3}(?:[.,]\d{1,6})?\s*%|-?\d{1,4}/\d{1,4})\s*\]$")


def plain(text: str) -> str:
    """To compare words: folded, one space between them, without a full stop at the end."""
    return " ".join(fold(text).split()).rstrip(".:;!").strip()


def toned(text: str) -> str:
    """To compare words with their tones: case off, one space between them, without a full stop at the end."""
    return " ".join(nfc(text).casefold().split()).rstrip(".:;!").strip()


def right_or_wrong(text: str) -> bool | None:
    """'Đúng', 'Sai', 'Đ', 'S', 'True' …; None: neither."""
    told = plain(text).strip("()[]*'\" ")
    return True if told in {"dung", "d", "true", "t"} else False if told in {"sai", "s", "false", "f"} else None


def yes_or_no(text: str) -> bool | None:
    """As a switch is written in a cell; None: neither."""
    told = plain(text)
    return True if told in RIGHT else False if told in WRONG else None


def letters_of(text: str, most: int = 8) -> list[int]:
    """Places of options, from 0, that a text consists of: 'B', 'A, C', 'AC', 'a và c'. Empty: it is something else."""
    text = text.strip().strip("()[]{}*'\"“”. \t:-–").strip()
    known = LETTERS[:most]
    parts = [part for part in _BETWEEN.split(text) if part]
    parts = [part.strip("()[]*.:") for part in parts]
    if len(parts) == 1 and 1 < len(parts[0]) <= most and parts[0].isupper():
        parts = list(parts[0])
    if not parts or any(len(part) != 1 or part.upper() not in known for part in parts):
        return []
    found = [known.index(part.upper()) for part in parts]
    return found if len(set(found)) == len(found) else []


def letters_parted(text: str) -> list[int]:
    """As `letters_of`, also where signs part them that may mean something else: 'A - C', 'A: C'."""
    return letters_of(re.sub(r"[-–—:)]", ",", text))


def number_of(text: str) -> Decimal | None:
    """As it is written in Vietnam or elsewhere: '12,5', '12.5', '1.000.000', '−3'. None: no number.

    '1.000' is a thousand and '1,000' one: a comma is the decimal sign.
    """
    text = text.strip()
    if len(text) > 30 or not _NUMBER.fullmatch(text):
        return None
    text = re.sub(r"[−–]", "-", text)
    if re.fullmatch(r"[+-]?\d{1,3}(?:[ .\u00a0\u202f]\d{3})+(?:,\d+)?", text):
        text = re.sub(r"[ .\u00a0\u202f]", "", text)
    return Decimal(text.replace(",", ".").lstrip("+"))


def written_number(number: Decimal) -> str:
    """With the decimal comma, without zeros at the end; `number_of` gives the same number back."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    text = "0" if text in ("-0", "") else text
    # '1.000' would be read as a thousand, so no point is ever written.
    return text.replace(".", ",")


def tolerant_number(text: str) -> tuple[Decimal, Decimal] | None:
    """(number, how far off): '12,5', '12,5 ± 0,5', '12,5 +- 0,5', '12 đến 13'. None: something else."""
    number = number_of(text)
    if number is not None:
        return number, Decimal(0)
    parts = re.split(r"±|\+/-|\+-", text)
    if len(parts) == 2:
        middle, off = number_of(parts[0]), number_of(parts[1])
        return (middle, abs(off)) if middle is not None and off is not None else None
    parts = re.split(r"\s+(?:đến|to|\.\.)\s+|\.\.\.?|…", text)
    if len(parts) == 2:
        low, high = number_of(parts[0]), number_of(parts[1])
        if low is not None and high is not None and low <= high:
            return (low + high) / 2, (high - low) / 2
    return None


def written_tolerant(answer: PlainAnswer) -> str:
    number = written_number(Decimal(answer.text))
    return f"{number} ± {written_number(answer.tolerance)}" if answer.tolerance else number


def share_of(text: str) -> tuple[str, Fraction]:
    """What stands before a share of the mark in brackets, and the share: 'Huế [50%]', 'Huế [1/3]', 'Huế'."""
    found = _SHARE.search(text)
    if found is None:
        return text.strip(), Fraction(1)
    told = found[1].replace(" ", "")
    if told.endswith("%"):
        credit = Fraction(told[:-1].replace(",", ".")) / 100
    else:
        above, below = told.split("/")
        credit = Fraction(int(above), int(below)) if int(below) else Fraction(1)
    if not 0 <= credit <= 1:
        return text.strip(), Fraction(1)
    return text[: found.start()].strip(), credit


def written_share(credit: Fraction) -> str:
    """' [50%]', or nothing for the whole mark."""
    if credit == 1:
        return ""
    percent = credit * 100
    if percent.denominator == 1:
        return f" [{percent}%]"
    return f" [{credit.numerator}/{credit.denominator}]"


def short_answer(text: str, *, stars: bool) -> PlainAnswer:
    """A typed answer with its share. `stars`: whether * stands for any letters; else it is a star."""
    told, credit = share_of(text)
    return PlainAnswer(told if stars else told.replace("*", "\\*"), credit)


def number_answer(text: str) -> PlainAnswer | None:
    told, credit = share_of(text)
    found = tolerant_number(told)
    if found is None:
        return None
    return PlainAnswer(format(found[0], "f"), credit, tolerance=found[1])


def short_reason(names: Sequence[str], most: int = 6) -> str:
    """Names in a sentence, not more than fit."""
    return ", ".join(names[:most]) + ("…" if len(names) > most else "")
