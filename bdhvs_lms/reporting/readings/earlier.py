"""What earlier readings show, for what is shown next: decision 100."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from bdhvs_lms.campaign.api import TargetGroup
from bdhvs_lms.reporting.queries.places import Node, Unassigned
from bdhvs_lms.reporting.queries.published import Numbers, Published
from bdhvs_lms.reporting.readings.models import Reading


def published_by(readings: Callable[[], Iterable[Reading]]) -> Published:
    """Of these readings, which are read when the first number is asked for."""
    found: list[dict[tuple[str, int], dict[str, dict[Node, int]]]] | None = None
    keys: dict[int, str] = {}

    def published(group_id: int, year: int) -> list[Numbers]:
        nonlocal found
        if found is None:
            found = [_numbers(one.frozen) for one in readings()]
            keys.update(TargetGroup.objects.values_list("pk", "key") if found else ())
        return [one.get((keys[group_id], year), {}) for one in found]

    return published


def every_reading() -> Iterable[Reading]:
    return Reading.objects.order_by("pk")


def last_readings() -> Iterable[Reading]:
    """Of each area the one that was frozen last."""
    last: dict[int, int] = dict(Reading.objects.order_by("pk").values_list("area_id", "pk"))
    return Reading.objects.filter(pk__in=last.values()).order_by("pk") if last else ()


def _numbers(frozen: dict[str, Any]) -> dict[tuple[str, int], dict[str, dict[Node, int]]]:
    """Of each group's key and year what the reading shows of our records, by node."""
    found: dict[tuple[str, int], dict[str, dict[Node, int]]] = {}
    for row in frozen["rows"]:
        facts = frozen["targets"][row["target"]]
        if not facts["rule"] or row["numerator"] is None or row["figure"] is not None:
            continue
        node: Node = Unassigned(row["area_id"]) if row["rest"] else row["area_id"]
        numbers = found.setdefault((facts["group"], facts["year"]), {})
        numbers.setdefault("passed", {})[node] = row["numerator"]
        for kind in ("confirmed", "active"):
            if row.get(kind) is not None:
                numbers.setdefault(kind, {})[node] = row[kind]
        if row["learning"] is not None:
            numbers.setdefault("begun", {})[node] = row["learning"] + row["numerator"]
    return found
