"""Where a part of the people of a table may be shown beside the whole."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

from bdhvs_lms.reporting.suppression.blocks import Joined, Tree
from bdhvs_lms.reporting.suppression.forms import SMALL, Counts, Node, complement, is_small
from bdhvs_lms.reporting.suppression.tables import Table


def shown_for_part(
    counts: Counts,
    shown: Mapping[Hashable, Iterable[Node]],
    part: Iterable[Node],
    entered: Sequence[tuple[Mapping[Node, int], Mapping[Node, int]]] = (),
) -> dict[Hashable, frozenset[Node]]:
    """Where a part of the same people (those at the leaves in `part`, e.g. urban units) may be shown as well.

    A node's part is shown only where every block at or below it splits into two numbers that are both large enough, in
    every form: then part and whole together tell nothing small, and neither does the rest. Nor do they beside the
    totals that were `entered`: pairs of those of everybody and those of the part.
    """
    table = Table(counts)
    table.shown.update({measure: set(nodes) for measure, nodes in shown.items()})
    inside = set(part)
    allowed = {measure: set(table.shown[measure]) for measure in counts.values}
    for form in counts.forms:
        if any(measure in counts.entered or measure in counts.known for measure, _sign in form.terms):
            continue
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
                    allowed[form.yields].difference_update(table.tree.line(leaf))
    for whole, _part in entered:
        for measure in counts.values:
            for leaf in _split_beside(counts, table, whole, measure, inside):
                allowed[measure].difference_update(table.tree.line(leaf))
    changed = True
    while changed:
        for measure, wider in counts.within.items():
            allowed[measure] &= allowed[wider]
        gave_way = [_side_gives_way(counts, shown, allowed, inside, side, entered) for side in (True, False)]
        changed = any(gave_way)
    return {measure: frozenset(nodes) for measure, nodes in allowed.items()}


def _split_beside(
    counts: Counts, table: Table, whole: Mapping[Node, int], measure: Hashable, inside: set[Node]
) -> list[Node]:
    """The leaves of which a total of everybody would tell of few people, were every shown node split into both sides.

    Blocks as in `Table.blocks`, of the total's atoms and the halves of the measure's."""
    tree, known = table.tree, counts.people[measure]
    tops, entered = tree.tops(table.shown[measure]), tree.tops(set(whole))
    values = Table(Counts(counts.parents, {}, {}, (), entered={"whole": whole})).values["whole"]
    joined = Joined()

    def given(leaf: Node) -> Node | None:
        return leaf if entered[leaf] is None and not known.get(leaf) else entered[leaf]

    for leaf in tree.leaves:
        joined.join(("total", given(leaf)), ("half", leaf in inside, tops[leaf]))
    blocks: dict[Hashable, list[Node]] = {}
    for leaf in tree.leaves:
        blocks.setdefault(joined.find(("total", given(leaf))), []).append(leaf)
    found: list[Node] = []
    for leaves in blocks.values():
        closed = all(given(leaf) is not None and tops[leaf] is not None for leaf in leaves)
        left = sum(values.get(leaf, 0) - counts.values[measure].get(leaf, 0) for leaf in leaves)
        if closed and 0 < left < SMALL and any(known.get(leaf) for leaf in leaves):
            found += leaves
    return found


def _side_gives_way(
    counts: Counts,
    shown: Mapping[Hashable, Iterable[Node]],
    allowed: dict[Hashable, set[Node]],
    inside: set[Node],
    side: bool,
    entered: Sequence[tuple[Mapping[Node, int], Mapping[Node, int]]],
) -> bool:
    """Take from `allowed` what tells, beside totals, of few people in the part (`side`) or in what is left of it."""
    if not entered:
        return False
    tree = Tree(counts.parents)
    leaves = {leaf for leaf in tree.leaves if (leaf in inside) is side}
    mixed = {node for leaf in tree.leaves if leaf not in leaves for node in tree.line(leaf)}
    totals: dict[Hashable, dict[Node, int]] = {}
    for place, (whole, part) in enumerate(entered):
        # All of a node's people are on this side, or somebody said how many are.
        of_side = {node: value for node, value in whole.items() if node not in mixed}
        for node, value in part.items():
            if side:
                of_side[node] = value
            elif node in whole:
                of_side[node] = whole[node] - value
        totals["side", place] = of_side

    def on_side(own: Mapping[Hashable, Mapping[Node, int]]) -> dict[Hashable, dict[Node, int]]:
        return {
            measure: {leaf: number for leaf, number in found.items() if leaf in leaves}
            for measure, found in own.items()
        }

    forms = [complement(total, measure) for total in totals for measure in counts.values]
    table = Table(Counts(counts.parents, on_side(counts.people), on_side(counts.values), forms, {}, totals))
    before: dict[Hashable, set[Node]] = {}
    for measure, nodes in allowed.items():
        before[measure] = nodes | {node for node in shown[measure] if node not in mixed}
        table.shown[measure] = set(before[measure])
    table.settle(forms)
    changed = False
    for measure, nodes in allowed.items():
        gone = {node for given in before[measure] - table.shown[measure] for node in tree.line(given)} & nodes
        nodes -= gone
        changed |= bool(gone)
    return changed
