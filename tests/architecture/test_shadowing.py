"""No private name of ours takes the place of one that Django's or Wagtail's class keeps for itself.

Their underscored names are not told to anybody: a method of ours called `_choices` on a form's field was replaced by
`ChoiceField.__init__`, which keeps the list of choices there, and five forms had an empty list of areas.
"""

from __future__ import annotations

import ast
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module

import pytest
from django import forms

from tests.architecture.layers import LOADED_PACKAGES, ROOT_PACKAGES

pytestmark = pytest.mark.versions

# class → private names of theirs that are replaced on purpose, because there is no other place
MEANT: dict[str, set[str]] = {
    # The action makes the row, so nothing is copied to one before.
    "bdhvs_lms.base.admin.forms.ActionForm": {"_post_clean"},
    # What could not be read of what was sent has to be said among the errors of the fields.
    "bdhvs_quiz.forms.QuestionForm": {"_clean_fields"},
    # The server says nowhere else that it replaces workers.
    "bdhvs_lms.site.workers.Server": {"_respawn_workers"},
    # The table holds digests of the keys, and Django asks it here; what is not there has no key either.
    "bdhvs_lms.learners.session_store.SessionStore": {"_get_session_from_db", "_session_key"},
}


def _private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name != "_"


@cache
def _classes_in(module: str) -> dict[str, ast.ClassDef]:
    """Qualified name → source, of every class that a module writes; empty where it has none (made in C)."""
    found: dict[str, ast.ClassDef] = {}
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except (KeyError, OSError, TypeError):
        return found

    def walk(node: ast.AST, inside: str) -> None:
        for child in ast.iter_child_nodes(node):
            name = f"{inside}{child.name}" if isinstance(child, ast.ClassDef | ast.FunctionDef) else ""
            if isinstance(child, ast.ClassDef):
                found[name] = child
            walk(child, f"{name}." if isinstance(child, ast.ClassDef) else f"{name}.<locals>." if name else inside)

    walk(tree, "")
    return found


@cache
def _kept_in(kind: type) -> frozenset[str]:
    """Private names that a class defines itself, or that its methods read or set on anything."""
    source = _classes_in(kind.__module__).get(kind.__qualname__)
    said = {node.attr for node in ast.walk(source) if isinstance(node, ast.Attribute)} if source else set()
    return frozenset(filter(_private, {*vars(kind), *said}))


def _written_in(kind: type) -> set[str]:
    """Private names that the source of a class of ours defines, or sets on itself."""
    source = _classes_in(kind.__module__).get(kind.__qualname__)
    if source is None:  # made at run time
        return set()
    names: set[str] = set()
    for node in source.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        names.update(target.id for target in targets if isinstance(target, ast.Name))
    for inner in ast.walk(source):
        if isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store) and isinstance(inner.value, ast.Name):
            if inner.value.id == "self":
                names.add(inner.attr)
    return set(filter(_private, names))


def _ours(kind: type) -> bool:
    return kind.__module__.partition(".")[0] in ROOT_PACKAGES


def shadowing(kinds: Iterable[type], ours: Callable[[type], bool] = _ours) -> list[str]:
    """One line for each private name of a class of ours that a class above it, not ours, has a use for."""
    found = []
    for kind in kinds:
        above = [base for base in kind.__mro__[1:] if not ours(base) and base.__module__ != "builtins"]
        taken = set().union(*map(_kept_in, above)) if above else set()
        name = f"{kind.__module__}.{kind.__qualname__}"
        written = _written_in(kind) - MEANT.get(name, set())
        found += [f"{name}.{attribute}" for attribute in sorted(written & taken)]
    return found


def classes_of_ours() -> set[type]:
    found: set[type] = set()
    for package in LOADED_PACKAGES:
        for module in pkgutil.walk_packages(import_module(package).__path__, f"{package}."):
            if ".migrations" in module.name or module.name.endswith("__main__"):
                continue
            for value in vars(import_module(module.name)).values():
                if isinstance(value, type) and _ours(value):
                    found.add(value)
    return found


def test_no_private_name_of_ours_hides_one_of_theirs() -> None:
    classes = classes_of_ours()
    assert len(classes) > 300
    assert shadowing(sorted(classes, key=lambda kind: (kind.__module__, kind.__qualname__))) == []


class AreaField(forms.ChoiceField):
    def __init__(self) -> None:
        super().__init__()
        self.choices = self._choices

    def _choices(self) -> list[tuple[str, str]]:
        return [("1", "Phường Thử")]


class Kept(forms.ChoiceField):
    def __init__(self) -> None:
        super().__init__()
        self._choices = [("1", "Phường Thử")]
        self._areas = self._choices


def test_seeded_name_is_caught() -> None:
    assert AreaField().choices == []
    found = shadowing([AreaField, Kept], ours={AreaField, Kept}.__contains__)
    assert [line.rpartition("test_shadowing.")[2] for line in found] == ["AreaField._choices", "Kept._choices"]
