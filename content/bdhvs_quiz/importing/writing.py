"""Bulk writing of questions into the bank: a few queries for each hundred, whatever their types.

Django writes rows of derived models one by one only. Here the row that all types share, and the type's own, are written
for many at a time; with what Wagtail keeps of each: its version, its history, the words for its search, its pictures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import connections, models, router
from modelcluster.models import get_all_child_relations
from wagtail.models import ModelLogEntry, ReferenceIndex, Revision
from wagtail.search.backends import get_search_backends

from bdhvs_quiz.models import Question

T = TypeVar("T")

CHUNK = 100


def write_questions(
    rows: Sequence[Question], *, by: Any, at: datetime, progress: Callable[[int], None] = lambda _rows: None
) -> None:
    """Insert them with their first version; those that are `live` are published. Inside a transaction.

    rows: not saved yet, of any types; each gets its primary key. Permissions are not checked here.
    """
    for part in pieces(rows, CHUNK):
        _insert_rows(part)
        _insert_children(part)
        _insert_versions(part, by=by, at=at)
        for kind, same in _by_type(part).items():
            for backend in get_search_backends(with_auto_update=True):
                backend.add_bulk(kind, same)
        progress(len(part))


def pieces(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _by_type(rows: Iterable[Question]) -> dict[type[Question], list[Question]]:
    found: dict[type[Question], list[Question]] = defaultdict(list)
    for row in rows:
        found[type(row)].append(row)
    return found


def _insert_rows(rows: Sequence[Question]) -> None:
    for kind, same in _by_type(rows).items():
        content_type = ContentType.objects.get_for_model(kind, for_concrete_model=False)
        for row in same:
            row.polymorphic_ctype = content_type
            # A version holds what belongs to the question: what nobody named is empty, and not asked for.
            for relation in get_all_child_relations(kind):
                name = relation.get_accessor_name()
                if name not in row.__dict__.get("_cluster_related_objects", {}):
                    setattr(row, name, [])
    for row, pk in zip(rows, _insert(Question, rows), strict=True):
        for parent in (*row._meta.get_parent_list(), type(row)):
            # Each table of the row has the same number.
            setattr(row, parent._meta.pk.attname, pk)
    for kind, same in _by_type(rows).items():
        for model in _tables_below(kind):
            _insert(model, same)
        for row in same:
            row._state.adding, row._state.db = False, router.db_for_write(Question)


def _tables_below(kind: type[Question]) -> list[type[models.Model]]:
    """List the models from the one below `Question` down to the type's own."""
    chain = [*reversed(kind._meta.get_parent_list()), kind]
    return [model for model in chain if model is not Question]


def _insert(model: type[models.Model], rows: Sequence[Question]) -> list[Any]:
    """Insert the rows' part of this table; return the new numbers if the table has numbers of its own."""
    using = router.db_for_write(model)
    key = model._meta.pk
    numbered = isinstance(key, models.AutoField)
    fields = [field for field in model._meta.local_concrete_fields if not (numbered and field is key)]
    size = max(1, connections[using].ops.bulk_batch_size(fields, list(rows)))
    returned: list[Any] = []
    for part in pieces(rows, size):
        # As `bulk_create` does it for models that are not derived; fields still say what is saved (`pre_save`).
        got = models.QuerySet(model)._insert(  # type: ignore[attr-defined]
            list(part), fields=fields, returning_fields=[key] if numbered else [], using=using
        )
        returned += [values[0] for values in got] if numbered else []
    return returned


def _insert_children(rows: Sequence[Question]) -> None:
    """Insert the rows of a question's other tables: tags, competencies."""
    found: dict[type[models.Model], list[models.Model]] = defaultdict(list)
    for row in rows:
        for relation in get_all_child_relations(type(row)):
            for child in row.__dict__.get("_cluster_related_objects", {}).get(relation.get_accessor_name(), ()):
                setattr(child, relation.field.attname, row.pk)
                found[type(child)].append(child)
    for model, children in found.items():
        model._default_manager.bulk_create(children)


def _insert_versions(rows: Sequence[Question], *, by: Any, at: datetime) -> None:
    base = Question.get_base_content_type()
    versions = Revision.objects.bulk_create(
        Revision(
            content_type=type(row).get_content_type(),
            base_content_type=base,
            object_id=str(row.pk),
            created_at=at,
            user=by,
            object_str=str(row),
            content=row.serializable_data(),
        )
        for row in rows
    )
    for row, version in zip(rows, versions, strict=True):
        row.latest_revision = version
        row.live_revision = version if row.live else None
    models.QuerySet(Question).bulk_update(rows, ["latest_revision", "live_revision"])
    ModelLogEntry.objects.bulk_create(
        _entry(row, version, action, by=by, at=at)
        for row, version in zip(rows, versions, strict=True)
        for action in ("wagtail.create", *(("wagtail.publish",) if row.live else ()))
    )


def _entry(row: Question, version: Revision, action: str, *, by: Any, at: datetime) -> ModelLogEntry:
    return ModelLogEntry(
        content_type=type(row).get_content_type(),
        label=str(row),
        action=action,
        data={},
        timestamp=at,
        user=by,
        revision=version,
        content_changed=True,
        object_id=str(row.pk),
    )


def note_files(rows: Iterable[Question]) -> None:
    """Update Wagtail's index of the pictures and sounds that these questions use."""
    for row in rows:
        ReferenceIndex.create_or_update_for_object(row)
