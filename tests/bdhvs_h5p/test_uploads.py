"""What an uploaded file becomes: a version and its libraries, a package that waits, or nothing at all."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage

from adapter_tests import building
from bdhvs_h5p import actions, uploads
from bdhvs_h5p.libraries import InstalledLibraries, install, needed_by
from bdhvs_h5p.models import H5PContent, H5PVersion, Library, WaitingPackage
from bdhvs_h5p.queries import InUse
from h5p_python_adapter import inspect, opened
from h5p_python_adapter.records import LibraryId
from h5p_python_adapter.store import Weighed
from tests.bdhvs_h5p.conftest import files_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("h5p_folder")]

AT = datetime(2025, 11, 15, 2, 0, tzinfo=UTC)
QUESTION = building.QUESTION


def receive(data: bytes, *, may_install: bool = True, **more: Any) -> Any:
    return uploads.receive(io.BytesIO(data), file_name="cau-hoi.h5p", may_install=may_install, at=AT, **more)


def newer(patch: int = 1) -> dict[str, bytes]:
    return building.library(QUESTION, patchVersion=patch, files={"scripts/more.js": b"// newer\n"})


def test_an_operators_upload_is_stored_with_what_it_brings(h5p_folder: Path) -> None:
    outcome = receive(building.package(files={"content/images/a.png": b"PNG" * 100}))
    assert isinstance(outcome, uploads.Stored)
    version = outcome.version
    assert version.content.title == version.title == "Câu hỏi thử"
    assert (version.number, str(version.main), version.language) == (1, QUESTION, "vi")
    assert version.media_bytes == 300
    assert version.js_bytes > 0
    assert list(version.files) == ["images/a.png"]
    library = Library.objects.get(machine_name="Bdhvs.TestQuestion")
    assert version.libraries[-1]["tree_hash"] == library.tree_hash
    assert library.library_id in [one.id for one in outcome.installed]
    stored = files_in(h5p_folder)
    assert version.file_path("images/a.png") in stored
    assert {one for one in stored if one.startswith("libraries/")} == {
        f"libraries/{row.library_id.folder}/{row.tree_hash}/{path}"
        for row in Library.objects.all()
        for path in row.facts.files
    }


def test_params_come_back_as_they_were_whatever_is_in_them() -> None:
    params = {"z": 1, "a": {"text": "một\u0007hai <b>đậm</b>", "list": [1.5, None, True]}}
    version = receive(building.package(params=params)).version
    again = H5PVersion.objects.get(pk=version.pk)
    assert again.params == params
    assert list(again.params) == ["z", "a"]


def test_what_is_installed_is_read_again_as_it_was_brought() -> None:
    facts = receive(building.package()).installed
    source = InstalledLibraries()
    for one in facts:
        assert source.library(one.id) == one
        for path in one.files:
            with source.open(one.id, path) as file:
                assert len(file.read()) == one.files[path].size
    with pytest.raises(FileNotFoundError):
        source.open(facts[0].id, "../library.json")
    assert source.library(LibraryId("H5P.Nobody", 1, 0)) is None


def test_loading_a_version_asks_the_database_once(django_assert_num_queries: Any) -> None:
    version = receive(building.package("Bdhvs.TestContainer 1.0")).version
    with django_assert_num_queries(1):
        loaded = needed_by(version)
    assert [str(one.id) for one in loaded][-1] == "Bdhvs.TestContainer 1.0"


def test_the_same_libraries_are_kept_once(h5p_folder: Path) -> None:
    receive(building.package())
    before = {one for one in files_in(h5p_folder) if one.startswith("libraries/")}
    second = receive(building.package(params={"question": "Khác?"}))
    assert second.installed == ()
    assert {one for one in files_in(h5p_folder) if one.startswith("libraries/")} == before
    assert H5PContent.objects.count() == 2


def test_a_newer_patch_takes_the_place_and_an_older_one_does_not() -> None:
    receive(building.package())
    files = building.package_files()
    files = {path: data for path, data in files.items() if not path.startswith(building.folder(QUESTION))}
    newer_package = building.zipped({**files, **newer(3)})
    assert [one.patch for one in receive(newer_package).installed] == [3]
    assert receive(building.package()).installed == ()
    assert Library.objects.get(machine_name="Bdhvs.TestQuestion").patch == 3


# --- Who may not install ---------------------------------------------------------------------------------------------


def test_an_editors_package_with_unknown_libraries_waits(h5p_folder: Path) -> None:
    outcome = receive(building.package(), may_install=False)
    assert isinstance(outcome, uploads.Parked)
    waiting = outcome.waiting
    assert Library.objects.count() == H5PVersion.objects.count() == 0
    assert waiting.content.latest is None
    assert "Bdhvs.TestQuestion" in {one["machine_name"] for one in waiting.installs}
    assert files_in(h5p_folder) == {waiting.path}


def test_an_editors_package_of_known_libraries_is_stored() -> None:
    receive(building.package())
    outcome = receive(building.package(params={"question": "Khác?"}), may_install=False)
    assert isinstance(outcome, uploads.Stored)


def test_one_that_brings_a_newer_patch_waits_too() -> None:
    receive(building.package())
    files = building.package_files()
    files = {path: data for path, data in files.items() if not path.startswith(building.folder(QUESTION))}
    outcome = receive(building.zipped({**files, **newer(2)}), may_install=False)
    assert isinstance(outcome, uploads.Parked)
    assert [(one["patch"], one["now"]) for one in outcome.waiting.installs] == [(2, 0)]


def test_approving_installs_and_stores(h5p_folder: Path, django_capture_on_commit_callbacks: Any) -> None:
    waiting = receive(building.package(), may_install=False, title="Mật khẩu").waiting
    with django_capture_on_commit_callbacks(execute=True):
        outcome = uploads.approve(waiting, at=AT + timedelta(hours=1))
    assert isinstance(outcome, uploads.Stored)
    assert outcome.version.content.pk == waiting.content.pk
    assert outcome.version.content.title == "Mật khẩu"
    assert not WaitingPackage.objects.exists()
    assert waiting.path not in files_in(h5p_folder)


def test_refusing_takes_the_file_away_and_leaves_the_content(
    h5p_folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    waiting = receive(building.package(), may_install=False).waiting
    with django_capture_on_commit_callbacks(execute=True):
        uploads.refuse(waiting)
    assert files_in(h5p_folder) == set()
    assert H5PContent.objects.get().latest is None


def test_a_second_file_that_waits_takes_the_place_of_the_first(
    h5p_folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    first = receive(building.package(), may_install=False).waiting
    with django_capture_on_commit_callbacks(execute=True):
        second = receive(building.package(params={"question": "B?"}), may_install=False, content=first.content).waiting
    assert list(WaitingPackage.objects.all()) == [second]
    assert files_in(h5p_folder) == {second.path}


# --- Another file ----------------------------------------------------------------------------------------------------


def test_another_file_is_another_version_and_the_old_one_stays(h5p_folder: Path) -> None:
    first = receive(building.package(files={"content/a.png": b"1"})).version
    second = receive(building.package(files={"content/a.png": b"22"}), content=first.content).version
    assert (second.number, second.content_id) == (2, first.content_id)
    assert {first.file_path("a.png"), second.file_path("a.png")} <= files_in(h5p_folder)
    assert H5PContent.objects.get().latest == second


def test_the_very_file_that_is_there_makes_no_other_version(h5p_folder: Path) -> None:
    first = receive(building.package()).version
    before = files_in(h5p_folder)
    again = receive(building.package(), content=first.content)
    assert (again.version, again.installed) == (first, ())
    assert files_in(h5p_folder) == before


def test_what_is_stored_later_takes_the_place_of_what_waits(
    h5p_folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    first = receive(building.package()).version
    waiting = receive(building.package("Bdhvs.TestSilent 1.0"), may_install=False, content=first.content).waiting
    with django_capture_on_commit_callbacks(execute=True):
        receive(building.package(params={"question": "B?"}), may_install=False, content=first.content)
    assert not WaitingPackage.objects.exists()
    assert waiting.path not in files_in(h5p_folder)


def test_what_somebody_else_has_decided_meanwhile_is_not_stored_twice(h5p_folder: Path) -> None:
    waiting = receive(building.package(), may_install=False).waiting
    data = (h5p_folder / waiting.path).read_bytes()
    uploads.approve(waiting, at=AT)
    # The page of the second operator was opened before, and the file is not gone yet.
    (h5p_folder / waiting.path).write_bytes(data)
    before = files_in(h5p_folder)
    with pytest.raises(uploads.Decided):
        uploads.approve(waiting, at=AT)
    assert waiting.content.versions.count() == 1
    assert files_in(h5p_folder) == before


@pytest.mark.parametrize(("other", "expected"), [(0, Weighed.SAME), (9, Weighed.OLDER)])
def test_whoever_is_faster_with_a_library_has_won(other: int, expected: Weighed) -> None:
    """Somebody else installs it while its files are being written."""

    def brought(patch: int) -> Any:
        files = building.package_files(building.QUESTION)
        files = {path: data for path, data in files.items() if not path.startswith(building.folder(QUESTION) + "/")}
        data = building.zipped({**files, **building.library(QUESTION, patchVersion=patch)})
        report = inspect(io.BytesIO(data))
        assert report.package is not None
        (facts,) = [one for one in report.package.libraries if one.id.machine_name == "Bdhvs.TestQuestion"]
        return facts, data, report

    def read(patch: int) -> Any:
        facts, data, report = brought(patch)
        with opened(io.BytesIO(data), report=report) as package:
            yield from package.library_files(facts.id)

    def slow() -> Any:
        yield from read(0)
        assert install(brought(other)[0], lambda: read(other), at=AT).installs

    assert install(brought(0)[0], slow, at=AT) is expected
    assert Library.objects.get(machine_name="Bdhvs.TestQuestion").patch == other


# --- What is refused -------------------------------------------------------------------------------------------------


def test_a_bad_package_leaves_nothing(h5p_folder: Path) -> None:
    outcome = receive(building.package(files={"content/a.html": b"<script>alert(1)</script>"}))
    assert isinstance(outcome, uploads.Refused)
    assert [one.code for one in outcome.report.findings] == ["not-in-whitelist"]
    assert not H5PContent.objects.exists()
    assert not Library.objects.exists()
    assert files_in(h5p_folder) == set()


class Full(FileSystemStorage):
    """A disk that is full after some files."""

    left = 0

    def _save(self, name: str, content: Any) -> str:
        if not Full.left:
            raise OSError(28, "No space left on device")
        Full.left -= 1
        return super()._save(name, content)


@pytest.mark.parametrize("written", range(9))
def test_a_full_disk_leaves_nothing_that_nobody_needs(written: int, h5p_folder: Path, settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "bdhvs_h5p": {"BACKEND": f"{__name__}.Full", "OPTIONS": {"location": h5p_folder}},
    }
    Full.left = written
    files = {f"content/{place}.png": b"x" for place in range(9)}
    with pytest.raises(OSError, match="No space"):
        receive(building.package(files=files))
    assert not H5PContent.objects.exists()
    kept = {f"libraries/{row.library_id.folder}/{row.tree_hash}" for row in Library.objects.all()}
    assert {path.rsplit("/", path.count("/") - 2)[0] for path in files_in(h5p_folder)} <= kept


# --- Deleting --------------------------------------------------------------------------------------------------------


def test_a_content_that_nobody_met_goes_with_its_files(
    h5p_folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    version = receive(building.package(files={"content/a.png": b"1"})).version
    with django_capture_on_commit_callbacks(execute=True):
        actions.delete_content(version.content)
    assert not H5PVersion.objects.exists()
    assert {one.split("/")[0] for one in files_in(h5p_folder)} == {"libraries"}


def test_a_library_goes_when_nothing_needs_it(h5p_folder: Path, django_capture_on_commit_callbacks: Any) -> None:
    version = receive(building.package()).version
    library = Library.objects.get(machine_name="Bdhvs.TestQuestion")
    with pytest.raises(InUse) as refused:
        actions.delete_library(library)
    assert refused.value.users[-1] == version.content.title
    with django_capture_on_commit_callbacks(execute=True):
        actions.delete_content(version.content)
        actions.delete_library(library)
    assert not [one for one in files_in(h5p_folder) if one.startswith(f"libraries/{library.library_id.folder}/")]
