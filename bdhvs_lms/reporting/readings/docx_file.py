"""The report of a reading as a Word document that officials go on with: real headings, a table with a repeated head,
page numbers as fields, Times New Roman as Decree 30/2020/NĐ-CP asks for."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from bdhvs_lms.reporting import wording
from bdhvs_lms.reporting.readings.report import TO_FILL, Report

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT = "Times New Roman"
CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
# Millimetres of a column by its key; the sheet leaves 269.
WIDTHS = {"key": 15, "quote": 46, "goal": 16, "base": 27, "points": 22, "verdict": 20, "notes": 44}
NARROW = 14


def to_docx(report: Report) -> bytes:
    document = Document()
    _set_up(document, report)
    _heading(document, report)
    if report.reading.illustrative:
        _line(document, wording.illustrative(), bold=True, align=CENTRE)
    title = document.add_heading(report.table.title, level=1)
    title.alignment = CENTRE
    _line(document, report.subtitle, align=CENTRE)
    if report.corrected:
        _line(document, report.corrected, bold=True, align=CENTRE)
    for sentence in report.sentences:
        _line(document, sentence)
    _table(document, report)
    if report.behind:
        document.add_heading("Địa bàn còn thiếu nhiều nhất", level=2)
        for one in report.behind:
            paragraph = document.add_paragraph(style="List Bullet")
            paragraph.add_run(f"{one.code}: ").bold = True
            paragraph.add_run(f"{'; '.join(one.areas)}.")
    document.add_heading("Khó khăn, vướng mắc và kiến nghị", level=2)
    for line in report.difficulties or [TO_FILL]:
        paragraph = _line(document, line)
    # No signature on a page without a word of what is signed.
    paragraph.paragraph_format.keep_with_next = True
    _signature(document, report)
    _line(document, report.foot, size=9)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _set_up(document: Any, report: Report) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(14)
    section.top_margin = section.bottom_margin = Mm(15)
    for name, size in (("Normal", 13), ("Heading 1", 14), ("Heading 2", 13), ("List Bullet", 13)):
        style = document.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(attribute), FONT)
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:cstheme", "w:eastAsiaTheme"):
            fonts.attrib.pop(qn(theme), None)
        style.paragraph_format.space_after = Pt(3)
    properties = document.core_properties
    properties.title = f"{report.table.title}. {report.subtitle}"
    properties.author, properties.comments = report.draft.agency, report.foot
    properties.language = "vi-VN"
    properties.created = properties.modified = report.reading.made_at.replace(tzinfo=None)
    _page_numbers(section.footer.paragraphs[0])


def _page_numbers(paragraph: Any) -> None:
    paragraph.alignment = CENTRE
    for place, code in enumerate(("PAGE", "NUMPAGES")):
        if place:
            paragraph.add_run("/")
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), code)
        run, text = OxmlElement("w:r"), OxmlElement("w:t")
        text.text = "1"
        run.append(text)
        field.append(run)
        paragraph._p.append(field)


def _line(
    where: Any, text: str, *, bold: bool = False, italic: bool = False, align: Any = None, size: int | None = None
) -> Any:
    paragraph = where.add_paragraph()
    run = paragraph.add_run(text)
    run.bold, run.italic = bold, italic
    if size:
        run.font.size = Pt(size)
    if align is not None:
        paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(2)
    return paragraph


def _two_columns(document: Any) -> tuple[Any, Any]:
    table = document.add_table(rows=1, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    left, right = table.rows[0].cells
    return left, right


def _fill(cell: Any, lines: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """A cell begins with an empty paragraph, which is taken away."""
    for text, look in lines:
        _line(cell, text, **look)
    empty = cell.paragraphs[0]._p
    empty.getparent().remove(empty)


def _heading(document: Any, report: Report) -> None:
    heading = report.heading
    left, right = _two_columns(document)
    middle = {"align": CENTRE}
    _fill(
        left,
        [
            *((line, middle) for line in heading.left),
            (heading.strong, {**middle, "bold": True}),
            *([("*", middle)] if report.is_party else []),
            (heading.number, middle),
        ],
    )
    _fill(
        right,
        [
            *((line, {**middle, "bold": True}) for line in heading.right),
            ("———————", middle),
            (heading.dated, {**middle, "italic": True}),
        ],
    )


def _table(document: Any, report: Report) -> None:
    columns, rows = report.table.columns, report.table.rows
    table = document.add_table(rows=1, cols=len(columns))
    table.style = "Table Grid"
    table.autofit = False
    head = table.rows[0]
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    head._tr.get_or_add_trPr().append(mark)
    for cell, column in zip(head.cells, columns, strict=True):
        _put(cell, column.heading, bold=True, align=CENTRE)
    for row in rows:
        made = table.add_row()
        whole = OxmlElement("w:cantSplit")
        made._tr.get_or_add_trPr().append(whole)
        for cell, (column, value) in zip(made.cells, row.pairs, strict=True):
            _put(cell, value.text, align=RIGHT if column.kind == "number" else None)
    for place, column in enumerate(columns):
        width = Mm(WIDTHS.get(column.key, NARROW))
        table.columns[place].width = width
        for cell in table.columns[place].cells:
            cell.width = width


def _put(cell: Any, text: str, *, bold: bool = False, align: Any = None) -> None:
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(text)
    run.bold, run.font.size = bold, Pt(9)
    paragraph.paragraph_format.space_after = Pt(0)
    if align is not None:
        paragraph.alignment = align


def _signature(document: Any, report: Report) -> None:
    left, right = _two_columns(document)
    left._tc.getparent().get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    last = len(report.recipients) - 1
    _fill(
        left,
        [
            ("Nơi nhận:", {"bold": True, "italic": True, "size": 12}),
            *((f"{one}{'.' if place == last else ';'}", {"size": 11}) for place, one in enumerate(report.recipients)),
        ],
    )
    behalf, position = report.signature
    middle = {"align": CENTRE}
    _fill(
        right,
        [
            *([(behalf, {**middle, "bold": True})] if behalf else []),
            (position, {**middle, "bold": True}),
            ("(Chữ ký, dấu)", {**middle, "italic": True, "size": 11}),
            ("", middle),
            ("", middle),
            ("", middle),
            (report.draft.signer, {**middle, "bold": True}),
        ],
    )
