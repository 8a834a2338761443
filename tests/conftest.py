"""Fixtures for every test, and the rule that a whole run has at least as many tests as pyproject.toml says.

The database is SQLite in memory, or what DATABASE_URL names. Tests that need real processes take `installation` (data
folder and migrated database of their own, on the same engine) or `live_process` (the same, served).
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
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


# Tests of the tree, the wheel and the documents touch no database: the run on SQLite is enough for them.
DATABASE_FREE = {"architecture", "packaging", "docs"}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    whole = config.args_source == pytest.Config.ArgsSource.TESTPATHS
    if whole and collection_path.parent.name in DATABASE_FREE and _postgres() is not None:
        return True
    return None


# --- Processes of their own ------------------------------------------------------------------------------------------


# Databases to copy from carry this in their name. Only one run at a time on one server and DATABASE_URL.
TEMPLATE = "template"


def _postgres() -> Postgres | None:
    url = os.environ.get("DATABASE_URL", "")
    return Postgres(url) if url.startswith(("postgres://", "postgresql://")) else None


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], str]], tuple[str, Path]]:
    """``once(name, make)``: run ``make(folder)`` once for all workers of the run; what it returned, and the folder."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent

    def run(name: str, make: Callable[[Path], str]) -> tuple[str, Path]:
        folder = root / f"once-{name}"
        folder.mkdir(exist_ok=True)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            result = folder / "result"
            if not result.exists():
                result.write_text(make(folder), encoding="utf-8")
            return result.read_text(encoding="utf-8"), folder

    return run


@pytest.fixture(scope="session")
def collected_static(once: Any) -> Path:
    """The folder that `bdhvs collectstatic` filled."""

    def make(folder: Path) -> str:
        site = Installation.make(folder / "data", "sqlite://:memory:")
        site.manage("collectstatic", "--noinput", "--verbosity", "0")
        return str(site.data_dir / "static")

    return Path(once("static", make)[0])


def _template(
    folder: Path, purpose: str, commands: Sequence[str], source: str | None = None, **environment: str
) -> str:
    """A database made by these commands, to copy from: a file's path, or the name of a PostgreSQL database."""
    postgres = _postgres()
    if postgres is None:
        name = str(folder / "template.sqlite3")
        url = f"sqlite:///{name}" if source is None else copy_sqlite(Path(source), Path(name))
    else:
        name = postgres.name(f"{TEMPLATE}_{purpose}")
        url = postgres.create(name) if source is None else postgres.create(name, template=source)
    site = Installation.make(folder / "data", url)
    for command in commands:
        # Each process has ended before the copy, so SQLite has moved its write-ahead log into the file.
        site.manage(command, "--verbosity", "0", environment=environment)
    return name


@pytest.fixture(scope="session")
def migrated(once: Any) -> str:
    """A migrated database to copy from."""
    name: str = once("migrated", lambda folder: _template(folder, "migrated", ["migrate"]))[0]
    return name


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The controller outlives the workers: it drops what they shared."""
    postgres = _postgres()
    if postgres is not None and not hasattr(session.config, "workerinput"):
        postgres.drop_all(f"{TEMPLATE}_")


def _copy(source: str, data_dir: Path, collected_static: Path) -> Iterator[Installation]:
    """A site whose database is a copy of the template."""
    data_dir.mkdir(exist_ok=True)
    (data_dir / "static").symlink_to(collected_static)
    postgres = _postgres()
    if postgres is None:
        name, url = "", copy_sqlite(Path(source), data_dir / "db.sqlite3")
    else:
        name = postgres.name("live")
        url = postgres.create(name, template=source)
    site = Installation.make(data_dir, url)
    try:
        yield site
    finally:
        site.close()
        if postgres is not None:
            postgres.drop(name)


@pytest.fixture
def installation(tmp_path: Path, migrated: str, collected_static: Path) -> Iterator[Installation]:
    """A site of its own with a migrated, empty database on the tests' engine; no server yet."""
    yield from _copy(migrated, tmp_path / "data", collected_static)


DEMO_CLOCK = "2025-11-15T10:00:00+07:00"


@pytest.fixture(scope="session")
def demo_database(once: Any, migrated: str) -> tuple[str, Path]:
    """(database with the demonstration in it, folder of its media) to copy from."""
    loaders = ["load_campaign", "load_demo"]
    name, folder = once(
        "demo", lambda folder: _template(folder, "demo", loaders, migrated, BDHVS_TEST_CLOCK=DEMO_CLOCK)
    )
    return name, folder / "data" / "media"


@pytest.fixture
def demo(tmp_path: Path, demo_database: tuple[str, Path], collected_static: Path) -> Iterator[Installation]:
    """A site of its own with the demonstration loaded on 2025-11-15."""
    source, media = demo_database
    data_dir = tmp_path / "demo"
    data_dir.mkdir()
    shutil.copytree(media, data_dir / "media")
    yield from _copy(source, data_dir, collected_static)


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
