"""A pytest plugin: how long each folder's tests took, beside what they may (`[tool.bdhvs.budget]` of pyproject.toml).

Seconds of setups, tests and teardowns, added up over all workers: what a busy machine makes longer, but comparable
within a run.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest


def folder_of(nodeid: str) -> str:
    """Return the folder that a test is counted in: `tests/site`, `tests/bdhvs_lms/base`, `content/bdhvs_quiz/types`."""
    names = nodeid.partition("::")[0].split("/")[:-1]
    return "/".join(names[: 3 if names[:1] == ["content"] or names[1:2] == ["bdhvs_lms"] else 2])


class Spending:
    """On the controller, which hears of every test."""

    def __init__(self, budgets: dict[str, int]) -> None:
        self.budgets = budgets
        self.spent: dict[str, float] = defaultdict(float)
        self.tests: dict[str, set[str]] = defaultdict(set)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        folder = folder_of(report.nodeid)
        self.spent[folder] += report.duration
        self.tests[folder].add(report.nodeid)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if len(self.spent) < 2:
            return
        terminalreporter.section("seconds by folder")
        for folder, seconds in sorted(self.spent.items(), key=lambda one: -one[1]):
            budget = self.budgets.get(folder, self.budgets["else"])
            over = "  over its budget" if seconds > budget else ""
            terminalreporter.write_line(
                f"{seconds:7.0f} of {budget:4}  {len(self.tests[folder]):5} tests  {folder}{over}"
            )
        terminalreporter.write_line(f"{sum(self.spent.values()):7.0f} in all")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        project = tomllib.loads(Path(config.rootpath, "pyproject.toml").read_text(encoding="utf-8"))
        config.pluginmanager.register(Spending(project["tool"]["bdhvs"]["budget"]), "bdhvs-spending")
