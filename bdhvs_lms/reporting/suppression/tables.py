"""Patterns of shown nodes, taken back until nothing that follows from them is a number of few people."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from bdhvs_lms.reporting.suppression.blocks import Atoms, Block, Joined, Joins, Tree, small_blocks
from bdhvs_lms.reporting.suppression.forms import SMALL, Counts, Form, Node, is_small

# So many areas give way one after the other, each after a look at all forms, which sometimes leaves one more shown.
_ONE_BY_ONE = 50


@dataclass(frozen=True)
class Layer:
    """The totals of one depth of the tree, as a measure: none of them lies inside another."""

    total: Hashable
    depth: int


class Table:
    """Patterns of shown nodes, taken back until no form tells of few people."""

    def __init__(self, counts: Counts) -> None:
        self.counts, self.tree = counts, Tree(counts.parents)
        self.size = {measure: self.tree.totals(people) for measure, people in counts.people.items()}
        self.shown: dict[Hashable, set[Node]] = {}
        for measure, own in counts.values.items():
            total, size = self.tree.totals(own), self.size[measure]
            self.shown[measure] = {node for node in counts.parents if size[node] >= SMALL and not is_small(total[node])}
        self.values: dict[Hashable, Mapping[Node, int]] = dict(counts.values)
        self._looked: dict[Hashable, tuple[int, Atoms]] = {}
        self._joins = Joins()
        self.layers: dict[Hashable, list[Layer]] = {}
        for entered, by_node in counts.entered.items():
            self._add_total(entered, by_node)
        for measure, known in counts.known.items():
            self.shown[measure] = set()
            at = {region: leaf for leaf, region in known.region.items()}
            self.values[measure] = {leaf: known.value[region] for region, leaf in at.items()}

    def _add_total(self, total: Hashable, by_node: Mapping[Node, int]) -> None:
        """A total as a measure of its own, and as one for each depth at which it was entered."""
        layers: dict[int, set[Node]] = {}
        for node in by_node:
            layers.setdefault(self.tree.depth[node], set()).add(node)
        inside = self.counts.inside.get(total)
        self.values[total], self.shown[total] = self._on_leaves(by_node, inside), set(by_node)
        self.layers[total] = []
        if len(layers) > 1:
            for depth, nodes in sorted(layers.items()):
                layer = Layer(total, depth)
                self.layers[total].append(layer)
                self.values[layer] = self._on_leaves({node: by_node[node] for node in nodes}, inside)
                self.shown[layer] = nodes

    def _on_leaves(self, by_node: Mapping[Node, int], inside: Set[Node] | None) -> dict[Node, int]:
        """Numbers of nodes as numbers of leaves: each less those of the nodes below it, at one leaf of its atom.

        Blocks hold whole atoms, so at which leaf of it does not matter."""
        tops = self.tree.tops(set(by_node))
        left = dict(by_node)
        for node in by_node:
            parent = self.tree.parents[node]
            if parent is not None and (above := tops[parent]) is not None:
                left[above] -= by_node[node]
        found: dict[Node, int] = {}
        for leaf in self.tree.leaves:
            top = tops[leaf]
            if top in left and (inside is None or leaf in inside):
                found[leaf] = left.pop(top)
        return found

    def answer(self) -> dict[Hashable, frozenset[Node]]:
        return {measure: frozenset(self.shown[measure]) for measure in self.counts.values}

    def settle(self, forms: Sequence[Form], clean: dict[Form, tuple[int, ...]] | None = None) -> None:
        """Ends: every round but the last takes nodes away.

        `clean`: for whoever settles several times and only takes nodes away between, what needs no second look. As many
        nodes as before are the same ones: the form says what it said.
        """
        changed = True
        clean = {} if clean is None else clean
        while changed:
            changed = False
            for measure, wider in self.counts.within.items():
                if not self.shown[measure] <= self.shown[wider]:
                    self.shown[measure] &= self.shown[wider]
                    changed = True
            for form in forms:
                if not self.shown[form.yields]:
                    continue
                of = tuple(len(self.shown[measure]) for measure, _sign in form.terms)
                if clean.get(form) == of:
                    continue
                entered = form.terms[0][0] in self.layers
                if self._complement_gives_way(form) if entered else self._give_way(form):
                    changed = True
                else:
                    clean[form] = of

    def _complement_gives_way(self, form: Form) -> bool:
        """As `_give_way`. Totals that do not add up leave less than nobody somewhere, and a sum may hide a small number

        that the page shows at one node: then each depth is looked at by itself, too."""
        total, measure = form.terms[0][0], form.yields
        changed = self._give_way(form)
        for layer in self.layers[total]:
            changed |= self._give_way(Form(((layer, 1), (measure, -1)), measure))
        return changed

    def _atoms(self, measure: Hashable) -> Atoms:
        # Nodes are only taken away: as many as before are the same ones.
        shown = len(self.shown[measure])
        before, found = self._looked.get(measure, (-1, None))
        if found is None or before != shown:
            if measure in self.counts.known:
                found = Atoms.of_known(self.tree, self.counts.known[measure])
            else:
                found = Atoms(self.tree, self.tree.tops(self.shown[measure]), self.values[measure])
            self._looked[measure] = shown, found
        return found

    def _tops(self, measure: Hashable) -> dict[Node, Any]:
        known = self.counts.known.get(measure)
        if known is None:
            return self.tree.tops(self.shown[measure])
        return {leaf: known.region.get(leaf) for leaf in self.tree.leaves}

    def blocks(self, form: Form) -> tuple[list[Block], dict[Node, Block]]:
        """The blocks of a form, and of each shown node of the measure that yields the block that its atom lies in."""
        tops = [(measure, self._tops(measure)) for measure, _sign in form.terms]
        self._of_totals(form, tops)
        joined = Joined()
        together = {tuple(found[leaf] for _measure, found in tops) for leaf in self.tree.leaves}
        for first, *others in together:
            for place, other in enumerate(others, 1):
                joined.join((place, other), (0, first))
        found_blocks: dict[Hashable, Block] = {}
        own = form.yields
        _measure, first_tops = tops[0]
        own_tops = next(found for measure, found in tops if measure == own)
        people, shown = self.counts.people[own], self.shown[own]
        terms = [(self.values[measure], sign) for measure, sign in form.terms]
        for leaf in self.tree.leaves:
            block = found_blocks.setdefault(joined.find((0, first_tops[leaf])), Block(set()))
            block.open = block.open or any(found[leaf] is None for _measure, found in tops)
            block.value += sum(sign * numbers.get(leaf, 0) for numbers, sign in terms)
            block.people += people.get(leaf, 0)
            if (top := own_tops[leaf]) in shown and top is not None:
                block.tops.add(top)
        return list(found_blocks.values()), {top: block for block in found_blocks.values() for top in block.tops}

    def _of_totals(self, form: Form, tops: list[tuple[Hashable, dict[Node, Node | None]]]) -> None:
        """Of a complement, what the shown nodes do not say: where nobody is known readers take it that nobody is there.

        And a total of a part of the people is at their leaves only."""
        total = form.terms[0][0]
        whole = total.total if isinstance(total, Layer) else total
        if whole not in self.layers:
            return
        known = self.counts.people[form.yields]
        strange = [leaf for leaf in self.tree.leaves if not known.get(leaf)]
        (_total, entered), (_measure, counted) = tops
        counted.update({leaf: leaf for leaf in strange})
        if whole == total:
            entered.update({leaf: leaf for leaf in strange if entered[leaf] is None})
        if (inside := self.counts.inside.get(whole)) is not None:
            tops[0][1].update({leaf: None for leaf in self.tree.leaves if leaf not in inside})

    def _may_tell(self, form: Form, *, of_total: bool) -> bool:
        """False: no block of the form tells of few people. Most forms say that, and this look costs a fifth."""
        atoms = self._atoms_beside_total(form) if of_total else [self._atoms(measure) for measure, _sign in form.terms]
        if any(small_blocks(atoms, [sign for _measure, sign in form.terms], self._joins, form.unit)):
            return True
        if len(form.terms) > 1:
            return False
        people = Atoms(self.tree, self.tree.tops(self.shown[form.yields]), self.counts.people[form.yields])
        return any(map(is_small, people.value[1:]))

    def _atoms_beside_total(self, form: Form) -> list[Atoms]:
        """As `_atoms`, with what `_of_totals` adds."""
        (total, _plus), (measure, _minus) = form.terms
        # The measures of one rule are about the same people.
        beside, counted = (total, id(self.counts.people[measure])), (measure, None)
        shown = len(self.shown[measure])
        if beside not in self._looked or self._looked.get(counted, (-1, None))[0] != shown:
            tops = [(one, self._tops(one)) for one in (total, measure)]
            self._of_totals(form, tops)
            made = [Atoms(self.tree, found, self.values[one]) for one, found in tops]
            self._looked[beside], self._looked[counted] = (0, made[0]), (shown, made[1])
        return [self._looked[beside][1], self._looked[counted][1]]

    def _give_way(self, form: Form) -> bool:
        """Take nodes away for each block that tells of few people; whether there was any."""
        of_total = isinstance(form.terms[0][0], Layer) or form.terms[0][0] in self.layers
        if not self._may_tell(form, of_total=of_total):
            return False
        blocks, block_of = self.blocks(form)
        if of_total:
            wrong = [block for block in blocks if block.leaves_few()]
        else:
            wrong = [block for block in blocks if block.tells_of_few(len(form.terms) == 1, form.unit)]
        shown = self.shown[form.yields]
        for block in wrong:
            # One that gave way for another block in this round has changed this one: it is looked at in the next.
            if block.tops <= shown:
                shown.difference_update(self._cheapest(form, block, block_of))
        return bool(wrong)

    def _cheapest(self, form: Form, block: Block, block_of: Mapping[Node, Block]) -> list[Node]:
        """The shown node whose hiding makes the block large enough and costs least: the one with fewest people.

        Hiding a node below the block's tops adds its block to this one; hiding a top adds this one to the block above.
        Where none makes it large enough, those that would be hidden one after the other: a look at the whole table for
        each of thousands that add nothing would cost their square.
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
            enough = (is_top and over is None) or (other is not None and other is not block and suffices(other))
            return (not enough, is_top and not enough, size[node], str(node))

        value, people = block.value, block.people

        def suffices(other: Block) -> bool:
            return not is_small(value + other.value, form.unit) and not is_small(people + other.people)

        over_of = {node: above(node) for node in shown}
        below = {node for node in shown if node not in block.tops and over_of[node] in block.tops}
        ordered = sorted(below | block.tops, key=rank)
        if len(ordered) <= _ONE_BY_ONE or not rank(ordered[0])[0] or ordered[0] in block.tops:
            return ordered[:1]
        # What lies below one of them, or in its block, could be next.
        entangled = set(over_of.values())
        taken: list[Node] = []
        for node in ordered:
            other = block_of.get(node)
            if node in block.tops or other is None:
                break
            taken.append(node)
            before = value, is_small(people)
            value, people = value + other.value, people + other.people
            if node in entangled or len(other.tops) > 1:
                break
            if (value, is_small(people)) != before:
                # Another one may be enough now, or they all are together.
                break
        return taken or ordered[:1]


def shown_nodes(counts: Counts) -> dict[Hashable, frozenset[Node]]:
    """Of each measure, the nodes whose count may be shown. What is not in it must reach no page, file or byte.

    Not shown: counts from 1 to 4, nodes with fewer than 5 eligible people, and as few others as were found necessary so
    that no sum or difference of shown counts is a number of 1 to 4 people. Same counts, same answer.

    Raises ValueError: the nodes are no tree, or an inner node has people of its own.
    """
    table = Table(counts)
    table.settle(counts.forms)
    return table.answer()


def shown_in_turn(
    counts: Counts, shown: Mapping[Hashable, Iterable[Node]], measures: Iterable[Hashable]
) -> dict[Hashable, frozenset[Node]]:
    """Where further measures may be shown beside those of which `shown` has decided: one after another, each beside all

    before it, so that what was decided first stays. Forms that yield another measure than these are not looked at.
    """
    table = Table(counts)
    table.shown.update({measure: set(nodes) for measure, nodes in shown.items()})
    for measure in measures:
        table.settle([form for form in counts.forms if form.yields == measure])
    return table.answer()
