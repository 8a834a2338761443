"""A text with gaps as an editor writes it: Gọi cấp cứu số [[115]], cứu hỏa số [[114|một một bốn]].

In double brackets stands what is right; | parts what else is accepted, * marks what is right in a list to choose from,
= begins a number, ± its tolerance. Before an answer %50% is its share of the mark, behind it # begins what is said to
whoever gave it. x2: in front makes a gap count twice, Aa: makes capitals count; ?: is a list, ~: is typed, where that
is not seen from the rest. A backslash takes the meaning from the sign behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from question_files.language import gettext as _
from question_files.numbers import plain_number, read_number, read_share, written_number, written_share

WHOLE = Fraction(1)
# In place of a sign that means itself.
_PLAIN = "\x00"
_HEAD = re.compile(r"\s*((?:x[1-9][0-9]?|Aa|\?|~)(?:\s+(?:x[1-9][0-9]?|Aa|\?|~))*)\s*:")
_STAR = re.compile(r"\s*\*")
_CREDIT = re.compile(r"\s*%([^%]*)%")
_OFF = re.compile(r"±|\+-")
_SIGNS = set("\\|[]*#%=:~?±+")


def pieces(pattern: str) -> list[str]:
    """What stands between the wildcards: 'mật*' is ['mật', '']; \\* is a star."""
    found, place = [""], 0
    while place < len(pattern):
        if pattern.startswith("\\*", place):
            found[-1] += "*"
            place += 2
        elif pattern[place] == "*":
            found.append("")
            place += 1
        else:
            found[-1] += pattern[place]
            place += 1
    return found


@dataclass(frozen=True)
class Answer:
    """`text`: of a short answer with * for any letters and \\* for a star, of a list as it is read, of a number the
    number ('12.5'). `credit` None: whole for what is right, else nothing."""

    text: str
    right: bool = True
    credit: Fraction | None = None
    feedback: str = ""
    tolerance: Decimal = Decimal(0)

    @property
    def share(self) -> Fraction:
        return self.credit if self.credit is not None else WHOLE if self.right else Fraction(0)


@dataclass(frozen=True)
class Gap:
    kind: Literal["short", "numeric", "choice"]
    answers: tuple[Answer, ...]
    weight: int = 1
    case: bool = False
    source: str = ""
    """As it was written, without its brackets."""


@dataclass(frozen=True)
class Written:
    parts: tuple[str | Gap, ...]
    problems: tuple[str, ...] = field(default=(), compare=False)
    """What is wrong with it, each with the brackets that it is about."""

    @property
    def gaps(self) -> list[Gap]:
        return [part for part in self.parts if isinstance(part, Gap)]


@dataclass(frozen=True)
class _Marked:
    """A text, and beside it the same with the signs taken out that mean themselves."""

    text: str
    signs: str

    def cut(self, start: int, end: int | None = None) -> _Marked:
        return _Marked(self.text[start:end], self.signs[start:end])

    def split(self, sign: str) -> list[_Marked]:
        parts, start = [], 0
        for place, char in enumerate(self.signs):
            if char == sign:
                parts.append(self.cut(start, place))
                start = place + 1
        return [*parts, self.cut(start)]

    def strip(self) -> _Marked:
        start, end = 0, len(self.signs)
        while start < end and self.signs[start].isspace():
            start += 1
        while end > start and self.signs[end - 1].isspace():
            end -= 1
        return self.cut(start, end)


def _marked(text: str) -> _Marked:
    chars, signs, place = [], [], 0
    while place < len(text):
        if text[place] == "\\" and place + 1 < len(text):
            chars.append(text[place + 1])
            signs.append(_PLAIN)
            place += 2
        else:
            chars.append(text[place])
            signs.append(text[place])
            place += 1
    return _Marked("".join(chars), "".join(signs))


def read(text: str, language: str) -> Written:
    """Total: what cannot be read is a problem, and stands in the text as it is."""
    parts: list[str | Gap] = []
    problems: list[str] = []
    place = 0
    while True:
        start = _find(text, "[[", place)
        if start < 0:
            break
        end = _find(text, "]]", start + 2)
        if end < 0:
            problems.append(_("“%(part)s”: the brackets are not closed with “]]”.") % {"part": _short(text[start:])})
            break
        # The last two of "]]]" close: a bracket may end an answer.
        source = text[start + 2 : end]
        parts.append(_marked(text[place:start]).text)
        gap, wrong = _gap(source, language)
        parts.append(gap)
        problems += [f"[[{_short(source)}]]: {one}" for one in wrong]
        place = end + 2
    parts.append(_marked(text[place:]).text)
    return Written(tuple(part for part in parts if part != ""), tuple(problems))


def _find(text: str, sign: str, place: int) -> int:
    """Of a sign of two letters; behind a backslash nothing is one."""
    while place < len(text) - 1:
        if text[place] == "\\":
            place += 2
        elif text.startswith(sign, place):
            return place
        else:
            place += 1
    return -1


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


def _gap(source: str, language: str) -> tuple[Gap, list[str]]:
    whole = _marked(source)
    head = _HEAD.match(whole.signs)
    words = head[1].split() if head else []
    weight = next((int(word[1:]) for word in words if word.startswith("x")), 1)
    rest = whole.cut(head.end()) if head else whole
    numeric = rest.strip().signs.startswith("=")
    if numeric:
        rest = rest.strip().cut(1)
    rows = rest.split("|")
    choice = "?" in words or (not numeric and "~" not in words and any(_STAR.match(row.signs) for row in rows))
    problems: list[str] = []
    answers = [_answer(row, language, choice, numeric, problems) for row in rows]
    gap = Gap(
        "numeric" if numeric else "choice" if choice else "short",
        tuple(answer for answer in answers if answer is not None),
        weight,
        "Aa" in words,
        source,
    )
    return gap, problems + _faults(gap)


def _answer(row: _Marked, language: str, choice: bool, numeric: bool, problems: list[str]) -> Answer | None:
    right = not choice
    if choice and (star := _STAR.match(row.signs)):
        right, row = True, row.cut(star.end())
    credit = None
    if found := _CREDIT.match(row.signs):
        try:
            credit = read_share(row.text[found.start(1) : found.end(1)])
        except ValueError as wrong:
            problems.append(str(wrong))
        row = row.cut(found.end())
    feedback = ""
    if "#" in row.signs:
        place = row.signs.index("#")
        row, feedback = row.cut(0, place), row.cut(place + 1).strip().text
    row = row.strip()
    if not row.text:
        problems.append(_("an answer is empty."))
        return None
    if not numeric:
        return Answer(row.text if choice else _pattern(row), right, credit, feedback)
    off = _OFF.search(row.signs)
    try:
        number = read_number(row.text[: off.start()] if off else row.text, language)
        tolerance = abs(read_number(row.text[off.end() :], language)) if off else Decimal(0)
    except ValueError as wrong:
        problems.append(str(wrong))
        return None
    return Answer(plain_number(number), True, credit, feedback, tolerance)


def _pattern(row: _Marked) -> str:
    return "".join(
        "\\*" if char == "*" and sign == _PLAIN else char for char, sign in zip(row.text, row.signs, strict=True)
    )


def _faults(gap: Gap) -> list[str]:
    faults = []
    if not any(answer.share == 1 for answer in gap.answers):
        faults.append(
            _("no answer is marked with * as the correct one.")
            if gap.kind == "choice"
            else _("no answer earns the whole mark.")
        )
    if gap.kind == "choice":
        texts = {answer.text.casefold() for answer in gap.answers}
        if len(texts) < len(gap.answers):
            faults.append(_("two choices have the same text."))
        if len(texts) < 2:
            faults.append(_("a list needs two choices at least."))
    return faults


def written(parts: Iterable[str | Gap], language: str) -> str:
    """The other way: `read` gives the same parts."""
    return "".join(_escaped(part, "[") if isinstance(part, str) else f"[[{_inside(part, language)}]]" for part in parts)


def _inside(gap: Gap, language: str) -> str:
    starred = gap.kind == "choice" and any(answer.right for answer in gap.answers)
    looks_so = gap.kind == "short" and any(answer.text.startswith("*") for answer in gap.answers)
    head = [
        *([f"x{gap.weight}"] if gap.weight != 1 else ()),
        *(["Aa"] if gap.case else ()),
        *(["?"] if gap.kind == "choice" and not starred else ()),
        *(["~"] if looks_so else ()),
    ]
    rows = "|".join(_row(gap, answer, language) for answer in gap.answers)
    return f"{' '.join(head)}{':' if head else ''}{'=' if gap.kind == 'numeric' else ''}{rows}"


def _row(gap: Gap, answer: Answer, language: str) -> str:
    star = "*" if gap.kind == "choice" and answer.right else ""
    share = "" if answer.credit is None else f"%{written_share(answer.credit, language).removesuffix(' %')}%"
    comment = f"#{_escaped(answer.feedback, _SIGNS)}" if answer.feedback else ""
    if gap.kind == "numeric":
        off = f" ± {_number(answer.tolerance, language)}" if answer.tolerance else ""
        return f"{share}{_number(Decimal(answer.text), language)}{off}{comment}"
    text = (
        "*".join(_escaped(piece, _SIGNS) for piece in pieces(answer.text))
        if gap.kind == "short"
        else _escaped(answer.text, _SIGNS)
    )
    return f"{star}{share}{text}{comment}"


def _number(number: Decimal, language: str) -> str:
    # 1,125 would be a thousand and more in another language.
    text = written_number(number, language)
    return f"{text}0" if re.search(r"[.,][0-9]{3}$", text) else text


def _escaped(text: str, signs: Sequence[str] | set[str]) -> str:
    """Also spaces at its ends, which would be taken for the editor's, and what looks like a head."""
    chars = [f"\\{char}" if char in signs or char == "\\" else char for char in text]
    if signs is _SIGNS:
        for place in (0, -1):
            if chars and chars[place].isspace():
                chars[place] = f"\\{chars[place]}"
    return "".join(chars)
