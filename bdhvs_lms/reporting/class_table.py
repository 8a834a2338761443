"""A class as a table: one row a learner, a column for each thing judged of them and for each activity, in words.

A further column is one more in `columns_of`: pages, paper, CSV and XLSX follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from bdhvs_lms.base.api import format_day, format_number, language_of, name_order
from bdhvs_lms.courses.api import Activity
from bdhvs_lms.plugins.api import activity_types
from bdhvs_lms.progress.api import counted_words, reported
from bdhvs_lms.reporting import wording
from bdhvs_lms.reporting.queries.review import WORST_FIRST, ActivityStanding, ClassReview, ReviewRow, State
from bdhvs_lms.reporting.tables import NONE, Cell, Column, Medium, Table
from bdhvs_lms.tracking.api import trust_word
from bdhvs_xapi import api as xapi

Order = Literal["can-giup", "ten", "lan-cuoi"]

# Fragments and parameters of addresses, in Vietnamese like the addresses themselves.
ANCHORS: dict[State, str] = {
    "needs_help": "can-giup",
    "not_begun": "chua-bat-dau",
    "in_progress": "dang-hoc",
    "done": "da-xong",
}
WORDS = {
    "needs_help": pgettext_lazy("learners of a class", "need help"),
    "not_begun": pgettext_lazy("learners of a class", "not started"),
    "in_progress": pgettext_lazy("learners of a class", "in progress"),
    "done": pgettext_lazy("learners of a class", "completed"),
}
OF_ONE = {**WORDS, "needs_help": pgettext_lazy("a learner of a class", "needs help")}
HINDRANCES = {
    "no_consent": gettext_lazy("has not given consent"),
    "not_enrolled": gettext_lazy("not enrolled in this course"),
}
STYLES: dict[State, str] = {"needs_help": "help", "not_begun": "todo", "in_progress": "doing", "done": "done"}
"""Of a state's tile, sign and chip."""
IN_FILES: frozenset[Medium] = frozenset(("xlsx", "csv"))


@dataclass(frozen=True)
class Head:
    """An activity as the head of a column. Only static words come from the plugin, and none when it is missing."""

    activity: Activity
    short: str
    """As narrow as a mark: '1', '2', 'KT'. The legend below the matrix says what it stands for."""
    not_begun: str
    in_progress: str
    missing_plugin: str
    """The owner's app label when its ActivityType is not installed, else empty."""


def heads_of(review: ClassReview) -> tuple[Head, ...]:
    heads = []
    for activity, short in zip(review.activities, _short_heads(review.activities), strict=True):
        kind = activity_types.get(activity.type_key)
        heads.append(
            Head(
                activity=activity,
                short=short,
                not_begun=str(kind.not_begun_label) if kind is not None else _("Not started"),
                in_progress=str(kind.in_progress_label) if kind is not None else "",
                missing_plugin="" if kind is not None else activity.plugin,
            )
        )
    return tuple(heads)


def _short_heads(activities: Sequence[Activity]) -> list[str]:
    """A number by the place, or its type's letters: '1', '2', 'KT'; where several have the same, 'KT1', 'KT2'."""
    kinds = [activity_types.get(one.type_key) for one in activities]
    letters = [str(kind.short_label) if kind is not None else "" for kind in kinds]
    all_of, seen = Counter(letters), Counter[str]()
    heads = []
    for own in letters:
        seen[own] += 1
        heads.append(own if own and all_of[own] == 1 else f"{own}{seen[own]}")
    return heads


def title_of(titles: dict[str, str]) -> str:
    return titles.get(language_of(titles), "")


def _head_words(head: Head) -> str:
    words = [title_of(head.activity.titles)]
    if head.missing_plugin:
        words.append(_("plugin missing: %(plugin)s") % {"plugin": head.missing_plugin})
    if not head.activity.active:
        words.append(_("no longer available"))
    elif not head.activity.required:
        words.append(_("optional"))
    return " – ".join(words)


def selected(review: ClassReview, state: State | None, order: Order) -> list[ReviewRow]:
    """The rows of one state or of all, worst first unless asked otherwise."""
    rows = [row for row in review.rows if state in (None, row.state)]
    if order == "ten":
        rows.sort(key=lambda row: (name_order(row.name), row.learner.pk))
    elif order == "lan-cuoi":
        # Whoever has been away longest first; before them those who never came.
        rows.sort(key=lambda row: (row.last_at is not None, row.last_at.timestamp() if row.last_at else 0))
    return rows


def class_table(review: ClassReview, rows: Sequence[ReviewRow]) -> Table[ReviewRow]:
    """The rows given, in their order."""
    group = review.class_group
    return Table(
        title=group.name,
        lines=(
            *([wording.illustrative()] if review.made_up else []),
            first_line(review),
            f"{title_of(review.course.titles)} · {_('as of %(day)s') % {'day': format_day(review.on)}}",
        ),
        all_columns=columns_of(review),
        subjects=tuple(rows),
    )


def columns_of(review: ClassReview) -> tuple[Column[ReviewRow], ...]:
    """What a page has in one field of a person or of a status, files have in columns of their own."""
    heads = heads_of(review)
    marks: dict[tuple[str, str, str, str], Mark] = {}
    reasons = Reasons()
    shorts = {head.activity.key: head.short for head in heads}
    return (
        Column("name", _("Learner"), NameCell.of, 26),
        Column("birth-year", _("Year of birth"), lambda row: Cell(_birth_year(row) or NONE), 10, media=IN_FILES),
        Column("place", _("Hamlet or area"), lambda row: Cell(row.place or NONE), 18, media=IN_FILES),
        Column("state", _("Status"), _States(shorts).of, 16),
        Column("why", _("Reason"), lambda row: Cell(reasons.of(row) or NONE), 30, media=IN_FILES),
        Column("done", pgettext("activities of a learner", "Done"), _Dones().of, 14),
        *(_activity_column(head, place, marks) for place, head in enumerate(heads)),
        Column("phone", _("Phone"), lambda row: Cell(row.phone or NONE), 16, kind="phone"),
    )


@dataclass(frozen=True)
class ActivityColumn(Column[ReviewRow]):
    short: str = ""
    """Its head on a page: `Head.short`."""
    title: str = ""
    """Of the activity, with which the heading begins."""

    @property
    def beside(self) -> str:
        """What the heading says after the title: ' – optional'."""
        return self.heading.removeprefix(self.title)


def _activity_column(head: Head, place: int, marks: dict[tuple[str, str, str, str], Mark]) -> Column[ReviewRow]:
    heading, titles = _head_words(head), head.activity.titles
    return ActivityColumn(
        "activity",
        heading,
        _Marks(head, place, marks).of,
        kind="activity",
        vietnamese=language_of(titles) == "vi",
        short=head.short,
        title=title_of(titles),
    )


def _birth_year(row: ReviewRow) -> str:
    return str(row.birth_year) if row.birth_year is not None else ""


@dataclass(frozen=True)
class NameCell(Cell):
    """Who it is. `born`, `place`: what tells namesakes apart, where known; `newcomer`: in no list yet."""

    born: str = ""
    place: str = ""
    newcomer: bool = False

    @classmethod
    def of(cls, row: ReviewRow) -> NameCell:
        return cls(row.name, vietnamese=(row.name,), born=_birth_year(row), place=row.place, newcomer=row.newcomer)


@dataclass(frozen=True)
class StateCell(Cell):
    """The state's word. `why`, and beside the matrix `brief`, which names an activity by its short head; `style`: of
    its sign and chip."""

    why: Cell = Cell("")
    brief: str = ""
    style: str = ""


class _States:
    def __init__(self, shorts: Mapping[UUID, str]) -> None:
        self.reasons, self.brief = Reasons(), Reasons(shorts)
        self.words = {state: str(words) for state, words in OF_ONE.items()}
        self.titles: dict[UUID, tuple[str, ...]] = {}

    def of(self, row: ReviewRow) -> StateCell:
        return StateCell(
            self.words[row.state],
            why=Cell(self.reasons.of(row), vietnamese=self._title(row.failed[0].activity) if row.failed else ()),
            brief=self.brief.of(row),
            style=STYLES[row.state],
        )

    def _title(self, activity: Activity) -> tuple[str, ...]:
        """Where it is shown in Vietnamese."""
        if activity.key not in self.titles:
            titles = activity.titles
            self.titles[activity.key] = (titles["vi"],) if language_of(titles) == "vi" else ()
        return self.titles[activity.key]


@dataclass(frozen=True)
class DoneCell(Cell):
    """How many of the required activities; `short`: '2/8'."""

    short: str = ""


@dataclass
class _Dones:
    known: dict[tuple[int, int], DoneCell] = field(default_factory=dict)

    def of(self, row: ReviewRow) -> DoneCell:
        facts = (row.done, row.required)
        if facts not in self.known:
            words = _("%(done)d of %(required)d completed") % {"done": row.done, "required": row.required}
            self.known[facts] = DoneCell(words, short=f"{row.done}/{row.required}")
        return self.known[facts]


@dataclass(frozen=True)
class Mark(Cell):
    """A learner in an activity: the word, the points, and the style of the sign beside the word."""

    word: str = ""
    points: str = ""
    style: str = ""
    """Of its sign, as everywhere a status is shown."""
    how: str = ""
    """Of which attempts the points are, where the activity says it: 'average of 3 attempts'."""


@dataclass
class _Marks:
    """Those that say the same are one object, whichever the activity: of six thousand cells some ten are different."""

    head: Head
    place: int
    known: dict[tuple[str, str, str, str], Mark]
    """Of all activities of the class."""
    found: dict[ActivityStanding, Mark] = field(default_factory=dict)

    def of(self, row: ReviewRow) -> Mark:
        cell = row.cells[self.place]
        mark = self.found.get(cell)
        if mark is None:
            word, points = cell_word(cell, self.head), points_words(cell)
            style = "help" if cell.failed else STYLES[cell.status]
            how = counted_words(cell.result.grade_from, cell.result.grade_of) if cell.result and points else ""
            made = Mark(f"{word} {points}".strip(), word=word, points=points, style=style, how=how)
            mark = self.found[cell] = self.known.setdefault((word, points, style, how), made)
        return mark


def first_line(review: ClassReview) -> str:
    """'Lớp 40 người: 8 cần giúp · 5 chưa bắt đầu · 15 đang học · 12 đã xong'"""
    total = ngettext("Class of %(total)s person:", "Class of %(total)s people:", len(review.rows)) % {
        "total": len(review.rows)
    }
    return f"{total} {numbers_words(review.counts)}"


def numbers_words(counts: dict[State, int]) -> str:
    return " · ".join(f"{counts[state]} {WORDS[state]}" for state in WORST_FIRST)


@dataclass
class Reasons:
    """Why somebody is in a state, in one line; `shorts`: what activities are called there, else by their titles.

    '23 ngày chưa học tiếp · Kiểm tra: chưa đạt 7/10', 'chưa mở bài nào', 'học hôm qua'; empty: nothing is known.
    What is said of several is put in words once: for one language.
    """

    shorts: Mapping[UUID, str] | None = None
    known: dict[Any, str] = field(default_factory=dict)

    def of(self, row: ReviewRow) -> str:
        words = [self._once(row.hindrance, HINDRANCES[row.hindrance].__str__)] if row.hindrance else []
        if row.state == "not_begun":
            return words[0] if words else self._once("not begun", self._not_begun)
        if row.state != "needs_help":
            if row.last_days is not None:
                words.append(self._once(("last", row.last_days), wording.last_here, row.last_days))
            return " · ".join(words)
        if row.sessions is not None:
            words.append(self._once(("sessions", row.sessions), self._not_begun_after, row.sessions))
        if row.idle_days is not None:
            words.append(self._once(("idle", row.idle_days), self._idle, row.idle_days))
        if row.failed:
            words.append(self._once(row.failed[0], self._failed, row.failed[0]))
        if len(row.failed) > 1:
            words.append(self._once(("more", len(row.failed)), self._more, len(row.failed) - 1))
        return " · ".join(words)

    def _once(self, what: Any, make: Callable[..., str], *facts: Any) -> str:
        if what not in self.known:
            self.known[what] = make(*facts)
        return self.known[what]

    def _not_begun(self) -> str:
        return _("has not opened anything")

    def _not_begun_after(self, sessions: int) -> str:
        words = ngettext(
            "has not opened anything after %(count)d session",
            "has not opened anything after %(count)d sessions",
            sessions,
        )
        return words % {"count": sessions}

    def _idle(self, days: int) -> str:
        return _("inactive for %(time)s") % {"time": wording.idle_words(days)}

    def _failed(self, cell: ActivityStanding) -> str:
        title = self.shorts[cell.activity.key] if self.shorts else title_of(cell.activity.titles)
        facts = {"activity": title, "points": points_words(cell)}
        return (_("%(activity)s: not passed yet %(points)s") % facts).strip()

    def _more(self, count: int) -> str:
        return ngettext("%(count)d more not passed", "%(count)d more not passed", count) % {"count": count}


def cell_word(cell: ActivityStanding, head: Head) -> str:
    """What a cell says: whether it is done, without points."""
    if cell.failed:
        return _("Not passed yet")
    if cell.status == "done":
        done = pgettext("an activity of a learner", "Completed")
        return f"{done} ({trust_word(xapi.Trust.CLIENT_REPORTED)})" if reported(cell.activity, cell.result) else done
    if cell.status == "in_progress":
        return head.in_progress or pgettext("an activity of a learner", "In progress")
    return head.not_begun


def points_words(cell: ActivityStanding) -> str:
    """'9/10', where there are points."""
    result = cell.result
    if result is None or result.raw is None or result.most is None:
        return ""
    return f"{format_number(result.raw, short=True)}/{format_number(result.most, short=True)}"
