"""Aiken: plain text with one right option a question, as people type it.

    Ai được biết mã OTP?
    A. Không ai
    B. Cán bộ
    ANSWER: A

Read more freely than Moodle reads it: small letters, several lines, "Đáp án: B", a line with the explanation.
"""

from __future__ import annotations

from typing import Any, BinaryIO

from question_files.aiken.reading import looks_like, numbered, read, structural
from question_files.base import QuestionFormat
from question_files.language import gettext_lazy as _
from question_files.losing import losses
from question_files.pictures import in_words
from question_files.plain import Loss, PlainQuestion, PlainQuiz, Reading
from question_files.texts import decoded, glimpse, guessed, line

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOST = (
    *("pictures", "explanation", "feedback", "overall", "shares", "points", "name", "category", "tags", "difficulty"),
    *("shuffle", "lines"),
)


class Aiken(QuestionFormat):
    key = "aiken"
    label = "Aiken"
    suffix = ".aiken.txt"
    content_type = "text/plain; charset=utf-8"
    kinds = frozenset({"single"})
    reads = True

    def losses(self, quiz: PlainQuiz) -> list[Loss]:
        return losses(quiz, _lost)

    def write(self, quiz: PlainQuiz, into: BinaryIO) -> None:
        into.write("\n".join(map(_written, quiz.questions)).encode())

    def recognises(self, head: bytes, name: str) -> int:
        text = glimpse(head)
        if looks_like(text):
            # Numbered questions with their answers elsewhere are read by another format, and these are read by it too.
            return 2 if numbered(text) else 3
        return 1 if name.endswith(self.suffix) and text.strip() else 0

    def read(self, file: BinaryIO, *, name: str, language: str) -> Reading:
        text, encoding = decoded(file.read())
        notes = read(text, language)
        if encoding:
            notes.say(guessed(encoding))
        return notes.reading()


def _lost(question: PlainQuestion) -> list[Any]:
    lost: list[Any] = list(_LOST)
    if structural(line(question.prompt)):
        lost.append(_("a beginning that looks like an option: a dash is put before it"))
    if len(question.options) > len(LETTERS):
        lost.append(_("options after the 26th"))
    return lost


def _written(question: PlainQuestion) -> str:
    question = in_words(question)
    options = list(zip(LETTERS, question.options, strict=False))
    prompt = line(question.prompt)
    if structural(prompt):
        prompt = f"– {prompt}"
    lines = [prompt, *(f"{letter}. {line(option.text)}" for letter, option in options)]
    lines += [f"ANSWER: {letter}" for letter, option in options if option.right][:1]
    return "\n".join(lines) + "\n"
