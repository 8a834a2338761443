"""Which language a text is in, as far as telling Vietnamese from English goes: for pages that must not mix them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import polib  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[2]
OWN_LETTERS = re.compile("[ăâđêôơư\u0300\u0301\u0303\u0309\u0323]", re.IGNORECASE)
WORD = re.compile(r"[A-Za-z]{3,}")
# Words of our English that are Vietnamese syllables or names too, and that no Vietnamese translation happens to hold.
BOTH = frozenset("can hay lan tin sang them thanh tong long may ban the son dan minh video".split())
# Texts that are the same on both sides: names of languages, and of the site.
SAME = {"english", "tiếng việt", "bình dân học vụ số"}


# What stands before a place's name and belongs to it.
UNITS = frozenset("phường xã quận huyện thôn tỉnh".split())


def _own_letters(text: str) -> bool:
    decomposed = unicodedata.normalize("NFD", text)
    # â, ê, ô decompose into a circumflex, ă into a breve, ơ and ư into a horn.
    return bool(OWN_LETTERS.search(decomposed)) or any(mark in decomposed for mark in "\u0302\u0306\u031b")


def looks_vietnamese(text: str) -> bool:
    """Whether words stand in it that English has not. Names of people and places within an English sentence are no
    other language (WCAG 2.2, 3.1.2); standing alone they are, and have to be marked."""
    words = re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", text))
    foreign = [word for word in words if _own_letters(word)]
    if not foreign:
        return False
    named = all(word.istitle() or word in UNITS for word in foreign)
    return not (named and any(WORD.fullmatch(word) and not word.istitle() for word in words))


@cache
def english_words() -> frozenset[str]:
    """The words of our English sources that none of our Vietnamese translations holds: a few hundred."""
    english: set[str] = set()
    vietnamese: set[str] = set()
    for folder in ("bdhvs_lms", "content", "templates/bdhvs_theme"):
        for file in (ROOT / folder).rglob("vi/LC_MESSAGES/django.po"):
            for entry in polib.pofile(str(file)):
                placeholder = re.compile(r"%\([^)]*\)s|<[^>]+>")
                sources = (entry.msgid, entry.msgid_plural)
                english.update(word.lower() for text in sources for word in WORD.findall(placeholder.sub(" ", text)))
                targets = (entry.msgstr, *entry.msgstr_plural.values())
                vietnamese.update(word.lower() for text in targets for word in whole_words(placeholder.sub(" ", text)))
    return frozenset(english - vietnamese - BOTH)


def whole_words(text: str) -> list[str]:
    """Words of three ASCII letters or more that are no part of a longer word with other letters."""
    return [word for word in re.findall(r"\w+", text) if WORD.fullmatch(word)]


def english_in(text: str) -> list[str]:
    """The English words in a text that should be Vietnamese. What is in quotes or code of the content counts too."""
    return [word for word in whole_words(text) if word.lower() in english_words()]


def strays(texts: Iterable[Sequence[str]]) -> list[str]:
    """Of (language that a text is marked with or stands in, text): those that are plainly of the other language."""
    found = []
    for language, text in texts:
        if " ".join(text.lower().split()) in SAME:
            continue
        if language == "en" and looks_vietnamese(text):
            found.append(f"Vietnamese where English is meant: {text[:90]!r}")
        elif language == "vi" and (words := english_in(text)):
            found.append(f"English where Vietnamese is meant: {text[:90]!r} {words}")
    return found


class _Texts(HTMLParser):
    """Collects every text and spoken attribute with the language in force there."""

    SPOKEN = ("aria-label", "alt", "title", "placeholder")
    VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.open: list[tuple[str, str]] = []

    @property
    def language(self) -> str:
        return self.open[-1][1] if self.open else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        language = values.get("lang") or self.language
        self.found += [(language, value) for name in self.SPOKEN if (value := values.get(name))]
        if tag not in self.VOID:
            self.open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and (not self.open or self.open[-1][0] not in ("script", "style")):
            self.found.append((self.language, data.strip()))


def texts_of(html: str) -> list[tuple[str, str]]:
    """(language, text) of a page's body."""
    parser = _Texts()
    parser.feed(html.partition("<head>")[0] + html.partition("</head>")[2])
    return parser.found
