"""A row of a sheet as a question, of whatever kind; and a question as a row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from question_files.columns import Columns
from question_files.gaps import BadGap, has_gaps, read_gaps
from question_files.language import Text, gettext_lazy
from question_files.language import gettext as _
from question_files.plain import Finding, PlainOption, PlainPair, PlainQuestion
from question_files.row_words import KINDS, LEVELS, NO_QUESTIONS
from question_files.values import (
    LETTERS,
    letters_of,
    number_answer,
    number_of,
    plain,
    right_or_wrong,
    short_answer,
    toned,
    yes_or_no,
)

_NAMED = re.compile(r"^(?:đáp án|phương án|lựa chọn|câu|option|answer)\s+(?=[A-Z0-9])", re.IGNORECASE)
MOST_TEXT = 20_000


@dataclass(frozen=True)
class Cell:
    """`doubt`: what is odd about it, for the editor."""

    text: str = ""
    doubt: Text = ""


@dataclass
class Rows:
    """What was read so far."""

    questions: list[PlainQuestion] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


class NoQuestion(Exception):
    """It cannot be taken; the text says why."""


def look_through(columns: Columns, rows: Iterable[Sequence[Cell]]) -> None:
    """Whether the file names right answers by their places, `columns.by_place`: the rows that leave no doubt say it,
    else the titles do. And whether one of them is the place 0."""
    places = texts = 0
    for cells in rows:
        row = _Row(columns, cells, [], "")
        try:
            options, told = row.options(), row.told("right")
        except NoQuestion:
            continue
        text, place = row.meant(told, options)
        places, texts = places + bool(place and not text), texts + bool(text and not place)
        columns.nought = columns.nought or (told == "0" and len(options) > 1 and not text)
    columns.by_place = places > texts or (places == texts and columns.counted)


def read_row(
    columns: Columns, cells: Sequence[Cell], place: str, language: str, into: Rows, doubts: Sequence[Text] = ()
) -> None:
    """The row's question or the reason why it is none goes to `into`; an empty row goes nowhere."""
    if not any(cell.text.strip() for cell in cells):
        return
    row = _Row(columns, cells, list(doubts), language)
    try:
        question = row.question(place)
    except NoQuestion as why:
        into.findings.append(Finding(place, str(why), doubtful=False))
        return
    for doubt in dict.fromkeys(row.doubts):
        into.findings.append(Finding(place, doubt, doubtful=True, question=len(into.questions)))
    into.questions.append(question)


class _Row:
    def __init__(self, columns: Columns, cells: Sequence[Cell], doubts: list[Text], language: str) -> None:
        self.columns, self.cells, self.doubts, self.language = columns, cells, doubts, language

    def cell(self, place: int | None) -> str:
        if place is None or place >= len(self.cells):
            return ""
        found = self.cells[place]
        if found.doubt:
            self.doubts.append(found.doubt)
        if len(found.text) > MOST_TEXT:
            raise NoQuestion(_("A cell has more than 20,000 letters."))
        return found.text.strip()

    def told(self, name: str) -> str:
        return self.cell(self.columns.at.get(name))

    def question(self, place: str) -> PlainQuestion:
        prompt = self.told("question")
        explanation = "\n".join(filter(None, (self.told("explanation"), self.told("feedback"))))
        base = PlainQuestion(
            kind="",
            prompt=prompt,
            explanation=explanation,
            feedback_right=self.told("feedback_right"),
            feedback_partly=self.told("feedback_partly"),
            feedback_wrong=self.told("feedback_wrong"),
            name=self.told("name"),
            points=self._points(),
            partial=self._switch("partial"),
            shuffle=self._switch("shuffle"),
            category=tuple(part.strip() for part in re.split(r"\s+>\s+|\n", self.told("category")) if part.strip()),
            tags=tuple(dict.fromkeys(part.strip() for part in re.split(r"[,;\n]", self.told("tags")) if part.strip())),
            difficulty=self._level(),
            language=self.language,
            place=place,
        )
        if self.told("picture"):
            self.doubts.append(
                gettext_lazy(
                    "The row names a picture. Pictures are not read from sheets: add it to the question afterwards."
                )
            )
        kind = self._kind()
        if not prompt and not (kind == "blanks" and self.told("text")):
            raise NoQuestion(_("The row has no question."))
        options = self.options()
        if self.columns.wrong and not self.columns.options:
            base = replace(base, shuffle=True)
        kind = kind or self._guessed(prompt, options)
        made: PlainQuestion = getattr(self, f"_{kind.replace('-', '_')}")(base, options)
        return made

    def _points(self) -> Decimal:
        told = self.told("points")
        if not told:
            return Decimal(1)
        found = number_of(re.sub(r"\s*(?:điểm|đ|points?)$", "", told, flags=re.IGNORECASE))
        if found is None or not 0 < found <= 1000:
            self.doubts.append(_("“%(text)s” is no number of points. It counts 1.") % {"text": told[:40]})
            return Decimal(1)
        return found

    def _switch(self, name: str) -> bool:
        told = self.told(name)
        found = yes_or_no(told)
        if told and found is None:
            self.doubts.append(_("“%(text)s” is neither yes nor no. No was taken.") % {"text": told[:40]})
        return bool(found)

    def _level(self) -> Literal["", "easy", "medium", "hard"]:
        told = self.told("difficulty")
        if told and plain(told) not in LEVELS:
            self.doubts.append(_("“%(text)s” is no known difficulty. It was left open.") % {"text": told[:40]})
        return LEVELS.get(plain(told), "")

    def _kind(self) -> str:
        told = plain(self.told("kind")).replace("_", " ")
        if not told:
            return ""
        if told in NO_QUESTIONS:
            raise NoQuestion(
                _("Questions of the type “%(type)s” are not graded here.") % {"type": self.told("kind")[:40]}
            )
        found = next((kind for kind, words in KINDS.items() if told in words), "")
        if not found:
            self.doubts.append(
                _("“%(text)s” is no known type. It was read as it looks.") % {"text": self.told("kind")[:40]}
            )
        return found

    def _guessed(self, prompt: str, options: Sequence[PlainOption]) -> str:
        right = self.told("right")
        if has_gaps(prompt) or self.told("text"):
            return "blanks"
        if len(options) >= 2:
            return "single"
        if right_or_wrong(right) is not None:
            return "true-false"
        if not right:
            raise NoQuestion(_("The row has neither options nor a right answer."))
        return "numeric" if number_answer(right) is not None and re.search(r"[,.±]|\+-", right) else "short"

    # Kinds ------------------------------------------------------------------------------------------------------------

    def options(self) -> list[PlainOption]:
        if self.columns.wrong and not self.columns.options:
            self.numbers = []
            texts = filter(None, [self.told("right"), *map(self.cell, self.columns.wrong)])
            return [PlainOption(text, False) for text in texts]
        found, empty = [], False
        for number in sorted(self.columns.options):
            text = self.cell(self.columns.options[number])
            if not text:
                empty = True
                continue
            if empty:
                self.doubts.append(gettext_lazy("An option before another one is empty."))
                empty = False
            feedback = self.cell(self.columns.feedback.get(number))
            found.append((number, PlainOption(text, False, feedback)))
        self.numbers = [number for number, _option in found]
        return [option for _number, option in found]

    def _single(self, base: PlainQuestion, options: list[PlainOption]) -> PlainQuestion:
        return self._choice("single", base, options)

    def _multiple(self, base: PlainQuestion, options: list[PlainOption]) -> PlainQuestion:
        return self._choice("multiple", base, options)

    def _choice(self, kind: str, base: PlainQuestion, options: list[PlainOption]) -> PlainQuestion:
        if len(options) < 2:
            raise NoQuestion(_("A choice needs two options at least."))
        told = self.told("right")
        right = self._right(told, options)
        if not told:
            self.doubts.append(gettext_lazy("No right answer is given."))
        elif not right:
            self.doubts.append(_("The right answer “%(text)s” is none of the options.") % {"text": told[:60]})
        texts = [plain(option.text) for option in options]
        if len(set(texts)) < len(texts):
            self.doubts.append(gettext_lazy("Two options say the same."))
        given = self.told("kind")
        if kind == "single" and len(right) > 1:
            kind = "multiple"
            if given:
                self.doubts.append(
                    gettext_lazy("Several answers are right, so it was read as a question with several answers.")
                )
        judged = [right_or_wrong(option.text) for option in options]
        if not given and len(options) == 2 and set(judged) == {True, False} and len(right) == 1:
            return replace(base, kind="true-false", right=judged[right[0]])
        made = tuple(replace(option, right=at in right) for at, option in enumerate(options))
        return replace(base, kind=kind, options=made)

    def _right(self, told: str, options: Sequence[PlainOption]) -> list[int]:
        """Places among the options: by letter, by number, or by what they say."""
        by_text, by_place = self.meant(told, options)
        if by_place and not by_text and self.columns.nought and re.search(r"\d", told):
            self.doubts.append(
                gettext_lazy("Another row names the place 0. Check whether the file counts its options from 0.")
            )
        if not by_text or not by_place or by_text == by_place:
            return by_text or by_place
        named = {"text": told[:40]}
        if self.columns.by_place:
            self.doubts.append(
                _("“%(text)s” is the place of one option and the text of another. The place was taken.") % named
            )
            return by_place
        self.doubts.append(
            _("“%(text)s” is the text of one option and the place of another. The text was taken.") % named
        )
        return by_text

    def meant(self, told: str, options: Sequence[PlainOption]) -> tuple[list[int], list[int]]:
        """Places among the options that it names by what they say, and those by letter or number."""
        by_text = self._by_text(told, options)
        bare = _NAMED.sub("", told.strip())
        letters = letters_of(bare, len(LETTERS))
        begins = re.match(r"([A-Z])\s*[.)]\s*\S", bare)
        if not letters and begins and not by_text:
            letters = [LETTERS.index(begins[1])]
        if not letters:
            parts = re.split(r"[\s,;&/]+|\bvà\b", bare)
            if parts and all(re.fullmatch(r"\d{1,2}(?:\.0)?", part) for part in parts):
                letters = [int(part.split(".")[0]) - 1 for part in parts]
        by_place = sorted(self.numbers.index(one) for one in letters) if set(letters) <= set(self.numbers) else []
        return by_text, by_place

    def _by_text(self, told: str, options: Sequence[PlainOption]) -> list[int]:
        texts = [option.text.strip() for option in options]
        folded, lower = [plain(text) for text in texts], [toned(text) for text in texts]
        for parts in ([told], re.split(r"\s*[;\n|]\s*", told)):
            parts = [part for part in parts if part.strip()]
            # As it is written, then by its letters with their tones ("mạ" is no "má"), then without.
            if parts and all(part in texts for part in parts):
                return sorted({texts.index(part) for part in parts})
            if parts and all(toned(part) in lower for part in parts):
                return sorted({lower.index(toned(part)) for part in parts})
            if parts and all(plain(part) in folded and plain(part) for part in parts):
                return sorted({folded.index(plain(part)) for part in parts})
        return []

    def _true_false(self, base: PlainQuestion, options: list[PlainOption]) -> PlainQuestion:
        told = self.told("right")
        right = right_or_wrong(told)
        if right is None and len(options) >= 2:
            places = self._right(told, options)
            right = right_or_wrong(options[places[0]].text) if len(places) == 1 else None
        if right is None:
            right = yes_or_no(told)
        if right is None:
            self.doubts.append(gettext_lazy("It is not said whether it is true."))
        return replace(base, kind="true-false", right=right)

    def _typed(self) -> list[str]:
        told = self.told("right")
        parts = [part.strip() for part in re.split(r"\n|\s\|\s", told) if part.strip()]
        return parts or [option.text for option in self.options()]

    def _short(self, base: PlainQuestion, options: list[PlainOption]) -> PlainQuestion:
        parts = self._typed()
        if not parts:
            raise NoQuestion(_("The row has no answer that is accepted."))
        # Where options are given, the answer may be one of their letters.
        places = self._right(self.told("right"), options) if options else []
        texts = [options[place].text for place in places] or parts
        return replace(base, kind="short", case=self._switch("case"),
                       answers=tuple(short_answer(text, stars=True) for text in texts))  # fmt: skip

    def _numeric(self, base: PlainQuestion, options: list[PlainOption]) -> PlainQuestion:
        answers = [number_answer(part) for part in self._typed()]
        if not answers or None in answers:
            raise NoQuestion(_("The right answer “%(text)s” is no number.") % {"text": self.told("right")[:60]})
        return replace(base, kind="numeric", answers=tuple(one for one in answers if one is not None),
                       unit=self.told("unit"), units=tuple(self._units()))  # fmt: skip

    def _units(self) -> Iterator[tuple[str, Decimal]]:
        for part in re.split(r"[;\n]", self.told("units")):
            name, sign, number = part.rpartition("=")
            found = number_of(number)
            if sign and name.strip() and found is not None and found > 0:
                yield name.strip(), found
            elif part.strip():
                self.doubts.append(
                    _("The unit “%(text)s” cannot be read. Write “m = 1000”.") % {"text": part.strip()[:40]}
                )

    def _matching(self, base: PlainQuestion, options: list[PlainOption]) -> PlainQuestion:
        lines = [option.text for option in options] or [line for line in self.told("right").split("\n") if line.strip()]
        pairs = tuple(filter(None, map(read_pair, lines)))
        if len(pairs) < 2 or len(pairs) < len(lines):
            raise NoQuestion(_("A pair is written “left = right”, one in each option or line, two at least."))
        return replace(base, kind="matching", pairs=pairs)

    def _ordering(self, base: PlainQuestion, options: list[PlainOption]) -> PlainQuestion:
        right = self.told("right")
        steps = [option.text for option in options] or [line.strip() for line in right.split("\n") if line.strip()]
        if len(steps) < 2:
            raise NoQuestion(_("An order needs two steps at least."))
        order = letters_of(re.sub(r"[-–→>]", ",", right), len(LETTERS)) if options else []
        if sorted(order) == list(range(len(steps))):
            steps = [steps[place] for place in order]
        elif options and right:
            self.doubts.append(
                gettext_lazy("The order in “right answer” cannot be read. The order of the options was taken.")
            )
        return replace(base, kind="ordering", steps=tuple(steps))

    def _blanks(self, base: PlainQuestion, options: list[PlainOption]) -> PlainQuestion:
        text = self.told("text")
        prompt = base.prompt
        if not text:
            prompt, text = "", prompt
        if not has_gaps(text):
            if text and self.told("right"):
                # "Điền từ: Thủ đô là …": one gap, and its answer in the other column.
                return self._short(base, options)
            raise NoQuestion(_("The text has no gaps. Write a gap as [[Hà Nội|Ha Noi]]."))
        try:
            text, blanks = read_gaps(text)
        except BadGap as gap:
            raise NoQuestion(_("A gap cannot be read. %(why)s") % {"why": gap}) from None
        if self._switch("case"):
            blanks = tuple(replace(one, case=one.kind == "short") for one in blanks)
        prompt = prompt or ("Fill in the blanks." if self.language == "en" else "Điền vào chỗ trống.")
        return replace(base, kind="blanks", prompt=prompt, text=text, blanks=blanks)


def read_pair(line: str) -> PlainPair | None:
    """'trái = phải'; a backslash before a sign of equality makes it an ordinary one. None: it is no pair."""
    found = re.fullmatch(r"((?:\\.|[^\\=])*)=(.*)", line, re.DOTALL)
    if found is None:
        return None
    left, right = (re.sub(r"\\([\\=])", r"\1", text).strip() for text in found.groups())
    return PlainPair(left, right) if right else None


def written_pair(pair: PlainPair) -> str:
    left, right = (re.sub(r"([\\=])", r"\\\1", text) for text in (pair.left, pair.right))
    return f"{left} = {right}"


def plain_value(value: Any) -> str:
    """A number as somebody would type it: 115.0 is '115', 2.5 is '2,5'."""
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except (InvalidOperation, TypeError, ValueError):
        return str(value)
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")
