"""Several records of one person: which of them stands for the others, from the rows of `LearnerAlias` alone.

A record that was merged away keeps its rows, and its statements their actor. Whoever asks about a person asks for all
records (`Learner.records`); whoever lists people shows the ones that stand (`merged_into` is None).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from bdhvs_lms.learners.models import Learner, LearnerAlias


def person_of(path: str = "learner") -> Coalesce:
    """Return within a query of rows that point at a learner the primary key of the record that stands for that one."""
    return Coalesce(f"{path}__merged_into", path)


def records_among(ids: Iterable[int]) -> QuerySet[Any, Any]:
    """Return primary keys of these records and of those that they stand for; for use within a query."""
    wanted = set(ids)
    return Learner.objects.filter(Q(pk__in=wanted) | Q(merged_into__in=wanted)).values("pk")


def records_of_outer(path: str = "learner") -> QuerySet[Any, Any]:
    """Return `records_among()` of a row two queries around it: for a subquery about all records of the person."""
    outer = OuterRef(OuterRef(path))
    return Learner.objects.filter(Q(pk=outer) | Q(merged_into=outer)).values("pk")


def several() -> QuerySet[Any, Any]:
    """Return primary keys of all records of people who have several; for use within a query. Few, and found by an
    index."""
    return Learner.objects.filter(Q(merged_into__isnull=False) | Q(merges=True)).values("pk")


def aliases_in_force(duplicates: Iterable[int] | None = None) -> QuerySet[LearnerAlias]:
    """Return the aliases that speak, of these duplicates (None: of all)."""
    newest = LearnerAlias.objects.filter(duplicate=OuterRef("duplicate")).order_by("-number").values("pk")[:1]
    rows = LearnerAlias.objects.filter(pk=Subquery(newest), undone=False)
    return rows if duplicates is None else rows.filter(duplicate__in=set(duplicates))


def roots() -> dict[int, int]:
    """Return by duplicate the record at the end of its chain, by the aliases in force; who stands for itself is not in
    it. One query; there are as many as there are merges."""
    into = dict(aliases_in_force().values_list("duplicate_id", "kept_id"))
    return {record: _end(record, into) for record in into}


def _end(record: int, into: Mapping[int, int]) -> int:
    seen = {record}
    while (following := into.get(record)) is not None:
        if following in seen:
            raise ValueError(f"Aliases in a circle at learner {record}.")
        seen.add(following)
        record = following
    return record


def derive(ids: Iterable[int]) -> None:
    """Update `merged_into` and `merges` of these records to what the aliases say. Inside atomic(), under the locks of
    those that stand."""
    into = roots()
    for learner in Learner.objects.filter(pk__in=set(ids)):
        learner.merged_into_id, learner.merges = as_derived(learner, into)
        learner.save(update_fields=["merged_into", "merges"])


def as_derived(learner: Learner, into: Mapping[int, int]) -> tuple[int | None, bool]:
    """Return what `merged_into` and `merges` of a record are, given all `roots()`."""
    return into.get(learner.pk), learner.pk in into.values()
