"""Texts of files: bytes become letters, letters become the plain texts of questions."""

from __future__ import annotations

import codecs
import re
import unicodedata
from functools import lru_cache

from question_files.document.legacy import legacy_encoding
from question_files.folding import nfc
from question_files.language import gettext as _
from question_files.plain import UnreadableFile

# UTF-32's first: it begins as UTF-16's does.
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What an XML file may say that it is in, where it is not in UTF-8. Python knows codecs that are no encodings.
_DECLARED = re.compile(r"(windows-|cp)125[0-8]|iso-8859-\d{1,2}|latin-?1|us-ascii|ascii", re.IGNORECASE)
# Tones of windows-1258 stand behind their vowel as letters of their own.
_TONE = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_VOWELS = frozenset("aeiouyAEIOUY\u00e2\u00ea\u00f4\u00c2\u00ca\u00d4\u0103\u0102\u01a1\u01a0\u01b0\u01af")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_JOINERS = "\u200c\u200d"


def decoded(data: bytes, declared: str = "") -> tuple[str, str]:
    """The text of a file, and the name of its encoding where that was guessed. `declared`: what the file says itself,
    believed where it is not UTF-8. Raises UnreadableFile."""
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], codec), ""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" not in text:
        _refuse_legacy(text)
        return text, ""
    if codec := _wide(data):
        return _strictly(data, codec), ""
    if b"\x00" in data:
        raise UnreadableFile(_("This is not a text file. Choose the file that the other system exported."))
    if declared and declared.lower() not in ("utf-8", "utf8") and _DECLARED.fullmatch(declared.strip()):
        return _strictly(data, declared.strip()), ""
    return _vietnamese(data), "windows-1258"


def _strictly(data: bytes, codec: str) -> str:
    try:
        text = data.decode(codec)
    except (UnicodeDecodeError, LookupError) as error:
        raise UnreadableFile(_save_as_unicode()) from error
    _refuse_legacy(text)
    return text


def _refuse_legacy(text: str) -> None:
    if old := legacy_encoding(text[:200_000]):
        name = {"tcvn3": "TCVN3 (ABC)", "vni": "VNI Windows"}[old]
        raise UnreadableFile(
            _(
                "This file is written in the old encoding %(name)s, which phones cannot show. Convert it to Unicode, "
                "for example with UniKey Toolkit (Ctrl+Shift+F6), and upload it again."
            )
            % {"name": name}
        )


def _wide(data: bytes) -> str:
    """UTF-16 without its mark: every other byte of plain letters is zero."""
    head = data[:4096]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if len(data) % 2 or len(head) < 4:
        return ""
    if odd * 4 > len(head) // 2 and not even:
        return "utf-16-le"
    return "utf-16-be" if even * 4 > len(head) // 2 and not odd else ""


def _vietnamese(data: bytes) -> str:
    try:
        text = data.decode("cp1258")
    except UnicodeDecodeError as error:
        raise UnreadableFile(_save_as_unicode()) from error
    if any(found.start() == 0 or text[found.start() - 1] not in _VOWELS for found in _TONE.finditer(text)):
        _refuse_legacy(data.decode("latin-1"))
        raise UnreadableFile(_save_as_unicode())
    _refuse_legacy(data.decode("latin-1") if not _TONE.search(text) else text)
    return nfc(text)


def _save_as_unicode() -> str:
    return _(
        "The letters of this file cannot be read: its encoding is not Unicode, or the file is damaged. Open it in "
        "Notepad, choose “Save as” with the encoding UTF-8, and upload it again."
    )


def glimpse(head: bytes) -> str:
    """The beginning of a file as far as it is text; empty where it is none. Total."""
    for mark, codec in _BOMS:
        if head.startswith(mark):
            return head[len(mark) :].decode(codec, "ignore")
    if codec := _wide(head[: len(head) // 2 * 2]):
        return head.decode(codec, "ignore")
    if b"\x00" in head:
        return ""
    try:
        # Its last letter may be cut.
        return codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return nfc(head.decode("cp1258", "replace"))


def guessed(encoding: str) -> str:
    """What is said of a file whose encoding was guessed."""
    return _("The file was read as %(encoding)s. Check its Vietnamese letters.") % {"encoding": encoding}


def clean(text: str) -> str:
    """A plain text as questions hold it: NFC; no control and invisible characters; single spaces, none at the ends of
    lines; at most one empty line in a row, none at the ends. Total and idempotent."""
    while True:
        cleaned = _clean_once(text)
        if cleaned == text:
            return cleaned
        # Where a sign between them went, a letter and a mark may have become one.
        text = cleaned


def _clean_once(text: str) -> str:
    lines = ("".join(map(_visible, line)) for line in _LINE_ENDS.sub("\n", text).split("\n"))
    text = "\n".join(" ".join(line.split()) for line in lines)
    return nfc(re.sub(r"\n{3,}", "\n\n", text).strip())


@lru_cache(4096)
def _visible(char: str) -> str:
    if char.isascii():
        return char if char.isprintable() else " " if char == "\t" else ""
    if char.isspace():
        return " "
    if 0xFDD0 <= ord(char) <= 0xFDEF or ord(char) & 0xFFFE == 0xFFFE:
        return ""  # no character ever
    category = unicodedata.category(char)
    return "" if category in ("Cc", "Cs") or (category == "Cf" and char not in _JOINERS) else char


def line(text: str) -> str:
    """The same on one line: names, answers that are typed, tags."""
    return " ".join(clean(text).split())


def shortened(text: str, most: int = 80) -> str:
    """How editors elsewhere find a question that has no name of its own."""
    text = line(text)
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def own_name(name: str, prompt: str) -> str:
    """A name, where it is not made of the prompt: by us, or by Moodle, which ends it with dots."""
    name, prompt = line(name), line(prompt)
    bare = name.removesuffix("…").removesuffix("...").rstrip()
    return "" if name == prompt or name == shortened(prompt) or (bare != name and prompt.startswith(bare)) else name
