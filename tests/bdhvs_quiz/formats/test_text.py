"""Text files with numbered questions, plain and in Markdown, as teachers type them."""

from __future__ import annotations

import io
import time

import pytest
from django.test import TestCase
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.plugins.api import PlainQuestion, Reading, UnreadableFile
from bdhvs_lms.plugins.testing import QuestionFormatConformance
from bdhvs_quiz.formats import OFFERED
from question_files.aiken.format import Aiken
from question_files.text.format import TextFormat
from question_files.text.paragraphs import paragraphs
from tests.bdhvs_quiz.formats import plain_questions as plain
from tests.support.loops import for_each


class TestKit(QuestionFormatConformance, TestCase):
    question_format = OFFERED[TextFormat]


def read(text: str) -> Reading:
    data = text.encode()
    assert TextFormat().recognises(data, "de.txt") >= 2
    return TextFormat().read(io.BytesIO(data), name="de.txt", language="vi")


def right(question: PlainQuestion) -> list[str]:
    return [option.text for option in question.options if option.right]


OPTIONS = "A. Một\nB. Hai\nC. Ba\n"


@for_each(
    "told",
    [
        "Đáp án: B",
        "Đáp án đúng là B",
        "=> Chọn B",
        "→ Đáp án B",
        "**Đáp án: B**",
        "**Đáp án: B**  \n*Giải thích: vì thế.*",
        "<details>\n<summary>Đáp án</summary>\n\n**Đáp án: B** — vì thế.\n\n</details>\n\n---",
        "> **Đáp án: B. Hai**",
    ],
)
def test_the_answer_below_a_question(told: str) -> None:
    reading = read(f"# Đề\n\n**Câu 1.** Chọn gì?\n\n{OPTIONS}\n{told}\n\n**Câu 2:** Gì nữa?\n{OPTIONS}{told}\n")
    assert [(question.prompt, right(question)) for question in reading.questions] == [
        ("Chọn gì?", ["Hai"]),
        ("Gì nữa?", ["Hai"]),
    ]
    assert {question.explanation for question in reading.questions} == {"vì thế." if "vì thế" in told else ""}
    assert reading.findings == ()


@for_each(
    ("told", "taken", "doubts"),
    [
        ("A. C", ["Một", "Ba"], 0),
        ("A. C.", ["Một", "Ba"], 0),
        ("A. Một", ["Một"], 0),
        ("A. Vì nhỏ nhất.", ["Một"], 0),
        ("A. Ba", ["Một"], 1),
        ("A - C", [], 1),
        ("A – B – C", [], 1),
    ],
)
def test_an_answer_line_with_a_second_letter_or_other_words_is_never_half_read(
    told: str, taken: list[str], doubts: int
) -> None:
    reading = read(f"Câu 1: Chọn gì?\n{OPTIONS}Đáp án: {told}\nCâu 2: Gì nữa?\n{OPTIONS}Đáp án: B\n")
    assert [right(question) for question in reading.questions] == [taken, ["Hai"]]
    assert [(found.question, found.doubtful) for found in reading.findings] == [(0, True)] * doubts


def test_stars_before_all_options_are_doubted_where_others_have_none() -> None:
    starred = "".join(f"* {line}\n" for line in OPTIONS.splitlines())
    reading = read(f"Câu 1: Chọn gì?\n{starred}Câu 2: Gì nữa?\nA. Một\n*B. Hai\n")
    assert [found.question for found in reading.findings] == [0]


def test_a_dash_within_a_line_is_no_bullet() -> None:
    texts = [one.text for one in paragraphs("Nhóm máu - A. là gì?\n- A. Một\n").paragraphs()]
    assert texts[:2] == ["Nhóm máu - A. là gì?", "A. Một"]


@pytest.mark.parametrize(
    "line",
    ["# a" + " " * 20_000 + "b", "a" + " " * 40_000 + "b", "**a " * 20_000, "<summary>" * 20_000, "<details " * 20_000],
)
def test_a_line_that_is_never_closed_takes_no_time(line: str) -> None:
    before = time.process_time()
    found = list(paragraphs(line).paragraphs())
    assert time.process_time() - before < 1
    assert "".join(one.text for one in found).split() == line.lstrip("# ").replace("<summary>", "").split()


@pytest.mark.parametrize(
    "key",
    ["ĐÁP ÁN\n1.A 2.C", "BẢNG ĐÁP ÁN\nCâu\t1\t2\nĐáp án\tA\tC", "| Câu | 1 | 2 |\n|---|---|---|\n| Đáp án | A | C |"],
)
def test_a_key_at_the_end(key: str) -> None:
    reading = read(f"Câu 1. Gì?\nA. Một    B. Hai    C. Ba\nCâu 2. Gì nữa?\n{OPTIONS}\n{key}\n")
    assert [right(question) for question in reading.questions] == [["Một"], ["Ba"]]


@pytest.mark.parametrize(
    "options",
    ["A. Một\n*B. Hai\nC. Ba\n", "- A. Một\n- **B. Hai**\n- C. Ba\n", "* A. Một\n* B. Hai\n* C. Ba\nĐáp án: B\n"],
)
def test_the_right_option_is_marked_and_a_star_before_each_is_a_bullet(options: str) -> None:
    reading = read(f"Câu 1: Gì?\n{options}\nCâu 2: Gì nữa?\n{options}")
    assert [right(question) for question in reading.questions] == [["Hai"], ["Hai"]]


def test_places_are_lines_and_what_is_none_is_listed() -> None:
    with translation.override("vi"):
        reading = read(f"Câu 1: Gì?\r\n{OPTIONS}Đáp án: B\r\n\r\nCâu 2: Viết một đoạn văn.\r\n")
    assert [question.place for question in reading.questions] == ["câu 1, dòng 1"]
    assert [(finding.place, finding.doubtful) for finding in reading.findings] == [("câu 2, dòng 7", False)]


def test_a_table_with_a_question_in_each_row() -> None:
    text = "| STT | Câu hỏi | A | B | Đáp án |\n|---|---|---|---|---|\n| 1 | Hai cộng hai? | 4 | 5 | A |\n"
    reading = TextFormat().read(io.BytesIO(text.encode()), name="de.md", language="vi")
    assert [(question.prompt, right(question)) for question in reading.questions] == [("Hai cộng hai?", ["4"])]


def test_it_is_told_from_other_text_files() -> None:
    typed = f"Câu 1: Gì?\n{OPTIONS}Đáp án: B\n".encode()
    assert (TextFormat().recognises(typed, "de.txt"), Aiken().recognises(typed, "de.txt")) == (3, 2)
    aiken = f"Gì?\n{OPTIONS}ANSWER: B\n".encode()
    assert (TextFormat().recognises(aiken, "de.txt"), Aiken().recognises(aiken, "de.txt")) == (0, 3)
    for other in (b"<quiz>", b"::Q::Ai? {=A ~B}", b"", b"a,b\n1. x,A. y"):
        assert TextFormat().recognises(other, "de.csv") == 0
    with pytest.raises(UnreadableFile):
        TextFormat().read(io.BytesIO(b"Kh\xc3\xb4ng c\xc3\xb3 g\xc3\xac."), name="de.md", language="vi")


@given(
    st.lists(
        st.sampled_from(["Câu 1:", "**", "*", "A. ", "B) ", "Đáp án: B", "|", "\t", "\n", "#", "`", "-", "x"]),
        max_size=60,
    )
)
def test_no_file_makes_it_fail(pieces: list[str]) -> None:
    plain.read_or_refused(TextFormat(), "".join(pieces).encode())


def test_a_key_in_parts_with_statements_and_typed_answers() -> None:
    reading = read(
        f"PHẦN I. TRẮC NGHIỆM\nCâu 1: Gì?\n{OPTIONS}Câu 2: Gì nữa?\n{OPTIONS}\n"
        "PHẦN II. ĐÚNG SAI\nCâu 1: Về mật khẩu:\na) Nên dài\nb) Nên dùng chung\n\n"
        "PHẦN III. TRẢ LỜI NGẮN\nCâu 1: Gọi cấp cứu số mấy?\n\n"
        "ĐÁP ÁN\nPHẦN I\n1.B 2.C\nPHẦN II\nCâu 1: a) Đúng b) Sai\nPHẦN III\nCâu 1: 115\n"
    )
    first, second, statements, typed = reading.questions
    assert (right(first), right(second), reading.findings) == (["Hai"], ["Ba"], ())
    assert [[one.text for one in blank.options if one.right] for blank in statements.blanks] == [["Đúng"], ["Sai"]]
    assert [one.text for one in typed.answers] == ["115"]
