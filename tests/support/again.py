"""A pytest plugin: with BDHVS_BROWSER_TWICE=1 browser tests that failed run a second time, by themselves, when the run
is over. Those that pass then are printed as FLAKY, to be mended, and do not fail the run.

Only browser tests, which a browser on a busy machine makes unsteady; at most `MOST` of a run. Where anything else
failed too, nothing is tried again.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

MOST = 3
# Tests with this fixture are browser tests, and those of the conformance kit that Django knows by this tag.
FIXTURE = "browser"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: drives a browser (put on every test with that fixture)")
    if os.environ.get("BDHVS_BROWSER_TWICE") == "1" and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Again(), "bdhvs-again")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if FIXTURE in getattr(item, "fixturenames", ()) or FIXTURE in getattr(getattr(item, "obj", None), "tags", ()):
            item.add_marker(FIXTURE)


class Again:
    """On the controller, which hears of every failure."""

    def __init__(self) -> None:
        self.failed: dict[str, bool] = {}  # by node id: whether it is a browser test
        self.collected = True
        self.flaky: list[str] = []
        self.said = ""

    def pytest_report_header(self) -> str:
        return f"browser tests: a second go for at most {MOST}"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed[report.nodeid] = FIXTURE in report.keywords

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.collected = False

    # Before the whole suite's size is looked at.
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if session.exitstatus != pytest.ExitCode.TESTS_FAILED or not self.collected:
            return
        if not 0 < len(self.failed) <= MOST or not all(self.failed.values()):
            return
        environment = {name: value for name, value in os.environ.items() if name != "BDHVS_BROWSER_TWICE"}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *self.failed],
            cwd=session.config.rootpath, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        self.said = done.stdout + done.stderr
        if done.returncode == 0:
            self.flaky = list(self.failed)
            session.exitstatus = pytest.ExitCode.OK

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if not self.said:
            return
        terminalreporter.section("browser tests a second time")
        terminalreporter.write(self.said)
        for name in self.flaky:
            terminalreporter.write_line(f"FLAKY {name}", yellow=True, bold=True)
