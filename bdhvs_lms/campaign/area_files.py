"""The file of areas: units, their history, and who followed whom.

What the file marks as not found (null) stays empty; populations are not read at all, because they conflict between
sources and are no denominators (areas.json, `note`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from bdhvs_lms.campaign.files import ImportFinding, Node
from bdhvs_lms.campaign.models import Area

AREA_KINDS = {"phường": Area.Kind.COMMUNE, "xã": Area.Kind.COMMUNE, "thị trấn": Area.Kind.COMMUNE}

AreaKey = tuple[str, date | None]


@dataclass(frozen=True)
class AreaRow:
    key: AreaKey
    name: str
    kind: str
    parent: AreaKey | None
    valid_to: date | None = None
    urban: bool = False
    source: str = ""
    source_vi: str = ""
    confidence: str = ""
    note_vi: str = ""
    note_en: str = ""


@dataclass(frozen=True)
class SuccessionRow:
    old: AreaKey
    new: AreaKey
    part: str
    part_vi: str
    confidence: str


@dataclass(frozen=True)
class AreasFile:
    """Parents come before their children."""

    areas: list[AreaRow]
    successions: list[SuccessionRow]
    district: AreaKey
    findings: list[ImportFinding] = field(default_factory=list)


def _first_sentence(text: str) -> str:
    return text.split(". ")[0].rstrip(".")[:300]


def parse_areas(file: Node) -> AreasFile:
    """Province → district (until its end) → old units; new units directly under the province, and who followed whom."""
    # The first sentence of the note says where the codes come from; rows without a source of their own get it.
    codes_source = _first_sentence(file.get("note").text())
    codes_source_vi = _first_sentence(file.optional_text("note_vi"))
    province = file.get("province")
    province_key: AreaKey = (province.get("code").text(20), None)
    district = file.get("old_district")
    district_key: AreaKey = (district.get("code").text(20), None)
    areas = [
        AreaRow(
            province_key,
            province.get("name").text(120),
            Area.Kind.PROVINCE,
            None,
            source=codes_source,
            source_vi=codes_source_vi,
        ),
        AreaRow(
            district_key,
            district.get("name").text(120),
            Area.Kind.DISTRICT,
            province_key,
            valid_to=district.get("valid_to").day(),
            source=district.optional_text("area_source", 300) or codes_source,
            source_vi=codes_source_vi if district.find("area_source") is None else "",
        ),
    ]
    findings: list[ImportFinding] = []
    seen: dict[AreaKey, str] = {province_key: province.path, district_key: district.path}

    def unit(node: Node, parent: AreaKey) -> AreaRow:
        key: AreaKey = (node.get("code").text(20), node.optional_day("valid_from"))
        if key in seen:
            raise node.wrong(f"has the code and start of {seen[key]}")
        seen[key] = node.path
        kind = AREA_KINDS[node.get("type").one_of(AREA_KINDS)]
        valid_to = node.optional_day("valid_to")
        if key[1] and valid_to and valid_to < key[1]:
            raise node.get("valid_to").wrong("lies before valid_from")
        wider = node.optional_text("also_includes")
        if wider:
            findings.append(ImportFinding(node.file, node.path, f"{node.get('name').text()}: also includes {wider}"))
        return AreaRow(
            key,
            node.get("name").text(120),
            kind,
            parent,
            valid_to,
            node.get("urban").flag(),
            node.optional_text("source", 300) or codes_source,
            node.optional_text("source_vi", 300) if node.find("source") else codes_source_vi,
            node.optional_text("confidence", 10),
            node.optional_text("also_includes_vi") or wider,
            wider,
        )

    new_by_code: dict[str, AreaKey] = {}
    new: list[AreaRow] = []
    for node in file.get("new_units").items():
        if node.get("province_code").text() != province_key[0]:
            raise node.get("province_code").wrong(f"must be {province_key[0]}, the file's province")
        row = unit(node, province_key)
        if row.key[1] is None:
            raise node.get("valid_from").wrong("a new unit needs its first day")
        if row.key[0] in new_by_code:
            raise node.get("code").wrong("is the code of another new unit")
        new_by_code[row.key[0]] = row.key
        new.append(row)

    successions: list[SuccessionRow] = []
    for node in file.get("old_units").items():
        row = unit(node, district_key)
        areas.append(row)
        heirs = node.get("successors").items()
        for heir in heirs:
            code = heir.get("new_code").one_of(new_by_code)
            confidence = heir.optional_text("confidence", 10)
            successions.append(
                SuccessionRow(
                    row.key,
                    new_by_code[code],
                    heir.get("part").text(200),
                    heir.optional_text("part_vi", 200),
                    confidence,
                )
            )
            if "D" in confidence or "M" in confidence:
                findings.append(
                    ImportFinding(heir.file, heir.path, f"{row.name}: successor deduced or remembered ({confidence})")
                )
        if len(heirs) > 1:
            findings.append(
                ImportFinding(node.file, node.path, f"{row.name} was split: its people stay unassigned until assigned")
            )
    return AreasFile(areas + new, successions, district_key, findings)
