"""Libraries in memory, for tests of what is done with them. Needs no Django."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from h5p_python_adapter.records import FileFacts, LibraryFacts, LibraryId

__all__ = ["Having", "ident", "made"]


def ident(name: str) -> LibraryId:
    """'X 1.2', or 'X' for 'X 1.0'."""
    found = LibraryId.parsed(name if " " in name else f"{name} 1.0")
    assert found is not None
    return found


def made(
    name: str,
    *,
    patch: int = 0,
    needs: Iterable[str] = (),
    dynamic: Iterable[str] = (),
    editor: Iterable[str] = (),
    js: Mapping[str, bytes] | None = None,
    css: Mapping[str, bytes] | None = None,
    other: Mapping[str, bytes] | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> tuple[LibraryFacts, dict[str, bytes]]:
    """A library's facts and its files."""
    id = ident(name)
    about = {"machineName": id.machine_name, "majorVersion": id.major, "minorVersion": id.minor, "patchVersion": patch}
    about |= {"title": id.machine_name, **(metadata or {})}
    files = {"library.json": json.dumps(about).encode(), **(js or {}), **(css or {}), **(other or {})}
    facts = {path: FileFacts(len(data), hashlib.sha256(data).hexdigest()) for path, data in files.items()}
    tree = hashlib.sha256("".join(f"{path}\0{facts[path].sha256}\n" for path in sorted(facts)).encode())
    return (
        LibraryFacts(
            id=id,
            patch=patch,
            title=id.machine_name,
            runnable=True,
            preloaded_js=tuple(js or ()),
            preloaded_css=tuple(css or ()),
            preloaded=tuple(map(ident, needs)),
            dynamic=tuple(map(ident, dynamic)),
            editor=tuple(map(ident, editor)),
            core_api=(1, 24),
            metadata=about,
            files=facts,
            tree_hash=tree.hexdigest(),
        ),
        files,
    )


class Having:
    """A LibrarySource, and a package as `FolderLibraries.add` sees one."""

    def __init__(self, *libraries: tuple[LibraryFacts, dict[str, bytes]]) -> None:
        self._facts = {facts.id: facts for facts, _files in libraries}
        self._files = {facts.id: files for facts, files in libraries}
        self.read: list[str] = []
        """Paths that were read, in order."""

    def library(self, id: LibraryId) -> LibraryFacts:
        return self._facts.get(id)  # type: ignore[return-value]

    def open(self, id: LibraryId, path: str) -> BinaryIO:
        try:
            data = self._files[id][path]
        except KeyError as missing:
            raise FileNotFoundError(f"{id} {path}") from missing
        self.read.append(path)
        return io.BytesIO(data)

    def library_files(self, id: LibraryId) -> Iterator[tuple[str, FileFacts, BinaryIO]]:
        for path, facts in self._facts[id].files.items():
            yield path, facts, self.open(id, path)
