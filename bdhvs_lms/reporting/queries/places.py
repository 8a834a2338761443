"""The areas as a tree on given days: where somebody is counted, also after units were merged, split and ended.

Old units and new ones lie beside each other in the tables. Here they make one tree, in which everybody has one place:

- A new unit lies below the old district that most of its predecessors came from, also when the district has ended: so
  the plan of the old district goes on in the units that came of it (whole, as `areas.json` says).
- Whoever's unit has ended is counted in the one unit that took it whole, whether or not somebody has written that
  placement down; where it was split, in none of the parts, but in what holds all of them: 'Chưa xác định xã mới'.
- An area that has others below it keeps a leaf for people who are in none of them (`rest`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from bdhvs_lms.campaign.api import Area, AreaSuccession, in_force

WHOLE = "all"


@dataclass(frozen=True)
class Unassigned:
    """People of an area who are in none of the areas below it."""

    area_id: int

    def __str__(self) -> str:
        return f"~{self.area_id}"


Node = int | Unassigned
"""An area's primary key, or the people of an area who are in nothing below it."""


class AreaHistory:
    """Every area with who followed whom, as loaded. Two queries."""

    def __init__(self) -> None:
        self.areas: dict[int, Area] = {area.pk: area for area in Area.objects.order_by("pk")}
        self.heirs: dict[int, list[tuple[int, str]]] = {}
        before: dict[int, list[int]] = {}
        for old, new, part in AreaSuccession.objects.order_by("pk").values_list("old", "new", "part"):
            self.heirs.setdefault(old, []).append((new, part))
            before.setdefault(new, []).append(old)
        self.parent: dict[int, int | None] = {pk: area.parent_id for pk, area in self.areas.items()}
        for new, olds in before.items():
            self.parent[new] = self._home(new, olds)
        self.goes_on = {self.parent[new] for new in before}
        """Ended districts whose territory goes on in the units that came of it."""

    def _home(self, new: int, olds: list[int]) -> int | None:
        """What a new unit lies below: the ended unit above most of its predecessors, else what the table says."""
        above = set(self._upwards(self.areas[new].parent_id))
        homes = Counter(
            home
            for old in olds
            if (home := self.areas[old].parent_id) is not None
            and home not in above
            and self.areas[home].valid_to is not None
        )
        if not homes:
            return self.areas[new].parent_id
        return min(homes, key=lambda home: (-homes[home], self.areas[home].code, home))

    def line(self, pk: int) -> list[int]:
        """The area and what lies above it today, upwards."""
        found = [pk]
        while (above := self.parent[found[-1]]) is not None and above not in found:
            found.append(above)
        return found

    def _upwards(self, pk: int | None) -> Iterator[int]:
        while pk is not None:
            yield pk
            pk = self.areas[pk].parent_id

    def stands(self, area_id: int, on: date) -> bool:
        """Whether the area has a place in the tree of that day: it is in force, or ended and its territory goes on."""
        area = self.areas[area_id]
        began = area.valid_from is None or area.valid_from <= on
        return in_force(area, on) or (began and area_id in self.goes_on)

    def day_for(self, area: Area, on: date) -> date:
        """The day whose numbers a board of the area shows: the last day of a unit that ended and does not go on."""
        if area.valid_to is not None and area.valid_to < on and not self.stands(area.pk, on):
            return area.valid_to
        return on


@dataclass(frozen=True)
class AreaTree:
    """The tree over the given days: one for all of them, so that years can stand beside each other."""

    history: AreaHistory
    days: tuple[date, ...]

    @cached_property
    def parents(self) -> dict[Node, Node | None]:
        """Every node to the one above it."""
        found: dict[Node, Node | None] = {}
        for on in sorted(self.days):
            for area_id in self.history.areas:
                if self.history.stands(area_id, on):
                    found[area_id] = self._above(area_id, on)
        for inner in {parent for parent in found.values() if isinstance(parent, int)}:
            found.setdefault(inner, None)
            found[Unassigned(inner)] = inner
        return found

    @cached_property
    def inner(self) -> set[Node]:
        """The nodes that have others below them."""
        return {parent for parent in self.parents.values() if parent is not None}

    def upwards(self, node: Node) -> Iterator[Node]:
        """A node and those above it."""
        at: Node | None = node
        while at is not None:
            yield at
            at = self.parents[at]

    @cached_property
    def children(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for node, parent in self.parents.items():
            if isinstance(node, int) and isinstance(parent, int):
                found.setdefault(parent, []).append(node)
        return found

    def _above(self, area_id: int, on: date) -> int | None:
        parent = self.history.parent[area_id]
        seen = {area_id}
        while parent is not None and parent not in seen and not self.history.stands(parent, on):
            seen.add(parent)
            heirs = self.history.heirs.get(parent, [])
            # A village outlives its commune in the unit that took it whole; of a split one nobody knows.
            whole = heirs[0][0] if len(heirs) == 1 and heirs[0][1] == WHOLE else None
            parent = whole if whole is not None else self.history.parent[parent]
        return None if parent in seen else parent

    def _line(self, area_id: int, on: date) -> list[int]:
        """The area and what lies above it, upwards."""
        line, at = [], area_id if self.history.stands(area_id, on) else self._above(area_id, on)
        while at is not None and at not in line:
            line.append(at)
            at = self._above(at, on)
        return line

    def leaf(self, area_id: int) -> Node:
        """Where people of an area itself are counted."""
        return Unassigned(area_id) if area_id in self.children else area_id

    def place(self, area_id: int | None, on: date, *, assigned: bool = True) -> Node | None:
        """The leaf at which somebody of this area is counted on this day; None: nowhere.

        Args:
            assigned: False for somebody whose last area this is and who has been placed nowhere since.
        """
        if area_id is None:
            return None
        seen: set[int] = set()
        while not self.history.stands(area_id, on) and area_id not in seen:
            seen.add(area_id)
            heirs = self.history.heirs.get(area_id, [])
            if len(heirs) == 1 and heirs[0][1] == WHOLE:
                area_id = heirs[0][0]
                continue
            return self._common([new for new, _part in heirs] or [area_id], on)
        if assigned:
            return self.leaf(area_id)
        above = self._above(area_id, on)
        return None if above is None else Unassigned(above)

    def _common(self, area_ids: Iterable[int], on: date) -> Node | None:
        """The leaf of what holds all of these areas."""
        lines = [self._line(area_id, on) for area_id in area_ids]
        for area_id in lines[0]:
            if all(area_id in line for line in lines[1:]):
                return self.leaf(area_id)
        return None

    def below(self, area_id: int, on: date) -> list[Area]:
        """The areas directly below one on this day, in the order of their codes."""
        found = [
            self.history.areas[node]
            for node in self.children.get(area_id, ())
            if self.history.stands(node, on) and self._above(node, on) == area_id
        ]
        return sorted(found, key=lambda area: (area.code, area.pk))

    def is_urban(self, node: Node) -> bool:
        """Whether people at this leaf live in an urban unit (`Area.urban`)."""
        return self.history.areas[node.area_id if isinstance(node, Unassigned) else node].urban
