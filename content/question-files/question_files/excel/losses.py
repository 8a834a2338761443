"""What a sheet does not hold of a question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from question_files.columns import columns_of
from question_files.excel.opening import plain_text
from question_files.excel.words import TITLES
from question_files.excel.writing import MOST_CELL, guarded, row_of
from question_files.language import Text, untranslated
from question_files.language import gettext_lazy as _
from question_files.losing import losses
from question_files.plain import Loss, PlainAnswer, PlainOption, PlainQuestion, PlainQuiz
from question_files.rows import Cell, Rows, read_row
from question_files.values import LETTERS


def losses_of(quiz: PlainQuiz) -> list[Loss]:
    language = "en" if quiz.language == "en" else "vi"
    return losses(quiz, lambda question: _lost(question, language))


def _lost(question: PlainQuestion, language: str) -> Iterator[Text]:
    bare = stripped(question)
    if any(one.feedback for one in question.answers):
        yield "feedback"
    if any(one.credit is not None for one in question.options):
        yield _("shares of the mark of options")
    if max(len(question.options), len(question.pairs), len(question.steps)) > len(LETTERS):
        yield _("options after the 26th")
    elif any(len(text) > MOST_CELL for text in row_of(question, language).values()):
        yield _("the end of a long text")
    elif not reads_back(bare, language):
        yield _("its text as it is")


def stripped(question: PlainQuestion) -> PlainQuestion:
    """What of a question a sheet holds."""
    return replace(
        question,
        options=tuple(PlainOption(one.text, one.right, one.feedback) for one in question.options),
        answers=tuple(replace(one, feedback="") for one in question.answers),
        pairs=tuple(replace(one, media=()) for one in question.pairs),
        data={}, media=(), key="", place="", language="",
    )  # fmt: skip


def reads_back(question: PlainQuestion, language: str) -> bool:
    """question: without what a sheet does not hold."""
    row = row_of(question, language)
    titles = TITLES[language]
    names = [titles["feedback"].format(name[9:]) if name.startswith("feedback ") else titles.get(name, name)
             for name in row]  # fmt: skip
    columns = columns_of(names)
    if columns is None:
        return False
    into = Rows()
    with untranslated():
        read_row(columns, [Cell(plain_text(guarded(text))) for text in row.values()], "1", language, into)
    if len(into.questions) != 1 or into.findings:
        return False
    return _bare(into.questions[0]) == _bare(question)


def _bare(question: PlainQuestion) -> PlainQuestion:
    return replace(
        question, key="", place="", language="", points=Decimal(question.points).normalize(),
        answers=tuple(map(_number, question.answers)) if question.kind == "numeric" else question.answers,
    )  # fmt: skip


def _number(answer: PlainAnswer) -> PlainAnswer:
    """'12.50' and '12.5' are the same number."""
    return replace(answer, text=str(Decimal(answer.text).normalize()))
