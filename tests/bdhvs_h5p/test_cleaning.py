"""Files that no row names go, once nobody can still be writing or reading them."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from adapter_tests import building
from bdhvs_h5p import uploads
from bdhvs_h5p.cleaning import GRACE, clean, orphans
from bdhvs_h5p.libraries import InstalledLibraries, needed_by
from bdhvs_h5p.models import Library, WaitingPackage
from bdhvs_h5p.player.bundling import joiner
from tests.bdhvs_h5p.conftest import files_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("h5p_folder")]

AT = datetime(2025, 11, 15, 2, 0, tzinfo=UTC)
LEFT = ("libraries/A.B-1.0/0123/library.json", "contents/0123/a/b.png", "waiting/0123.h5p")


def receive(data: bytes, *, may_install: bool = True) -> Any:
    return uploads.receive(io.BytesIO(data), file_name="a.h5p", may_install=may_install, at=AT)


def aged(folder: Path, age: timedelta) -> None:
    """Every file was written so long before AT."""
    moment = (AT - age).timestamp()
    for path in files_in(folder):
        os.utime(folder / path, (moment, moment))


def leave(folder: Path) -> None:
    for path in LEFT:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(b"x")


def test_what_is_left_over_goes_and_what_is_named_stays(h5p_folder: Path) -> None:
    receive(building.package(files={"content/a.png": b"1"}))
    receive(building.package(params={"question": "B?"}, uses=["Bdhvs.TestSilent 1.0"]), may_install=False)
    assert WaitingPackage.objects.exists()
    before = files_in(h5p_folder)
    leave(h5p_folder)
    aged(h5p_folder, GRACE * 2)
    assert clean(at=AT) == ["contents/0123", "libraries/A.B-1.0/0123", "waiting/0123.h5p"]
    assert files_in(h5p_folder) == before
    assert clean(at=AT) == []


def test_what_somebody_may_still_be_writing_stays(h5p_folder: Path) -> None:
    leave(h5p_folder)
    aged(h5p_folder, GRACE / 2)
    assert orphans(at=AT) == []
    # One file of a folder is enough.
    aged(h5p_folder, GRACE * 2)
    young = h5p_folder / "contents/0123/young.png"
    young.write_bytes(b"x")
    os.utime(young, (AT.timestamp(), AT.timestamp()))
    assert "contents/0123" not in orphans(at=AT)


def test_a_patch_that_was_replaced_goes_once_no_open_page_asks_for_it(h5p_folder: Path) -> None:
    receive(building.package())
    old = Library.objects.get(machine_name="Bdhvs.TestQuestion")
    files = {
        path: data
        for path, data in building.package_files().items()
        if not path.startswith(building.folder(building.QUESTION))
    }
    receive(building.zipped({**files, **building.library(building.QUESTION, patchVersion=9)}))
    aged(h5p_folder, GRACE * 2)
    assert clean(at=AT + GRACE / 2) == []
    assert clean(at=AT + GRACE) == [f"libraries/{old.library_id.folder}/{old.tree_hash}"]


def test_the_command_says_what_goes(h5p_folder: Path, settings: Any) -> None:
    settings.BDHVS_TEST_CLOCK = AT.isoformat()
    leave(h5p_folder)
    aged(h5p_folder, GRACE * 2)
    for options, left in (({"dry_run": True}, 3), ({"dry_run": False}, 0)):
        said = io.StringIO()
        call_command("h5p", "clean", stdout=said, **options)
        assert said.getvalue().split() == ["contents/0123", "libraries/A.B-1.0/0123", "waiting/0123.h5p"]
        assert len(files_in(h5p_folder)) == left


def test_joined_files_go_when_nobody_plays_what_they_were_made_for(h5p_folder: Path) -> None:
    version = receive(building.package("Bdhvs.TestContainer 1.0")).version
    other = receive(building.package("Bdhvs.TestSilent 1.0")).version
    made = {}
    for one in (version, other):
        before = files_in(h5p_folder)
        libraries = needed_by(one)
        joined = joiner.joined(libraries, InstalledLibraries())
        made[one] = files_in(h5p_folder) - before
        assert f"bundles/{joined.js}.js" in made[one]
    # Another patch of a library is another set.
    row = Library.objects.get(machine_name="Bdhvs.TestSilent")
    row.stored = {**row.stored, "tree_hash": "0" * 64}
    row.save()
    aged(h5p_folder, GRACE / 2)
    assert orphans(at=AT) == []
    aged(h5p_folder, GRACE * 2)
    gone = {path for path in clean(at=AT) if path.startswith("bundles/")}
    assert gone == made[other] and files_in(h5p_folder) >= made[version]
    # And is made again.
    assert joiner.joined(needed_by(version), InstalledLibraries()).js
