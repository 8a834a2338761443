"""Several options on one line: 'A. một   B. hai', 'A. một<tab>B. hai', or behind the question itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from question_files.values import LETTERS
from question_files.word.drafts import Option
from question_files.word.labels import OptionLabel, answer_at_end, option_label
from question_files.word.lines import Line

# A place where another option may begin: behind a wide space, or behind any.
_WIDE = re.compile(r"(?:\t\s*|\s{2,})(?=[*#✓✔(\[]{0,2}[A-Ha-h]\s*[*#]?[.):\]])")
_ANY = re.compile(r"\s+(?=[*#✓✔(\[]{0,2}[A-Ha-h]\s*[*#]?[.)])")
_WIDE_END = re.compile(r"(?:\t|\s\s)\s*$")
_STAR_BEHIND = re.compile(r"(?:\s*[*✓✔☑]+|\s*\((?:\*|đúng|đ|right|correct)\)|\s*(?:←|<-+|<=).*)\s*$", re.IGNORECASE)


def split_options(line: Line, before: Sequence[str], following: str = "") -> tuple[Line, list[Option]] | None:
    """The options of a line and what stands before them; None where none begins.

    before: letters of the options that are there already. following: the letter with which the next line begins.
    """
    label = option_label(line.text)
    if label is None:
        # "   text    B. …": another option in a line that goes on.
        cuts = _cuts(line.text, 0, _after(before), _WIDE) if before else []
        if not cuts:
            return None
        return line.cut(0, cuts[0]), _made(line, cuts)
    if not before and label.letter != "A" and label.letter not in "BCD":
        return None
    if label.small and not before and label.letter != "A":
        return None
    if before and label.small and before[-1:] and label.letter != _after(before) and label.letter == "A":
        return None
    return line.cut(0, 0), _made(line, [0, *_inner(line.text, label, following)])


def options_inside(line: Line, following: str = "") -> tuple[Line, list[Option]] | None:
    """'2 + 2 = ? A. 3 B. 4 C. 5': the question, and its options, of which at least A and B follow each other."""
    if following == "A":
        return None
    for found in re.finditer(r"(?:^|\s)(?=[*#✓✔(\[]{0,2}[Aa]\s*[*#]?[.)]\s*\S)", line.text):
        first = found.end()
        label = option_label(line.text[first:])
        if label is None or label.letter != "A":
            continue
        more = [first + cut for cut in _inner(line.text[first:], label, following)]
        if more and not label.small or len(more) > 1:
            return line.cut(0, first), _made(line, [first, *more])
    return None


def _after(before: Sequence[str]) -> str:
    place = LETTERS.index(before[-1]) + 1 if before else 0
    return LETTERS[place]


def _inner(text: str, label: OptionLabel, following: str) -> list[int]:
    """Where the options behind the first of a line begin."""
    wanted = LETTERS[LETTERS.index(label.letter) + 1]
    return [] if following == wanted else _cuts(text, label.end, wanted, _WIDE) or _cuts(text, label.end, wanted, _ANY)


def _cuts(text: str, start: int, wanted: str, where: re.Pattern[str]) -> list[int]:
    found = []
    for place in where.finditer(text, start):
        label = option_label(text[place.end() :])
        if label is not None and label.letter == wanted:
            found.append(place.end())
            wanted = LETTERS[LETTERS.index(wanted) + 1]
    if found and where is _WIDE:
        # The first are far apart, the last may stand close.
        found += _cuts(text, found[-1] + 2, wanted, _ANY)
    return found


def star_behind(text: str) -> int | None:
    """Where the mark behind an option begins."""
    found = _STAR_BEHIND.search(text)
    return None if found is None else found.start()


def _made(line: Line, cuts: Sequence[int]) -> list[Option]:
    letters = {label.letter for cut in cuts if (label := option_label(line.text[cut:])) is not None}
    options = []
    for cut, end in zip(cuts, [*cuts[1:], len(line.text)], strict=True):
        piece = line.cut(cut, end)
        label = option_label(piece.text)
        if label is None:
            continue
        rest = piece.cut(label.end)
        star = label.star
        behind = _STAR_BEHIND.search(rest.text)
        # Behind a statement "(Đ)" says that it is true, of which there may be several.
        signed = label.small and "(" in (behind[0] if behind else "")
        if behind is not None and not signed and answer_at_end(rest.text) is None:
            star, rest = True, rest.cut(0, behind.start())
        close = end < len(line.text) and _WIDE_END.search(line.text[:end]) is None
        unsure = close and any(
            (inside := option_label(rest.text[place.end() :])) is not None and inside.letter in letters
            for place in _ANY.finditer(rest.text)
        )
        options.append(Option(label.letter, label.small, [rest], piece.cut(label.place, label.place + 1), star, unsure))
    return options
