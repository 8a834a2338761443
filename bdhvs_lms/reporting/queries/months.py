"""The last twelve months of a count: of those who are counted today, how many had passed by the end of each.

Counted in the same query as the row itself, and part of the same dated snapshot: the same people at the same places, so
that the last month leads to the row's own number and people who move do not bend the line. Why so, and what is hidden:
docs/adr/0030.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from bdhvs_lms.campaign.api import Area
from bdhvs_lms.reporting.queries.places import AreaTree, Node, Unassigned
from bdhvs_lms.reporting.suppression import Counts, Known, complement, difference, shown_in_turn, single

MONTHS = 12
NOW = "now"


@dataclass(frozen=True)
class Month:
    """The end of one month. `numerator` None: not shown, or (with `share`) nothing to divide by."""

    day: date
    numerator: int | None
    share: Decimal | None = None


def month_ends(on: date) -> tuple[date, ...]:
    """The last days of the twelve months before `on`, the earliest first; a month that ends on that day is not over."""
    found = []
    first = on.replace(day=1)
    for _number in range(MONTHS):
        last = first - timedelta(days=1)
        found.append(last)
        first = last.replace(day=1)
    return tuple(reversed(found))


def year_before(on: date) -> date:
    """The same day of the year before; of 29 February the 28th."""
    try:
        return on.replace(year=on.year - 1)
    except ValueError:
        return on.replace(year=on.year - 1, day=28)


class Outline:
    """The tree down to communes, with everybody of their villages: a month of a village is too few people."""

    def __init__(self, places: AreaTree) -> None:
        self._places = places
        parents = places.parents
        self._inner = {
            above for node, above in parents.items() if not isinstance(node, Unassigned) and not self._in_village(node)
        }
        self.parents: dict[Node, Node | None] = {
            node: above for node, above in parents.items() if self._home(node) == node
        }

    def sides(self) -> tuple[frozenset[Node], frozenset[Node]]:
        """The leaves of this tree that are urban with everybody in them, and those that are in part."""
        sides: dict[Node, set[bool]] = {}
        for node in self._places.parents:
            if node not in self._places.inner:
                sides.setdefault(self._home(node), set()).add(self._places.is_urban(node))
        return (
            frozenset(node for node, found in sides.items() if found == {True}),
            frozenset(node for node, found in sides.items() if len(found) == 2),
        )

    def _in_village(self, node: Node) -> bool:
        area_id = node.area_id if isinstance(node, Unassigned) else node
        return self._places.history.areas[area_id].kind == Area.Kind.VILLAGE

    def _home(self, node: Node) -> Node:
        """The node of this tree at which people of a node are counted."""
        above = self._places.parents[node]
        while above is not None and self._in_village(node):
            node, above = above, self._places.parents[above]
        return node.area_id if isinstance(node, Unassigned) and node.area_id not in self._inner else node

    def totals(self, by_node: Mapping[Node, int], people: Mapping[Node, int]) -> dict[Node, int]:
        """Totals that were entered by node of the whole tree, for this one: a commune's own, or the sum of its villages

        where each village in which somebody is known has one."""
        found = {node: value for node, value in by_node.items() if node in self.parents}
        sums: dict[Node, int] = {}
        without: set[Node] = set()
        for node, above in self._places.parents.items():
            home = self._home(node)
            if home in found or (home == node and home in self._inner):
                continue
            if node in by_node:
                # A village below a village is in what was entered above it.
                if above == home or above not in by_node:
                    sums[home] = sums.get(home, 0) + by_node[node]
            elif people.get(node) and above not in by_node:
                without.add(home)
        return {**found, **{home: value for home, value in sums.items() if home not in without}}

    def gathered(self, counts: Mapping[Node, int]) -> dict[Node, int]:
        """Counts by leaf of the whole tree as counts by leaf of this one."""
        found: dict[Node, int] = {}
        for node, number in counts.items():
            home = self._home(node)
            found[home] = found.get(home, 0) + number
        return found


def shown_months(
    parents: Mapping[Node, Node | None],
    people: Mapping[Node, int],
    now: Mapping[Node, int],
    until: Sequence[Mapping[Node, int]],
    shown: Collection[Hashable],
    entered: Sequence[Mapping[Node, int]] = (),
    told: Iterable[Known] = (),
) -> list[frozenset[Node]]:
    """Of each month, the nodes whose number may be shown.

    Any two months, and each month and today, differ by nobody or by at least five people, in every area and in what
    sums and differences of areas leave. The earlier month gives way, so months are missing where few people passed.

    Args:
        people, now, until: of each leaf, who is eligible, who passes, and who had passed by the end of each month.
        shown: where today's number is shown.
        entered: totals that stand beside the numbers, by node: no month leaves fewer than five people of one.
        told: what follows from readings: a month differs from none of it by few people (docs/adr/0100).
    """
    # From today backwards: what is decided for a month stays when an earlier one is looked at.
    earlier: list[Hashable] = list(reversed(range(len(until))))
    values: dict[Hashable, Mapping[Node, int]] = {NOW: now, **dict(enumerate(until))}
    forms = [single(month) for month in earlier]
    for place, month in enumerate(earlier):
        forms += [difference(later, month) for later in (NOW, *earlier[:place])]
    totals: dict[Hashable, Mapping[Node, int]] = {("total", place): one for place, one in enumerate(entered)}
    forms += [complement(total, month) for total in totals for month in earlier]
    known: dict[Hashable, Known] = {}
    for one in told:
        if one.region and one not in known.values():
            known["told", len(known)] = one
    forms += [difference(month, name, yields=month) for name in known for month in earlier]
    counts = Counts(
        parents, dict.fromkeys(values, people), values, forms, dict.fromkeys(earlier, NOW), totals, {}, known
    )
    found = shown_in_turn(counts, {NOW: set(shown) & set(parents)}, earlier)
    return [found[place] for place in range(len(until))]
