"""A stranger has no private door: imports of the plugin, read from its source."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.support.loops import for_each
from tests.support.plugin import FOLDER

PACKAGE = FOLDER / "plugin_example"
OURS = ("bdhvs_lms", "bdhvs_content", "bdhvs_quiz", "bdhvs_h5p", "bdhvs_tasks", "bdhvs_theme", "bdhvs_xapi")
OUTSIDE = {"django", "wagtail", "plugin_example"}
STANDARD = {"__future__", "collections", "copy", "datetime", "decimal", "pathlib", "re", "typing", "uuid"}


def imported(source: str) -> list[str]:
    """Every module that is imported, and for `from package import name` also 'package.name'."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "A relative import says less than a whole name."
            found.append(str(node.module))
    return found


def is_open(module: str) -> bool:
    root, *rest = module.split(".")
    if root in OURS:
        return rest[-1:] == ["api"] or module in ("bdhvs_lms.plugins.testing", "bdhvs_xapi.testing")
    return root in OUTSIDE | STANDARD


SOURCES = sorted(path for path in PACKAGE.rglob("*.py"))


@for_each("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_public_doors_are_used(path: Path) -> None:
    assert [module for module in imported(path.read_text()) if not is_open(module)] == []


@for_each(
    ("source", "open_"),
    [
        ("from bdhvs_lms.tracking.api import record", True),
        ("from bdhvs_lms.plugins.testing import plugged_in", True),
        ("from wagtail.admin.panels import FieldPanel", True),
        ("from bdhvs_lms.tracking import actions", False),
        ("from bdhvs_lms.tracking.actions import record", False),
        ("import bdhvs_quiz.models", False),
        ("from tests.support import world", False),
        ("def f():\n    from bdhvs_lms.courses.models import Course", False),
    ],
)
def test_a_private_door_would_be_seen(source: str, open_: bool) -> None:
    assert all(is_open(module) for module in imported(source)) is open_


def test_there_is_something_to_read() -> None:
    assert len(SOURCES) >= 10


def test_what_is_taken_from_a_door_is_in_its_all() -> None:
    """An api's helpers that it happens to import are not its promise."""
    from importlib import import_module

    wrong = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and str(node.module).split(".")[0] in OURS:
                promised = import_module(str(node.module)).__all__
                wrong += [f"{path.name}: {alias.name}" for alias in node.names if alias.name not in promised]
    assert wrong == []
