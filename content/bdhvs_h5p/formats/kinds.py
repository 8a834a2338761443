"""H5P's question types as plain questions: each function reads the params of one. The params are not trusted: any value
may be missing or of another type."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bdhvs_h5p.formats.media import Files, MediaLeftOut
from bdhvs_h5p.formats.texts import Plain
from bdhvs_lms.plugins.api import PlainAnswer, PlainBlank, PlainMedia, PlainOption, PlainQuestion

LEFT: dict[str, Promise] = {
    "picture": _("A picture within the text was left out."),
    "table": _("A table was taken as plain text."),
    "formula": _("A formula was taken as plain text. Check it, or replace it with a picture."),
    "video": _("A video within the text was left out."),
}
_STARRED = re.compile(r"\*([^*\n]{1,300})\*")
_SCORE = re.compile(r"@(?:score|total)\b")
_TOLD = re.compile(r"\\[+\-][^\\*]*")
MOST_GAPS = 50


class NoQuestion(Exception):
    """The question cannot be taken; the text says why."""


Found = PlainQuestion | NoQuestion
"""Of content with several questions, one that cannot be taken does not stop the others."""


@dataclass
class Reader:
    """Reader of one question. `doubts`: what is to be looked at. Texts are read through it, so that other content in
    them is noticed."""

    files: Files
    language: str
    doubts: list[str | Promise] = field(default_factory=list)

    def text(self, html: Any) -> str:
        found = Plain(html)
        self.doubts.extend(LEFT[one] for one in found.left)
        return found.text

    def media(self, params: Mapping[str, Any]) -> tuple[PlainMedia, ...]:
        """Read the `media` above a question, in the forms that its versions have had."""
        media = _mapping(params.get("media"))
        piece = media if "library" in media else _mapping(media.get("type"))
        name, inner = str(piece.get("library", "")).split(" ")[0], _mapping(piece.get("params"))
        if name == "H5P.Image":
            return self.picture(inner.get("file"), inner.get("alt"))
        if name == "H5P.Audio":
            return self.sound(_rows(inner.get("files")))
        if name and inner:
            self.doubts.append(_("A video or other medium above the question was left out."))
        return ()

    def picture(self, file: Any, alt: Any = "") -> tuple[PlainMedia, ...]:
        if not isinstance(file, Mapping) or not file.get("path"):
            return ()
        try:
            found = self.files.media(file, alt)
        except MediaLeftOut:
            self.doubts.append(_("A picture was left out: it is not in the package, too large, or of another kind."))
            return ()
        if not found.alt:
            self.doubts.append(_("A picture has no words for those who cannot see it. Describe it."))
        return (found,)

    def sound(self, files: list[Any]) -> tuple[PlainMedia, ...]:
        for file in files:
            try:
                return (self.files.media(file),)
            except MediaLeftOut:
                continue
        if files:
            self.doubts.append(_("A sound was left out: it is not in the package, too large, or of another kind."))
        return ()


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _rows(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _feedback(reader: Reader, params: Mapping[str, Any]) -> dict[str, str]:
    """Return feedback by its use: a single one for all scores explains; of several, the lowest is for wrong answers and
    that of 100 for right."""
    rows = [(row, reader.text(row.get("feedback"))) for row in map(_mapping, _rows(params.get("overallFeedback")))]
    # What tells the score is in the words of its player: here the score stands beside.
    told = [(row, text) for row, text in rows if text and not _SCORE.search(text)]
    if not told:
        return {}
    if len(rows) == 1:
        return {"explanation": told[0][1]}
    found: dict[str, str] = {}
    for row, text in told:
        begin, end = row.get("from"), row.get("to")
        name = "feedback_right" if end == 100 and begin != 0 else "feedback_wrong" if begin == 0 else "feedback_partly"
        if name in found:
            reader.doubts.append(_("Feedback for more than three ranges of scores: only the first of each was taken."))
        found.setdefault(name, text)
    return found


def _question(reader: Reader, kind: str, prompt: str, **more: Any) -> PlainQuestion:
    if not prompt:
        raise NoQuestion(str(_("It has no text.")))
    return PlainQuestion(kind=kind, prompt=prompt, language=reader.language, **more)


def multi_choice(reader: Reader, params: Mapping[str, Any]) -> Iterator[Found]:
    behaviour = _mapping(params.get("behaviour"))
    options = []
    for answer in map(_mapping, _rows(params.get("answers"))):
        more = _mapping(answer.get("tipsAndFeedback"))
        if reader.text(more.get("tip")) or reader.text(more.get("notChosenFeedback")):
            reader.doubts.append(_("Tips, and feedback for options that were not chosen, were left out."))
        text = reader.text(answer.get("text"))
        options.append(PlainOption(text, answer.get("correct") is True, reader.text(more.get("chosenFeedback"))))
    if len(options) < 2:
        raise NoQuestion(str(_("It has fewer than two options.")))
    if not all(option.text for option in options):
        reader.doubts.append(_("An option has no text."))
    rights = sum(option.right for option in options)
    if not rights:
        reader.doubts.append(_("No option is marked as right."))
    told = behaviour.get("type")
    single = told == "single" or (told != "multi" and rights == 1)
    if single and rights > 1:
        reader.doubts.append(_("Several options are right, though only one may be chosen: any of them earns the mark."))
    yield _question(
        reader, "single" if single else "multiple", reader.text(params.get("question")), options=tuple(options),
        partial=not single and behaviour.get("singlePoint") is not True, media=reader.media(params),
        shuffle=behaviour.get("randomAnswers") is True, **_feedback(reader, params),
    )  # fmt: skip


def true_false(reader: Reader, params: Mapping[str, Any]) -> Iterator[Found]:
    behaviour = _mapping(params.get("behaviour"))
    right = {"true": True, "false": False, True: True, False: False}.get(
        value if isinstance(value := params.get("correct"), str | bool) else ""
    )
    if right is None:
        reader.doubts.append(_("It is not said whether it is true."))
    good, bad = reader.text(behaviour.get("feedbackOnCorrect")), reader.text(behaviour.get("feedbackOnWrong"))
    told = {"explanation": good} if good == bad else {"feedback_right": good, "feedback_wrong": bad}
    yield _question(
        reader, "true-false", reader.text(params.get("question")), right=right, media=reader.media(params), **told
    )


def choice_set(reader: Reader, params: Mapping[str, Any]) -> Iterator[Found]:
    """Read a choice set: the first answer is the right one; they are always shuffled."""
    for choice in map(_mapping, _rows(params.get("choices"))):
        texts = [text for text in map(reader.text, _rows(choice.get("answers"))) if text]
        prompt = reader.text(choice.get("question"))
        if not prompt and not texts:
            continue
        if len(texts) < 2 or not prompt:
            yield NoQuestion(str(_("It has no text.") if not prompt else _("It has fewer than two options.")))
            continue
        options = tuple(PlainOption(text, not place) for place, text in enumerate(texts))
        yield _question(reader, "single", prompt, options=options, shuffle=True)


def blanks(reader: Reader, params: Mapping[str, Any]) -> Iterator[Found]:
    behaviour = _mapping(params.get("behaviour"))
    case = behaviour.get("caseSensitive") is not False
    if behaviour.get("acceptSpellingErrors") is True:
        reader.doubts.append(_("Small slips were accepted there. Here every accepted spelling has to be written."))
    text = "\n\n".join(filter(None, map(reader.text, _rows(params.get("questions")))))
    gaps: list[PlainBlank] = []

    def gap(found: re.Match[str]) -> str:
        solution, colon, tip = found[1].partition(":")
        if colon and tip.strip():
            reader.doubts.append(_("Tips of gaps were left out."))
        words = [word.strip().replace("*", "\\*") for word in re.split(r"(?<!\\)/", solution) if word.strip()]
        gaps.append(PlainBlank("short", tuple(PlainAnswer(word.replace("\\/", "/")) for word in words), case=case))
        return f"{{{len(gaps)}}}"

    text = _gapped(text, gap)
    _check(gaps)
    yield _question(
        reader, "blanks", reader.text(params.get("text")) or _fill(reader), text=text, blanks=tuple(gaps), partial=True,
        media=reader.media(params), **_feedback(reader, params),
    )  # fmt: skip


def drag_text(reader: Reader, params: Mapping[str, Any]) -> Iterator[Found]:
    """Convert words that are dragged into a text to gaps with the list of all of them."""
    source = params.get("textField")
    text = Plain(source.replace("\n", "<br>")).text if isinstance(source, str) else ""
    words: list[str] = []

    def gap(found: re.Match[str]) -> str:
        words.append(_draggable(reader, found[1]))
        return f"{{{len(words)}}}"

    text = _gapped(text, gap)
    others = params.get("distractors")
    wrong = [_draggable(reader, found[1]) for found in _STARRED.finditer(others if isinstance(others, str) else "")]
    choices = list(dict.fromkeys([*sorted(set(words)), *wrong]))
    gaps = [PlainBlank("choice", options=tuple(PlainOption(one, one == word) for one in choices)) for word in words]
    if len(choices) < 2:
        raise NoQuestion(str(_("There is only one word to choose.")))
    _check(gaps)
    yield _question(
        reader, "blanks", reader.text(params.get("taskDescription")) or _fill(reader), text=text, blanks=tuple(gaps),
        partial=True, media=reader.media(params), **_feedback(reader, params),
    )  # fmt: skip


def _draggable(reader: Reader, inside: str) -> str:
    if _TOLD.search(inside):
        reader.doubts.append(_("Feedback of single words was left out."))
        inside = _TOLD.sub("", inside)
    word, colon, tip = inside.partition(":")
    if colon and tip.strip():
        reader.doubts.append(_("Tips of gaps were left out."))
    return word.strip()


def _gapped(text: str, gap: Callable[[re.Match[str]], str]) -> str:
    """Replace what stands between stars by gaps, and double the text's own braces."""
    pieces, end = [], 0
    for found in _STARRED.finditer(text):
        pieces += [_braced(text[end : found.start()]), gap(found)]
        end = found.end()
    return "".join([*pieces, _braced(text[end:])])


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _check(gaps: list[PlainBlank]) -> None:
    if not gaps:
        raise NoQuestion(str(_("It has no gaps.")))
    if len(gaps) > MOST_GAPS:
        raise NoQuestion(str(_("It has more than 50 gaps.")))
    if any(not blank.answers and not blank.options for blank in gaps):
        raise NoQuestion(str(_("A gap has no answer.")))


def _fill(reader: Reader) -> str:
    return "Fill in the blanks." if reader.language == "en" else "Điền vào chỗ trống."


def paragraphs(reader: Reader, params: Mapping[str, Any]) -> Iterator[Found]:
    steps = tuple(filter(None, map(reader.text, _rows(params.get("paragraphs")))))
    if len(steps) < 2:
        raise NoQuestion(str(_("It has fewer than two steps.")))
    yield _question(reader, "ordering", reader.text(params.get("taskDescription")), steps=steps, partial=True,
                    media=reader.media(params), **_feedback(reader, params))  # fmt: skip


def cards(reader: Reader, params: Mapping[str, Any]) -> Iterator[Found]:
    """Read a question with a typed answer from each card."""
    for card in map(_mapping, _rows(params.get("cards"))):
        prompt, answer = reader.text(card.get("text")), reader.text(card.get("answer"))
        media = reader.picture(card.get("image"), card.get("imageAltText"))
        if not prompt and media:
            prompt = reader.text(params.get("description"))
        if not answer or not prompt:
            yield NoQuestion(str(_("A card has no question, or no answer to be typed.")))
            continue
        answers = tuple(PlainAnswer(one.strip().replace("*", "\\*")) for one in answer.split("/") if one.strip())
        yield replace(_question(reader, "short", prompt, answers=answers, media=media),
                      case=params.get("caseSensitive") is True)  # fmt: skip


KINDS: Mapping[str, Callable[[Reader, Mapping[str, Any]], Iterator[Found]]] = {
    "H5P.MultiChoice": multi_choice,
    "H5P.TrueFalse": true_false,
    "H5P.SingleChoiceSet": choice_set,
    "H5P.Blanks": blanks,
    "H5P.DragText": drag_text,
    "H5P.SortParagraphs": paragraphs,
    "H5P.Flashcards": cards,
}
# Content that asks something and that no question here is like.
UNSUPPORTED = frozenset({
    "H5P.MarkTheWords", "H5P.Essay", "H5P.DragQuestion", "H5P.Summary", "H5P.Dialogcards", "H5P.Dictation",
    "H5P.Crossword", "H5P.FindTheWords", "H5P.AdvancedBlanks", "H5P.ComplexFillTheBlanks", "H5P.MultiMediaChoice",
    "H5P.ImageMultipleHotspotQuestion", "H5P.ImageHotspotQuestion", "H5P.ImageSequencing", "H5P.ImagePair",
    "H5P.MemoryGame", "H5P.SpeakTheWords", "H5P.SpeakTheWordsSet", "H5P.ArithmeticQuiz", "H5P.FreeTextQuestion",
    "H5P.OpenEndedQuestion", "H5P.SimpleMultiChoice", "H5P.Questionnaire", "H5P.GuessTheAnswer", "H5P.PersonalityQuiz",
    "H5P.StarRating", "H5P.GoalsAssessmentPage", "H5P.InteractiveVideoSummary", "H5P.GameMap", "H5P.AudioRecorder",
})  # fmt: skip
