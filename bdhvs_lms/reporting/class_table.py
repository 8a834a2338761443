"""A class as a table: one row a learner, one column an activity, in words; the same for screen, CSV and XLSX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from bdhvs_lms.base.api import day_of, format_day, format_number, language_of
from bdhvs_lms.courses.api import Activity
from bdhvs_lms.plugins.api import activity_types
from bdhvs_lms.progress.api import reported
from bdhvs_lms.reporting import wording
from bdhvs_lms.reporting.queries.review import WORST_FIRST, Cell, ClassReview, ReviewRow, State, by_given_name
from bdhvs_lms.reporting.tables import Cell as TextCell
from bdhvs_lms.reporting.tables import Column, Row, Table
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
# What stands before the activities: name, how it stands, telephone.
FIRST_COLUMNS = 3


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


def class_table(review: ClassReview, rows: Sequence[ReviewRow]) -> Table:
    """The rows given, in their order."""
    heads = heads_of(review)
    group = review.class_group
    return Table(
        title=group.name,
        lines=(
            *([wording.illustrative()] if review.made_up else []),
            first_line(review),
            f"{title_of(group.course.titles)} · {_('as of %(day)s') % {'day': format_day(review.on)}}",
        ),
        columns=columns_of(heads),
        rows=tuple(
            Row(
                (
                    *first_cells(row),
                    *(TextCell(cell_words(cell, head)) for head, cell in zip(heads, row.cells, strict=True)),
                ),
                row,
            )
            for row in rows
        ),
    )


def columns_of(heads: Sequence[Head]) -> tuple[Column, ...]:
    return (
        Column("name", _("Learner"), 26),
        Column("state", _("Status"), 30),
        Column("phone", _("Phone"), 16),
        *(Column("activity", _head_words(head), 14) for head in heads),
    )


def first_cells(row: ReviewRow) -> tuple[TextCell, TextCell, TextCell]:
    """What stands before the activities."""
    return (
        TextCell(row.name, vietnamese=(row.name,)),
        TextCell(state_words(row)),
        TextCell(row.phone or "–"),
    )


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


def cell_word(cell: Cell, head: Head) -> str:
    """What a cell says: whether it is done, without points."""
    if cell.failed:
        return _("Not passed yet")
    if cell.status == "done":
        done = pgettext("an activity of a learner", "Completed")
        return f"{done} ({trust_word(xapi.Trust.CLIENT_REPORTED)})" if reported(cell.activity, cell.result) else done
    if cell.status == "in_progress":
        return head.in_progress or pgettext("an activity of a learner", "In progress")
    return head.not_begun


def points_words(cell: Cell) -> str:
    """'9/10', where there are points."""
    result = cell.result
    if result is None or result.best_raw is None or result.best_max is None:
        return ""
    return f"{format_number(result.best_raw, short=True)}/{format_number(result.best_max, short=True)}"


def cell_words(cell: Cell, head: Head) -> str:
    return f"{cell_word(cell, head)} {points_words(cell)}".strip()
