"""Lines of an Aiken file become questions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from question_files.language import gettext as _
from question_files.notes import Notes, place_of
from question_files.plain import PlainOption, PlainQuestion
from question_files.texts import clean

Kind = Literal["blank", "option", "answer", "explanation", "text"]

_OPTION = re.compile(r"(\*?) ?\(?([A-Za-z])(?:[.)]\s*|\s[.)]\s)(.*)", re.ASCII)
_ANSWER = re.compile(r"(?:ANSWERS?|ANS|CORRECT ANSWER|ĐÁP ÁN(?: ĐÚNG)?|DAP AN)\s*[:：]\s*(.*)", re.IGNORECASE)
_EXPLANATION = re.compile(r"(?:FEEDBACK|EXPLANATION|GIẢI THÍCH)\s*[:：]\s*(.*)", re.IGNORECASE)
_LETTERS = re.compile(r"\(?([A-Za-z])\)?(?:[.):\s].*)?", re.DOTALL)
_SEVERAL = re.compile(r"[A-Za-z](?:\s*(?:[,;&/+]|and|và)\s*[A-Za-z])+\.?|[A-Z]{2,8}")
_SIDE_BY_SIDE = re.compile(r"(?:\t|[ \u00a0]{2,})[ \t\u00a0]*(?=\*?[B-Zb-z][.)]\s)")
_WORDED = re.compile(r"\W*(?:Câu|Bài|Question)(?: hỏi)?\s*\d{1,4}\s?[:.)]", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:(?:Câu|Bài|Question|Q)(?: hỏi)?\s*)?(\d{1,4})\s?[:.)]\s+(.+)", re.IGNORECASE | re.DOTALL)


@dataclass
class _Line:
    number: int
    kind: Kind
    text: str
    letter: str = ""
    starred: bool = False
    whole: str = ""


@dataclass
class _Question:
    line: int
    prompt: list[str]
    letters: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    answer: str | None = None
    explanation: str = ""
    starred: list[str] = field(default_factory=list)


def _lines(text: str) -> list[_Line]:
    found = []
    for number, raw in _raw_lines(text):
        told = clean(raw)
        if not told:
            found.append(_Line(number, "blank", ""))
        elif match := _ANSWER.fullmatch(told):
            found.append(_Line(number, "answer", match[1].strip(), whole=told))
        elif match := _EXPLANATION.fullmatch(told):
            found.append(_Line(number, "explanation", match[1].strip(), whole=told))
        elif match := _OPTION.fullmatch(told):
            found.append(_Line(number, "option", match[3].strip(), match[2].upper(), bool(match[1]), told))
        else:
            found.append(_Line(number, "text", told, whole=told))
    return found


def _raw_lines(text: str) -> Iterator[tuple[int, str]]:
    """With their numbers. Options that stand side by side, as in printed tests, are lines of their own."""
    for number, raw in enumerate(re.split(r"\r\n?|\n", text), 1):
        parts = _SIDE_BY_SIDE.split(raw) if _OPTION.fullmatch(clean(raw)) else [raw]
        yield from ((number, part) for part in parts)


def structural(text: str) -> bool:
    """Whether a line that begins a question would be taken for something else."""
    return any(found.kind in ("answer", "explanation") or found.letter == "A" for found in _lines(text))


def looks_like(text: str) -> int:
    """3: options and lines that say which is right; 0: no such file."""
    lines = _lines(text)
    letters = {found.letter for found in lines}
    return 3 if {"A", "B"} <= letters and any(found.kind == "answer" and found.text for found in lines) else 0


def numbered(text: str) -> bool:
    """Whether a line says "Câu 1:" before a question."""
    return any(_WORDED.match(found.text) for found in _lines(text) if found.kind == "text")


def read(text: str, language: str) -> Notes:
    notes = Notes()
    questions = list(_questions(_lines(text)))
    if _unnumber(questions):
        notes.say(_("The numbers before the questions were left out."))
    for number, question in enumerate(questions, 1):
        _take(notes, question, number, language)
    return notes


def _unnumber(questions: list[_Question]) -> bool:
    """Take "Câu 1:", "2." off, where every question has one and they follow each other."""
    found = [_NUMBERED.fullmatch("\n".join(question.prompt)) for question in questions]
    numbers = [int(one[1]) for one in found if one]
    if len(numbers) < 2 or numbers != list(range(numbers[0], numbers[0] + len(questions))):
        return False
    for question, one in zip(questions, found, strict=True):
        question.prompt = [one[2] if one else ""]
    return True


def _questions(lines: list[_Line]) -> Iterator[_Question]:
    upcoming = _upcoming(lines)
    current: _Question | None = None
    for place, found in enumerate(lines):
        if found.kind == "blank":
            if current is not None and not current.options and current.answer is None:
                current.prompt.append("")
        elif found.kind == "answer" and current is not None and current.answer is None:
            current.answer = found.text
        elif found.kind == "explanation" and current is not None and current.options:
            current.explanation = found.text
        elif found.kind == "option" and current is not None and _follows(current, found.letter):
            current.letters.append(found.letter)
            current.options.append(found.text)
            current.starred += [found.letter] if found.starred else []
        elif current is not None and _goes_on(current, upcoming[place]):
            _continue(current, found.whole)
        else:
            if current is not None:
                yield current
            current = _Question(found.number, [found.whole])
    if current is not None:
        yield current


def _upcoming(lines: list[_Line]) -> list[str]:
    """Of each line what comes next after it that is no text: a letter, 'answer', or '' at the end."""
    found, coming = [], ""
    for one in reversed(lines):
        found.append(coming)
        if one.kind in ("option", "answer"):
            coming = one.letter or "answer"
    return found[::-1]


def _follows(question: _Question, letter: str) -> bool:
    """An option: A where there is none yet, else one behind the last. What skips a letter is one that lost its own."""
    if question.answer is not None:
        return False
    return letter > question.letters[-1] if question.letters else letter == "A"


def _goes_on(question: _Question, upcoming: str) -> bool:
    """Whether a line of text belongs to what stands before it."""
    if question.answer is not None:
        return False
    return not question.options or upcoming == "answer" or upcoming > question.letters[-1]


def _continue(question: _Question, told: str) -> None:
    if question.options:
        question.options[-1] += f"\n{told}"
    else:
        question.prompt.append(told)


def _take(notes: Notes, found: _Question, number: int, language: str) -> None:
    place = place_of(number, found.line)
    if len(found.options) < 2:
        notes.refuse(place, _("It has no options: each begins on a line of its own with A. or A)."))
        return
    right = _right(found)
    doubts = []
    if not right:
        doubts.append(
            _("No line says which option is correct (ANSWER: B).")
            if not found.answer
            else _("“%(answer)s” is not one of the options.") % {"answer": found.answer[:60]}
        )
    if len(right) > 1:
        doubts.append(_("Several options are said to be correct. It was read as a question with several answers."))
    if found.letters != [chr(65 + index) for index in range(len(found.letters))]:
        doubts.append(_("The letters of its options do not follow each other. One may be missing."))
    options = tuple(PlainOption(clean(text), index in right) for index, text in enumerate(found.options))
    question = PlainQuestion(
        kind="multiple" if len(right) > 1 else "single",
        prompt=clean("\n".join(found.prompt)),
        options=options,
        explanation=clean(found.explanation),
        language=language,
        place=place,
    )
    notes.take(question, doubts)


def _right(found: _Question) -> set[int]:
    if found.answer is None:
        return {found.letters.index(letter) for letter in found.starred}
    told = found.answer.strip()
    if _SEVERAL.fullmatch(told):
        letters = re.findall(r"[A-Za-z](?![a-z])", told)
    elif match := _LETTERS.fullmatch(told):
        letters = [match[1]]
    else:
        letters = []
    places = {found.letters.index(letter.upper()) for letter in letters if letter.upper() in found.letters}
    if letters and len(places) == len(letters):
        return places
    return {found.options.index(told)} if told in found.options else set()
