"""Nothing is open that nobody asks for: every name of an api has a caller outside its part, or says why it has none."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.layers import PARTS, ROOT, ROOT_PACKAGES, WHEEL_PACKAGES

EXAMPLE = ROOT / "tests" / "plugin_example" / "plugin_example"
APIS = [
    name
    for name in (*(f"bdhvs_lms.{part}.api" for part in PARTS), *(f"{package}.api" for package in ROOT_PACKAGES))
    if any((ROOT / folder.parent / name.replace(".", "/")).with_suffix(".py").exists() for folder in WHEEL_PACKAGES)
]


def asked(source: str) -> Iterator[tuple[str, str]]:
    """(module, name) of every api that a source asks for: imported by name, or as an attribute of the imported api."""
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
    """What the product, the example of a stranger's plugin and the code in the documents ask for."""
    found: set[tuple[str, str]] = set()
    for folder in (*(ROOT / package for package in WHEEL_PACKAGES), EXAMPLE):
        for path in folder.rglob("*.py"):
            here = path.relative_to(folder.parent).with_suffix("").as_posix().replace("/", ".")
            found.update(pair for pair in asked(path.read_text(encoding="utf-8")) if pair[0] != here)
    for path in (ROOT / "docs").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        for block in re.findall(r"^```python\n(.*?)^```", text, re.M | re.S):
            found.update(asked(block))
    return frozenset(found)


def promised(thing: Any) -> str:
    """What something open says that it takes, gives and raises: annotations and docstrings, its methods' too."""
    said = [inspect.getdoc(thing) or "", str(getattr(thing, "__annotations__", ""))]
    if inspect.isclass(thing) and thing.__module__.startswith("bdhvs_"):
        said += [promised(each) for each in vars(thing).values() if inspect.isfunction(each)]
        said += [promised(each) for each in thing.__bases__]
    return " ".join(said)


def unasked(module: str, used: Iterable[str]) -> list[str]:
    """Names of the api that are neither used nor stand in what one that is used takes, gives or raises."""
    api = import_module(module)
    left, open_ = set(api.__all__), list(used)
    while open_:
        name = open_.pop()
        left.discard(name)
        text = promised(getattr(api, name))
        more = [each for each in left if re.search(rf"\b{each}\b", text)]
        left.difference_update(more)
        open_ += more
    return sorted(left)


@pytest.mark.parametrize("module", APIS)
def test_every_open_name_has_a_caller(module: str) -> None:
    used = [name for name in import_module(module).__all__ if (module, name) in callers()]
    assert unasked(module, used) == []
