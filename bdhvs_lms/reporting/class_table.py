"""A class as a table: one row a learner, a column for each thing judged of them and for each activity, in words.

A further column is one more in `columns_of`: pages, paper, CSV and XLSX follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from bdhvs_lms.base.api import day_of, format_day, format_number, language_of
from bdhvs_lms.courses.api import Activity
from bdhvs_lms.plugins.api import activity_types
from bdhvs_lms.progress.api import reported
from bdhvs_lms.reporting import wording
from bdhvs_lms.reporting.queries import review as queries
from bdhvs_lms.reporting.queries.review import WORST_FIRST, ClassReview, ReviewRow, State, by_given_name
from bdhvs_lms.reporting.tables import NONE, Cell, Column, Table
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


@dataclass(frozen=True)
class Head:
    """An activity as the head of a column. Only static words come from the plugin, and none when it is missing."""

    activity: Activity
    not_begun: str
    in_progress: str
    missing_plugin: str
    """The owner's app label when its ActivityType is not installed, else empty."""


def heads_of(review: ClassReview) -> tuple[Head, ...]:
    heads = []
    for activity in review.activities:
        kind = activity_types.get(activity.type_key)
        heads.append(
            Head(
                activity=activity,
                not_begun=str(kind.not_begun_label) if kind is not None else _("Not started"),
                in_progress=str(kind.in_progress_label) if kind is not None else "",
                missing_plugin="" if kind is not None else activity.plugin,
            )
        )
    return tuple(heads)


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
        rows.sort(key=lambda row: (by_given_name(row.name), row.learner.pk))
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
            f"{title_of(group.course.titles)} · {_('as of %(day)s') % {'day': format_day(review.on)}}",
        ),
        all_columns=columns_of(review),
        subjects=tuple(rows),
    )


def columns_of(review: ClassReview) -> tuple[Column[ReviewRow], ...]:
    return (
        Column("name", _("Learner"), lambda row: Cell(row.name, vietnamese=(row.name,)), 26),
        Column("state", _("Status"), lambda row: Cell(state_words(row)), 30, kind="words"),
        Column("phone", _("Phone"), lambda row: Cell(row.phone or NONE), 16, kind="phone"),
        *(_activity_column(head, place) for place, head in enumerate(heads_of(review))),
    )


def _activity_column(head: Head, place: int) -> Column[ReviewRow]:
    heading, titles = _head_words(head), head.activity.titles
    return Column(
        "activity",
        heading,
        _Marks(head, place).of,
        kind="activity",
        card=title_of(titles),
        vietnamese=heading == titles.get("vi"),
    )


@dataclass(frozen=True)
class Mark(Cell):
    """A learner in an activity: the word, the points, and the style of the sign beside the word."""

    word: str = ""
    points: str = ""
    style: str = ""

    @property
    def status_class(self) -> str:
        """The name of its sign, as everywhere a status is shown."""
        return {"failed": "help", "done": "done", "in_progress": "doing"}.get(self.style, "todo")


@dataclass
class _Marks:
    """Those that say the same of an activity are one object: of six thousand cells some hundred are different."""

    head: Head
    place: int
    known: dict[Any, Mark] = field(default_factory=dict)

    def of(self, row: ReviewRow) -> Mark:
        cell = row.cells[self.place]
        result = cell.result
        judged = result and (result.trust, result.completed_trust, result.best_raw, result.best_max)
        key = (cell.failed, cell.status, judged)
        if key not in self.known:
            word, points = cell_word(cell, self.head), points_words(cell)
            style = "failed" if cell.failed else cell.status
            self.known[key] = Mark(f"{word} {points}".strip(), word=word, points=points, style=style)
        return self.known[key]


def first_line(review: ClassReview) -> str:
    """'Lớp 40 người: 12 đã xong · 15 đang học · 5 chưa bắt đầu · 8 cần giúp'"""
    total = ngettext("Class of %(total)s person:", "Class of %(total)s people:", len(review.rows)) % {
        "total": len(review.rows)
    }
    return f"{total} {numbers_words(review.counts)}"


def numbers_words(counts: dict[State, int]) -> str:
    return " · ".join(f"{counts[state]} {WORDS[state]}" for state in reversed(WORST_FIRST))


def state_words(row: ReviewRow) -> str:
    """One line: 'cần giúp · xong 1/3 bài · lần cuối 24/10/2025 · hơn 2 tháng chưa học tiếp'"""
    words = [
        str(WORDS[row.state]),
        _("%(done)d of %(required)d completed") % {"done": row.done, "required": row.required},
    ]
    if row.last_at is not None:
        words.append(_("last %(day)s") % {"day": format_day(day_of(row.last_at))})
    if row.idle_days is not None:
        words.append(_("inactive for %(time)s") % {"time": wording.idle_words(row.idle_days)})
    return " · ".join(words)


def cell_word(cell: queries.ActivityStanding, head: Head) -> str:
    """What a cell says: whether it is done, without points."""
    if cell.failed:
        return _("Not passed yet")
    if cell.status == "done":
        done = pgettext("an activity of a learner", "Completed")
        return f"{done} ({trust_word(xapi.Trust.CLIENT_REPORTED)})" if reported(cell.activity, cell.result) else done
    if cell.status == "in_progress":
        return head.in_progress or pgettext("an activity of a learner", "In progress")
    return head.not_begun


def points_words(cell: queries.ActivityStanding) -> str:
    """'9/10', where there are points."""
    result = cell.result
    if result is None or result.best_raw is None or result.best_max is None:
        return ""
    return f"{format_number(result.best_raw, short=True)}/{format_number(result.best_max, short=True)}"
