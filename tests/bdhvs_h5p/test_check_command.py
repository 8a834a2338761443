"""`bdhvs h5p check FILE`: its report, its exit codes, and what it needs to run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from adapter_tests import building
from adapter_tests.bad_packages import LIBRARY, valid
from bdhvs_h5p.models import Library
from tests.support.live import clean_environment

pytestmark = pytest.mark.thorough


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "bài.h5p"
    path.write_bytes(valid())
    return path


def check(path: Path, *options: str) -> tuple[int, dict[str, Any]]:
    out = StringIO()
    code = 0
    try:
        call_command("h5p", "check", str(path), *options, stdout=out)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, json.loads(out.getvalue())


@pytest.mark.django_db
def test_an_accepted_package(package: Path) -> None:
    assert check(package) == (
        0,
        {
            "ok": True,
            "main_library": "Bdhvs.Plain 1.0",
            "title": "Câu hỏi thử",
            "libraries": [{"machine_name": "Bdhvs.Plain", "major": 1, "minor": 0, "patch": 0}],
            "findings": [],
            "libraries_counted": ["package", "site"],
        },
    )
    assert not Library.objects.exists()
    assert [path.name for path in package.parent.iterdir()] == [package.name], "nothing is written"


@pytest.mark.django_db
def test_a_refused_package(package: Path) -> None:
    package.write_bytes(valid(files={"content/a.html": b"x"}))
    code, said = check(package)
    assert code == 1
    assert said["ok"] is False
    assert said["main_library"] == "Bdhvs.Plain 1.0"
    (finding,) = said["findings"]
    assert finding["message"].startswith("Files of this type are not allowed in the content.")
    del finding["message"]
    assert finding == {
        "code": "not-in-whitelist", "severity": "error", "file": "content/a.html", "rule": "h5p:whitelist",
    }  # fmt: skip


@pytest.mark.django_db
def test_what_is_no_package(package: Path) -> None:
    package.write_bytes(b"x")
    code, said = check(package)
    assert code == 1
    assert (said["main_library"], said["title"], said["libraries"]) == (None, None, [])


@pytest.mark.django_db
def test_a_library_of_the_site_counts(package: Path) -> None:
    package.write_bytes(valid(libraries=[]))
    assert check(package)[0] == 1
    Library.objects.create(
        machine_name="Bdhvs.Plain", major=1, minor=0, patch=4, title="x", runnable=True, tree_hash="0" * 64, stored={},
        js_bytes=0, css_bytes=0, total_bytes=0, installed_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    assert check(package)[0] == 0
    code, said = check(package, "--alone")
    assert code == 1
    assert [finding["code"] for finding in said["findings"]] == ["missing-main-library"]
    assert said["libraries_counted"] == ["package"]


def test_what_cannot_be_read(tmp_path: Path) -> None:
    for path, why in ((tmp_path / "none.h5p", "No such file or directory"), (tmp_path, "Is a directory")):
        with pytest.raises(CommandError, match=why) as ended:
            call_command("h5p", "check", str(path), "--alone")
        assert ended.value.returncode == 2


def test_the_sites_own_limit_counts(package: Path, settings: Any) -> None:
    settings.BDHVS_H5P_MAX_UPLOAD = 500
    code, said = check(package, "--alone")
    assert code == 1
    assert [finding["code"] for finding in said["findings"]] == ["package-too-large"]


@pytest.mark.django_db
def test_without_its_tables(package: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {Library._meta.db_table} RENAME TO gone")
    code, said = check(package)
    assert (code, said["libraries_counted"]) == (0, ["package"])


@pytest.mark.parametrize(
    "database",
    ["sqlite:///{}/none.sqlite3", "postgres://nobody:x@127.0.0.1:1/none"],
    ids=["no file", "no server"],
)
def test_without_a_database_or_a_key(package: Path, tmp_path: Path, database: str) -> None:
    """On a machine where nothing was set up; titles are printed whatever the terminal is set to."""
    done = subprocess.run(
        [Path(sys.executable).with_name("bdhvs"), "h5p", "check", package],
        env=clean_environment(
            DATABASE_URL=database.format(tmp_path), BDHVS_DATA_DIR=str(tmp_path / "data"), PYTHONIOENCODING="ascii"
        ),
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["ok"] is True
    assert said["title"] == building.h5p_json(LIBRARY)["title"]
    assert said["libraries_counted"] == ["package"]
    assert not (tmp_path / "none.sqlite3").exists()
    assert os.listdir(tmp_path / "data") == [] if (tmp_path / "data").exists() else True
