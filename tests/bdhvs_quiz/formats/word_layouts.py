"""Files of questions as teachers in Vietnam lay them out: the same questions, written in many ways."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import docx
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import RGBColor

Asked = tuple[str, tuple[str, ...], int]
"""Prompt, options, place of the right one."""
_THINGS = ("mật khẩu", "mã OTP", "VNeID", "ví điện tử", "Zalo", "mã QR", "dịch vụ công", "cuộc gọi lạ", "vitamin B. Nó")


def questions(count: int) -> list[Asked]:
    chance = Random(count)
    found = []
    for number in range(1, count + 1):
        thing = _THINGS[number % len(_THINGS)]
        options = tuple(f"{word} {thing} số {number * 7 % 90}" for word in ("Giữ kín", "Đưa cho", "Xóa", "Chụp lại"))
        found.append((f"Khi có {thing} lần {number}, bác làm gì trước?", options, chance.randrange(4)))
    return found


def letter(place: int) -> str:
    return "ABCD"[place]


def _run(paragraph: Any, text: str, mark: str) -> None:
    run = paragraph.add_run(text)
    if mark == "bold":
        run.bold = True
    elif mark == "underline":
        run.underline = True
    elif mark == "red":
        run.font.color.rgb = RGBColor(0xFF, 0, 0)
    elif mark == "highlight":
        run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def plain(asked: Sequence[Asked], *, number: str = "Câu {}: ", option: str = "{}. ", mark: str = "bold",
          together: int = 1, gap: str = "\t", whole: bool = True) -> Any:  # fmt: skip
    """One paragraph for each question, and for each `together` options. `whole`: the mark covers the text too."""
    document = docx.Document()
    document.add_paragraph("ĐỀ KIỂM TRA KỸ NĂNG SỐ\nThời gian: 45 phút")
    for place, (prompt, options, right) in enumerate(asked, start=1):
        paragraph = document.add_paragraph()
        paragraph.add_run(number.format(place)).bold = True
        paragraph.add_run(prompt)
        for at, text in enumerate(options):
            if at % together == 0:
                paragraph = document.add_paragraph()
            else:
                paragraph.add_run(gap)
            star, here = ("*", "") if mark == "star" and at == right else ("", mark if at == right else "")
            behind = " *" if mark == "star behind" and at == right else ""
            _run(paragraph, star + option.format(letter(at)), here)
            _run(paragraph, text + behind, here if whole else "")
    return document


def said_below(asked: Sequence[Asked], words: str = "Đáp án: {}", explained: bool = False) -> Any:
    document = plain(asked, mark="")
    body = document.element.body
    heads = [one for one in document.paragraphs if one.text.startswith("Câu ")]
    for place, (_prompt, _options, right) in enumerate(asked):
        follows = heads[place + 1]._p if place + 1 < len(heads) else body.sectPr
        follows.addprevious(_paragraph(words.format(letter(right))))
        if explained:
            follows.addprevious(_paragraph(f"Lời giải: Vì {letter(right)} an toàn nhất."))
            follows.addprevious(_paragraph("1. Bình tĩnh."))
            follows.addprevious(_paragraph("2. Hỏi con cháu."))
    return document


def _paragraph(text: str) -> Any:
    return parse_xml(f'<w:p {nsdecls("w")}><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>')


def key_line(asked: Sequence[Asked], form: str = "{}.{}", between: str = " ", title: str = "ĐÁP ÁN") -> Any:
    document = plain(asked, mark="")
    if title:
        document.add_paragraph(title)
    entries = [form.format(place, letter(one[2])) for place, one in enumerate(asked, start=1)]
    for begin in range(0, len(entries), 10):
        document.add_paragraph(between.join(entries[begin : begin + 10]))
    return document


def key_lines(asked: Sequence[Asked]) -> Any:
    document = plain(asked, mark="")
    document.add_heading("Đáp án", level=1)
    for place, one in enumerate(asked, start=1):
        document.add_paragraph(f"Câu {place}: {letter(one[2])}")
    return document


def key_table(asked: Sequence[Asked], titled: bool = True, columns: bool = False) -> Any:
    document = plain(asked, mark="", number="{}. ")
    document.add_paragraph("BẢNG ĐÁP ÁN")
    if columns:
        table = document.add_table(rows=0, cols=2)
        for place, one in enumerate(asked, start=1):
            cells = table.add_row().cells
            cells[0].text, cells[1].text = str(place), letter(one[2])
        return document
    for begin in range(0, len(asked), 10):
        part = asked[begin : begin + 10]
        table = document.add_table(rows=2, cols=len(part) + titled)
        if titled:
            table.cell(0, 0).text, table.cell(1, 0).text = "Câu", "Đáp án"
        for place, one in enumerate(part):
            table.cell(0, place + titled).text = str(begin + place + 1)
            table.cell(1, place + titled).text = letter(one[2])
    return document


def solutions(asked: Sequence[Asked]) -> Any:
    """The questions, and behind them all the solutions."""
    document = plain(asked, mark="")
    document.add_paragraph("ĐÁP ÁN VÀ LỜI GIẢI CHI TIẾT")
    for place, one in enumerate(asked, start=1):
        document.add_paragraph(f"Câu {place}: Chọn {letter(one[2])}.")
        document.add_paragraph("Vì cách này an toàn.")
    return document


def option_tables(asked: Sequence[Asked], labels_apart: bool = False) -> Any:
    """Options in a table of two by two under each question, the right one underlined."""
    document = docx.Document()
    for place, (prompt, options, right) in enumerate(asked, start=1):
        document.add_paragraph(f"Câu {place}. {prompt}")
        table = document.add_table(rows=2, cols=4 if labels_apart else 2)
        for at, text in enumerate(options):
            cells = table.rows[at // 2].cells
            mark = "underline" if at == right else ""
            if labels_apart:
                _run(cells[at % 2 * 2].paragraphs[0], f"{letter(at)}.", mark)
                _run(cells[at % 2 * 2 + 1].paragraphs[0], text, "")
            else:
                _run(cells[at % 2].paragraphs[0], f"{letter(at)}. ", mark)
                _run(cells[at % 2].paragraphs[0], text, "")
    return document


def question_rows(asked: Sequence[Asked]) -> Any:
    """A table whose rows have a number, and the question with its options in one cell."""
    document = docx.Document()
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "STT", "Nội dung"
    for place, (prompt, options, right) in enumerate(asked, start=1):
        cells = table.add_row().cells
        cells[0].text = str(place)
        cells[1].text = prompt
        for at, text in enumerate(options):
            _run(cells[1].add_paragraph(), f"{letter(at)}. {text}", "red" if at == right else "")
    return document


def question_sheet(asked: Sequence[Asked]) -> Any:
    """A table with a column for each option and one for the answer."""
    document = docx.Document()
    titles = ("STT", "Câu hỏi", "A", "B", "C", "D", "Đáp án")
    table = document.add_table(rows=1, cols=len(titles))
    for cell, title in zip(table.rows[0].cells, titles, strict=True):
        cell.text = title
    for place, (prompt, options, right) in enumerate(asked, start=1):
        for cell, text in zip(table.add_row().cells, (str(place), prompt, *options, letter(right)), strict=True):
            cell.text = text
    return document


NUMBERING = """<w:abstractNum {ns} w:abstractNumId="90"><w:multiLevelType w:val="multilevel"/>
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="{first}"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="{letters}"/><w:lvlText w:val="%2."/></w:lvl></w:abstractNum>"""


def automatic(
    asked: Sequence[Asked], first: str = "Câu %1:", letters: str = "upperLetter", restart: bool = False
) -> Any:
    """No number and no letter is typed: Word counts. `restart`: each question is a list of its own."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(NUMBERING.format(ns=nsdecls("w"), first=first, letters=letters)))

    def listed(number: int) -> None:
        overrides = (
            "".join(f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="1"/></w:lvlOverride>' for level in (0, 1))
            if restart
            else ""
        )
        numbering.append(
            parse_xml(f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="90"/>{overrides}</w:num>')
        )

    def entry(text: str, number: int, level: int, mark: str) -> None:
        paragraph = document.add_paragraph()
        _run(paragraph, text, mark)
        properties = paragraph._p.get_or_add_pPr()
        place = OxmlElement("w:numPr")
        for name, value in (("w:ilvl", level), ("w:numId", number)):
            one = OxmlElement(name)
            one.set(qn("w:val"), str(value))
            place.append(one)
        properties.append(place)

    if not restart:
        listed(900)
    for at, (prompt, options, right) in enumerate(asked):
        number = 1000 + at if restart else 900
        if restart:
            listed(number)
        entry(prompt, number, 0, "")
        for place, text in enumerate(options):
            entry(text, number, 1, "highlight" if place == right else "")
    return document


def inline(asked: Sequence[Asked]) -> Any:
    """Question and options in one paragraph, by soft breaks."""
    document = docx.Document()
    for place, (prompt, options, right) in enumerate(asked, start=1):
        lines = [f"{place}) {prompt}", *(f"{letter(at).lower()}) {text}" for at, text in enumerate(options))]
        document.add_paragraph("\n".join([*lines, f"ĐA: {letter(right)}"]))
    return document


LAYOUTS: dict[str, Callable[[Sequence[Asked]], Any]] = {
    "bold": plain,
    "bold, Câu 1.": lambda asked: plain(asked, number="Câu {}. "),
    "bare numbers, underlined letter": lambda asked: plain(asked, number="{}. ", mark="underline", whole=False),
    "bare numbers with a bracket, red": lambda asked: plain(asked, number="{}) ", option="{}) ", mark="red"),
    "Bài, highlighted": lambda asked: plain(asked, number="Bài {}: ", mark="highlight"),
    "English": lambda asked: said_below(asked, "Answer: {}"),
    "star before": lambda asked: plain(asked, mark="star"),
    "star behind": lambda asked: plain(asked, mark="star behind"),
    "two on a line, tab": lambda asked: plain(asked, together=2, mark="underline", whole=False),
    "four on a line, spaces": lambda asked: plain(asked, together=4, gap="    ", mark="red"),
    "four on a line, one space": lambda asked: plain(asked, together=4, gap=" ", mark="bold"),
    "said below": said_below,
    "said below, right is": lambda asked: said_below(asked, "Đáp án đúng là {}"),
    "said below, explained": lambda asked: said_below(asked, explained=True),
    "key line": key_line,
    "key line, dashes": lambda asked: key_line(asked, "{}-{}", ", ", "Bảng đáp án:"),
    "key line without a title": lambda asked: key_line(asked, title=""),
    "key lines": key_lines,
    "key table": key_table,
    "key table without titles": lambda asked: key_table(asked, titled=False),
    "key table, columns": lambda asked: key_table(asked, columns=True),
    "solutions": solutions,
    "option tables": option_tables,
    "option tables, letters apart": lambda asked: option_tables(asked, labels_apart=True),
    "question rows": question_rows,
    "question sheet": question_sheet,
    "automatic": automatic,
    "automatic, digits and small letters": lambda asked: automatic(asked, "%1.", "lowerLetter"),
    "automatic, each its own list": lambda asked: automatic(asked, "%1.", restart=True),
    "one paragraph": inline,
}
