"""Questions as other systems know them: what files of questions are read into and written from. Plain data only.

All texts are plain, line breaks count. Shares of a mark are exact (`Fraction`): a third is a third.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from question_files.language import Text

WHOLE = Fraction(1)


class UnreadableFile(Exception):
    """The whole file cannot be read. The text says why and what to do, in the reader's language."""


@dataclass(frozen=True)
class PlainMedia:
    """A picture or a sound that belongs to a question or an option."""

    name: str
    """As a file: 'mui-ten.png'."""
    content_type: str
    """'image/…' or 'audio/…'."""
    load: Callable[[], bytes] = field(compare=False, repr=False)
    """The whole file, from the file that was read or from the site's storage."""
    alt: str = ""
    """What a picture shows, or what a sound says."""


@dataclass(frozen=True)
class PlainOption:
    text: str
    right: bool
    feedback: str = ""
    """For those who chose it."""
    credit: Fraction | None = None
    """Share of the mark for choosing it, −1 to 1. None: as `right` and the question's `partial` say."""
    media: tuple[PlainMedia, ...] = ()


@dataclass(frozen=True)
class PlainAnswer:
    """An answer that is accepted where one is typed."""

    text: str
    """Of a short answer with * for any letters (\\* is a star); of a number the number: '12.5', '-3'."""
    credit: Fraction = WHOLE
    """Share of the mark, 0 to 1."""
    feedback: str = ""
    tolerance: Decimal = Decimal(0)
    """Of a number: how far an answer may be off."""


@dataclass(frozen=True)
class PlainPair:
    left: str
    """What is asked. Empty: `right` is a wrong choice, offered beside the others."""
    right: str
    media: tuple[PlainMedia, ...] = ()
    """Of what is asked."""


@dataclass(frozen=True)
class PlainBlank:
    """A gap in a text: a word that is typed, a number, or a choice from a list."""

    kind: Literal["short", "numeric", "choice"]
    answers: tuple[PlainAnswer, ...] = ()
    """Of 'short' and 'numeric'."""
    options: tuple[PlainOption, ...] = ()
    """Of 'choice'."""
    weight: int = 1
    """Its share of the question's mark beside the other gaps'."""
    case: bool = False
    """Whether capitals count."""


@dataclass(frozen=True)
class PlainQuestion:
    """A question as other systems know it, with what is right."""

    kind: str
    """'single', 'multiple', 'true-false', 'short', 'numeric', 'matching', 'ordering', 'blanks', or another that a
    plugin names: a format that does not know it is not handed the question."""
    prompt: str
    options: tuple[PlainOption, ...] = ()
    """Of 'single' and 'multiple'."""
    right: bool | None = None
    """Of 'true-false'. None: nobody has said yet."""
    explanation: str = ""
    key: str = ""
    """What the question is known by: the same in every file. The quiz sets it."""
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """What another kind says beside."""
    answers: tuple[PlainAnswer, ...] = ()
    """Of 'short' and 'numeric'."""
    pairs: tuple[PlainPair, ...] = ()
    """Of 'matching'."""
    steps: tuple[str, ...] = ()
    """Of 'ordering', in the right order."""
    text: str = ""
    """Of 'blanks': the text with its gaps, '{1}' for the first of `blanks`; other braces are doubled: '{{', '}}'."""
    blanks: tuple[PlainBlank, ...] = ()
    feedback_right: str = ""
    """For those whose answer is wholly right; `feedback_partly`, `feedback_wrong`: for the others."""
    feedback_partly: str = ""
    feedback_wrong: str = ""
    name: str = ""
    """What editors call it elsewhere, where that is not the prompt."""
    points: Decimal = Decimal(1)
    """What it counts in a quiz."""
    partial: bool = False
    """Whether parts that are right earn their share of the mark. Of 'multiple': each right option chosen earns a share,
    each wrong one costs one, not below 0."""
    case: bool = False
    """Of 'short': whether capitals count."""
    unit: str = ""
    """Of 'numeric': shown behind the field."""
    units: tuple[tuple[str, Decimal], ...] = ()
    """Of 'numeric': other units in which the answer may be given, each with how many of it make one `unit`."""
    shuffle: bool = False
    """Whether its options, pairs or steps should stand in another order each time."""
    media: tuple[PlainMedia, ...] = ()
    category: tuple[str, ...] = ()
    """From the outermost in."""
    tags: tuple[str, ...] = ()
    difficulty: Literal["", "easy", "medium", "hard"] = ""
    language: str = ""
    place: str = ""
    """Where it stands in the file that it was read from, for people: 'câu 3', 'dòng 12'."""


@dataclass(frozen=True)
class PlainQuiz:
    title: str
    language: str
    questions: tuple[PlainQuestion, ...]
    intro: str = ""
    pass_percent: int = 50
    shuffle_questions: bool = False
    shuffle_options: bool = False


@dataclass(frozen=True)
class Finding:
    """Something about a question in a file, for the editor."""

    place: str
    reason: Text
    doubtful: bool
    """True: the question is read, and somebody has to look at it. False: it cannot be taken."""
    question: int | None = None
    """Of `Reading.questions`, from 0. None: it is not among them."""


@dataclass(frozen=True)
class Reading:
    """What a file holds: each question is in `questions`, or in a finding that is not `doubtful`, and in no other."""

    questions: tuple[PlainQuestion, ...]
    findings: tuple[Finding, ...] = ()
    notes: tuple[Text, ...] = ()
    """What is to be said of the file as a whole: what was left out that is no question."""


@dataclass(frozen=True)
class Loss:
    """What a file does not hold of a question that is in it."""

    question: int
    """Of the quiz's questions, from 0."""
    what: Text
