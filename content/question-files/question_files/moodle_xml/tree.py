"""A Moodle XML file as a tree: parsed safely, whatever encoding it says that it is in."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder  # noqa: S405

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from question_files.language import gettext as _
from question_files.plain import UnreadableFile
from question_files.texts import decoded

# Moodle's files are six deep.
PIECE = 256 * 1024
MAX_DEPTH = 40
# Of 2,000 questions, the most that are imported at once, with a hundred each.
MAX_ELEMENTS = 200_000
# Signs that a file may have written wrong: repairing each makes it longer.
MAX_REPAIRS = 100_000
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.-]{1,40})["']""")
_DECLARATION = re.compile(r"\s*(?:<\?xml[^>]*\?>)?[\ufeff \t\r\n]*")
# What no XML file may hold, and other systems write all the same.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_FORBIDDEN_REFERENCE = re.compile(
    r"&#(?:x0*(?:[0-8bcef]|1[0-9a-f]|fff[ef]|d[89a-f][0-9a-f]{2})|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]));", re.IGNORECASE
)
_OF_HTML = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,30};)")
_CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
_BARE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
# What stands before the outermost element, or its name.
_NEXT = re.compile(r"\s*(<\?|<!--|<!|<(?=[\w]))([\w:.-]*)")
QTI = frozenset(("questestinterop", "assessmentItem", "assessmentTest", "qti-assessment-item", "manifest"))


class _Builder(TreeBuilder):
    """Of files that are not deeper than any of Moodle's."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._elements = 0

    def start(self, tag: Any, attrs: Any, /) -> Any:
        self._depth += 1
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise UnreadableFile(_("This XML file holds more than can be read at once. Split it."))
        if self._depth > MAX_DEPTH:
            raise UnreadableFile(_("This XML file is nested too deeply for questions of Moodle."))
        return super().start(tag, attrs)

    def end(self, tag: Any, /) -> Any:
        self._depth -= 1
        return super().end(tag)


def root_name(text: str) -> str:
    """Of the outermost element, without its prefix; empty: there is none."""
    at, end = 0, 0
    while end >= 0 and (found := _NEXT.match(text, at)):
        begins, name = found[1], found[2]
        if begins == "<":
            return name.rpartition(":")[2]
        ends = {"<?": "?>", "<!--": "-->"}.get(begins, ">")
        if begins == "<!" and 0 <= text.find("[", at) < text.find(">", at):
            ends = "]>"
        end = text.find(ends, found.end())
        at = end + len(ends)
    return ""


def tree_of(data: bytes) -> tuple[Element, str]:
    """The file's `<quiz>`, and the encoding where that was guessed. Raises UnreadableFile."""
    declared = _DECLARED.search(data[:400])
    text, guessed = decoded(data, declared[1].decode("ascii") if declared else "")
    whole = text
    begins = _DECLARATION.match(text)
    text = _FORBIDDEN.sub("", text[begins.end() if begins else 0 :])
    before = whole.count("\n") - text.count("\n")
    _other_than_moodles(text)
    try:
        return _parsed(_FORBIDDEN_REFERENCE.sub("", text)), guessed
    except DefusedXmlException as error:
        raise UnreadableFile(
            _("This XML file declares entities or a document type, which is not safe to read.")
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        line = getattr(error, "position", (1, 0))[0] + before
        raise UnreadableFile(
            _(
                "This XML file is damaged or not whole: it cannot be read from line %(line)s on. Export it from "
                "Moodle again."
            )
            % {"line": line}
        ) from error


def _parsed(text: str) -> Element:
    try:
        return _feed(text)
    except ParseError as error:
        if text.count("&") > MAX_REPAIRS:
            raise
        repaired = _repaired(text)
        if repaired == text:
            raise
        try:
            return _feed(repaired)
        except ParseError:
            # Its place is that of the file as it is.
            raise error from None


def _repaired(text: str) -> str:
    """Signs of HTML that were written where XML does not know them, and an ampersand that is one: "Tom & Jerry"."""
    pieces = _CDATA.split(_OF_HTML.sub(_meant, text))
    return "".join(piece if place % 2 else _BARE.sub("&amp;", piece) for place, piece in enumerate(pieces))


def _meant(found: re.Match[str]) -> str:
    meant = unescape(found[0])
    return "&amp;" + found[1] if meant == found[0] or meant in "<>&" else meant


def _feed(text: str) -> Element:
    parser = DefusedXMLParser(target=_Builder(), forbid_dtd=True)
    for place in range(0, len(text), PIECE):
        parser.feed(text[place : place + PIECE])
    root: Element = parser.close()
    return root


def _other_than_moodles(text: str) -> None:
    name = root_name(text)
    if name == "quiz":
        return
    if not name:
        raise UnreadableFile(_("This is no XML file. Export the questions from Moodle as “Moodle XML format”."))
    if name in QTI:
        raise UnreadableFile(_("This is a QTI file. Export the questions as Moodle XML instead."))
    if name.lower() == "html":
        raise UnreadableFile(_("This is a web page, not a file of questions. Export them from Moodle again."))
    raise UnreadableFile(
        _("This XML file begins with <%(name)s>; a file of Moodle’s questions begins with <quiz>.")
        % {"name": name[:40]}
    )
