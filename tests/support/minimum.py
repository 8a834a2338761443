"""A pytest plugin: a whole run with fewer tests than pyproject.toml says (`minimum_tests`) fails."""

from typing import Any

import pytest


class MinimumTests:
    """Counts the tests that reported, on the controller: with xdist only workers collect."""

    def __init__(self, minimum: int) -> None:
        self.minimum = minimum
        self.seen: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seen.add(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) and (
            len(self.seen) < self.minimum
        ):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if len(self.seen) < self.minimum:
            terminalreporter.write_line(
                f"ERROR: {len(self.seen)} tests ran, fewer than minimum_tests = {self.minimum} in pyproject.toml.",
                red=True,
                bold=True,
            )


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("minimum_tests", "a whole run has at least this many tests")


def pytest_configure(config: pytest.Config) -> None:
    narrowed = (
        config.args_source != pytest.Config.ArgsSource.TESTPATHS
        or any(config.getoption(name, None) for name in ("keyword", "markexpr", "deselect", "lf", "stepwise"))
        or config.getoption("ignore", None)
        or config.getoption("ignore_glob", None)
        or config.option.collectonly
    )
    if not narrowed and not hasattr(config, "workerinput"):
        config.pluginmanager.register(MinimumTests(int(config.getini("minimum_tests") or 0)), "bdhvs-minimum-tests")
