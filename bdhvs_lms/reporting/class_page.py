"""How a class is laid out on its page: the links of its first line, and groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from bdhvs_lms.reporting.class_table import ANCHORS, WORDS, Order, class_table
from bdhvs_lms.reporting.queries.review import WORST_FIRST, ClassReview, ReviewRow, State
from bdhvs_lms.reporting.tables import Row, Table


@dataclass(frozen=True)
class Section:
    """Learners under one heading; `state` None: all of them, when they are not grouped."""

    state: State | None
    anchor: str
    word: str
    rows: tuple[Row[ReviewRow], ...]


@dataclass(frozen=True)
class Page:
    review: ClassReview
    rows: Sequence[ReviewRow]
    state: State | None
    order: Order

    @cached_property
    def table(self) -> Table[ReviewRow]:
        return class_table(self.review, self.rows)

    @property
    def width(self) -> str:
        """How wide the matrix is: whether it fits beside the names on a small desk, on a large one, or on none."""
        activities = len(self.review.activities)
        return "s" if activities <= 3 else "m" if activities <= 9 else "l"

    @property
    def sections(self) -> list[Section]:
        rows = self.table.rows
        if self.order != "can-giup":
            return [Section(None, "", "", rows)]
        return [
            Section(state, ANCHORS[state], str(WORDS[state]), tuple(row for row in rows if row.subject.state == state))
            for state in WORST_FIRST
        ]

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
