"""Spans of days on which people count, where and in which groups: what `placements_on` and `belongings_on` say day by
day.

For projections that write it down once, so that a board need not look for it anew among all rows of everybody.
"""

from __future__ import annotations

import contextlib
import contextvars
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from django.db.models import Q

from bdhvs_lms.learners.models import Belonging, Learner, Placement

OPEN = date.max
"""Of a span that goes on until further notice."""

# Called with primary keys of learners, inside the transaction that wrote a placement or belonging of theirs; the parts
# above put their functions in.
relocated: list[Callable[[Sequence[int]], None]] = []


@dataclass(frozen=True)
class Place:
    """The place at which a member of a group is counted on a day: by area, or, where a group is counted so, by
    organisation."""

    area_id: int | None
    """Where they live; of somebody whose unit was split, the newest area named before. None: never placed."""
    assigned: bool
    organisation_id: int | None
    """Of several the one joined last; None: in the group without one."""


@dataclass(frozen=True)
class Span:
    """One place on every day from `first` on and before `until` (`OPEN`: until further notice)."""

    first: date
    until: date
    place: Place


_gathered: contextvars.ContextVar[set[int] | None] = contextvars.ContextVar("bdhvs_relocated", default=None)


def tell_relocated(*learner_ids: int) -> None:
    """Report that placements or belongings of these were written; inside the transaction that did."""
    waiting = _gathered.get()
    if waiting is not None:
        waiting.update(learner_ids)
    elif learner_ids:
        for follow in relocated:
            follow(sorted(set(learner_ids)))


@contextlib.contextmanager
def told_at_once() -> Iterator[None]:
    """Report once, at the end, what is written about many, or in several rows about one. Inside atomic()."""
    if _gathered.get() is not None:
        yield
        return
    waiting: set[int] = set()
    token = _gathered.set(waiting)
    try:
        yield
    finally:
        _gathered.reset(token)
    tell_relocated(*waiting)


def counted_spans(ids: Iterable[int], supposed: Iterable[Belonging] = ()) -> dict[int, dict[int, list[Span]]]:
    """Return, for each of these learners, by group (primary keys), the days on which somebody of the group can be
    counted.

    Only whole groups: parts of a group have no members of their own. Who was merged into another record has none. Three
    queries, however many are asked for.

    `supposed`: belongings that are taken to be written after all others, though they are not.
    """
    wanted = set(ids)
    people: dict[int, int] = {}
    records = Learner.objects.filter(Q(pk__in=wanted) | Q(merged_into__in=wanted))
    for pk, merged_into in records.values_list("pk", "merged_into"):
        people[pk] = pk if merged_into is None else merged_into
    placements: dict[int, list[_Placed]] = defaultdict(list)
    columns = ("valid_from", "pk", "area_id", "learner_id")
    for row in Placement.objects.filter(learner__in=people).values_list(*columns):
        placements[people[row[3]]].append(_Placed(*row))
    belongings: dict[tuple[int, int], list[Any]] = defaultdict(list)
    rows = Belonging.objects.filter(learner__in=people).order_by("valid_from", "pk")
    named = ("pk", "learner_id", "group_id", "organisation_id", "valid_from", "valid_to", "withdrawn", "basis")
    then = [_supposed(row, number) for number, row in enumerate(supposed) if row.learner_id in people]
    stored = [*rows.values_list(*named, named=True), *then]
    for member in sorted(stored, key=lambda row: (row.valid_from, row.pk)) if then else stored:
        person = people[member.learner_id]
        # A person has one year of birth, that of the record that stands: no other one's rule counts.
        if member.basis != "rule" or member.learner_id == person:
            belongings[person, member.group_id].append(member)
    found: dict[int, dict[int, list[Span]]] = {pk: {} for pk, person in people.items() if pk == person}
    for (person, group), members in belongings.items():
        if person in found:
            spans = _spans(_Lived(placements[person]), members)
            if spans:
                found[person][group] = spans
    return {pk: groups for pk, groups in found.items() if pk in wanted}


def _supposed(row: Belonging, number: int) -> SimpleNamespace:
    return SimpleNamespace(
        pk=sys.maxsize + number,
        learner_id=row.learner_id,
        group_id=row.group_id,
        organisation_id=row.organisation_id,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        withdrawn=row.withdrawn,
        basis=row.basis,
    )


@dataclass(frozen=True, order=True)
class _Placed:
    valid_from: date
    pk: int
    area_id: int | None
    learner_id: int


class _Lived:
    """One person's placements, of all records."""

    def __init__(self, placements: Iterable[_Placed]) -> None:
        self._rows = sorted(placements, key=lambda row: (row.valid_from, row.pk))
        self.days = {row.valid_from for row in self._rows}

    def on(self, day: date) -> tuple[int | None, bool]:
        """Return (area, assigned) as `placements_on` has them."""
        known = [row for row in self._rows if row.valid_from <= day]
        if not known or known[-1].area_id is not None:
            return (known[-1].area_id if known else None), True
        last = [row.area_id for row in known if row.area_id is not None and row.learner_id == known[-1].learner_id]
        return (last[-1] if last else None), False


def _spans(lived: _Lived, members: Sequence[Any]) -> list[Span]:
    """Build the spans. `members`: belongings to one group of one person, in order of (valid_from, pk)."""
    days = {row.valid_from for row in members}
    days |= {row.valid_to + timedelta(days=1) for row in members if row.valid_to is not None and row.valid_to < OPEN}
    days |= {day for day in lived.days if day >= min(days)}
    ordered = sorted(days)
    spans: list[Span] = []
    for day, until in zip(ordered, [*ordered[1:], OPEN], strict=True):
        place = _place(lived, members, day)
        if place is None:
            continue
        if spans and spans[-1].until == day and spans[-1].place == place:
            spans[-1] = Span(spans[-1].first, until, place)
        else:
            spans.append(Span(day, until, place))
    return spans


def _place(lived: _Lived, members: Sequence[Any], day: date) -> Place | None:
    """Return the place; None: not in the group on this day, or nowhere."""
    speaking: dict[tuple[int, int | None], Any] = {}
    for row in members:
        if row.valid_from <= day:
            speaking[row.learner_id, row.organisation_id] = row
    held = [row for row in speaking.values() if not row.withdrawn and (row.valid_to is None or row.valid_to >= day)]
    if not held:
        return None
    chosen = max(held, key=lambda row: (row.organisation_id is not None, row.valid_from, row.pk))
    area_id, assigned = lived.on(day)
    if area_id is None and chosen.organisation_id is None:
        return None
    return Place(area_id, assigned, chosen.organisation_id)
