"""What somebody reads on a page of the admin, and which of its words are of the other language.

A word is English when Wagtail, Django or this project says it in a message and no Vietnamese message does; names of
products, formats and keys are let through by name. Words of fewer than three letters are not looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any

import polib

from tests.architecture.layers import ROOT
from tests.wagtail_vi.test_catalogues import DJANGO, DOMAINS, WAGTAIL, own, shown, upstream

# Said in English in Vietnamese too.
NAMES = frozenset(
    # products and formats
    "wagtail django draftail unsplash avif bmp csv docx gif heic ico jpeg jpg json mov mp3 mp4 m4a odt ogg pdf png "
    "pptx rtf svg txt webm webp xlsx zip html css javascript api http https url utc gmt tls oauth markdown "
    # keys of the keyboard
    "alt ctrl cmd enter esc shift tab space mod "
    # what an address or an account is called here
    "localhost email video audio vneid otp "
    # what a language is called in itself
    "english".split()
)

_WORD = re.compile(r"[^\W\d_]+(?:['’][a-z]+)?")
# Also names of files and of code: hinh.png, wagtailcore.page.
_ADDRESS = re.compile(r"\b(?:https?|mailto|tel):\S+|\S+@\S+\.\S+|\S*/\S+/\S*|\b[a-z_]+\.[a-z_\d]+\b")
_FORMS = re.compile(r"%\(\w+\)[a-z]|%[sdr]|\{[\w.]*\}|<[^>]*>|&\w+;")


def words_of(text: str) -> set[str]:
    """Words of three letters or more, small, without addresses, names of files, tags and placeholders."""
    text = _FORMS.sub(" ", _ADDRESS.sub(" ", text))
    return {word.lower().replace("’", "'") for word in _WORD.findall(text) if len(word) > 2}


def _every_catalogue() -> Iterator[tuple[str, str, str]]:
    """(English, English plural, Vietnamese) of every message, ours too."""
    for domain in DOMAINS:
        for package in (*WAGTAIL, *DJANGO):
            every, translated = upstream(package, domain)
            for key, entry in every.items():
                supplied = own(domain).get(key) or translated.get(key)
                yield entry.msgid, entry.msgid_plural, shown(supplied) if supplied else ""
    for path in [*ROOT.glob("*/locale/vi/*/django.po"), *ROOT.glob("*/*/locale/vi/*/django.po")]:
        for entry in polib.pofile(str(path)):
            yield entry.msgid, entry.msgid_plural, shown(entry)


@cache
def english_words() -> frozenset[str]:
    """Words that only English messages have."""
    english: set[str] = set()
    vietnamese: set[str] = set()
    for one, many, translated in _every_catalogue():
        english |= words_of(one) | words_of(many)
        vietnamese |= words_of(translated)
    return frozenset(english - vietnamese - NAMES)


def english_in(text: str) -> set[str]:
    return words_of(text) & english_words()


def vietnamese_in(text: str) -> set[str]:
    """The words of a text that have letters of Vietnamese."""
    return {
        word for word in words_of(text) if re.search("[ăâđêôơưàáạảãèéẹẻẽìíịỉĩòóọỏõùúụủũỳýỵỷỹ]|[\u1ea0-\u1ef9]", word)
    }


# --- What is read ----------------------------------------------------------------------------------------------------

SPOKEN = {"title", "aria-label", "placeholder", "alt", "label", "aria-description", "aria-valuetext"}
# Of what scripts are handed: names of theirs, and what is searched, not words for people.
_TECHNICAL = re.compile(
    r"data-(action|controller|contentpath|search|[\w-]*(class|classes|target|selector|event|url|path|icon|id|key|href|name))$"
)
# A name of a class, an icon, an address, an event.
_IDENTIFIER = re.compile(r"[\w$.:/#@\[\]()=>%,+*~|!&;?-]*")
# A selector, or names of events joined by spaces.
_SELECTOR = re.compile(r"\bdata-|\bw-[a-z]|__[A-Z]+__")
_ADDRESS_OF_ADMIN = re.compile(r"/quan-tri/[\w/-]*/")
# What somebody typed is theirs.
_UNREAD = {"script", "style", "code", "kbd", "textarea"}


class _Reader(HTMLParser):
    """Everything read, and where it leads."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []
        self.links: list[str] = []
        self.addresses: list[str] = []
        self._unread: list[str] = []
        self._script_type = ""
        self._counter = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "script":
            self._script_type = values.get("type", "")
        if tag in _UNREAD:
            self._unread.append(tag)
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        self.read += [values[name] for name in SPOKEN & set(values)]
        if tag == "input" and values.get("type") in ("submit", "button", "reset"):
            self.read.append(values.get("value", ""))
        # Wagtail writes Python's None into it, and its script the number, before it is shown.
        self._counter = "data-side-panel-toggle-counter" in values
        for name, value in values.items():
            if name.startswith("data-"):
                self.addresses += re.findall(_ADDRESS_OF_ADMIN, value)
                if not _TECHNICAL.match(name):
                    self.read += list(_sentences(value))

    def handle_endtag(self, tag: str) -> None:
        if self._unread and tag == self._unread[-1]:
            self._unread.pop()

    def handle_data(self, data: str) -> None:
        if self._counter and data.strip() == "None":
            return
        if not self._unread:
            self.read.append(data)
        elif self._unread[-1] == "script" and "json" in self._script_type:
            self.addresses += re.findall(_ADDRESS_OF_ADMIN, data)
            self.read += list(_sentences(data))


def _sentences(value: str) -> Iterator[str]:
    """Of a value for scripts: its sentences; of JSON, those of its values, and what its HTML says."""
    value = value.strip()
    if value[:1] in "[{":
        try:
            loaded = json.loads(value)
        except ValueError:
            pass
        else:
            yield from _leaves(loaded)
            return
    if value.startswith("<"):
        yield from read(value)[0]
    elif not _IDENTIFIER.fullmatch(value) and not _SELECTOR.search(value):
        yield value


# Keys under which scripts are handed words even if there is only one of them.
_LABELS = {"label", "title", "helpText", "description", "text", "placeholder", "addLabel", "message", "name_plural"}


def _leaves(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for inner, item in value.items():
            yield from _leaves(item, inner)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, key)
    elif isinstance(value, str):
        if key in _LABELS and not value.startswith(("<", "{")):
            yield value
        elif not re.search("class|icon|url|pattern|accept|src|format", key, re.IGNORECASE):
            yield from _sentences(value)


def read(html: str) -> tuple[list[str], list[str], list[str]]:
    """(what is read, where links lead, addresses that scripts are handed)."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [re.sub(r"\s+", " ", text).strip() for text in reader.read if text.strip()], reader.links, reader.addresses


class _Fields(HTMLParser):
    """The fields of a form and their values, as a browser without scripts would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._text: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        name = values.get("name", "")
        if tag == "input" and name and values.get("type") not in ("submit", "button", "file"):
            if values.get("type") not in ("checkbox", "radio") or "checked" in values:
                self.values[name] = values.get("value", "")
        elif tag == "textarea" and name:
            self._text = name
            self.values[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in values or self._select not in self.values):
            self.values[self._select] = values.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._text:
            self.values[self._text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = None
        elif tag == "select":
            self._select = None


def fields_of(html: str) -> dict[str, str]:
    reader = _Fields()
    reader.feed(html)
    return {name: value for name, value in reader.values.items() if "__prefix__" not in name}
