"""Storage of the files: Django's storage `bdhvs_h5p` (STORAGES), a private folder unless a site says otherwise.

    libraries/<Name>-<major>.<minor>/<tree hash>/<path>   of an installed library
    contents/<version uuid>/<path>                        of a version's own files
    bundles/<sha256>.js, .css                             joined scripts and styles
    waiting/<uuid>.h5p                                    packages that wait for approval

Files come first and rows last: what no row names may be taken away (`cleaning`), and is where something broke.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from django.core.files.base import File
from django.core.files.storage import Storage, storages

from h5p_python_adapter import LibraryId

__all__ = ["files_below", "keep", "library_path", "storage", "take_away", "take_away_below"]

ALIAS = "bdhvs_h5p"


def storage() -> Storage:
    return storages[ALIAS]


def library_path(id: LibraryId, tree_hash: str, path: str = "") -> str:
    return f"libraries/{id.folder}/{tree_hash}/{path}"


class _Stream(File):
    """A file that is read once, from its beginning, in pieces: the member of a package."""

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        while piece := self.read(chunk_size or self.DEFAULT_CHUNK_SIZE):
            yield piece


def keep(path: str, source: BinaryIO, *, size: int | None = None) -> None:
    """Write the file under exactly this name. An existing file is replaced, unless it has this size (of files whose
    address follows from their bytes)."""
    kept = storage()
    if kept.exists(path):
        if size is not None and kept.size(path) == size:
            return
        kept.delete(path)
    name = kept.save(path, _Stream(source, name=path))
    if name != path:
        # Somebody else wrote it in between.
        kept.delete(name)


def take_away(path: str) -> None:
    storage().delete(path)


def files_below(folder: str) -> Iterator[str]:
    """Yield paths of all files below a folder; nothing when it is not there."""
    kept = storage()
    ahead = [folder.rstrip("/")]
    while ahead:
        here = ahead.pop()
        try:
            folders, files = kept.listdir(here)
        except FileNotFoundError:
            continue
        for name in files:
            yield f"{here}/{name}"
        ahead.extend(f"{here}/{name}" for name in folders)


def take_away_below(folder: str) -> int:
    """Delete every file below the folder, and the folders, where the storage has such; return how many files."""
    kept = storage()
    paths = list(files_below(folder))
    for path in paths:
        kept.delete(path)
    _empty_folders(folder.rstrip("/"))
    return len(paths)


def _empty_folders(folder: str) -> None:
    """Delete empty folders. FileSystemStorage.delete() does that too; other storages have none to see."""
    kept = storage()
    try:
        folders, _files = kept.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in folders:
        _empty_folders(f"{folder}/{name}")
    kept.delete(folder)
