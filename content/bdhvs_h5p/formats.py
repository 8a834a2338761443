"""Native quizzes leave as .h5p: MultiChoice, TrueFalse, QuestionSet, in the versions that are installed here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from bdhvs_h5p.libraries import InstalledLibraries
from bdhvs_h5p.models import Library
from bdhvs_lms.plugins.api import PlainQuestion, PlainQuiz, QuestionFormat
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
