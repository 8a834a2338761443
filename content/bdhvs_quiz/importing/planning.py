"""Plan of an import: each question of a file is ready, has to be looked at, or cannot be held by the bank."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.models import Locale

from bdhvs_lms.plugins.api import PlainAnswer, PlainMedia, PlainQuestion, QuestionType, Reading, question_types
from bdhvs_quiz.folding import Folding
from bdhvs_quiz.importing.staging import place_of, with_media
from bdhvs_quiz.media.blocks import MAX_ALT, MAX_TRANSCRIPT
from bdhvs_quiz.media.plain import media_blocks_of
from bdhvs_quiz.models.bank import Question
from bdhvs_quiz.types.options import fits
from bdhvs_quiz.types.words import folded, signs_count

logger = logging.getLogger(__name__)

MAX_PROMPT = 2_000
# Places that a note names; the number of all stands before them.
NAMED = 8

# What a question is graded by: without it an answer would count differently.
_GRADED = ("right", "answers", "pairs", "steps", "text", "blanks", "partial", "case", "unit", "units")
_GRADED_LOST = gettext_lazy("Not everything that grades the answers could be taken over. Check what counts as correct.")
_CREDIT_LOST = gettext_lazy("Options have marks of their own, which the question type does not keep.")
_MEDIA_LOST = gettext_lazy("Pictures or sounds of the question could not be taken over.")
_WORDS = {
    "feedback_right": gettext_lazy("feedback for correct answers"),
    "feedback_partly": gettext_lazy("feedback for partly correct answers"),
    "feedback_wrong": gettext_lazy("feedback for incorrect answers"),
    "option feedback": gettext_lazy("feedback on options"),
}


@dataclass(frozen=True)
class Unsupported:
    place: str
    reason: str
    prompt: str = ""


@dataclass(frozen=True)
class Planned:
    """A question of the file that can be written."""

    index: int
    """Of the file's questions, from 0: what forms name it by."""
    plain: PlainQuestion
    kind: QuestionType
    reasons: tuple[str, ...] = ()
    """Why somebody has to look at it; empty: it is ready."""
    problems: tuple[str, ...] = ()
    """Of `reasons` those that keep it from being published."""
    left_out: tuple[str, ...] = ()
    """Words that the bank does not keep, and that change nothing about grading."""
    compiled: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    """(`shown`, `key`) as its type compiles it, without pictures."""

    @property
    def doubtful(self) -> bool:
        return bool(self.reasons)

    media: tuple[PlainMedia, ...] = ()
    """Pictures and sounds that the question keeps; others of the file are left."""


@dataclass
class Plan:
    planned: list[Planned] = field(default_factory=list)
    unsupported: list[Unsupported] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def found(self) -> int:
        return len(self.planned) + len(self.unsupported)

    @property
    def ready(self) -> list[Planned]:
        return [each for each in self.planned if not each.doubtful]

    @property
    def doubtful(self) -> list[Planned]:
        return [each for each in self.planned if each.doubtful]


class Refusal(Exception):
    """The bank cannot hold the question; the text says why."""


def type_for(kind: str) -> QuestionType | None:
    """Return the type that takes this kind; of several the first registered."""
    return next((each for each in question_types if kind in each.kinds), None)


def media_of(plain: PlainQuestion) -> list[PlainMedia]:
    """List all pictures and sounds of a question, in a fixed order."""
    found = list(plain.media)
    of_blanks = (option for blank in plain.blanks for option in blank.options)
    parts: tuple[Any, ...] = (*plain.options, *plain.pairs, *of_blanks)
    for part in parts:
        found += part.media
    return found


def plan(reading: Reading, locale: Locale) -> Plan:
    """Return the result that importing this would have. The number of queries does not grow with the questions."""
    result = Plan(notes=[str(note) for note in reading.notes])
    doubts: dict[int, list[str]] = defaultdict(list)
    refused: dict[int, list[str]] = defaultdict(list)
    apart: dict[str, list[str]] = defaultdict(list)
    for finding in reading.findings:
        if finding.question is not None and 0 <= finding.question < len(reading.questions):
            (doubts if finding.doubtful else refused)[finding.question].append(str(finding.reason))
        elif finding.doubtful:
            result.notes.append(f"{finding.place}: {finding.reason}" if finding.place else str(finding.reason))
        else:
            apart[finding.place].append(str(finding.reason))
    result.unsupported += [Unsupported(place, _joined(reasons)) for place, reasons in apart.items()]
    for index, plain in enumerate(reading.questions):
        place = plain.place or _("question %(number)s") % {"number": index + 1}
        plain = replace(plain, place=place)
        try:
            if refused[index]:
                raise Refusal(_joined(refused[index]))
            result.planned.append(_planned(index, plain, doubts[index], locale))
        except Refusal as refusal:
            result.unsupported.append(Unsupported(place, str(refusal), Truncator(plain.prompt).chars(80)))
    result.notes += _left_out(result.planned)
    return result


def _joined(reasons: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(reason.strip() for reason in reasons))


def row_of(
    plain: PlainQuestion, kind: QuestionType, locale: Locale, keep: Any, category: int | None = None
) -> Question:
    """Build the bank's row of a question, not saved. Raises ValueError with a reason for the editor.

    category: its number; without one the row cannot be saved.
    """
    fits(plain.prompt, MAX_PROMPT)
    fits(plain.explanation, MAX_PROMPT)
    values = {"prompt_media": media_blocks_of(plain.media, keep), **kind.from_plain(plain, keep)}
    row: Any = kind.model(
        prompt=plain.prompt, explanation=plain.explanation, locale=locale, collection_id=category, **values
    )
    row.difficulty = plain.difficulty
    row.points = plain.points
    return row


def _planned(index: int, plain: PlainQuestion, doubts: list[str], locale: Locale) -> Planned:
    kind = type_for(plain.kind)
    if kind is None:
        raise Refusal(_("The site has no question type for this kind of question (%(kind)s).") % {"kind": plain.kind})
    if not plain.prompt.strip() and not media_of(plain):
        raise Refusal(_("It has no question text."))
    plain = _without_twins(plain)
    kept: list[PlainMedia] = []

    def keep(media: PlainMedia) -> int:
        kept.append(media)
        return 0

    try:
        row_of(plain, kind, locale, keep)
        # Without its pictures: those are stored when it is imported, and a question asks for them by their numbers.
        bare = with_media(_named(plain), lambda _media: ())
        row = row_of(bare, kind, locale, keep)
        problems = [str(problem) for problem in row.all_problems()]
        compiled = kind.compile(row)
        # A question that has no answer yet cannot be compared, and says so itself.
        back = None if problems else kind.plain(*compiled)
    except ValueError as error:
        raise Refusal(str(error)) from error
    except Exception as error:
        logger.exception("The question type %s failed on a question of a file.", kind.key)
        raise Refusal(
            _("It could not be read because of an error in the question type “%(label)s”.") % {"label": kind.label}
        ) from error
    if not plain.prompt.strip():
        problems.insert(0, _("It has no question text."))
    doubts = [*doubts, *problems]
    lost: list[str] = []
    if back is not None:
        doubts += [str(reason) for reason in _graded_lost(bare, back)]
        lost = _words_lost(bare, back)
    places = {place_of(media) for media in kept}
    if any(place_of(media) not in places for media in media_of(plain)):
        doubts.append(str(_MEDIA_LOST))
    media = tuple(each for each in media_of(plain) if place_of(each) in places)
    if any(len(each.alt) > (MAX_ALT if each.content_type.startswith("image/") else MAX_TRANSCRIPT) for each in media):
        problems.append(_("The description of an image or a recording is too long."))
        doubts.append(problems[-1])
    return Planned(index, plain, kind, tuple(dict.fromkeys(doubts)), tuple(problems), tuple(lost), compiled, media)


def _without_twins(plain: PlainQuestion) -> PlainQuestion:
    """Remove spellings that are the same answer here: 'Hà Nội' and 'Ha Noi'. One that earns or says something else
    stays."""
    if plain.kind != "short":
        return plain
    folding = Folding(case=not plain.case, spacing=not signs_count(answer.text for answer in plain.answers))
    first: dict[str, PlainAnswer] = {}
    kept = []
    for answer in plain.answers:
        twin = first.setdefault(folded(answer.text, folding), answer)
        if twin is answer or answer.credit != twin.credit or answer.feedback not in ("", twin.feedback):
            kept.append(answer)
    return replace(plain, answers=tuple(kept))


def _named(plain: PlainQuestion) -> PlainQuestion:
    """Give parts that have a picture and no text the picture's description: without it there would be nothing."""

    def words(part: Any) -> str:
        return "; ".join(media.alt or media.name for media in part.media)

    return replace(
        plain,
        options=tuple(one if one.text else replace(one, text=words(one)) for one in plain.options),
        pairs=tuple(one if one.left else replace(one, left=words(one)) for one in plain.pairs),
    )


def _graded_lost(given: PlainQuestion, back: PlainQuestion) -> list[Any]:
    lost: list[Any] = []
    # Where options have shares of their own, these alone say what a part earns.
    shares = any(option.credit is not None for option in given.options)
    names = [name for name in _GRADED if not (shares and name == "partial")]
    if any(getattr(given, name) != getattr(back, name) for name in names) or (
        [(option.text, option.right) for option in given.options]
        != [(option.text, option.right) for option in back.options]
    ):
        lost.append(_GRADED_LOST)
    if [option.credit for option in given.options] != [option.credit for option in back.options]:
        lost.append(_CREDIT_LOST)
    return lost


def _words_lost(given: PlainQuestion, back: PlainQuestion) -> list[str]:
    names = [name for name in _WORDS if hasattr(given, name) and getattr(given, name) != getattr(back, name)]
    if [option.feedback for option in given.options] != [option.feedback for option in back.options]:
        names.append("option feedback")
    return names


def _left_out(planned: Iterable[Planned]) -> list[str]:
    """Write one note for each kind of words that is left out, with the places."""
    places: dict[str, list[str]] = defaultdict(list)
    for each in planned:
        for name in each.left_out:
            places[name].append(each.plain.place)
    return [
        ngettext(
            "Left out of %(count)s question: %(what)s (%(places)s).",
            "Left out of %(count)s questions: %(what)s (%(places)s).",
            len(where),
        )
        % {
            "count": len(where),
            "what": _WORDS[name],
            "places": ", ".join(where[:NAMED]) + (" …" if len(where) > NAMED else ""),
        }
        for name, where in places.items()
    ]
