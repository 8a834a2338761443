"""A format of a stranger: a quiz as plain text, for a letter or a printed sheet."""

from __future__ import annotations

from typing import BinaryIO

from django.utils.translation import gettext_lazy

from bdhvs_lms.plugins.api import PlainQuestion, PlainQuiz, QuestionFormat


class OutlineFormat(QuestionFormat):
    key = "plugin_example.outline"
    label = gettext_lazy("plain text")
    suffix = ".txt"
    content_type = "text/plain; charset=utf-8"

    def write(self, quiz: PlainQuiz, into: BinaryIO) -> None:
        lines = [quiz.title, quiz.intro]
        for number, question in enumerate(quiz.questions, 1):
            lines += ["", f"{number}. {question.prompt}", *map(_marked, _options(question)), question.explanation]
        into.write("\n".join(lines).encode())


def _options(question: PlainQuestion) -> list[tuple[bool, str]]:
    if question.kind == "true-false":
        return [(bool(question.right), "+"), (not question.right, "-")]
    return [(option.right, option.text) for option in question.options]


def _marked(option: tuple[bool, str]) -> str:
    right, text = option
    return f"[{'x' if right else ' '}] {text}"
