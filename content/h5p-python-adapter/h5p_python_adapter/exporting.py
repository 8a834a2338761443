"""Export of a package as a file that any H5P host takes."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, BinaryIO

from h5p_python_adapter.records import FileFacts, LibraryFacts, LibraryId, PackageFacts
from h5p_python_adapter.store import LibrarySource

__all__ = ["companions", "export"]

_PIECE = 256 * 1024
# The first day that a zip can name: the same package is the same bytes, whenever it is written.
_DAY = (1980, 1, 1, 0, 0, 0)
# Packed already: deflating them again costs time and saves nothing.
_PACKED = frozenset(
    "avif gif gz heic jpeg jpg m4a m4v mp3 mp4 oga ogg ogv opus png webm webp woff woff2 zip".split()  # noqa: SIM905
)


def export(
    into: BinaryIO,
    facts: PackageFacts,
    libraries: Sequence[LibraryFacts],
    source: LibrarySource,
    content: Callable[[str], BinaryIO],
) -> None:
    """Write a .h5p in pieces: h5p.json, content/, and each library's folder.

    - `facts`: `h5p` and `content` (its files by their paths) are written. Files keep their bytes; content.json, when it
      is not among them, is written from `params`.
    - `libraries`: what h5p.json names as preloaded, in preload order (of `closure`); what their editors need is added
      when `source` has it.
    - `content`: opens a file of the content by its path.
    """
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        _put(archive, "h5p.json", _h5p_json(facts, libraries))
        if "content.json" not in facts.content:
            _put(archive, "content/content.json", _json(facts.params))
        _copy(archive, "content", facts.content, content)
        for library in sorted([*libraries, *companions(libraries, source)], key=lambda library: library.id):
            _copy(archive, library.id.folder, library.files, partial(source.open, library.id))


def companions(libraries: Iterable[LibraryFacts], source: LibrarySource) -> tuple[LibraryFacts, ...]:
    """Return libraries that are not loaded when the content plays, but named by those that are: editors' and dynamic
    dependencies, and theirs. H5P's validator asks for them. Only what `source` has; sorted."""
    seen = {library.id for library in libraries}
    found: dict[LibraryId, LibraryFacts] = {}
    ahead = list(libraries)
    while ahead:
        library = ahead.pop()
        for id in (*library.preloaded, *library.dynamic, *library.editor):
            if id in seen:
                continue
            seen.add(id)
            there = source.library(id)
            if there is not None:
                found[id] = there
                ahead.append(there)
    return tuple(found[id] for id in sorted(found))


def _h5p_json(facts: PackageFacts, libraries: Sequence[LibraryFacts]) -> bytes:
    h5p: dict[str, Any] = {
        **facts.h5p,
        "title": facts.title,
        "mainLibrary": facts.main.machine_name,
        "preloadedDependencies": [
            {"machineName": library.id.machine_name, "majorVersion": library.id.major, "minorVersion": library.id.minor}
            for library in libraries
        ],
    }
    for kind in ("dynamicDependencies", "editorDependencies"):
        h5p.pop(kind, None)
    return _json(h5p)


def _json(value: Any) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        # Half a surrogate pair has no UTF-8, but an escape.
        return json.dumps(value).encode()


def _copy(
    archive: zipfile.ZipFile, folder: str, files: Mapping[str, FileFacts], open_file: Callable[[str], BinaryIO]
) -> None:
    for path, facts in sorted(files.items()):
        about = _about(f"{folder}/{path}")
        about.file_size = facts.size  # tells whether sizes need the longer form
        with open_file(path) as source, archive.open(about, "w") as target:
            while piece := source.read(_PIECE):
                target.write(piece)


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    archive.writestr(_about(name), data)


def _about(name: str) -> zipfile.ZipInfo:
    about = zipfile.ZipInfo(name, _DAY)
    about.create_system = 3
    about.external_attr = 0o644 << 16
    packed = name.rpartition(".")[2].lower() in _PACKED
    about.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    return about
