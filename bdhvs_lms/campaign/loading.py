"""Writes parsed data files into the tables: what is there already is brought up to date, nothing is deleted.

In transactions of at most `PIECE` rows, so that no import holds the write lock for long. Loading the same file again
writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from django.db import models, transaction

from bdhvs_lms.campaign.area_files import AreaData, AreaKey, AreasFile, parse_areas
from bdhvs_lms.campaign.files import ImportFinding, read
from bdhvs_lms.campaign.models import Area, AreaSuccession, Indicator, Plan, Target, TargetGroup
from bdhvs_lms.campaign.target_files import TargetData, TargetsFile, parse_targets

DATA = Path(__file__).parent / "data"
AREAS_FILE = DATA / "areas.json"
TARGETS_FILE = DATA / "targets.json"
# The file has no short name for the plan; this is the id of the framework made of its sentences.
PLAN_KEY = "kh02-chuongmy-2025"
PIECE = 100

T = TypeVar("T")
Progress = Callable[[int], Any]


def _silent(_rows: int) -> None:
    """Show no progress."""


@dataclass
class Loaded:
    """The numbers of rows that an import created, changed and found as they are, and what to know about them."""

    created: int = 0
    changed: int = 0
    same: int = 0
    findings: list[ImportFinding] = field(default_factory=list)

    def __add__(self, other: Loaded) -> Loaded:
        return Loaded(
            self.created + other.created,
            self.changed + other.changed,
            self.same + other.same,
            [*self.findings, *other.findings],
        )


def _pieces(rows: Iterable[T]) -> Iterator[Sequence[T]]:
    everything = list(rows)
    for start in range(0, len(everything), PIECE):
        yield everything[start : start + PIECE]


def _upsert(model: type[models.Model], key: Mapping[str, Any], values: Mapping[str, Any], done: Loaded) -> models.Model:
    row, created = model._default_manager.get_or_create(**key, defaults=values)
    if created:
        done.created += 1
        return row
    differing = [name for name, value in values.items() if getattr(row, name) != value]
    if differing:
        for name in differing:
            setattr(row, name, values[name])
        row.save(update_fields=differing)
        done.changed += 1
    else:
        done.same += 1
    return row


def _read_areas(path: Path) -> AreasFile:
    return parse_areas(path.name, read(path, AreaData))


def _read_targets(path: Path) -> TargetsFile:
    return parse_targets(path.name, read(path, TargetData))


def _write_areas(file: AreasFile, progress: Progress) -> Loaded:
    done = Loaded(findings=list(file.findings))
    ids: dict[AreaKey, int] = {}
    for piece in _pieces(file.areas):
        with transaction.atomic():
            for key, parent, values in piece:
                row = {**values, "parent_id": ids[parent] if parent else None}
                ids[key] = _upsert(Area, {"code": key[0], "valid_from": key[1]}, row, done).pk
        progress(len(piece))
    for links in _pieces(file.successions):
        with transaction.atomic():
            for old, new, values in links:
                _upsert(AreaSuccession, {"old_id": ids[old], "new_id": ids[new]}, values, done)
        progress(len(links))
    return done


def _write_targets(file: TargetsFile, area: Area, plan_key: str, progress: Progress) -> Loaded:
    done = Loaded(findings=list(file.findings))
    with transaction.atomic():
        groups = _write_groups(file, done)
        indicators = {key: _upsert(Indicator, {"key": key}, values, done).pk for key, values in file.indicators.items()}
        plan = _upsert(Plan, {"key": plan_key}, {**file.plan, "area_id": area.pk}, done)
    progress(len(groups) + len(indicators) + 1)
    for piece in _pieces(file.targets.items()):
        with transaction.atomic():
            for key, values in piece:
                row = {
                    **{name: value for name, value in values.items() if name not in ("group", "indicator")},
                    "group_id": groups[values["group"]],
                    "indicator_id": indicators[values["indicator"]],
                }
                _upsert(Target, {"plan_id": plan.pk, "key": key}, row, done)
        progress(len(piece))
    return done


def _write_groups(file: TargetsFile, done: Loaded) -> dict[str, int]:
    """Return primary keys by key. Whole groups are written first, because their parts name them."""
    ids: dict[str, int] = {}
    # An age that an operator has set stays: the file's is where a site begins.
    kept = dict(TargetGroup.objects.values_list("key", "min_age"))
    for key, values in sorted(file.groups.items(), key=lambda pair: pair[1]["part_of"] is not None):
        row = {name: value for name, value in values.items() if name != "part_of"}
        row["part_of_id"] = ids[values["part_of"]] if values["part_of"] else None
        row["min_age"] = kept.get(key, values["min_age"])
        ids[key] = _upsert(TargetGroup, {"key": key}, row, done).pk
    return ids


def load_campaign(
    areas: Path = AREAS_FILE, targets: Path = TARGETS_FILE, *, plan_key: str = PLAN_KEY, progress: Progress = _silent
) -> Loaded:
    """Load both files, the plan being the old district's. Both are read before either is written."""
    area_rows, target_rows = _read_areas(areas), _read_targets(targets)
    done = _write_areas(area_rows, progress)
    district = Area.objects.get(code=area_rows.district[0], valid_from=area_rows.district[1])
    return done + _write_targets(target_rows, district, plan_key, progress)


def rows_in(areas: Path = AREAS_FILE, targets: Path = TARGETS_FILE) -> int:
    """Count the rows that `load_campaign` will go through: the length of a progress bar. Raises CampaignFileError."""
    area_rows, target_rows = _read_areas(areas), _read_targets(targets)
    return (
        len(area_rows.areas)
        + len(area_rows.successions)
        + len(target_rows.groups)
        + len(target_rows.indicators)
        + 1
        + len(target_rows.targets)
    )
