"""First moment at which a rule holds, and with what trust. Pure; no database.

`rules.holds()` says what a rule is, at one moment. Here every moment is looked at in turn, by what was seen before it:
somebody may have thousands of pieces of evidence that do not suffice, and looking at all of them at each moment would
cost their square.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import IntEnum
from itertools import groupby
from typing import Any
from uuid import UUID

from bdhvs_lms.competency.rules import (
    NEWEST,
    WEIGHT,
    Item,
    Version,
    decaying,
    high_enough,
    holds,
    qualifies,
    speaking,
)
from bdhvs_lms.tracking.api import by_trust


@dataclass(frozen=True)
class Step:
    """A rule holds from `moment` on by a set of evidence, none of which is trusted less than `trust`."""

    moment: datetime
    trust: int
    version: Version
    used: tuple[Item, ...]


def steps(ladder: Sequence[Sequence[Version]], items: Sequence[Item]) -> list[Step]:
    """Return by what evidence the rule holds, as `by_trust` says. Evaluated once for each trust that occurs, at most
    four."""

    def first(trust: int, since: datetime | None) -> Step | None:
        found = earliest(ladder, items, floor=trust, since=since)
        return None if found is None else Step(found[0], trust, *found[1:])

    return by_trust((item.trust for item in items), first)


def earliest(
    ladder: Sequence[Sequence[Version]], items: Sequence[Item], *, floor: int = 0, since: datetime | None = None
) -> tuple[datetime, Version, tuple[Item, ...]] | None:
    """Find the earliest moment T at which the version then speaking holds over the evidence with time ≤ T.

    `ladder`: versions of the rules that could speak, narrowest scope first. `floor`: as in `holds`. `since`: it is
    known to hold at no earlier moment.

    Only times of evidence can be that moment: a new version, too, needs an act under it before it speaks, so that
    publishing a looser rule makes nobody 'đạt' by itself (applying it to the past is a logged act).
    """
    ordered = sorted(items, key=lambda item: item.order)
    looked: dict[int, _Looked] = {}
    until = 0
    for moment, same in groupby(ordered, key=lambda item: item.occurred_at):
        until += sum(1 for _ in same)
        version = speaking(ladder, moment) if since is None or moment >= since else None
        if version is None:
            continue
        if id(version) not in looked:
            looked[id(version)] = _Looked(version, floor)
        if looked[id(version)].holds(ordered, until, moment):
            used = holds(version.tree, ordered[:until], moment, floor=floor)
            if used is not None:
                return moment, version, used
    return None


class _Looked:
    """A version's watch, with how many items it has seen: one that never speaks sees none."""

    def __init__(self, version: Version, floor: int) -> None:
        self._watch, self._seen = watch(version.tree, floor), 0

    def holds(self, ordered: Sequence[Item], until: int, at: datetime) -> bool:
        for item in ordered[self._seen : until]:
            self._watch.see(item)
        self._seen = until
        return self._watch.held(at) is Held.BY_WORK


class Held(IntEnum):
    """Ways in which a condition holds: having been there alone never makes a rule hold (architecture, invariant 5)."""

    NOT = 0
    BY_PRESENCE = 1
    BY_WORK = 2


class Watch(ABC):
    """One condition. Items are shown in their order, and moments asked for in theirs: never back."""

    @abstractmethod
    def see(self, item: Item) -> None: ...

    @abstractmethod
    def held(self, at: datetime) -> Held:
        """Return how the condition holds by all that was seen, none of it later than this moment."""


def watch(tree: Mapping[str, Any], floor: int) -> Watch:
    """Make the watch of a `tree` of the grammar of `rules`. `floor`: as in `rules.holds()`."""
    for word, branches, least in (
        ("all", tree.get("all"), None),
        ("any", tree.get("any"), 1),
        ("n_of", tree.get("of"), tree.get("n_of")),
    ):
        if word in tree:
            return _Branches([watch(branch, floor) for branch in branches or ()], least)
    if "presence" in tree:
        return _Presence(tree["presence"], floor)
    leaves: dict[str, Callable[[Mapping[str, Any], int], Watch]] = {
        "any": _Any,
        "best": _Best,
        "latest": _Latest,
        "firsts": _Firsts,
        "decaying": _Decaying,
    }
    return leaves[tree["pick"]](tree, floor)


class _Branches(Watch):
    """Conditions together. `least`: how many of them must hold; None: each."""

    def __init__(self, branches: Sequence[Watch], least: int | None) -> None:
        self._branches, self._least = branches, len(branches) if least is None else least

    def see(self, item: Item) -> None:
        for branch in self._branches:
            branch.see(item)

    def held(self, at: datetime) -> Held:
        held = [state for branch in self._branches if (state := branch.held(at))]
        return max(held) if len(held) >= self._least else Held.NOT


class _Presence(Watch):
    def __init__(self, times: int, floor: int) -> None:
        self._missing, self._floor = times, floor

    def see(self, item: Item) -> None:
        self._missing -= item.presence and item.trust >= self._floor

    def held(self, at: datetime) -> Held:
        return Held.BY_PRESENCE if self._missing <= 0 else Held.NOT


class _Leaf(Watch):
    def __init__(self, tree: Mapping[str, Any], floor: int) -> None:
        self._tree, self._floor = tree, floor
        self._window = timedelta(days=tree["within_days"]) if "within_days" in tree else None

    def see(self, item: Item) -> None:
        if not item.presence and item.trust >= self._tree.get("trust", 0):
            self._look(item, item.trust >= self._floor and qualifies(self._tree, item))

    def held(self, at: datetime) -> Held:
        return Held.BY_WORK if self._holds(None if self._window is None else at - self._window) else Held.NOT

    @abstractmethod
    def _look(self, item: Item, serves: bool) -> None:
        """Record an item. `serves`: it qualifies and is trusted enough; what does not may stand in the way."""

    @abstractmethod
    def _holds(self, oldest: datetime | None) -> bool:
        """Tell whether it holds by what is newer than `oldest`."""


class _Any(_Leaf):
    def __init__(self, tree: Mapping[str, Any], floor: int) -> None:
        super().__init__(tree, floor)
        self._found: deque[tuple[datetime, UUID]] = deque()
        self._of: Counter[UUID] = Counter()

    def _look(self, item: Item, serves: bool) -> None:
        if serves:
            self._found.append((item.occurred_at, item.activity_key))
            self._of[item.activity_key] += 1

    def _holds(self, oldest: datetime | None) -> bool:
        while oldest is not None and self._found and self._found[0][0] <= oldest:
            _, activity = self._found.popleft()
            self._of[activity] -= 1
            if not self._of[activity]:
                del self._of[activity]
        found = self._of if self._tree.get("distinct") else self._found
        return len(found) >= self._tree.get("times", 1)


class _Latest(_Leaf):
    def __init__(self, tree: Mapping[str, Any], floor: int) -> None:
        super().__init__(tree, floor)
        self._last: tuple[datetime, bool] | None = None

    def _look(self, item: Item, serves: bool) -> None:
        self._last = (item.occurred_at, serves)

    def _holds(self, oldest: datetime | None) -> bool:
        return self._last is not None and self._last[1] and (oldest is None or self._last[0] > oldest)


class _Best(_Leaf):
    """The highest score of all, and the highest that serves: it holds while they are the same."""

    def __init__(self, tree: Mapping[str, Any], floor: int) -> None:
        super().__init__(tree, floor)
        self._all, self._serving = _Highest(), _Highest()
        # Where nothing has a score the first one counts.
        self._without: deque[tuple[datetime, bool]] = deque()

    def _look(self, item: Item, serves: bool) -> None:
        if item.scaled is None:
            self._without.append((item.occurred_at, serves))
            return
        self._all.add(item.occurred_at, item.scaled)
        if serves:
            self._serving.add(item.occurred_at, item.scaled)

    def _holds(self, oldest: datetime | None) -> bool:
        highest = self._all.since(oldest)
        if highest is not None:
            return self._serving.since(oldest) == highest
        while oldest is not None and self._without and self._without[0][0] <= oldest:
            self._without.popleft()
        return bool(self._without) and self._without[0][1]


@dataclass(frozen=True)
class _Score:
    at: datetime
    activity: UUID
    score: Decimal
    trusted: bool


class _Firsts(_Leaf):
    """Results of each activity in the window, oldest first, and the sum of the first of each."""

    def __init__(self, tree: Mapping[str, Any], floor: int) -> None:
        super().__init__(tree, floor)
        self._seen: deque[_Score] = deque()
        self._of: defaultdict[UUID, deque[_Score]] = defaultdict(deque)
        self._sum, self._doubtful = Decimal(0), 0

    def _look(self, item: Item, serves: bool) -> None:
        if item.scaled is None:
            return
        there = self._of[item.activity_key]
        if there and self._window is None:
            return
        found = _Score(item.occurred_at, item.activity_key, item.scaled, serves)
        self._seen.append(found)
        there.append(found)
        if len(there) == 1:
            self._count(found, 1)

    def _count(self, first: _Score, sign: int) -> None:
        self._sum += sign * first.score
        self._doubtful += 0 if first.trusted else sign

    def _holds(self, oldest: datetime | None) -> bool:
        while oldest is not None and self._seen and self._seen[0].at <= oldest:
            gone = self._seen.popleft()
            there = self._of[gone.activity]
            there.popleft()
            self._count(gone, -1)
            if there:
                self._count(there[0], 1)
            else:
                del self._of[gone.activity]
        if self._doubtful or len(self._of) < self._tree.get("times", 1):
            return False
        return high_enough(self._sum, len(self._of), self._tree)


class _Decaying(_Leaf):
    """Newest results with a score: what the mean is of, and no more of them."""

    def __init__(self, tree: Mapping[str, Any], floor: int) -> None:
        super().__init__(tree, floor)
        self._newest: deque[_Score] = deque(maxlen=NEWEST)
        self._least = Decimal(str(tree["min_scaled"]))

    def _look(self, item: Item, serves: bool) -> None:
        if item.scaled is not None:
            self._newest.append(_Score(item.occurred_at, item.activity_key, item.scaled, serves))

    def _holds(self, oldest: datetime | None) -> bool:
        while oldest is not None and self._newest and self._newest[0].at <= oldest:
            self._newest.popleft()
        if len(self._newest) < self._tree.get("times", 1) or not all(one.trusted for one in self._newest):
            return False
        return decaying((one.score for one in self._newest), self._tree.get("weight", WEIGHT)) >= self._least


class _Highest:
    """The highest number of a window that only moves forward: what is followed by as high a one is never asked for."""

    def __init__(self) -> None:
        self._kept: deque[tuple[datetime, Decimal]] = deque()

    def add(self, at: datetime, number: Decimal) -> None:
        while self._kept and self._kept[-1][1] <= number:
            self._kept.pop()
        self._kept.append((at, number))

    def since(self, oldest: datetime | None) -> Decimal | None:
        while oldest is not None and self._kept and self._kept[0][0] <= oldest:
            self._kept.popleft()
        return self._kept[0][1] if self._kept else None
