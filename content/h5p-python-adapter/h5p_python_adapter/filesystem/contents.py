"""Contents, joined files and states below one folder of a POSIX file system; with libraries a whole `Store`."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from h5p_python_adapter.filesystem.libraries import FolderLibraries
from h5p_python_adapter.filesystem.writing import alone, below, settle, write_whole
from h5p_python_adapter.inspecting import inspect, seekable
from h5p_python_adapter.limits import DEFAULT_LIMITS, Limits
from h5p_python_adapter.load_order import MissingLibrary, needed
from h5p_python_adapter.package import Package, PackageRefused, opened
from h5p_python_adapter.player.joining import Joiner
from h5p_python_adapter.records import LibraryId
from h5p_python_adapter.store import Content, State

__all__ = ["FolderContents", "FolderFiles", "FolderStates", "FolderStore"]

_PIECE = 256 * 1024
# What is younger may belong to somebody who is adding or opening a page at this moment.
_GRACE = timedelta(days=1)
# A file system takes no longer name than 255.
_LONGEST_ID = 200


class FolderContents:
    """`Contents`: `<content id>/about.json` and its files below `<content id>/files/`. An id has letters and digits.

    A content is written in full under a name that nobody reads, then renamed; one process at a time writes.
    """

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)

    def content(self, content_id: str, /) -> Content | None:
        home = self._home(content_id)
        if home is None:
            return None
        try:
            about = json.loads((home / "about.json").read_bytes())
        except FileNotFoundError:
            return None
        main, *named = (LibraryId(*one) for one in about["libraries"])
        return Content(about["title"], about["language"], main, about["params"], about["h5p"], tuple(named))

    def open(self, content_id: str, path: str, /) -> BinaryIO:
        home = self._home(content_id)
        try:
            if home is None or "\0" in path:
                raise FileNotFoundError(path)
            return (home / "files" / below(path)).open("rb")
        except (ValueError, OSError) as error:
            raise FileNotFoundError(f"{content_id} has no file {path!r}") from error

    def ids(self) -> Iterator[str]:
        if self.root.is_dir():
            names = sorted(entry.name for entry in self.root.iterdir())
            yield from (name for name in names if (home := self._home(name)) and (home / "about.json").is_file())

    def add(self, package: Package, content_id: str) -> None:
        """Write its files and what h5p.json says; not its libraries. Nothing is written when it is there whole."""
        home = self._home(content_id)
        if home is None:
            raise ValueError(f"{content_id!r} is no id of a content: letters and digits, {_LONGEST_ID} at most")
        self.root.mkdir(parents=True, exist_ok=True)
        with alone(self.root / ".lock"):
            if _is_whole(home, package):
                return
            part, gone = (self.root / f"{content_id}{end}" for end in (".part", ".gone.part"))
            for left in (part, gone):
                if left.is_dir():
                    shutil.rmtree(left)
            self._write(part, package)
            if home.is_dir():
                os.rename(home, gone)
            os.rename(part, home)
            settle(self.root)
            if gone.is_dir():
                shutil.rmtree(gone)

    @staticmethod
    def _write(home: Path, package: Package) -> None:
        (home / "files").mkdir(parents=True)
        for path, _facts, source in package.content_files():
            target = home / "files" / below(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as into:
                shutil.copyfileobj(source, into, _PIECE)
                into.flush()
                os.fsync(into.fileno())
        for folder, _folders, _files in os.walk(home):
            settle(Path(folder))
        found = Content.of(package.facts)
        about = {
            "title": found.title,
            "language": found.language,
            "libraries": [[id.machine_name, id.major, id.minor] for id in (found.main, *found.named)],
            "params": found.params,
            "h5p": found.h5p,
        }
        write_whole(home / "about.json", json.dumps(about).encode())

    def remove(self, content_id: str) -> None:
        home = self._home(content_id)
        if home is not None and home.is_dir():
            with alone(self.root / ".lock"):
                (home / "about.json").unlink(missing_ok=True)
                shutil.rmtree(home, ignore_errors=True)

    def tidy(self) -> None:
        """Delete what stopped processes have left a day ago or longer."""
        if not self.root.is_dir():
            return
        with alone(self.root / ".lock"):
            for entry in self.root.iterdir():
                whole = self._home(entry.name) is not None and (entry / "about.json").is_file()
                if entry.is_dir() and not whole and _changed(entry) < datetime.now(UTC) - _GRACE:
                    shutil.rmtree(entry)
            settle(self.root)

    def _home(self, content_id: str) -> Path | None:
        fits = content_id.isalnum() and content_id.isascii() and len(content_id) <= _LONGEST_ID
        return self.root / content_id if fits else None


def _is_whole(home: Path, package: Package) -> bool:
    files = {home / "files" / below(path): facts.size for path, facts in package.facts.content.items()}
    return (home / "about.json").is_file() and all(
        file.is_file() and file.stat().st_size == size for file, size in files.items()
    )


def _changed(folder: Path) -> datetime:
    """Return when anything in it was written last."""
    times = [file.stat().st_mtime for file in (folder, *folder.rglob("*"))]
    return datetime.fromtimestamp(max(times), UTC)


class FolderFiles:
    """`KeptFiles`: each under its own name."""

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)

    def read(self, name: str, /) -> bytes | None:
        try:
            return (self.root / below(name)).read_bytes()
        except FileNotFoundError:
            return None

    def has(self, name: str, /) -> bool:
        return (self.root / below(name)).is_file()

    def write(self, name: str, data: bytes, /) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        write_whole(self.root / below(name), data)

    def remove(self, name: str, /) -> None:
        (self.root / below(name)).unlink(missing_ok=True)

    def names(self) -> Iterator[tuple[str, datetime]]:
        for entry in os.scandir(self.root) if self.root.is_dir() else ():
            # What another has renamed or removed meanwhile is not there.
            with suppress(FileNotFoundError):
                yield entry.name, datetime.fromtimestamp(entry.stat().st_mtime, UTC)


class FolderStates:
    """`States`: a file for each user and content, under names that say nothing of either."""

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)
        self._files = FolderFiles(root)

    def states(self, content_id: str, user: str, /) -> Sequence[State]:
        data = self._files.read(_state_name(content_id, user))
        return () if data is None else [State(*one) for one in json.loads(data)]

    def keep(self, content_id: str, user: str, states: Iterable[State], /) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        with alone(self.root / "lock"):
            kept = {(one.sub_content_id, one.data_type): one.data for one in self.states(content_id, user)}
            for one in states:
                kept.pop((one.sub_content_id, one.data_type), None)
                if one.data is not None:
                    kept[one.sub_content_id, one.data_type] = one.data
            rows = [[*names, data] for names, data in kept.items()]
            self._files.write(_state_name(content_id, user), json.dumps(rows).encode())

    def forget(self, content_id: str, user: str) -> None:
        """Remove all that is kept of this user in this content."""
        self._files.remove(_state_name(content_id, user))

    def tidy(self) -> None:
        """Delete what stopped processes have left a day ago or longer."""
        for name, since in list(self._files.names()):
            if name.endswith(".part") and since < datetime.now(UTC) - _GRACE:
                self._files.remove(name)


def _state_name(content_id: str, user: str) -> str:
    return hashlib.sha256(f"{content_id}\0{user}".encode()).hexdigest() + ".json"


class FolderStore:
    """A `Store` below one folder: libraries, contents, joined files, states."""

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)
        self.libraries = FolderLibraries(self.root / "libraries")
        self.contents = FolderContents(self.root / "contents")
        self.joined = FolderFiles(self.root / "joined")
        self.states = FolderStates(self.root / "states")

    def add(self, package: Path | BinaryIO, *, limits: Limits = DEFAULT_LIMITS) -> str:
        """Inspect and add a package: its libraries that are new or newer patches, then the content. Return its id,
        which follows from the bytes: the same file again is the same content. Raises PackageRefused with the report."""

        def patch_of(id: LibraryId) -> int | None:
            there = self.libraries.library(id)
            return None if there is None else there.patch

        with seekable(package, limits) as stream:
            report = inspect(stream, limits=limits, installed=patch_of)
            if not report.ok:
                raise PackageRefused(report)
            stream.seek(0)
            # BinaryIO says less than what `seekable` gives.
            content_id = hashlib.file_digest(stream, "sha256").hexdigest()[:40]  # type: ignore[arg-type]
            with opened(stream, limits, report=report) as source:
                for library in source.facts.libraries:
                    self.libraries.add(source, library.id)
                self.contents.add(source, content_id)
        return content_id

    def tidy(self, *, base: str = "/h5p") -> None:
        """Delete what stopped processes and replaced patches have left, and what is joined for no content that is here;
        what is younger than a day stays. One process does so, now and then; others may play and add meanwhile.

        base: that of the `Player`.
        """
        self.libraries.tidy()
        self.contents.tidy()
        self.states.tidy()
        joiner = Joiner(self.joined, lambda: f"{base.rstrip('/')}/libraries")
        for name in joiner.unused(self._played(joiner), before=datetime.now(UTC) - _GRACE):
            self.joined.remove(name)

    def _played(self, joiner: Joiner) -> Iterator[str]:
        for content_id in self.contents.ids():
            content = self.contents.content(content_id)
            if content is not None:
                # Without its libraries it does not play.
                with suppress(MissingLibrary):
                    yield joiner.key(needed(content.main, content.params, self.libraries, named=content.named))
