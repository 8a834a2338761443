"""Packages that are written: our own inspection takes them, and files keep their bytes."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import BinaryIO

import pytest

from adapter_tests import building
from adapter_tests.having import Having, ident, made
from h5p_python_adapter import inspect, opened
from h5p_python_adapter.exporting import companions, export
from h5p_python_adapter.filesystem.libraries import FolderLibraries
from h5p_python_adapter.load_order import closure
from h5p_python_adapter.records import FileFacts, PackageFacts

CONTAINER = "Bdhvs.TestContainer 1.0"
MEDIA = {"content/images/hình một.png": b"\x89PNG" + bytes(range(256)) * 40, "content/audio/a.mp3": b"ID3" * 1000}


def kept(package: bytes, root: Path) -> tuple[FolderLibraries, PackageFacts, dict[str, bytes]]:
    """A package's libraries in a store, its facts, and its content files."""
    store = FolderLibraries(root)
    with opened(io.BytesIO(package)) as found:
        for library in found.facts.libraries:
            store.add(found, library.id)
        return store, found.facts, {path: file.read() for path, _facts, file in found.content_files()}


def written(store: FolderLibraries, facts: PackageFacts, content: dict[str, bytes]) -> bytes:
    into = io.BytesIO()
    libraries = closure(facts.main, facts.params, store)
    export(into, facts, libraries, store, lambda path: io.BytesIO(content[path]))
    return into.getvalue()


def test_a_package_goes_round_with_every_byte_of_its_content_and_libraries(tmp_path: Path) -> None:
    package = building.package(CONTAINER, files=MEDIA)
    store, facts, content = kept(package, tmp_path / "one")
    assert set(content) == {"content.json", "images/hình một.png", "audio/a.mp3"}

    back = written(store, facts, content)
    report = inspect(io.BytesIO(back))
    assert [finding for finding in report.findings if finding.severity == "error"] == []
    again, facts_again, content_again = kept(back, tmp_path / "two")
    assert content_again == content
    assert facts_again.content == facts.content
    assert facts_again.params == facts.params
    assert (facts_again.title, facts_again.language, facts_again.main) == (facts.title, facts.language, facts.main)
    assert [(each.id, each.tree_hash) for each in again.libraries()] == [
        (each.id, each.tree_hash) for each in store.libraries()
    ]
    assert written(again, facts_again, content_again) == back


def test_h5p_json_names_what_is_loaded_in_that_order(tmp_path: Path) -> None:
    store, facts, content = kept(building.package(CONTAINER, h5p={"editorDependencies": []}), tmp_path)
    with zipfile.ZipFile(io.BytesIO(written(store, facts, content))) as archive:
        told = json.loads(archive.read("h5p.json"))
        names = archive.namelist()
    loaded = closure(facts.main, facts.params, store)
    assert [each["machineName"] for each in told["preloadedDependencies"]] == [each.id.machine_name for each in loaded]
    assert "editorDependencies" not in told
    assert names[0] == "h5p.json"
    assert len(names) == len(set(names))


def test_content_json_is_written_where_only_the_params_are_kept(tmp_path: Path) -> None:
    store, facts, _content = kept(building.package(), tmp_path)
    params = {"question": "đ \ud800", "answers": []}
    facts = PackageFacts(facts.title, "vi", facts.main, facts.h5p, params, facts.libraries, {})
    with zipfile.ZipFile(io.BytesIO(written(store, facts, {}))) as archive:
        assert json.loads(archive.read("content/content.json")) == params


def test_what_is_packed_already_is_not_deflated_again(tmp_path: Path) -> None:
    store, facts, content = kept(building.package(files=MEDIA), tmp_path)
    with zipfile.ZipFile(io.BytesIO(written(store, facts, content))) as archive:
        ways = {name: archive.getinfo(name).compress_type for name in archive.namelist()}
    assert ways["content/audio/a.mp3"] == ways["content/images/hình một.png"] == zipfile.ZIP_STORED
    assert ways["content/content.json"] == zipfile.ZIP_DEFLATED


def test_what_editors_need_goes_along_when_it_is_there() -> None:
    libraries = [
        made("Main", needs=["A"], editor=["Editor", "Gone"]),
        made("A", dynamic=["D"]),
        made("D"),
        made("Editor", needs=["E"]),
        made("E"),
    ]
    having = Having(*libraries)
    loaded = closure(ident("Main"), {}, having)
    assert [str(each.id) for each in companions(loaded, having)] == ["D 1.0", "E 1.0", "Editor 1.0"]


def test_a_file_is_copied_in_pieces() -> None:
    class Watched(io.BytesIO):
        largest = 0

        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            Watched.largest = max(Watched.largest, len(data))
            return data

    def content(path: str) -> BinaryIO:
        return Watched(b"x" * 5_000_000)

    library = made("Main")
    facts = PackageFacts("T", "vi", ident("Main"), {}, {}, (), {"a.mp4": FileFacts(5_000_000, "")})
    into = io.BytesIO()
    export(into, facts, [library[0]], Having(library), content)
    assert Watched.largest <= 262_144
    with zipfile.ZipFile(into) as archive:
        assert archive.getinfo("content/a.mp4").file_size == 5_000_000


def test_a_file_that_is_gone_is_said() -> None:
    facts = PackageFacts("T", "vi", ident("Main"), {}, {}, (), {"a.mp4": FileFacts(1, "")})
    with pytest.raises(FileNotFoundError):
        export(io.BytesIO(), facts, [], Having(), lambda path: (_ for _ in ()).throw(FileNotFoundError(path)))  # type: ignore[arg-type]
