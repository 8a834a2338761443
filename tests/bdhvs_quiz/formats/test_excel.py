"""Sheets of questions: the template, other programs' layouts, what Excel makes of what was typed, hostile workbooks."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import TestCase
from django.urls import reverse
from django.utils import translation
from hypothesis import Phase, given, settings
from openpyxl import Workbook, load_workbook

from bdhvs_lms.plugins.api import PlainOption, PlainQuestion, PlainQuiz, Reading, UnreadableFile
from bdhvs_lms.plugins.testing import QuestionFormatConformance
from bdhvs_lms.plugins.testing.formats import QUIZ, same
from bdhvs_quiz.formats import OFFERED
from question_files.excel.format import ExcelFormat
from question_files.excel.words import EXAMPLES
from question_files.excel.writing import write_template
from tests.bdhvs_content import pages
from tests.bdhvs_content.word_files import changed
from tests.bdhvs_quiz.formats.marked_questions import questions_of
from tests.bdhvs_quiz.formats.word_layouts import letter, questions
from tests.support.loops import for_each


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


class TestExcel(QuestionFormatConformance, TestCase):
    question_format = OFFERED[ExcelFormat]


def read(data: bytes, name: str = "de.xlsx") -> Reading:
    return ExcelFormat().read(io.BytesIO(data), name=name, language="vi")


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheet(*rows: Sequence[Any], book: Workbook | None = None, name: str = "Đề") -> Workbook:
    book = Workbook() if book is None else book
    made = book.create_sheet(name)
    for row in rows:
        made.append(list(row))
    if "Sheet" in book:
        del book["Sheet"]
    return book


def told(*rows: Sequence[Any]) -> Reading:
    return read(saved(sheet(*rows)))


def doubts(reading: Reading) -> list[tuple[str, str]]:
    return [(finding.place, str(finding.reason)) for finding in reading.findings]


def right(question: PlainQuestion) -> str:
    return "".join(letter(place) for place, one in enumerate(question.options) if one.right)


TITLES = ("Câu hỏi", "A", "B", "C", "D", "Đáp án đúng")
LAYOUTS: dict[str, tuple[Sequence[Any], Any]] = {
    "ours": (TITLES, lambda q, o, r, n: (q, *o, letter(r))),
    "without diacritics, another order": (
        ("STT", "Dap an", "D", "C", "B", "A", "Noi dung cau hoi"), lambda q, o, r, n: (n, letter(r), *reversed(o), q),
    ),
    "Quizizz": (
        ("Question Text", "Question Type", "Option 1", "Option 2", "Option 3", "Option 4", "Option 5", "Correct Answer",
         "Time in seconds", "Image Link"),
        lambda q, o, r, n: (q, "Multiple Choice", *o, None, r + 1, 30, None),
    ),
    "Kahoot": (
        ("Question - max 120 characters", "Answer 1 - max 75 characters", "Answer 2 - max 75 characters",
         "Answer 3 - max 75 characters", "Answer 4 - max 75 characters", "Time limit (sec) – 5, 10, 20",
         "Correct answer(s) - choose at least one"),
        lambda q, o, r, n: (q, *o, 20, float(r + 1)),
    ),
    "Azota": (
        ("STT", "Câu hỏi", "Đáp án A", "Đáp án B", "Đáp án C", "Đáp án D", "Đáp án đúng", "Lời giải"),
        lambda q, o, r, n: (n, q, *o, f"Đáp án {letter(r)}", "Vì thế."),
    ),
    "the option's words": (TITLES, lambda q, o, r, n: (q, *o, o[r])),
}  # fmt: skip


@for_each("layout", LAYOUTS)
def test_every_question_of_a_common_layout_is_found(layout: str) -> None:
    titles, row = LAYOUTS[layout]
    asked = questions(200)
    above: list[Sequence[Any]] = [("TRƯỜNG A",), (), ("Đề số 1",)] if layout in ("Kahoot", "Azota") else []
    reading = told(*above, titles, *(row(*one, number) for number, one in enumerate(asked, start=1)))
    assert reading.findings == ()
    assert len(reading.questions) == 200
    for question, (prompt, options, place) in zip(reading.questions, asked, strict=True):
        expected = tuple(PlainOption(text, at == place) for at, text in enumerate(options))
        assert (question.kind, question.prompt, question.options) == ("single", prompt, expected)


def test_what_is_typed_is_read_as_it_was_meant() -> None:
    reading = told(
        ("Loại", "Câu hỏi", "A", "B", "C", "Đáp án", "Điểm", "Mức độ", "Chủ đề", "Thẻ"),
        ("", "Gọi ai?", "", "", "", 115.0, 2.5, "NB", "An toàn > Mạng", "a, b"),
        ("", "Nhiều?", "x", "y", "z", "A và C", "", "", "", ""),
        ("", "Trái đất quay", "", "", "", "Đ", "", "", "", ""),
        ("", "Mặt trời lạnh", "Đúng", "Sai", "", 2, "", "", "", ""),
        ("Ghép cặp", "Nối", "113 = Công an", "114 = Cứu hỏa", "= Ngân hàng", "", "", "", "", ""),
        ("Sắp xếp", "Xếp", "ba", "một", "hai", "B, C, A", "", "", "", ""),
        ("", "Thủ đô là [[Hà Nội|Ha Noi]]", "", "", "", "", "", "", "", ""),
        ("Số", "Dài?", "", "", "", "12,5 ± 0,5", "", "", "", ""),
        (None, None, None, None, None, None, None, None, None, None),
        ("Tự luận", "Kể về quê em", "", "", "", "", "", "", "", ""),
        ("", "Không ai biết", "", "", "", "", "x", "", "", ""),
        ("", "Một phương án", "a", "b", "", "C", "", "Rất khó", "", ""),
    )
    short, several, true, false, pairs, order, gap, number, doubtful = reading.questions
    assert (short.kind, short.answers[0].text, short.points) == ("short", "115", Decimal("2.5"))
    assert (short.difficulty, short.category, short.tags) == ("easy", ("An toàn", "Mạng"), ("a", "b"))
    assert (several.kind, right(several), true.right, false.right) == ("multiple", "AC", True, False)
    assert [(one.left, one.right) for one in pairs.pairs][2] == ("", "Ngân hàng")
    assert order.steps == ("một", "hai", "ba")
    assert (gap.prompt, gap.text) == ("Điền vào chỗ trống.", "Thủ đô là {1}")
    assert (number.answers[0].text, number.answers[0].tolerance) == ("12.5", Decimal("0.5"))
    assert right(doubtful) == ""
    assert doubts(reading) == [
        # "= Ngân hàng" is a formula to Excel.
        ("row 6", "A formula has no value in the file, so it was taken as text."),
        ("row 11", "Questions of the type “Tự luận” are not graded here."),
        ("row 12", "The row has neither options nor a right answer."),
        ("row 13", "“Rất khó” is no known difficulty. It was left open."),
        ("row 13", "The right answer “C” is none of the options."),
    ]


def test_tones_a_place_0_and_columns_of_two_layouts_are_not_passed_over() -> None:
    titles = ("Câu hỏi", "Phương án 1", "Phương án 2", "Phương án 3", "Phương án sai", "Đáp án")
    reading = told(
        titles,
        ("Cây gì?", "Ma", "Má", "Mạ", "", "mạ"),
        ("Số mấy?", "x", "y", "z", "w", "0"),
        ("Gì nữa?", "x", "y", "z", "", "2"),
    )
    assert [right(question) for question in reading.questions] == ["C", "", "B"]
    assert [place for place, reason in doubts(reading) if "from 0" in reason] == ["row 4"]
    assert any("Phương án sai" in str(note) for note in reading.notes)


def test_what_excel_made_of_it_is_named() -> None:
    book = sheet(
        ("Câu hỏi", "A", "B", "Đáp án đúng", "Ghi chú"),
        ("Nửa là?", date(2026, 2, 1), "1/3", "A", "x"),
        ("Tổng?", "=1+1", "3", "B", ""),
        ("Ẩn?", "a", "b", "A", ""),
        ("=HYPERLINK(\"http://x\")", "a", "b", "A", ""),
        ("Số?", "2", "3", 2, ""),
    )  # fmt: skip
    made = book["Đề"]
    made.row_dimensions[4].hidden = True
    sheet(("Nội dung", "Ghi"), book=book, name="Khác")
    reading = read(saved(book))
    assert [question.options[0].text for question in reading.questions] == ["1/2", "=1+1", "a", "a", "2"]
    assert {place for place, _reason in doubts(reading)} == {f"sheet “Đề”, row {number}" for number in range(2, 7)}
    assert "Excel made a date" in doubts(reading)[0][1]
    assert [str(note) for note in reading.notes] == [
        "Columns that were not read: Ghi chú.",
        "The sheet “Khác” has no row of titles, so it was not read.",
    ]


def test_merged_cells_and_several_sheets() -> None:
    book = sheet(
        ("Chủ đề", "Câu hỏi", "A", "B", "Đáp án"), ("Một", "a?", "x", "y", "A"), ("", "b?", "x", "y", "B"), name="S1"
    )
    book["S1"].merge_cells("A2:A3")
    sheet(("Question", "Option A", "Option B", "Answer"), ("c?", "x", "y", "B"), book=book, name="S2")
    reading = read(saved(book))
    assert [question.category for question in reading.questions] == [("Một",), ("Một",), ()]
    assert [question.place for question in reading.questions] == [
        "sheet “S1”, row 2", "sheet “S1”, row 3", "sheet “S2”, row 2",
    ]  # fmt: skip
    assert reading.findings == ()


@pytest.mark.parametrize(
    "text",
    [
        "Câu hỏi,A,B,Đáp án\nGọi ai?,113,115,B\n",
        "\ufeffCâu hỏi;A;B;Đáp án\r\nGọi ai?;113;115;B\r\n",
        'Câu hỏi\tA\tB\tĐáp án\n"Gọi ai?"\t113\t115\tB\n',
    ],
)
def test_csv_is_read_too(text: str) -> None:
    (question,) = read(text.encode(), "de.csv").questions
    assert (question.prompt, right(question), question.place) == ("Gọi ai?", "B", "row 2")


def bomb() -> bytes:
    rows = "".join(f'<row r="{number}"><c r="A{number}"><v>1</v></c></row>' for number in range(1, 300_000))
    xml = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'
    return changed(saved(sheet(TITLES)), {"xl/worksheets/sheet1.xml": xml.encode()})


DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>'


@for_each(
    ("data", "words"),
    [
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".xlsx"),
        (bomb, "10,000 rows"),
        (lambda: changed(saved(sheet(TITLES)), {"xl/worksheets/sheet1.xml": DOCTYPE}), "DOCTYPE"),
        (lambda: changed(saved(sheet(TITLES)), {"a.bin": bytes(61 * 1024 * 1024)}), "more than can be read"),
        (lambda: saved(sheet(("Họ tên", "Lớp"), ("Lan", "6A"))), "titles"),
        (lambda: "Câu hỏi,A\n".encode("utf-16-be"), "UTF-8|neither"),
        (lambda: changed(saved(sheet(TITLES)), {"xl/workbook.xml": None}), "Excel workbook"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(data: Any, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words):
        read(data())


@for_each(("row", "column", "words"), [(1_048_576, 1, "row 1,048,576, column 1"), (2, 16_384, "row 2, column 16,384")])
def test_a_cell_at_the_very_end_is_named(row: int, column: int, words: str) -> None:
    book = sheet(TITLES, ("a?", "x", "y", "z", "w", "A"))
    book["Đề"].cell(row, column, "x")
    with pytest.raises(UnreadableFile, match=f"{words} of the sheet “Đề”. At most 10,000 rows and 100 columns"):
        read(saved(book))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_template_has_an_example_of_each_kind_that_is_read_as_such(language: str) -> None:
    into = io.BytesIO()
    write_template(into, language)
    assert read_template(into.getvalue(), language) == list(map(same, EXAMPLES[language]))
    assert read(into.getvalue()).questions == ()
    book = load_workbook(into)
    first = book.worksheets[0]
    assert first.max_row == 1
    assert {str(rule.sqref).split("2")[0] for rule in first.data_validations.dataValidation} >= {"A", "L"}


@pytest.mark.django_db
def test_the_template_is_downloaded_in_the_language_of_the_page() -> None:
    client = pages.editor()
    response = client.get(reverse("bdhvs_quiz_template"))
    assert response.status_code == 200
    assert response.headers["Content-Disposition"] == 'attachment; filename="mau-cau-hoi.xlsx"'
    first = load_workbook(io.BytesIO(response.content)).worksheets[0]
    assert [cell.value for cell in first[1]][:4] == ["Loại câu", "Câu hỏi", "Đoạn văn có chỗ trống", "A"]


def read_template(data: bytes, language: str) -> list[PlainQuestion]:
    """Its examples, as if somebody had given the sheet another name."""
    book = load_workbook(io.BytesIO(data))
    book.worksheets[2].title = "Của tôi"
    return list(map(same, ExcelFormat().read(io.BytesIO(saved(book)), name="a.xlsx", language=language).questions))


def test_nothing_that_is_written_is_a_formula_and_it_comes_back() -> None:
    texts = ("=1+1", "+84", "-3", "@ai", "'=x", "''-y", "=cmd|' /C calc'!A0", "_x0041_", "12,5")
    options = tuple(PlainOption(text, place == 0) for place, text in enumerate(texts))
    quiz = replace(QUIZ, questions=(PlainQuestion("single", "=A1", options=options, explanation="=B1"),))
    into = io.BytesIO()
    ExcelFormat().write(quiz, into)
    first = load_workbook(into).worksheets[0]
    assert {cell.data_type for row in first.iter_rows() for cell in row} <= {"s", "n"}
    assert not any(str(cell.value)[:1] in "=+-@" for row in first.iter_rows() for cell in row if cell.value)
    with zipfile.ZipFile(into) as package:
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")
    (back,) = read(into.getvalue()).questions
    assert same(back) == same(quiz.questions[0])


@given(quiz=questions_of(ExcelFormat.kinds))
@settings(phases=[Phase.generate])
def test_what_is_written_is_read_the_same(quiz: PlainQuiz) -> None:
    into = io.BytesIO()
    format_ = ExcelFormat()
    format_.write(quiz, into)
    reading = read(into.getvalue())
    assert len(reading.questions) == len(quiz.questions), reading.findings
    lossy = {loss.question for loss in format_.losses(quiz)}
    for place, (question, back) in enumerate(zip(quiz.questions, reading.questions, strict=True)):
        assert back.kind == question.kind
        if place not in lossy:
            assert same(back) == same(question)
