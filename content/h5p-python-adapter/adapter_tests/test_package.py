"""Reading an accepted package: the bytes are those that were inspected, and no others."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from adapter_tests import building
from adapter_tests.bad_packages import FOLDER, LIBRARY, entries, valid
from adapter_tests.raw import Raw, raw_zip
from h5p_python_adapter import LibraryId, PackageRefused, inspect, opened
from h5p_python_adapter.package import PackageChanged

PLAIN = LibraryId("Bdhvs.Plain", 1, 0)


def test_files_of_content_and_libraries() -> None:
    picture = bytes(range(256)) * 1000
    data = valid(files={"content/images/a.png": picture, "content/.hidden": b"x", "readme.txt": b"x"})
    with opened(io.BytesIO(data)) as package:
        assert {path: (facts.size, file.read()) for path, facts, file in package.content_files()} == {
            "content.json": (2, b"{}"),
            "images/a.png": (len(picture), picture),
        }
        found = {f"{FOLDER}/{path}": file.read() for path, _, file in package.library_files(PLAIN)}
        assert found == building.library(LIBRARY)
        assert package.library(PLAIN).id == PLAIN
        assert package.open("content/images/a.png").read(300) == picture[:300]


def test_what_is_not_there() -> None:
    with opened(io.BytesIO(valid())) as package:
        with pytest.raises(KeyError):
            package.open("content/a.png")
        with pytest.raises(KeyError):
            package.library_files(LibraryId("Bdhvs.Plain", 1, 1))


def test_a_refused_package_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.h5p"
    path.write_bytes(b"x")
    with pytest.raises(PackageRefused, match="zip archive cannot be read") as refused, opened(path):
        pass
    assert not refused.value.report.ok
    with pytest.raises(PackageRefused), opened(io.BytesIO(valid()), report=refused.value.report):
        pass


@pytest.mark.parametrize("folder", [FOLDER, "Bdhvs.Plain", "Bdhvs.Plain-1.0.0"])
def test_wherever_a_library_lies(folder: str) -> None:
    files = {path.replace(FOLDER, folder): data for path, data in building.package_files(LIBRARY, {}).items()}
    with opened(io.BytesIO(building.zipped(files))) as package:
        assert len(list(package.library_files(PLAIN))) == 4


def test_a_folder_with_another_librarys_name() -> None:
    """“Bdhvs.Plain-1.0” is also the bare name of a library that is called so."""
    files = {path.replace(FOLDER, "Bdhvs.Plain"): data for path, data in building.package_files(LIBRARY, {}).items()}
    files |= building.library("Bdhvs.Plain-1.0 3.0")
    files = {path.replace("Bdhvs.Plain-1.0-3.0", "Bdhvs.Plain-1.0"): data for path, data in files.items()}
    with opened(io.BytesIO(building.zipped(files))) as package:
        assert [library.id.machine_name for library in package.facts.libraries] == ["Bdhvs.Plain", "Bdhvs.Plain-1.0"]
        for library in package.facts.libraries:
            for path, facts, file in package.library_files(library.id):
                assert len(file.read()) == facts.size, path


def test_files_may_be_read_in_turn() -> None:
    first, second = b"1" * 200_000, b"2" * 200_000
    data = raw_zip([*entries(), Raw("content/a.txt", first), Raw("content/b.txt", second)])
    with opened(io.BytesIO(data)) as package:
        one, other = package.open("content/a.txt"), package.open("content/b.txt")
        read = [(one.read(70_000), other.read(70_000)) for _ in range(3)]
    assert b"".join(piece for piece, _ in read) == first
    assert b"".join(piece for _, piece in read) == second


def test_a_file_that_changed_meanwhile() -> None:
    before = valid(files={"content/a.txt": b"looked at"})
    after = valid(files={"content/a.txt": b"exchanged"})
    report = inspect(io.BytesIO(before))
    with opened(io.BytesIO(after), report=report) as package:
        files = package.content_files()
        assert next(files)[2].read() == b"{}"
        with pytest.raises(PackageChanged):
            next(files)[2].read()


def test_an_archive_that_changed_meanwhile() -> None:
    report = inspect(io.BytesIO(valid()))
    with pytest.raises(PackageChanged), opened(io.BytesIO(valid()[:-1]), report=report):
        pass
    with opened(io.BytesIO(building.zipped({"h5p.json": b"{}"})), report=report) as package:
        with pytest.raises(PackageChanged):
            next(package.content_files())
        with pytest.raises(PackageChanged):
            package.library_files(PLAIN)


def test_installed_libraries_count() -> None:
    data = valid(libraries=[])
    with pytest.raises(PackageRefused), opened(io.BytesIO(data)):
        pass
    with opened(io.BytesIO(data), installed=lambda id: 0) as package:
        assert package.facts.libraries == ()


def test_the_source_stays_open() -> None:
    stream = io.BytesIO(valid())
    with opened(stream):
        pass
    assert not stream.closed
