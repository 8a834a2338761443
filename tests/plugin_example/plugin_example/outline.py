"""A format of a stranger: questions as plain text, for a letter or a printed sheet, and back.

    1. Who may know the code?
    (x) Nobody
    ( ) A clerk
    > No office asks for it.

Round brackets: one is right; square ones: all that are right; + and -: true and false; "= 113 ± 0.5 cm": a number, a
question of the plugin's own kind. What goes on in the next line is indented by four spaces.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.plugins.api import (
    Finding,
    Loss,
    PlainOption,
    PlainQuestion,
    PlainQuiz,
    QuestionFormat,
    Reading,
    UnreadableFile,
)

NUMBER = "plugin_example.number"
_FIRST = re.compile(r"(\d{1,6})\. (.*)", re.DOTALL)
_OPTION = re.compile(r"([(\[])([x ])[)\]] (.*)", re.DOTALL)
_NUMBER = re.compile(r"= (-?[0-9.]{1,19}) ± ([0-9.]{1,19})(?: (.{1,30}))?")
_KNOWN = re.compile(rb"^\d{1,6}\. .*\n(?: {4}.*\n)*(?:[(\[][x ][)\]] |= )", re.MULTILINE)


class OutlineFormat(QuestionFormat):
    key = "plugin_example.outline"
    label = "TXT"
    suffix = ".txt"
    content_type = "text/plain; charset=utf-8"
    kinds = QuestionFormat.kinds | {NUMBER}
    reads = True

    def recognises(self, head: bytes, name: str) -> int:
        return 2 if _KNOWN.search(head) else 0

    def losses(self, quiz: PlainQuiz) -> Sequence[Loss]:
        return [
            Loss(place, gettext_lazy("feedback, marks and labels"))
            for place, question in enumerate(quiz.questions)
            if question != _held(question)
        ]

    def write(self, quiz: PlainQuiz, into: BinaryIO) -> None:
        blocks = [_lines([quiz.title, quiz.intro])]
        for number, question in enumerate(quiz.questions, 1):
            explanation = [f"> {question.explanation}"] if question.explanation else []
            blocks.append(_lines([f"{number}. {question.prompt}", *_answers(question), *explanation]))
        into.write("\n\n".join(blocks).encode() + b"\n")

    def read(self, file: BinaryIO, *, name: str, language: str) -> Reading:
        try:
            text = file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise UnreadableFile(_("This is no plain text.")) from error
        questions: list[PlainQuestion] = []
        findings: list[Finding] = []
        for block in _blocks(text.replace("\r\n", "\n")):
            first = _FIRST.fullmatch(block[0])
            if first is None:
                continue
            question = _question(first[2], block[1:], f"{first[1]}.", language)
            if isinstance(question, PlainQuestion):
                questions.append(question)
            else:
                findings.append(Finding(f"{first[1]}.", question, doubtful=False))
        return Reading(tuple(questions), tuple(findings))


def _held(question: PlainQuestion) -> PlainQuestion:
    """What of a question the text says."""
    options = tuple(PlainOption(option.text, option.right) for option in question.options)
    return PlainQuestion(
        question.kind,
        question.prompt,
        options,
        question.right,
        question.explanation,
        question.key,
        question.data,
        language=question.language,
        place=question.place,
    )


def _lines(parts: Sequence[str]) -> str:
    return "\n".join(part.replace("\n", "\n    ") for part in parts)


def _answers(question: PlainQuestion) -> list[str]:
    if question.kind == NUMBER:
        data = question.data
        return [f"= {data['answer']} ± {data['tolerance']} {data['unit']}".rstrip()]
    if question.kind == "true-false":
        return [_marked("[]", question.right is True, "+"), _marked("[]", question.right is False, "-")]
    return [_marked("()" if question.kind == "single" else "[]", each.right, each.text) for each in question.options]


def _marked(brackets: str, right: bool, text: str) -> str:
    return f"{brackets[0]}{'x' if right else ' '}{brackets[1]} {text}"


def _blocks(text: str) -> list[list[str]]:
    """Parts between empty lines, each a list of texts with their further lines."""
    found: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line.startswith("    ") and found[-1]:
            found[-1][-1] += f"\n{line[4:]}"
        elif line:
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [block for block in found if block]


def _question(prompt: str, lines: Sequence[str], place: str, language: str) -> PlainQuestion | str:
    """Or why there is none."""
    explanation = "\n".join(line[2:] for line in lines if line.startswith("> "))
    options = [match for line in lines if (match := _OPTION.fullmatch(line))]
    if [option[3] for option in options] == ["+", "-"]:
        right = None if options[0][2] == options[1][2] else options[0][2] == "x"
        return PlainQuestion("true-false", prompt, (), right, explanation, language=language, place=place)
    if options:
        kind = "single" if options[0][1] == "(" else "multiple"
        plain = tuple(PlainOption(option[3], option[2] == "x") for option in options)
        return PlainQuestion(kind, prompt, plain, None, explanation, language=language, place=place)
    number = next((match for line in lines if (match := _NUMBER.fullmatch(line))), None)
    if number is None:
        return _("It has no answers.")
    try:
        Decimal(number[1]), Decimal(number[2])
    except InvalidOperation:
        return _("Its answer is no number.")
    data = {"answer": number[1], "tolerance": number[2], "unit": number[3] or ""}
    return PlainQuestion(NUMBER, prompt, (), None, explanation, data=data, language=language, place=place)
