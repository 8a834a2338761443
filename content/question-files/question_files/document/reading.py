"""From the elements of an opened file to paragraphs and tables, in the order of the text (ECMA-376-1, 17)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE

from question_files.document.numbering import Numbering, W, value_of, whole
from question_files.document.parts import Cell, Kind, LeftOut, Paragraph, Picture, Run, Table, WordFile
from question_files.document.styles import Styles
from question_files.folding import nfc

R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
V = "{urn:schemas-microsoft-com:vml}"
_DECORATIVE = "{http://schemas.microsoft.com/office/drawing/2017/decorative}decorative"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"

# What only wraps: read on inside.
_WRAPS = {
    W + name for name in ("ins", "moveTo", "smartTag", "sdt", "sdtContent", "customXml", "fldSimple", "bdo", "dir")
}  # fmt: skip
_GONE = {W + "del", W + "moveFrom"}
# Boxes and ticks that Word puts as signs of symbol fonts.
_SYMBOLS = {
    ("wingdings", 0x6F): "☐", ("wingdings", 0xA8): "☐", ("wingdings", 0xFE): "☑", ("wingdings", 0xFC): "✓",
    ("wingdings", 0xFB): "✗", ("wingdings", 0xE0): "→", ("wingdings", 0xF0): "→", ("symbol", 0xAE): "→",
    ("symbol", 0xB7): "•", ("wingdings", 0xA7): "▪", ("wingdings", 0xD8): "➢",
}  # fmt: skip
_LINK = re.compile(r'\s*HYPERLINK\s+"([^"]+)"')
# Letters of what was left out, for people to find it.
_OPENING = 60


class Reader:
    """Reads one file, once."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._part: Any = document.part
        self._styles = Styles(self._root_of(RELATIONSHIP_TYPE.STYLES))
        self._numbering = Numbering(self._root_of(RELATIONSHIP_TYPE.NUMBERING), self._styles.by_id)
        self._number = 0
        self._left_out: list[LeftOut] = []
        # Fields that are open: [instruction, whether its result has begun].
        self._fields: list[list[Any]] = []
        # Text boxes of the paragraph that is being read: their text comes after it.
        self._boxes: list[Any] = []

    def read(self) -> WordFile:
        blocks = tuple(self._blocks(self._document.element.body))
        return WordFile(nfc(self._document.core_properties.title or "").strip(), blocks, tuple(self._left_out))

    def _root_of(self, kind: str) -> Any:
        try:
            return self._part.part_related_by(kind).element
        except (KeyError, AttributeError):
            return None

    def _note(self, kind: Kind, near: str = "") -> None:
        self._left_out.append(LeftOut(kind, self._number, near[:_OPENING]))

    # Blocks -----------------------------------------------------------------------------------------------------------

    def _blocks(self, parent: Any) -> Iterator[Paragraph | Table]:
        for element in parent.iterchildren():
            tag = element.tag
            if tag == W + "p":
                yield from self._paragraph(element)
            elif tag == W + "tbl":
                yield self._table(element)
            elif tag in _WRAPS:
                yield from self._blocks(element)
            elif tag == MC + "AlternateContent":
                yield from self._blocks(_choice(element))
            elif tag == W + "altChunk":
                self._note("other-file")
            elif tag == M + "oMathPara":
                self._number += 1
                yield Paragraph(self._number, (Run(self._equation(element)),))

    def _paragraph(self, element: Any) -> Iterator[Paragraph | Table]:
        self._number += 1
        number = self._number
        properties = element.find(W + "pPr")
        style = value_of(properties, "pStyle")
        # An instruction ends with its paragraph, whether the file says so or not.
        self._fields = [one for one in self._fields if one[1]]
        inside, self._boxes = self._boxes, []
        pieces = tuple(_joined(self._inline(element, "", style)))
        boxes, self._boxes = self._boxes, inside
        text = "".join(piece.text for piece in pieces if isinstance(piece, Run))
        names = self._styles.names(style)
        if names[:1] and re.match(r"toc( heading| \d)|mục lục", names[0]):
            self._note("contents", text)
            return
        yield Paragraph(
            number,
            pieces,
            names[0] if names else "",
            self._styles.heading(properties, style),
            self._place(properties, style) if pieces else None,
        )
        for box in boxes:
            yield from self._blocks(box)

    def _place(self, properties: Any, style: str) -> Any:
        given = None if properties is None else properties.find(W + "numPr")
        own = self._styles.numbering(style)
        if given is None and own is None:
            return None
        number_id = value_of(given, "numId") or (own[0] if own else "")
        depth = whole(value_of(given, "ilvl") or (own[1] if own else "0"))
        place = self._numbering.place(number_id, depth) if number_id not in ("", "0") else None
        deeper = self._styles.list_depth(style)
        return replace(place, level=deeper) if place is not None and deeper and not place.level else place

    def _table(self, element: Any) -> Table:
        begins = self._number + 1
        properties = element.find(W + "tblPr")
        rows, headed = [], False
        for place, row in enumerate(_inside(element, W + "tr")):
            marked = row.find(f"{W}trPr/{W}tblHeader")
            if not place:
                # Not what the table's look says of its first row: new tables of Word all say it.
                headed = marked is not None and marked.get(W + "val", "1") not in ("0", "false")
            rows.append(tuple(self._cell(cell) for cell in _inside(row, W + "tc")))
        return Table(begins, tuple(rows), headed, nfc(value_of(properties, "tblCaption")).strip())

    def _cell(self, element: Any) -> Cell:
        properties = element.find(W + "tcPr")
        merged = None if properties is None else properties.find(W + "vMerge")
        continued = merged is not None and merged.get(W + "val", "continue") == "continue"
        columns = min(max(whole(value_of(properties, "gridSpan"), 1), 1), 63)
        blocks = tuple(self._blocks(element))
        if any(isinstance(block, Table) for block in blocks):
            self._note("nested-table")
        return Cell(() if continued else blocks, columns, continued)

    # Within a paragraph -----------------------------------------------------------------------------------------------

    def _inline(self, parent: Any, link: str, style: str) -> Iterator[Run | Picture]:
        for element in parent.iterchildren():
            tag = element.tag
            if tag == W + "r":
                yield from self._run(element, link, style)
            elif tag == W + "hyperlink":
                yield from self._inline(element, self._target(element.get(R + "id")) or link, style)
            elif tag == W + "fldSimple":
                found = _LINK.match(element.get(W + "instr") or "")
                yield from self._inline(element, found[1] if found else link, style)
            elif tag in _WRAPS:
                yield from self._inline(element, link, style)
            elif tag in _GONE:
                self._note("deleted", "".join(element.itertext()))
            elif tag in (M + "oMath", M + "oMathPara"):
                yield Run(self._equation(element), link=link)
            elif tag == MC + "AlternateContent":
                yield from self._inline(_choice(element), link, style)

    def _equation(self, element: Any) -> str:
        text = nfc("".join(one.text or "" for one in element.iter(M + "t")))
        self._note("equation", text)
        return text

    def _run(self, element: Any, link: str, style: str) -> Iterator[Run | Picture]:
        look = self._styles.look(element.find(W + "rPr"), style)
        if look.pop("hidden"):
            self._note("hidden", "".join(one.text or "" for one in element.iter(W + "t")))
            return
        text = ""
        for child in self._flat(element):
            if self._in_field(child):
                continue
            piece = self._piece(child)
            if isinstance(piece, str):
                text += piece
            elif piece is not None:
                if text:
                    yield Run(nfc(text), link=self._field_link() or link, **look)
                    text = ""
                yield piece
        if text:
            yield Run(nfc(text), link=self._field_link() or link, **look)

    def _flat(self, element: Any) -> Iterator[Any]:
        for child in element.iterchildren():
            if child.tag == MC + "AlternateContent":
                yield from self._flat(_choice(child))
            else:
                yield child

    def _in_field(self, child: Any) -> bool:
        """Follow fields (17.16.18); True for what is part of an instruction, not of the text."""
        if child.tag == W + "fldChar":
            kind = child.get(W + "fldCharType")
            if kind == "begin":
                self._fields.append(["", False])
            elif kind == "separate" and self._fields:
                self._fields[-1][1] = True
            elif kind == "end" and self._fields:
                self._fields.pop()
            return True
        if child.tag == W + "instrText":
            if self._fields:
                self._fields[-1][0] += child.text or ""
            return True
        return bool(self._fields and not self._fields[-1][1])

    def _field_link(self) -> str:
        for instruction, begun in reversed(self._fields):
            found = _LINK.match(instruction)
            if begun and found:
                return str(found[1])
        return ""

    def _piece(self, child: Any) -> str | Picture | None:
        tag = child.tag
        if tag == W + "t":
            return child.text or ""
        if tag in (W + "tab", W + "ptab"):
            return "\t"
        if tag in (W + "br", W + "cr"):
            return "" if child.get(W + "type") in ("page", "column") else "\n"
        if tag == W + "noBreakHyphen":
            return "\u2011"
        if tag == W + "sym":
            return self._symbol(child)
        if tag == W + "drawing":
            return self._drawing(child)
        if tag in (W + "pict", W + "object"):
            return self._old_drawing(child)
        if tag in (W + "footnoteReference", W + "endnoteReference"):
            self._note("footnote")
        elif tag == W + "commentReference":
            self._note("comment")
        return None

    def _symbol(self, child: Any) -> str:
        font = (child.get(W + "font") or "").lower()
        code = child.get(W + "char") or ""
        found = _SYMBOLS.get((re.sub(r"\s*\d$", "", font), _hexadecimal(code) & 0xFF), "")
        if not found:
            self._note("symbol", font)
        return found

    def _target(self, key: str | None) -> str:
        """Where a link leads out of the file; empty: nowhere."""
        found = self._part.rels.get(key) if key else None
        return str(found.target_ref) if found is not None and found.is_external else ""

    def _drawing(self, element: Any) -> Picture | None:
        boxes = list(element.iter(W + "txbxContent"))
        if boxes:
            self._note("text-box", "".join(one.text or "" for one in boxes[0].iter(W + "t")))
            self._boxes.extend(boxes)
        properties = next(element.iter(_DRAWING), None)
        alt = "" if properties is None else nfc(properties.get("descr") or "").strip()
        decorative = any(one.get("val") in ("1", "true") for one in element.iter(_DECORATIVE))
        blip = next(element.iter(A + "blip"), None)
        if blip is None:
            if not boxes:
                kinds = {str(one.get("uri", "")).rsplit("/", 1)[-1] for one in element.iter(A + "graphicData")}
                self._note("chart" if kinds & {"chart", "diagram", "chartex"} else "shape", alt)
            return None
        return self._picture(blip.get(R + "embed"), alt, decorative)

    def _old_drawing(self, element: Any) -> Picture | None:
        boxes = list(element.iter(W + "txbxContent"))
        if boxes:
            self._note("text-box", "".join(one.text or "" for one in boxes[0].iter(W + "t")))
            self._boxes.extend(boxes)
        if element.tag == W + "object":
            self._note("object")
            return None
        found = next(element.iter(V + "imagedata"), None)
        if found is None:
            if not boxes:
                self._note("shape")
            return None
        shape = next(element.iter(V + "shape"), None)
        alt = "" if shape is None else nfc(shape.get("alt") or "").strip()
        return self._picture(found.get(R + "id"), alt, False)

    def _picture(self, key: str | None, alt: str, decorative: bool) -> Picture | None:
        found = self._part.rels.get(key) if key else None
        if found is None or found.is_external:
            self._note("linked-picture", alt)
            return None
        part = found.target_part
        return Picture(part.blob, str(part.content_type), alt, decorative)


def _hexadecimal(text: str | None) -> int:
    return int(text, 16) if text and re.fullmatch(r"[0-9A-Fa-f]{1,8}", text) else 0


def _choice(element: Any) -> Any:
    """What of an alternative is read: the first choice that has text or a picture, else what older programs get."""
    ways = [one for one in element.iterchildren() if one.tag in (MC + "Choice", MC + "Fallback")]
    for way in ways:
        if any(one.tag in (W + "t", A + "blip", M + "t") for one in way.iter()):
            return way
    return ways[0] if ways else element


def _inside(parent: Any, tag: str) -> Iterator[Any]:
    """Rows of a table, cells of a row, whatever wraps them."""
    for element in parent.iterchildren():
        if element.tag == tag:
            yield element
        elif element.tag in _WRAPS:
            yield from _inside(element, tag)


def _joined(pieces: Iterator[Run | Picture]) -> Iterator[Run | Picture]:
    """Neighbours of the same look are one: Word cuts a sentence wherever somebody once corrected it."""
    before: Run | None = None
    for piece in pieces:
        if isinstance(piece, Run) and before is not None and _same_look(before, piece):
            before = replace(before, text=before.text + piece.text)
            continue
        if before is not None:
            yield before
        before = piece if isinstance(piece, Run) else None
        if not isinstance(piece, Run):
            yield piece
    if before is not None:
        yield before


def _same_look(one: Run, other: Run) -> bool:
    return replace(one, text="") == replace(other, text="")
