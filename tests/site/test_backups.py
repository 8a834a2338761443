"""`bdhvs backup` and `restore` on the demonstration, as processes that are killed half-way too."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bdhvs_lms.site.backups.archive import Archive
from tests.support.fixtures import _copy, _copy_files
from tests.support.forks import Forks
from tests.support.live import ROOT, Installation

pytestmark = pytest.mark.thorough


@dataclass
class Loaded:
    """A site whose commands are forked from one process that has loaded it."""

    data_dir: Path
    forks: Forks

    def manage(self, *arguments: str) -> str:
        run = f"from bdhvs_lms.site.cli import main; main({[*arguments]!r})"
        return self.forks.python(f"import sys; sys.stderr = sys.stdout; {run}")


@contextmanager
def loading() -> Iterator[Callable[[Installation], Loaded]]:
    """Load a site as its environment is now."""
    with ExitStack() as stack:

        def load(site: Installation) -> Loaded:
            forks = Forks(site.environment)
            stack.callback(forks.close)
            return Loaded(site.data_dir, forks)

        yield load


@pytest.fixture
def loaded() -> Iterator[Callable[[Installation], Loaded]]:
    with loading() as load:
        yield load


def asked(site: Installation, query: str) -> Any:
    """The first value of the first row, from the site's database past Django; None without that table."""
    try:
        if site.database_url.startswith("postgres"):
            import psycopg

            with psycopg.connect(site.database_url) as opened:
                found = opened.execute(query).fetchone()  # type: ignore[call-overload]
        else:
            with closing(sqlite3.connect(site.database_url.removeprefix("sqlite:///"))) as file:
                found = file.execute(query).fetchone()
    except Exception as error:
        assert "django_migrations" in str(error) or "bdhvs_" in str(error), error
        return None
    return found and found[0]


def mark(site: Installation) -> Any:
    return asked(site, "SELECT name FROM django_migrations WHERE app = 'bdhvs_restore'")


def indexed(site: Installation) -> Any:
    """Whether the people are there, and something is found by its words."""
    people = asked(site, "SELECT count(*) FROM bdhvs_lms_learner")
    return people and asked(site, "SELECT count(*) FROM wagtailsearch_indexentry")


def backup(site: Installation | Loaded, name: str = "kept.bdhvs") -> Path:
    file = site.data_dir.parent / name
    printed = site.manage("backup", str(file))
    assert "Written and read again" in printed
    return file


def content(file: Path) -> tuple[dict[str, Any], list[Any]]:
    """Rows of each table, with JSON as what it says, the number that comes next with them; and the uploads."""
    archive = Archive(file)
    found = {}
    for table in archive.manifest.tables:
        said = [place for place, column in enumerate(table.columns) if column.kind == "json"]
        rows = [list(row) for row in archive.rows(table)]
        for row in rows:
            for place in said:
                row[place] = row[place] and json.loads(row[place])
        # Engines sort keys of text in their own way.
        found[table.label] = (table.counter, sorted(rows, key=repr))
    return found, archive.manifest.files


def same(first: Path, second: Path, *, accounts: int = 6) -> None:
    (rows, files), (others, other_files) = content(first), content(second)
    # SQLite has a model of the search index more.
    for label in ("auth.permission", "contenttypes.contenttype"):
        (_, ours), (_, theirs) = rows.pop(label), others.pop(label)
        assert all(row in theirs for row in ours)
    assert {label for label in rows | others if rows.get(label) != others.get(label)} == set()
    assert files == other_files and len(files) > 50
    assert len(rows["bdhvs_xapi.statement"][1]) > 1_800 and len(rows["auth.user"][1]) == accounts


def refused(site: Installation | Loaded, *arguments: str) -> str:
    with pytest.raises(AssertionError) as found:
        site.manage(*arguments)
    return str(found.value)


def with_key_of(site: Installation, other: Installation) -> Installation:
    site.environment["BDHVS_SECRET_KEY"] = other.environment["BDHVS_SECRET_KEY"]
    return site


@contextmanager
def killed(site: Installation, *arguments: str, when: Callable[[], bool]) -> Iterator[None]:
    """`bdhvs ARGUMENTS`, killed without a word as soon as `when` says."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bdhvs_lms.site.cli", *arguments],
        cwd=ROOT, env=site.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + 200
    while process.poll() is None and time.monotonic() < deadline and not when():
        time.sleep(0.005)
    process.kill()
    said = process.communicate()[0].decode()
    assert process.returncode == -signal.SIGKILL, said
    yield


@dataclass
class Kept:
    site: Installation
    loaded: Loaded
    file: Path


@pytest.fixture(scope="module")
def kept(
    tmp_path_factory: pytest.TempPathFactory, demo_database: tuple[str, Path], collected_static: Path
) -> Iterator[Kept]:
    """The demonstration, and a backup of it."""
    source, files = demo_database
    data_dir = tmp_path_factory.mktemp("kept") / "data"
    _copy_files(files, data_dir)
    with contextmanager(_copy)(source, data_dir, collected_static) as site, loading() as load:
        full = load(site)
        yield Kept(site, full, backup(full))


def test_a_site_comes_back_whole_into_an_empty_one_only(
    kept: Kept, installation: Installation, loaded: Callable[[Installation], Loaded]
) -> None:
    demo, full, file = kept.site, kept.loaded, kept.file
    assert "is there already" in refused(full, "backup", str(file))
    assert "There is a site here already (" in refused(full, "restore", str(file))
    assert "made under another secret key (fingerprint " in refused(installation, "restore", str(file))

    empty = loaded(with_key_of(installation, demo))
    film = next(one.name for one in Archive(file).manifest.files if one.name.endswith(".mp4"))
    (installation.data_dir / "media" / film).parent.mkdir(parents=True)
    (installation.data_dir / "media" / film).write_bytes(b"another film")
    assert f"Another {film} lies in the storage default already" in refused(empty, "restore", str(file))
    (installation.data_dir / "media" / film).unlink()

    said = empty.manage("restore", str(file))
    assert "Restored as of " in said and "Các bảng khớp với sổ ghi." in said
    same(file, backup(empty, "again.bdhvs"))

    server = installation.serve()
    with httpx.Client(base_url=server.url) as client:
        page = client.get("/")
        assert page.status_code == 200 and "Bình dân học vụ số" in page.text
        assert client.get(f"/media/{film}").content == (demo.data_dir / "media" / film).read_bytes()
        assert "stop `bdhvs serve` first" in refused(empty, "restore", str(file))
        # While it is served it can be kept.
        backup(empty, "served.bdhvs")


def test_a_restore_that_was_killed_says_so_and_begins_again(
    kept: Kept, installation: Installation, loaded: Callable[[Installation], Loaded]
) -> None:
    """Among the tables, which come in one transaction, then among the uploads."""
    file = kept.file
    empty = loaded(with_key_of(installation, kept.site))
    media = installation.data_dir / "media"
    with killed(installation, "restore", str(file), when=lambda: mark(installation) == file.name):
        assert asked(installation, "SELECT count(*) FROM bdhvs_lms_learner") in (0, 60)
        assert f"bdhvs_site.E002: The restore of {file.name} was begun" in refused(empty, "serve")
    with killed(installation, "restore", str(file), when=media.exists):
        assert (mark(installation), asked(installation, "SELECT count(*) FROM bdhvs_lms_learner")) == (file.name, 60)
        half = refused(empty, "backup", str(file.with_name("half.bdhvs")))
        assert f"This site is half of {file.name}" in half
    assert "run `bdhvs rebuild --check`" in empty.manage("restore", str(file), "--no-check")
    assert mark(installation) is None
    same(file, backup(empty, "again.bdhvs"))


def test_a_backup_that_was_killed_has_no_file(kept: Kept) -> None:
    file = kept.file.with_name("killed.bdhvs")
    left = file.with_name("killed.bdhvs.unfinished")
    with killed(kept.site, "backup", str(file), when=lambda: left.exists() and left.stat().st_size > 100_000):
        assert not file.exists()
    backup(kept.loaded, file.name)
    assert not left.exists()
