"""GIFT: plain text with signs of its own, which Moodle and others read and write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO

from question_files.base import QuestionFormat
from question_files.gift.reading import looks_like, read
from question_files.gift.writing import unarrowed, written_quiz
from question_files.language import gettext_lazy
from question_files.losing import inexact, losses, unanswered
from question_files.plain import Loss, PlainQuestion, PlainQuiz, Reading
from question_files.texts import decoded, glimpse, guessed


class Gift(QuestionFormat):
    key = "gift"
    label = "GIFT"
    suffix = ".gift.txt"
    content_type = "text/plain; charset=utf-8"
    kinds = frozenset({"single", "multiple", "true-false", "short", "numeric", "matching", "ordering"})
    reads = True

    def problems(self, quiz: PlainQuiz) -> Sequence[Any]:
        return unanswered(quiz)

    def losses(self, quiz: PlainQuiz) -> list[Loss]:
        return losses(quiz, _lost)

    def write(self, quiz: PlainQuiz, into: BinaryIO) -> None:
        into.write(written_quiz(quiz).encode())

    def recognises(self, head: bytes, name: str) -> int:
        text = glimpse(head)
        return looks_like(text) or (1 if name.endswith((".gift", self.suffix)) and text.strip() else 0)

    def read(self, file: BinaryIO, *, name: str, language: str) -> Reading:
        text, encoding = decoded(file.read())
        notes = read(text, language)
        if encoding:
            notes.say(guessed(encoding))
        return notes.reading()


def _lost(question: PlainQuestion) -> list[Any]:
    lost: list[Any] = ["pictures", "points", "difficulty", "shuffle", "case", "unit", "wholes"]
    if question.kind in ("multiple", "matching"):
        lost.append("whole")
    told = question.feedback_partly or (
        question.feedback_right
        if question.kind in ("short", "numeric")
        else (question.feedback_right or question.feedback_wrong) and question.kind != "true-false"
    )
    if told:
        lost.append("overall")
    if any("\\" in tag for tag in question.tags):
        lost.append("tags")
    if inexact(question):
        lost.append("shares")
    if any("\n" in pair.right for pair in question.pairs):
        lost.append("lines")
    if question.kind == "short" and any(
        unarrowed(text) != text
        for text in (question.feedback_wrong, *(part for one in question.answers for part in (one.text, one.feedback)))
    ):
        lost.append(gettext_lazy("“->” in an answer: it is written as →"))
    return lost
