"""A file that Moodle exported as XML becomes questions."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from bdhvs_quiz.formats.categories import path_of
from bdhvs_quiz.formats.kinds import why_not
from bdhvs_quiz.formats.moodle_xml.kinds import READERS
from bdhvs_quiz.formats.moodle_xml.parts import Source, penalty_of, text_in, with_common
from bdhvs_quiz.formats.moodle_xml.tree import tree_of
from bdhvs_quiz.formats.notes import Notes, place_of
from bdhvs_quiz.formats.texts import guessed, shortened
from bdhvs_quiz.formats.wrong import Refused


def read(data: bytes, language: str) -> Notes:
    """Raises UnreadableFile."""
    root, encoding = tree_of(data)
    notes = Notes()
    if encoding:
        notes.say(guessed(encoding))
    category: tuple[str, ...] = ()
    number = 0
    for element in root.iter("question"):
        source = Source(element, language)
        if source.kind == "category":
            category = path_of(text_in(source.one("category")))
            continue
        number += 1
        _take(notes, source, number, category)
        # Its pictures are kept by now, as bytes; the text that they were is not.
        element.clear()
    return notes


def _take(notes: Notes, source: Source, number: int, category: tuple[str, ...]) -> None:
    place = place_of(number)
    name = shortened(source.value("name"), 40)
    try:
        reader = READERS.get(source.kind)
        if reader is None:
            raise Refused(why_not(source.kind))
        question = with_common(source, reader(source))
    except Refused as refused:
        notes.refuse(f"{place} “{name}”" if name else place, str(refused))
        return
    if penalty_of(source):
        notes.say(_("What further tries cost (Moodle’s penalty) is not kept."))
    notes.take(replace(question, place=place, category=category, language=source.language), source.taking.doubts)
