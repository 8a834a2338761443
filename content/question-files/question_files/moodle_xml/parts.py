"""What every question of a Moodle XML file has, and what its parts are made of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any
from xml.etree.ElementTree import Element  # noqa: S405

from question_files import marks
from question_files.choices import NONE
from question_files.language import gettext as _
from question_files.markup import Taking, TextRead
from question_files.moodle_xml.files import Files, image_of
from question_files.plain import PlainQuestion
from question_files.texts import clean, line, own_name

# What Moodle gives new questions; another says that somebody chose it.
USUAL_PENALTIES = frozenset({Decimal(0), Decimal(1), Decimal("0.1"), Decimal("0.3333333"), Decimal("0.33333330")})


def text_in(element: Element | None) -> str:
    """Of `<name><text>…</text></name>`, also where `<text>` is left out."""
    if element is None:
        return ""
    inner = element.find("text")
    return (element.text if inner is None else "".join(inner.itertext())) or ""


def yes(element: Element | None) -> bool:
    """Of a switch: '1', 'true', or there without a word."""
    return element is not None and text_in(element).strip().lower() in ("", "1", "true", "yes")


@dataclass
class Source:
    """An element `<question>` while it is read."""

    element: Element
    language: str
    taking: Taking = field(default_factory=Taking)

    @property
    def kind(self) -> str:
        return (self.element.get("type") or "").strip().lower()

    def all(self, name: str) -> list[Element]:
        return self.element.findall(name)

    def one(self, name: str) -> Element | None:
        return self.element.find(name)

    def value(self, name: str) -> str:
        return text_in(self.one(name)).strip()

    def on(self, name: str) -> bool:
        return yes(self.one(name))

    def doubt(self, sentence: str) -> None:
        self.taking.doubts.append(sentence)

    def rich(self, element: Element | None) -> TextRead:
        """Text with what it shows."""
        if element is None:
            return TextRead("")
        return self.taking.with_media(text_in(element), _form(element), Files(element).find)

    def words(self, element: Element | None) -> str:
        """Text where only words can stand."""
        if element is None:
            return ""
        return self.taking.words(text_in(element), _form(element), Files(element).find)

    def share(self, answer: Element) -> Fraction:
        """What an answer earns. One that says nothing earns nothing."""
        written = answer.get("fraction")
        if written is None:
            written = text_in(answer.find("fraction"))
        share = marks.share(written) if written.strip() else NONE
        if share is None:
            self.doubt(_("“%(text)s” is no share of the mark. It was read as 0.") % {"text": clean(written)[:40]})
            return NONE
        return share


def _form(element: Element) -> str:
    return element.get("format") or "moodle_auto_format"


def with_common(source: Source, question: PlainQuestion) -> PlainQuestion:
    """The question with what all kinds have. Its prompt is kept where it has one already."""
    if not question.prompt and not question.text:
        told = source.rich(source.one("questiontext"))
        question = replace(question, prompt=told.text, media=told.media)
    if old := image_of(source.element):
        # As Moodle 1.9 wrote the one picture that a question could have.
        source.doubt(_("The picture %(name)s has no description.") % {"name": old.name})
        question = replace(question, media=(*question.media, old))
    name = own_name(source.value("name"), question.prompt)
    question = replace(
        question,
        name=name,
        explanation=source.words(source.one("generalfeedback")),
        key=line(source.value("idnumber")),
        tags=tuple(dict.fromkeys(filter(None, (line(text_in(tag)) for tag in source.element.findall("tags/tag"))))),
        **_combined(source, question),
    )
    # Of embedded answers it is what their weights are together.
    if source.kind not in ("cloze", "multianswer"):
        question = replace(question, points=_points(source))
    _left_out(source)
    return question


def _combined(source: Source, question: PlainQuestion) -> dict[str, Any]:
    """Feedback for who was right, partly right, or wrong; what the kind has already stays."""
    names = {
        "feedback_right": "correctfeedback",
        "feedback_partly": "partiallycorrectfeedback",
        "feedback_wrong": "incorrectfeedback",
    }
    read = {ours: source.words(source.one(theirs)) for ours, theirs in names.items()}
    return {ours: getattr(question, ours) or text for ours, text in read.items()}


def _points(source: Source) -> Decimal:
    written = source.value("defaultgrade")
    points = marks.number(written) if written else Decimal(1)
    if points is None or points <= 0:
        source.doubt(_("It counts “%(points)s” points. It was read as 1.") % {"points": clean(written)[:40]})
        return Decimal(1)
    return points


def _left_out(source: Source) -> None:
    if source.on("hidden") and source.value("hidden"):
        source.doubt(_("It was hidden in Moodle."))


def hinted(source: Source) -> bool:
    """Whether it has hints for further tries."""
    return any(clean(text_in(hint)) for hint in source.all("hint"))


def penalty_of(source: Source) -> bool:
    """Whether further tries cost what somebody chose."""
    value = marks.number(source.value("penalty"))
    return value is not None and value not in USUAL_PENALTIES
