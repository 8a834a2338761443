"""Conversion of plain questions to content that H5P plays: one MultiChoice or TrueFalse, or several in a QuestionSet.

The libraries are not made here: they have to be among those that the host has.
"""

from __future__ import annotations

import html
import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from h5p_python_adapter.exporting import export
from h5p_python_adapter.load_order import MissingLibrary, closure
from h5p_python_adapter.native_words import native_words
from h5p_python_adapter.records import LibraryFacts, LibraryId, PackageFacts
from h5p_python_adapter.store import LibrarySource

__all__ = ["NATIVE_LIBRARIES", "Choice", "Option", "Quiz", "TrueOrFalse", "native_params", "write_native"]

# The oldest minor versions whose params have the fields that are written here; another major version may have others.
_KNOWN = {"H5P.MultiChoice": LibraryId("H5P.MultiChoice", 1, 10), "H5P.TrueFalse": LibraryId("H5P.TrueFalse", 1, 4),
          "H5P.QuestionSet": LibraryId("H5P.QuestionSet", 1, 12)}  # fmt: skip
NATIVE_LIBRARIES = tuple(_KNOWN)
"""Of the libraries that may be needed."""
_NAMES = uuid.UUID("5f0cf3a5-6f0c-5d27-8d0c-1f5d3f0c9b1e")


@dataclass(frozen=True)
class Option:
    text: str
    right: bool
    feedback: str = ""
    """Shown to those who chose it."""


@dataclass(frozen=True)
class Choice:
    """Options to choose from. All texts are plain; line breaks count."""

    prompt: str
    options: tuple[Option, ...]
    single: bool
    """One option is chosen, not any number."""
    explanation: str = ""
    key: str = ""
    """What the question is known by: its `subContentId` follows from it. Without: from its place."""


@dataclass(frozen=True)
class TrueOrFalse:
    prompt: str
    right: bool
    explanation: str = ""
    key: str = ""


@dataclass(frozen=True)
class Quiz:
    title: str
    questions: tuple[Choice | TrueOrFalse, ...]
    language: str = "vi"
    intro: str = ""
    pass_percent: int = 50
    shuffle_questions: bool = False
    shuffle_options: bool = False


@dataclass(frozen=True)
class Native:
    main: LibraryId
    params: dict[str, Any]
    h5p: dict[str, Any]
    """h5p.json but for the list of libraries."""


def native_params(quiz: Quiz, available: Iterable[LibraryId], semantics: Sequence[Any] = ()) -> Native:
    """Build params for the newest versions there are. `semantics`: semantics.json of the QuestionSet taken, when it is
    at hand; it names the versions that other hosts let into it, and one of these is taken before a newer one.

    ValueError for a quiz without a question or a choice without options; MissingLibrary names what lacks, in the oldest
    version that would do.
    """
    if not quiz.questions:
        raise ValueError("a quiz without a question makes no content")
    there = list(available)
    alone = len(quiz.questions) == 1 and not quiz.intro
    wanted = {_library(question) for question in quiz.questions} | (set() if alone else {"H5P.QuestionSet"})
    chosen = {name: _newest(name, there, semantics) for name in wanted}
    missing = [_KNOWN[name] for name, id in chosen.items() if id is None]
    if missing:
        raise MissingLibrary(missing)
    ids = {name: id for name, id in chosen.items() if id is not None}
    parts = [_params(question, quiz) for question in quiz.questions]
    if alone:
        main, params = ids[_library(quiz.questions[0])], parts[0]
    else:
        main = ids["H5P.QuestionSet"]
        params = _question_set(quiz, [_piece(n, question, ids, part) for n, (question, part) in
                                      enumerate(zip(quiz.questions, parts, strict=True))])  # fmt: skip
    h5p = {
        "title": quiz.title,
        "language": quiz.language,
        "defaultLanguage": quiz.language,
        "mainLibrary": main.machine_name,
        "embedTypes": ["iframe"],
        "license": "U",
    }
    return Native(main, params, h5p)


def write_native(into: BinaryIO, quiz: Quiz, source: LibrarySource, available: Sequence[LibraryId]) -> None:
    """Write the same as a .h5p with all libraries. Raises as `native_params`, and MissingLibrary for what those
    libraries lack."""
    set_there = _newest("H5P.QuestionSet", available, ())
    built = native_params(quiz, available, _semantics(source, set_there) if set_there else ())
    libraries: tuple[LibraryFacts, ...] = closure(built.main, built.params, source)
    facts = PackageFacts(quiz.title, quiz.language, built.main, built.h5p, built.params, libraries, {})
    export(into, facts, libraries, source, _no_file)


def _no_file(path: str) -> BinaryIO:
    raise FileNotFoundError(path)


def _semantics(source: LibrarySource, id: LibraryId) -> Sequence[Any]:
    try:
        with source.open(id, "semantics.json") as handle:
            found = json.load(handle)
    except (FileNotFoundError, ValueError):
        return ()
    return found if isinstance(found, list) else ()


def _library(question: Choice | TrueOrFalse) -> str:
    return "H5P.TrueFalse" if isinstance(question, TrueOrFalse) else "H5P.MultiChoice"


def _newest(name: str, available: Iterable[LibraryId], semantics: Sequence[Any]) -> LibraryId | None:
    oldest = _KNOWN[name]
    good = [id for id in available if id.machine_name == name and id.major == oldest.major and id.minor >= oldest.minor]
    named = [id for id in good if str(id) in _options(semantics)]
    return max(named or good, default=None)


def _options(semantics: Sequence[Any]) -> set[str]:
    """Return the libraries that QuestionSet's list of questions allows."""
    for field in semantics:
        if isinstance(field, dict) and field.get("name") == "questions":
            inner = field.get("field")
            options = inner.get("options") if isinstance(inner, dict) else None
            return {option for option in options if isinstance(option, str)} if isinstance(options, list) else set()
    return set()


def _params(question: Choice | TrueOrFalse, quiz: Quiz) -> dict[str, Any]:
    words = native_words(quiz.language)
    if isinstance(question, TrueOrFalse):
        return {
            "media": {"disableImageZooming": False},
            "question": _html(question.prompt),
            "correct": "true" if question.right else "false",
            "behaviour": {
                "enableRetry": True,
                "enableSolutionsButton": True,
                "enableCheckButton": True,
                "confirmCheckDialog": False,
                "confirmRetryDialog": False,
                "autoCheck": False,
                "feedbackOnCorrect": _escaped(question.explanation),
                "feedbackOnWrong": _escaped(question.explanation),
            },
            "l10n": words["true_false"],
            "confirmCheck": words["confirm_check"],
            "confirmRetry": words["confirm_retry"],
        }
    if not question.options:
        raise ValueError(f"no options: {question.prompt[:60]}")
    return {
        "media": {"disableImageZooming": False},
        "question": _html(question.prompt),
        "answers": [
            {
                "text": f"<div>{_escaped(option.text)}</div>",
                "correct": option.right,
                "tipsAndFeedback": {
                    "tip": "",
                    "chosenFeedback": f"<div>{_escaped(option.feedback)}</div>" if option.feedback else "",
                    "notChosenFeedback": "",
                },
            }
            for option in question.options
        ],
        "overallFeedback": [{"from": 0, "to": 100, "feedback": _escaped(question.explanation)}],
        "behaviour": {
            "enableRetry": True,
            "enableSolutionsButton": True,
            "enableCheckButton": True,
            "type": "single" if question.single else "multi",
            # One point a question, as here: whoever ticks everything has not answered.
            "singlePoint": True,
            "randomAnswers": quiz.shuffle_options,
            "showSolutionsRequiresInput": True,
            "confirmCheckDialog": False,
            "confirmRetryDialog": False,
            "autoCheck": False,
            "passPercentage": 100,
            "showScorePoints": True,
        },
        "UI": words["multi_choice"],
        "confirmCheck": words["confirm_check"],
        "confirmRetry": words["confirm_retry"],
    }


def _piece(
    number: int, question: Choice | TrueOrFalse, ids: dict[str, LibraryId], params: dict[str, Any]
) -> dict[str, Any]:
    title = " ".join(question.prompt.split())
    return {
        "library": str(ids[_library(question)]),
        "params": params,
        "subContentId": str(uuid.uuid5(_NAMES, question.key or f"{number}\n{question.prompt}")),
        "metadata": {
            "contentType": "True/False Question" if isinstance(question, TrueOrFalse) else "Multiple Choice",
            "license": "U",
            "title": title if len(title) <= 100 else f"{title[:99]}…",
        },
    }


def _question_set(quiz: Quiz, pieces: list[dict[str, Any]]) -> dict[str, Any]:
    words = native_words(quiz.language)
    return {
        "introPage": {
            "showIntroPage": bool(quiz.intro),
            "title": _escaped(quiz.title) if quiz.intro else "",
            "introduction": _html(quiz.intro) if quiz.intro else "",
            "startButtonText": words["start"],
        },
        "progressType": "dots",
        "passPercentage": quiz.pass_percent,
        "disableBackwardsNavigation": False,
        "randomQuestions": quiz.shuffle_questions,
        "questions": pieces,
        "texts": words["question_set"],
        "endGame": {
            "showResultPage": True,
            "showSolutionButton": True,
            "showRetryButton": True,
            "overallFeedback": [{"from": 0, "to": 100}],
            "showAnimations": False,
            "skippable": False,
            **words["end"],
        },
        "override": {"checkButton": True},
    }


def _escaped(text: str) -> str:
    return html.escape(text, quote=True).replace("\r\n", "\n").replace("\n", "<br>")


def _html(text: str) -> str:
    return "".join(
        f"<p>{_escaped(part.strip())}</p>\n" for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()
    )
