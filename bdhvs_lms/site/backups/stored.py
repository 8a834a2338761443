"""Uploads: every file of every storage but that of static files, which `collectstatic` makes again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages

from bdhvs_lms.site.backups.archive import Archive, StoredFile, digest_of
from bdhvs_lms.site.backups.tables import Unkept

__all__ = ["aliases", "conflicts", "every_file", "folder_of_uploads", "lacking_room", "put_back", "unknown_storages"]


def aliases() -> list[str]:
    return sorted(alias for alias in settings.STORAGES if alias != "staticfiles")


def _folder(alias: str) -> Path | None:
    """Where the files of a storage lie; None: not in a folder of this machine."""
    storage = storages[alias]
    return Path(storage.location).resolve() if isinstance(storage, FileSystemStorage) else None


def folder_of_uploads(target: Path) -> Path | None:
    """The folder of a storage below which `target` would lie."""
    folders = (_folder(alias) for alias in aliases())
    return next((one for one in folders if one is not None and target.resolve().is_relative_to(one)), None)


def lacking_room(files: list[StoredFile]) -> int:
    """How many bytes more the disks would have to have than they have; what lies there already is not counted."""
    wanted: dict[int, tuple[int, int]] = {}
    for alias, those in groupby(sorted(files, key=attrgetter("storage")), attrgetter("storage")):
        if (folder := _folder(alias)) is None:
            continue
        there = next(one for one in (folder, *folder.parents) if one.exists())
        bytes_ = sum(file.size for file in those if not _exists(storages[alias], file))
        before, _ = wanted.get(there.stat().st_dev, (0, 0))
        wanted[there.stat().st_dev] = (before + bytes_, shutil.disk_usage(there).free)
    return sum(max(0, needed - free) for needed, free in wanted.values())


def every_file() -> Iterator[tuple[str, str]]:
    """(alias, name) of each file."""
    for alias in aliases():
        for name in _below(storages[alias], ""):
            yield alias, name


def _below(storage: Storage, folder: str) -> Iterator[str]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    ahead = f"{folder}/" if folder else ""
    yield from (f"{ahead}{name}" for name in sorted(files) if name)
    for name in sorted(folders):
        if name:
            yield from _below(storage, f"{ahead}{name}")


def unknown_storages(files: list[StoredFile]) -> set[str]:
    return {file.storage for file in files} - set(aliases())


def _exists(storage: Storage, file: StoredFile) -> bool:
    try:
        if not file.name or "\0" in file.name:
            raise SuspiciousFileOperation("no name of a file")
        return storage.exists(file.name)
    except SuspiciousFileOperation as error:
        raise Unkept(f"The file names an upload that lies nowhere, {file.name!r}: {error}") from None


def _same(storage: Storage, file: StoredFile) -> bool | None:
    """Whether the storage has just this; None: it has nothing of the name."""
    if not _exists(storage, file):
        return None
    if storage.size(file.name) != file.size:
        return False
    with storage.open(file.name, "rb") as opened:
        return digest_of(opened) == (file.sha256, file.size)


def conflicts(files: list[StoredFile]) -> Iterator[StoredFile]:
    """Those in whose place something else lies."""
    return (file for file in files if _same(storages[file.storage], file) is False)


class _Stream(File[Any]):
    """Read once, in pieces: a member of a zip knows no length."""

    def chunks(self, chunk_size: int | None = None) -> Iterator[Any]:
        while piece := self.read(chunk_size or self.DEFAULT_CHUNK_SIZE):
            yield piece


def put_back(archive: Archive, file: StoredFile) -> None:
    """The upload under its name; what lies there already stays if it is the same, and is half of it otherwise."""
    storage = storages[file.storage]
    found = _same(storage, file)
    if found:
        return
    if found is False:
        storage.delete(file.name)
    with archive.stored(file) as member:
        name = storage.save(file.name, _Stream(cast("IO[bytes]", member), name=file.name))
    if name != file.name:
        storage.delete(name)
        raise Unkept(f"{file.name} of the storage {file.storage} was written by somebody else meanwhile.")
