"""Pictures and sounds of a file of questions, taken out of it before anything is planned."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from bdhvs_content.api import TakenFile, take_file
from bdhvs_lms.base.api import format_number
from bdhvs_lms.plugins.api import Finding, PlainMedia, PlainQuestion, Reading, UnreadableFile
from bdhvs_quiz.conf import app_settings

logger = logging.getLogger(__name__)

MAX_FILES = 1_000


@dataclass(frozen=True)
class StagedFile:
    """A file taken out of a file of questions. `place`: among the files, from 0."""

    place: int
    taken: TakenFile
    alt: str


@dataclass(frozen=True)
class FromStage:
    """The `PlainMedia.load` of a staged file."""

    place: int
    data: Callable[[], bytes]

    def __call__(self) -> bytes:
        return self.data()


def place_of(media: PlainMedia) -> int:
    """Return the place of a staged question's picture or sound among the files."""
    load: Any = media.load
    place: int = load.place
    return place


@dataclass
class Stage:
    """The files of a reading, each once; and the reading, which names only these files."""

    format_key: str
    reading: Reading
    files: list[StagedFile] = field(default_factory=list)


def stage(reading: Reading, format_key: str) -> Stage:
    """Take out all pictures and sounds and look at each. What cannot be taken is a finding of its question.

    Raises UnreadableFile where all together are more than the site takes at once.
    """
    files: list[StagedFile] = []
    known: dict[tuple[str, str], PlainMedia | str] = {}
    findings = list(reading.findings)
    size = 0

    def staged(media: PlainMedia) -> PlainMedia | str:
        nonlocal size
        try:
            data = media.load()
        except Exception:
            # Of a broken archive, or of a file that is not in it: libraries raise what comes to them.
            logger.info("A picture or sound could not be loaded.", exc_info=True)
            return _("It cannot be read from the file.")
        found = hashlib.sha256(data).hexdigest(), media.alt
        if found not in known:
            size += len(data)
            _bounded(len(files), size)
            try:
                taken = take_file(media.name, data)
            except ValidationError as error:
                known[found] = " ".join(error.messages)
            else:
                place = len(files)
                files.append(StagedFile(place, taken, media.alt.strip()))
                load = FromStage(place, lambda: files[place].taken.data)
                known[found] = replace(media, content_type=taken.content_type, load=load)
        return known[found]

    questions = []
    for index, question in enumerate(reading.questions):

        def take(given: tuple[PlainMedia, ...], index: int = index) -> tuple[PlainMedia, ...]:
            taken = []
            for media in given:
                result = staged(media)
                if isinstance(result, str):
                    reason = _("“%(name)s” is left out: %(reason)s") % {"name": media.name, "reason": result}
                    place = reading.questions[index].place
                    findings.append(Finding(place, reason, doubtful=True, question=index))
                else:
                    taken.append(result)
            return tuple(taken)

        questions.append(with_media(question, take))
    return Stage(format_key, replace(reading, questions=tuple(questions), findings=tuple(findings)), files)


def with_media(
    question: PlainQuestion, take: Callable[[tuple[PlainMedia, ...]], tuple[PlainMedia, ...]]
) -> PlainQuestion:
    """Return the question with each of its lists of pictures and sounds replaced by `take` of it."""

    def options(given: Any) -> Any:
        return tuple(replace(each, media=take(each.media)) if each.media else each for each in given)

    return replace(
        question,
        media=take(question.media),
        options=options(question.options),
        pairs=options(question.pairs),
        blanks=tuple(replace(blank, options=options(blank.options)) for blank in question.blanks),
    )


def _bounded(count: int, size: int) -> None:
    most = app_settings.MAX_IMPORT
    if count >= MAX_FILES:
        raise UnreadableFile(
            _("The file has more than %(most)s pictures and sounds. Split it.") % {"most": format_number(MAX_FILES)}
        )
    if size > most:
        raise UnreadableFile(
            _("Its pictures and sounds together are larger than %(most)s MB. Make them smaller, or split the file.")
            % {"most": format_number(most // 2**20)}
        )
