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

from bdhvs_lms.reporting.suppression.blocks import Tree
from bdhvs_lms.reporting.suppression.forms import (
    SMALL,
    Counts,
    Form,
    Known,
    complement,
    difference,
    is_small,
    single,
)
from bdhvs_lms.reporting.suppression.parts import shown_for_part
from bdhvs_lms.reporting.suppression.splitting import Split, shown_part_beside_known
from bdhvs_lms.reporting.suppression.tables import shown_in_turn, shown_nodes

__all__ = [
    "SMALL",
    "Counts",
    "Form",
    "Known",
    "Split",
    "Tree",
    "complement",
    "difference",
    "is_small",
    "shown_for_part",
    "shown_in_turn",
    "shown_nodes",
    "shown_part_beside_known",
    "single",
]
