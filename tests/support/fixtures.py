"""Fixtures for every test.

The database is SQLite in memory, or what DATABASE_URL names. Tests that need real processes take `installation` (data
folder and migrated database of their own, on the same engine) or `live_process` (the same, served).
"""

import fcntl
import gc
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.test import Client
from django.utils import translation

from bdhvs_lms.base import clock
from bdhvs_lms.campaign.site_information import KEY
from bdhvs_lms.learners.session_store import SessionStore
from bdhvs_lms.learners.sign_in_ends import SIGN_IN
from hatch_build import compile_catalogues, write_guides
from hatch_player import fetch_player
from tests.support.browsing import opened
from tests.support.indexing import commits, indexes
from tests.support.live import Installation, Postgres, Server, copy_sqlite
from tests.support.migrated import SITE, TESTS, kept, kept_on


def require(present: object, what: str) -> None:
    """Skip the test when ``what`` is absent; fail it where everything has to be there (BDHVS_REQUIRE_ALL=1)."""
    if present:
        return
    if os.environ.get("BDHVS_REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is missing, and BDHVS_REQUIRE_ALL=1 says it must not be.")
    pytest.skip(f"{what} is missing")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-golden", action="store_true", help="write golden files from what is emitted now")
    parser.addoption("--write-screenshots", action="store_true", help="write the pictures of docs/screenshots anew")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        # Stale translations would be tested otherwise.
        compile_catalogues()
        write_guides()
        fetch_player()


# Until everything is collected nothing is garbage: on half a million objects the collector took a tenth of that time.
gc.disable()


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the collector need not walk it again and again, which cost a
    tenth of the processor's time and half a second at each `gc.collect()` of a test."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """A request in English leaves its language behind for what runs next in the same thread, and where a site's root is
    Wagtail remembers for longer than the site is there."""
    # A clock that a test sets runs on from there, and not from the start of a process that is an hour old.
    clock._STARTED = time.monotonic()
    # Every page asks, once in a minute of its process: what a page costs is counted without that once.
    cache.set(KEY, {})
    yield
    translation.deactivate()
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def _signed_in_at_no_time() -> Iterator[None]:
    """`force_login` does not say when: a test may set its clock back after it, and what begins later than now ends."""
    login = Client.force_login

    def force_login(client: Client, *args: Any, **more: Any) -> None:
        login(client, *args, **more)
        session: Any = client.session
        if isinstance(session, SessionStore):
            session[SIGN_IN] = replace(session.sign_in, began_at=None).data()
            session.save()
            session.model.objects.filter(session_key=session.model_key()).update(began_at=None)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "force_login", force_login)
        yield


@pytest.fixture
def known_ids(db: None) -> Iterator[None]:
    """Statement ids as in golden files: the key that each database makes for itself is one that everybody knows."""
    from bdhvs_lms.tracking import api as tracking

    tracking.IriBase.objects.update(id_key="5e" * 32)
    tracking.forget()
    yield
    tracking.forget()


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
        with (root / f"once-{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            result = folder / "result"
            if not result.exists():
                # Whoever failed here may try again, and begins with nothing.
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                result.write_text(make(folder), encoding="utf-8")
            return result.read_text(encoding="utf-8"), folder

    return run


@pytest.fixture(scope="session")
def collected_static(once: Any) -> Path:
    """The folder that `bdhvs collectstatic` filled, without a secret key: only what serves or signs needs one."""

    def make(folder: Path) -> str:
        site = Installation.make(folder / "data", "sqlite://:memory:", BDHVS_SECRET_KEY="")
        site.manage("collectstatic", "--noinput", "--verbosity", "0")
        return str(site.data_dir / "static")

    return Path(once("static", make)[0])


def _template(
    folder: Path, purpose: str, make: Callable[[Installation], object], source: str | None = None, **environment: str
) -> str:
    """A database on which ``make`` was run, to copy from: a file's path, or the name of a PostgreSQL database."""
    postgres = _postgres()
    if postgres is None:
        name = str(folder / "template.sqlite3")
        url = f"sqlite:///{name}" if source is None else copy_sqlite(Path(source), Path(name))
    else:
        name = postgres.name(f"{TEMPLATE}_{purpose}")
        url = postgres.create(name) if source is None else postgres.create(name, template=source)
    # Its processes have ended before the copy, so SQLite has moved its write-ahead log into the file.
    make(Installation.make(folder / "data", url, **environment))
    return name


def _running(*commands: str) -> Callable[[Installation], object]:
    """Management commands one after the other, in one process: starting one costs seconds."""
    calls = "".join(f"call_command({command!r}, verbosity=0)\n" for command in commands)
    # Looking for garbage among all that they make is a tenth of what they take.
    code = f"import gc\nfrom django.core.management import call_command\ngc.disable()\n{calls}"
    # Half a minute for the demonstration, and several times that while all workers are busy.
    return lambda site: site.manage("shell", "--no-imports", "-c", code, timeout=400)


# Made without a secret key; their IRIs have the base that tests.settings says.
MIGRATING = {"BDHVS_SECRET_KEY": "", "BDHVS_IRI_BASE": settings.BDHVS_IRI_BASE}


def _kept(of: str, postgres: Postgres | None) -> str:
    """A kept migrated database with these settings' apps: a path, or a name. Nobody writes into it."""
    with TemporaryDirectory() as folder:
        site = Installation.make(Path(folder), "", **MIGRATING)
        own = {name: value for name, value in site.environment.items() if name.startswith("BDHVS_")}
        return kept(of, **own) if postgres is None else kept_on(postgres, of, **own)


@pytest.fixture(scope="session")
def migrated_file() -> Path:
    """A migrated SQLite database to copy from, whatever the tests' engine is. Whoever takes it runs `migrate` on it."""
    return Path(_kept(SITE, None))


@pytest.fixture(scope="session")
def migrated(once: Any) -> str:
    """A migrated database to copy from; what follows a migration (roles, authorities) is as the code says today."""

    def make(folder: Path) -> str:
        return _template(folder, "migrated", _running("migrate"), _kept(SITE, _postgres()), **MIGRATING)

    name: str = once("migrated", make)[0]
    return name


@dataclass
class Database:
    """This process's own database: a copy of one that was migrated once, made anew after a test that committed."""

    source: str
    blocker: Any
    name: str = ""

    def fill(self) -> None:
        """Make it what it was at first."""
        with self.blocker.unblock():
            self._fill(_postgres())

    def _fill(self, postgres: Postgres | None) -> None:
        self.drop()
        if postgres is None:
            connection.settings_dict["NAME"] = connection.creation._get_test_db_name()
            with closing(sqlite3.connect(f"file:{self.source}?mode=ro&immutable=1", uri=True)) as source:
                connection.ensure_connection()
                source.backup(connection.connection)
        else:
            connection.settings_dict["NAME"] = self.name = postgres.name("own")
            postgres.create(self.name, template=self.source)
        # What follows a migration is as the code says today.
        emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)

    def drop(self) -> None:
        connection.close()
        if self.name:
            Postgres(os.environ["DATABASE_URL"]).drop(self.name)


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: Any
) -> Iterator[None]:
    """In place of pytest-django's, which migrates in each process."""
    database = Database(_kept(TESTS, _postgres()), django_db_blocker)
    request.config.stash[OWN_DATABASE] = database
    database.fill()
    with django_db_blocker.unblock():
        indexes.install()
    yield
    with django_db_blocker.unblock():
        database.drop()


OWN_DATABASE = pytest.StashKey[Database]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """After a test that commits all tables are empty, those too that migrations fill."""
    yield
    database = item.config.stash.get(OWN_DATABASE, None)
    if database is not None and commits(item):
        database.fill()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The controller outlives the workers: it drops what they shared."""
    postgres = _postgres()
    if postgres is not None and not hasattr(session.config, "workerinput"):
        postgres.drop_all(f"{TEMPLATE}_")


def _copy(source: str | None, data_dir: Path, collected_static: Path | None) -> Iterator[Installation]:
    """A site whose database is a copy of the template; without one, a database without tables."""
    data_dir.mkdir(exist_ok=True)
    if collected_static is not None:
        (data_dir / "static").symlink_to(collected_static)
    postgres = _postgres()
    if postgres is None:
        name, file = "", data_dir / "db.sqlite3"
        url = f"sqlite:///{file}" if source is None else copy_sqlite(Path(source), file)
    else:
        name = postgres.name("live")
        url = postgres.create(name) if source is None else postgres.create(name, template=source)
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


@pytest.fixture(scope="module")
def module_installation(
    tmp_path_factory: pytest.TempPathFactory, migrated: str, collected_static: Path
) -> Iterator[Installation]:
    """The same for all tests of a module, which share what they make."""
    yield from _copy(migrated, tmp_path_factory.mktemp("module"), collected_static)


@pytest.fixture
def bare_installation(tmp_path: Path) -> Iterator[Installation]:
    """A site of its own on which nothing was ever run: no table, no static file."""
    yield from _copy(None, tmp_path / "bare", None)


DEMO_CLOCK = "2025-11-15T10:00:00+07:00"


@pytest.fixture(scope="session")
def demo_database(once: Any, migrated: str, collected_static: Path) -> tuple[str, Path]:
    """(database with the demonstration in it, folder of its files) to copy from."""
    loaders = _running("load_campaign", "load_demo", "name_in_vietnamese")

    def load(folder: Path) -> str:
        (folder / "data").mkdir()
        # The PDF files of readings are made with them.
        (folder / "data" / "static").symlink_to(collected_static)
        return _template(folder, "demo", loaders, migrated, BDHVS_TEST_CLOCK=DEMO_CLOCK)

    name, folder = once("demo", load)
    return name, folder / "data"


def _copy_files(source: Path, target: Path) -> None:
    """What was uploaded: media, and H5P's files, which have no address there."""
    for name in ("media", "private"):
        shutil.copytree(source / name, target / name)


@pytest.fixture
def demo(tmp_path: Path, demo_database: tuple[str, Path], collected_static: Path) -> Iterator[Installation]:
    """A site of its own with the demonstration loaded on 2025-11-15."""
    source, files = demo_database
    data_dir = tmp_path / "demo"
    _copy_files(files, data_dir)
    yield from _copy(source, data_dir, collected_static)


@pytest.fixture
def copy_of(
    tmp_path: Path, once: Any, migrated: str, collected_static: Path
) -> Iterator[Callable[[str, Callable[[Installation], str]], tuple[Installation, str]]]:
    """``copy_of(name, make)``: run ``make(installation)`` on a migrated database once for all workers of the run;
    an installation with a copy of it, and what ``make`` returned. Once a test."""
    with ExitStack() as copies:

        def copy(name: str, make: Callable[[Installation], str]) -> tuple[Installation, str]:
            def both(folder: Path) -> str:
                returned: list[str] = []
                database = _template(folder, name, lambda site: returned.append(make(site)), migrated)
                return json.dumps([database, *returned])

            database, returned = json.loads(once(name, both)[0])
            data_dir = tmp_path / name
            return copies.enter_context(contextmanager(_copy)(database, data_dir, collected_static)), returned

        yield copy


@pytest.fixture
def live_process(installation: Installation) -> Callable[..., Server]:
    """Start `bdhvs serve` on the test's installation: ``live_process(clock="2025-11-15T09:00:00+07:00", workers=2)``.

    ``clock`` (ISO 8601 with a zone) sets the test-only clock. Call it again for another server on the same database.
    """

    def start(*, clock: str | None = None, workers: int = 1, **environment: str) -> Server:
        if clock is not None:
            environment["BDHVS_TEST_CLOCK"] = clock
        return installation.serve(workers=workers, **environment)

    return start


# --- A browser -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser's program: Chromium without its windows, which starts faster, where that is installed."""
    found = shutil.which("chromium-headless-shell") or shutil.which("chromium") or shutil.which("chromium-browser")
    require(found, "Chromium")
    return str(found)


@pytest.fixture(scope="session")
def whole_chromium() -> str:
    """The program of the browser that people have, which does more by itself: it looks names up ahead of time."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    require(found, "Chromium")
    return str(found)


@pytest.fixture
def browser(chromium: str) -> Iterator[Any]:
    """Debian's Chromium through Playwright (``playwright.sync_api.Browser``). Make a context with the script setting
    you need: ``browser.new_context(java_script_enabled=False, locale="vi-VN")``.

    Made anew for each test: Playwright's event loop, left running, would forbid Django's ORM in the tests after it.
    """
    with opened(chromium) as browser:
        yield browser


@pytest.fixture(scope="session")
def written_database(
    once: Any, demo_database: tuple[str, Path], collected_static: Path, chromium: str
) -> tuple[str, Path]:
    """(the demonstration's database with the course that an editor wrote in a browser, its files) to copy from."""
    # Playwright takes its time to import, and few runs need it.
    from tests.e2e.written import add_people, write_course

    demo, files = demo_database

    def write(site: Installation) -> None:
        _copy_files(files, site.data_dir)
        (site.data_dir / "static").symlink_to(collected_static)
        try:
            with opened(chromium) as browser:
                write_course(browser, site.serve(BDHVS_TEST_CLOCK=DEMO_CLOCK).url, site.data_dir)
        finally:
            site.close()
        add_people(site, DEMO_CLOCK)

    name, folder = once("written", lambda folder: _template(folder, "written", write, demo))
    return name, folder / "data"


@pytest.fixture(scope="module")
def written_site(
    tmp_path_factory: pytest.TempPathFactory, written_database: tuple[str, Path], collected_static: Path
) -> Iterator[Installation]:
    """The tests' site of a module: the demonstration, what the editor wrote, and people to learn it."""
    source, files = written_database
    data_dir = tmp_path_factory.mktemp("written")
    _copy_files(files, data_dir)
    yield from _copy(source, data_dir, collected_static)
