"""How a class is laid out on its page: the links of its first line, groups, and signs beside the words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from bdhvs_lms.reporting.class_table import (
    ANCHORS,
    FIRST_COLUMNS,
    WORDS,
    Head,
    Order,
    cell_word,
    columns_of,
    first_cells,
    heads_of,
    points_words,
)
from bdhvs_lms.reporting.queries.review import WORST_FIRST, Cell, ClassReview, ReviewRow, State
from bdhvs_lms.reporting.tables import Cell as TextCell
from bdhvs_lms.reporting.tables import Column


@dataclass(frozen=True)
class Mark:
    """One cell of the matrix: its word, the points, and the style of its sign. Those that say the same of the same
    activity are one object: of six thousand cells some hundred are different."""

    head: Head
    word: str
    points: str
    style: str


@dataclass(frozen=True)
class Person:
    row: ReviewRow
    name: TextCell
    state: TextCell
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Section:
    """Learners under one heading; `state` None: all of them, when they are not grouped."""

    state: State | None
    anchor: str
    word: str
    people: tuple[Person, ...]


@dataclass(frozen=True)
class Page:
    review: ClassReview
    rows: Sequence[ReviewRow]
    state: State | None
    order: Order

    @cached_property
    def all_columns(self) -> tuple[Column, ...]:
        return columns_of(heads_of(self.review))

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.all_columns[:FIRST_COLUMNS]

    @cached_property
    def heads(self) -> list[tuple[Column, Head]]:
        return list(zip(self.all_columns[FIRST_COLUMNS:], heads_of(self.review), strict=True))

    @property
    def width(self) -> str:
        """How wide the matrix is: whether it fits beside the names on a small desk, on a large one, or on none."""
        return "s" if len(self.heads) <= 3 else "m" if len(self.heads) <= 9 else "l"

    @property
    def columns_in_all(self) -> int:
        return len(self.all_columns)

    @cached_property
    def sections(self) -> list[Section]:
        people = []
        for row in self.rows:
            name, state, _phone = first_cells(row)
            people.append(Person(row, name, state, tuple(map(self._mark, range(len(self.heads)), row.cells))))
        if self.order != "can-giup":
            return [Section(None, "", "", tuple(people))]
        return [
            Section(
                state,
                ANCHORS[state],
                str(WORDS[state]),
                tuple(person for person in people if person.row.state == state),
            )
            for state in WORST_FIRST
        ]

    def _mark(self, place: int, cell: Cell) -> Mark:
        result = cell.result
        said = result and (result.trust, result.completed_trust, result.best_raw, result.best_max)
        known = (place, cell.failed, cell.status, said)
        found = self._known.get(known)
        if found is None:
            _column, head = self.heads[place]
            style = "failed" if cell.failed else cell.status
            found = self._known[known] = Mark(head, cell_word(cell, head), points_words(cell), style)
        return found

    @cached_property
    def _known(self) -> dict[Any, Mark]:
        return {}

    @property
    def numbers(self) -> list[tuple[int, str, str]]:
        """(how many, words, link to them) of the first line; no link where there is nobody."""
        grouped = self.order == "can-giup" and self.state is None
        found = []
        for state in reversed(WORST_FIRST):
            count, anchor = self.review.counts[state], ANCHORS[state]
            link = f"#{anchor}" if grouped else f"?{urlencode({'tinh-trang': anchor})}"
            found.append((count, str(WORDS[state]), link if count else ""))
        return found

    @property
    def query(self) -> str:
        chosen: dict[str, str] = {}
        if self.state is not None:
            chosen["tinh-trang"] = ANCHORS[self.state]
        if self.order != "can-giup":
            chosen["sap-xep"] = self.order
        return f"?{urlencode(chosen)}" if chosen else ""

    @property
    def states(self) -> list[tuple[str, str, bool]]:
        """(value, words, chosen) of the filter."""
        return [("", _("Everyone"), self.state is None)] + [
            (ANCHORS[state], str(WORDS[state]), state == self.state) for state in WORST_FIRST
        ]

    @property
    def orders(self) -> list[tuple[str, str, bool]]:
        words = {
            "can-giup": _("Needs help first"),
            "ten": _("By name"),
            "lan-cuoi": _("Longest inactive first"),
        }
        return [(value, text, value == self.order) for value, text in words.items()]
