"""The file of a plan: its groups, indicators and targets, operators as written, and how it says it is to be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bdhvs_lms.campaign.files import CampaignFileError, ImportFinding, Node
from bdhvs_lms.campaign.models import Indicator, Target, TargetGroup

UNITS = {Target.Measure.SHARE: "percent", Target.Measure.RANK: "rank"}
_TARGET_KEY = re.compile(r"T(\d{1,3})-(\d{4})")


@dataclass(frozen=True)
class TargetsFile:
    """Values of model fields, by key; a target's `group` and `indicator`, and a group's `part_of`, are keys."""

    plan: dict[str, Any]
    groups: dict[str, dict[str, Any]]
    indicators: dict[str, dict[str, Any]]
    targets: dict[str, dict[str, Any]]
    findings: list[ImportFinding]


def parse_targets(file: Node) -> TargetsFile:
    """The plan with its groups, indicators and targets, operators as written."""
    plan = file.get("plan")
    kinds = dict(file.get("source_kinds").entries())
    groups = {key: _group(node) for key, node in file.get("groups").entries()}
    for key, values in groups.items():
        whole = values["part_of"]
        if whole is not None and (whole not in groups or groups[whole]["part_of"] is not None or whole == key):
            raise file.get("groups").get(key).get("part_of").wrong("must be a group that is itself part of none")
    labels = file.find("indicators")
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
        named = None if labels is None else labels.find(indicator)
        row = {
            "source_kind": kind,
            "label_vi": "" if named is None else named.get("label_vi").text(200),
            "label_en": "" if named is None else named.optional_text("label_en", 200),
        }
        if indicators.setdefault(indicator, row)["source_kind"] != kind:
            raise kind_node.wrong(f"differs from that of an earlier target of the indicator {indicator!r}")
        targets[key] = _target(node, key, groups, findings)
    return TargetsFile(
        {
            "title_vi": plan.get("title_vi").text(300),
            "title_en": plan.optional_text("title_en", 300),
            "issued_by": plan.get("issued_by").text(300),
            "issued_by_en": plan.optional_text("issued_by_en", 300),
            "reported": plan.optional_day("reported"),
            "source": plan.get("source").text(300),
            "source_vi": plan.optional_text("source_vi", 300),
            "confidence": plan.get("confidence").text(200),
            "confidence_vi": plan.optional_text("confidence_vi", 200),
            "notes": _notes(file),
            "comparators": [_comparator(node) for node in _list(file, "comparators")],
        },
        groups,
        indicators,
        targets,
        findings,
    )


def _group(node: Node) -> dict[str, Any]:
    age, whole = node.find("min_age"), node.find("part_of")
    if age is not None and not 0 < age.whole() < 120:
        raise age.wrong("must be an age in years")
    if age is not None and whole is not None:
        raise age.wrong("belongs to the group that this one is a part of")
    town = node.find("urban_only")
    if town is not None and town.flag() and whole is None:
        raise town.wrong("is said of a part of another group: part_of is missing")
    return {
        "label_vi": node.get("label_vi").text(200),
        "label_en": node.optional_text("label_en", 200),
        "counted_where": node.get("counted_where").one_of(TargetGroup.CountedWhere.values),
        "rule_vi": node.optional_text("age_rule_vi", 300),
        "rule_en": node.optional_text("age_rule_en", 300),
        "min_age": None if age is None else age.whole(),
        "part_of": None if whole is None else whole.text(40),
        "urban_only": town is not None and town.flag(),
    }


def _list(node: Node, key: str) -> list[Node]:
    found = node.find(key)
    return [] if found is None else found.items()


def _notes(file: Node) -> list[dict[str, str]]:
    """How the file says that its targets are to be read, in both languages where it has both."""
    pairs = [(file.optional_text("operator_note"), file.optional_text("operator_note_vi"))]
    english, vietnamese = _list(file, "reading_notes"), _list(file, "reading_notes_vi")
    if vietnamese and len(vietnamese) != len(english):
        raise file.get("reading_notes_vi").wrong("must have as many notes as reading_notes")
    for place, note in enumerate(english):
        pairs.append((note.text(), vietnamese[place].text() if vietnamese else ""))
    for name in ("groups_note", "english_by"):
        pairs.append((file.optional_text(name), file.optional_text(f"{name}_vi")))
    return [{"vi": vi or en, "en": en} for en, vi in pairs if en]


def _comparator(node: Node) -> dict[str, str]:
    plan, what, sure = node.get("plan").text(), node.get("what").text(), node.get("confidence").text()
    return {
        "plan_vi": node.optional_text("plan_vi") or plan,
        "plan_en": plan,
        "what_vi": node.optional_text("what_vi") or what,
        "what_en": what,
        "source": node.optional_text("source"),
        "confidence_vi": node.optional_text("confidence_vi") or sure,
        "confidence_en": sure,
    }


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
        "reason_en": node.optional_text("reason_en"),
        "quote_vi": node.get("quote_vi").text(),
        "quote_en": node.optional_text("quote_en"),
        "proficiency_bar_vi": node.optional_text("proficiency_bar_vi", 200),
        "proficiency_bar_en": node.optional_text("proficiency_bar_en", 200),
        "denominator_vi": node.optional_text("denominator_vi", 300),
        "denominator_en": node.optional_text("denominator_en", 300),
        "note_vi": node.optional_text("note_vi"),
        "note_en": node.optional_text("note_en"),
        "as_of": as_of,
    }
