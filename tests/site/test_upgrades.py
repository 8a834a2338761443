"""A site of a version before, kept by that version, is restored as it was, brought up to date with nothing lost, and
moved to the other engine and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from bdhvs_lms.site.backups.archive import Archive, Manifest
from bdhvs_lms.site.backups.making import versions
from bdhvs_lms.site.backups.restoring import fitting
from bdhvs_lms.site.backups.tables import Unkept
from tests.site.test_backups import Loaded, backup, indexed, killed, loading, mark, refused, same, with_key_of
from tests.support.fixtures import _copy, _postgres
from tests.support.live import ROOT, Installation, copy_sqlite

RELEASES = sorted((ROOT / "tests" / "packaging" / "releases").glob("*.bdhvs"))
KEY = "only-for-files-of-releases-0123456789-0123456789-0123456789"
# Every version has this migration; without it a column is shorter.
LATE = ("auth", "0012_alter_user_first_name_max_length")
# What a `migrate` adds to by itself: rights, kinds, roles, and the IRI of a further version of the xAPI profile.
FOLLOWS = {
    "auth.permission",
    "contenttypes.contenttype",
    "auth.group",
    "auth.group_permissions",
    "bdhvs_xapi.term",
}


# Of tables of the file that have lost rows since, or won some: [rows then, rows now].
DIFFERING = """
import json
from pathlib import Path
from django.core.management import call_command
from django.db import connection
from bdhvs_lms.site.backups.archive import Archive
from bdhvs_lms.site.backups.tables import count
call_command("migrate", "--check", verbosity=0)
present = connection.introspection.table_names()
tables = [table for table in Archive(Path({file!r})).manifest.tables if table.name in present]
found = {{table.label: [table.rows, count(connection, table.name)] for table in tables if table.label not in {follows}}}
call_command("rebuild", "--check")
print(json.dumps({{label: rows for label, rows in found.items() if rows[0] != rows[1]}}))
"""


@pytest.fixture(scope="module", params=RELEASES, ids=lambda file: file.stem)
def upgraded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, Installation, Loaded]]:
    """The file of a release, and a site that began with nothing, into which it was restored."""
    file: Path = request.param
    with contextmanager(_copy)(None, tmp_path_factory.mktemp("upgraded") / "data", None) as site, loading() as load:
        site.environment["BDHVS_SECRET_KEY"] = KEY
        loaded = load(site)
        said = refused(loaded, "restore", str(file))
        assert f"The file was made with bdhvs-lms {file.stem}" in said and "--another-version" in said
        loaded.manage("restore", str(file), "--another-version", "--no-check")
        yield file, site, loaded


@pytest.mark.database
@pytest.mark.thorough
def test_a_release_is_brought_up_to_date(upgraded: tuple[Path, Installation, Loaded]) -> None:
    file, _site, loaded = upgraded
    assert file.stat().st_size < 2_500_000
    printed = loaded.forks.python(DIFFERING.format(file=str(file), follows=FOLLOWS))
    assert json.loads(printed.splitlines()[-1]) == {}


def half_migrated(url: str) -> None:
    """Tables that no migration is known to have made, which it would make again."""
    import psycopg

    with psycopg.connect(url) as opened:
        opened.execute("DELETE FROM django_migrations WHERE app LIKE 'bdhvs_%' OR app = 'wagtailcore'")
        opened.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('bdhvs_restore', 'moving.bdhvs', now())"
        )


@pytest.mark.database
@pytest.mark.thorough
@pytest.mark.skipif(connection.vendor != "postgresql", reason="from one engine to the other")
def test_a_site_moves_to_the_other_engine_and_back(
    upgraded: tuple[Path, Installation, Loaded], migrated: str, migrated_file: Path, tmp_path: Path
) -> None:
    """PostgreSQL to SQLite by a file, back by `move-database`, which is killed first. Both have their tables already:
    the release was restored where there were none. Half of what is in the second is taken away and made anew."""
    postgres = _postgres()
    assert postgres is not None
    release, site, loaded = upgraded
    accounts = next(table.rows for table in Archive(release).manifest.tables if table.label == "auth.user")
    file = backup(loaded)
    small_file = tmp_path / "db.sqlite3"
    small = with_key_of(Installation.make(tmp_path / "small", copy_sqlite(migrated_file, small_file)), site)
    name = postgres.name("moved")
    large = Installation(
        small.data_dir,
        postgres.create(name, template=migrated),
        small.environment | {"DATABASE_URL": postgres.address(name)},
    )
    with loading() as load:
        try:
            there = load(small)
            there.manage("restore", str(file), "--no-check")
            same(file, backup(there, "small.bdhvs"), accounts=accounts)

            before = small_file.read_bytes()
            # One before was killed among its migrations.
            half_migrated(large.database_url)
            # When the tables are there and what follows from them is made, or compared with the ledger already.
            with killed(small, "move-database", large.database_url, when=lambda: indexed(large)):
                assert small_file.read_bytes() == before
                assert mark(large) == "moving.bdhvs"
            # Half of it is said by a process of its own.
            printed = small.manage("move-database", large.database_url)
            assert "Moved. Now set DATABASE_URL" in printed and "Các bảng khớp với sổ ghi." in printed
            assert small_file.read_bytes() == before and not (tmp_path / "small" / "moving.bdhvs").exists()
            back = load(large)
            same(file, backup(back, "large.bdhvs"), accounts=accounts)
            assert "There is a site here already" in refused(small, "move-database", large.database_url)
            # What is written next gets a number that nobody has.
            back.forks.python("from django.contrib.auth.models import User; User.objects.create(username='moi')")
        finally:
            postgres.drop(name)


# --- What stays as it was ---------------------------------------------------------------------------------------------


def test_migrations_that_sites_have_stay_as_they_were() -> None:
    """A site that has one would never run it again; what is missing comes in a migration after it."""
    frozen = [line.split() for file in RELEASES for line in file.with_suffix(".sha256").read_text().splitlines()]
    assert len(frozen) >= 6 * len(RELEASES) > 0
    assert [name for digest, name in frozen if sha256((ROOT / name).read_bytes()).hexdigest() != digest] == []


# --- What fits, without a file ----------------------------------------------------------------------------------------


@pytest.fixture
def manifest(db: None) -> Manifest:
    """Of this very site."""
    migrations: dict[str, list[str]] = {}
    for app, name in MigrationRecorder(connection).applied_migrations():
        migrations.setdefault(app, []).append(name)
    return msgspec.convert(
        {
            "format": 1, "made_at": "2025-11-15T03:00:00Z", "versions": versions(), "engine": connection.vendor,
            "migrations": migrations, "keys": [], "tables": [], "digests": {}, "files": [], "left_out": [],
        },
        Manifest,
    )  # fmt: skip


def without_a_migration(manifest: Manifest) -> None:
    manifest.migrations[LATE[0]].remove(LATE[1])


def of_another_version(manifest: Manifest) -> None:
    manifest.versions["bdhvs-lms"] = "0.0.9"


def of_a_later_one(manifest: Manifest) -> None:
    manifest.migrations["auth"].append("0999_later")


def of_a_plugin(manifest: Manifest) -> None:
    manifest.migrations["xyz_plugin"] = ["0001_initial"]


@pytest.mark.parametrize(
    ("change", "flag", "words"),
    [
        (without_a_migration, False, "Install those versions, restore, then upgrade"),
        (without_a_migration, True, "The database is ahead of the file by auth.0012_alter_user_first_name_max_length"),
        (of_another_version, False, "made with bdhvs-lms 0.0.9"),
        (of_a_later_one, True, "Unknown here: auth.0999_later"),
        (of_a_plugin, True, "The app xyz_plugin is not installed here"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(
    manifest: Manifest, change: Callable[[Manifest], Any], flag: bool, words: str
) -> None:
    change(manifest)
    with pytest.raises(Unkept, match=words):
        fitting(manifest, another_version=flag)


def test_a_file_of_this_version_fits_and_one_of_another_when_asked(manifest: Manifest) -> None:
    last = fitting(manifest, another_version=False)
    assert LATE in last
    assert ("auth", "0001_initial") not in last
    of_another_version(manifest)
    assert fitting(manifest, another_version=True) == last
