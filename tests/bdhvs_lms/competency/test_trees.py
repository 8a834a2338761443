"""A rule in the form is the rule: loaded, sent back and read again it says the same."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import given

from bdhvs_lms.competency import rules
from bdhvs_lms.competency.admin import trees
from tests.bdhvs_lms.competency.test_moments import ITEMS, T0, TREE
from tests.support.loops import for_each

PASS = {"pick": "any", "passed": True, "trust": 1}


def sent(node: trees.Node) -> dict[str, str]:
    """What a browser sends of the form that was rendered: the value of each widget."""
    data: dict[str, str] = {}
    for row in node.place(sent=False).all():
        data[f"{row.path}-kind"] = row.kind
        for bound in row.form:
            shown = str(bound)
            assert f'name="{bound.html_name}"' in shown
            value = bound.value()
            if value not in (None, "", False):
                data[bound.html_name] = str(value)
    return data


def reread(data: dict[str, str]) -> trees.Node:
    node = trees.of_data(data)
    assert node is not None
    return node.place(sent=True)


@given(tree=TREE, items=ITEMS)
def test_a_rule_comes_back_from_its_form_unchanged(tree: dict[str, Any], items: list[rules.Item]) -> None:
    rules.check(tree)
    node = reread(sent(trees.of_tree(tree)))
    assert node.is_valid(), [row.form.errors for row in node.all()]
    again = node.tree()
    rules.check(again)
    assert again == rules.normal(tree)
    at = max((item.occurred_at for item in items), default=T0)
    assert rules.holds(again, items, at) == rules.holds(tree, items, at)
    assert rules.sentence(again) == rules.sentence(tree)


@for_each("written", ["0.80", 0.8, "8e-1", f"0.{'3' * 34}", 1, "-0.25", "0", "1E-7"])
def test_a_score_is_shown_to_its_last_digit(written: Any) -> None:
    tree = {"pick": "best", "min_scaled": written}
    node = reread(sent(trees.of_tree(tree)))
    assert node.is_valid()
    assert node.tree() == rules.normal(tree)


def test_rows_are_added_and_taken_away_and_what_was_typed_stays() -> None:
    data = {**sent(trees.of_tree(PASS)), "rule-percent": "không phải số"}
    root = trees.of_data(data)
    assert root is not None
    root = trees.added(root, "rule", "best")
    assert [(row.path, row.kind) for row in root.place(sent=False).all()] == [
        ("rule", "group"), ("rule-0", "any"), ("rule-1", "best"),
    ]  # fmt: skip
    assert "không phải số" in str(root.children[0].form["percent"])
    root = trees.added(root, "rule", "group")
    root = trees.added(root, "rule-2", "group")
    assert [row.path for row in root.place(sent=False).all()][-3:] == ["rule-2-0", "rule-2-1", "rule-2-1-0"]
    # No group below the third; unknown places and kinds change nothing.
    before = deepcopy(root)
    for path in ("rule-2-1:group", "rule-9:any", "rule-0:any", "x:any", "rule:x", "rule-²:any"):
        root = trees.added(root, *path.split(":"))
    assert [row.kind for row in root.all()] == [row.kind for row in before.all()]
    root = trees.removed(root, "rule-2-1-0")
    assert [row.path for row in root.place(sent=False).all()] == ["rule", "rule-0", "rule-1", "rule-2", "rule-2-0"]
    for _ in range(3):
        root = trees.removed(root, "rule-0")
    root.place(sent=False)
    assert [(row.path, row.kind) for row in root.all()] == [("rule", "group"), ("rule-0", "group"), ("rule-0-0", "any")]


@for_each(
    ("changed", "expected"),
    [
        ({"rule-least": "3"}, [("rule", "least")]),
        ({"rule-joint": "n_of", "rule-least": ""}, [("rule", "least")]),
        ({"rule-joint": "n_of", "rule-least": "3"}, [("rule", "least")]),
        ({"rule-0-times": "0"}, [("rule-0", "times")]),
        ({"rule-0-passed": None}, [("rule-0", "passed")]),
        ({"rule-1-percent": ""}, [("rule-1", "percent")]),
        ({"rule-1-weight": "99"}, [("rule-1", "weight")]),
        ({"rule-1-percent": "NaN", "rule-0-trust": "7"}, [("rule-0", "trust"), ("rule-1", "percent")]),
    ],
    ids=str,
)
def test_mistakes_are_said_at_their_place(changed: dict[str, str | None], expected: list[tuple[str, str]]) -> None:
    tree = {"all": [PASS, {"pick": "decaying", "min_scaled": "0.7"}]}
    data: dict[str, Any] = {**sent(trees.of_tree(tree)), **changed}
    node = reread({name: value for name, value in data.items() if value is not None})
    assert not node.is_valid()
    assert sorted((row.path, name) for row in node.all() for name in row.form.errors) == expected
