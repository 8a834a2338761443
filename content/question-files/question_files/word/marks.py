"""Which options are marked as right: by a star, or by a look that tells some options of a question from the others.

Whether bold (underlined, red …) marks anything is decided by the whole file: where all options are bold, bold says
nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from question_files.document.parts import Run
from question_files.language import Text
from question_files.language import gettext_lazy as _

NAMES: dict[str, Text] = {
    "star": _("a star"),
    "bold": _("bold"),
    "underline": _("underlining"),
    "colour": _("colour"),
    "highlight": _("highlighting"),
    "letter bold": _("a bold letter"),
    "letter underline": _("an underlined letter"),
    "letter colour": _("a coloured letter"),
    "letter highlight": _("a highlighted letter"),
}
_DARK = {"", "000000", "AUTO", "0D0D0D", "1A1A1A", "262626", "333333", "111111", "212121", "222222"}


@dataclass(frozen=True)
class Looked:
    """The looks of an option's letter and of its text; `star`: somebody put one."""

    label: tuple[Run | None, ...]
    text: tuple[tuple[str, Run | None], ...]
    star: bool


def usual_colour(looks: Iterable[Run | None]) -> str:
    """Of most letters of the file."""
    counted = Counter(_colour(look) for look in looks if look is not None)
    return counted.most_common(1)[0][0] if counted else ""


def _colour(look: Run) -> str:
    return "" if look.colour.upper() in _DARK else look.colour.upper()


def _has(look: Run | None, name: str, usual: str) -> bool:
    if look is None:
        return False
    if name == "bold":
        return look.bold
    if name == "underline":
        return look.underline
    if name == "highlight":
        return bool(look.highlight)
    return _colour(look) != usual


def signals(option: Looked, usual: str) -> frozenset[str]:
    """'star', and what its letter or most of its text has: 'bold', 'letter bold', 'colour' …"""
    found = {"star"} if option.star else set()
    letters = [look for char, look in option.text if not char.isspace()]
    for name in ("bold", "underline", "colour", "highlight"):
        if option.label and all(_has(look, name, usual) for look in option.label):
            found.add(f"letter {name}")
        if letters and sum(_has(look, name, usual) for look in letters) * 5 >= len(letters) * 3:
            found.add(name)
    return frozenset(found)


@dataclass(frozen=True)
class Marked:
    """What the marks of one question say. `places`: of its options that are right, by the mark that is trusted."""

    places: tuple[int, ...] = ()
    by: str = ""
    against: str = ""
    """Another mark, which stands at other options."""
    everywhere: str = ""
    """A mark that is one elsewhere in the file and stands at all options here."""


def decide(questions: Sequence[Sequence[frozenset[str]]]) -> list[Marked]:
    """For each question, of the signals of its options. Pure."""
    tells: Counter[str] = Counter()
    silent: Counter[str] = Counter()
    for options in questions:
        for name in set().union(*options):
            having = sum(name in option for option in options)
            if len(options) > 1 and having < len(options):
                tells[name] += 1
            else:
                silent[name] += 1
    tells["star"] += silent["star"]
    trusted = [name for name in tells if name == "star" or tells[name] >= silent[name]]
    trusted.sort(key=lambda name: (name != "star", -tells[name], name))
    return [_decide(options, trusted) for options in questions]


def _decide(options: Sequence[frozenset[str]], trusted: Sequence[str]) -> Marked:
    places: tuple[int, ...] = ()
    by = against = everywhere = ""
    for name in trusted:
        having = tuple(place for place, option in enumerate(options) if name in option)
        if not having:
            continue
        if len(having) == len(options) and name != "star":
            everywhere = everywhere or name
        elif not by:
            places, by = having, name
        elif having != places:
            against = against or name
    return Marked(places, by, against, "" if by else everywhere)


def name_of(signal: str) -> Text:
    """For people."""
    return NAMES[signal]
