"""Writes about contents and libraries that are more than one row. Permission is the caller's to ask."""

from __future__ import annotations

from django.db import transaction

from bdhvs_h5p.models import H5PContent, H5PPage, H5PVersion, Library, WaitingPackage
from bdhvs_h5p.queries import InUse, users_of, uses_of
from bdhvs_h5p.storage import library_path, take_away, take_away_below

__all__ = ["delete_content", "delete_library", "rename"]


def rename(content: H5PContent, title: str) -> None:
    content.title = title
    content.save(update_fields=["title"])


def delete_content(content: H5PContent) -> None:
    """Delete a content that no page shows and no learner ever met, with its files. Raises InUse."""
    with transaction.atomic():
        row = H5PContent.objects.select_for_update().get(pk=content.pk)
        found = uses_of(row)
        if found:
            raise InUse(found)
        versions = row.versions.all()
        folders = [version.file_path() for version in versions.only("uuid")]
        waiting = [one.path for one in WaitingPackage.objects.filter(content=row)]
        # A draft's last state may name one of them without showing it any more.
        H5PPage.objects.filter(version__content=row).update(version=None)
        # The one sanctioned way: what nobody ever met is no evidence of anything.
        H5PVersion.objects.filter(content=row)._raw_delete(versions.db)
        row.delete()

        def clear() -> None:
            for folder in folders:
                take_away_below(folder)
            for path in waiting:
                take_away(path)

        transaction.on_commit(clear)


def delete_library(library: Library) -> None:
    """Delete a library that no content and no other library needs, with its files. Raises InUse."""
    with transaction.atomic():
        row = Library.objects.select_for_update().get(pk=library.pk)
        found = users_of(row)
        if found:
            raise InUse(found)
        folder = library_path(row.library_id, row.tree_hash)
        row.delete()
        transaction.on_commit(lambda: take_away_below(folder))
