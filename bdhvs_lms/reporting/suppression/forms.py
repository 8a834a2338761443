"""What is asked: the counts of a table, and the sums and differences that readers could compute from them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

SMALL = 5
"""Counts from 1 to below this are not shown: with local knowledge they would name people."""

# Anything hashable. Not `Hashable`: a mapping of one type of keys is no mapping of a wider one.
Node = Any


def is_small(count: int, unit: int = 1) -> bool:
    """Whether a count (or a difference of counts) tells of so few people that it is not shown.

    `unit`: see `Form.unit`."""
    return 0 < abs(count) < SMALL * unit - unit // 2


@dataclass(frozen=True)
class Form:
    """A quantity that readers could compute: a sum of measures with signs, e.g. passed − confirmed."""

    terms: tuple[tuple[Hashable, int], ...]
    yields: Hashable
    """The measure that gives way when a block of the quantity is small."""
    unit: int = 1
    """What one person counts. Above 1: below half of it the measures say who they are, not how many.

    Then a block is small, too, where as many people are other ones."""


def single(measure: Hashable) -> Form:
    return Form(((measure, 1),), measure)


def difference(measure: Hashable, less: Hashable, *, yields: Hashable = None) -> Form:
    """`measure` − `less`; the second gives way unless said otherwise."""
    return Form(((measure, 1), (less, -1)), less if yields is None else yields)


def complement(total: Hashable, measure: Hashable) -> Form:
    """Who is left when `measure` is taken from a total that was entered (`Counts.entered`): the measure gives way."""
    return Form(((total, 1), (measure, -1)), measure)


@dataclass(frozen=True)
class Known:
    """Numbers of regions that have no leaf in common: what follows from cells that were shown elsewhere."""

    region: Mapping[Node, Hashable]
    """Of a leaf. A leaf without one: nothing is known of it."""
    value: Mapping[Hashable, int]


@dataclass(frozen=True)
class Counts:
    """People by node, not cumulated: whoever is counted at an inner node must be given at a leaf of their own.

    `within`: a measure is shown only where that other one is (the confirmed among those who pass).
    """

    parents: Mapping[Node, Node | None]
    """Every node to the node above it; None: nothing is above it."""
    people: Mapping[Hashable, Mapping[Node, int]]
    """Of each measure, how many eligible people are known at each leaf. Never shown itself."""
    values: Mapping[Hashable, Mapping[Node, int]]
    """Of each measure, the count at each leaf."""
    forms: Sequence[Form]
    within: Mapping[Hashable, Hashable] = field(default_factory=dict)
    entered: Mapping[Hashable, Mapping[Node, int]] = field(default_factory=dict)
    """Totals that were entered by hand for a node and stand beside its counts, shown or not: every reader knows them.

    Entered node by node, so they need not add up. A leaf without one in which nobody is known counts as 0."""
    inside: Mapping[Hashable, Set[Node]] = field(default_factory=dict)
    """Of a total of a part of the people: the leaves where they are, e.g. the urban ones."""
    known: Mapping[Hashable, Known] = field(default_factory=dict)
    """Measures of which readers know what is known for good, whatever is shown here."""
