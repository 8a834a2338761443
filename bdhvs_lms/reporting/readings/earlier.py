"""What earlier readings show, for what is shown next: decision 100."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from bdhvs_lms.reporting.queries.places import Node, Unassigned
from bdhvs_lms.reporting.queries.published import Published, ReadingTold
from bdhvs_lms.reporting.readings.models import Reading

# Readings never change: each is read once in a process, two megabytes of it for every month.
_told: dict[UUID, ReadingTold] = {}
_AT_MOST = 400


def told_by_readings() -> Published:
    """By all of them, of every area: numbers can fall, and then the last one is not the nearest."""
    return Published(_every_reading)


def _every_reading() -> Sequence[ReadingTold]:
    """One query, and one more where a reading is new."""
    wanted = list(Reading.objects.order_by("pk").values_list("uuid", flat=True))
    missing = [uuid for uuid in wanted if uuid not in _told]
    found = {uuid: _told[uuid] for uuid in wanted if uuid in _told}
    if missing:
        if len(_told) > _AT_MOST:
            _told.clear()
        for one in Reading.objects.filter(uuid__in=missing).iterator():
            found[one.uuid] = _told[one.uuid] = _said(one)
    return [found[uuid] for uuid in wanted if uuid in found]


def _said(one: Reading) -> ReadingTold:
    numbers, waiting = said_in(one.frozen)
    areas = frozenset(row["area_id"] for row in one.frozen["rows"])
    return ReadingTold(one.uuid, one.area_id, one.as_of, one.number, numbers, areas, waiting)


def said_in(
    frozen: Mapping[str, Any],
) -> tuple[dict[tuple[str, int], dict[str, dict[Node, int]]], dict[Node, set[int]]]:
    """Of a reading's content what it shows of our records, and how many wait to be placed: as `ReadingTold` has it."""
    numbers: dict[tuple[str, int], dict[str, dict[Node, int]]] = {}
    waiting: dict[Node, set[int]] = {}
    for row in frozen["rows"]:
        if row.get("unassigned"):
            waiting.setdefault(Unassigned(row["area_id"]), set()).add(row["unassigned"])
        facts = frozen["targets"][row["target"]]
        if not facts["rule"] or row["numerator"] is None or row["figure"] is not None:
            continue
        node: Node = Unassigned(row["area_id"]) if row["rest"] else row["area_id"]
        of = numbers.setdefault((facts["group"], facts["year"]), {})
        of.setdefault("passed", {})[node] = row["numerator"]
        for kind in ("confirmed", "active"):
            if row.get(kind) is not None:
                of.setdefault(kind, {})[node] = row[kind]
        if row["learning"] is not None:
            of.setdefault("begun", {})[node] = row["learning"] + row["numerator"]
    return numbers, waiting
