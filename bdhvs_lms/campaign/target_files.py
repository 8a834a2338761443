"""The file of a plan: its groups, indicators and targets, operators as written, and how it says it is to be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from msgspec import Meta, Struct, field

from bdhvs_lms.base.api import Line, Name, Text
from bdhvs_lms.campaign.files import (
    CampaignFileError,
    ImportFinding,
    Key,
    MaybeLine,
    MaybeName,
    MaybeText,
    each,
    filled,
)
from bdhvs_lms.campaign.measures import MEASURES, Operator
from bdhvs_lms.campaign.models import Indicator, TargetGroup

ShortName = Annotated[str, Meta(max_length=80)] | None
"""A line of a telephone or two: it stands as a heading above the plan's own sentence."""
_TARGET_KEY = re.compile(r"T(\d{1,3})-(\d{4})")


class PlanData(Struct, frozen=True):
    title_vi: Line
    issued_by: Line
    source: Line
    confidence: Name
    title_en: MaybeLine = None
    issued_by_en: MaybeLine = None
    reported: date | None = None
    source_vi: MaybeLine = None
    confidence_vi: MaybeName = None


class GroupData(Struct, frozen=True):
    label_vi: Name
    counted_where: TargetGroup.CountedWhere
    label_en: MaybeName = None
    rule_vi: MaybeLine = field(name="age_rule_vi", default=None)
    rule_en: MaybeLine = field(name="age_rule_en", default=None)
    min_age: Annotated[int, Meta(ge=1, le=119)] | None = None
    part_of: Key | None = None
    urban_only: bool | None = None


class Label(Struct, frozen=True):
    label_vi: Name
    label_en: MaybeName = None


class TargetEntry(Struct, frozen=True):
    id: Key
    year: int
    group: str
    indicator: Key
    source_kind: Indicator.SourceKind
    operator: Operator
    value: int | float
    unit: Text
    measure: str
    measurable: bool = field(name="measurable_as_written")
    as_of: date
    cumulative: bool
    quote_vi: Text
    name_vi: ShortName = None
    name_en: ShortName = None
    quote_en: MaybeText = None
    reason_vi: MaybeText = None
    reason_en: MaybeText = None
    proficiency_bar_vi: MaybeName = None
    proficiency_bar_en: MaybeName = None
    denominator_vi: MaybeLine = None
    denominator_en: MaybeLine = None
    note_vi: MaybeText = None
    note_en: MaybeText = None


class Comparator(Struct, frozen=True):
    plan: Text
    what: Text
    confidence: Text
    plan_vi: MaybeText = None
    what_vi: MaybeText = None
    source: MaybeText = None
    confidence_vi: MaybeText = None


class TargetData(Struct, frozen=True):
    """Fields that are not named here are for whoever reads the file. `groups`: of GroupData, `indicators`: of Label."""

    plan: PlanData
    groups: dict[str, Any]
    source_kinds: dict[str, str]
    targets: list[TargetEntry]
    indicators: dict[str, Any] | None = None
    comparators: list[Comparator] | None = None
    operator_note: MaybeText = None
    operator_note_vi: MaybeText = None
    reading_notes: list[Text] | None = None
    reading_notes_vi: list[Text] | None = None
    groups_note: MaybeText = None
    groups_note_vi: MaybeText = None
    english_by: MaybeText = None
    english_by_vi: MaybeText = None


@dataclass(frozen=True)
class TargetsFile:
    """Values of model fields, by key; a target's `group` and `indicator`, and a group's `part_of`, are keys."""

    plan: dict[str, Any]
    groups: dict[str, dict[str, Any]]
    indicators: dict[str, dict[str, Any]]
    targets: dict[str, dict[str, Any]]
    findings: list[ImportFinding]


def parse_targets(file: str, data: TargetData) -> TargetsFile:
    """Parse the plan with its groups, indicators and targets, operators as written. `file`: its name, for what is to be
    said of it."""
    groups = {key: _group(file, key, group) for key, group in each(file, "groups", data.groups, GroupData).items()}
    for key, values in groups.items():
        whole = values["part_of"]
        if whole is not None and (whole not in groups or groups[whole]["part_of"] is not None or whole == key):
            raise CampaignFileError(file, f"groups.{key}.part_of", "must be a group that is itself part of none")
    labels = each(file, "indicators", data.indicators or {}, Label)
    indicators: dict[str, dict[str, Any]] = {}
    targets: dict[str, dict[str, Any]] = {}
    findings: list[ImportFinding] = []
    for number, entry in enumerate(data.targets):
        place = f"targets[{number}]"
        if entry.id in targets:
            raise CampaignFileError(file, f"{place}.id", f"{entry.id} is there twice")
        if entry.source_kind not in data.source_kinds:
            raise CampaignFileError(file, f"{place}.source_kind", f"is not said what it is: {str(entry.source_kind)!r}")
        label = labels.get(entry.indicator)
        names = {"label_vi": "", "label_en": ""} if label is None else filled(label)
        row = {**names, "source_kind": entry.source_kind}
        if indicators.setdefault(entry.indicator, row)["source_kind"] != entry.source_kind:
            problem = f"differs from that of an earlier target of the indicator {entry.indicator!r}"
            raise CampaignFileError(file, f"{place}.source_kind", problem)
        targets[entry.id] = _target(file, place, entry, groups, findings)
    return TargetsFile(
        {
            **filled(data.plan, "reported"),
            "notes": _notes(file, data),
            "comparators": [_comparator(one) for one in data.comparators or ()],
        },
        groups,
        indicators,
        targets,
        findings,
    )


def _group(file: str, key: str, group: GroupData) -> dict[str, Any]:
    if group.min_age is not None and group.part_of is not None:
        raise CampaignFileError(file, f"groups.{key}.min_age", "belongs to the group that this one is a part of")
    if group.urban_only and group.part_of is None:
        problem = "is said of a part of another group: part_of is missing"
        raise CampaignFileError(file, f"groups.{key}.urban_only", problem)
    return {**filled(group, "min_age", "part_of"), "urban_only": bool(group.urban_only)}


def _notes(file: str, data: TargetData) -> list[dict[str, str]]:
    """Return the file's notes on how its targets are to be read, in both languages where it has both."""
    english, vietnamese = data.reading_notes or [], data.reading_notes_vi or []
    if vietnamese and len(vietnamese) != len(english):
        raise CampaignFileError(file, "reading_notes_vi", "must have as many notes as reading_notes")
    pairs = [
        (data.operator_note, data.operator_note_vi),
        *zip(english, vietnamese or english, strict=True),
        (data.groups_note, data.groups_note_vi),
        (data.english_by, data.english_by_vi),
    ]
    return [{"vi": vi or en, "en": en} for en, vi in pairs if en]


def _comparator(one: Comparator) -> dict[str, str]:
    return {
        "plan_vi": one.plan_vi or one.plan,
        "plan_en": one.plan,
        "what_vi": one.what_vi or one.what,
        "what_en": one.what,
        "source": one.source or "",
        "confidence_vi": one.confidence_vi or one.confidence,
        "confidence_en": one.confidence,
    }


def _target(
    file: str, place: str, entry: TargetEntry, groups: Mapping[str, Any], findings: list[ImportFinding]
) -> dict[str, Any]:
    def wrong(name: str, problem: str) -> CampaignFileError:
        return CampaignFileError(file, f"{place}.{name}", problem)

    named = _TARGET_KEY.fullmatch(entry.id)
    if named is None:
        raise wrong("id", f"must be like T3-2025, not {entry.id!r}")
    if entry.year != int(named[2]) or entry.as_of.year != entry.year:
        raise wrong("year", f"must be the year of id and as_of, not {entry.year}")
    if not entry.cumulative:
        raise wrong("cumulative", "only results that are cumulative to as_of can be computed")
    kind = MEASURES.get(entry.measure)
    if kind is None:
        raise wrong("measure", f"cannot be {entry.measure!r}")
    if entry.unit != kind.unit:
        raise wrong("unit", f"must be {kind.unit!r} for the measure {entry.measure!r}")
    value = Decimal(str(entry.value))
    if not 0 < value <= kind.most:
        raise wrong("value", f"cannot be {value} {kind.unit}")
    if kind.whole and value % 1:
        raise wrong("value", f"must be a whole number for the measure {entry.measure!r}")
    if entry.group not in groups:
        raise wrong("group", f"must be one of {', '.join(groups)}, not {entry.group!r}")
    if not entry.measurable:
        if not entry.reason_vi:
            raise wrong("reason_vi", "must say why it is not measurable as written")
        findings.append(ImportFinding(file, place, f"{entry.id} is not measurable as written: {entry.reason_vi}"))
    row = {**filled(entry), "row": int(named[1]), "value": value}
    return {name: row[name] for name in row if name not in ("id", "source_kind", "unit", "cumulative")}
