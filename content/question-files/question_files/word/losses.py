"""What a Word document does not hold of a question.

Whether its texts are read as they are written is asked of its paragraphs, without making a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from question_files.document.parts import Run, WordFile
from question_files.gaps import holds
from question_files.language import Text, untranslated
from question_files.language import gettext_lazy as _
from question_files.losing import losses
from question_files.plain import Loss, PlainAnswer, PlainOption, PlainQuestion, PlainQuiz
from question_files.word.building import build
from question_files.word.lines import NOWHERE, Line
from question_files.word.parsing import parse
from question_files.word.writing import AS_THEY_ARE, category_text, parts_of

_PLAIN, _BOLD = Run(""), Run("", bold=True)


def losses_of(quiz: PlainQuiz) -> list[Loss]:
    return losses(quiz, lambda question: _lost(question, quiz.language))


def _lost(question: PlainQuestion, language: str) -> Iterator[Text]:
    bare = stripped(question)
    yield from ("overall", "unit", "shuffle", "name", "tags")
    if any(one.feedback for one in question.options) or any(one.feedback for one in question.answers):
        yield "feedback"
    if question.case:
        yield "case"
    if any(one.credit is not None for one in question.options):
        yield _("shares of the mark of options")
    if question.partial != bare.partial:
        yield "parts" if question.partial else "whole"
    media = [*question.media, *(one for option in question.options for one in option.media)]
    if any(one.content_type.startswith("audio/") for one in media):
        yield _("sounds")
    if any(one.content_type.startswith("image/") and one.content_type not in AS_THEY_ARE for one in media):
        yield _("pictures that are no PNG, JPEG or GIF, as they are")
    if not all(holds(blank) for blank in bare.blanks):
        yield _("gaps as they are")
    elif not reads_back(bare, language):
        yield _("its text as it is")


def stripped(question: PlainQuestion) -> PlainQuestion:
    """What of a question the file holds."""
    return replace(
        question, options=tuple(PlainOption(one.text, one.right, media=one.media) for one in question.options),
        answers=tuple(replace(one, feedback="") for one in question.answers), data={},
        feedback_right="", feedback_partly="", feedback_wrong="", partial=question.kind == "blanks", case=False,
        unit="", units=(), shuffle=False, name="", tags=(), key="", place="", language="",
    )  # fmt: skip


def reads_back(question: PlainQuestion, language: str) -> bool:
    """question: without what the file does not hold. Pictures are not looked at."""
    lines = [] if not question.category else [_line("category", category_text(question.category), _PLAIN)]
    if NOWHERE in question.category:
        return False
    for part in parts_of(question, 1, language):
        text = part.label + part.text
        lines.append(_line(part.style, text, _BOLD if part.strong else _PLAIN))
    # Whatever language is active, the same is read.
    with untranslated():
        built = build(parse(lines), WordFile(), language)
    if len(built.questions) != 1 or (built.findings and not _pictured(question)):
        return False
    (back,) = built.questions
    return _bare(back) == _bare(question)


def _line(style: str, text: str, look: Run) -> Line:
    text = text.strip().replace("\r\n", "\n").replace("\r", "\n")
    return Line(text, (look,) * len(text), 1, style=style)


def _pictured(question: PlainQuestion) -> bool:
    return bool(question.media or any(option.media for option in question.options))


def _bare(question: PlainQuestion) -> PlainQuestion:
    return replace(
        question, key="", place="", language="", media=(), answers=tuple(map(_number, question.answers)),
        options=tuple(replace(option, media=()) for option in question.options), name="",
    )  # fmt: skip


def _number(answer: PlainAnswer) -> PlainAnswer:
    """'12.50' and '12.5' are the same number."""
    try:
        return replace(answer, tolerance=Decimal(answer.tolerance).normalize()) if answer.tolerance else answer
    except InvalidOperation:
        return answer
