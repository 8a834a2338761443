"""Captions as people have them: SubRip (.srt), WebVTT (.vtt), or typed, a time and what is said then in each line."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import nfc, one_line

MOST_CUES = 3_000
MOST_CHARACTERS = 300_000
# A line that was typed without its end stays until the next one, but no longer than it takes to read.
LONGEST = 7_000
SHOWN = 5

_TIME = r"(?:(\d{1,2}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,3}))?"
_SPAN = re.compile(rf"\s*{_TIME}\s*-+>\s*{_TIME}(?:\s.*)?$")
_TYPED = re.compile(rf"\s*\[?{_TIME}\]?(?:\s+|$)(?P<text>.*)$")
# Where on the screen: of programs that make .srt files.
_PLACING = re.compile(r"\{\\[^}]*\}")


@dataclass(frozen=True)
class Cue:
    """Words from `start` to `end`, in milliseconds. Plain text; lines as they were."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Problem:
    """A line, from 1, and what is wrong with it, in the language that is active."""

    line: int
    text: str

    def __str__(self) -> str:
        return _("Line %(line)d: %(problem)s") % {"line": self.line, "problem": self.text}


class CaptionsRefused(ValueError):
    """The captions cannot be used. `problems`: all of them, in the order of the lines."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems

    @property
    def words(self) -> str:
        """Return the first problems, and how many more there are."""
        shown = " ".join(str(one) for one in self.problems[:SHOWN])
        more = len(self.problems) - SHOWN
        return f"{shown} {_('And %(count)d more.') % {'count': more}}" if more > 0 else shown


def read_captions(text: str) -> list[Cue]:
    """Parse captions into cues; empty text has none. Raises CaptionsRefused."""
    if len(text) > MOST_CHARACTERS:
        raise CaptionsRefused([Problem(1, _("This is too long for captions. Split the recording."))])
    lines = nfc(text).removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if any("\0" in line or "\ufffd" in line for line in lines):
        raise CaptionsRefused([Problem(1, _("This is no text in UTF-8. Save the file as UTF-8 and take it again."))])
    typed = not any(_SPAN.match(line) for line in lines)
    reader = _Reader()
    cues = reader.typed(lines) if typed else reader.blocks(lines)
    if len(cues) > MOST_CUES:
        reader.wrong(0, _("This is too long for captions. Split the recording."))
    if reader.problems:
        raise CaptionsRefused(sorted(reader.problems, key=lambda one: one.line))
    return cues


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._before = -1

    def wrong(self, place: int, text: str) -> None:
        self.problems.append(Problem(place + 1, text))

    def typed(self, lines: list[str]) -> list[Cue]:
        """Parse typed lines such as “0:05 Xin chào”: each lasts until the next. A line without a time continues the one
        before."""
        found: list[tuple[int, int, list[str]]] = []
        for place, line in enumerate(lines):
            if not line.strip() or line.strip() == "WEBVTT":
                continue
            match = _TYPED.match(line)
            if match is not None:
                start = self._moment(match.groups()[:4], place)
                self._follows(start, place)
                found.append((place, start, [match["text"]] if match["text"].strip() else []))
            elif found:
                found[-1][2].append(line)
            else:
                self.wrong(place, _("A time is missing at the beginning. Example: “0:05 Xin chào”."))
        cues = []
        for at, (place, start, words) in enumerate(found):
            if not words:
                self.wrong(place, _("Nothing is said at this time. Enter the words behind it."))
            after = found[at + 1][1] if at + 1 < len(found) else start + LONGEST
            cues.append(Cue(start, max(start + 1, min(after, start + LONGEST)), _plain(words)))
        return cues

    def blocks(self, lines: list[str]) -> list[Cue]:
        """Parse SubRip and WebVTT: a time line, then the words, up to an empty line."""
        cues = []
        place = 0
        while place < len(lines):
            line = lines[place].strip()
            span = _SPAN.match(line)
            if span is None:
                place = self._beside(lines, place)
                continue
            start, end = self._moment(span.groups()[:4], place), self._moment(span.groups()[4:8], place)
            if start >= 0 and 0 <= end <= start:
                self.wrong(place, _("The end is not after the beginning."))
            self._follows(start, place)
            at = place
            words: list[str] = []
            place += 1
            while place < len(lines) and lines[place].strip():
                if _SPAN.match(lines[place]):
                    # The empty line was forgotten; the number above the time is none of the words.
                    if words and words[-1].strip().isdigit():
                        words.pop()
                    break
                words.append(lines[place])
                place += 1
            text = _plain(words)
            if text:
                cues.append(Cue(start, end, text))
            elif any(one.strip() for one in words) or not words:
                self.wrong(at, _("Nothing is said at this time. Enter the words below it."))
        return cues

    def _beside(self, lines: list[str], place: int) -> int:
        """Skip a line that is no time (head, note or number), note anything else as wrong, and return where to go
        on."""
        line = lines[place].strip()
        if not line or line.startswith("WEBVTT"):
            return place + 1
        if re.match(r"(NOTE|STYLE|REGION)\b", line):
            while place < len(lines) and lines[place].strip():
                place += 1
            return place
        following = lines[place + 1].strip() if place + 1 < len(lines) else ""
        if _SPAN.match(following) or (line.isdigit() and "->" in following):
            # The number or name of what comes.
            return place + 1
        if "-->" in line or "->" in line:
            self.wrong(place, _("This time cannot be read. Example: “00:00:05,000 --> 00:00:08,500”."))
            # What is said at that time is none of other mistakes.
            while place < len(lines) and lines[place].strip():
                place += 1
            return place
        self.wrong(place, _("These words have no time above them: “%(text)s”.") % {"text": line[:40]})
        while place < len(lines) and lines[place].strip():
            place += 1
        return place

    def _moment(self, parts: tuple[str | None, ...], place: int) -> int:
        """Return milliseconds; -1: there is no such time, which is noted."""
        hours, minutes, seconds, rest = parts
        if int(minutes or 0) > 59 and hours is not None or int(seconds or 0) > 59:
            self.wrong(place, _("A minute has 60 seconds, an hour 60 minutes."))
            return -1
        thousandths = int((rest or "0").ljust(3, "0"))
        return ((int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)) * 1000 + thousandths

    def _follows(self, start: int, place: int) -> None:
        if start < 0:
            return
        if start < self._before:
            self.wrong(place, _("This is earlier than the one before. Put the times in order."))
        self._before = start


def _plain(lines: list[str]) -> str:
    """Remove marks for colours, places and speakers."""
    text = (html.unescape(strip_tags(_PLACING.sub("", line))) for line in lines)
    return "\n".join(line for line in map(one_line, text) if line)
