"""Tables whose rows are facts about the past: inserted, never changed, never taken away.

Why guards in Python and no database trigger? A trigger would also stop the erasure of a whole database, dumps and
tests on two engines; the guards stop the mistakes that code makes. `_base_manager` stays plain, because Django sets
`SET_NULL` keys through it when an account goes.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models


class AppendOnlyError(Exception):
    """Somebody tried to change or delete a row of an append-only table. The text says which table and what to do."""


def _refuse(model: type[models.Model], what: str) -> NoReturn:
    raise AppendOnlyError(f"{model._meta.label} is append-only: it cannot be {what}. Write a further row.")


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Reads and inserts; every way to change rows raises AppendOnlyError. `bulk_update` goes through `update`."""

    def update(self, **kwargs: Any) -> NoReturn:
        _refuse(self.model, "updated")

    update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> NoReturn:
        _refuse(self.model, "deleted from")

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        # Its own guard: with no objects it would return before it reaches update().
        _refuse(self.model, "updated")

    bulk_update.alters_data = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Any, *args: Any, update_conflicts: bool = False, **kwargs: Any) -> Any:
        if update_conflicts:
            _refuse(self.model, "updated where rows conflict")
        return super().bulk_create(objs, *args, **kwargs)

    bulk_create.alters_data = True  # type: ignore[attr-defined]


class AppendOnly(models.Model):
    """Abstract base of an append-only table."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the row. Raises AppendOnlyError when it is there already, IntegrityError when its key is taken."""
        if not self._state.adding:
            _refuse(type(self), "updated")
        # Forced: a new object that is given an existing primary key would otherwise overwrite that row.
        super().save(*args, **{**kwargs, "force_insert": True})

    save.alters_data = True  # type: ignore[attr-defined]

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse(type(self), "deleted from")

    delete.alters_data = True  # type: ignore[attr-defined]
