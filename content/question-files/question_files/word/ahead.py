"""What comes after a line, or stands around it: by that a number is a question or an entry of a list."""

from __future__ import annotations

import re
from collections.abc import Sequence

from question_files.folding import fold
from question_files.word import labels
from question_files.word.drafts import Mode
from question_files.word.lines import Line
from question_files.word.splitting import options_inside
from question_files.word.tables import key_pairs


class Ahead:
    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines

    def followed_by_options(self, place: int) -> bool:
        """Whether an option or an answer comes before the next number."""
        label = labels.question_label(self.lines[place].text)
        if label is not None and options_inside(self.lines[place].cut(label.end)):
            return True
        for line in self.lines[place + 1 : place + 40]:
            text = line.text
            if line.style in ("option", "answer"):
                return True
            if line.heading or labels.is_section(text) or labels.question_label(text) is not None:
                return False
            found = labels.option_label(text)
            if found is not None and found.letter == "A":
                return True
            if labels.answer_of(text) is not None:
                return True
        return False

    def following(self, place: int) -> str:
        """The letter of the option with which the next line begins."""
        after = self.lines[place + 1] if place + 1 < len(self.lines) else None
        label = None if after is None else labels.option_label(after.text)
        return "" if label is None else label.letter

    def run_of_keys(self, place: int) -> bool:
        """Whether three lines one after another are a number and an answer each."""
        near = self.lines[max(place - 2, 0) : place + 3]
        best = count = 0
        for line in near:
            count = count + 1 if key_pairs(line.text) and not line.table else 0
            best = max(best, count)
        return best >= 3


def mode_of(text: str) -> Mode:
    """What questions under such a title are."""
    told = fold(text)
    if "tra loi ngan" in told or "short answer" in told or "dien khuyet" in told:
        return "short"
    if re.search(r"dung\s*(?:/|,|-|hoac|hay|)\s*sai|true\s*/?\s*(?:or)?\s*false", told):
        return "statements"
    return ""
