"""Inspection of a package from a stream: every rule of H5P's validator and ours, under limits, without a file on disk.

In this order: the archive (archive.py), the kinds of files, h5p.json and content/, each library's folder (folders.py),
what depends on what. An archive that is not as it should be is not unpacked; after that, all that is wrong is said at
once.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from h5p_python_adapter.archive import PIECE, Archive
from h5p_python_adapter.directory import Entry
from h5p_python_adapter.documents import Documents
from h5p_python_adapter.drawings import check_drawing
from h5p_python_adapter.findings import Broken, Findings, Report, Seen
from h5p_python_adapter.folders import check_folder, dependencies
from h5p_python_adapter.limits import DEFAULT_LIMITS, Limits
from h5p_python_adapter.names import folded
from h5p_python_adapter.needs import Installed, check_needs, nothing_installed
from h5p_python_adapter.records import FileFacts, LibraryFacts, LibraryId, PackageFacts
from h5p_python_adapter.rules import (
    CONTENT_EXTENSIONS,
    H5P_OPTIONAL,
    H5P_REQUIRED,
    LIBRARY_EXTENSIONS,
    check,
    extension,
)

__all__ = ["Installed", "inspect", "nothing_installed", "seekable"]

_DRAWINGS = {"svg", "xml"}


def inspect(
    source: BinaryIO | Path, *, limits: Limits = DEFAULT_LIMITS, installed: Installed = nothing_installed
) -> Report:
    """Return what is in a package, and everything that is wrong with it.

    Never raises because of what the bytes are; OSError when they cannot be read. ``source`` is read from its beginning
    and left somewhere, open. One that cannot seek is copied to a temporary file first, of at most
    ``limits.packed_bytes``. ``installed`` says in which patch the host has a library, None when it has not.
    """
    findings = Findings(limits.findings)
    package, seen = None, Seen()
    with seekable(source, limits) as stream:
        try:
            archive = Archive(stream, limits, findings)
            if not findings.errors:
                inspection = _Inspection(archive, limits, findings, installed)
                package = inspection.package()
                seen = inspection.seen
        except Broken as broken:
            findings.take(broken)
    ok = package is not None and not findings.errors
    return Report(ok, package if ok else None, findings.all(), seen)


@contextmanager
def seekable(source: BinaryIO | Path, limits: Limits) -> Iterator[BinaryIO]:
    """Yield the source as a file in which one can go back."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield file
    elif isinstance(source, io.RawIOBase):
        # It may give less than was asked for.
        buffered = io.BufferedReader(source)
        try:
            with seekable(buffered, limits) as stream:
                yield stream
        finally:
            buffered.detach()
    elif source.seekable():
        yield source
    else:
        with tempfile.TemporaryFile() as copy:
            while copy.tell() <= limits.packed_bytes and (piece := source.read(PIECE)):
                copy.write(piece)
            yield copy


class _Folder:
    """The files of content/ or of a library, unpacked one after the other; see folders.Files."""

    def __init__(self, inspection: _Inspection, prefix: str) -> None:
        self._inspection, self._prefix = inspection, prefix
        self._waiting: dict[str, Entry] = {}
        self._again: list[tuple[str, Entry]] = []
        self._facts: dict[str, FileFacts] = {}

    def add(self, entry: Entry) -> None:
        path = entry.name.removeprefix(self._prefix)
        if self._waiting.setdefault(path, entry) is not entry:
            self._again.append((path, entry))

    def entries(self) -> list[Entry]:
        """Return the entries that are not unpacked yet."""
        return [*self._waiting.values(), *(entry for _, entry in self._again)]

    def paths(self) -> list[str]:
        return list(self._waiting)

    def document(self, path: str, most: int) -> bytes:
        entry = self._waiting.pop(path)
        if entry.size > most:
            raise Broken("json-too-large", entry.name, size=entry.size, most=most)
        kept: list[bytes] = []
        self._facts[path] = self._inspection.unpacked(entry, kept.append)
        return b"".join(kept)

    def facts(self) -> dict[str, FileFacts]:
        for path, entry in (*self._waiting.items(), *self._again):
            try:
                self._facts.setdefault(path, self._inspection.unpacked(entry))
            except Broken as broken:
                self._inspection.findings.take(broken)
        self._waiting, self._again = {}, []
        return self._facts


class _Inspection:
    """One package, its archive in order."""

    def __init__(self, archive: Archive, limits: Limits, findings: Findings, installed: Installed) -> None:
        self.archive, self.limits, self.findings, self._installed = archive, limits, findings, installed
        self._documents = Documents(limits, findings)
        self._seen: dict[str, tuple[Entry, str]] = {}
        self._unpacked = 0
        self.seen = Seen()

    def package(self) -> PackageFacts | None:
        top, content, folders = self._sorted()
        if len(folders) > self.limits.libraries:
            self.findings.add("too-many-libraries", count=len(folders), most=self.limits.libraries)
            return None
        h5p = self._h5p_json(top)
        params = self._content_json(content)
        self._check_drawings(content)
        content_files = content.facts()
        libraries, half = self._libraries(folders)
        brought = tuple(sorted((library.id, library.patch) for library in libraries.values()))
        self.seen = Seen(libraries=brought)
        if h5p is None:
            return None
        good = check(h5p, H5P_REQUIRED, H5P_OPTIONAL, "h5p.json", self.findings, self.limits.core_api)
        title = str(h5p["title"]) if "title" in good else None
        self.seen = Seen(title, None, brought)
        if not {"mainLibrary", "preloadedDependencies"} <= good:
            return None
        needed = dependencies(h5p, "preloadedDependencies")
        dynamic = dependencies(h5p, "dynamicDependencies") if "dynamicDependencies" in good else ()
        main = next((id for id in needed if id.machine_name == h5p["mainLibrary"]), None)
        self.seen = Seen(title, main, brought)
        if main is None:
            self.findings.add("main-library-undeclared", "h5p.json", library=str(h5p["mainLibrary"]))
            return None
        check_needs(main, (*needed, *dynamic), params, libraries, half, self._installed, self.findings)
        if self.findings.errors:
            return None
        return PackageFacts(
            title=str(h5p["title"]),
            language=str(h5p["language"]),
            main=main,
            h5p=h5p,
            params=params,
            libraries=tuple(sorted(libraries.values(), key=lambda library: library.id)),
            content=content_files,
            needed=needed,
            packed_bytes=self.archive.size,
            unpacked_bytes=self._unpacked,
        )

    def _sorted(self) -> tuple[_Folder, _Folder, dict[str, _Folder]]:
        """Return files at the top, of content/, and of each other folder; a finding for each of a kind that is not
        allowed."""
        top, content = _Folder(self, ""), _Folder(self, "content/")
        folders: dict[str, _Folder] = {}
        for entry in self.archive.files:
            first, slash, _ = entry.name.partition("/")
            if not slash:
                # H5P looks at nothing else that lies at the top.
                if first == "h5p.json":
                    top.add(entry)
                continue
            folder = content if first == "content" else folders.setdefault(first, _Folder(self, f"{first}/"))
            allowed = CONTENT_EXTENSIONS if folder is content else LIBRARY_EXTENSIONS
            if extension(entry.name) in allowed:
                folder.add(entry)
            else:
                part = "content" if folder is content else "library"
                self.findings.add("not-in-whitelist", entry.name, part=part, allowed=" ".join(sorted(allowed)))
        return top, content, folders

    def _h5p_json(self, top: _Folder) -> dict[str, Any] | None:
        if not top.paths():
            self.findings.add("invalid-h5p-json-file", "h5p.json")
            return None
        try:
            data = self._documents.parsed(top.document("h5p.json", self.limits.facts_bytes), "h5p.json", decides=True)
        except Broken as broken:
            self.findings.take(broken)
            return None
        # A second one that is the same.
        top.facts()
        if not isinstance(data, dict):
            self.findings.add("unable-to-parse-package", "h5p.json", detail="it is no object")
            return None
        return data

    def _content_json(self, content: _Folder) -> Any:
        name = "content/content.json"
        if "content.json" not in content.paths():
            self.findings.add("invalid-content-folder", name)
            return None
        try:
            params = self._documents.parsed(content.document("content.json", self.limits.json_bytes), name)
        except Broken as broken:
            self.findings.take(broken)
            return None
        if not isinstance(params, dict | list):
            self.findings.add("invalid-content", name)
            return None
        return params

    def _check_drawings(self, content: _Folder) -> None:
        for entry in content.entries():
            if extension(entry.name) not in _DRAWINGS:
                continue
            try:
                if entry.size > self.limits.drawing_bytes:
                    raise Broken("unreadable-drawing", entry.name, detail="it is too large")
                check_drawing(self.archive.pieces(entry), entry.size, entry.name)
            except Broken as broken:
                self.findings.take(broken)

    def _libraries(self, folders: dict[str, _Folder]) -> tuple[dict[LibraryId, LibraryFacts], set[LibraryId]]:
        """Return the libraries, and the ids of those with something wrong: they are not missing as well."""
        found: dict[LibraryId, LibraryFacts] = {}
        half: set[LibraryId] = set()
        homes: dict[LibraryId, str] = {}
        for folder, files in sorted(folders.items()):
            result = check_folder(folder, files, self.limits, self._documents, self.findings)
            if not isinstance(result, LibraryFacts):
                id = result or LibraryId.parsed(folder)
                half |= {id} if id is not None else set()
            elif result.id not in found:
                found[result.id], homes[result.id] = result, folder
            elif found[result.id].tree_hash != result.tree_hash:
                self.findings.add("library-twice", folder, library=str(result.id), other=homes[result.id])
        return found, half

    def unpacked(self, entry: Entry, keep: Callable[[bytes], object] | None = None) -> FileFacts:
        """Return facts of a file from its bytes, which ``keep`` gets. Raises Broken when it is not as the archive
        says."""
        sha256 = hashlib.sha256()
        for piece in self.archive.pieces(entry):
            sha256.update(piece)
            if keep is not None:
                keep(piece)
        facts = FileFacts(entry.size, sha256.hexdigest())
        first, digest = self._seen.setdefault(folded(entry.name), (entry, facts.sha256))
        if digest != facts.sha256:
            # Same size and checksum, which is cheap to make.
            raise Broken(
                "duplicate-entry" if first.name == entry.name else "case-duplicate", entry.name, other=first.name
            )
        if entry is not first:
            self.findings.add("identical-duplicate", entry.name)
        self._unpacked += entry.size
        return facts
