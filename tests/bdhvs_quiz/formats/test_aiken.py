"""Aiken: what Moodle's documentation allows, and what people type."""

from __future__ import annotations

import unicodedata

from django.test import TestCase
from django.utils import translation
from hypothesis import given

from bdhvs_lms.plugins.api import PlainOption, PlainQuestion, UnreadableFile
from bdhvs_lms.plugins.testing import QuestionFormatConformance
from bdhvs_quiz.formats import OFFERED
from question_files.aiken.format import Aiken
from tests.bdhvs_quiz.formats import plain_questions as plain

STRICT = """Which number is the ambulance?
A. 113
B. 114
C. 115
ANSWER: C

Ai được biết mã OTP?
A) Không ai
B) Cán bộ phường
ANSWER: A
"""


class TestKit(QuestionFormatConformance, TestCase):
    question_format = OFFERED[Aiken]


def right(question: PlainQuestion) -> list[str]:
    return [option.text for option in question.options if option.right]


def test_as_moodle_documents_it() -> None:
    reading = plain.read(Aiken(), STRICT)
    assert [(one.prompt, right(one), one.kind) for one in reading.questions] == [
        ("Which number is the ambulance?", ["115"], "single"),
        ("Ai được biết mã OTP?", ["Không ai"], "single"),
    ]
    assert reading.findings == ()
    with translation.override("vi"):
        assert [one.place for one in plain.read(Aiken(), STRICT).questions] == ["câu 1, dòng 1", "câu 2, dòng 7"]


def test_as_people_type_it() -> None:
    typed = (
        "\ufeffCâu hỏi đầu,\r\nviết hai dòng?\r\n\r\na. Một\r\nb)Hai,\r\nviết tiếp\r\nĐáp án: b\r\n"
        "Giải thích: vì thế.\r\nCâu nữa?\r\nA. Một\r\n*B. Hai\r\nCâu ba?\r\nA. x\r\nB. y\r\nanswer: A, B\r\n"
        "Câu bốn?\r\nA. x\r\nB. y\r\nANSWER: E\r\n"
    )
    reading = plain.read(Aiken(), typed)
    first, second, third, fourth = reading.questions
    assert first.prompt == "Câu hỏi đầu,\nviết hai dòng?"
    assert first.options == (PlainOption("Một", False), PlainOption("Hai,\nviết tiếp", True))
    assert first.explanation == "vì thế."
    assert right(second) == ["Hai"]
    assert (third.kind, right(third)) == ("multiple", ["x", "y"])
    assert right(fourth) == []
    assert [finding.question for finding in reading.findings] == [2, 3]


def test_printed_tests_have_options_side_by_side_and_numbers_that_are_no_part_of_the_question() -> None:
    printed = (
        "Câu 1: Hai cộng hai?\nA. Ba\tB. Bốn   C. Năm  D. B. hai\nĐáp án: B\n"
        "Câu 2. 3. phần là gì?\nA. Một  *B. Hai\nCâu 3) Ba?\nA. a\nB. b\nANSWER: a"
    )
    reading = plain.read(Aiken(), printed)
    assert [question.prompt for question in reading.questions] == ["Hai cộng hai?", "3. phần là gì?", "Ba?"]
    assert [option.text for option in reading.questions[0].options] == ["Ba", "Bốn", "Năm", "B. hai"]
    assert [right(question) for question in reading.questions] == [["Bốn"], ["Hai"], ["a"]]
    assert (len(reading.notes), reading.findings) == (1, ())
    assert plain.read(Aiken(), printed.replace("Câu 3)", "Câu 5)")).questions[0].prompt == "Câu 1: Hai cộng hai?"


def test_a_question_without_its_answer_is_read_with_a_doubt_and_one_without_options_is_named() -> None:
    reading = plain.read(Aiken(), "Một?\nA. a\nB. b\nHai?\nA. c\nB. d\nANSWER: B\n\nBa?\n\nANSWER: A\n")
    assert [(one.prompt, right(one)) for one in reading.questions] == [("Một?", []), ("Hai?", ["d"])]
    doubt, refused = reading.findings
    assert (doubt.place, doubt.doubtful, doubt.question) == (reading.questions[0].place, True, 0)
    assert (refused.doubtful, refused.question) == (False, None)
    assert "9" in refused.place


def test_encodings_are_read_or_refused_with_what_to_do() -> None:
    for codec in ("utf-8-sig", "utf-16", "utf-16-le", "utf-32"):
        assert len(plain.read(Aiken(), STRICT.encode(codec)).questions) == 2
    old = unicodedata.normalize("NFD", "Ngân hàng gọi, được không?\nA. Được\nB. Phải hỏi lại\nANSWER: B\n")
    for letter in "âêôăơư":
        old = old.replace(unicodedata.normalize("NFD", letter), letter)
    old = old.replace("a\u0323\u0302", "â\u0323").replace("o\u031b\u0323", "ơ\u0323").replace("u\u031b", "ư")
    reading = plain.read(Aiken(), old.encode("cp1258"))
    assert reading.questions[0].prompt == "Ngân hàng gọi, được không?"
    assert "windows-1258" in str(reading.notes[0])
    for data in (
        "Chµo b¸c, m· OTP lµ g×? ThÎ nµy cña ai? Kh«ng biÕt\n".encode("latin-1"),
        b"\x00\x01\x02",
        b"\x81\x8d\xff",
    ):
        try:
            plain.read(Aiken(), data)
        except UnreadableFile as refused:
            assert len(str(refused)) > 30
        else:
            raise AssertionError(data)


def test_it_is_told_from_plain_text_and_from_gift() -> None:
    known = Aiken().recognises
    assert known(STRICT.encode(), "a.txt") == known(STRICT.encode("utf-16"), "a.bin") == 3
    assert known("Chào bạn.\nA. Một\nB. Hai\n".encode(), "a.txt") == 0
    assert known(b"::x:: Who? {=a ~b}", "a.txt") == 0


@given(plain.questions(Aiken.kinds))
def test_what_is_written_is_read_again(question: PlainQuestion) -> None:
    aiken, quiz = Aiken(), plain.of(question)
    reading = plain.read(aiken, plain.write(aiken, quiz))
    (back,) = reading.questions
    assert [(one.text, one.right) for one in back.options] == [
        (" ".join(one.text.split()), one.right) for one in question.options
    ]
    if not aiken.losses(quiz):
        assert plain.bare(back) == plain.bare(question)
    again = plain.read(aiken, plain.write(aiken, plain.of(back)))
    assert plain.bare(again.questions[0]) == plain.bare(back)


@given(plain.spoiling)
def test_no_file_makes_it_fail(changes: list[tuple[float, int, bytes]]) -> None:
    plain.read_or_refused(Aiken(), plain.spoilt(STRICT.encode(), changes))
