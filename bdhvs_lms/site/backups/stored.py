"""Uploads: every file of every storage but that of static files, which `collectstatic` makes again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import File
from django.core.files.storage import Storage, storages

from bdhvs_lms.site.backups.archive import Archive, StoredFile, digest_of
from bdhvs_lms.site.backups.tables import Unkept

__all__ = ["aliases", "conflicts", "every_file", "put_back", "unknown_storages"]


def aliases() -> list[str]:
    return sorted(alias for alias in settings.STORAGES if alias != "staticfiles")


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


def _same(storage: Storage, file: StoredFile) -> bool | None:
    """Whether the storage has just this; None: it has nothing of the name."""
    try:
        if not storage.exists(file.name):
            return None
        if storage.size(file.name) != file.size:
            return False
        with storage.open(file.name, "rb") as opened:
            return digest_of(opened) == (file.sha256, file.size)
    except SuspiciousFileOperation as error:
        raise Unkept(f"The file names an upload that lies nowhere: {error}") from None


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
        name = storage.save(file.name, _Stream(member, name=file.name))
    if name != file.name:
        storage.delete(name)
        raise Unkept(f"{file.name} of the storage {file.storage} was written by somebody else meanwhile.")
