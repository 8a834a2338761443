"""Word documents with questions: layouts that teachers in Vietnam use, what is doubtful in them, and the way back."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from time import perf_counter
from typing import Any

import docx
import pytest
from django.test import TestCase
from django.utils import translation
from docx.shared import RGBColor
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bdhvs_lms.plugins.api import (
    PlainAnswer,
    PlainMedia,
    PlainOption,
    PlainQuestion,
    PlainQuiz,
    Reading,
    UnreadableFile,
)
from bdhvs_lms.plugins.testing import QuestionFormatConformance
from bdhvs_lms.plugins.testing.formats import PICTURE, QUIZ, same
from bdhvs_quiz.formats import OFFERED
from question_files.word.format import WordFormat
from tests.bdhvs_content.word_files import add_picture, changed, png, saved, with_body
from tests.bdhvs_quiz.formats.marked_questions import questions_of
from tests.bdhvs_quiz.formats.word_layouts import LAYOUTS, letter, questions
from tests.support.loops import for_each

LONG = ("bold", "key table", "automatic", "option tables", "question sheet")
AMBIGUOUS = "four on a line, one space"


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


class TestWord(QuestionFormatConformance, TestCase):
    question_format = OFFERED[WordFormat]


def read(data: bytes) -> Reading:
    return WordFormat().read(io.BytesIO(data), name="de.docx", language="vi")


def document(*lines: Any) -> Any:
    """A paragraph for each line; of a pair (text, how it looks)."""
    made = docx.Document()
    for line in lines:
        text, look = line if isinstance(line, tuple) else (line, "")
        run = made.add_paragraph().add_run(text)
        run.bold = look == "bold" or None
        run.underline = look == "underline" or None
        if look == "red":
            run.font.color.rgb = RGBColor(0xC0, 0, 0)
    return made


def said(*lines: Any) -> Reading:
    return read(saved(document(*lines)))


def right(question: PlainQuestion) -> str:
    return "".join(letter(place) if place < 4 else "?" for place, one in enumerate(question.options) if one.right)


def doubts(reading: Reading) -> list[tuple[str, str]]:
    return [(finding.place, str(finding.reason)) for finding in reading.findings]


@for_each("layout", LAYOUTS)
def test_every_question_of_a_common_layout_is_found(layout: str) -> None:
    # Making so large a file is what takes time.
    asked = questions(101 if layout in LONG else 20)
    reading = read(saved(LAYOUTS[layout](asked)))
    assert len(reading.questions) == len(asked)
    named = {finding.question for finding in reading.findings}
    for place, (question, (prompt, options, place_of_right)) in enumerate(zip(reading.questions, asked, strict=True)):
        if layout == AMBIGUOUS and "vitamin" in prompt:
            # "A. … vitamin B. Nó …": nobody can tell, and it is said.
            assert place in named
            continue
        expected = tuple(PlainOption(text, at == place_of_right) for at, text in enumerate(options))
        assert (question.kind, question.prompt, question.options) == ("single", prompt, expected)
        assert place not in named
        if layout == "said below, explained":
            assert question.explanation.count("\n") == 2
    assert layout == AMBIGUOUS or reading.findings == ()


def test_the_examination_of_three_parts() -> None:
    reading = said(
        "PHẦN I. Câu trắc nghiệm nhiều phương án lựa chọn", "Câu 1. Một?", "A. a", "B. b", "C. c", "D. d",
        "Câu 2. Hai?",
        "A. a\tB. b\tC. c\tD. d", "PHẦN II. Câu trắc nghiệm đúng sai", "Câu 1. Cho các ý sau:", "a) Zalo gọi được.",
        "b) Zalo mất tiền.", "c) VNeID là giấy tờ.", "d) OTP cho người quen được.",
        "PHẦN III. Câu trắc nghiệm trả lời ngắn",
        "Câu 1. Số cấp cứu?", "Câu 2. Bao nhiêu km?", "HẾT", "BẢNG ĐÁP ÁN", "PHẦN I", "1.B 2.D", "PHẦN II", "1. ĐSĐS",
        "2. a) Đúng b) Sai", "PHẦN III", "Câu 1: 115", "Câu 2: 2,5",
    )  # fmt: skip
    first, second, statements, short, number = reading.questions
    assert (right(first), right(second)) == ("B", "D")
    assert statements.kind == "blanks" and statements.partial
    assert statements.text.split("\n")[:2] == ["a) Zalo gọi được. {1}", "b) Zalo mất tiền. {2}"]
    assert [blank.options[0].right for blank in statements.blanks] == [True, False, True, False]
    assert [option.text for option in statements.blanks[0].options] == ["Đúng", "Sai"]
    assert (short.kind, short.answers[0].text) == ("short", "115")
    assert (number.kind, number.answers[0].text) == ("numeric", "2.5")
    assert statements.category == ("PHẦN II. Câu trắc nghiệm đúng sai",)
    assert first.place == "question 1, paragraph 2"


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        ("Đáp án: a) Đ; b) S; c) Đ", [True, False, True]),
        ("Đáp án: Đúng, Sai, Đúng", [True, False, True]),
        ("Đáp án: S - S - S", [False, False, False]),
        ("Lời giải:\na) Đúng. Vì thế.\nb) Sai.\nc) Sai vì nọ.", [True, False, False]),
    ],
)
def test_statements_may_all_be_false(below: str, expected: list[bool]) -> None:
    (question,) = said("Phần II: Đúng/Sai", "Câu 1: Các ý", "a) một", "b) hai", "c) ba", below).questions
    assert [blank.options[0].right for blank in question.blanks] == expected


def test_true_or_false_and_what_is_typed() -> None:
    reading = said(
        "Câu 1: Trái đất quay.", "Đáp án: Đúng", "Câu 2: Mặt trời lạnh. (S)", "Câu 3: Nước sôi ở 100 độ.", "A. Đúng *",
        "B. Sai", "Câu 4: Thủ đô?", "Trả lời: Hà Nội / Ha Noi", "Câu 5: Gọi ai?", "Đáp án: 113*",
        "Câu 6: Kể về quê em.",
        "Câu 7: Bấm [[Gửi | Gui]] rồi đọc [[=6]] số.", "Câu 8: Chọn các việc đúng.", "A. x", "B. y", "C. z",
        "Đáp án: A, C", "Giải thích: Vì vậy.", "Câu 9 (0,25 điểm): [NB] Dễ?", "A. 1", "B. 2", "(Đáp án: B)",
    )  # fmt: skip
    found = {question.place: question for question in reading.questions}
    assert [found[f"question {number}"].right for number in (1, 2, 3)] == [True, False, True]
    assert found["question 2"].prompt == "Mặt trời lạnh."
    assert [one.text for one in found["question 4"].answers] == ["Hà Nội", "Ha Noi"]
    assert found["question 5"].answers[0].text == "113\\*"
    assert [blank.kind for blank in found["question 7"].blanks] == ["short", "numeric"]
    several = found["question 8"]
    assert (several.kind, right(several), several.explanation) == ("multiple", "AC", "Vì vậy.")
    easy = found["question 9"]
    assert (easy.points, easy.difficulty, easy.prompt, right(easy)) == (Decimal("0.25"), "easy", "Dễ?", "B")
    assert [(one.place, one.doubtful) for one in reading.findings] == [("question 6", False)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("Câu 1.", "Gì?", "A/ x", "B/ y", "=> Đáp án: B"), "Gì?|x|*y"),
        (("CÂU 2 : Gì?", "a/ x", "b/ y", "→ Chọn B"), "Gì?|x|*y"),
        (("1.Gì?", "A.x", "B.y", "2.Nữa?", "A.x", "B.y", "Đáp án: 1A, 2B"), "Gì?|*x|y"),
        (("Câu 3– Gì?", "A: x", "B: y", "➔ Đáp án đúng là: A. x"), "Gì?|*x|y"),
        (("Câu 4: Gì?", "A. x", "B. y", "Đáp án", "B"), "Gì?|x|*y"),
        (("Câu 5: Gì?", "☐ A. x", "☑ B. y"), "Gì?|x|*y"),
        (("Câu 6: Gì?", "[x] A. x", "[ ] B. y"), "Gì?|*x|y"),
        (("Câu 7: Gì?", "- x", "- y *", "- z"), "Gì?|x|*y|z"),
        (("Câu 8: Cho:", "a) m", "b) n", "A. a và b", "#B. b"), "Cho:\na) m\nb) n|a và b|*b"),
        (("Câu 9: Cho:", "I. 2 + 2 = 4", "II. 3 = 3", "A. I", "B. II *"), "Cho:\nI. 2 + 2 = 4\nII. 3 = 3|I|*II"),
        (("Question 1: What?", "A) x", "B) y", "Answer: B", "Explanation: so"), "What?|x|*y"),
        (("Câu 10: Gì?", "A. 1,5", "B. 2.5", "Hướng dẫn giải", "Ta có. Chọn B"), "Gì?|1,5|*2.5"),
        (("Câu 11: Gì? A. x B. y C. z", "Đáp án C"), "Gì?|x|y|*z"),
    ],
)
def test_each_way_to_say_what_is_right(lines: Sequence[str], expected: str) -> None:
    question = said(*lines).questions[0]
    assert "|".join([question.prompt, *("*" * one.right + one.text for one in question.options)]) == expected


def test_papers_of_one_examination_have_numbers_of_their_own() -> None:
    paper = [line for number in range(1, 7) for line in (f"Câu {number}: hỏi {number}?", "A. x *", "B. y")]
    reading = said("Mã đề 101", *paper, "Mã đề 102", *paper)
    assert [question.category for question in reading.questions[5:7]] == [("Mã đề 101",), ("Mã đề 102",)]
    assert reading.findings == ()
    again = said(*paper, *paper)
    assert doubts(again) == [("question 1, paragraph 19", "Here the numbers begin anew.")]


def options(marked: str = "", look: str = "bold", letters: str = "ABCD") -> list[Any]:
    return [(f"{one}. phương án {number}", look if one in marked else "")
            for number, one in enumerate(letters)]  # fmt: skip


def test_where_everything_is_bold_bold_says_nothing() -> None:
    lines: list[Any] = []
    for number in range(1, 6):
        lines += [f"Câu {number}: gì?", *options("ABCD"), f"Đáp án: {letter(number % 4)}"]
    reading = said(*lines)
    assert [right(question) for question in reading.questions] == ["B", "C", "D", "A", "B"]
    assert reading.findings == ()


def test_a_mark_that_is_everywhere_in_one_question_is_named() -> None:
    reading = said("Câu 1: a?", *options("B"), "Câu 2: b?", *options("C"), "Câu 3: c?", *options("ABCD"))
    assert [right(question) for question in reading.questions] == ["B", "C", ""]
    assert doubts(reading) == [("question 3", "All options have bold, so no right answer could be told.")]


def test_what_contradicts_is_named_and_the_key_is_taken() -> None:
    reading = said("Câu 1: a?", *options("A"), "Câu 2: b?", *options("C", "red"), "BẢNG ĐÁP ÁN", "1.B 2.C 3.D")
    assert [right(question) for question in reading.questions] == ["B", "C"]
    assert doubts(reading) == [("question 1", "The key says B, but bold is at A. The key was taken.")]
    assert [str(note) for note in reading.notes] == ["The key has answers without a question: 3. D."]


def test_numbers_and_letters_that_are_wrong_are_named() -> None:
    reading = said(
        "Câu 1: a?", *options("A"), "Câu 2: b?", *options("B", letters="ABD"), "Câu 2: c?", *options("C"), "Câu 5: d?",
        *options("D"), "Câu 6: e?", *options("A", letters="AABC"), "Câu 7: f?", *options("", letters="A"), "Câu 8:",
        "Câu 9: g?", *options(),
    )  # fmt: skip
    assert doubts(reading) == [
        ("question 2, paragraph 6", "Number 2 stands at several questions."),
        ("question 2, paragraph 6", "Options are missing: C."),
        ("question 2, paragraph 10", "Number 2 stands at several questions."),
        ("question 5", "Before it numbers are missing: 3, 4."),
        ("question 6", "Options have the same letter: A."),
        ("question 6", "Several options have bold: read as a question with several right answers."),
        ("question 7", "Only one option was found. Write each option with its letter: A. B. C. D."),
        ("question 8", "There is a number, but no question behind it."),
        ("question 9", "No right answer is marked."),
    ]


def test_lists_within_a_question_are_part_of_it() -> None:
    reading = said(
        "1. Xếp các bước:", "1. Mở máy", "2. Mở Zalo", "3. Gọi", "A. 1-2-3", "B. 3-2-1", "Đáp án: A", "Lời giải:",
        "1. Trước hết mở máy.", "2. Sau đó gọi.", "2. Câu sau?", "A. x", "B. y", "Đáp án: B",
        "Đọc thông tin sau, trả lời câu 3 đến 4:",
        "Bà Lan có ví.", "3. Ví gì?", "A. x", "B. y*", "4. Của ai?", "A. Lan*", "B. Hoa",
    )  # fmt: skip
    first, second, third, fourth = reading.questions
    assert first.prompt.split("\n") == ["Xếp các bước:", "1. Mở máy", "2. Mở Zalo", "3. Gọi"]
    assert first.explanation.split("\n") == ["1. Trước hết mở máy.", "2. Sau đó gọi."]
    assert (second.prompt, right(second)) == ("Câu sau?", "B")
    for question, last in ((third, "Ví gì?"), (fourth, "Của ai?")):
        assert question.prompt.split("\n")[1:] == ["Bà Lan có ví.", last]
    assert {place for place, _reason in doubts(reading)} == {"question 3", "question 4"}


def test_pictures_equations_and_tables() -> None:
    made = document("Câu 1: Hình gì?")
    add_picture(made, png(), alt="Mã QR")
    made.add_paragraph("A. ")
    add_picture(made, png(10, 10))
    made.add_paragraph("B. Không *")
    made.add_paragraph("Câu 2: Theo bảng sau?")
    table = made.add_table(rows=2, cols=2)
    for cell, text in zip((*table.rows[0].cells, *table.rows[1].cells), ("Năm", "Số", "2020", "5"), strict=True):
        cell.text = text
    for text in ("A. x", "B. y *"):
        made.add_paragraph(text)
    reading = read(saved(made))
    first, second = reading.questions
    assert [(one.alt, one.content_type, len(one.load()) > 50) for one in first.media] == [("Mã QR", "image/png", True)]
    assert [len(option.media) for option in first.options] == [1, 0]
    assert second.prompt == "Theo bảng sau?\nNăm\tSố\n2020\t5"
    assert doubts(reading) == [
        ("question 1", "A picture has no words for those who cannot see it. Describe it."),
        ("question 2", "A table in the question was taken as plain text. Check it, or replace it with a picture."),
    ]
    equation = with_body(
        "<w:p><w:r><w:t>Câu 1: Tính </w:t></w:r><m:oMath><m:r><m:t>x+1</m:t></m:r></m:oMath></w:p>"
        "<w:p><w:r><w:t>A. 1</w:t></w:r></w:p><w:p><w:r><w:t>*B. 2</w:t></w:r></w:p>"
    )
    assert doubts(read(equation)) == [
        ("question 1", "An equation was taken as plain text. Check it, or replace it with a picture.")
    ]


@for_each(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".docx"),
        (b"{\\rtf1 C\\'e2u 1}", ".docx"),
        (b"%PDF-1.7 ...", ".docx"),
        (changed(saved(docx.Document()), {"word/vbaProject.bin": b"x"}), "acro"),
        (saved(document("C©u 1: Bµi häc nµy lµ g× vËy thÕ nhØ, c¸c b¸c nhí kü nhÐ")), "UniKey"),
        (saved(document("Chào các bác")), "Câu 1:"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words):
        read(data)


def test_long_spaces_and_long_paragraphs_take_no_time() -> None:
    begun = perf_counter()
    reading = said("Câu 1: a?", f"A. x{' ' * 15_000}y", f"B. z{' ' * 15_000}*", "[[" * 5_000)
    assert (right(reading.questions[0]), len(reading.questions[0].options[0].text) < 30) == ("B", True)
    with pytest.raises(UnreadableFile, match="20,000"):
        said("Câu 1: a?" + "x" * 20_001)
    assert perf_counter() - begun < 5


def test_files_are_known_by_what_stands_in_them() -> None:
    good = saved(document("Câu 1: a"))
    known = WordFormat().recognises
    assert (known(good[:65536], "de.docx"), known(b"\xd0\xcf\x11\xe0", "de.doc"), known(b"x", "de.xlsx")) == (3, 1, 0)


@given(quiz=questions_of(WordFormat.kinds))
@settings(phases=[Phase.generate])
def test_what_is_written_is_read_the_same(quiz: PlainQuiz) -> None:
    """Whatever the texts are: what no loss names comes back."""
    written = io.BytesIO()
    format_ = WordFormat()
    format_.write(quiz, written)
    reading = read(written.getvalue())
    assert len(reading.questions) == len(quiz.questions)
    lossy = {loss.question for loss in format_.losses(quiz)}
    for place, (question, back) in enumerate(zip(quiz.questions, reading.questions, strict=True)):
        assert back.kind == question.kind
        if place not in lossy:
            assert same(back) == same(question)


@pytest.mark.parametrize(
    "question",
    [
        PlainQuestion("short", "Gõ [[y]] là gì?", answers=(PlainAnswer("[[z]]"),)),
        PlainQuestion("numeric", "Gõ [[y]] mấy lần?", answers=(PlainAnswer("2"),)),
        PlainQuestion("true-false", "[[y]] là chỗ trống.", right=False),
        PlainQuestion("single", "Gõ [[y]]?", options=(PlainOption("[[y]]", True), PlainOption("x", False))),
    ],
    ids=lambda question: question.kind,
)
def test_brackets_in_a_question_without_gaps_are_no_gaps(question: PlainQuestion) -> None:
    quiz, written = replace(QUIZ, questions=(question,)), io.BytesIO()
    WordFormat().write(quiz, written)
    (back,) = read(written.getvalue()).questions
    assert same(back) == same(question)
    assert WordFormat().losses(quiz) == []


def test_pictures_come_back() -> None:
    media = (PlainMedia("a.png", "image/png", lambda: PICTURE, "Một ô"),)
    asked = PlainQuestion(
        "single", "Gì?", options=(PlainOption("x", True, media=media), PlainOption("y", False)), media=media
    )
    written = io.BytesIO()
    WordFormat().write(replace(QUIZ, questions=(asked,)), written)
    (back,) = read(written.getvalue()).questions
    for one in (*back.media, *back.options[0].media):
        assert (one.load(), one.alt, one.content_type) == (PICTURE, "Một ô", "image/png")


@given(lines=st.lists(st.sampled_from([
    "Câu 1: a?", "Câu 2", "1. b", "2)", "A. x", "B. y  C. z", "*C. w", "Đáp án: B", "Đáp án", "1.A 2.B", "1-C",
    "Lời giải:", "HẾT",
    "PHẦN II. Đúng sai", "a) Đ", "b) S", "[[x]] [[", "Đọc và trả lời câu 1 đến 3", "chữ", "D.",
    "I. TRẮC NGHIỆM", "Chọn B",
]), max_size=14))  # fmt: skip
@settings(phases=[Phase.generate])
def test_whatever_lines_come_each_question_is_read_or_named(lines: Sequence[str]) -> None:
    try:
        reading = said(*lines)
    except UnreadableFile:
        return
    for finding in reading.findings:
        assert finding.place and str(finding.reason) and (finding.question is not None) == finding.doubtful
    for question in reading.questions:
        assert question.prompt and question.kind in WordFormat.kinds
