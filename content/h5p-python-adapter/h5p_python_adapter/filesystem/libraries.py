"""Libraries below one folder of a POSIX file system."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from h5p_python_adapter.filesystem.writing import alone, below, settle, write_whole
from h5p_python_adapter.records import FileFacts, LibraryFacts, LibraryId
from h5p_python_adapter.store import Weighed, weigh

__all__ = ["Added", "BytesDiffer", "FolderLibraries", "InUse"]

_PIECE = 256 * 1024
# Bytes: a file system takes no longer name.
_LONGEST_NAME = 255


class Bringing(Protocol):
    """The part of an opened package that `FolderLibraries.add` needs."""

    def library(self, id: LibraryId, /) -> LibraryFacts: ...

    def library_files(self, id: LibraryId, /) -> Iterator[tuple[str, FileFacts, BinaryIO]]: ...


class BytesDiffer(Exception):
    """A file that is brought is not the one that was inspected; nothing of its library is kept."""


class InUse(Exception):
    """A library cannot be removed: others need it. `ids` are those."""

    def __init__(self, id: LibraryId, ids: tuple[LibraryId, ...]) -> None:
        super().__init__(f"{id} is needed by {', '.join(map(str, ids))}")
        self.ids = ids


@dataclass(frozen=True)
class Added:
    weighed: Weighed
    brought: LibraryFacts
    there: LibraryFacts
    """What is in the store now."""


class FolderLibraries:
    """Libraries below `root`: `<Name>-<major>.<minor>/<tree hash>/…`, and `current.json` beside it with the facts.

    A library is written in full under a name that nobody reads, then renamed, then named by `current.json`: a process
    that is stopped on the way leaves nothing that counts, and the next `add` of the same bytes goes on where it was.
    One process at a time writes a library; readers take no lock.
    """

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)

    # --- reading

    def library(self, id: LibraryId) -> LibraryFacts | None:
        if len(id.folder.encode()) > _LONGEST_NAME:
            return None
        try:
            stored = json.loads((self.root / id.folder / "current.json").read_bytes())
        except FileNotFoundError:
            return None
        return _facts(stored)

    def open(self, id: LibraryId, path: str) -> BinaryIO:
        # A newer patch may take the place between the two reads; the second look finds it.
        for last in (False, True):
            there = self.library(id)
            if there is None or path not in there.files:
                raise FileNotFoundError(f"{id} has no file {path!r}")
            try:
                return (self.root / id.folder / there.tree_hash / path).open("rb")
            except FileNotFoundError:
                if last:
                    raise
        raise AssertionError("unreachable")

    def libraries(self) -> Iterator[LibraryFacts]:
        """Yield all, sorted by id."""
        if not self.root.is_dir():
            return
        ids = (LibraryId.parsed(entry.name) for entry in self.root.iterdir() if entry.is_dir())
        for id in sorted(id for id in ids if id is not None):
            facts = self.library(id)
            if facts is not None:
                yield facts

    def unused(self, used: Iterable[LibraryId]) -> tuple[LibraryId, ...]:
        """Return what none of the libraries `used` by content needs, directly or by way of others."""
        there = {facts.id: facts for facts in self.libraries()}
        reached: set[LibraryId] = set()
        ahead = list(used)
        while ahead:
            id = ahead.pop()
            if id in reached:
                continue
            reached.add(id)
            if id in there:
                ahead += _needs(there[id])
        return tuple(id for id in there if id not in reached)

    # --- writing

    def add(self, package: Bringing, id: LibraryId) -> Added:
        """Add a library of a package when it is new or a newer patch. KeyError when the package does not bring it."""
        return self.add_files(package.library(id), lambda: package.library_files(id))

    def add_files(self, brought: LibraryFacts, files: Callable[[], Iterable[tuple[str, FileFacts, BinaryIO]]]) -> Added:
        """Add the same from anywhere; `files` is asked only when they are taken. BytesDiffer when what is read is not
        what `brought` says."""
        home = self.root / brought.id.folder
        home.mkdir(parents=True, exist_ok=True)
        with alone(home / "lock"):
            there = self.library(brought.id)
            weighed = weigh(brought, there)
            if not weighed.installs:
                assert there is not None  # noqa: S101 - nothing there is NEW, which installs
                return Added(weighed, brought, there)
            tree = home / brought.tree_hash
            if not tree.exists():
                part = home / f"{brought.tree_hash}.part"
                _write(part, brought.files, files())
                os.rename(part, tree)
                settle(home)
            _name(home, brought)
            self._tidy(home, keep=brought.tree_hash)
        return Added(weighed, brought, brought)

    def remove(self, id: LibraryId) -> None:
        """Remove the library. InUse when another library that is there needs it as preloaded or for its editor; nothing
        happens when it is not there."""
        needing = tuple(facts.id for facts in self.libraries() if facts.id != id and id in _needs(facts))
        if needing:
            raise InUse(id, needing)
        home = self.root / id.folder
        if not home.is_dir():
            return
        with alone(home / "lock"):
            (home / "current.json").unlink(missing_ok=True)
            self._tidy(home, keep="")

    def tidy(self) -> None:
        """Delete what stopped processes and replaced patches have left."""
        for home in self.root.iterdir() if self.root.is_dir() else ():
            id = LibraryId.parsed(home.name)
            if id is not None and home.is_dir():
                with alone(home / "lock"):
                    there = self.library(id)
                    self._tidy(home, keep=there.tree_hash if there else "")

    @staticmethod
    def _tidy(home: Path, keep: str) -> None:
        # The lock's file stays: taking it away would give two processes a lock each.
        for entry in home.iterdir():
            if entry.name not in (keep, "current.json", "lock"):
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def _needs(facts: LibraryFacts) -> tuple[LibraryId, ...]:
    return (*facts.preloaded, *facts.editor)


def _write(part: Path, expected: Mapping[str, FileFacts], files: Iterable[tuple[str, FileFacts, BinaryIO]]) -> None:
    """Write all files below `part`; those that an earlier attempt has finished are taken as they are when they are
    right."""
    part.mkdir(exist_ok=True)
    try:
        for path, _facts, source in files:
            if path in expected and not _is_there(part / below(path), expected[path]):
                _copy(part / path, expected[path], source)
        lacking = [path for path, facts in expected.items() if not _is_there(part / below(path), facts)]
        if lacking:
            raise BytesDiffer(f"not as inspected: {', '.join(sorted(lacking)[:5])}")
    except BytesDiffer:
        shutil.rmtree(part)
        raise
    for entry in part.rglob("*"):
        if entry.is_file() and entry.relative_to(part).as_posix() not in expected:
            entry.unlink()


def _copy(target: Path, facts: FileFacts, source: BinaryIO) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    left = facts.size
    with target.open("wb") as into:
        while piece := source.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise BytesDiffer(f"{target.name}: longer than inspected")
            into.write(piece)
        into.flush()
        os.fsync(into.fileno())


def _is_there(target: Path, facts: FileFacts) -> bool:
    return target.is_file() and target.stat().st_size == facts.size and _sha256(target) == facts.sha256


def _name(home: Path, facts: LibraryFacts) -> None:
    write_whole(home / "current.json", json.dumps(_plain(facts), ensure_ascii=True, sort_keys=True).encode())


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _plain(facts: LibraryFacts) -> dict[str, Any]:
    return {
        "id": facts.id.folder,
        "patch": facts.patch,
        "title": facts.title,
        "runnable": facts.runnable,
        "preloaded_js": facts.preloaded_js,
        "preloaded_css": facts.preloaded_css,
        "preloaded": [id.folder for id in facts.preloaded],
        "dynamic": [id.folder for id in facts.dynamic],
        "editor": [id.folder for id in facts.editor],
        "core_api": facts.core_api,
        "metadata": facts.metadata,
        "files": {path: [file.size, file.sha256] for path, file in facts.files.items()},
        "tree_hash": facts.tree_hash,
    }


def _facts(plain: Mapping[str, Any]) -> LibraryFacts:
    core = plain["core_api"]
    return LibraryFacts(
        id=_id(plain["id"]),
        patch=plain["patch"],
        title=plain["title"],
        runnable=plain["runnable"],
        preloaded_js=tuple(plain["preloaded_js"]),
        preloaded_css=tuple(plain["preloaded_css"]),
        preloaded=tuple(map(_id, plain["preloaded"])),
        dynamic=tuple(map(_id, plain["dynamic"])),
        editor=tuple(map(_id, plain["editor"])),
        core_api=None if core is None else (core[0], core[1]),
        metadata=plain["metadata"],
        files={path: FileFacts(size, sha256) for path, (size, sha256) in plain["files"].items()},
        tree_hash=plain["tree_hash"],
    )


def _id(text: str) -> LibraryId:
    id = LibraryId.parsed(text)
    if id is None:
        raise ValueError(f"{text!r} names no library")
    return id
