"""Moodle's embedded answers: {1:MULTICHOICE:=right#yes~wrong} within the text."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from html import unescape
from math import gcd

from question_files import marks
from question_files.choices import NONE, WHOLE, chosen_one
from question_files.language import gettext as _
from question_files.markup import Taking
from question_files.moodle_xml.gaps import token, without_tokens
from question_files.plain import PlainAnswer, PlainBlank, PlainOption
from question_files.texts import clean, line
from question_files.wrong import Refused, no_number

_CHOICE = ("MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH")
_SHUFFLED = ("MULTICHOICE_S", "MCS", "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS")
_SEVERAL = ("MULTIRESPONSE", "MR", "MULTIRESPONSE_H", "MRH", "MULTIRESPONSE_S", "MRS", "MULTIRESPONSE_HS", "MRHS")
_SHORT, _CASED = ("SHORTANSWER", "SA", "MW"), ("SHORTANSWER_C", "SAC", "MWC")
_NUMBER = ("NUMERICAL", "NM")
_NAMES = sorted((*_CHOICE, *_SHUFFLED, *_SEVERAL, *_SHORT, *_CASED, *_NUMBER), key=len, reverse=True)
_START = re.compile(rf"\{{\s*(\d{{0,4}})\s*:\s*({'|'.join(_NAMES)})\s*:", re.IGNORECASE | re.ASCII)
_SHARE = re.compile(r"\s*(?:(=)|%(-?\d{1,3}(?:[.,]\d*)?)%)", re.ASCII)
_ESCAPE = re.compile(r"\\([}{~#=\"/])")
MOST = 100


@dataclass(frozen=True)
class Gap:
    name: str
    weight: int
    alternatives: tuple[tuple[Fraction, str, str], ...]
    """Share, answer, feedback; both as they are written in the HTML."""

    @property
    def shuffled(self) -> bool:
        return self.name in _SHUFFLED or self.name in ("MULTIRESPONSE_S", "MRS", "MULTIRESPONSE_HS", "MRHS")

    @property
    def several(self) -> bool:
        return self.name in _SEVERAL


def gaps_of(html: str) -> tuple[str, list[Gap]]:
    """The HTML with a token for each gap, and the gaps. Raises Refused."""
    html = without_tokens(html)
    pieces: list[str] = []
    gaps: list[Gap] = []
    at = 0
    while found := _START.search(html, at):
        parts, end = _alternatives(html, found.end())
        if end < 0:
            raise Refused(_("The gap %(number)s is not closed with a brace.") % {"number": len(gaps) + 1})
        weight = int(found[1] or 1)
        gaps.append(Gap(found[2].upper(), weight, tuple(map(_alternative, filter(str.strip, parts)))))
        pieces += [html[at : found.start()], token(len(gaps))]
        at = end
        if len(gaps) > MOST:
            raise Refused(_("It has more than %(most)s gaps.") % {"most": MOST})
    return "".join((*pieces, html[at:])), gaps


def _alternatives(html: str, start: int) -> tuple[list[str], int]:
    """What stands between ~ up to the brace, and where that ends; -1: nowhere."""
    parts, begun, at = [], start, start
    while at < len(html):
        sign = html[at]
        if sign == "\\":
            at += 1
        elif sign in "~}":
            parts.append(html[begun:at])
            begun = at + 1
            if sign == "}":
                return parts, at + 1
        at += 1
    return parts, -1


def _alternative(part: str) -> tuple[Fraction, str, str]:
    share, found = NONE, _SHARE.match(part)
    if found:
        share = WHOLE if found[1] else marks.share(found[2]) or NONE
        part = part[found.end() :]
    # An entity's # is none of Moodle's signs.
    sign = re.search(r"(?<!\\)(?<!&)(?<!&amp;)#", part)
    return (share, part[: sign.start()], part[sign.end() :]) if sign else (share, part, "")


def _words(taking: Taking, written: str) -> str:
    return taking.words(_ESCAPE.sub(lambda found: f"&#{ord(found[1])};", written))


def options_of(gap: Gap, taking: Taking) -> list[tuple[PlainOption, Fraction]]:
    return [
        (PlainOption(_words(taking, text), share > 0, _words(taking, feedback)), share)
        for share, text, feedback in gap.alternatives
    ]


def blank_of(gap: Gap, taking: Taking) -> PlainBlank:
    """Raises Refused."""
    if gap.name in (*_CHOICE, *_SHUFFLED):
        found = options_of(gap, taking)
        if len(found) < 2:
            raise Refused(_("A gap has fewer than two options."))
        options, doubts = chosen_one([option for option, _share in found], [share for _option, share in found])
        taking.doubts += doubts
        return PlainBlank("choice", options=options, weight=gap.weight)
    if gap.name in _NUMBER:
        answers = [answer for answer in (_number(one, taking) for one in gap.alternatives) if answer is not None]
    else:
        answers = _typed(gap, taking)
    if not answers:
        raise Refused(_("A gap has no answer."))
    if gap.name in _NUMBER:
        return PlainBlank("numeric", answers=tuple(answers), weight=gap.weight)
    return PlainBlank("short", answers=tuple(answers), weight=gap.weight, case=gap.name in _CASED)


def _typed(gap: Gap, taking: Taking) -> list[PlainAnswer]:
    answers = []
    for share, text, feedback in gap.alternatives:
        # A backslash before a star stays: it makes the star one.
        words = line(_words(taking, text))
        answers.append(PlainAnswer(words, max(share, NONE), _words(taking, feedback)))
    return [answer for answer in answers if answer.text]


def _number(alternative: tuple[Fraction, str, str], taking: Taking) -> PlainAnswer | None:
    share, text, feedback = alternative
    written = clean(unescape(_words(taking, text)))
    if written == "*":
        taking.doubts.append(_("What was said to any other number in a gap was left out."))
        return None
    number, _sign, tolerance = written.partition(":")
    value, off = marks.number(number), marks.tolerance(tolerance)
    if value is None or off is None:
        raise no_number(written)
    return PlainAnswer(marks.written(value), max(share, NONE), _words(taking, feedback), off)


def lowest(gaps: list[PlainBlank]) -> tuple[PlainBlank, ...]:
    """Their weights without what they have in common."""
    common = gcd(*(gap.weight for gap in gaps)) or 1
    return tuple(replace(gap, weight=max(1, gap.weight // common)) for gap in gaps)


# -- writing

_SIGNS = re.compile(r"[}{~#=%\\/\"&<>\n]")


def _escaped(text: str) -> str:
    """As entities: Moodle's signs in an answer cannot all be escaped otherwise."""
    return _SIGNS.sub(lambda found: "<br>" if found[0] == "\n" else f"&#{ord(found[0])};", text)


def written_gap(blank: PlainBlank, weight: int, *, shuffled: bool) -> str:
    """What `gaps_of` reads as the same gap."""
    if blank.kind == "choice":
        name = "MULTICHOICE_S" if shuffled else "MULTICHOICE"
        parts = [
            _part((WHOLE if one.right else NONE) if one.credit is None else one.credit, clean(one.text), one.feedback)
            for one in blank.options
        ]
    else:
        name = "NUMERICAL" if blank.kind == "numeric" else "SHORTANSWER_C" if blank.case else "SHORTANSWER"
        parts = [_part(one.credit, f"{line(one.text)}{_off(blank, one)}", one.feedback) for one in blank.answers]
    return f"{{{weight}:{name}:{'~'.join(parts)}}}"


def _off(blank: PlainBlank, answer: PlainAnswer) -> str:
    return f":{marks.written(answer.tolerance)}" if blank.kind == "numeric" and answer.tolerance else ""


def _part(share: Fraction, text: str, feedback: str) -> str:
    sign = "=" if share == 1 else "" if share == 0 else f"%{marks.percent(share)}%"
    comment = f"#{_escaped(clean(feedback))}" if clean(feedback) else ""
    return f"{sign}{_escaped(text)}{comment}"
