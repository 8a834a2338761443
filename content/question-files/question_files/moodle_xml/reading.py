"""A file that Moodle exported as XML becomes questions."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from question_files.categories import path_of
from question_files.kinds import why_not
from question_files.language import gettext as _
from question_files.moodle_xml.gapfill import gapfill
from question_files.moodle_xml.kinds import READERS
from question_files.moodle_xml.parts import Source, hinted, penalty_of, text_in, with_common
from question_files.moodle_xml.tree import tree_of
from question_files.notes import Notes, place_of
from question_files.plain import PlainQuestion
from question_files.texts import guessed, shortened
from question_files.wrong import Refused

# Places that a note names.
NAMED = 8


def read(data: bytes, language: str) -> Notes:
    """Raises UnreadableFile."""
    root, encoding = tree_of(data)
    notes = Notes()
    if encoding:
        notes.say(guessed(encoding))
    category: tuple[str, ...] = ()
    number = 0
    hints: list[str] = []
    for element in root.iter("question"):
        source = Source(element, language)
        if source.kind == "category":
            category = path_of(text_in(source.one("category")))
            continue
        number += 1
        if _take(notes, source, number, category) and hinted(source):
            hints.append(place_of(number))
        # Its pictures are kept by now, as bytes; the text that they were is not.
        element.clear()
    if hints:
        places = ", ".join(hints[:NAMED]) + (" …" if len(hints) > NAMED else "")
        notes.say(_("Hints for further tries were left out (%(places)s).") % {"places": places})
    return notes


def _take(notes: Notes, source: Source, number: int, category: tuple[str, ...]) -> bool:
    """Whether it could be read."""
    place = place_of(number)
    name = shortened(source.value("name"), 40)
    question = notes.read(f"{place} “{name}”" if name else place, partial(_question, source))
    if question is None:
        return False
    if penalty_of(source):
        notes.say(_("What further tries cost (Moodle’s penalty) is not kept."))
    notes.take(replace(question, place=place, category=category, language=source.language), source.taking.doubts)
    return True


def _question(source: Source) -> PlainQuestion:
    reader = gapfill if source.kind == "gapfill" else READERS.get(source.kind)
    if reader is None:
        raise Refused(why_not(source.kind))
    return with_common(source, reader(source))
