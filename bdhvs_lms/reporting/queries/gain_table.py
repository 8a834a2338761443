"""Of one group what people have gained, by competency and node, and where that may be shown.

Beside what readings have told of it, too: whatever was told differs from what is told now by nobody or by five people
at least. Numbers cannot say so of means: where one person came and another left there are as many, and two means tell
the mark of both. So a reading keeps, with each cell that it shows, sums over its people that are other sums where any
of them is another person, or has another mark (`Sums.marks`, `Sums.who`). docs/adr/0100.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, fields
from functools import cached_property
from itertools import combinations

from bdhvs_lms.reporting.queries.places import Node
from bdhvs_lms.reporting.suppression import SMALL, Counts, Form, Known, Split, Tree, difference, is_small, single
from bdhvs_lms.reporting.suppression.tables import Table

UNIT = 1 << 64
"""What one person counts in `Sums.marks` and `Sums.who`. All people's signs together stay below half of it."""
PARTS = ("rose", "same", "fell")

Measure = tuple[str, int]
_Cells = dict[Node, list[tuple[int, int, list[Node]]]]
"""By node, numbers that are told: leaves as bits, the number, and of which nodes it is made."""


@dataclass(frozen=True)
class Sums:
    """Of the people counted at a node: how many, their marks in millionths, and how many rose or fell."""

    people: int = 0
    before: int = 0
    after: int = 0
    rose: int = 0
    fell: int = 0
    marks: int = 0
    """UNIT for each of them, and a sign of who they are and of both their marks."""
    who: int = 0
    """UNIT for each of them, and a sign of who they are."""

    def __add__(self, other: Sums) -> Sums:
        return Sums(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Sums)))

    @property
    def same(self) -> int:
        return self.people - self.rose - self.fell


_NOBODY = Sums()


@dataclass(frozen=True)
class ToldCell:
    """What a reading shows of a competency at a node, as the fields of `Sums`. `rose`, `same`, `fell` None: hidden."""

    people: int
    marks: int
    who: int
    rose: int | None
    same: int | None
    fell: int | None


@dataclass(frozen=True)
class ToldGains:
    """What a reading shows of competencies of a group in which the same people have the same marks."""

    competencies: Set[str]
    activities: Set[str]
    """Keys of the quizzes at entry and at exit."""
    cells: Mapping[Node, ToldCell]


@dataclass
class _Alike:
    """Competencies in which the same people have the same marks everywhere: of all of them is shown what is of one."""

    sums: Mapping[Node, Sums]
    competencies: list[int] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    activities: set[str] = field(default_factory=set)


class GainTable:
    """One group: sums by competency and node, and where they may be shown.

    Args:
        sums: by competency and leaf.
        keys: of each competency what readings call it.
        activities: of each competency the quizzes at entry and at exit that speak for it.
        told: what readings show.
        beside: numbers that stand beside these at the same moment: of the board, of the group's people.
    """

    def __init__(
        self,
        tree: Tree,
        sums: Mapping[int, Mapping[Node, Sums]],
        keys: Mapping[int, str] | None = None,
        activities: Mapping[int, Set[str]] | None = None,
        told: Sequence[ToldGains] = (),
        beside: Iterable[Mapping[Node, int]] = (),
    ) -> None:
        self._tree = tree
        self.sums = {competency: self._everywhere(own) for competency, own in sums.items()}
        self.alike: list[_Alike] = []
        self._place: dict[int, int] = {}
        found: dict[frozenset[tuple[Node, Sums]], int] = {}
        for competency, own in sorted(sums.items()):
            place = self._place[competency] = found.setdefault(frozenset(own.items()), len(self.alike))
            if place == len(self.alike):
                self.alike.append(_Alike(own))
            one = self.alike[place]
            one.competencies.append(competency)
            one.keys.add((keys or {}).get(competency, str(competency)))
            one.activities |= (activities or {}).get(competency, frozenset())
        self._told, self._beside = told, list(beside)
        self._looked: dict[tuple[int, str], _Cells] = {}
        self._fine: dict[tuple[int, str, int], int] = {}

    def _everywhere(self, own: Mapping[Node, Sums]) -> dict[Node, Sums]:
        found: dict[Node, Sums] = {}
        for node, one in own.items():
            for at in self._tree.line(node):
                found[at] = found.get(at, _NOBODY) + one
        return found

    def may(self, name: str, competency: int, node: Node) -> bool:
        """Whether the node's number may be shown. `name`: 'people', which brings the means with it, or one of PARTS."""
        return node in self._shown[name, self._place[competency]]

    def told(self, nodes: Iterable[Node]) -> list[ToldGains]:
        """What is shown at these nodes, for what is shown later."""
        found = []
        for one in self.alike:
            competency = one.competencies[0]
            cells = {node: self._cell(competency, node) for node in nodes if self.may("people", competency, node)}
            found.append(ToldGains(frozenset(one.keys), frozenset(one.activities), cells))
        return found

    def _cell(self, competency: int, node: Node) -> ToldCell:
        sums = self.sums[competency].get(node, _NOBODY)
        rose, same, fell = (
            (sums.rose, sums.same, sums.fell)
            if all(self.may(name, competency, node) for name in PARTS)
            else (None, None, None)
        )
        return ToldCell(sums.people, sums.marks, sums.who, rose, same, fell)

    @cached_property
    def _shown(self) -> Mapping[Hashable, Set[Node]]:
        values: dict[Hashable, dict[Node, int]] = {}
        within: dict[Hashable, Hashable] = {}
        for place, one in enumerate(self.alike):
            for name in ("people", "marks", "who", *PARTS):
                values[name, place] = {node: getattr(sums, name) for node, sums in one.sums.items()}
            within |= {(name, place): ("people", place) for name in PARTS}
            # One number in three forms: shown together.
            within |= {("people", place): ("marks", place), ("marks", place): ("who", place)}
            within["who", place] = ("people", place)
        known, forms = self._beside_told()
        for place, numbers in enumerate(self._beside):
            if (found := _known(self._tree, numbers)).region:
                known["beside", place] = found
                everybody = [("people", one) for one in range(len(self.alike))]
                forms += [difference(("beside", place), one, yields=one) for one in everybody]
        # Of an area in which nobody has both marks it is said, so nobody is a number like others. As if five more
        # people were everywhere: the area of fewest gives way, and none is left out for having few.
        everybody_at = [
            {leaf: SMALL + one.sums.get(leaf, _NOBODY).people for leaf in self._tree.leaves} for one in self.alike
        ]
        people = {measure: everybody_at[measure[1]] for measure in values}  # type: ignore[index]
        table = Table(Counts(self._tree.parents, people, values, (), within, known=known))
        forms = [*self._forms(), *forms]
        # Two numbers first: that leaves little for regions, which take longer to look at.
        gone = [*self._lines_of_told(table)]
        clean: dict[Form, tuple[int, ...]] = {}
        while True:
            for measure, node in gone:
                table.shown[measure].discard(node)
            table.settle(forms, clean)
            if not (gone := [*self._alone(table), *self._lines(table), *self._lines_of_told(table)]):
                return table.answer()

    def _forms(self) -> list[Form]:
        """What can be computed of the numbers of one moment."""
        forms: list[Form] = []
        for place in range(len(self.alike)):
            people, rose, same, fell = ((name, place) for name in ("people", *PARTS))
            forms += [single(measure) for measure in (people, rose, fell, same)]
            # What is left of everybody when one or two of the three are taken away.
            forms += [difference(people, part) for part in (rose, fell, same)]
            forms += [
                Form(((people, 1), (one, -1), (two, -1)), two) for one, two in combinations((rose, fell, same), 2)
            ]
        # One quiz often speaks for several competencies: who is counted in one of them only would be told by the rest.
        for first, second in combinations(range(len(self.alike)), 2):
            forms += [difference((name, first), (name, second)) for name in ("people", *PARTS)]
            if self.alike[first].activities & self.alike[second].activities:
                forms.append(Form(((("who", first), 1), (("who", second), -1)), ("who", second), UNIT))
        return forms

    def _beside_told(self) -> tuple[dict[Hashable, Known], list[Form]]:
        """What readings have told, and what became of it: the number of now gives way."""
        known: dict[Hashable, Known] = {}
        forms: list[Form] = []
        for number, told in enumerate(self._distinct):
            names: dict[str, Hashable] = {}
            for name in ("people", "marks", "who", *PARTS):
                numbers = {
                    node: value for node, cell in told.cells.items() if (value := getattr(cell, name)) is not None
                }
                found = _known(self._tree, numbers)
                if found.region:
                    names[name] = ("told", name, number)
                    known[names[name]] = found
            if names:
                forms += [form for place, sign in self._about(told) for form in _became(place, names, sign)]
        return known, forms

    def _alone(self, table: Table) -> Iterator[tuple[Hashable, Node]]:
        """Rose, same and fell are shown together or not at all: a coarser pattern than was looked at tells more."""
        for place in range(len(self.alike)):
            together = set.intersection(*(table.shown[part, place] for part in PARTS))
            for part in PARTS:
                yield from (((part, place), node) for node in table.shown[part, place] - together)

    def _lines(self, table: Table) -> Iterator[tuple[Hashable, Node]]:
        """Where a number of one competency is less by few than one of another in an area above or below it."""
        for first, second in combinations(range(len(self.alike)), 2):
            if self.alike[first].activities & self.alike[second].activities:
                for name in ("who", *PARTS):
                    cells = self._cells({node: self._value((name, first), node) for node in table.shown[name, first]})
                    yield from self._near(table, (name, second), cells)

    def _lines_of_told(self, table: Table) -> Iterator[tuple[Hashable, Node]]:
        for told in self._distinct:
            for place, sign in self._about(told):
                for name in (sign, *PARTS):
                    # Nodes are only taken away: as many as before are the same ones.
                    key, shown = (id(told), name, place), len(table.shown[name, place])
                    if self._fine.get(key) != shown:
                        gone = list(self._near(table, (name, place), self._cells_of(told, name)))
                        self._fine[key] = -1 if gone else shown
                        yield from gone

    def _near(self, table: Table, measure: Measure, cells: _Cells) -> Iterator[tuple[Hashable, Node]]:
        """Shown nodes by which a number is told that differs by few from that of a region round it or within it."""
        unit = 1 if measure[0] in PARTS else UNIT
        shown = table.shown[measure]
        for node, own in self._cells({node: self._value(measure, node) for node in shown}).items():
            others = [other for at in self._line[node] for other in cells.get(at, ())]
            for region, value, beside in own:
                if any(
                    is_small(value - other, unit) and region & mask in (region, mask) for mask, other, _beside in others
                ):
                    yield measure, min(beside, key=lambda one: (table.size[measure][one], str(one)))

    def _cells(self, numbers: Mapping[Node, int]) -> _Cells:
        """Of each node its number, and what is left of it without those of the nodes below it that have one."""
        numbers = {node: number for node, number in numbers.items() if node in self._leaves}
        tops = self._tree.tops(set(numbers))
        region, left = {node: self._leaves[node] for node in numbers}, dict(numbers)
        made_of: dict[Node, list[Node]] = {}
        for node in numbers:
            parent = self._tree.parents[node]
            if parent is not None and (above := tops[parent]) is not None:
                region[above] -= self._leaves[node]
                left[above] -= numbers[node]
                made_of.setdefault(above, [above]).append(node)
        found: _Cells = {node: [(self._leaves[node], number, [node])] for node, number in numbers.items()}
        for node, others in made_of.items():
            if region[node]:
                found[node].append((region[node], left[node], others))
        return found

    def _cells_of(self, told: ToldGains, name: str) -> _Cells:
        key = id(told), name
        if key not in self._looked:
            numbers = {node: getattr(cell, name) for node, cell in told.cells.items()}
            self._looked[key] = self._cells({node: number for node, number in numbers.items() if number is not None})
        return self._looked[key]

    def _value(self, measure: Measure, node: Node) -> int:
        name, place = measure
        found: int = getattr(self.sums[self.alike[place].competencies[0]].get(node, _NOBODY), name)
        return found

    @cached_property
    def _leaves(self) -> dict[Node, int]:
        """Of each node the leaves below it, one bit each."""
        found = dict.fromkeys(self._tree.parents, 0)
        for place, leaf in enumerate(self._tree.leaves):
            for node in self._tree.line(leaf):
                found[node] |= 1 << place
        return found

    @cached_property
    def _line(self) -> dict[Node, list[Node]]:
        """Of each node itself, those above and those below it."""
        found: dict[Node, list[Node]] = {node: [node] for node in self._tree.parents}
        for node in self._tree.parents:
            for above in self._tree.line(node)[1:]:
                found[node].append(above)
                found[above].append(node)
        return found

    def _about(self, told: ToldGains) -> Iterator[tuple[int, str]]:
        """Of what now is compared with it, and by which sign people are told apart."""
        for place, one in enumerate(self.alike):
            if one.keys & told.competencies:
                yield place, "marks"
            elif one.activities & told.activities:
                # Who is in both may have other marks in this one. Where it has been told itself, its own are looked at.
                yield place, "who" if one.keys & self._ever else "marks"

    @cached_property
    def _ever(self) -> set[str]:
        return {key for one in self._told for key in one.competencies}

    @cached_property
    def _distinct(self) -> list[ToldGains]:
        """Readings that say the same of the same competencies are one."""
        found: dict[tuple[frozenset[str], frozenset[tuple[Node, ToldCell]]], ToldGains] = {}
        for one in self._told:
            found.setdefault((frozenset(one.competencies), frozenset(one.cells.items())), one)
        return list(found.values())


def _became(place: int, told: Mapping[str, Hashable], name: str) -> list[Form]:
    """`name`: by which sign people are told apart."""
    forms = [Form((((name, place), 1), (told[name], -1)), (name, place), UNIT)]
    for part in PARTS:
        if part in told:
            now = part, place
            forms.append(difference(now, told[part], yields=now))
            terms = ((("people", place), 1), (now, -1), (told["people"], -1), (told[part], 1))
            forms.append(Form(terms, now))
    return forms


def _known(tree: Tree, numbers: Mapping[Node, int]) -> Known:
    """What follows from numbers of areas that are still there."""
    own = {node: number for node, number in numbers.items() if node in tree.parents}
    return Split(tree, own, {}, frozenset()).known
