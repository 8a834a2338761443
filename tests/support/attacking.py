"""Whoever adds and subtracts: which sets of people follow from numbers that are shown.

People are of kinds, counted by place: a column is (place, kind). A number that is shown is a row over the columns. A
set of kinds in a region follows when its row is a sum of shown rows with any factors: all of linear algebra, not only
the same cell looked at twice.
"""

from __future__ import annotations

import random
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import product

PRIME = (1 << 61) - 1
Column = tuple[Hashable, Hashable]
"""Place, kind."""
Shown = Mapping[Column, int]
"""Of a number: how often each column is in it."""


def followed_by_few(
    shown: Iterable[Shown], people: Mapping[Column, int], small: int
) -> tuple[frozenset[Hashable], frozenset[Hashable], int] | None:
    """A region, kinds of people and their number, from 1 to below `small`, that follows from what is shown; None: none.

    Every region and every set of kinds is tried.
    """
    places = list(dict.fromkeys(place for place, _kind in people))
    kinds = list(dict.fromkeys(kind for _place, kind in people))
    columns = list(people)
    mark = _orthogonal([[row.get(column, 0) for column in columns] for row in shown], len(columns))
    marks = dict(zip(columns, mark, strict=True))
    for region in _subsets(places):
        of_kind = {
            kind: (
                sum(marks[place, kind] for place in region) % PRIME,
                sum(people[place, kind] for place in region),
            )
            for kind in kinds
        }
        few = [kind for kind in kinds if of_kind[kind][1] < small]
        half = len(few) // 2
        left, right = (_sums(part, of_kind, small) for part in (few[:half], few[half:]))
        for total, by_count in left.items():
            for count, chosen in by_count.items():
                for other, rest in right.get(-total % PRIME, {}).items():
                    if 0 < count + other < small:
                        return frozenset(region), frozenset(chosen + rest), count + other
    return None


def _sums(
    kinds: Sequence[Hashable], of_kind: Mapping[Hashable, tuple[int, int]], small: int
) -> dict[int, dict[int, tuple[Hashable, ...]]]:
    """Of every set of kinds that are fewer than `small` people: mark, number, and one such set."""
    found: dict[int, dict[int, tuple[Hashable, ...]]] = {0: {0: ()}}
    for kind in kinds:
        mark, people = of_kind[kind]
        before = [(total, count, chosen) for total, of in found.items() for count, chosen in of.items()]
        for total, count, chosen in before:
            if count + people < small:
                further = found.setdefault((total + mark) % PRIME, {})
                further.setdefault(count + people, (*chosen, kind))
    return found


def _subsets(places: Sequence[Hashable]) -> Iterator[list[Hashable]]:
    for chosen in product((False, True), repeat=len(places)):
        if any(chosen):
            yield [place for place, inside in zip(places, chosen, strict=True) if inside]


def _orthogonal(rows: Sequence[Sequence[int]], width: int, seed: int = 7) -> list[int]:
    """A vector at right angles to every row, else at random: a set whose marks add up to nothing follows from the rows.

    Modulo a prime of 61 bits: that another set does so by chance happens once in 10^18."""
    reduced: dict[int, list[int]] = {}
    for row in rows:
        rest = [value % PRIME for value in row]
        for lead, known in reduced.items():
            if factor := rest[lead]:
                rest = [(a - factor * b) % PRIME for a, b in zip(rest, known, strict=True)]
        lead = next((place for place, value in enumerate(rest) if value), -1)
        if lead < 0:
            continue
        inverse = pow(rest[lead], -1, PRIME)
        rest = [value * inverse % PRIME for value in rest]
        for place, known in reduced.items():
            if factor := known[lead]:
                reduced[place] = [(a - factor * b) % PRIME for a, b in zip(known, rest, strict=True)]
        reduced[lead] = rest
    chance = random.Random(seed)  # noqa: S311 - the same marks in every run
    found = [0 if place in reduced else chance.randrange(1, PRIME) for place in range(width)]
    for lead, row in reduced.items():
        found[lead] = -sum(value * mark for value, mark in zip(row, found, strict=True) if value) % PRIME
    return found


def moved_by_few(
    shown: Iterable[Shown], people: Mapping[Hashable, int], of: Mapping[Column, Hashable], small: int
) -> frozenset[Hashable] | None:
    """Some from 1 to below `small` people whose marks alone are in a sum of shown rows with any factors; None: nobody.

    Stronger than `followed_by_few`: not only a set that is counted once, but whatever is left of numbers that nobody
    else is in. Of 20 people and of 20 where one was replaced, it is the marks of two.

    Args:
        shown: rows over columns; a column is a mark that some people have.
        people: how many there are, by name of a set of them.
        of: of each column, whose mark it is.
    """
    rows, columns = list(shown), [column for column, whose in of.items() if people[whose]]
    columns_of: dict[Hashable, list[int]] = {}
    for place, column in enumerate(columns):
        columns_of.setdefault(of[column], []).append(place)
    few = [whose for whose in columns_of if people[whose] < small]
    wide = 2 * small + max(map(len, columns_of.values()), default=0)
    table = [[row.get(column, 0) for column in columns] for row in rows]
    marks = [_orthogonal(table, len(columns), seed) for seed in range(wide)]
    for chosen in _few_of(few, people, small):
        inside = [place for whose in chosen for place in columns_of[whose]]
        # A sum of rows that is nothing elsewhere is at right angles to all marks: then these do not differ enough.
        if _rank([[mark[place] for mark in marks] for place in inside]) < len(inside):
            return frozenset(chosen)
    return None


def _few_of(sets: Sequence[Hashable], people: Mapping[Hashable, int], small: int) -> Iterator[list[Hashable]]:
    """Every choice of sets with fewer than `small` people together."""
    found: list[tuple[list[Hashable], int]] = [([], 0)]
    for one in sets:
        further = [([*chosen, one], count + people[one]) for chosen, count in found if count + people[one] < small]
        found += further
        yield from (chosen for chosen, _count in further)


def _rank(rows: Sequence[Sequence[int]]) -> int:
    reduced: dict[int, list[int]] = {}
    for row in rows:
        rest = list(row)
        for lead, known in reduced.items():
            if factor := rest[lead]:
                rest = [(a - factor * b) % PRIME for a, b in zip(rest, known, strict=True)]
        lead = next((place for place, value in enumerate(rest) if value), -1)
        if lead >= 0:
            inverse = pow(rest[lead], -1, PRIME)
            reduced[lead] = [value * inverse % PRIME for value in rest]
    return len(reduced)
