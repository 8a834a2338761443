"""Fixtures for every test, and the rule that a whole run has at least as many tests as pyproject.toml says.

The database is SQLite in memory, or what DATABASE_URL names. Tests that need real processes take `installation` (data
folder and migrated database of their own, on the same engine) or `live_process` (the same, served).
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hatch_build import compile_catalogues
from tests.support.live import Installation, Postgres, Server, copy_sqlite


def require(present: object, what: str) -> None:
    """Skip the test when ``what`` is absent; fail it where everything has to be there (BDHVS_REQUIRE_ALL=1)."""
    if present:
        return
    if os.environ.get("BDHVS_REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is missing, and BDHVS_REQUIRE_ALL=1 says it must not be.")
    pytest.skip(f"{what} is missing")


# --- A suite that shrinks fails --------------------------------------------------------------------------------------


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
    parser.addoption("--write-golden", action="store_true", help="write golden files from what is emitted now")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        # Stale translations would be tested otherwise.
        compile_catalogues()
    narrowed = (
        config.args_source != pytest.Config.ArgsSource.TESTPATHS
        or any(config.getoption(name, None) for name in ("keyword", "markexpr", "deselect", "lf", "stepwise"))
        or config.getoption("ignore", None)
        or config.getoption("ignore_glob", None)
        or config.option.collectonly
    )
    if not narrowed and not hasattr(config, "workerinput"):
        config.pluginmanager.register(MinimumTests(int(config.getini("minimum_tests") or 0)), "bdhvs-minimum-tests")


# --- Processes of their own ------------------------------------------------------------------------------------------


def _postgres() -> Postgres | None:
    url = os.environ.get("DATABASE_URL", "")
    return Postgres(url) if url.startswith(("postgres://", "postgresql://")) else None


@pytest.fixture(scope="session")
def collected_static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `bdhvs collectstatic` filled, once a session."""
    site = Installation.make(tmp_path_factory.mktemp("static"), "sqlite://:memory:")
    site.manage("collectstatic", "--noinput", "--verbosity", "0")
    return site.data_dir / "static"


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str | Path]:
    """A migrated database to copy from, once a session: a file, or the name of a PostgreSQL database."""
    folder = tmp_path_factory.mktemp("migrated")
    postgres = _postgres()
    if postgres is None:
        file = folder / "template.sqlite3"
        Installation.make(folder, f"sqlite:///{file}").manage("migrate", "--verbosity", "0")
        # The process has ended, so SQLite has moved its write-ahead log into the file.
        yield file
        return
    name = postgres.name("template")
    try:
        Installation.make(folder, postgres.create(name)).manage("migrate", "--verbosity", "0")
        yield name
    finally:
        postgres.drop(name)


@pytest.fixture
def installation(tmp_path: Path, migrated: str | Path, collected_static: Path) -> Iterator[Installation]:
    """A site of its own with a migrated, empty database on the tests' engine; no server yet."""
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    (data_dir / "static").symlink_to(collected_static)
    postgres = _postgres()
    name = ""
    if postgres is None:
        assert isinstance(migrated, Path)
        url = copy_sqlite(migrated, data_dir / "db.sqlite3")
    else:
        name = postgres.name("live")
        url = postgres.create(name, template=str(migrated))
    site = Installation.make(data_dir, url)
    try:
        yield site
    finally:
        site.close()
        if postgres is not None:
            postgres.drop(name)


DEMO_CLOCK = "2025-11-15T10:00:00+07:00"


@pytest.fixture(scope="session")
def demo_database(tmp_path_factory: pytest.TempPathFactory, migrated: str | Path) -> Iterator[tuple[str | Path, Path]]:
    """(database with the demonstration in it, folder of its media) to copy from, once a session."""
    folder = tmp_path_factory.mktemp("demo")
    postgres = _postgres()
    name = ""
    if postgres is None:
        assert isinstance(migrated, Path)
        url = copy_sqlite(migrated, folder / "template.sqlite3")
    else:
        name = postgres.name("demo")
        url = postgres.create(name, template=str(migrated))
    try:
        site = Installation.make(folder, url)
        for command in ("load_campaign", "load_demo"):
            site.manage(command, "--verbosity", "0", environment={"BDHVS_TEST_CLOCK": DEMO_CLOCK})
        yield (name or folder / "template.sqlite3"), folder / "media"
    finally:
        if postgres is not None:
            postgres.drop(name)


@pytest.fixture
def demo(tmp_path: Path, demo_database: tuple[str | Path, Path], collected_static: Path) -> Iterator[Installation]:
    """A site of its own with the demonstration loaded on 2025-11-15."""
    source, media = demo_database
    data_dir = tmp_path / "demo"
    data_dir.mkdir()
    (data_dir / "static").symlink_to(collected_static)
    shutil.copytree(media, data_dir / "media")
    postgres = _postgres()
    name = ""
    if postgres is None:
        assert isinstance(source, Path)
        url = copy_sqlite(source, data_dir / "db.sqlite3")
    else:
        name = postgres.name("live")
        url = postgres.create(name, template=str(source))
    site = Installation.make(data_dir, url)
    try:
        yield site
    finally:
        site.close()
        if postgres is not None:
            postgres.drop(name)


@pytest.fixture
def live_process(installation: Installation) -> Callable[..., Server]:
    """Start `bdhvs serve` on the test's installation: ``live_process(clock="2025-11-15T09:00:00+07:00", workers=2)``.

    ``clock`` (ISO 8601 with a zone) sets the test-only clock. Call it again for another server on the same database.
    """

    def start(*, clock: str | None = None, workers: int = 2, **environment: str) -> Server:
        if clock is not None:
            environment["BDHVS_TEST_CLOCK"] = clock
        return installation.serve(workers=workers, **environment)

    return start


# --- A browser -------------------------------------------------------------------------------------------------------


@pytest.fixture
def browser() -> Iterator[Any]:
    """Debian's Chromium through Playwright (``playwright.sync_api.Browser``). Make a context with the script setting
    you need: ``browser.new_context(java_script_enabled=False, locale="vi-VN")``.

    Made anew for each test: Playwright's event loop, left running, would forbid Django's ORM in the tests after it.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    require(chromium, "Chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        try:
            yield opened
        finally:
            opened.close()
