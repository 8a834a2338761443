"""Tests of what every QuestionFormat must do."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any, ClassVar

from bdhvs_lms.plugins.completeness import faults
from bdhvs_lms.plugins.registry import question_formats
from bdhvs_lms.plugins.testing.support import Mixin
from question_files.base import QuestionFormat
from question_files.plain import (
    PlainAnswer,
    PlainBlank,
    PlainMedia,
    PlainOption,
    PlainPair,
    PlainQuestion,
    PlainQuiz,
    Reading,
    UnreadableFile,
)

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c636000000002000148afa4710000000049454e44ae426082"
)

QUIZ = PlainQuiz(
    title="Mật khẩu & mã OTP",
    language="vi",
    intro="Hai câu.\n\nKhông tính giờ.",
    pass_percent=80,
    questions=(
        PlainQuestion(
            kind="single",
            prompt="Ai được biết <mã OTP>?",
            options=(PlainOption("Không ai", True, "Đúng."), PlainOption('"Cán bộ"', False)),
            explanation="Cơ quan nào cũng không hỏi.",
            key="11111111-1111-4111-8111-111111111111",
        ),
        PlainQuestion(
            kind="multiple",
            prompt="Mật khẩu nào\nkhó đoán?",
            options=(
                PlainOption("Dài", True),
                PlainOption("Khác nhau", True),
                PlainOption("123456", False, "Dễ đoán."),
            ),
            key="22222222-2222-4222-8222-222222222222",
        ),
        PlainQuestion(
            kind="true-false",
            prompt="Đường dẫn lạ: nên mở ngay.",
            right=False,
            key="33333333-3333-4333-8333-333333333333",
        ),
    ),
)

THIRD = Fraction(1, 3)

# With all that a question of its kind may have.
QUESTIONS = (
    *QUIZ.questions,
    PlainQuestion(
        kind="single",
        prompt="Trời mưa thì mang gì?",
        options=(PlainOption("Áo mưa", True), PlainOption("Quạt", False), PlainOption("1 + 1 = 2", False)),
    ),
    PlainQuestion(
        kind="single",
        prompt="Hình này là gì: {a} = b ~ c # d -> 50% \\n?",
        options=(
            PlainOption("Mã QR", True, "Đúng.", media=(PlainMedia("qr.png", "image/png", lambda: PICTURE, "Mã QR"),)),
            PlainOption("Một ô vuông", False, credit=Fraction(1, 2)),
            PlainOption("Không rõ", False, credit=-THIRD),
        ),
        explanation="Quét mã để mở trang.\n\nXem kỹ địa chỉ.",
        feedback_right="Đúng cả.",
        feedback_partly="Gần đúng.",
        feedback_wrong="Chưa đúng.",
        name="QR 1",
        points=Decimal("2.5"),
        shuffle=True,
        media=(PlainMedia("hình 1.png", "image/png", lambda: PICTURE, 'Một "ô" đen'),),
        category=("An toàn", "Mã QR / đường dẫn"),
        tags=("QR", "điện thoại"),
        difficulty="easy",
    ),
    PlainQuestion(
        kind="multiple",
        prompt="Việc nào nên làm?",
        options=(PlainOption("Khóa máy", True), PlainOption("Hỏi người nhà", True), PlainOption("Bấm thử", False)),
        partial=True,
    ),
    PlainQuestion(
        kind="multiple",
        prompt="Ba việc nào?",
        options=(
            PlainOption("Một", True, credit=THIRD),
            PlainOption("Hai", True, credit=2 * THIRD),
            PlainOption("Ba", False, credit=-THIRD),
            PlainOption("Bốn", False, credit=Fraction(0)),
        ),
        partial=True,
    ),
    PlainQuestion(kind="true-false", prompt="1 < 2 & 3 > 2", right=True, feedback_right="Phải.", feedback_wrong="Sai."),
    PlainQuestion(
        kind="short",
        prompt="Gọi cấp cứu số mấy?",
        answers=(PlainAnswer("115", feedback="Đúng."), PlainAnswer("*115*", Fraction(1, 2)), PlainAnswer("1 \\* 5")),
        case=True,
    ),
    PlainQuestion(
        kind="numeric",
        prompt="Đường dài bao nhiêu?",
        answers=(
            PlainAnswer("12.5", tolerance=Decimal("0.25"), feedback="Đúng."),
            PlainAnswer("-3", THIRD),
        ),
        unit="km",
        units=(("m", Decimal(1000)),),
        feedback_wrong="Đo lại.",
    ),
    PlainQuestion(
        kind="matching",
        prompt="Nối số với nơi gọi.",
        pairs=(PlainPair("113", "Công an"), PlainPair("114 (lửa)", "Cứu hỏa"), PlainPair("", "Ngân hàng")),
        partial=True,
    ),
    PlainQuestion(kind="ordering", prompt="Xếp các bước.", steps=("Mở máy", "Mở trang", "Đăng nhập"), partial=True),
    PlainQuestion(kind="ordering", prompt="Xếp cho đúng hết.", steps=("Một", "Hai", "Ba")),
    PlainQuestion(
        kind="blanks",
        prompt="Điền vào chỗ trống.",
        text="Thủ đô là {1}, {{ngoặc}} có {2} triệu người;\nsông là {3}.",
        blanks=(
            PlainBlank("short", answers=(PlainAnswer("Hà Nội"), PlainAnswer("Ha Noi", Fraction(1, 2), "Thiếu dấu."))),
            PlainBlank("numeric", answers=(PlainAnswer("8.4", tolerance=Decimal("0.5")),), weight=2),
            PlainBlank("choice", options=(PlainOption("sông Hồng", True), PlainOption("sông Hương", False, "Ở Huế."))),
        ),
        points=Decimal(4),
        partial=True,
    ),
)


def same(question: PlainQuestion) -> PlainQuestion:
    """Return what two questions are compared by: all but where one stood and the key that a quiz gave it."""
    return replace(question, key="", place="", language="")


def loaded(question: PlainQuestion) -> list[bytes]:
    """Return the files of its pictures and sounds."""
    parts: tuple[Any, ...] = (question, *question.options, *question.pairs)
    return [media.load() for part in parts for media in part.media]


def odd_files(good: bytes) -> Iterator[bytes]:
    """Yield what people and broken lines make of a file, the same at each call."""
    yield from (b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r\n\r\n", b"{}", b"<", b"PK\x03\x04", b"%PDF-1.7\n")
    yield from ("Câu 1: Chào".encode("utf-16"), "Chào bạn".encode(), bytes(range(256)), b"A" * 100_000)
    yield from (good[: len(good) * cut // 12] for cut in range(12))
    chance = Random(16)  # noqa: S311
    for _turn in range(60):
        spoilt = bytearray(good)
        for _change in range(chance.randint(1, 8)):
            at = chance.randrange(len(spoilt) + 1)
            spoilt[at : at + chance.choice((0, 1, 4, 40))] = chance.choice(
                (b"", b"\x00", b"{", b"}", b"<", b"&", b"=", b"\n\n", b"\xff", b"]]>", b"%", b"99999999999")
            )
        yield bytes(spoilt)


class QuestionFormatConformance(Mixin):
    """Give the format; make what it needs in setUp()."""

    question_format: ClassVar[type[QuestionFormat]]

    def written(self, quiz: PlainQuiz) -> bytes:
        into = io.BytesIO()
        self.question_format().write(quiz, into)
        return into.getvalue()

    def test_it_is_registered(self) -> None:
        self.assertEqual(faults(QuestionFormat, self.question_format), [])
        self.assertIs(type(question_formats.get(self.question_format.key)), self.question_format)

    def questions(self) -> list[PlainQuestion]:
        """Return those of ours that it holds."""
        return [question for question in QUESTIONS if question.kind in self.question_format.kinds]

    def reading(self, data: bytes) -> Reading:
        reader = self.question_format()
        return reader.read(io.BytesIO(data), name=f"tep{reader.suffix}", language="vi")

    def handed(self) -> PlainQuiz:
        """Return what is asked of it in the first place: single, multiple, true or false, as far as it knows them."""
        known = tuple(question for question in QUIZ.questions if question.kind in self.question_format.kinds)
        return replace(QUIZ, questions=known)

    def does(self, *, writes: bool = False, reads: bool = False) -> bool:
        return writes <= self.question_format.writes and reads <= self.question_format.reads

    def test_the_same_quiz_gives_the_same_bytes(self) -> None:
        if not self.does(writes=True):
            return
        quiz = self.handed()
        self.assertEqual(list(self.question_format().problems(quiz)), [])
        first = self.written(quiz)
        self.assertTrue(first)
        self.assertEqual(self.written(quiz), first)

    def test_what_is_right_is_in_it(self) -> None:
        if not self.does(writes=True):
            return
        first, *others = self.handed().questions
        turned = replace(first, options=tuple(replace(option, right=not option.right) for option in first.options))
        quiz = self.handed()
        self.assertNotEqual(self.written(replace(quiz, questions=(turned, *others))), self.written(quiz))

    def test_one_question_alone_and_odd_texts_are_written(self) -> None:
        if not self.does(writes=True):
            return
        quiz = self.handed()
        for question in quiz.questions:
            self.assertTrue(self.written(replace(quiz, intro="", questions=(question,))))
        odd = replace(quiz.questions[-1], prompt="]]></script> \x85 \u2028 🙂 e\u0301 {{ x }} %s", explanation="\n\n")
        self.assertTrue(self.written(replace(quiz, title="/../ \"'", questions=(odd,))))

    def test_what_it_says_it_holds_comes_back_the_same(self) -> None:
        if not self.does(writes=True, reads=True):
            return
        whole = 0
        for question in self.questions():
            quiz = replace(QUIZ, questions=(question,))
            lost = self.question_format().losses(quiz)
            reading = self.reading(self.written(quiz))
            self.assertEqual(len(reading.questions), 1, reading.findings)
            (back,) = reading.questions
            self.assertEqual((back.kind, back.language, back.data), (question.kind, "vi", question.data))
            self.assertTrue(back.place)
            if not lost:
                whole += 1
                self.assertEqual(same(back), same(question))
                self.assertEqual(loaded(back), loaded(question))
                self.assertEqual(reading.findings, ())
            for loss in lost:
                self.assertEqual(loss.question, 0)
                self.assertTrue(str(loss.what))
        self.assertTrue(whole, "it says of each question that something is lost")

    def test_what_was_read_is_read_again_the_same(self) -> None:
        if not self.does(writes=True, reads=True):
            return
        once = self.reading(self.written(replace(QUIZ, questions=tuple(self.questions()))))
        self.assertEqual(len(once.questions), len(self.questions()))
        again = self.reading(self.written(replace(QUIZ, questions=once.questions)))
        self.assertEqual(list(map(same, again.questions)), list(map(same, once.questions)))

    def test_whatever_file_comes_it_is_read_or_refused_in_words(self) -> None:
        if not self.does(reads=True):
            return
        good = self.written(replace(QUIZ, questions=tuple(self.questions()))) if self.question_format.writes else b""
        for data in odd_files(good):
            try:
                reading = self.reading(data)
            except UnreadableFile as refused:
                self.assertTrue(str(refused))
            else:
                self.assert_told(reading)

    def assert_told(self, reading: Reading) -> None:
        """Check that each finding says where and why, and which question it is about."""
        for question in reading.questions:
            self.assertTrue(question.place)
        for finding in reading.findings:
            self.assertTrue(finding.place and str(finding.reason))
            self.assertEqual(finding.question is not None, finding.doubtful)
            if finding.question is not None:
                self.assertEqual(finding.place, reading.questions[finding.question].place)

    def test_it_knows_its_own_files_and_no_others(self) -> None:
        if not self.does(reads=True):
            return
        reader = self.question_format()
        others = (b"", b"\x00\x01", b"Hello.", b"<html><body>x</body></html>", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n")
        for data in others:
            self.assertEqual(reader.recognises(data, "tep.bin"), 0, data)
        if reader.writes:
            good = self.written(replace(QUIZ, questions=tuple(self.questions())))
            self.assertGreaterEqual(reader.recognises(good[: 64 * 1024], f"tep{reader.suffix}"), 2)
