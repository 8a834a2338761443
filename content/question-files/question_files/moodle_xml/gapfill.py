"""Moodle's plugin “Gapfill”: gaps are words in brackets within the text, [gold|silver]."""

from __future__ import annotations

import re
from html import unescape

from question_files.language import gettext as _
from question_files.moodle_xml import gaps
from question_files.moodle_xml.kinds import html_of, with_gaps
from question_files.moodle_xml.parts import Source, text_in
from question_files.plain import PlainAnswer, PlainBlank, PlainOption, PlainQuestion
from question_files.texts import line
from question_files.wrong import Refused

_PATTERN = re.compile(r"[\\^$?+*{}()\[\]]")
_TAG = re.compile(r"<[^<>]*>")


def gapfill(source: Source) -> PlainQuestion:
    begins, ends = _signs(source)
    found: list[list[str]] = []

    def placed(match: re.Match[str]) -> str:
        words = [line(unescape(_TAG.sub("", part))) for part in match[1].split("|")]
        found.append([word for word in words if word])
        return gaps.token(len(found))

    html = re.sub(
        rf"{re.escape(begins)}([^{re.escape(begins + ends)}]{{1,500}}){re.escape(ends)}",
        placed,
        gaps.without_tokens(html_of(source)),
    )
    if not found:
        raise Refused(_("It has no gap."))
    if not all(found) or ["!"] in found:
        raise Refused(_("A gap has no answer."))
    if not source.on("disableregex") and any(_PATTERN.search(word) for words in found for word in words):
        raise Refused(_("Its answers are patterns (regular expressions), not words."))
    if source.on("noduplicates"):
        source.doubt(_("Moodle counted a word once that was written into several gaps. Here each gap counts."))
    if source.value("answerdisplay") in ("dragdrop", "dropdown"):
        blanks = _lists(source, found)
    else:
        case = source.on("casesensitive")
        blanks = [PlainBlank("short", tuple(map(_typed, words)), case=case) for words in found]
    return PlainQuestion("blanks", blanks=tuple(blanks), partial=True, **with_gaps(source, html, len(blanks)))


def _signs(source: Source) -> tuple[str, str]:
    told = source.value("delimitchars") or "[]"
    if len(told) != 2 or told.isspace() or "<" in told:
        raise Refused(_("It has no gap."))
    return told[0], told[1]


def _typed(word: str) -> PlainAnswer:
    return PlainAnswer(word.replace("*", "\\*"))


def _lists(source: Source, found: list[list[str]]) -> list[PlainBlank]:
    """Every word of the question may be chosen for each gap."""
    if any(len(words) > 1 for words in found):
        raise Refused(_("Several words are right in one of its lists."))
    wrong = [line(text_in(answer)).replace("\\,", ",") for answer in source.all("answer") if source.share(answer) <= 0]
    choices = sorted(dict.fromkeys([words[0] for words in found]))
    choices += [word for word in dict.fromkeys(wrong) if word and word not in choices]
    if len(choices) < 2:
        raise Refused(_("A gap has fewer than two options."))
    return [
        PlainBlank("choice", options=tuple(PlainOption(one, one == words[0]) for one in choices)) for words in found
    ]
