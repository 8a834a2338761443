"""Files that no row names: from uploads that broke off, from patches that a newer one replaced, and bundles of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from bdhvs_h5p.libraries import InstalledLibraries, needed_by
from bdhvs_h5p.models import H5PActivityVersion, H5PPage, H5PVersion, Library, WaitingPackage
from bdhvs_h5p.player.bundling import joiner
from bdhvs_h5p.storage import files_below, storage, take_away, take_away_below
from h5p_python_adapter import MissingLibrary

__all__ = ["GRACE", "clean", "orphans"]

GRACE = timedelta(days=1)
"""An upload writes its files before its rows, and a page that is open still asks for a patch that was replaced."""


def _named() -> Iterator[str]:
    """Yield folders and files that rows name."""
    for row in Library.objects.only("machine_name", "major", "minor", "tree_hash"):
        yield f"libraries/{row.library_id.folder}/{row.tree_hash}"
    for version in H5PVersion.objects.values_list("uuid", flat=True):
        yield f"contents/{version}"
    for waiting in WaitingPackage.objects.only("uuid"):
        yield waiting.path


def _kept() -> Iterator[tuple[str, str]]:
    """Yield (folder or file as a row would name it, path) of every file that rows may name."""
    for top, depth in (("libraries", 3), ("contents", 2), ("waiting", 2)):
        for path in files_below(top):
            yield "/".join(path.split("/")[:depth]), path


def _replaced_lately(at: datetime) -> set[str]:
    """Return folders of libraries that got a patch within GRACE: the earlier files are old, their replacement is
    not."""
    rows = Library.objects.filter(installed_at__gt=at - GRACE).only("machine_name", "major", "minor")
    return {f"libraries/{row.library_id.folder}" for row in rows}


def _played() -> Iterator[str]:
    """Yield the bundle keys of versions that somebody can play: of pages, of attempts under way, and the newest of each
    content. A query more for each library."""
    newer = H5PVersion.objects.filter(content=OuterRef("content"), number__gt=OuterRef("number"))
    under_way = H5PActivityVersion.objects.filter(attempts__completed_at__isnull=True).values("h5p_version")
    played = Q(pk__in=H5PPage.objects.values("version")) | Q(pk__in=under_way) | ~Exists(newer)
    source = InstalledLibraries()
    for version in H5PVersion.objects.filter(played).defer("files").iterator(chunk_size=50):
        try:
            yield joiner.key(needed_by(version, source))
        except MissingLibrary:
            continue  # it does not play


def orphans(*, at: datetime) -> list[str]:
    """Return folders and files without a row, none of whose files is younger than GRACE; joined files that nobody
    plays."""
    named = set(_named())
    replaced = _replaced_lately(at)
    kept = storage()
    old: dict[str, bool] = {}
    for owner, path in _kept():
        if owner not in named and owner.rpartition("/")[0] not in replaced:
            old[owner] = old.get(owner, True) and kept.get_modified_time(path) < at - GRACE
    joined = joiner.unused(_played(), before=at - GRACE)
    return sorted(owner for owner, all_old in old.items() if all_old) + [f"bundles/{name}" for name in joined]


def clean(*, at: datetime) -> list[str]:
    """Delete the orphans and return them."""
    found = orphans(at=at)
    for owner in found:
        if owner.startswith(("waiting/", "bundles/")):
            take_away(owner)
        else:
            take_away_below(owner)
    return found
