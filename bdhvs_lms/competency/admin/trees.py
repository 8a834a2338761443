"""The form of a rule of evidence: conditions in groups, as they are typed and as a tree of the grammar.

Without a script: each button sends the whole form, and what was typed comes back with the row that was added or taken
away. Rows have their place in the rule as prefix: "rule-0-2" is the third of the first group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_lms.competency import rules
from bdhvs_lms.tracking.api import TRUST_WORDS

ROOT = "rule"
GROUP = "group"
# Groups inside each other that the form adds, and rows of a rule; what was written otherwise is shown whatever it has.
DEPTH, MOST = 3, 60
# No rule that anybody reads; deeper is a made-up request.
DEEPEST = 50


class ConditionForm(forms.Form):
    """Fields of every kind of condition; each kind has some of them."""

    times = forms.IntegerField(label=gettext_lazy("Number of results required"), min_value=1, max_value=50)
    distinct = forms.BooleanField(label=gettext_lazy("Each in a different activity"), required=False)
    passed = forms.BooleanField(label=gettext_lazy("Each must be passed"), required=False)
    percent = forms.DecimalField(
        label=gettext_lazy("Minimum score (%)"),
        min_value=-100,
        max_value=100,
        required=False,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    weight = forms.IntegerField(
        label=gettext_lazy("Weight of each newer result (%)"),
        min_value=rules.WEIGHTS[0],
        max_value=rules.WEIGHTS[-1],
        help_text=gettext_lazy("What was before it makes up the rest. Usual: 65."),
    )
    trust = forms.TypedChoiceField(
        label=gettext_lazy("Minimum trust level"), choices=list(TRUST_WORDS.items()), coerce=int
    )
    within_days = forms.IntegerField(
        label=gettext_lazy("Within the last (days)"),
        min_value=1,
        max_value=3650,
        required=False,
        help_text=gettext_lazy("Leave empty for no time limit."),
    )

    kind: ClassVar[str]
    title: ClassVar[Any]
    kept: ClassVar[tuple[str, ...]]
    usual: ClassVar[dict[str, str]] = {"times": "1", "trust": "1", "passed": "on", "weight": str(rules.WEIGHT)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in [name for name in self.fields if name not in self.kept]:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "passed" in self.kept and not data.get("passed") and data.get("percent") is None and not self.errors:
            self.add_error("passed", _("Require “passed” or a minimum score; otherwise any result counts."))
        return data

    def tree(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        if self.kind == "presence":
            return {"presence": data["times"]}
        percent, days = data.pop("percent"), data.pop("within_days")
        tree = {"pick": self.kind, **data}
        if percent is not None:
            tree["min_scaled"] = rules.in_digits(rules.EXACT.scaleb(percent, -2))
        if days is not None:
            tree["within_days"] = days
        return rules.normal(tree)


class Results(ConditionForm):
    kind, title = "any", gettext_lazy("Results that were good enough")
    kept = ("times", "distinct", "passed", "percent", "trust", "within_days")


class Best(ConditionForm):
    kind, title = "best", gettext_lazy("The best result counts")
    kept = ("passed", "percent", "trust", "within_days")


class Latest(Best):
    kind, title = "latest", gettext_lazy("The latest result counts")


class Firsts(ConditionForm):
    kind, title = "firsts", gettext_lazy("Mean of the first result of each activity")
    kept = ("times", "percent", "trust", "within_days")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["percent"].required = True
        self.fields["times"].label = _("At least so many activities")


class Decaying(ConditionForm):
    kind, title = "decaying", gettext_lazy("Decaying mean: newer results weigh more")
    kept = ("times", "percent", "weight", "trust", "within_days")
    times = forms.IntegerField(label=gettext_lazy("Number of results required"), min_value=1, max_value=rules.NEWEST)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["percent"].required = True


class Presence(ConditionForm):
    kind, title = "presence", gettext_lazy("Attended or read (never enough alone)")
    kept = ("times",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["times"].label = _("Number of times")


CONDITIONS: dict[str, type[ConditionForm]] = {
    one.kind: one for one in (Results, Best, Latest, Firsts, Decaying, Presence)
}


class GroupForm(forms.Form):
    joint = forms.ChoiceField(
        label=gettext_lazy("Required of the conditions below"),
        choices=(
            ("all", gettext_lazy("all of them")),
            ("any", gettext_lazy("one of them")),
            ("n_of", gettext_lazy("at least this many of them")),
        ),
    )
    least = forms.IntegerField(
        label=gettext_lazy("How many"),
        min_value=1,
        required=False,
        help_text=gettext_lazy("Only with “at least this many of them”."),
    )
    title = gettext_lazy("Group of conditions")
    usual: ClassVar[dict[str, str]] = {"joint": "all"}
    count = 0

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        joint, least = data.get("joint"), data.get("least")
        if joint == "n_of" and "least" not in self.errors and not 1 <= (least or 0) <= self.count:
            text = _("Enter a number from 1 to %(count)d: so many conditions are in this group.")
            self.add_error("least", text % {"count": self.count})
        elif joint in ("all", "any") and least is not None:
            self.add_error("least", _("Only with “at least this many of them”. Leave it empty."))
        return data


@dataclass
class Node:
    """A row as it is typed: `values` as a browser sends them. A group has `children`, a condition has None."""

    kind: str
    values: dict[str, str]
    children: list[Node] | None = None
    path: str = ROOT
    depth: int = 1
    sent: bool = False
    focus: bool = field(default=False, compare=False)
    form: Any = None

    def place(self, path: str = ROOT, depth: int = 1, *, sent: bool) -> Node:
        """Set the paths and forms of it and of all below. `sent`: to be checked."""
        self.path, self.depth = path, depth
        for number, child in enumerate(self.children or ()):
            child.place(f"{path}-{number}", depth + 1, sent=sent)
        kind = GroupForm if self.children is not None else CONDITIONS[self.kind]
        data = {f"{path}-{name}": value for name, value in self.values.items()}
        self.form = kind(data if sent else None, initial=self.values, prefix=path)
        if self.focus and self.children is None:
            next(iter(self.form.fields.values())).widget.attrs["autofocus"] = True
        if self.children is not None:
            self.form.count = len(self.children)
        return self

    def all(self) -> Iterator[Node]:
        yield self
        for child in self.children or ():
            yield from child.all()

    @property
    def number(self) -> str:
        """Return '1.2' as it stands above the row; empty: the whole."""
        return ".".join(str(int(part) + 1) for part in self.path.split("-")[1:])

    @property
    def may_have_groups(self) -> bool:
        return self.depth < DEPTH

    @property
    def choices(self) -> list[tuple[str, Any]]:
        """List what may be added in this group."""
        more = [(GROUP, GroupForm.title)] if self.may_have_groups else []
        return [*((kind, one.title) for kind, one in CONDITIONS.items()), *more]

    def is_valid(self) -> bool:
        # Each is looked at: all that is wrong is said at once.
        wrong = [node for node in self.all() if not node.form.is_valid()]
        return not wrong

    def tree(self) -> dict[str, Any]:
        """Return the tree of what is valid."""
        if self.children is None:
            tree: dict[str, Any] = self.form.tree()
            return tree
        branches, data = [child.tree() for child in self.children], self.form.cleaned_data
        if data["joint"] == "n_of":
            return {"n_of": data["least"], "of": branches}
        return {data["joint"]: branches}


def of_tree(tree: Mapping[str, Any]) -> Node:
    """Build the node of a tree of the grammar, as it would be typed."""
    for word in ("all", "any", "of"):
        if word in tree:
            values = {"joint": "n_of", "least": str(tree["n_of"])} if word == "of" else {"joint": word}
            return Node(GROUP, values, [of_tree(branch) for branch in tree[word]])
    if "presence" in tree:
        return Node("presence", {"times": str(tree["presence"])})
    values = {"times": str(tree.get("times", 1)), "trust": str(tree.get("trust", 0))}
    values |= {name: "on" for name in ("passed", "distinct") if tree.get(name)}
    if "min_scaled" in tree:
        values["percent"] = rules.in_digits(rules.EXACT.scaleb(Decimal(str(tree["min_scaled"])), 2))
    if "within_days" in tree:
        values["within_days"] = str(tree["within_days"])
    if tree["pick"] == "decaying":
        values["weight"] = str(tree.get("weight", rules.WEIGHT))
    kept = CONDITIONS[tree["pick"]].kept
    return Node(tree["pick"], {name: value for name, value in values.items() if name in kept})


def of_data(data: Mapping[str, Any], path: str = ROOT, depth: int = 1) -> Node | None:
    """Build the node that was sent; None: no row of that place."""
    kind = data.get(f"{path}-kind", "")
    if depth > DEEPEST or (kind != GROUP and kind not in CONDITIONS):
        return None
    names = ("joint", "least") if kind == GROUP else CONDITIONS[kind].kept
    values = {name: data[key] for name in names if (key := f"{path}-{name}") in data}
    if kind != GROUP:
        return Node(kind, values)
    children: list[Node] = []
    while (child := of_data(data, f"{path}-{len(children)}", depth + 1)) is not None:
        children.append(child)
    return Node(kind, values, children)


def new(kind: str) -> Node:
    """Make a row with what is usual; a group with one condition in it."""
    if kind == GROUP:
        return Node(GROUP, dict(GroupForm.usual), [new("any")])
    form = CONDITIONS[kind]
    return Node(kind, {name: value for name, value in form.usual.items() if name in form.kept})


def _below(root: Node, path: str) -> list[Node]:
    """Return the nodes from the root to that place; empty: there is none."""
    found = [root]
    for part in path.removeprefix(ROOT).split("-")[1:]:
        children = found[-1].children or []
        if not part.isdecimal() or not part.isascii() or len(part) > 4 or int(part) >= len(children):
            return []
        found.append(children[int(part)])
    return found if path.partition("-")[0] == ROOT else []


def added(root: Node, path: str, kind: str) -> Node:
    """Add a row to the group at that place; a rule of one condition becomes a group first."""
    nodes = _below(root, path)
    if not nodes or (kind != GROUP and kind not in CONDITIONS) or sum(1 for _node in root.all()) >= MOST:
        return root
    group = nodes[-1]
    if group.children is None:
        if group is not root:
            return root
        root = group = Node(GROUP, dict(GroupForm.usual), [root])
    if kind == GROUP and len(nodes) >= DEPTH:
        return root
    row = new(kind)
    row.focus = True
    (group.children or []).append(row)
    return root


def removed(root: Node, path: str) -> Node:
    """Remove the row at that place, and the groups that are empty then. A rule keeps one row."""
    nodes = _below(root, path)
    while len(nodes) > 1:
        row, group = nodes.pop(), nodes[-1]
        children = group.children or []
        if group is root and len(children) == 1:
            break
        children[:] = [child for child in children if child is not row]
        if children:
            group.focus = True
            break
    return root
