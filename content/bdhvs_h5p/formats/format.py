"""Export of native quizzes as .h5p: MultiChoice, TrueFalse, QuestionSet, in the versions that are installed here.
Packages of these and more types are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_h5p.formats.reading import read
from bdhvs_h5p.formats.texts import Plain
from bdhvs_h5p.libraries import InstalledLibraries
from bdhvs_h5p.models import Library
from bdhvs_lms.plugins.api import Loss, PlainQuestion, PlainQuiz, QuestionFormat, Reading
from h5p_python_adapter import (
    NATIVE_LIBRARIES,
    Choice,
    LibraryId,
    MissingLibrary,
    Option,
    Quiz,
    TrueOrFalse,
    closure,
    native_params,
    write_native,
)

__all__ = ["H5PFormat"]


class H5PFormat(QuestionFormat):
    key = "bdhvs_h5p.h5p"
    label = "H5P"
    suffix = ".h5p"
    content_type = "application/zip"
    reads = True

    def problems(self, quiz: PlainQuiz) -> Sequence[Any]:
        try:
            built = native_params(_quiz(quiz), _available())
            closure(built.main, built.params, InstalledLibraries())
        except MissingLibrary as missing:
            return [
                _(
                    "H5P libraries that it needs are not installed, or too old: %(libraries)s. Upload any H5P activity "
                    "that brings them; somebody who may install libraries has to approve it."
                )
                % {"libraries": ", ".join(map(str, missing.ids))}
            ]
        return ()

    def write(self, quiz: PlainQuiz, into: BinaryIO) -> None:
        write_native(into, _quiz(quiz), InstalledLibraries(), _available())

    def losses(self, quiz: PlainQuiz) -> Sequence[Loss]:
        return [Loss(place, what) for place, question in enumerate(quiz.questions) for what in _lost(question)]

    def recognises(self, head: bytes, name: str) -> int:
        if head.startswith(b"PK\x03\x04") and (b"h5p.json" in head or b"content/content.json" in head):
            return 3
        return 1 if name.endswith(self.suffix) else 0

    def read(self, file: BinaryIO, *, name: str, language: str) -> Reading:
        return read(file, language)


def _lost(question: PlainQuestion) -> Iterator[str | Promise]:
    if question.media or any(option.media for option in question.options):
        yield gettext_lazy("pictures and sounds")
    if any(option.credit is not None for option in question.options):
        yield gettext_lazy("shares of the mark of options")
    if question.feedback_right or question.feedback_partly or question.feedback_wrong:
        yield gettext_lazy("feedback for the whole answer")
    if question.points != 1:
        yield gettext_lazy("points")
    if question.partial:
        yield gettext_lazy("partial marks")
    if question.shuffle:
        yield gettext_lazy("that options are shuffled, unless the whole quiz says so")
    if question.name:
        yield gettext_lazy("its name")
    if question.category or question.tags or question.difficulty:
        yield gettext_lazy("category, tags and difficulty")
    texts = [question.prompt, question.explanation]
    texts += [text for option in question.options for text in (option.text, option.feedback)]
    if any(_back(text) != text for text in texts):
        yield gettext_lazy("spaces and empty lines as they are")


def _back(text: str) -> str:
    """Return the text as it is read again: lines without spaces around them, at most one empty line."""
    lines = "<br>".join(line.replace("&", "&amp;").replace("<", "&lt;") for line in text.split("\n"))
    return Plain(lines).text


def _available() -> list[LibraryId]:
    rows = Library.objects.filter(machine_name__in=NATIVE_LIBRARIES)
    return [LibraryId(*row) for row in rows.values_list("machine_name", "major", "minor")]


def _quiz(quiz: PlainQuiz) -> Quiz:
    return Quiz(
        title=quiz.title,
        language=quiz.language,
        questions=tuple(map(_question, quiz.questions)),
        intro=quiz.intro,
        pass_percent=quiz.pass_percent,
        shuffle_questions=quiz.shuffle_questions,
        shuffle_options=quiz.shuffle_options,
    )


def _question(question: PlainQuestion) -> Choice | TrueOrFalse:
    if question.kind == "true-false":
        return TrueOrFalse(question.prompt, bool(question.right), question.explanation, question.key)
    options = tuple(Option(option.text, option.right, option.feedback) for option in question.options)
    return Choice(question.prompt, options, question.kind == "single", question.explanation, question.key)
