"""What cells of everybody and of a part of them (urban adults) tell together: regions that need not be areas.

A commune that is hidden follows where the district's urban people are shown and it is all that is urban there.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Set

from bdhvs_lms.reporting.suppression.blocks import Atoms, Joins, Tree, small_blocks
from bdhvs_lms.reporting.suppression.forms import Counts, Form, Known, Node

_Splits = Callable[[Hashable], "tuple[int, Split, Atoms]"]


def _left(tree: Tree, numbers: Mapping[Node, int], tops: Mapping[Node, Node | None]) -> dict[Node | None, int]:
    """Of each shown node its atom's number: its own less those of the shown nodes below it."""
    left: dict[Node | None, int] = dict(numbers)
    for node, number in numbers.items():
        parent = tree.parents[node]
        if parent is not None and (above := tops[parent]) is not None:
            left[above] -= number
    return left


class Split:
    """The atoms of everybody's cells, each cut in two where a cell of the part says how.

    The part is shown at nodes where everybody is, so each atom of everybody lies in one atom of the part. One of these
    cuts the only atom in it that is mixed; where several are, only their sum is cut: `crossing`.
    """

    def __init__(self, tree: Tree, everybody: Mapping[Node, int], part: Mapping[Node, int], inside: Set[Node]) -> None:
        tops, part_tops = tree.tops(set(everybody)), tree.tops(set(part))
        left, part_left = _left(tree, everybody, tops), _left(tree, part, part_tops)
        sides: dict[Node, set[bool]] = {}
        lies_in: dict[Node, Node | None] = {}
        for leaf in tree.leaves:
            if (top := tops[leaf]) is not None:
                sides.setdefault(top, set()).add(leaf in inside)
                lies_in[top] = part_tops[leaf]
        mixed: dict[Node, list[Node]] = {}
        for top, of in sides.items():
            if (above := lies_in[top]) is None:
                continue
            if len(of) == 2:
                mixed.setdefault(above, []).append(top)
            elif True in of:
                part_left[above] -= left[top]
        self.crossing = {above for above, tops_in in mixed.items() if len(tops_in) > 1}
        self.cuts: dict[Node, Node] = {tops_in[0]: above for above, tops_in in mixed.items() if len(tops_in) == 1}
        """Atom of everybody to the part's node that cuts it."""
        region: dict[Node, Hashable] = {}
        value: dict[Hashable, int] = {}
        for leaf in tree.leaves:
            top = tops[leaf]
            if top is None:
                continue
            if top in self.cuts:
                region[leaf] = (top, leaf in inside)
                of_part = part_left[self.cuts[top]]
                value[top, True], value[top, False] = of_part, left[top] - of_part
            else:
                region[leaf] = (top, None)
                value[top, None] = left[top]
        self.known = Known(region, value)


def shown_part_beside_known(
    counts: Counts, whole: Mapping[Hashable, Set[Node]], part: Mapping[Hashable, Set[Node]], inside: Set[Node]
) -> dict[Hashable, frozenset[Node]]:
    """Where a part of the people (at the leaves `inside`) may be shown beside what is known for good.

    Args:
        whole: where everybody is shown, which was decided before.
        part: where the part may be shown but for that.
    """
    tree = Tree(counts.parents)
    totals = {measure: tree.totals(own) for measure, own in counts.values.items()}
    of_part = {
        measure: tree.totals({leaf: number for leaf, number in own.items() if leaf in inside})
        for measure, own in counts.values.items()
    }
    allowed = {measure: set(nodes) for measure, nodes in part.items()}
    fixed = {measure: Atoms.of_known(tree, known) for measure, known in counts.known.items()}
    splits: dict[Hashable, tuple[int, Split, Atoms]] = {}

    def split(measure: Hashable) -> tuple[int, Split, Atoms]:
        found = splits.get(measure)
        if found is None or found[0] != len(allowed[measure]):
            made = Split(
                tree,
                {node: totals[measure][node] for node in whole[measure]},
                {node: of_part[measure][node] for node in allowed[measure]},
                inside,
            )
            found = splits[measure] = len(allowed[measure]), made, Atoms.of_known(tree, made.known)
        return found

    forms = [form for form in counts.forms if any(measure in fixed for measure, _sign in form.terms)]
    joins = Joins()
    changed = True
    while changed:
        changed = False
        for measure in allowed:
            while crossing := split(measure)[1].crossing:
                allowed[measure] -= crossing
        for measure, wider in counts.within.items():
            allowed[measure] &= allowed[wider]
        for form in forms:
            changed |= _gives_way(form, fixed, split, allowed, joins)
    return {measure: frozenset(nodes) for measure, nodes in allowed.items()}


def _gives_way(
    form: Form, fixed: Mapping[Hashable, Atoms], split: _Splits, allowed: Mapping[Hashable, set[Node]], joins: Joins
) -> bool:
    measures = [measure for measure, _sign in form.terms]
    atoms = [fixed[measure] if measure in fixed else split(measure)[2] for measure in measures]
    gone: dict[Hashable, set[Node]] = {}
    for block in small_blocks(atoms, [sign for _measure, sign in form.terms], joins):
        cutting: dict[Hashable, set[Node]] = {}
        for place, region in block:
            measure = measures[place]
            if measure not in fixed and isinstance(region, tuple):
                cut = split(measure)[1].cuts.get(region[0])
                if cut is not None:
                    cutting.setdefault(measure, set()).add(cut)
        # Without a cut the whole has been looked at.
        for measure in [form.yields] if form.yields in cutting else cutting:
            gone.setdefault(measure, set()).update(cutting[measure])
    for measure, nodes in gone.items():
        allowed[measure].difference_update(nodes)
    return bool(gone)
