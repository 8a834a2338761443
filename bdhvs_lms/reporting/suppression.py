"""Which cells of a table of counts may be shown, so that no small number can be computed from those that are.

A pure function over the whole tree of areas: whichever page, filter or export asks, the answer for a cell is the same.

The idea. Cells count people by *measure* (how many pass in 2025, how many of those are confirmed, …) and *node* (an
area). Areas form a tree, so what sums and differences of one measure's shown nodes tell is exactly its **atoms**: each
shown node without the shown nodes below it, and unions of these. Where a quantity combines several measures (passed
minus confirmed, 2025 minus 2026), what can be told is its **blocks**: the finest regions that are made of whole atoms
of each measure. So it is enough that every block of every quantity somebody could ask for (a `Form`) is 0 or at least
`SMALL`. Why that is complete, and what was rejected: docs/adr/0030.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SMALL = 5
"""Counts from 1 to below this are not shown: with local knowledge they would name people."""

# Anything hashable. Not `Hashable`: a mapping of one type of keys is no mapping of a wider one.
Node = Any


def is_small(count: int) -> bool:
    """Whether a count (or a difference of counts) tells of so few people that it is not shown."""
    return 0 < abs(count) < SMALL


@dataclass(frozen=True)
class Form:
    """A quantity that readers could compute: a sum of measures with signs, e.g. passed − confirmed."""

    terms: tuple[tuple[Hashable, int], ...]
    yields: Hashable
    """The measure that gives way when a block of the quantity is small."""


def single(measure: Hashable) -> Form:
    return Form(((measure, 1),), measure)


def difference(measure: Hashable, less: Hashable, *, yields: Hashable = None) -> Form:
    """`measure` − `less`; the second gives way unless said otherwise."""
    return Form(((measure, 1), (less, -1)), less if yields is None else yields)


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


@dataclass
class _Block:
    tops: set[Node]
    """Of the measure that yields: the shown nodes whose atoms lie in the block."""
    value: int = 0
    people: int = 0
    open: bool = False
    """Part of it lies in no shown node of some measure: nothing can be told of it."""

    def tells_of_few(self, single_measure: bool) -> bool:
        return not self.open and (is_small(self.value) or (single_measure and is_small(self.people)))


class Tree:
    """The areas of a table, with sums over what lies below."""

    def __init__(self, parents: Mapping[Node, Node | None]) -> None:
        self.parents = parents
        self.children: dict[Node, list[Node]] = {node: [] for node in parents}
        for node, parent in parents.items():
            if parent is not None:
                self.children[parent].append(node)
        self.leaves = [node for node in parents if not self.children[node]]
        self.downwards: list[Node] = [node for node, parent in parents.items() if parent is None]
        for node in self.downwards:
            self.downwards.extend(self.children[node])
        if len(self.downwards) != len(parents):
            raise ValueError("The areas are no tree: some node is above itself.")

    def totals(self, own: Mapping[Node, int]) -> dict[Node, int]:
        """Of each node, the sum over the leaves below it. Raises ValueError when an inner node has people itself."""
        total = dict.fromkeys(self.parents, 0)
        for node in reversed(self.downwards):
            if own.get(node) and self.children[node]:
                raise ValueError(f"{node!r} has areas below it: its own people need a leaf.")
            total[node] += own.get(node, 0)
            parent = self.parents[node]
            if parent is not None:
                total[parent] += total[node]
        return total

    def tops(self, shown: set[Node]) -> dict[Node, Node | None]:
        """Of each node, the nearest shown node at or above it: whose atom it lies in."""
        found: dict[Node, Node | None] = {}
        for node in self.downwards:
            parent = self.parents[node]
            found[node] = node if node in shown else (found[parent] if parent is not None else None)
        return found


class _Table:
    """Patterns of shown nodes, taken back until no form tells of few people."""

    def __init__(self, counts: Counts) -> None:
        self.counts, self.tree = counts, Tree(counts.parents)
        self.size = {measure: self.tree.totals(people) for measure, people in counts.people.items()}
        self.shown: dict[Hashable, set[Node]] = {}
        for measure, own in counts.values.items():
            total, size = self.tree.totals(own), self.size[measure]
            self.shown[measure] = {node for node in counts.parents if size[node] >= SMALL and not is_small(total[node])}

    def settle(self, forms: Sequence[Form]) -> None:
        """Ends: every round but the last takes nodes away."""
        changed = True
        while changed:
            changed = False
            for measure, wider in self.counts.within.items():
                if not self.shown[measure] <= self.shown[wider]:
                    self.shown[measure] &= self.shown[wider]
                    changed = True
            for form in forms:
                changed |= self._give_way(form)

    def blocks(self, form: Form) -> tuple[list[_Block], dict[Node, _Block]]:
        """The blocks of a form, and of each shown node of the measure that yields the block that its atom lies in."""
        tops = [(measure, self.tree.tops(self.shown[measure])) for measure, _sign in form.terms]
        joined: dict[Hashable, Hashable] = {}

        def find(atom: Hashable) -> Hashable:
            while joined.setdefault(atom, atom) != atom:
                joined[atom] = joined[joined[atom]]
                atom = joined[atom]
            return atom

        for leaf in self.tree.leaves:
            atoms = [(measure, found[leaf]) for measure, found in tops]
            first = find(atoms[0])
            for atom in atoms[1:]:
                joined[find(atom)] = first
        found_blocks: dict[Hashable, _Block] = {}
        own = form.yields
        for leaf in self.tree.leaves:
            atoms = [(measure, found[leaf]) for measure, found in tops]
            block = found_blocks.setdefault(find(atoms[0]), _Block(set()))
            block.open |= any(top is None for _measure, top in atoms)
            block.value += sum(sign * self.counts.values[measure].get(leaf, 0) for measure, sign in form.terms)
            block.people += self.counts.people[own].get(leaf, 0)
            top = next(found[leaf] for measure, found in tops if measure == own)
            if top is not None:
                block.tops.add(top)
        return list(found_blocks.values()), {top: block for block in found_blocks.values() for top in block.tops}

    def _give_way(self, form: Form) -> bool:
        """Take one node away for each block that tells of few people; whether there was any."""
        blocks, block_of = self.blocks(form)
        wrong = [block for block in blocks if block.tells_of_few(len(form.terms) == 1)]
        shown = self.shown[form.yields]
        for block in wrong:
            # One that gave way for another block in this round has changed this one: it is looked at in the next.
            if block.tops <= shown:
                shown.discard(self._cheapest(form, block, block_of))
        return bool(wrong)

    def _cheapest(self, form: Form, block: _Block, block_of: Mapping[Node, _Block]) -> Node:
        """The shown node whose hiding makes the block large enough and costs least: the one with fewest people.

        Hiding a node below the block's tops adds its block to this one; hiding a top adds this one to the block above.
        """
        shown, size = self.shown[form.yields], self.size[form.yields]

        def above(node: Node) -> Node | None:
            parent = self.tree.parents[node]
            while parent is not None and parent not in shown:
                parent = self.tree.parents[parent]
            return parent

        def rank(node: Node) -> tuple[bool, bool, int, str]:
            is_top = node in block.tops
            over = above(node) if is_top else node
            other = block_of.get(over) if over is not None else None
            enough = (is_top and over is None) or (
                other is not None
                and other is not block
                and not is_small(block.value + other.value)
                and not is_small(block.people + other.people)
            )
            return (not enough, is_top and not enough, size[node], str(node))

        below = {node for node in shown if node not in block.tops and above(node) in block.tops}
        return min(below | block.tops, key=rank)


def shown_nodes(counts: Counts) -> dict[Hashable, frozenset[Node]]:
    """Of each measure, the nodes whose count may be shown. What is not in it must reach no page, file or byte.

    Not shown: counts from 1 to 4, nodes with fewer than 5 eligible people, and as few others as were found necessary so
    that no sum or difference of shown counts is a number of 1 to 4 people. Same counts, same answer.

    Raises ValueError: the nodes are no tree, or an inner node has people of its own.
    """
    table = _Table(counts)
    table.settle(counts.forms)
    return {measure: frozenset(nodes) for measure, nodes in table.shown.items()}


def shown_in_turn(
    counts: Counts, shown: Mapping[Hashable, Iterable[Node]], measures: Iterable[Hashable]
) -> dict[Hashable, frozenset[Node]]:
    """Where further measures may be shown beside those of which `shown` has decided: one after another, each beside all

    before it, so that what was decided first stays. Forms that yield another measure than these are not looked at.
    """
    table = _Table(counts)
    table.shown.update({measure: set(nodes) for measure, nodes in shown.items()})
    for measure in measures:
        table.settle([form for form in counts.forms if form.yields == measure])
    return {measure: frozenset(nodes) for measure, nodes in table.shown.items()}


def shown_for_part(
    counts: Counts, shown: Mapping[Hashable, Iterable[Node]], part: Iterable[Node]
) -> dict[Hashable, frozenset[Node]]:
    """Where a part of the same people (those at the leaves in `part`, e.g. urban units) may be shown as well.

    A node's part is shown only where every block at or below it splits into two numbers that are both large enough, in
    every form: then part and whole together tell nothing small, and neither does the rest.
    """
    table = _Table(counts)
    table.shown = {measure: set(nodes) for measure, nodes in shown.items()}
    inside = set(part)
    allowed = {measure: set(nodes) for measure, nodes in table.shown.items()}
    for form in counts.forms:
        tops = table.tree.tops(table.shown[form.yields])
        _blocks, block_of = table.blocks(form)
        halves: dict[int, list[int]] = {}
        leaves: dict[int, list[Node]] = {}
        for leaf in table.tree.leaves:
            top = tops[leaf]
            if top is None or block_of[top].open:
                continue
            block = id(block_of[top])
            half = halves.setdefault(block, [0, 0, 0, 0])
            side = 0 if leaf in inside else 1
            half[side] += sum(sign * counts.values[measure].get(leaf, 0) for measure, sign in form.terms)
            half[2 + side] += counts.people[form.yields].get(leaf, 0) if len(form.terms) == 1 else 0
            leaves.setdefault(block, []).append(leaf)
        for block, half in halves.items():
            if any(is_small(value) for value in half):
                for leaf in leaves[block]:
                    node: Node | None = leaf
                    while node is not None:
                        allowed[form.yields].discard(node)
                        node = table.tree.parents[node]
    for measure, wider in counts.within.items():
        allowed[measure] &= allowed[wider]
    return {measure: frozenset(nodes) for measure, nodes in allowed.items()}
