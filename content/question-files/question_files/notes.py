"""What is collected while a file is read: questions, and what is said about each."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from question_files.language import gettext as _
from question_files.plain import Finding, PlainQuestion, Reading
from question_files.wrong import Refused, broken

logger = logging.getLogger(__name__)


class Notes:
    """Of one file. Whatever is a question there is either `take`n or `refuse`d."""

    def __init__(self) -> None:
        self._questions: list[PlainQuestion] = []
        self._findings: list[Finding] = []
        self._notes: list[str] = []

    def take(self, question: PlainQuestion, doubts: Iterable[str] = ()) -> None:
        """It is read. `doubts`: what somebody has to look at, one sentence each."""
        index = len(self._questions)
        self._questions.append(question)
        for doubt in dict.fromkeys(doubts):
            self._findings.append(Finding(question.place, doubt, doubtful=True, question=index))

    def refuse(self, place: str, reason: str) -> None:
        """It cannot be taken."""
        self._findings.append(Finding(place, reason, doubtful=False))

    def read(self, place: str, reading: Callable[[], PlainQuestion]) -> PlainQuestion | None:
        """What `reading` makes of one question; None: it is refused, with the reason that Refused says."""
        try:
            return reading()
        except Refused as refused:
            self.refuse(place, str(refused))
        except Exception:
            # What nobody has thought of in one question is no reason to lose the others.
            logger.exception("A question of a file could not be read: %s.", place)
            self.refuse(place, broken())
        return None

    def say(self, note: str) -> None:
        """Of the file as a whole. The same is said once."""
        if note not in self._notes:
            self._notes.append(note)

    def reading(self) -> Reading:
        return Reading(tuple(self._questions), tuple(self._findings), tuple(self._notes))


def place_of(number: int, line: int = 0) -> str:
    """'question 3', 'question 3, line 12'."""
    if line:
        return _("question %(number)s, line %(line)s") % {"number": number, "line": line}
    return _("question %(number)s") % {"number": number}
