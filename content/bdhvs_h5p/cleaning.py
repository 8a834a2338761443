"""Files that no row names: of uploads that broke off, and of patches that a newer one replaced."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bdhvs_h5p.models import H5PVersion, Library, WaitingPackage
from bdhvs_h5p.storage import files_below, storage, take_away, take_away_below

__all__ = ["GRACE", "clean", "orphans"]

GRACE = timedelta(days=1)
"""An upload writes its files before its rows, and a page that is open still asks for a patch that was replaced."""


def _named() -> Iterator[str]:
    """Folders and files that rows name."""
    for row in Library.objects.only("machine_name", "major", "minor", "tree_hash"):
        yield f"libraries/{row.library_id.folder}/{row.tree_hash}"
    for version in H5PVersion.objects.values_list("uuid", flat=True):
        yield f"contents/{version}"
    for waiting in WaitingPackage.objects.only("uuid"):
        yield waiting.path


def _kept() -> Iterator[tuple[str, str]]:
    """(folder or file as a row would name it, path) of every file that rows may name; bundles are nobody's."""
    for top, depth in (("libraries", 3), ("contents", 2), ("waiting", 2)):
        for path in files_below(top):
            yield "/".join(path.split("/")[:depth]), path


def _replaced_lately(at: datetime) -> set[str]:
    """Folders of libraries that got a patch within GRACE: the files of the one before are old, its going is not."""
    rows = Library.objects.filter(installed_at__gt=at - GRACE).only("machine_name", "major", "minor")
    return {f"libraries/{row.library_id.folder}" for row in rows}


def orphans(*, at: datetime) -> list[str]:
    """Folders and files without a row, none of whose files is younger than GRACE."""
    named = set(_named())
    replaced = _replaced_lately(at)
    kept = storage()
    old: dict[str, bool] = {}
    for owner, path in _kept():
        if owner not in named and owner.rpartition("/")[0] not in replaced:
            old[owner] = old.get(owner, True) and kept.get_modified_time(path) < at - GRACE
    return sorted(owner for owner, all_old in old.items() if all_old)


def clean(*, at: datetime) -> list[str]:
    """Take them away; what was taken."""
    found = orphans(at=at)
    for owner in found:
        if owner.startswith("waiting/"):
            take_away(owner)
        else:
            take_away_below(owner)
    return found
