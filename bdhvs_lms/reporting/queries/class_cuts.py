"""What villages less classes, and classes less villages, tell of a commune, to whoever knows which class lies in which.

Cells are (village, class) with the number in both. What sums and differences of villages and classes tell of is the
sets of whole cells in which each village and each class can be given 0 or 1 so that a cell of the set has a village of
1 and a class of 0, and every other cell has two that are equal. The smallest such set with a given cell in it is a
minimum cut between its village and its class, so all of them are looked at without going through all. decision 30.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator, Mapping, Sequence, Set

from bdhvs_lms.reporting.suppression import SMALL, is_small
from bdhvs_lms.reporting.suppression.blocks import Joined

TellsOf = tuple[Hashable, ...]
"""Of each number of a form, the shown village or class that something lies in; None: in none of those shown."""
Cells = Mapping[tuple[TellsOf, TellsOf], Sequence[int]]
"""By (village, class) the form's number, and the people among whom it is counted; of nobody there is no cell."""


def few_told(cells: Cells, without: Set[int], *, of_years: bool) -> set[tuple[int, Hashable]] | None:
    """By which numbers of classes a few can be told: (place of the number in the form, class). None: they cannot.

    Args:
        without: the places in the form of the numbers that are not shown of the commune itself.
        of_years: the form is a difference of two years, which may be below 0 somewhere.
    """
    numbers = max((len(village) for village, _one in cells), default=0)
    joints = [Joint(cells, without, first) for first in range(numbers)]
    for place in (0, 1) if numbers == 1 else (0,):
        found = [few_together(joint.cells, place) for joint in joints]
        if joints and None not in found:
            return joints[0].apart(cells, found[0] or set())
    if of_years and (left := few_left(joints[0].cells)) is not None:
        return joints[0].apart(cells, left)
    return None


class Joint:
    """Villages and classes of a form, those joined that no shown number tells apart.

    Where a form has several numbers, a set has to follow from each. Both ways to say so, by what is shown of one number
    and of the other, differ by the same everywhere that cells hang together. So what lies together for the number at
    `first` is one, and what does for another number is one as far as the cells hang together: exactly what can be told
    where all of them do, more than that elsewhere.
    """

    def __init__(self, cells: Cells, without: Set[int], first: int) -> None:
        """`without`: the places in the form of the numbers that are not shown of the commune itself."""
        hanging = Joined()
        for village, one in cells:
            hanging.join(("village", village), ("class", one))
        self._joined = Joined()
        for village, one in cells:
            together = hanging.find(("village", village))
            for kind, found in (("village", village), ("class", one)):
                for place, told in enumerate(found):
                    # Of what is not told, and where not even the whole is, nothing can be taken.
                    name = "none" if told is None and place in without else kind
                    self._joined.join((kind, found), (name, place, None if place == first else together, told))
        self.cells: dict[tuple[Hashable, Hashable], list[int]] = {}
        for (village, one), numbers in cells.items():
            at = self.part("village", village), self.part("class", one)
            if at[0] != at[1]:
                before = self.cells.setdefault(at, [0, 0])
                before[:] = [number + more for number, more in zip(before, numbers, strict=True)]

    def part(self, kind: str, told: TellsOf) -> Hashable:
        return self._joined.find((kind, told))

    def apart(self, cells: Cells, side: Set[Hashable]) -> set[tuple[int, Hashable]]:
        """The numbers of classes that would no longer tell of one side, were they hidden; or all, if none is yet."""
        found: set[tuple[int, Hashable]] = set()
        for place in range(max(len(one) for _village, one in cells)):
            at = {one[place]: self.part("class", one) in side for _village, one in cells}
            hidden = at.pop(None, None)
            found |= {(place, one) for one, inside in at.items() if inside != hidden}
        return found


def few_together(cells: Mapping[tuple[Hashable, Hashable], Sequence[int]], place: int) -> set[Hashable] | None:
    """The villages and classes of 1 for a set of cells in which there are few; None: there is no such set.

    `place`: of the number in a cell that is looked at. Below 0 it counts as if it were above."""
    weights = {at: abs(numbers[place]) for at, numbers in cells.items()}
    for at, weight in weights.items():
        if is_small(weight) and (found := _cut(weights, at)) is not None:
            return found
    return None


def _cut(weights: Mapping[tuple[Hashable, Hashable], int], at: tuple[Hashable, Hashable]) -> set[Hashable] | None:
    """One side of the minimum cut between a cell's village and class where it is small, by augmenting paths."""
    start, end = at
    left: dict[Hashable, dict[Hashable, float]] = {}
    for (village, one), weight in weights.items():
        from_village, from_class = left.setdefault(village, {}), left.setdefault(one, {})
        from_village[one] = from_village.get(one, 0) + weight
        # A class of 1 in a village of 0 would be less than nobody.
        from_class[village] = float("inf")
    flow = 0.0
    while True:
        came = _reached(left, start, end)
        if end not in came:
            return set(came)
        path = list(_back(came, end))
        most = min(left[one][other] for one, other in path)
        flow += most
        if flow >= SMALL:
            return None
        for one, other in path:
            left[one][other] -= most
            left[other][one] += most


def _reached(
    left: Mapping[Hashable, Mapping[Hashable, float]], start: Hashable, end: Hashable
) -> dict[Hashable, Hashable]:
    """What can be reached, and from where it was."""
    came: dict[Hashable, Hashable] = {start: start}
    ahead = deque([start])
    while ahead and end not in came:
        one = ahead.popleft()
        for other, room in left[one].items():
            if room > 0 and other not in came:
                came[other] = one
                ahead.append(other)
    return came


def _back(came: Mapping[Hashable, Hashable], end: Hashable) -> Iterator[tuple[Hashable, Hashable]]:
    while came[end] != end:
        yield came[end], end
        end = came[end]


def few_left(cells: Mapping[tuple[Hashable, Hashable], Sequence[int]]) -> set[Hashable] | None:
    """Where villages less the classes inside them, or classes less the villages inside them, leave a small number.

    Of two years one may have more here and the other there, so a large set may come to a small number.
    Returns the classes by which it can be told; None: nowhere.
    """
    occupied = [at for at, (value, people) in cells.items() if value or people]
    for side in (0, 1):
        across: dict[Hashable, set[Hashable]] = {}
        for at in occupied:
            across.setdefault(at[side], set()).add(at[1 - side])
        back: dict[Hashable, set[Hashable]] = {}
        for at in occupied:
            back.setdefault(at[1 - side], set()).add(at[side])
        for start in _regions(across, back):
            inside = {other for other, touched in back.items() if touched <= start}
            if not inside:
                # Of areas alone, and of classes alone, it has been decided.
                continue
            left = [at for at in occupied if at[side] in start and at[1 - side] not in inside]
            if is_small(sum(cells[at][0] for at in left)):
                return inside if side == 0 else set(start)
    return None


def _regions(
    across: Mapping[Hashable, set[Hashable]], back: Mapping[Hashable, set[Hashable]]
) -> list[frozenset[Hashable]]:
    """One part alone, and all that one of the other side lies in, with what follows from there on."""
    found: dict[frozenset[Hashable], None] = {}
    for one in across:
        found[frozenset((one,))] = None
    for touched in back.values():
        region = frozenset(touched)
        while region not in found:
            found[region] = None
            region = frozenset(
                one for other in {each for part in region for each in across[part]} for one in back[other]
            )
    return list(found)
