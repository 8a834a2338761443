"""HTML and the other forms of text that Moodle knows become plain texts, and plain texts become HTML.

Python's own reader of HTML does it: no tree is needed, and what is left out has to be told where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

from question_files.language import gettext as _
from question_files.plain import PlainMedia
from question_files.texts import clean, line

# What one text may have; a question of the bank has 2,000 letters.
MAX_MARKUP = 100_000

Find = Callable[[str], PlainMedia | None]
"""From an address in a text to the file that it means; None: there is none that can be shown or heard."""


@dataclass(frozen=True)
class TextRead:
    """A text that was read."""

    text: str
    media: tuple[PlainMedia, ...] = ()
    doubts: tuple[str, ...] = ()


def nothing(_address: str) -> PlainMedia | None:
    """There are no files."""
    return None


_PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 blockquote pre table hr ul ol dl figure".split())
_LINES = frozenset("div section article header footer main aside nav address li tr dt dd caption center".split())
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big br cite code data del dfn em font i ins kbd label mark nobr q rp rt ruby s samp "
    "small span strike strong sub sup time tt u var wbr html body head title meta link base thead tbody tfoot "
    "colgroup col td th figcaption img picture source track audio script style noscript template "
    "details summary".split()
)
_EMBEDDED = frozenset(
    "video iframe object embed applet canvas svg math form input select textarea button map area frame frameset".split()
)
_KNOWN = _PARAGRAPHS | _LINES | _INLINE | _EMBEDDED
_SKIPPED = frozenset("script style title template".split())
_CROSSED = frozenset("s strike del".split())
_FORMULA = (("$$", "$$"), ("\\(", "\\)"), ("\\[", "\\]"))
_RAISED = {
    "sup": str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ"),
    "sub": str.maketrans("0123456789+-=()aeox", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓ"),
}


class _Reader(HTMLParser):
    def __init__(self, find: Find, *, keeps_unknown: bool) -> None:
        super().__init__()
        self.find, self.keeps_unknown = find, keeps_unknown
        self.parts: list[str] = []
        self.media: dict[str, PlainMedia] = {}
        self.doubts: list[str] = []
        self._block = self._breaks = 0
        self._skipped = self._verbatim = self._bullet = 0
        self._lists: list[int] = []
        self._links: list[tuple[str, int]] = []
        self._raised: list[tuple[str, int]] = []
        self._sound = self._beside = ""

    # -- what is put down

    def put(self, text: str) -> None:
        if self._block or self._breaks:
            if self.parts:
                self.parts.append("\n" * max(self._block, min(self._breaks, 2)))
            self._block = self._breaks = 0
        elif self._beside and text.strip():
            self.doubt(_("The picture %(name)s stood within a line; it is shown below.") % {"name": self._beside})
        self._beside = self._beside if not text.strip() else ""
        self.parts.append(text)

    def doubt(self, sentence: str) -> None:
        self.doubts.append(sentence)

    def handle_data(self, data: str) -> None:
        if self._skipped:
            return
        if not self._verbatim:
            data = re.sub(r"\s+", " ", data)
        if data.strip():
            self.put(data)
        elif data and self.parts and not self._block and not self._breaks:
            self.parts.append(" ")

    # -- tags

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in _SKIPPED:
            self._skipped += 1
            if tag == "script":
                formula = "math" in values.get("type", "")
                self.doubt(_("A formula was left out.") if formula else _("A script was left out."))
        elif tag in _PARAGRAPHS | _LINES:
            if len(self.parts) != self._bullet:
                self._block = max(self._block, 2 if tag in _PARAGRAPHS else 1)
        elif tag in _EMBEDDED:
            self._embedded(tag, values)
        elif tag not in _INLINE and self.keeps_unknown:
            self.put(self.get_starttag_text() or "")
        self._begin(tag, values)

    def _begin(self, tag: str, values: dict[str, str]) -> None:
        if tag == "br":
            self._breaks += 1
        elif tag in ("ul", "ol"):
            self._lists.append(-1 if tag == "ul" else 0)
        elif tag == "li":
            self._item()
        elif tag == "pre":
            self._verbatim += 1
        elif tag == "table":
            self.doubt(_("A table was read as lines of text."))
        elif tag in ("td", "th"):
            if self.parts and not self._block:
                self.put(" | ")
        elif tag in ("img", "audio", "source"):
            self._file(tag, values)
        elif tag == "a":
            self._links.append((values.get("href", ""), len(self.parts)))
        elif tag in _RAISED:
            self._raised.append((tag, len(self.parts)))
        elif tag in _CROSSED:
            self.doubt(_("Words are crossed out there. They were read as ordinary text."))
        elif "multilang" in values.get("class", ""):
            self.doubt(_("The text is there in several languages. Keep one of them."))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in ("br", "img", "source", "hr"):
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SKIPPED:
            self._skipped = max(0, self._skipped - 1)
        elif tag in _PARAGRAPHS:
            self._block = 2
        elif tag in _LINES:
            self._block = max(self._block, 1)
        elif tag not in _KNOWN and self.keeps_unknown:
            self.put(f"</{tag}>")
        if tag == "pre":
            self._verbatim = max(0, self._verbatim - 1)
        elif tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag == "a" and self._links:
            self._link(*self._links.pop())
        elif tag in _RAISED and self._raised and self._raised[-1][0] == tag:
            self._raise(*self._raised.pop())

    def unknown_decl(self, data: str) -> None:
        """Of Word: it says nothing."""

    # -- what needs more than a line

    def _item(self) -> None:
        if self._lists and self._lists[-1] >= 0:
            self._lists[-1] += 1
            self.put(f"{self._lists[-1]}. ")
        else:
            self.put("– ")
        self._bullet = len(self.parts)

    def _embedded(self, tag: str, values: dict[str, str]) -> None:
        if tag == "math":
            self.doubt(_("A formula was read as ordinary text."))
        else:
            self.doubt(_("Something embedded (%(tag)s) was left out.") % {"tag": tag})

    def _file(self, tag: str, values: dict[str, str]) -> None:
        if tag == "audio":
            self._sound = values.get("title") or values.get("aria-label") or ""
        address = values.get("src", "").strip()
        if not address:
            return
        alt = line(values.get("alt", "") or values.get("title", "")) if tag == "img" else line(self._sound)
        found = self.find(address)
        if found is None:
            self._missing(address)
            return
        if not alt and found.content_type.startswith("image/"):
            self.doubt(_("The picture %(name)s has no description.") % {"name": found.name})
        if self._inside_a_line() and found.content_type.startswith("image/"):
            # Unless nothing follows in that line.
            self._beside = found.name
        self._add(address, found, alt)

    def _add(self, address: str, found: PlainMedia, alt: str) -> None:
        # Files of several folders may have one name.
        self.media.setdefault(address, PlainMedia(found.name, found.content_type, found.load, alt))

    def _inside_a_line(self) -> bool:
        return bool(self.parts) and not self._block and not self._breaks and bool(self.parts[-1].strip())

    def _missing(self, address: str) -> None:
        if address.lower().startswith(("http:", "https:", "//")):
            self.doubt(_("A picture or sound of another site was left out: %(address)s") % {"address": address[:200]})
        else:
            name = address.rpartition("/")[2][:80]
            self.doubt(_("The file %(name)s is not there, or is no picture or sound.") % {"name": name})

    def _link(self, address: str, begun: int) -> None:
        label = line("".join(self.parts[begun:]))
        address = address.strip()
        if address.startswith("@@PLUGINFILE@@"):
            found = self.find(address)
            if found is None:
                self._missing(address)
            else:
                self._add(address, found, label)
        elif address.lower().startswith(("http://", "https://", "mailto:")):
            bare = re.sub(r"^\w+:(//)?|/$", "", address)
            if bare not in label:
                self.put(f" ({address})")

    def _raise(self, tag: str, begun: int) -> None:
        text = "".join(self.parts[begun:]).strip()
        signs = _RAISED[tag]
        if text and all(ord(char) in signs for char in text):
            self.parts[begun:] = [text.translate(signs)]
        elif text:
            self.doubt(_("“%(text)s” was raised or lowered. It was read as ordinary text.") % {"text": text[:40]})


def _without(text: str, begins: str, ends: str) -> str:
    """Without what stands between them; of one that does not end the beginning is left. Takes time once."""
    kept, at = [], 0
    while (start := text.find(begins, at)) >= 0 and (end := text.find(ends, start + len(begins))) >= 0:
        kept.append(text[at:start])
        at = end + len(ends)
    return "".join((*kept, text[at:]))


def from_html(html: str, find: Find = nothing, *, keeps_unknown: bool = False) -> TextRead:
    """`keeps_unknown`: what looks like a tag and is none was typed as text. Total."""
    doubts = []
    if len(html) > MAX_MARKUP:
        html = html[:MAX_MARKUP]
        doubts.append(_("The text is too long. Its end was left out."))
    for begins, ends in (("<!--", "-->"), ("<![", "]>"), ("<?", ">"), ("<!", ">")):
        html = _without(html, begins, ends)
    # What is not closed is no tag; a declaration that is none makes Python's reader give up.
    last = html.rfind(">") + 1
    html = re.sub("<(?=[!?])", "&lt;", html[:last]) + html[last:].replace("<", "&lt;")
    reader = _Reader(find, keeps_unknown=keeps_unknown)
    reader.feed(html)
    reader.close()
    text = clean("".join(reader.parts))
    if any(0 <= (at := text.find(begins)) < text.find(ends, at + 2) for begins, ends in _FORMULA):
        doubts.append(_("A formula was read as ordinary text."))
    if "{mlang" in text:
        doubts.append(_("The text is there in several languages. Keep one of them."))
    return TextRead(text, tuple(reader.media.values()), (*doubts, *reader.doubts))


_LINK = re.compile(r"(!?)\[([^\[\]]{0,200})\]\(\s*([^()\s]{1,500})[^()]{0,200}\)")
_EMPHASIS = re.compile(r"(\*\*|__|`)(?=\S)([^*_`\n]{1,500}?)(?<=\S)\1")


def from_markdown(text: str, find: Find = nothing) -> TextRead:
    """Its commonest signs: headings, emphasis, links, pictures."""

    def linked(found: re.Match[str]) -> str:
        tag = '<img alt="{}" src="{}">' if found[1] else '<a title="{0}" href="{1}">{0}</a>'
        return tag.format(escape(found[2]), escape(found[3]))

    html = "\n".join(re.sub(r"^ {0,3}#{1,6} +", "", one) for one in text[:MAX_MARKUP].split("\n"))
    html = _EMPHASIS.sub(r"\2", _LINK.sub(linked, html)).replace("\n", "<br>")
    read = from_html(html, find, keeps_unknown=True)
    doubt = _("The text is written in Markdown. Check how it looks.")
    return TextRead(read.text, read.media, (*read.doubts, doubt))


# As Moodle's files name them; numbers are of old versions.
_FORMATS = {
    "html": "html",
    "1": "html",
    "plain_text": "plain",
    "plain": "plain",
    "2": "plain",
    "markdown": "markdown",
    "4": "markdown",
}


def from_moodle(text: str, kind: str, find: Find = nothing) -> TextRead:
    """A text in one of Moodle's formats; any other is 'moodle_auto_format': HTML in which line breaks count."""
    form = _FORMATS.get(kind.strip().lower(), "auto")
    if form == "html":
        return from_html(text, find)
    if form == "plain":
        return TextRead(clean(text))
    if form == "markdown":
        return from_markdown(text, find)
    return from_html(re.sub(r"\r\n?|\n", "<br>", text), find, keeps_unknown=True)


def to_html(text: str) -> str:
    """A plain text: a paragraph for what stands between empty lines. `from_html` gives it back."""
    paragraphs = [part.replace("\n", "<br>") for part in escape(clean(text)).split("\n\n")]
    return "".join(f"<p>{part}</p>" for part in paragraphs if part)


@dataclass
class Taking:
    """Texts of one question, and what there is to doubt in them."""

    find: Find = nothing
    doubts: list[str] = field(default_factory=list)

    def with_media(self, text: str, kind: str = "html", find: Find | None = None) -> TextRead:
        told = from_moodle(text, kind, find or self.find)
        self.doubts += told.doubts
        return told

    def words(self, text: str, kind: str = "html", find: Find | None = None) -> str:
        """Where a question holds words alone."""
        told = self.with_media(text, kind, find)
        for media in told.media:
            self.doubts.append(_("%(name)s was left out: there only text can stand.") % {"name": media.name})
        return told.text
