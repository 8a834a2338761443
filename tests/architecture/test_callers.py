"""Nothing is open that nobody asks for: a name of an api has a caller outside its part, or a reason to wait for one."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from typing import Any

from tests.architecture.layers import PACKAGES, PARTS, ROOT
from tests.support.loops import for_each

EXAMPLE = ROOT / "tests" / "plugin_example" / "plugin_example"
APIS = [
    *(f"bdhvs_lms.{part}.api" for part in PARTS),
    *(f"bdhvs_{package}.api" for package in ("xapi", "content", "quiz", "h5p")),
]
# Names of files of questions, which know no plugins, and of folded text.
PLAIN = ("question_files.",)
# api → names that wait for their caller, each with what it will be.
WAITING: dict[str, dict[str, str]] = {
    "bdhvs_lms.learners.api": {
        "LearnerSession": "ways to sign in other than with an account",
        "learner_session_of": "the same",
        "link_user": "a site that brings its own accounts",
    },
    "bdhvs_xapi.api": {
        "catch_up": "a project with a worker of its own, which runs no commands",
        "deliver": "the same",
        "pull": "the same",
    },
}


def asked(source: str) -> Iterator[tuple[str, str]]:
    """(module, name) of all that a source asks for: imported by name, or as an attribute of an imported module."""
    tree = ast.parse(source)
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield node.module, alias.name
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Import):
            known |= {alias.asname or alias.name: alias.name for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and (module := known.get(ast.unparse(node.value))):
            yield module, node.attr


@cache
def callers() -> frozenset[tuple[str, str]]:
    """What the product, the example of a stranger's plugin and the documents ask for."""
    found: set[tuple[str, str]] = set()
    for folder in (*(ROOT / package for package in PACKAGES), EXAMPLE):
        for path in folder.rglob("*.py"):
            found.update(asked(path.read_text(encoding="utf-8")))
    for path in (ROOT / "docs").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        for block in re.findall(r"^```python\n(.*?)^```", text, re.M | re.S):
            found.update(asked(block))
        # In a sentence: `competency.api.add_rule_version`; in the guide for plugins, which says whence, the bare name.
        said = re.findall(r"`(?:bdhvs_lms\.)?(\w+\.api)\.(\w+)", text)
        found.update((api, name) for api in APIS for part, name in said if api.endswith(part))
        if path.name == "plugins.md":
            found.update((api, name) for api in APIS for name in re.findall(r"`(\w+)(?:\(.*?\))?`", text))
    return frozenset(found)


def promised(thing: Any) -> str:
    """What something open says that it takes, gives and raises: annotations, its methods' too, and in its docstring
    names of classes and what is marked as code."""
    code = re.findall(r"`+([^`]+)`+|\b([A-Z]\w+)", inspect.getdoc(thing) or "")
    notes = getattr(thing, "__annotations__", {}).values()
    said = [*map(str, notes), *(one or other for one, other in code)]
    if inspect.isclass(thing) and thing.__module__.startswith("bdhvs_"):
        said += [promised(each) for each in (*vars(thing).values(), *thing.__bases__) if callable(each)]
    return " ".join(said)


def unasked(module: str, used: Iterable[str]) -> set[str]:
    """Names of the api that are neither used nor what one that is used takes, gives or raises."""
    api = import_module(module)
    left, open_ = set(api.__all__), list(used)
    while open_:
        name = open_.pop()
        left.discard(name)
        text = promised(getattr(api, name))
        more = [each for each in left if re.search(rf"\b{each}\b", text)]
        left.difference_update(more)
        open_ += more
    return left


@for_each("module", APIS)
def test_every_open_name_has_a_caller(module: str) -> None:
    used = [name for name in import_module(module).__all__ if (module, name) in callers()]
    assert unasked(module, used) == set(WAITING.get(module, ()))


def test_a_name_without_a_caller_is_seen() -> None:
    module = "bdhvs_lms.learners.api"
    left = unasked(module, ["register"])
    assert {"names", "placed_in"} <= left
    assert not {"register", "Learner"} & left, "what is asked for, and what it gives"


@for_each("module", APIS)
def test_an_api_opens_nothing_of_another(module: str) -> None:
    """A name has one public place: whoever wants it asks there. But what plugins ask is behind one door."""
    api = import_module(module)
    owner = module.removesuffix(".api")
    tree = ast.parse(inspect.getsource(api))
    passed_on = [
        (node.module, alias.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and not f"{node.module}.".startswith((f"{owner}.", *PLAIN))
        for alias in node.names
        if alias.name in api.__all__
    ]
    assert passed_on == []
