"""Files read and written by the kind that knows them best."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from question_files.aiken.format import Aiken
from question_files.base import QuestionFormat
from question_files.excel.format import ExcelFormat
from question_files.gift.format import Gift
from question_files.moodle_xml.format import MoodleXml
from question_files.plain import PlainQuiz, Reading, UnreadableFile
from question_files.text.format import TextFormat
from question_files.word.format import WordFormat

FORMATS: tuple[type[QuestionFormat], ...] = (Aiken, ExcelFormat, Gift, MoodleXml, TextFormat, WordFormat)
HEAD = 64 * 1024
"""Bytes of a file that `recognises` is shown."""


def find_surest(formats: Iterable[QuestionFormat], head: bytes, name: str) -> list[QuestionFormat]:
    """The formats that are surest that a file is theirs; none where none knows it."""
    sure = [(each.recognises(head, name.lower()), each) for each in formats if each.reads]
    surest = max((how for how, _each in sure), default=0)
    return [each for how, each in sure if surest and how == surest]


def read_file(path: str | Path, *, language: str) -> Reading:
    """The questions of a file, and what is to be said of it. `language`: of its questions, where it does not say it.

    Raises UnreadableFile.
    """
    path = Path(path)
    reasons = []
    with path.open("rb") as file:
        for each in find_surest([kind() for kind in FORMATS], file.read(HEAD), path.name):
            file.seek(0)
            try:
                return each.read(file, name=path.name, language=language)
            except UnreadableFile as unreadable:
                reasons.append(unreadable)
    raise reasons[0] if reasons else UnreadableFile(f"No format recognises {path.name}.")


def write_file(quiz: PlainQuiz, path: str | Path) -> None:
    """The quiz as the kind of file that the name says, the longest suffix first: '.gift.txt'.

    Raises ValueError for another suffix, and for a kind of question that the format cannot hold.
    """
    path = Path(path)
    known = sorted((kind for kind in FORMATS if kind.writes), key=lambda kind: -len(kind.suffix))
    kind = next((kind for kind in known if path.name.lower().endswith(kind.suffix)), None)
    if kind is None:
        raise ValueError(f"{path.name}: write one of {', '.join(kind.suffix for kind in known)}.")
    if foreign := {question.kind for question in quiz.questions} - kind.kinds:
        raise ValueError(f"{kind.label} holds no questions of the kinds {', '.join(sorted(foreign))}.")
    with path.open("wb") as into:
        kind().write(quiz, into)
