"""How a class is laid out on its page: the tiles that choose whom to see, the order, the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bdhvs_lms.classes.api import ClassGroup, ClassSession
from bdhvs_lms.reporting.class_courses import COURSE_PARAMETER, CourseChoice
from bdhvs_lms.reporting.class_table import (
    ANCHORS,
    STYLES,
    WORDS,
    ActivityColumn,
    DoneCell,
    Mark,
    NameCell,
    Order,
    StateCell,
    class_table,
)
from bdhvs_lms.reporting.queries.class_lists import ClassList
from bdhvs_lms.reporting.queries.review import WORST_FIRST, ClassReview, ReviewRow, State
from bdhvs_lms.reporting.tables import Cell, Format, Table

STATE_PARAMETER, ORDER_PARAMETER = "tinh-trang", "sap-xep"
NAMED_PARAMETER, PAGE_PARAMETER = "tim", "trang"


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
    meeting: ClassSession | None = None
    """The next session."""

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @cached_property
    def address(self) -> str:
        return reverse("bdhvs_lms:class-review", args=[self.group.uuid])

    @cached_property
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
class Pages:
    """Of a list of classes: what was searched for, and the links to the pages before and after."""

    found: ClassList
    named: str

    @property
    def needed(self) -> bool:
        """Whether there is something to search in: more than one page, or a search that was made."""
        return self.found.pages > 1 or bool(self.named)

    @property
    def words(self) -> str:
        return _("Page %(number)d of %(pages)d") % {"number": self.found.number, "pages": self.found.pages}

    @property
    def before(self) -> str:
        return self._link(self.found.number - 1) if self.found.number > 1 else ""

    @property
    def after(self) -> str:
        return self._link(self.found.number + 1) if self.found.number < self.found.pages else ""

    def _link(self, number: int) -> str:
        chosen = {NAMED_PARAMETER: self.named} if self.named else {}
        return f"?{urlencode({**chosen, PAGE_PARAMETER: number})}"


def _parted(why: Cell) -> tuple[str, str, str]:
    """The text before, what of it is Vietnamese whatever the reader's language, and after it."""
    for part in why.vietnamese:
        before, found, after = why.text.partition(part)
        if found:
            return before, found, after
    return why.text, "", ""


def initial_of(name: str) -> str:
    """The first letter of the given name, which is the last word."""
    return name.rpartition(" ")[2][:1].upper()


@dataclass(frozen=True)
class MatrixRow:
    """A row of the matrix, parted for a template that is made once for each shape of rows and filled for the others:
    what only a few rows differ in, and what is merely printed."""

    shape: Mapping[str, str]
    """`style`, `state`: of the chip; `newcomer`: not empty for one."""
    texts: Mapping[str, str]
    """`name`, `number` (of the actor), `initial`, `born`, `place`, `link`; why the state: `before`, `title`
    (Vietnamese), `after`, and `brief`; `done`, `done_short`; `phone`, `dialled`."""
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Page:
    review: ClassReview
    rows: Sequence[ReviewRow]
    state: State | None
    order: Order
    choice: CourseChoice

    @cached_property
    def table(self) -> Table[ReviewRow]:
        return class_table(self.review, self.rows)

    @cached_property
    def matrix(self) -> list[MatrixRow]:
        """What the columns of the table say of each learner, for the screen."""
        nil = UUID(int=0)
        before, after = reverse("bdhvs_lms:class-person", args=[self.review.class_group.uuid, nil]).split(str(nil))
        after += self.choice.query
        columns = self.table.columns
        own = {column.key: column.cell for column in columns}
        activities = [column.cell for column in columns if isinstance(column, ActivityColumn)]
        found = []
        for row in self.rows:
            name, state, done = own["name"](row), own["state"](row), own["done"](row)
            assert isinstance(name, NameCell)  # noqa: S101 - narrowing for the type checker
            assert isinstance(state, StateCell)  # noqa: S101
            assert isinstance(done, DoneCell)  # noqa: S101
            why, title, rest = _parted(state.why)
            number = str(row.learner.actor)
            shape = {
                "style": state.style,
                "state": state.text,
                "newcomer": "1" if name.newcomer else "",
            }
            texts = {
                "name": name.text,
                "initial": initial_of(name.text),
                "born": name.born,
                "place": name.place,
                "number": number,
                "link": f"{before}{number}{after}",
                "before": why,
                "title": title,
                "after": rest,
                "brief": state.brief,
                "done": done.text,
                "done_short": done.short,
                "phone": row.phone,
                "dialled": row.phone.replace(" ", ""),
            }
            found.append(MatrixRow(shape, texts, tuple(cell(row) for cell in activities)))  # type: ignore[misc]
        return found

    @property
    def marks(self) -> list[Mark]:
        """Those of the matrix that are different."""
        return list({id(mark): mark for row in self.matrix for mark in row.marks}.values())

    @property
    def width(self) -> str:
        """How wide the matrix is. It fits on a small desk (s), on one of 1280 px (m), there without the telephone
        numbers (l), on none (xl)."""
        activities = len(self.review.activities)
        return "s" if activities <= 4 else "m" if activities <= 10 else "l" if activities <= 13 else "xl"

    @property
    def tiles(self) -> list[Tile]:
        kept = urlencode(self._kept(COURSE_PARAMETER, ORDER_PARAMETER))
        return _tiles(self.review.counts, "", self.state, f"&{kept}" if kept else "")

    @property
    def everybody(self) -> str:
        """The link back from one state; the order and the course stay."""
        return f"?{urlencode(self._kept(COURSE_PARAMETER, ORDER_PARAMETER))}"

    @property
    def legend(self) -> list[ActivityColumn]:
        """What the short heads of the matrix stand for."""
        return [column for column in self.table.columns if isinstance(column, ActivityColumn)]

    @property
    def reminders_address(self) -> str:
        """Where the texts for those who are ticked are made; the choice made stays, for when nobody is."""
        address = reverse("bdhvs_lms:class-reminders", args=[self.review.class_group.uuid])
        return f"{address}?{self._chosen}" if self._chosen else address

    @property
    def questions_address(self) -> str:
        """The hardest questions of the course."""
        return reverse("bdhvs_lms:class-questions", args=[self.review.class_group.uuid]) + self.choice.query

    @property
    def kept_by_order(self) -> list[tuple[str, str]]:
        """(name, value) of what the form that sorts keeps."""
        return list(self._kept(COURSE_PARAMETER, STATE_PARAMETER).items())

    @property
    def kept_by_course(self) -> list[tuple[str, str]]:
        """(name, value) of what the form that chooses a course keeps."""
        return list(self._kept(STATE_PARAMETER, ORDER_PARAMETER).items())

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
        return f"{address}?{self._chosen}" if self._chosen else address

    @property
    def _chosen(self) -> str:
        return urlencode(self._kept(COURSE_PARAMETER, STATE_PARAMETER, ORDER_PARAMETER))

    def _kept(self, *names: str) -> dict[str, str]:
        """Of these parameters those that were chosen."""
        chosen = dict(self.choice.parameters)
        if self.state is not None:
            chosen[STATE_PARAMETER] = ANCHORS[self.state]
        if self.order != "can-giup":
            chosen[ORDER_PARAMETER] = self.order
        return {name: value for name, value in chosen.items() if name in names}
