"""How a class is laid out on its page: the tiles that choose whom to see, the order, the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bdhvs_lms.classes.api import ClassGroup
from bdhvs_lms.reporting.class_table import ANCHORS, STYLES, WORDS, ActivityColumn, Order, class_table
from bdhvs_lms.reporting.queries.review import WORST_FIRST, ClassReview, ReviewRow, State
from bdhvs_lms.reporting.tables import Format, Table

STATE_PARAMETER, ORDER_PARAMETER = "tinh-trang", "sap-xep"


@dataclass(frozen=True)
class Tile:
    """How many learners are in a state; its link shows these alone."""

    count: int
    word: str
    style: str
    link: str
    chosen: bool = False


def _tiles(counts: Mapping[State, int], address: str, chosen: State | None = None, more: str = "") -> list[Tile]:
    """`address`: of the class's page, empty on the page itself; `more`: what its link keeps of the choice made."""
    return [
        Tile(
            counts[state],
            str(WORDS[state]),
            STYLES[state],
            f"{address}?{urlencode({STATE_PARAMETER: ANCHORS[state]})}{more}",
            chosen=state == chosen,
        )
        for state in WORST_FIRST
    ]


@dataclass(frozen=True)
class ClassCard:
    """A class in the list: nobody by name."""

    group: ClassGroup
    counts: Mapping[State, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def address(self) -> str:
        return reverse("bdhvs_lms:class-review", args=[self.group.uuid])

    @property
    def tiles(self) -> list[Tile]:
        return _tiles(self.counts, self.address)

    @property
    def next(self) -> tuple[str, str]:
        """(words, link) of what is to be done first."""
        stuck, waiting, *_others = self.tiles
        if count := stuck.count:
            words = ngettext("Call %(count)d person who needs help", "Call %(count)d people who need help", count)
            return words % {"count": count}, stuck.link
        if count := waiting.count:
            words = ngettext("Help %(count)d person get started", "Help %(count)d people get started", count)
            return words % {"count": count}, waiting.link
        return _("Open the class"), self.address


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
        """How wide the matrix is. It fits on a small desk (s), on one of 1280 px (m), there without the telephone
        numbers (l), on none (xl)."""
        activities = len(self.review.activities)
        return "s" if activities <= 4 else "m" if activities <= 10 else "l" if activities <= 13 else "xl"

    @property
    def tiles(self) -> list[Tile]:
        more = "" if self.order == "can-giup" else f"&{urlencode({ORDER_PARAMETER: self.order})}"
        return _tiles(self.review.counts, "", self.state, more)

    @property
    def everybody(self) -> str:
        """The link back from one state; the order stays."""
        return "?" if self.order == "can-giup" else f"?{urlencode({ORDER_PARAMETER: self.order})}"

    @property
    def legend(self) -> list[ActivityColumn]:
        """What the short heads of the matrix stand for."""
        return [column for column in self.table.columns if isinstance(column, ActivityColumn)]

    @property
    def chosen_state(self) -> str:
        """Its parameter, for the form that sorts."""
        return ANCHORS[self.state] if self.state is not None else ""

    @property
    def orders(self) -> list[tuple[str, str, bool]]:
        """(value, words, chosen)."""
        words = {
            "can-giup": _("Needs help first"),
            "ten": _("By name"),
            "lan-cuoi": _("Longest inactive first"),
        }
        return [(value, text, value == self.order) for value, text in words.items()]

    def file_address(self, kind: Format) -> str:
        """The file with what the page shows, in its order."""
        address = reverse("bdhvs_lms:class-file", kwargs={"class_uuid": self.review.class_group.uuid, "kind": kind})
        chosen: dict[str, str] = {}
        if self.state is not None:
            chosen[STATE_PARAMETER] = self.chosen_state
        if self.order != "can-giup":
            chosen[ORDER_PARAMETER] = self.order
        return f"{address}?{urlencode(chosen)}" if chosen else address
