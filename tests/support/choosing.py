"""A pytest plugin: which tests of a whole run are run. CONTRIBUTING.md says which mark a test gets.

--parts-of HEAD: tests of the parts with changes since that commit, and those that import what came to import them.
--decided-by database,versions: tests with one of these marks; files without them are not even read.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.layers import ROOT_PACKAGES
from tests.support.live import ROOT
from tests.support.soak import SOAKING, THOROUGH

# Tests of the whole tree.
ALWAYS = ("tests/architecture", "tests/docs")
# Files of no package, and whose tests ask about them.
FOLDERS = {
    "deploy": ("tests/deploy",),
    "content/h5p-python-adapter": ("content/h5p-python-adapter", "tests/packaging", "tests/bdhvs_h5p"),
    "content/question-files": ("content/question-files", "tests/packaging", "tests/bdhvs_quiz/formats"),
    "templates/bdhvs_theme": ("tests/theme", "tests/e2e"),
    "templates/bdhvs-wagtail-vi": ("tests/wagtail_vi", "tests/packaging"),
    "xapi": ("tests/packaging",),
    "pyproject.toml": ("tests/packaging",),
    "hatch_": ("tests/packaging", "tests/theme"),
    "docs/screenshots": ("tests/e2e/test_screenshots.py",),
}
BROWSERS = {"browser", "chromium", "whole_chromium"}
CHANGES = pytest.StashKey["Changes"]()
_IMPORT = re.compile(r"^ *(?:from|import) ([\w.]+)(?: import (\w+))?", re.MULTILINE)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--parts-of", metavar="COMMIT", help="only tests of the parts that changed since this commit")
    parser.addoption("--decided-by", metavar="MARKS", default="", help="only tests with one of these marks")


def module_of(file: str) -> str | None:
    """Return the module of ours that a file is, or that it lies beside; templates count with their owner."""
    if namespace := re.search(r"/templates/(bdhvs_\w+)/", file):
        return namespace[1]
    names = file.removesuffix(".py").removesuffix("/__init__").split("/")
    start = next((place for place, name in enumerate(names[:3]) if name in ROOT_PACKAGES), None)
    return None if start is None or names[0] == "tests" else ".".join(names[start:])


def part_of(module: str) -> str:
    """Return the part that a module belongs to: `bdhvs_lms.reporting`, `bdhvs_quiz`."""
    return ".".join(module.split(".")[: 2 if module.startswith("bdhvs_lms.") else 1])


@cache
def imports_of(file: Path) -> tuple[frozenset[str], frozenset[str]]:
    """Return what a file of tests imports itself (modules, and names in them), and the files of tests it needs."""
    names, files = set(), {str(file.relative_to(ROOT))}
    for module, name in _IMPORT.findall(file.read_text(encoding="utf-8")):
        if not module.startswith("tests"):
            names |= {module, f"{module}.{name}"}
            continue
        base = ROOT / module.replace(".", "/")
        for other in (base.with_suffix(".py"), base / f"{name}.py"):
            if other.exists() and other != file:
                files |= imports_of(other)[1]
    return frozenset(names), frozenset(files)


class Changes:
    """What changed: parts, modules that import something changed, and files and folders of tests."""

    def __init__(self, files: Iterable[str]) -> None:
        import grimp

        graph = grimp.build_graph(*ROOT_PACKAGES)
        self.tests = set(ALWAYS)
        self.parts: set[str] = set()
        self.modules: set[str] = set()
        for file in files:
            self.tests |= {test for start, asking in FOLDERS.items() if file.startswith(start) for test in asking}
            if file.startswith("tests/") or "/test_" in file:
                self.tests.add(file.removesuffix("/conftest.py"))
            if module := module_of(file):
                self.parts.add(part_of(module))
                if module in graph.modules:
                    self.modules |= {module, *graph.find_downstream_modules(module)}

    @classmethod
    def since(cls, commit: str) -> Changes:
        """Compare the tree, with files that git does not know yet, with a commit."""
        found = [
            subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True, check=True).stdout
            for arguments in (("diff", "--name-only", commit, "--"), ("ls-files", "--others", "--exclude-standard"))
        ]
        return cls("".join(found).split())

    def touch(self, file: Path) -> bool:
        """Say whether tests of this file are about something that changed."""
        name = str(file.relative_to(ROOT))
        mirrored = module_of(name.removeprefix("tests/")) or ""
        names, files = imports_of(file)
        return (
            any(name == one or name.startswith(f"{one}/") for one in self.tests)
            or part_of(mirrored) in self.parts
            or not (names.isdisjoint(self.modules) and files.isdisjoint(self.tests))
        )


def _is_whole(config: pytest.Config) -> bool:
    return config.args_source == pytest.Config.ArgsSource.TESTPATHS


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    if not _is_whole(config) or collection_path.suffix != ".py":
        return None
    marks = [mark for mark in config.option.decided_by.split(",") if mark]
    if marks and not any(f"mark.{mark}" in collection_path.read_text(encoding="utf-8") for mark in marks):
        return True
    if config.option.parts_of:
        if CHANGES not in config.stash:
            config.stash[CHANGES] = Changes.since(config.option.parts_of)
        return None if config.stash[CHANGES].touch(collection_path) else True
    return None


def is_thorough(item: pytest.Item) -> bool:
    """Browser tests of our conformance kit are for built-in types a second look; the example plugin's are not."""
    in_browser = item.get_closest_marker("browser") is not None
    return item.get_closest_marker("thorough") is not None or (in_browser and item.path.parents[1].name == "types")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    marks = [mark for mark in config.option.decided_by.split(",") if mark]
    chosen = [item for item in items if not marks or any(item.get_closest_marker(mark) for mark in marks)]
    if _is_whole(config) and not (THOROUGH or config.option.parts_of):
        chosen = [item for item in chosen if not is_thorough(item)]
    if len(chosen) < len(items):
        kept = set(chosen)
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = chosen
    for item in items:
        if SOAKING:
            item.add_marker(pytest.mark.timeout(0))
        elif THOROUGH and BROWSERS & set(getattr(item, "fixturenames", ())):
            # A browser on a busy machine is now and then slower than any waiting is worth. pytest names what ran twice.
            item.add_marker(pytest.mark.flaky(reruns=1))
