"""The file of a backup: what is read from it is what was written, and one that is damaged says so."""

from __future__ import annotations

import stat
import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.learners.api import register
from bdhvs_lms.site.backups import unfinished
from bdhvs_lms.site.backups.archive import Archive, Manifest, written
from bdhvs_lms.site.backups.kinds import KINDS, Column, adapters
from bdhvs_lms.site.backups.loading import what_is_there
from bdhvs_lms.site.backups.tables import Table, Unkept, kept_models, strangers, table_of
from bdhvs_lms.site.checks import restored_whole

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
        writer.manifest(manifest)
    return manifest


ROW = [
    7, True, "Bà Lan\n", '{"a": 1}', AT, date(1966, 1, 2), time(7, 30), timedelta(hours=-3),
    uuid.UUID(int=5), Decimal("9.50"), 0.5, b"\x00\xff",
]  # fmt: skip


@pytest.mark.database_free
@given(row=st.tuples(*(st.none() | VALUES[kind] for kind in KINDS)))
def test_a_row_of_every_kind_comes_back(tmp_path_factory: pytest.TempPathFactory, row: tuple[Any, ...]) -> None:
    file = tmp_path_factory.mktemp("file") / "a.bdhvs"
    manifest = make(file, [list(row)], {})
    assert list(Archive(file).rows(manifest.tables[0])) == [row]


@pytest.mark.database_free
def test_only_its_owner_reads_it_and_it_replaces_nothing(tmp_path: Path) -> None:
    file = tmp_path / "a.bdhvs"
    make(file, [ROW], {"media/phim thử.mp4": b"film"})
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(Unkept, match="is there already"):
        make(file, [ROW], {})
    assert [found.name for found in tmp_path.iterdir()] == ["a.bdhvs"]


@pytest.mark.database_free
@pytest.mark.parametrize("error", [KeyboardInterrupt, Unkept, OSError])
def test_what_was_broken_off_is_not_there(tmp_path: Path, error: type[BaseException]) -> None:
    with pytest.raises(error), written(tmp_path / "a.bdhvs", AT, lambda path: None):
        raise error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.database_free
def test_what_a_killed_process_has_left_is_written_over(tmp_path: Path) -> None:
    left = tmp_path / "a.bdhvs.unfinished"
    left.write_bytes(b"x" * 100_000)
    left.chmod(0o644)
    make(tmp_path / "a.bdhvs", [ROW], {})
    assert [(found.name, stat.S_IMODE(found.stat().st_mode)) for found in tmp_path.iterdir()] == [("a.bdhvs", 0o600)]


@pytest.mark.database_free
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


@pytest.mark.database_free
def test_another_format_and_another_zip_are_refused_in_words(tmp_path: Path) -> None:
    import zipfile

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
