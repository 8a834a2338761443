"""Where libraries are kept."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from adapter_tests.having import Having, ident, made
from adapter_tests.racing import patched
from h5p_python_adapter.filesystem.libraries import Added, BytesDiffer, FolderLibraries, InUse
from h5p_python_adapter.records import FileFacts, LibraryFacts
from h5p_python_adapter.store import Weighed, weigh

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def store(tmp_path: Path) -> FolderLibraries:
    return FolderLibraries(tmp_path / "libraries")


def add(store: FolderLibraries, library: tuple[LibraryFacts, dict[str, bytes]]) -> Added:
    return store.add(Having(library), library[0].id)


def read(store: FolderLibraries, name: str, path: str) -> bytes:
    with store.open(ident(name), path) as handle:
        return handle.read()


def kept(store: FolderLibraries) -> list[str]:
    """Files below the store's folder, but for locks and current.json."""
    return sorted(
        path.relative_to(store.root).as_posix()
        for path in store.root.rglob("*")
        if path.is_file() and path.name not in ("lock", "current.json")
    )


OLD, NEW = made("X", patch=3, js={"a.js": b"old"}), made("X", patch=4, js={"a.js": b"new"})
OTHER = made("X", patch=3, js={"a.js": b"other"})


@pytest.mark.parametrize(
    ("brought", "there", "expected"),
    [
        (OLD, None, Weighed.NEW),
        (NEW, OLD, Weighed.NEWER_PATCH),
        (OLD, OLD, Weighed.SAME),
        (OLD, NEW, Weighed.OLDER),
        (OTHER, OLD, Weighed.OTHER_BYTES),
    ],
)
def test_what_is_done_with_a_library_that_is_brought(brought, there, expected) -> None:  # type: ignore[no-untyped-def]
    weighed = weigh(brought[0], there and there[0])
    assert weighed is expected
    assert weighed.installs is (expected in (Weighed.NEW, Weighed.NEWER_PATCH))


def test_other_libraries_are_not_weighed_against_each_other() -> None:
    with pytest.raises(ValueError, match=r"X 1\.0 is weighed against X 1\.1"):
        weigh(made("X")[0], made("X 1.1")[0])


def test_a_library_is_read_as_it_was_brought(store: FolderLibraries) -> None:
    library = made(
        "X 1.2", patch=7, needs=["Y 2.0"], dynamic=["Z"], editor=["E"], js={"s/a.js": "đ".encode()}, css={"b.css": b""}
    )
    assert add(store, library) == Added(Weighed.NEW, library[0], library[0])
    assert store.library(ident("X 1.2")) == library[0]
    assert {path: read(store, "X 1.2", path) for path in library[1]} == library[1]


def test_one_copy_is_kept_of_a_minor_version_and_the_newest_patch(store: FolderLibraries) -> None:
    assert [add(store, each).weighed for each in (OLD, NEW, OLD, NEW)] == [
        Weighed.NEW,
        Weighed.NEWER_PATCH,
        Weighed.OLDER,
        Weighed.SAME,
    ]
    assert read(store, "X", "a.js") == b"new"
    assert kept(store) == [f"X-1.0/{NEW[0].tree_hash}/{path}" for path in ("a.js", "library.json")]
    add(store, made("X 1.1"))
    assert [str(facts.id) for facts in store.libraries()] == ["X 1.0", "X 1.1"]


def test_the_same_patch_with_other_bytes_is_told_and_changes_nothing(store: FolderLibraries) -> None:
    add(store, OLD)
    added = add(store, OTHER)
    assert (added.weighed, added.there.tree_hash) == (Weighed.OTHER_BYTES, OLD[0].tree_hash)
    assert added.brought.tree_hash == OTHER[0].tree_hash
    assert read(store, "X", "a.js") == b"old"


@pytest.mark.parametrize("lie", [b"ol", b"olds", b"OLD", None])
def test_bytes_that_are_not_those_inspected_leave_nothing(store: FolderLibraries, lie: bytes | None) -> None:
    facts, files = made("X", js={"a.js": b"old"})
    if lie is None:
        del files["a.js"]
    else:
        files["a.js"] = lie

    def rows() -> Iterator[tuple[str, FileFacts, BinaryIO]]:
        for path, data in files.items():
            yield path, facts.files[path], io.BytesIO(data)

    with pytest.raises(BytesDiffer):
        store.add_files(facts, rows)
    assert store.library(facts.id) is None
    assert kept(store) == []


@pytest.mark.parametrize("path", ["../x.js", "/x.js", "a/../../x.js", "C:x.js", "a\\x.js"])
def test_a_path_that_leads_elsewhere_is_written_nowhere(store: FolderLibraries, path: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not stay below"):
        add(store, made("X", js={path: b"1"}))
    assert not list(tmp_path.rglob("x.js"))


def test_what_is_not_there_is_not_opened(store: FolderLibraries) -> None:
    with pytest.raises(FileNotFoundError, match=r"X 1\.0 has no file 'a\.js'"):
        store.open(ident("X"), "a.js")
    add(store, OLD)
    for path in ("b.js", "../current.json", "../../../etc/passwd", ""):
        with pytest.raises(FileNotFoundError):
            store.open(ident("X"), path)
    assert store.library(ident("Y")) is None
    with pytest.raises(AttributeError):
        store.add(Having(), ident("Y"))


def test_a_reader_who_comes_while_a_patch_takes_the_place_finds_the_new_one(store: FolderLibraries) -> None:
    add(store, OLD)
    before = store.library(ident("X"))

    class Late(FolderLibraries):
        looked = 0

        def library(self, id):  # type: ignore[no-untyped-def]
            self.looked += 1
            return before if self.looked == 1 else super().library(id)

    add(store, NEW)
    with Late(store.root).open(ident("X"), "a.js") as handle:
        assert handle.read() == b"new"


def test_sizes_and_what_nobody_uses(store: FolderLibraries) -> None:
    for library in (
        made("Main", needs=["A"]),
        made("A", needs=["B"], editor=["E"]),
        made("B"),
        made("E"),
        made("Alone", js={"a.js": b"12"}),
    ):
        add(store, library)
    assert store.unused([ident("Main"), ident("Gone")]) == (ident("Alone"),)
    assert [str(id) for id in store.unused([])] == ["A 1.0", "Alone 1.0", "B 1.0", "E 1.0", "Main 1.0"]
    assert FolderLibraries(store.root / "nothing").unused([]) == ()


def test_removing(store: FolderLibraries) -> None:
    for library in (made("Main", needs=["A"]), made("A")):
        add(store, library)
    with pytest.raises(InUse, match=r"A 1\.0 is needed by Main 1\.0") as caught:
        store.remove(ident("A"))
    assert caught.value.ids == (ident("Main"),)
    store.remove(ident("Main"))
    store.remove(ident("A"))
    store.remove(ident("Never"))
    assert list(store.libraries()) == []
    assert kept(store) == []
    assert add(store, made("A")).weighed is Weighed.NEW


# --- several processes, and processes that end in the midst


def started(store: FolderLibraries, way: str, *patches: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "adapter_tests.racing", str(store.root), way, *map(str, patches)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def told_to_go(*processes: subprocess.Popen[str]) -> list[list[str]]:
    """What each says after all were ready and told to go at once."""
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    return [process.communicate()[0].splitlines() for process in processes]


def whole(store: FolderLibraries, patch: int) -> bool:
    facts, files = patched(patch)
    there = {path.removeprefix(f"Race-1.0/{facts.tree_hash}/") for path in kept(store)}
    return there == set(files) and all(
        hashlib.sha256(read(store, "Race", path)).digest() == hashlib.sha256(data).digest()
        for path, data in files.items()
    )


def test_processes_that_add_at_once_end_with_the_newest_patch_in_full(store: FolderLibraries) -> None:
    said = told_to_go(*(started(store, "plain", *order) for order in ([1, 2, 3, 4], [4, 3, 2, 1], [2, 4, 1, 3])))
    lines = [line.split() for each in said for line in each]
    assert len(lines) == 12
    assert sum(weighed == "new" for _patch, weighed, _there in lines) == 1
    # Nobody saw a patch go back, nor one below what they brought.
    assert all(int(there) >= int(patch) for patch, _weighed, there in lines)
    assert all([line.split()[2] for line in each] == sorted(line.split()[2] for line in each) for each in said)
    assert whole(store, 4)


def test_a_process_killed_in_the_midst_leaves_what_was_there_and_the_next_goes_on(store: FolderLibraries) -> None:
    facts, files = patched(1)
    store.add(Having((facts, files)), facts.id)
    process = started(store, "stopped", 2)
    told_to_go(process)
    assert process.returncode == 9
    there = store.library(facts.id)
    assert there is not None
    assert there.patch == 1
    assert read(store, "Race", "scripts/0.js") == files["scripts/0.js"]

    newer, files = patched(2)
    part = store.root / "Race-1.0" / f"{newer.tree_hash}.part"
    done = sorted(path for path in part.rglob("*") if path.is_file())
    assert len(done) == len(files) // 2
    marks = {path.relative_to(part): path.stat().st_mtime_ns for path in done}
    assert store.add(Having((newer, files)), newer.id).weighed is Weighed.NEWER_PATCH
    assert whole(store, 2)
    tree = store.root / "Race-1.0" / newer.tree_hash
    assert {path: (tree / path).stat().st_mtime_ns for path in marks} == marks


def test_what_stopped_processes_have_left_is_tidied_away(store: FolderLibraries) -> None:
    told_to_go(started(store, "stopped", 1))
    assert kept(store) != []
    store.tidy()
    assert kept(store) == []
    add(store, OLD)
    before = kept(store)
    store.tidy()
    assert kept(store) == before
    FolderLibraries(store.root / "nothing").tidy()
