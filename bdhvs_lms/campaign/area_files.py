"""The file of areas: units, their history, and who followed whom.

What the file marks as not found (null) stays empty; populations are not read at all, because they conflict between
sources and are no denominators (areas.json, `note`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from bdhvs_lms.base.api import Code, Name, Text
from bdhvs_lms.campaign.files import CampaignFileError, ImportFinding, MaybeLine, MaybeName, MaybeText
from bdhvs_lms.campaign.models import Area

AreaName = Annotated[str, Meta(pattern=r"\S", max_length=120)]
Confidence = Annotated[str, Meta(max_length=10)] | None


class Province(Struct, frozen=True):
    code: Code
    name: AreaName


class District(Struct, frozen=True):
    code: Code
    name: AreaName
    valid_to: date
    area_source: MaybeLine = None


class Unit(Struct, frozen=True):
    code: Code
    name: AreaName
    type: Literal["phường", "xã", "thị trấn"]
    urban: bool
    valid_from: date | None = None
    valid_to: date | None = None
    also_includes: MaybeText = None
    also_includes_vi: MaybeText = None
    source: MaybeLine = None
    source_vi: MaybeLine = None
    confidence: Confidence = None


class NewUnit(Unit, frozen=True, kw_only=True):
    province_code: Code


class Successor(Struct, frozen=True):
    new_code: str
    part: Name
    part_vi: MaybeName = None
    confidence: Confidence = None


class OldUnit(Unit, frozen=True, kw_only=True):
    successors: list[Successor]


class AreaData(Struct, frozen=True):
    """Fields that are not named here are for whoever reads the file."""

    note: Text
    province: Province
    old_district: District
    new_units: list[NewUnit]
    old_units: list[OldUnit]
    note_vi: MaybeText = None


AreaKey = tuple[str, date | None]
# Its key, its parent's, and the values.
AreaRow = tuple[AreaKey, AreaKey | None, dict[str, Any]]
# The keys of old and new, and the values.
SuccessionRow = tuple[AreaKey, AreaKey, dict[str, Any]]


@dataclass(frozen=True)
class AreasFile:
    """Values of model fields."""

    areas: list[AreaRow]
    """Parents come before their children."""
    successions: list[SuccessionRow]
    district: AreaKey
    findings: list[ImportFinding]


def _first_sentence(text: str) -> str:
    return text.split(". ")[0].rstrip(".")[:300]


def parse_areas(file: str, data: AreaData) -> AreasFile:
    """Parse province → district (until its end) → old units; new units directly under the province, and who followed
    whom. `file`: its name, for what is to be said of it."""
    # The first sentence of the note says where the codes come from; rows without a source of their own get it.
    codes_source, codes_source_vi = _first_sentence(data.note), _first_sentence(data.note_vi or "")
    province, district = data.province, data.old_district
    province_key: AreaKey = (province.code, None)
    district_key: AreaKey = (district.code, None)
    empty = {"valid_to": None, "urban": False, "confidence": "", "note_vi": "", "note_en": ""}
    codes = {**empty, "source": codes_source, "source_vi": codes_source_vi}
    first = {**codes, "name": province.name, "kind": Area.Kind.PROVINCE}
    second = {**codes, "name": district.name, "kind": Area.Kind.DISTRICT, "valid_to": district.valid_to}
    if district.area_source:
        second |= {"source": district.area_source, "source_vi": ""}
    areas: list[AreaRow] = [(province_key, None, first), (district_key, province_key, second)]
    findings: list[ImportFinding] = []
    seen: dict[AreaKey, str] = {province_key: "province", district_key: "old_district"}

    def row_of(unit: Unit, place: str, parent: AreaKey) -> AreaRow:
        key: AreaKey = (unit.code, unit.valid_from)
        if key in seen:
            raise CampaignFileError(file, place, f"has the code and start of {seen[key]}")
        seen[key] = place
        if unit.valid_from and unit.valid_to and unit.valid_to < unit.valid_from:
            raise CampaignFileError(file, f"{place}.valid_to", "lies before valid_from")
        wider = unit.also_includes or ""
        if wider:
            findings.append(ImportFinding(file, place, f"{unit.name}: also includes {wider}"))
        return (
            key,
            parent,
            {
                "name": unit.name,
                "kind": Area.Kind.COMMUNE,
                "valid_to": unit.valid_to,
                "urban": unit.urban,
                "source": unit.source or codes_source,
                "source_vi": (unit.source_vi or "") if unit.source else codes_source_vi,
                "confidence": unit.confidence or "",
                "note_vi": unit.also_includes_vi or wider,
                "note_en": wider,
            },
        )

    new_by_code: dict[str, AreaKey] = {}
    new: list[AreaRow] = []
    for number, new_unit in enumerate(data.new_units):
        place = f"new_units[{number}]"
        if new_unit.province_code != province.code:
            raise CampaignFileError(file, f"{place}.province_code", f"must be {province.code}, the file's province")
        row = row_of(new_unit, place, province_key)
        if row[0][1] is None:
            raise CampaignFileError(file, f"{place}.valid_from", "a new unit needs its first day")
        if row[0][0] in new_by_code:
            raise CampaignFileError(file, f"{place}.code", "is the code of another new unit")
        new_by_code[row[0][0]] = row[0]
        new.append(row)

    successions: list[SuccessionRow] = []
    for number, old_unit in enumerate(data.old_units):
        place = f"old_units[{number}]"
        row = row_of(old_unit, place, district_key)
        areas.append(row)
        for inner, heir in enumerate(old_unit.successors):
            here = f"{place}.successors[{inner}]"
            if heir.new_code not in new_by_code:
                raise CampaignFileError(file, f"{here}.new_code", f"is of no new unit: {heir.new_code!r}")
            confidence = heir.confidence or ""
            values = {"part": heir.part, "part_vi": heir.part_vi or "", "confidence": confidence}
            successions.append((row[0], new_by_code[heir.new_code], values))
            if "D" in confidence or "M" in confidence:
                findings.append(
                    ImportFinding(file, here, f"{old_unit.name}: successor deduced or remembered ({confidence})")
                )
        if len(old_unit.successors) > 1:
            findings.append(
                ImportFinding(file, place, f"{old_unit.name} was split: its people stay unassigned until assigned")
            )
    return AreasFile(areas + new, successions, district_key, findings)
