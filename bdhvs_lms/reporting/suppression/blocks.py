"""The areas of a table as a tree; which leaves a number cannot tell apart, and what several numbers hold together."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from bdhvs_lms.reporting.suppression.forms import SMALL, Known, Node, is_small


class Joined:
    """Which atoms lie together."""

    def __init__(self) -> None:
        self._to: dict[Hashable, Hashable] = {}

    def find(self, atom: Hashable) -> Hashable:
        """The one that stands for all that lie with this one."""
        while self._to.setdefault(atom, atom) != atom:
            # Each look makes the way shorter: one total above thousands of areas would else be a chain of them.
            self._to[atom] = self._to[self._to[atom]]
            atom = self._to[atom]
        return atom

    def join(self, atom: Hashable, other: Hashable) -> None:
        self._to[self.find(atom)] = self.find(other)


@dataclass
class Block:
    tops: set[Node]
    """Of the measure that yields: the shown nodes whose atoms lie in the block."""
    value: int = 0
    people: int = 0
    open: bool = False
    """Part of it lies in no shown node of some measure: nothing can be told of it."""

    def tells_of_few(self, single_measure: bool, unit: int = 1) -> bool:
        return not self.open and (is_small(self.value, unit) or (single_measure and is_small(self.people)))

    def leaves_few(self) -> bool:
        """Of a complement: nobody can be "left" where we know nobody, and none where more pass than were entered."""
        return not self.open and 0 < self.value < SMALL and self.people > 0


class Atoms:
    """In which atom each leaf lies, and the number of each atom. The first one is of the leaves that are in none."""

    def __init__(self, tree: Tree, tops: Mapping[Node, Hashable], values: Mapping[Node, int]) -> None:
        names = [tops.get(leaf) for leaf in tree.leaves]
        place: dict[Hashable, int] = {None: 0}
        self.of_leaf = tuple(place.setdefault(name, len(place)) for name in names)
        self.names: list[Hashable] = list(place)
        self.value = [0] * len(self.names)
        for leaf, atom in zip(tree.leaves, self.of_leaf, strict=True):
            self.value[atom] += values.get(leaf, 0)

    @classmethod
    def of_known(cls, tree: Tree, known: Known) -> Atoms:
        found = cls(tree, known.region, {})
        found.value = [0, *(known.value[name] for name in found.names[1:])]
        return found


class Joins:
    """Which atoms of several measures lie together in one block: the same patterns are asked about again and again."""

    def __init__(self) -> None:
        self._found: dict[tuple[tuple[int, ...], ...], list[list[int]]] = {}

    def blocks(self, atoms: Sequence[Atoms]) -> list[list[int]]:
        """Of each measure the block that each of its atoms lies in. Of block 0 something lies in no atom of a measure:

        nothing is told of it."""
        patterns = tuple(one.of_leaf for one in atoms)
        if patterns not in self._found:
            self._found[patterns] = _joined(patterns, [len(one.names) for one in atoms])
        return self._found[patterns]


def _joined(patterns: Sequence[Sequence[int]], sizes: Sequence[int]) -> list[list[int]]:
    # Numbers in a list and no names: there are hundreds of forms for each reading of each month.
    starts = [0, *accumulate(sizes)]
    to = list(range(starts[-1]))
    for first, *others in set(zip(*patterns, strict=True)):
        while to[first] != first:
            to[first] = first = to[to[first]]
        for start, atom in zip(starts[1:], others, strict=False):
            other = start + atom
            while to[other] != other:
                to[other] = other = to[to[other]]
            to[other] = first
    for atom in range(len(to)):
        root = atom
        while to[root] != root:
            root = to[root]
        to[atom] = root
    open_ones = {to[start] for start in starts[:-1]}
    closed = (root for root in dict.fromkeys(to) if root not in open_ones)
    number = dict.fromkeys(open_ones, 0) | {root: place for place, root in enumerate(closed, 1)}
    blocks = [number[root] for root in to]
    return [blocks[start:end] for start, end in pairwise(starts)]


def small_blocks(
    atoms: Sequence[Atoms], signs: Sequence[int], joins: Joins, unit: int = 1
) -> Iterator[list[tuple[int, Hashable]]]:
    """Of the blocks of a quantity those that tell of few people: which atoms of which of the measures lie in them."""
    blocks = joins.blocks(atoms)
    value = [0] * (1 + max(map(max, blocks)))
    for sign, one, of_atom in zip(signs, atoms, blocks, strict=True):
        for block, number in zip(of_atom, one.value, strict=True):
            value[block] += sign * number
    for small, number in enumerate(value):
        if small and is_small(number, unit):
            yield [
                (place, name)
                for place, (one, of_atom) in enumerate(zip(atoms, blocks, strict=True))
                for name, block in zip(one.names, of_atom, strict=True)
                if block == small
            ]


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
        self.depth: dict[Node, int] = dict.fromkeys(self.downwards, 0)
        for node in self.downwards:
            self.downwards.extend(self.children[node])
            self.depth.update(dict.fromkeys(self.children[node], self.depth[node] + 1))
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

    def line(self, node: Node) -> list[Node]:
        """The node and what lies above it, upwards."""
        found = [node]
        while (parent := self.parents[found[-1]]) is not None:
            found.append(parent)
        return found

    def tops(self, shown: set[Node]) -> dict[Node, Node | None]:
        """Of each node, the nearest shown node at or above it: whose atom it lies in."""
        found: dict[Node, Node | None] = {}
        for node in self.downwards:
            parent = self.parents[node]
            found[node] = node if node in shown else (found[parent] if parent is not None else None)
        return found
