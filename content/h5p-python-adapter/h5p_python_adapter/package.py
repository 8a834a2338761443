"""Reading of the files of an accepted package."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from h5p_python_adapter.archive import Archive
from h5p_python_adapter.directory import Entry
from h5p_python_adapter.findings import Broken, Findings, Report
from h5p_python_adapter.inspecting import Installed, inspect, nothing_installed, seekable
from h5p_python_adapter.limits import DEFAULT_LIMITS, Limits
from h5p_python_adapter.records import FileFacts, LibraryFacts, LibraryId, PackageFacts

__all__ = ["Package", "PackageChanged", "PackageRefused", "opened"]


class PackageRefused(ValueError):
    """The package may not be read; ``report`` says why."""

    def __init__(self, report: Report) -> None:
        super().__init__("; ".join(finding.message for finding in report.findings if finding.severity == "error"))
        self.report = report


class PackageChanged(OSError):
    """The bytes are not those that were inspected. What was read of the file is not to be used."""


class Package:
    """An accepted package, open for reading. Several of its files may be read in turn, by one thread."""

    def __init__(self, archive: Archive, facts: PackageFacts) -> None:
        self._archive = archive
        self.facts = facts
        self._libraries = {library.id: library for library in facts.libraries}
        self._entries: dict[str, Entry] = {}
        for entry in archive.files:
            self._entries.setdefault(entry.name, entry)

    def open(self, name: str) -> BinaryIO:
        """Open the file at this path in the archive, unpacked while it is read. KeyError when there is none."""
        return cast(BinaryIO, io.BufferedReader(_Unpacking(self._archive, self._entries[name], None)))

    def library(self, id: LibraryId) -> LibraryFacts:
        """Return the library's facts. KeyError when the package does not bring it."""
        return self._libraries[id]

    def content_files(self) -> Iterator[tuple[str, FileFacts, BinaryIO]]:
        """Return files of content/: path below it, facts, and the file, which is closed when the next is asked for."""
        return self._files("content", self.facts.content)

    def library_files(self, id: LibraryId) -> Iterator[tuple[str, FileFacts, BinaryIO]]:
        """Return files of a library that the package brings, as `content_files`. KeyError when it does not bring it."""
        library = self.library(id)
        for folder in (id.folder, f"{id.folder}.{library.patch}", id.machine_name):
            # "A-1.0" may also be the bare name of another library.
            if f"{folder}/library.json" in self._entries:
                with self.open(f"{folder}/library.json") as file:
                    if hashlib.sha256(file.read()).hexdigest() == library.files["library.json"].sha256:
                        return self._files(folder, library.files)
        raise PackageChanged(f"{id} is not where it was")

    def _files(self, folder: str, files: Mapping[str, FileFacts]) -> Iterator[tuple[str, FileFacts, BinaryIO]]:
        for path, facts in files.items():
            entry = self._entries.get(f"{folder}/{path}")
            if entry is None:
                raise PackageChanged(f"{folder}/{path} is no more")
            with io.BufferedReader(_Unpacking(self._archive, entry, facts)) as file:
                yield path, facts, cast(BinaryIO, file)


class _Unpacking(io.RawIOBase):
    """One file of an archive. At its end it is compared with what was inspected."""

    def __init__(self, archive: Archive, entry: Entry, facts: FileFacts | None) -> None:
        super().__init__()
        self._pieces = archive.pieces(entry)
        self._name = entry.name
        self._expected = facts
        self._sha256 = hashlib.sha256()
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        if not self._left:
            self._left = self._next()
        count = min(len(view), len(self._left))
        view[:count], self._left = self._left[:count], self._left[count:]
        return count

    def _next(self) -> bytes:
        try:
            piece = next(self._pieces, b"")
        except Broken:
            raise PackageChanged(f"{self._name} cannot be unpacked") from None
        self._sha256.update(piece)
        if not piece and self._expected is not None and self._sha256.hexdigest() != self._expected.sha256:
            raise PackageChanged(f"{self._name} is another file")
        return piece


@contextmanager
def opened(
    source: BinaryIO | Path,
    limits: Limits = DEFAULT_LIMITS,
    *,
    report: Report | None = None,
    installed: Installed = nothing_installed,
) -> Iterator[Package]:
    """Open the package in ``source``, to read its files.

    ``report``: of an inspection of the same bytes, which saves another; files are compared with it while they are read
    (PackageChanged). Without it the package is inspected first. Raises PackageRefused.
    """
    with seekable(source, limits) as stream:
        if report is None:
            report = inspect(stream, limits=limits, installed=installed)
        if not report.ok or report.package is None:
            raise PackageRefused(report)
        try:
            archive = Archive(stream, limits, Findings(limits.findings))
        except Broken as broken:
            raise PackageChanged(f"the archive is another one: {broken.code}") from None
        yield Package(archive, report.package)
