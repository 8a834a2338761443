"""GIFT: what Moodle's documentation allows and its export writes, and what people make of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from django.test import TestCase
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from bdhvs_lms.plugins.api import PlainAnswer, PlainOption, PlainPair, PlainQuestion, Reading
from bdhvs_lms.plugins.testing import QuestionFormatConformance
from bdhvs_quiz.formats import OFFERED
from question_files.gift.format import Gift
from tests.bdhvs_quiz.formats import plain_questions as plain

EXPORTED = """// question: 0  name: Switch category to $course$/top/An toàn số/Mật khẩu // mã
$CATEGORY: $course$/top/An toàn số/Mật khẩu // mã


// question: 812  name: OTP
// [id:OTP-1] [tag:OTP] [tag:ngân hàng \\] mới]
::OTP::[html]<p>Ai được biết <b>mã OTP</b>\\: \\{sáu số\\}?</p>{
\t=<p>Không ai</p>#<p>Đúng</p>
\t~<p>Cán bộ</p>#<p>Cơ quan nào cũng không hỏi</p>
\t~%-50%Người lạ
\t####<p>Giữ kín.</p>
}


// question: 813  name: Hai nơi
::Hai nơi::Nơi nào bán vé?{
\t~%50%Ga
\t~%50%Bến xe\\n(mới)
\t~%-50%Chợ
}


// question: 814
::Đúng sai::Mật khẩu nên dài.{TRUE#Xem lại bài.#Phải.####Dài thì khó đoán.}

// question: 815
::Số::Cấp cứu gọi số?{
\t=115#Đúng
\t=%50%*11*#Gần
\t=%0%*#Chưa
}

// question: 816
::Pi::Số Pi?{#
\t=3.14:0.01#Tốt
\t=%50%3:0.5#Thô
\t~#Xem lại
}

// question: 817
::Nối::Nối cho đúng.{
\t=113 -> Công an
\t=114 -> Cứu hỏa
\t= -> Bưu điện
}

::Thứ tự::Xếp lại.{>3 ALL VERTICAL ABSOLUTE_POSITION SHOW none
Mở máy
Mở trang
}
"""

TYPED = """// chú thích
Grant is {~buried =entombed ~living} in Grant's tomb.

Two plus {=two =2 =%50%hai} is four.

What is {#1..5} ?
What is 3,5 kg? {#3,5:0,5}

Nói gì? {T}

::một:: Hà Nội là thủ đô. {false}
::hai:: Viết ngắn: {
=Huế

=Hue
}

Kể chuyện {}

Chỉ là lời dặn.

Ngoặc hở { =a ~b

x } y {

Hai chỗ {=a} và {=b}.

Chữ {#abc}

Cặp {=a -> b =c}

Một {~a}
"""


class TestKit(QuestionFormatConformance, TestCase):
    question_format = OFFERED[Gift]


def by_name(reading: Reading) -> dict[str, PlainQuestion]:
    return {question.name: question for question in reading.questions}


def test_what_moodle_exports_is_read() -> None:
    reading = plain.read(Gift(), EXPORTED)
    assert reading.findings == ()
    found = by_name(reading)
    assert {question.category for question in reading.questions} == {("An toàn số", "Mật khẩu / mã")}
    otp = found["OTP"]
    assert (otp.kind, otp.prompt, otp.explanation) == ("single", "Ai được biết mã OTP: {sáu số}?", "Giữ kín.")
    assert (otp.key, otp.tags) == ("OTP-1", ("OTP", "ngân hàng ] mới"))
    assert otp.options == (
        PlainOption("Không ai", True, "Đúng"),
        PlainOption("Cán bộ", False, "Cơ quan nào cũng không hỏi"),
        PlainOption("Người lạ", False, credit=Fraction(-1, 2)),
    )
    two = found["Hai nơi"]
    assert (two.kind, two.partial) == ("multiple", True)
    assert two.options == (PlainOption("Ga", True), PlainOption("Bến xe\n(mới)", True), PlainOption("Chợ", False))
    true = found["Đúng sai"]
    assert (true.right, true.feedback_right, true.feedback_wrong) == (True, "Phải.", "Xem lại bài.")
    assert true.explanation == "Dài thì khó đoán."
    short = found["Số"]
    assert short.answers == (PlainAnswer("115", feedback="Đúng"), PlainAnswer("*11*", Fraction(1, 2), "Gần"))
    assert short.feedback_wrong == "Chưa"
    pi = found["Pi"]
    assert pi.answers == (
        PlainAnswer("3.14", feedback="Tốt", tolerance=Decimal("0.01")),
        PlainAnswer("3", Fraction(1, 2), "Thô", Decimal("0.5")),
    )
    assert pi.feedback_wrong == "Xem lại"
    assert found["Nối"].pairs == (
        PlainPair("113", "Công an"),
        PlainPair("114", "Cứu hỏa"),
        PlainPair("", "Bưu điện"),
    )
    assert found["Thứ tự"].steps == ("Mở máy", "Mở trang")


def test_what_people_type_is_read_or_named() -> None:
    with translation.override("vi"):
        reading = plain.read(Gift(), TYPED)
    asked = {question.prompt: question for question in reading.questions}
    assert list(asked) == [
        "Grant is _____ in Grant's tomb.",
        "Two plus _____ is four.",
        "Nói gì?",
        "Hà Nội là thủ đô.",
        "Viết ngắn:",
    ]
    assert [option.text for option in asked["Grant is _____ in Grant's tomb."].options] == [
        "buried",
        "entombed",
        "living",
    ]
    assert [answer.text for answer in asked["Two plus _____ is four."].answers] == ["two", "2", "hai"]
    assert (asked["Nói gì?"].right, asked["Hà Nội là thủ đô."].right) == (True, False)
    assert [answer.text for answer in asked["Viết ngắn:"].answers] == ["Huế", "Hue"]
    refused = [(finding.place, str(finding.reason)) for finding in reading.findings]
    assert all(not finding.doubtful for finding in reading.findings)
    assert [place for place, _reason in refused] == [
        "câu 3, dòng 6",
        "câu 7, dòng 18",
        "câu 8, dòng 20",
        "câu 9, dòng 22",
        "câu 10, dòng 26",
        "câu 11, dòng 28",
        "câu 12, dòng 30",
        "câu 13, dòng 32",
    ]
    assert "tự luận" in refused[1][1].lower()
    assert "abc" in refused[5][1]


def test_numbers_are_exact_and_a_decimal_comma_is_said_where_it_may_part_thousands() -> None:
    reading = plain.read(Gift(), "Nặng? {#3,5:0,25}\n\nKhoảng? {#-1..1,5}\n\nXa? {#1,000}\n")
    answers = [question.answers for question in reading.questions]
    assert answers[0] == (PlainAnswer("3.5", tolerance=Decimal("0.25")),)
    assert answers[1] == (PlainAnswer("0.25", tolerance=Decimal("1.25")),)
    (doubt,) = reading.findings
    assert (doubt.question, doubt.doubtful) == (2, True)


def test_it_is_told_from_plain_text() -> None:
    known = Gift().recognises
    assert known(EXPORTED.encode(), "a.txt") == known(EXPORTED.encode("utf-16"), "a.bin") == 3
    assert known(b"Who? {=a ~b}", "a.txt") == 3
    assert known(b"Hello {name}, welcome.", "a.txt") == known(b'{"a": "=b"}', "a.txt") == 0
    assert known(b"<quiz>{=a}</quiz>", "a.gift") == known(b"Hello.", "a.gift") == 1


def meant(question: PlainQuestion) -> PlainQuestion:
    """As it is read: what needs no share has none."""
    if question.kind != "multiple" or any(option.credit is None for option in question.options):
        return question
    equal = Fraction(1, sum(option.right for option in question.options))
    if all(option.credit == (equal if option.right else -equal) for option in question.options):
        return replace(question, options=tuple(replace(option, credit=None) for option in question.options))
    return question


SHORT = PlainQuestion("short", "Gọi?", answers=(PlainAnswer("115", Fraction(1)),), feedback_wrong="Chưa.")
ARROW = PlainQuestion("matching", "Nối.", pairs=(PlainPair("a -> b", "1"), PlainPair("c", "2"), PlainPair("d", "3")))


@given(plain.questions(Gift.kinds), st.booleans())
@example(SHORT, True)
@example(ARROW, True)
def test_what_no_loss_names_comes_back_the_same(question: PlainQuestion, holdable: bool) -> None:
    gift = Gift()
    if holdable:
        bare = replace(question, media=(), points=Decimal(1), shuffle=False, case=False, unit="", units=())
        bare = replace(bare, feedback_partly="", tags=tuple(tag for tag in question.tags if "\\" not in tag))
        bare = replace(bare, options=tuple(replace(option, media=()) for option in question.options))
        bare = replace(bare, pairs=tuple(replace(pair, media=()) for pair in question.pairs))
        if question.kind != "true-false":
            bare = replace(bare, feedback_right="")
        if question.kind not in ("true-false", "short", "numeric"):
            bare = replace(bare, feedback_wrong="")
        question = bare
    reading = plain.read(gift, plain.write(gift, plain.of(question)))
    assert len(reading.questions) == 1, reading.findings
    (back,) = reading.questions
    assert (back.kind, back.prompt, back.category) == (question.kind, question.prompt, question.category)
    if not gift.losses(plain.of(question)):
        assert plain.bare(back) == plain.bare(meant(question))
    again = plain.read(gift, plain.write(gift, plain.of(back)))
    assert plain.bare(again.questions[0]) == plain.bare(back)


@given(st.sampled_from([EXPORTED, TYPED]), plain.spoiling)
def test_no_file_makes_it_fail(text: str, changes: list[tuple[float, int, bytes]]) -> None:
    plain.read_or_refused(Gift(), plain.spoilt(text.encode(), changes))
