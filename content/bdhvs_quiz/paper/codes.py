"""Codes of a pack: the order in which each asks, from the pack's row and the published version alone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.template import Template
from django.utils.translation import gettext as _

from bdhvs_lms.plugins.api import PaperBox, QuestionType, fragment
from bdhvs_quiz.grading import field_name, kind_of
from bdhvs_quiz.models import PaperPack, QuizVersion

# How often another order is tried for a code that came out like one before it: few questions have few orders.
TRIES = 16


@dataclass(frozen=True)
class Asked:
    """A question at its place on a sheet of one code."""

    place: int
    question_key: str
    name: str
    prompt: str
    shown: dict[str, Any]
    kind: QuestionType
    boxes: tuple[PaperBox, ...]
    media: Sequence[Mapping[str, Any]] = ()

    @property
    def print_template(self) -> Template:
        return fragment(self.kind, self.kind.print_template)

    @property
    def template(self) -> Template:
        """Return the template of an attempt's page, for answers written by hand."""
        return fragment(self.kind, self.kind.template)


def code_name(code: int) -> str:
    """Return '101' for the first code, as tests here are numbered."""
    return str(101 + code)


def problems_on_paper(version: QuizVersion) -> list[str]:
    """List the prompts of the questions that cannot be asked on paper. Raises QuestionTypeMissing."""
    found = [question["prompt"] for question in version.shown["questions"] if not kind_of(question).on_paper]
    return [*found, _("questions that are drawn at random")] if "draws" in version.shown else found


def asked_on(pack: PaperPack, code: int) -> list[Asked]:
    """List the questions of a code in their order, options shuffled where the quiz lets them be. Pure.

    Raises QuestionTypeMissing.
    """
    found = []
    for place, question in enumerate(_orders(pack)[code], start=1):
        kind = kind_of(question)
        found.append(
            Asked(
                place=place,
                question_key=question["key"],
                name=field_name(question["key"]),
                prompt=question["prompt"],
                shown=question["shown"],
                kind=kind,
                boxes=kind.paper_boxes(question["shown"]),
                media=question.get("media", ()),
            )
        )
    return found


def _orders(pack: PaperPack) -> list[list[dict[str, Any]]]:
    if pack.codes == 1:
        return [list(pack.version.shown["questions"])]
    orders: list[list[dict[str, Any]]] = []
    for code in range(pack.codes):
        order = _order(pack, code, 0)
        for again in range(1, TRIES):
            if order not in orders:
                break
            order = _order(pack, code, again)
        orders.append(order)
    return orders


def _order(pack: PaperPack, code: int, again: int) -> list[dict[str, Any]]:
    shown = pack.version.shown
    rank = partial(_rank, str(pack.uuid), str(code), str(again))
    questions = sorted(shown["questions"], key=lambda question: rank(question["key"]))
    if not shown.get("shuffle_options"):
        return questions
    return [
        {**question, "shown": kind_of(question).shuffled(question["shown"], partial(rank, question["key"]))}
        for question in questions
    ]


def _rank(*names: str) -> str:
    return hashlib.sha256("/".join(names).encode()).hexdigest()
