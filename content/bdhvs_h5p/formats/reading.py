"""A package's questions, wherever in its content they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from html import unescape
from typing import Any, BinaryIO

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from bdhvs_h5p.formats.kinds import KINDS, UNSUPPORTED, Found, NoQuestion, Reader
from bdhvs_h5p.formats.media import Files
from bdhvs_h5p.formats.texts import Plain
from bdhvs_h5p.sentences import sentences
from bdhvs_lms.base.api import nfc
from bdhvs_lms.plugins.api import Finding, PlainQuestion, Reading, UnreadableFile
from h5p_python_adapter import DEFAULT_LIMITS, LibraryId, PackageRefused, opened

# Nothing of it is played: whatever its libraries ask of the player, and whether they are brought, says nothing.
_LIMITS = replace(DEFAULT_LIMITS, core_api=(1, 9_999))
_DEEPEST = 100
_MOST = 5_000
_SET = "H5P.QuestionSet"


@dataclass(frozen=True)
class _Piece:
    """Content within content. `place`: names of what contains it, outermost first."""

    name: str
    params: Mapping[str, Any]
    place: tuple[str, ...]
    title: str


def read(file: BinaryIO, language: str) -> Reading:
    """Read a package's questions. Raises UnreadableFile."""
    try:
        with opened(file, _LIMITS, installed=lambda id: 0) as package:
            facts = package.facts
            main = _Piece(facts.main.machine_name, _mapping(facts.params), (), "")
            return _Reading(Files(package), _language(facts.language, language)).read(main)
    except PackageRefused as refused:
        why = " ".join(sentences(refused.report.findings)[:5])
        raise UnreadableFile(_("This is not an H5P package that can be read: %(why)s") % {"why": why}) from None
    except OSError:
        raise UnreadableFile(_("The package is damaged. Download it again from where it was made.")) from None


def _language(told: str, otherwise: str) -> str:
    return told if told in ("vi", "en") else otherwise


class _Reading:
    def __init__(self, files: Files, language: str) -> None:
        self.files, self.language = files, language
        self.questions: list[PlainQuestion] = []
        self.findings: list[Finding] = []
        self.notes: list[str | Promise] = []
        self.others: Counter[str] = Counter()
        self.places: Counter[str] = Counter()

    def read(self, main: _Piece) -> Reading:
        for piece in _pieces(main):
            if piece.name in KINDS:
                self._take(piece)
            elif piece.name in UNSUPPORTED:
                reason = _("Content of the type %(type)s cannot be made into a question here.") % {"type": piece.name}
                self.findings.append(Finding(self._place(piece.place), reason, doubtful=False))
            else:
                self._note(piece)
        if not self.questions and not self.findings:
            raise UnreadableFile(
                _("This package has no questions: its content is of the type %(type)s.") % {"type": main.name}
            )
        if self.others:
            listed = ", ".join(f"{name} ({count})" for name, count in sorted(self.others.items()))
            self.notes.append(_("Content that is no question was left out: %(types)s.") % {"types": listed})
        return Reading(tuple(self.questions), tuple(self.findings), tuple(self.notes))

    def _take(self, piece: _Piece) -> None:
        reader = Reader(self.files, self.language)
        found: list[tuple[Found, list[str | Promise]]] = []
        try:
            for one in KINDS[piece.name](reader, piece.params):
                found.append((one, reader.doubts))
                reader.doubts = []
        except NoQuestion as why:
            found.append((why, []))
        if not found:
            found.append((NoQuestion(_("It has no questions.")), []))
        for one, doubts in found:
            place = self._place(piece.place)
            if isinstance(one, NoQuestion):
                self.findings.append(Finding(place, str(one), doubtful=False))
                continue
            for doubt in dict.fromkeys(doubts):
                self.findings.append(Finding(place, doubt, doubtful=True, question=len(self.questions)))
            name = _name(piece.title, one.prompt) if len(found) == 1 else ""
            self.questions.append(replace(one, place=place, name=name))

    def _place(self, place: tuple[str, ...]) -> str:
        """Name the place, 'slide 2, question 1': questions are counted within what contains them, unless something else
        numbers them."""
        joined = ", ".join(place)
        self.places[joined] += 1
        count = self.places[joined]
        if place and count == 1:
            return joined
        counted = _("question %(number)s") % {"number": count}
        return f"{joined}, {counted}" if joined else counted

    def _note(self, piece: _Piece) -> None:
        if piece.name != _SET:
            # What only holds others is no content of its own.
            if not any(True for _one in _inner(piece.params, piece.place, 0)):
                self.others[piece.name] += 1
            return
        pool = piece.params.get("poolSize")
        if isinstance(pool, int) and not isinstance(pool, bool) and pool > 0:
            self.notes.append(
                _("Of a question set only %(count)s questions were asked at a time. All were read.") % {"count": pool}
            )
        intro = _mapping(piece.params.get("introPage"))
        if Plain(intro.get("introduction")).text:
            self.notes.append(_("The introduction of a question set was left out."))


def _pieces(main: _Piece) -> Iterator[_Piece]:
    """Yield the content and all content within it, in order; a question's own content is skipped."""
    ahead, count = [(main, 0)], 0
    while ahead:
        piece, depth = ahead.pop()
        yield piece
        count += 1
        if count > _MOST:
            raise UnreadableFile(_("The package has more than 5,000 pieces of content. Split it."))
        if piece.name not in KINDS and piece.name not in UNSUPPORTED and depth < _DEEPEST:
            ahead.extend((one, depth + 1) for one in reversed([*_inner(piece.params, piece.place, 0)]))


def _inner(value: Any, place: tuple[str, ...], depth: int) -> Iterator[_Piece]:
    """Yield the nearest pieces within a value, each with its place."""
    if depth > _DEEPEST:
        return
    if isinstance(value, Mapping):
        named = value.get("library")
        id = LibraryId.parsed(named) if isinstance(named, str) and " " in named else None
        if id is not None:
            if isinstance(value.get("params"), Mapping):
                title = _mapping(value.get("metadata")).get("title")
                yield _Piece(id.machine_name, value["params"], place, title if isinstance(title, str) else "")
            return
        for name, inner in value.items():
            yield from _inner_of(name, inner, place, depth)
    elif isinstance(value, list):
        for inner in value:
            yield from _inner(inner, place, depth + 1)


def _inner_of(name: str, value: Any, place: tuple[str, ...], depth: int) -> Iterator[_Piece]:
    told = _NUMBERED.get(name)
    if told is None or not isinstance(value, list):
        yield from _inner(value, place, depth + 1)
        return
    for number, one in enumerate(value, start=1):
        yield from _inner(one, (*place, told(number, one)), depth + 1)


def _interaction(number: int, value: Any) -> str:
    begin = _mapping(_mapping(value).get("duration")).get("from")
    if isinstance(begin, int | float) and not isinstance(begin, bool) and 0 <= begin < 360_000:
        return _("at %(time)s") % {"time": f"{int(begin) // 60}:{int(begin) % 60:02d}"}
    return _("interaction %(number)s") % {"number": number}


# Lists of containers, by their name in the params: QuestionSet, CoursePresentation, InteractiveBook, Column,
# InteractiveVideo.
_NUMBERED: Mapping[str, Any] = {
    "questions": lambda number, one: _("question %(number)s") % {"number": number},
    "slides": lambda number, one: _("slide %(number)s") % {"number": number},
    "chapters": lambda number, one: _("chapter %(number)s") % {"number": number},
    "content": lambda number, one: _("part %(number)s") % {"number": number},
    "interactions": _interaction,
}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _name(title: str, prompt: str) -> str:
    """Return the editor's name for it; H5P's own names, and the beginning of the question, say nothing."""
    line = " ".join(prompt.split())
    # H5P's editor escapes some signs of a title, and tags are none.
    title = nfc(" ".join(unescape(title).split()))[:200]
    begins = line.startswith(title.rstrip("…").rstrip()) if title else True
    return (
        "" if begins or title.startswith("Untitled") or title in ("Multiple Choice", "True/False Question") else title
    )
