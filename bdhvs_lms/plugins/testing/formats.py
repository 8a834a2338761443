"""What every QuestionFormat must do."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import ClassVar

from bdhvs_lms.plugins.bases import QuestionFormat
from bdhvs_lms.plugins.completeness import faults
from bdhvs_lms.plugins.plain import PlainOption, PlainQuestion, PlainQuiz
from bdhvs_lms.plugins.registry import question_formats
from bdhvs_lms.plugins.testing.support import Mixin

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

    def test_the_same_quiz_gives_the_same_bytes(self) -> None:
        self.assertEqual(list(self.question_format().problems(QUIZ)), [])
        first = self.written(QUIZ)
        self.assertTrue(first)
        self.assertEqual(self.written(QUIZ), first)

    def test_what_is_right_is_in_it(self) -> None:
        first, *others = QUIZ.questions
        turned = replace(first, options=tuple(replace(option, right=not option.right) for option in first.options))
        self.assertNotEqual(self.written(replace(QUIZ, questions=(turned, *others))), self.written(QUIZ))

    def test_one_question_alone_and_odd_texts_are_written(self) -> None:
        for question in QUIZ.questions:
            self.assertTrue(self.written(replace(QUIZ, intro="", questions=(question,))))
        odd = replace(QUIZ.questions[2], prompt="]]></script> \x85 \u2028 🙂 e\u0301 {{ x }} %s", explanation="\n\n")
        self.assertTrue(self.written(replace(QUIZ, title="/../ \"'", questions=(odd,))))
