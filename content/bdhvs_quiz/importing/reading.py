"""Reading of a file: recognise its format, and let the format read it."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from bdhvs_lms.base.api import format_number
from bdhvs_lms.plugins.api import QuestionFormat, Reading, UnreadableFile, question_formats
from bdhvs_quiz.conf import app_settings
from question_files.formats import HEAD, find_surest

logger = logging.getLogger(__name__)

MAX_QUESTIONS = 2_000
# Of a file of text alone: as many questions of a thousand bytes and 15 lines.
MAX_TEXT, MAX_LINES = 2 * 2**20, 30_000


@dataclass(frozen=True)
class Read:
    kind: QuestionFormat
    reading: Reading


def reading_formats() -> list[QuestionFormat]:
    return [kind for kind in question_formats if kind.reads]


def read_file(file: BinaryIO, name: str, *, language: str, key: str = "") -> Read:
    """Read a file, by the format `key` or by the one that knows it best.

    Args:
        name: as the file was uploaded; formats know it by its ending.
        language: of its questions, where the file does not say it.

    Raises UnreadableFile with a reason for people.
    """
    size = file.seek(0, os.SEEK_END)
    if not size:
        raise UnreadableFile(_("The file is empty."))
    most = app_settings.MAX_IMPORT
    if size > most:
        raise UnreadableFile(
            _("The file is larger than %(most)s MB. Split it.") % {"most": format_number(most // 2**20)}
        )
    file.seek(0)
    head = file.read(HEAD)
    kinds = _candidates(head, name, key)
    if not kinds:
        known = ", ".join(f"{kind.label} ({kind.suffix})" for kind in reading_formats())
        raise UnreadableFile(_("No format recognises this file. Formats: %(known)s.") % {"known": known})
    reasons = []
    for kind in kinds:
        file.seek(0)
        try:
            return Read(kind, _read(kind, file, name, language))
        except UnreadableFile as unreadable:
            reasons.append(str(unreadable))
    raise UnreadableFile(reasons[0])


def _bound(text: bytes) -> None:
    if len(text) > MAX_TEXT or max(text.count(b"\n"), text.count(b"\r")) > MAX_LINES:
        raise UnreadableFile(
            _("A file of text has at most %(size)s MB and %(lines)s lines. Split it.")
            % {"size": format_number(MAX_TEXT // 2**20), "lines": format_number(MAX_LINES)}
        )


def _candidates(head: bytes, name: str, key: str) -> list[QuestionFormat]:
    """Return the chosen format; else those that are surest that the file is theirs."""
    kinds = reading_formats()
    if key:
        return [kind for kind in kinds if kind.key == key]
    return find_surest(kinds, head, name)


def _read(kind: QuestionFormat, file: BinaryIO, name: str, language: str) -> Reading:
    if kind.content_type.startswith("text/"):
        _bound(file.read(MAX_TEXT + 1))
        file.seek(0)
    try:
        reading = kind.read(file, name=name, language=language)
    except UnreadableFile:
        raise
    except Exception as error:
        # A format promises that it raises nothing else; a file that proves it wrong is no reason for an error page.
        logger.exception("The format %s failed on a file.", kind.key)
        raise UnreadableFile(
            _("The file could not be read because of an error in the format “%(label)s”.") % {"label": kind.label}
        ) from error
    if len(reading.questions) > MAX_QUESTIONS:
        raise UnreadableFile(
            _("The file has %(count)s questions. Import at most %(most)s at once: split it.")
            % {"count": format_number(len(reading.questions)), "most": format_number(MAX_QUESTIONS)}
        )
    return reading
