"""The file of a backup: what is read from it is what was written, and one that is damaged says so."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import stat
import tracemalloc
import uuid
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.learners.api import register
from bdhvs_lms.site.backup import Command as Backup
from bdhvs_lms.site.backups import restoring, unfinished
from bdhvs_lms.site.backups.archive import MANIFEST, Archive, Manifest, StoredFile, written
from bdhvs_lms.site.backups.kinds import KINDS, Column, adapters
from bdhvs_lms.site.backups.loading import load, what_is_there
from bdhvs_lms.site.backups.making import fingerprints, seals, versions
from bdhvs_lms.site.backups.stored import conflicts, lacking_room
from bdhvs_lms.site.backups.tables import Table, Unkept, kept_models, strangers, table_of
from bdhvs_lms.site.checks import restored_whole
from bdhvs_lms.site.move_database import Command as Move

AT = datetime(2025, 11, 15, 3, 0, tzinfo=UTC)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "integer": st.integers(-(2**63), 2**63 - 1),
    "boolean": st.booleans(),
    "text": st.text(),
    "json": st.text(),
    "moment": st.datetimes(timezones=st.just(UTC)),
    "day": st.dates(),
    "time": st.times(),
    "duration": st.timedeltas(timedelta(days=-10_000), timedelta(days=10_000)),
    "uuid": st.uuids(),
    "decimal": st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "binary": st.binary(),
}
COLUMNS = [Column(kind, kind) for kind in KINDS]


def make(file: Path, rows: list[list[Any]], uploads: dict[str, bytes]) -> Manifest:
    table = Table("app.model", "app_model", COLUMNS, None, rows=len(rows))
    manifest = Manifest(1, AT, {"bdhvs-lms": "0.1.0"}, "sqlite", {}, [], [table], {}, [], [])
    with written(file, AT, lambda path: Archive(path).check(lambda count: None)) as writer:
        _, manifest.digests[table.label] = writer.table(table, rows, lambda count: None)
        manifest.files = [writer.stored("default", name, BytesIO(data)) for name, data in uploads.items()]
        writer.manifest(manifest, seal)
    return manifest


def seal(digest: str) -> str:
    """Under this site's key."""
    return seals(digest)[0]


ROW = [
    7, True, "Bà Lan\n", '{"a": 1}', AT, date(1966, 1, 2), time(7, 30), timedelta(hours=-3),
    uuid.UUID(int=5), Decimal("9.50"), 0.5, b"\x00\xff",
]  # fmt: skip


@given(row=st.tuples(*(st.none() | VALUES[kind] for kind in KINDS)))
def test_a_row_of_every_kind_comes_back(tmp_path_factory: pytest.TempPathFactory, row: tuple[Any, ...]) -> None:
    file = tmp_path_factory.mktemp("file") / "a.bdhvs"
    manifest = make(file, [list(row)], {})
    assert list(Archive(file).rows(manifest.tables[0])) == [row]


def test_only_its_owner_reads_it_and_it_replaces_nothing(tmp_path: Path) -> None:
    file = tmp_path / "a.bdhvs"
    make(file, [ROW], {"media/phim thử.mp4": b"film"})
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(Unkept, match="is there already"):
        make(file, [ROW], {})
    assert [found.name for found in tmp_path.iterdir()] == ["a.bdhvs"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, Unkept, OSError])
def test_what_was_broken_off_is_not_there(tmp_path: Path, error: type[BaseException]) -> None:
    with pytest.raises(error), written(tmp_path / "a.bdhvs", AT, lambda path: None):
        raise error
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_has_left_is_written_over(tmp_path: Path) -> None:
    left = tmp_path / "a.bdhvs.unfinished"
    left.write_bytes(b"x" * 100_000)
    left.chmod(0o644)
    make(tmp_path / "a.bdhvs", [ROW], {})
    assert [(found.name, stat.S_IMODE(found.stat().st_mode)) for found in tmp_path.iterdir()] == [("a.bdhvs", 0o600)]


def test_what_killed_processes_have_left_of_other_files_goes(tmp_path: Path) -> None:
    left, others, held = (tmp_path / f"{name}.unfinished" for name in ("yesterday.bdhvs", "thesis.odt", "now.bdhvs"))
    for file in (left, others, held):
        file.write_bytes(b"x")
    with held.open("rb") as by_another:
        fcntl.flock(by_another, fcntl.LOCK_EX)
        make(tmp_path / "a.bdhvs", [ROW], {})
    assert {file.name for file in tmp_path.iterdir()} == {"a.bdhvs", others.name, held.name}


def test_a_manifest_of_nothing_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """61 kB that say to be 60 MB."""
    file = tmp_path / "a.bdhvs"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("manifest.json", b'{"format": 1, "files": [' + b" " * 60_000_000 + b"]}")
    tracemalloc.start()
    with pytest.raises(Unkept, match="its manifest is longer than any"):
        Archive(file)
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_a_file_that_was_cut_off_or_changed_anywhere_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.bdhvs"
    make(file, [ROW] * 50, {"a.mp4": bytes(range(256)) * 4})
    whole = file.read_bytes()
    for spoilt in (whole[:-1], whole[: len(whole) // 2], b"", b"no zip at all"):
        file.write_bytes(spoilt)
        with pytest.raises(Unkept, match="damaged"):
            Archive(file).check(lambda count: None)
    harmless = set()
    for place in range(0, len(whole), 7):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x20]) + whole[place + 1 :])
        try:
            archive = Archive(file)
            archive.check(lambda count: None)
            # Of a member's own header, which the directory at the end says again, times are not looked at.
            assert list(archive.rows(archive.manifest.tables[0])) == [tuple(ROW)] * 50
            harmless.add(place)
        except Unkept as error:
            assert str(file) in str(error)
    assert len(harmless) < len(whole) / 7 / 4


@pytest.mark.parametrize("year", [1970, 2200])
def test_the_clock_of_the_machine_may_stand_anywhere(tmp_path: Path, year: int) -> None:
    with written(tmp_path / "a.bdhvs", AT.replace(year=year), lambda path: None) as writer:
        writer.stored("default", "a.mp4", BytesIO(b"film"))
    assert (tmp_path / "a.bdhvs").stat().st_size


def test_the_address_of_another_database_is_read_where_nobody_sees_it(monkeypatch: Any) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("mysql://a:mat@db/hoc\n"))
    with pytest.raises(CommandError, match="^The address begins with neither"):
        Move().execute(url="-", no_check=True, verbosity=1, force_color=False, no_color=True)


def test_another_format_and_another_zip_are_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    for manifest, words in ((None, "has no manifest"), ('{"format": 9, "versions": {"bdhvs-lms": "7"}}', "format 9")):
        with zipfile.ZipFile(file, "w") as opened:
            opened.writestr("a.txt", "a")
            if manifest:
                opened.writestr("manifest.json", manifest)
        with pytest.raises(Unkept, match=words):
            Archive(file)
    with pytest.raises(Unkept, match="cannot be read: No such file"):
        Archive(tmp_path / "none")


def rewritten(file: Path, change: Callable[[dict[str, Any], dict[str, bytes]], None]) -> Path:
    """The file as somebody made it who knows how: its digests are those of what is in it."""
    with zipfile.ZipFile(file) as opened:
        members = {name: opened.read(name) for name in opened.namelist()}
    manifest = json.loads(members.pop(MANIFEST))
    change(manifest, members)
    for table in manifest["tables"]:
        content = members[f"tables/{table['label']}.jsonl"]
        table["rows"], manifest["digests"][table["label"]] = content.count(b"\n"), hashlib.sha256(content).hexdigest()
    for upload in manifest["files"]:
        content = members[f"files/{upload['storage']}/{upload['name']}"]
        upload |= {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as written_anew:
        for name, content in members.items():
            written_anew.writestr(name, content)
        written_anew.writestr(MANIFEST, json.dumps(manifest))
    return file


def change_table(**changes: Any) -> Callable[[dict[str, Any], dict[str, bytes]], None]:
    return lambda manifest, members: manifest["tables"][0].update(changes)


def another(column: int, value: str) -> Callable[[dict[str, Any], dict[str, bytes]], None]:
    def change(manifest: dict[str, Any], members: dict[str, bytes]) -> None:
        row = json.loads(members["tables/auth.group.jsonl"])
        row[column] = json.loads(value)
        members["tables/auth.group.jsonl"] = json.dumps(row).encode() + b"\n"

    return change


COLUMN = [{"name": "id", "kind": "integer"}, {"name": 'name") VALUES (1, 2); --', "kind": "text"}]


REFUSED = [
    (another(0, "1" + "0" * 30), "(auth.group|too large|out of range)"),
    (another(0, '"x"'), "row 1 of auth.group cannot be read"),
    (another(1, "null"), "auth.group, .* the database does not take one"),
    (change_table(columns=COLUMN), r"has no column name.\) VALUES"),
    (change_table(automatic='id") FROM auth_user; --'), 'has no column id"'),
    (change_table(columns=[{"name": "id", "kind": "pickle"}]), "damaged, or no backup of a site"),
    (change_table(name="django_migrations"), "no table django_migrations"),
    (change_table(name="elsewhere"), "no table elsewhere"),
]


@pytest.mark.django_db(transaction=True)
def test_what_a_database_cannot_take_is_said_in_words_and_changes_nothing(tmp_path: Path) -> None:
    Group.objects.create(name="here")
    for number, (change, words) in enumerate(REFUSED):
        table = table_of(Group)
        file = tmp_path / f"{number}.bdhvs"
        manifest = Manifest(1, AT, {}, "sqlite", {}, [], [table], {}, [], [])
        with written(file, AT, lambda path: None) as writer:
            writer.table(table, [[7, "there"]], lambda count: None)
            writer.manifest(manifest, seal)
        with pytest.raises(Unkept, match=words):
            archive = Archive(rewritten(file, change))
            archive.check(lambda count: None)
            load(connection, archive.manifest.tables, archive.rows, lambda count: None)
        assert [group.name for group in Group.objects.filter(name__endswith="ere")] == ["here"]


@pytest.mark.parametrize("name", ["../../evil.txt", "/etc/evil.txt", "a\0.txt", ""])
def test_an_upload_lies_in_its_storage_or_nowhere(tmp_path: Path, name: str, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    with pytest.raises(Unkept, match="lies nowhere"):
        lacking_room([StoredFile("default", name, "", 1)])
    with pytest.raises(Unkept, match="lies nowhere"):
        list(conflicts([StoredFile("default", name, "", 1)]))


def test_room_is_asked_for_before_anything_is_written(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    free = shutil.disk_usage(tmp_path).free
    assert lacking_room([StoredFile("default", "a.mp4", "", 1)]) == 0
    assert 0 < lacking_room([StoredFile("default", "a.mp4", "", 2 * free)]) < 2 * free


@pytest.mark.django_db
def test_a_backup_does_not_hold_itself(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    with pytest.raises(CommandError, match="lies among the uploads"):
        Backup().execute(file=tmp_path / "media" / "a.bdhvs", verbosity=1, force_color=False, no_color=True)
    assert not (tmp_path / "media").exists()


def test_a_file_that_says_to_be_larger_than_any_or_is_locked_is_refused(tmp_path: Path, monkeypatch: Any) -> None:
    file = tmp_path / "a.bdhvs"
    make(file, [ROW] * 3, {})
    monkeypatch.setattr("bdhvs_lms.site.backups.archive.MOST_OF_A_ROW", 40)
    with pytest.raises(Unkept, match="a row is longer than any"):
        Archive(file).check(lambda count: None)
    monkeypatch.setattr("bdhvs_lms.site.backups.archive.MOST_OF_A_MANIFEST", 40)
    with pytest.raises(Unkept, match="its manifest is longer than any"):
        Archive(file)
    monkeypatch.undo()
    whole = bytearray(file.read_bytes())
    directory = whole.rindex(b"PK\x01\x02")
    whole[directory + 8] |= 1
    file.write_bytes(whole)
    with pytest.raises(Unkept, match="damaged, or no backup"):
        Archive(file)


@pytest.mark.django_db
def test_every_table_of_the_site_can_be_kept_and_none_is_anybody_elses() -> None:
    tables = [table_of(model) for model in kept_models()]
    assert {"bdhvs_xapi.statement", "bdhvs_lms.learner", "auth.user", "wagtailcore.page"} <= {
        table.label for table in tables
    }
    assert len({table.name for table in tables}) == len(tables)
    assert all(len(adapters(connection, table.columns)) == len(table.columns) for table in tables)
    assert strangers(connection) == []


@pytest.mark.django_db
def test_a_migrated_site_is_empty_until_somebody_is_there() -> None:
    assert what_is_there(connection) == []
    register(full_name="Nguyễn Thị Lan", at=AT)
    assert what_is_there(connection) == ["bdhvs_lms.learner", "bdhvs_lms.person"]


@pytest.mark.django_db
def test_a_restore_that_has_not_ended_is_said() -> None:
    client = Client()
    assert client.get("/healthz").json() == {"status": "ok"}
    unfinished.begin(connection, "to-15.bdhvs")
    assert [(found.id, "to-15.bdhvs" in found.msg) for found in restored_whole(None, databases=["default"])] == [
        ("bdhvs_site.E002", True)
    ]
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["database"]) == (503, "restore unfinished")
    unfinished.end(connection)
    assert restored_whole(None, databases=["default"]) == []
    assert client.get("/healthz").status_code == 200


# --- A restore or a move that was killed among its migrations ---------------------------------------------------------


def manifest_of_here() -> Manifest:
    """Without a row, which is no matter here."""
    migrations: dict[str, list[str]] = {}
    for app, name in MigrationRecorder(connection).applied_migrations():
        migrations.setdefault(app, []).append(name)
    return Manifest(1, AT, versions(), "sqlite", migrations, fingerprints(), [], {}, [], [])


def written_manifest(file: Path, manifest: Manifest) -> Path:
    with written(file, AT, lambda path: None) as writer:
        writer.manifest(manifest, seal)
    return file


def again(file: Path, *, another_key: bool = False) -> str:
    """What was said of it."""
    said = StringIO()
    restoring.restore(file, another_key=another_key, another_version=False, stderr=said)
    return said.getvalue()


@pytest.fixture
def migrating(monkeypatch: Any) -> list[list[str]]:
    """The tables that are there, with the mark, each time that migrations were to begin. They do nothing, nor is a row
    loaded."""
    begun: list[list[str]] = []

    def begin(targets: Any) -> None:
        assert unfinished.unfinished(connection) == "a.bdhvs"
        begun.append(connection.introspection.table_names())

    monkeypatch.setattr(restoring, "_migrate", begin)
    monkeypatch.setattr(restoring, "load", lambda *_: None)
    return begun


@pytest.mark.django_db(transaction=True)
def test_half_of_the_migrations_is_taken_away_and_made_anew(tmp_path: Path, migrating: list[list[str]]) -> None:
    """Among them one whose tables are there and which the database does not know of, as after a kill between the two;
    a table that has another name today; and one that was being changed."""
    file = written_manifest(tmp_path / "a.bdhvs", manifest_of_here())
    unfinished.begin(connection, "a.bdhvs")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app IN ('bdhvs_lms', 'wagtailcore')")
        cursor.execute("CREATE TABLE wagtailcore_pagerevision (id integer)")
        cursor.execute('CREATE TABLE "new__wagtailcore_page" (id integer)')
    again(file)
    assert migrating == [["django_migrations"]]


@pytest.mark.django_db(transaction=True)
def test_what_was_migrated_whole_is_kept(tmp_path: Path, migrating: list[list[str]]) -> None:
    """Killed while rows came in, which is one transaction."""
    file = written_manifest(tmp_path / "a.bdhvs", manifest_of_here())
    unfinished.begin(connection, "a.bdhvs")
    again(file)
    assert "bdhvs_lms_learner" in migrating[0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("marked", [False, True])
def test_tables_of_somebody_else_are_left_alone(tmp_path: Path, migrating: list[list[str]], marked: bool) -> None:
    file = written_manifest(tmp_path / "a.bdhvs", manifest_of_here())
    if marked:
        unfinished.begin(connection, "a.bdhvs")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'bdhvs_lms'")
        cursor.execute("CREATE TABLE shop_order (id integer)")
    with pytest.raises(Unkept, match=r"There is something else here \(.*shop_order.*\): a file"):
        again(file)
    assert (migrating, "shop_order" in connection.introspection.table_names()) == ([], True)


@pytest.mark.django_db(transaction=True)
def test_people_are_never_taken_away(tmp_path: Path, migrating: list[list[str]]) -> None:
    """Without the mark it is refused; with it they are of a restore whose migrations had ended."""
    file = written_manifest(tmp_path / "a.bdhvs", manifest_of_here())
    register(full_name="Nguyễn Thị Lan", at=AT)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'wagtailcore'")
    with pytest.raises(Unkept, match="There is a site here already"):
        again(file)
    unfinished.begin(connection, "a.bdhvs")
    again(file)
    assert "bdhvs_lms_learner" in migrating[0]


# --- The seal of a manifest -------------------------------------------------------------------------------------------


def changed(file: Path, *, comment: bytes | None = None, **changes: Any) -> Path:
    """The file with another manifest, as somebody makes it who has no key; its seal is as it was, or this comment."""
    with zipfile.ZipFile(file) as opened:
        manifest, kept = json.loads(opened.read(MANIFEST)), opened.comment
    with zipfile.ZipFile(file, "w") as made:
        made.writestr(MANIFEST, json.dumps(manifest | changes))
        made.comment = kept if comment is None else comment
    return file


UNKNOWN = "Whether somebody changed it since cannot be known"


@pytest.mark.django_db(transaction=True)
def test_a_manifest_that_somebody_changed_is_refused(tmp_path: Path, migrating: list[list[str]]) -> None:
    file = written_manifest(tmp_path / "a.bdhvs", manifest_of_here())
    changed(file, left_out=["a"])
    for another_key in (False, True):
        with pytest.raises(Unkept, match=r"a.bdhvs was changed after it was made"):
            again(file, another_key=another_key)
    changed(file, comment=b"\xff" * 64)
    with pytest.raises(Unkept, match="was changed after it was made"):
        again(file)
    assert migrating == []


@pytest.mark.django_db(transaction=True)
def test_a_file_as_it_was_made_passes_and_one_without_a_seal_with_a_warning(
    tmp_path: Path, migrating: list[list[str]]
) -> None:
    file = written_manifest(tmp_path / "a.bdhvs", manifest_of_here())
    assert UNKNOWN not in again(file)
    assert f"It has no seal, as files of earlier versions. {UNKNOWN}" in again(changed(file, comment=b""))


@pytest.mark.django_db(transaction=True)
def test_a_file_of_another_key_is_taken_under_the_same_rules_as_before(
    tmp_path: Path, migrating: list[list[str]], settings: Any
) -> None:
    """The key may have become the one before; one that is lost, or said to be, has to be asked for."""
    file = written_manifest(tmp_path / "a.bdhvs", manifest_of_here())
    of_the_file = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "x" * 60, [of_the_file]
    assert UNKNOWN not in again(file)
    settings.SECRET_KEY_FALLBACKS = []
    for each in (file, changed(file, left_out=["a"])):
        with pytest.raises(Unkept, match="made under another secret key"):
            again(each)
        assert f"It was sealed under a key that is not set here. {UNKNOWN}" in again(each, another_key=True)
