"""Reading the campaign's data files: every complaint names the file and the field.

`Node` walks JSON with its address; the parsers turn a whole file into frozen rows before anything is written, so that
a malformed file changes nothing. What a file marks as not found (null) stays empty; populations are not read at all,
because they conflict between sources and are no denominators (areas.json, `note`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from bdhvs_lms.campaign.models import Area, Indicator, Target, TargetGroup

AREA_KINDS = {"phường": Area.Kind.COMMUNE, "xã": Area.Kind.COMMUNE, "thị trấn": Area.Kind.COMMUNE}
UNITS = {Target.Measure.SHARE: "percent", Target.Measure.RANK: "rank"}
_TARGET_KEY = re.compile(r"T(\d{1,3})-(\d{4})")


class CampaignFileError(ValueError):
    """A data file that cannot be loaded: which file, which field, what is wrong."""

    def __init__(self, file: str, path: str, problem: str) -> None:
        self.file, self.path, self.problem = file, path or "(whole file)", problem
        super().__init__(f"{self.file}: {self.path}: {problem}")


@dataclass(frozen=True)
class ImportFinding:
    """Something that an operator should know about loaded data; it did not stop the import."""

    file: str
    path: str
    text: str


@dataclass(frozen=True)
class Node:
    """A value of a JSON file with its address, e.g. `targets[3].group`."""

    file: str
    value: Any
    path: str = ""

    def wrong(self, problem: str) -> CampaignFileError:
        return CampaignFileError(self.file, self.path, problem)

    def _as(self, kind: type, name: str) -> Any:
        if not isinstance(self.value, kind) or (isinstance(self.value, bool) and kind is not bool):
            raise self.wrong(f"must be {name}, not {json.dumps(self.value, ensure_ascii=False)[:60]}")
        return self.value

    def get(self, key: str) -> Node:
        """The field; raises CampaignFileError when it is missing."""
        mapping = self._as(dict, "an object")
        here = f"{self.path}.{key}" if self.path else key
        if key not in mapping:
            raise CampaignFileError(self.file, here, "is missing")
        return Node(self.file, mapping[key], here)

    def find(self, key: str) -> Node | None:
        """The field, or None when it is missing or null: not found, and not to be made up."""
        mapping = self._as(dict, "an object")
        return None if mapping.get(key) is None else self.get(key)

    def items(self) -> list[Node]:
        values = self._as(list, "a list")
        return [Node(self.file, value, f"{self.path}[{place}]") for place, value in enumerate(values)]

    def entries(self) -> list[tuple[str, Node]]:
        return [(key, self.get(key)) for key in self._as(dict, "an object")]

    def text(self, longest: int | None = None) -> str:
        """The text, never empty."""
        text: str = self._as(str, "a text").strip()
        if not text:
            raise self.wrong("is empty")
        if longest is not None and len(text) > longest:
            raise self.wrong(f"is longer than {longest} characters")
        return text

    def optional_text(self, key: str, longest: int | None = None) -> str:
        """The field's text, '' when it is missing, null or empty."""
        found = self.find(key)
        return "" if found is None or found.value == "" else found.text(longest)

    def flag(self) -> bool:
        return bool(self._as(bool, "true or false"))

    def whole(self) -> int:
        return int(self._as(int, "a whole number"))

    def decimal(self) -> Decimal:
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.wrong("must be a number")
        return Decimal(str(self.value))

    def day(self) -> date:
        text = self.text()
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise self.wrong(f"must be a day like 2025-12-31, not {text!r}") from None

    def optional_day(self, key: str) -> date | None:
        found = self.find(key)
        return None if found is None else found.day()

    def one_of(self, choices: Any) -> str:
        text = self.text()
        if text not in choices:
            raise self.wrong(f"must be one of {', '.join(map(str, choices))}, not {text!r}")
        return text


def read(path: Path) -> Node:
    """The file as JSON. Raises CampaignFileError when there is none, or it is no JSON in UTF-8."""
    try:
        return Node(path.name, json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise CampaignFileError(path.name, "", f"there is no such file ({path})") from None
    except UnicodeDecodeError as error:
        raise CampaignFileError(path.name, "", f"is not UTF-8: {error}") from None
    except json.JSONDecodeError as error:
        raise CampaignFileError(path.name, f"line {error.lineno}", f"is no JSON: {error.msg}") from None


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
    confidence: str = ""


@dataclass(frozen=True)
class SuccessionRow:
    old: AreaKey
    new: AreaKey
    part: str
    confidence: str


@dataclass(frozen=True)
class AreasFile:
    """Parents come before their children."""

    areas: list[AreaRow]
    successions: list[SuccessionRow]
    district: AreaKey
    findings: list[ImportFinding] = field(default_factory=list)


def parse_areas(file: Node) -> AreasFile:
    """Province → district (until its end) → old units; new units directly under the province, and who followed whom."""
    # The first sentence of the note says where the codes come from; rows without a source of their own get it.
    codes_source = file.get("note").text().split(". ")[0][:300]
    province = file.get("province")
    province_key: AreaKey = (province.get("code").text(20), None)
    district = file.get("old_district")
    district_key: AreaKey = (district.get("code").text(20), None)
    areas = [
        AreaRow(province_key, province.get("name").text(120), Area.Kind.PROVINCE, None, source=codes_source),
        AreaRow(
            district_key,
            district.get("name").text(120),
            Area.Kind.DISTRICT,
            province_key,
            valid_to=district.get("valid_to").day(),
            source=district.optional_text("area_source", 300) or codes_source,
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
            node.optional_text("confidence", 10),
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
            successions.append(SuccessionRow(row.key, new_by_code[code], heir.get("part").text(200), confidence))
            if "D" in confidence or "M" in confidence:
                findings.append(
                    ImportFinding(heir.file, heir.path, f"{row.name}: successor deduced or remembered ({confidence})")
                )
        if len(heirs) > 1:
            findings.append(
                ImportFinding(node.file, node.path, f"{row.name} was split: its people stay unassigned until assigned")
            )
    return AreasFile(areas + new, successions, district_key, findings)


@dataclass(frozen=True)
class TargetsFile:
    """Values of model fields, by key; a target's `group` and `indicator` are keys."""

    plan: dict[str, Any]
    groups: dict[str, dict[str, Any]]
    indicators: dict[str, dict[str, Any]]
    targets: dict[str, dict[str, Any]]
    findings: list[ImportFinding]


def parse_targets(file: Node) -> TargetsFile:
    """The plan with its groups, indicators and targets, operators as written."""
    plan = file.get("plan")
    kinds = dict(file.get("source_kinds").entries())
    groups = {
        key: {
            "label_vi": node.get("label_vi").text(200),
            "counted_where": node.get("counted_where").one_of(TargetGroup.CountedWhere.values),
            "rule_vi": node.optional_text("age_rule_vi", 300),
        }
        for key, node in file.get("groups").entries()
    }
    indicators: dict[str, dict[str, Any]] = {}
    targets: dict[str, dict[str, Any]] = {}
    findings: list[ImportFinding] = []
    for node in file.get("targets").items():
        key = node.get("id").text(40)
        if key in targets:
            raise node.get("id").wrong(f"{key} is there twice")
        kind_node = node.get("source_kind")
        kind = kind_node.one_of([known for known in kinds if known in Indicator.SourceKind.values])
        indicator = node.get("indicator").text(40)
        if indicators.setdefault(indicator, {"source_kind": kind})["source_kind"] != kind:
            raise kind_node.wrong(f"differs from that of an earlier target of the indicator {indicator!r}")
        targets[key] = _target(node, key, groups, findings)
    return TargetsFile(
        {
            "title_vi": plan.get("title_vi").text(300),
            "issued_by": plan.get("issued_by").text(300),
            "reported": plan.optional_day("reported"),
            "source": plan.get("source").text(300),
            "confidence": plan.get("confidence").text(200),
        },
        groups,
        indicators,
        targets,
        findings,
    )


def _target(node: Node, key: str, groups: Mapping[str, Any], findings: list[ImportFinding]) -> dict[str, Any]:
    named = _TARGET_KEY.fullmatch(key)
    if named is None:
        raise node.get("id").wrong(f"must be like T3-2025, not {key!r}")
    year = node.get("year").whole()
    as_of = node.get("as_of").day()
    if year != int(named[2]) or as_of.year != year:
        raise node.get("year").wrong(f"must be the year of id and as_of, not {year}")
    if not node.get("cumulative").flag():
        raise node.get("cumulative").wrong("only results that are cumulative to as_of can be computed")
    measure = node.get("measure").one_of(Target.Measure.values)
    if node.get("unit").text() != UNITS[Target.Measure(measure)]:
        raise node.get("unit").wrong(f"must be {UNITS[Target.Measure(measure)]!r} for the measure {measure!r}")
    value = node.get("value").decimal()
    if not 0 < value <= (100 if measure == Target.Measure.SHARE else 9999):
        raise node.get("value").wrong(f"cannot be {value} {UNITS[Target.Measure(measure)]}")
    measurable = node.get("measurable_as_written").flag()
    reason = node.optional_text("reason_vi")
    if not measurable:
        if not reason:
            raise CampaignFileError(node.file, f"{node.path}.reason_vi", "must say why it is not measurable as written")
        findings.append(ImportFinding(node.file, node.path, f"{key} is not measurable as written: {reason}"))
    return {
        "row": int(named[1]),
        "year": year,
        "group": node.get("group").one_of(groups),
        "indicator": node.get("indicator").text(40),
        "operator": node.get("operator").one_of(Target.Operator.values),
        "value": value,
        "measure": measure,
        "measurable": measurable,
        "reason_vi": reason,
        "quote_vi": node.get("quote_vi").text(),
        "proficiency_bar_vi": node.optional_text("proficiency_bar_vi", 200),
        "denominator_vi": node.optional_text("denominator_vi", 300),
        "note_vi": node.optional_text("note_vi"),
        "as_of": as_of,
    }
