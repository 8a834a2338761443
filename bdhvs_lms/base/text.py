"""Vietnamese text that means the same is the same text: for search, and for comparing what people typed.

Here, at the bottom, because imports of areas, names of people and answers of a stranger's question type all need it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language

from question_files.folding import fold, nfc, normalized

# Grave, acute, tilde, hook above, dot below: Vietnamese tones. Circumflex, breve and horn make other vowels.
_TONE = "[\u0300\u0301\u0303\u0309\u0323]"
# In decomposed text: the tone on the first vowel of oa, oe, uy. Where a circumflex or breve follows, the second vowel
# is â, ă or ê, which carries the tone in both styles.
_OLD_STYLE = re.compile(f"([oO])({_TONE})([aAeE])(?![\u0302\u0306])|([uU])({_TONE})([yY])")


def one_line(text: str) -> str:
    """Return the text in NFC, without control and invisible format characters, spaces trimmed and single: names and
    short fields."""
    visible = "".join(" " if char.isspace() else char for char in text)
    visible = "".join(char for char in visible if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return nfc(" ".join(visible.split()))


def several_lines(text: str) -> str:
    """Return text of several lines, each as `one_line` has it, without empty ones before and behind."""
    return "\n".join(one_line(line) for line in text.splitlines()).strip()


def account_name(user: Any) -> str:
    """Return the account's full name, else the name that it signs in with. A site's own account need not have names."""
    return str(getattr(user, "get_full_name", str)() or user.get_username())


def digits(phone: str) -> str:
    """Return a telephone number as it is compared: without spaces, dots and signs."""
    return "".join(sign for sign in phone if sign.isdigit())


def without_marks(text: str) -> str:
    """Write Vietnamese as it is typed where marks cost: "Đạt" becomes "Dat". Case, signs and line breaks stay."""
    plain = "".join(char for char in normalized("NFD", text) if not unicodedata.category(char).startswith("M"))
    return nfc(plain.replace("đ", "d").replace("Đ", "D"))


def tone_equal(text: str) -> str:
    """Return the text for comparing with diacritics on: NFC, with the tone of oa, oe and uy where the newer spelling
    puts it.

    Both spellings are taught and typed: hòa and hoà, khỏe and khoẻ, thúy and thuý become equal. Case stays.
    """

    def move(match: re.Match[str]) -> str:
        first, tone, second = match.group(1, 2, 3) if match.group(1) else match.group(4, 5, 6)
        return first + second + tone

    return nfc(_OLD_STYLE.sub(move, normalized("NFD", text)))


def row_number(sent: object) -> int:
    """Return the number of a row as a form sends it; 0, which no row has, for whatever else comes. Other digits than
    ASCII's are none (int("²") is an error), and no row has more than 18 of them."""
    text = str(sent)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0


def language_of(titles: Mapping[str, str]) -> str:
    """Return the key of a language map whose text to show: the reader's language, the same without its country (texts
    are in "en" where a site speaks "en-us"), Vietnamese, any. Empty for an empty map."""
    own = get_language() or "vi"
    return next((code for code in (own, own.split("-")[0], "vi", *titles) if titles.get(code)), "")


# What spreadsheets take for the start of a formula (OWASP, "CSV Injection"); some take full-width signs for plain ones.
_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
_FORMULA = re.compile(f"[ \u00a0]*[{_SIGNS}\t\r\n]")
# A program whose separator is another than the file's cuts a cell there, whatever quotes are around it.
_INNER = re.compile(f"([;,\t\r\n])([{_SIGNS}])|([;\t\r\n][ \u00a0]+)([{_SIGNS}])")


def guarded(text: str) -> str:
    """Return a cell of a CSV file that no spreadsheet takes for a formula: with an apostrophe before what looks like
    one."""
    text = _INNER.sub(lambda found: f"{found[1] or found[3]}'{found[2] or found[4]}", text)
    return f"'{text}" if _FORMULA.match(text) else text


def has_marks(text: str) -> bool:
    """Tell whether the text has letters that English has not: then a page marks it as Vietnamese."""
    return fold(text) != text.casefold()
