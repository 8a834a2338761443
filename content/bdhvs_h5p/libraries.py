"""The library store on the database and Django's storage: `adapter.store` decides what is taken, this keeps it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import BinaryIO

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from bdhvs_h5p.models import H5PVersion, Library
from bdhvs_h5p.models.library import facts_to_json
from bdhvs_h5p.storage import keep, library_path, storage, take_away_below
from h5p_python_adapter import (
    FileFacts,
    LibraryFacts,
    LibraryId,
    LibrarySource,
    Weighed,
    needed,
    weigh,
)

__all__ = [
    "InstalledLibraries",
    "authoring_only",
    "install",
    "installed_patch",
    "loaded_bytes",
    "needed_by",
]

# Path below the folder, facts, and the file, to be read before the next is asked for.
Files = Iterable[tuple[str, FileFacts, BinaryIO]]


def authoring_only(id: LibraryId) -> bool:
    """Tell whether it is a widget of H5P's editor: learners never load them, and nobody edits here."""
    return id.machine_name.startswith("H5PEditor.")


def installed_patch(id: LibraryId) -> int | None:
    """Return the installed patch for `inspect`, None when there is none."""
    row = Library.objects.filter(machine_name=id.machine_name, major=id.major, minor=id.minor)
    return row.values_list("patch", flat=True).first()


class InstalledLibraries:
    """A `LibrarySource` of installed libraries. Rows are read once; one query more for each name not foreseen."""

    def __init__(self, foreseen: Iterable[str] = ()) -> None:
        """Set what is foreseen: machine names that will be asked for, read in one query with the first of them."""
        self._foreseen = set(foreseen)
        self._known: dict[LibraryId, LibraryFacts | None] = {}
        self._asked: set[str] = set()

    def library(self, id: LibraryId, /) -> LibraryFacts | None:
        if id.machine_name not in self._asked:
            names = {id.machine_name} | (self._foreseen - self._asked)
            self._asked |= names
            for row in Library.objects.filter(machine_name__in=names):
                self._known[row.library_id] = row.facts
        return self._known.get(id)

    def open(self, id: LibraryId, path: str, /) -> BinaryIO:
        facts = self.library(id)
        if facts is None or path not in facts.files:
            raise FileNotFoundError(f"{id} has no file {path!r}")
        file = storage().open(library_path(id, facts.tree_hash, path))
        return file  # type: ignore[return-value]


def install(brought: LibraryFacts, files: Callable[[], Files], *, at: datetime) -> Weighed:
    """Take a library when it is new or a newer patch. Files first, then the row in a transaction of its own.

    files: when called, its files one after the other. What fails leaves no row, and no files that no row names.
    """
    rows = Library.objects.filter(machine_name=brought.id.machine_name, major=brought.id.major, minor=brought.id.minor)
    there = rows.first()
    weighed = weigh(brought, there.facts if there else None)
    if not weighed.installs:
        return weighed
    try:
        for path, facts, source in files():
            keep(library_path(brought.id, brought.tree_hash, path), source, size=facts.size)
        try:
            weighed = _name(brought, rows, at=at)
        except IntegrityError:
            # Somebody else has made the row in this moment; now it is there to be weighed.
            weighed = _name(brought, rows, at=at)
    except BaseException:
        if not rows.filter(tree_hash=brought.tree_hash).exists():
            take_away_below(library_path(brought.id, brought.tree_hash))
        raise
    return weighed


def _name(brought: LibraryFacts, rows: QuerySet[Library], *, at: datetime) -> Weighed:
    """Save the row, after its files. If somebody was faster with a newer patch, that one stays."""
    with transaction.atomic():
        there = rows.select_for_update().first()
        weighed = weigh(brought, there.facts if there else None)
        if weighed.installs:
            _row(brought, there, at=at).save()
    return weighed


def _row(brought: LibraryFacts, there: Library | None, *, at: datetime) -> Library:
    row = there or Library(machine_name=brought.id.machine_name, major=brought.id.major, minor=brought.id.minor)
    row.patch = brought.patch
    row.title = brought.title
    row.runnable = brought.runnable
    row.stored = facts_to_json(brought)
    row.tree_hash = brought.tree_hash
    row.js_bytes, row.css_bytes = loaded_bytes([brought])
    row.total_bytes = sum(one.size for one in brought.files.values())
    row.installed_at = at
    return row


def needed_by(version: H5PVersion, source: LibrarySource | None = None) -> tuple[LibraryFacts, ...]:
    """Return what playing this version loads, as installed now, in order: one query. Raises MissingLibrary.

    source: what is installed, where more than one version is asked about.
    """
    source = source or InstalledLibraries(one["machine_name"] for one in version.libraries)
    named = [LibraryId(one["machine_name"], one["major"], one["minor"]) for one in version.libraries]
    return needed(version.main, version.params, source, named=named)


def loaded_bytes(libraries: Iterable[LibraryFacts]) -> tuple[int, int]:
    """Compute the (JavaScript, CSS) bytes that these libraries load at once, unpacked."""
    js = css = 0
    for one in libraries:
        js += sum(one.files[path].size for path in one.preloaded_js if path in one.files)
        css += sum(one.files[path].size for path in one.preloaded_css if path in one.files)
    return js, css
