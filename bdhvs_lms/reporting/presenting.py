"""How a class review is laid out: columns that say when a plugin is missing, and one section a state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from bdhvs_lms.courses.api import Activity
from bdhvs_lms.plugins.api import activity_types
from bdhvs_lms.reporting.queries.review import WORST_FIRST, Cell, ClassReview, ReviewRow, State

# Fragments of addresses, in Vietnamese like the addresses themselves.
ANCHORS: dict[State, str] = {
    "needs_help": "can-giup",
    "not_begun": "chua-bat-dau",
    "in_progress": "dang-hoc",
    "done": "da-xong",
}
WORDS = {
    "needs_help": pgettext_lazy("learners of a class", "need help"),
    "not_begun": pgettext_lazy("learners of a class", "not begun"),
    "in_progress": pgettext_lazy("learners of a class", "in progress"),
    "done": pgettext_lazy("learners of a class", "done"),
}


@dataclass(frozen=True)
class Column:
    """An activity as the head of a column. Only static words come from the plugin, and none when it is missing."""

    activity: Activity
    not_begun: str
    missing_plugin: str
    """The owner's app label when its ActivityType is not installed, else empty."""


@dataclass(frozen=True)
class Section:
    state: State
    anchor: str
    word: str
    rows: tuple[tuple[ReviewRow, tuple[tuple[Column, Cell], ...]], ...]


def columns_of(review: ClassReview) -> tuple[Column, ...]:
    columns = []
    for activity in review.activities:
        kind = activity_types.get(activity.type_key)
        columns.append(
            Column(
                activity=activity,
                not_begun=str(kind.not_begun_label) if kind is not None else _("Not begun"),
                missing_plugin="" if kind is not None else activity.plugin,
            )
        )
    return tuple(columns)


def class_sections(review: ClassReview, columns: Sequence[Column]) -> tuple[Section, ...]:
    """One section a state, worst first; sections without learners too, so that the first line is complete."""
    return tuple(
        Section(
            state=state,
            anchor=ANCHORS[state],
            word=str(WORDS[state]),
            rows=tuple((row, tuple(zip(columns, row.cells, strict=True))) for row in review.rows if row.state == state),
        )
        for state in WORST_FIRST
    )
