"""Moodle XML: what Moodle's question bank exports, with its pictures. Many other systems read and write it."""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd
from typing import Any, BinaryIO

from question_files.base import QuestionFormat
from question_files.losing import FEATURES, inexact, losses, unanswered
from question_files.moodle_xml.reading import read
from question_files.moodle_xml.tree import root_name
from question_files.moodle_xml.writing import factor, from_lists, written_quiz
from question_files.plain import Loss, PlainQuestion, PlainQuiz, Reading
from question_files.texts import glimpse


class MoodleXml(QuestionFormat):
    key = "moodle_xml"
    label = "Moodle XML"
    suffix = ".xml"
    content_type = "application/xml"
    kinds = frozenset(
        {"single", "multiple", "true-false", "short", "numeric", "matching", "ordering", "blanks"},
    )
    reads = True

    def problems(self, quiz: PlainQuiz) -> Sequence[Any]:
        return unanswered(quiz)

    def losses(self, quiz: PlainQuiz) -> list[Loss]:
        return losses(quiz, _lost)

    def write(self, quiz: PlainQuiz, into: BinaryIO) -> None:
        into.write(written_quiz(quiz).encode())

    def recognises(self, head: bytes, name: str) -> int:
        text = glimpse(head)
        root = root_name(text)
        if root != "quiz":
            # Reading it says what it is instead.
            return 1 if root and name.endswith(self.suffix) else 0
        return 3 if "<question" in text else 2

    def read(self, file: BinaryIO, *, name: str, language: str) -> Reading:
        return read(file.read(), language).reading()


# Kinds whose feedback on the whole answer Moodle has a place for.
_COMBINED = ("single", "multiple", "matching", "ordering")


def _lost(question: PlainQuestion) -> list[Any]:
    lost: list[Any] = ["difficulty", "wholes"]
    kind, lists = question.kind, question.kind == "blanks" and from_lists(question)
    if kind in ("multiple", "matching", "blanks"):
        lost.append("whole")
    if kind not in ("single", "multiple", "matching") and not any(blank.kind == "choice" for blank in question.blanks):
        lost.append("shuffle")
    if _unheld(question, lists):
        lost.append("overall")
    if kind == "blanks" and not lists and not _weighed(question):
        lost.append(FEATURES["points"][0])
    if inexact(question):
        lost.append("shares")
    if any("\n" in pair.right for pair in question.pairs):
        lost.append("lines")
    return lost


def _unheld(question: PlainQuestion, lists: bool) -> bool:
    """Whether there is feedback on the whole answer that has no place."""
    told = {"right": question.feedback_right, "partly": question.feedback_partly, "wrong": question.feedback_wrong}
    if question.kind in _COMBINED or lists:
        return False
    held = {"true-false": ("right", "wrong"), "short": ("wrong",), "numeric": ("wrong",)}.get(question.kind, ())
    return any(text for which, text in told.items() if which not in held)


def _weighed(question: PlainQuestion) -> bool:
    """Whether the weights of its gaps, which are its points there, are read back as they are."""
    return factor(question) > 0 and gcd(*(blank.weight for blank in question.blanks)) == 1
