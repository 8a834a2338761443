"""What is gathered of a question while the lines of a file are gone through."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from question_files.document.parts import Picture
from question_files.language import Text
from question_files.values import letters_parted, plain, toned
from question_files.word.lines import Line
from question_files.word.marks import Looked

Mode = Literal["", "statements", "sentences", "short"]


@dataclass
class Section:
    """Questions under one title: numbers begin anew in each. `titles`: from the outermost in."""

    titles: tuple[str, ...] = ()
    roman: str = ""
    mode: Mode = ""


@dataclass
class Option:
    letter: str
    small: bool
    lines: list[Line]
    label: Line
    star: bool = False
    unsure: bool = False
    """Another letter of the same line may be where an option begins."""
    loose: bool = False
    """A paragraph below it was taken as part of it."""

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines if line.text.strip()).strip()

    @property
    def pictures(self) -> list[Picture]:
        return [one for line in self.lines for _, one in line.pictures]

    def looked(self) -> Looked:
        text = [pair for line in self.lines for pair in zip(line.text, line.looks, strict=True)]
        return Looked(self.label.looks, tuple(text), self.star)


@dataclass
class Draft:
    number: int | None
    section: Section
    at: int
    """Paragraph where it begins."""
    automatic: bool = False
    styled: bool = False
    """Of the styles that exporting writes: an answer line is one answer as it stands."""
    prompt: list[Line] = field(default_factory=list)
    body: list[Line] = field(default_factory=list)
    """A text with gaps, where its style says so."""
    before: list[Line] = field(default_factory=list)
    """A text that is shared with others."""
    options: list[Option] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)
    """(what an answer line says, its hint)."""
    explanation: list[Line] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    """'Chọn B' within the explanation."""
    key: list[str] = field(default_factory=list)
    """Of a key somewhere else in the file."""
    points: Decimal | None = None
    level: Literal["", "easy", "medium", "hard"] = ""
    several: bool = False
    """Any number of options may be chosen, however many are right."""
    doubts: list[Text] = field(default_factory=list)
    paragraphs: set[int] = field(default_factory=set)
    table: bool = False

    @property
    def text(self) -> str:
        lines = [*self.before, *self.prompt]
        return "\n".join(line.text.rstrip() for line in lines if line.text.strip()).strip()

    @property
    def pictures(self) -> list[Picture]:
        return [one for line in (*self.before, *self.prompt) for _, one in line.pictures]

    def saying(self, text: str) -> list[int]:
        """Places of the options that say this."""
        for words in (toned, plain):
            found = [at for at, option in enumerate(self.options) if option.text and words(option.text) == words(text)]
            if found:
                return found
        return []

    def explained(self, letters: str, text: str) -> bool:
        """Whether what stands behind the letters of the right options is no option's own words, and no further letter
        ("A. C")."""
        if letters_parted(text):
            return False
        words, texts = plain(text), [plain(option.text) for option in self.options]
        known = len(letters) > 1 or letters in [option.letter for option in self.options]
        return known and not any(one and (words.startswith(one) or one.startswith(words)) for one in texts)


@dataclass
class KeyPart:
    """Entries of a key that stand together. `roman`: of the part whose title is above them."""

    roman: str = ""
    entries: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class Parsed:
    drafts: list[Draft] = field(default_factory=list)
    keys: list[KeyPart] = field(default_factory=list)
    solutions: list[tuple[str, int, list[Line]]] = field(default_factory=list)
    """(part, number, lines) of explanations that stand behind the questions."""
    sheets: list[Line] = field(default_factory=list)
    """Tables with a question in each row."""
    stray: list[Line] = field(default_factory=list)
    """What belongs to no question."""
