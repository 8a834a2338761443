"""Frameworks as data: from the packaged files into tables, again and again without harm."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from bdhvs_lms.campaign.api import TargetGroup
from bdhvs_lms.competency import rules
from bdhvs_lms.competency.models import (
    Competency,
    Domain,
    EvidenceRule,
    EvidenceRuleVersion,
    Framework,
    FrameworkLevel,
    PassRule,
)
from bdhvs_lms.tracking.api import competency_iri, register_iris

DATA = Path(__file__).parent / "data"
# The campaign's plans begin with 2025; a rule loaded later speaks for all of it.
RULES_BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
# A file says under one of these names what is unsure about it as a whole.
CAVEATS = ("caveat", "why", "status_of_this_file")
DEFAULT_LABEL_VI = "Đạt ít nhất một bài kiểm tra do hệ thống chấm"
DEFAULT_LABEL_EN = "Passed at least one quiz graded by the system"


class FrameworkError(ValueError):
    """The file is not a framework. The text names the field."""


def packaged() -> list[Path]:
    return sorted(DATA.glob("framework-*.json"))


def load_framework(source: Path | Mapping[str, Any], *, at: datetime) -> Framework:
    """Create or update a framework, its levels, domains and competencies, and the provisional rules it brings.

    Labels are brought up to date; nothing that results point at is removed, and a pass rule or a rule of evidence that
    an operator has changed since is left alone. Raises FrameworkError.
    """
    data = json.loads(source.read_text(encoding="utf-8")) if isinstance(source, Path) else source
    for name in ("id", "title_vi"):
        if not isinstance(data.get(name), str) or not data[name]:
            raise FrameworkError(f"{name}: missing or no text")
    with transaction.atomic():
        framework, _ = Framework.objects.update_or_create(
            key=_slug(data["id"]),
            defaults={
                "title_vi": data["title_vi"],
                "title_en": data.get("title_en", ""),
                "instrument": data.get("instrument", ""),
                "issued_by": data.get("issued_by", ""),
                "issued_by_en": data.get("issued_by_en", ""),
                "issued": _day(data, "issued"),
                "effective": _day(data, "effective"),
                "source": _source(data),
                "sources": _sources(data),
                "caveat": _first(data, *CAVEATS),
                "caveat_vi": _first(data, *(f"{name}_vi" for name in CAVEATS)),
                "notes": _notes(data),
            },
        )
        _levels(framework, data)
        _domains(framework, data)
        if framework.competencies.exists():
            _default_rule(framework, at)
            register_iris(
                competency_iri(framework.key, code, number)
                for code in framework.competencies.values_list("code", flat=True)
                for number in framework.levels.values_list("number", flat=True)
            )
        _pass_rules(framework, data.get("default_pass_rules", {}), at)
    return framework


def _slug(key: str) -> str:
    return key.replace(".", "-")


def _first(data: Mapping[str, Any], *names: str) -> str:
    return next((str(data[name]) for name in names if data.get(name)), "")


def _day(data: Mapping[str, Any], name: str) -> date | None:
    if data.get(name) is None:
        return None
    try:
        return date.fromisoformat(data[name])
    except (TypeError, ValueError):
        raise FrameworkError(f"{name}: not a day like 2025-01-24: {data[name]!r}") from None


def _sources(data: Mapping[str, Any]) -> list[dict[str, str]]:
    """Which fact was found where, and how sure it is; a file with one source for everything says it in one row."""
    rows = [
        {
            "fact_vi": item.get("fact_vi") or item["fact"],
            "fact_en": item["fact"],
            "where_vi": item.get("url_vi") or item["url"],
            "where_en": item["url"],
            "confidence": item["confidence"],
        }
        for item in data.get("sources", ())
    ]
    if "source" in data:
        rows.append(_said(data.get("source_vi") or data["source"], data["source"]))
    rows.extend(_said(url, url, "Toàn văn", "Full text") for url in data.get("full_text_at", ()))
    return rows


def _said(where_vi: str, where_en: str, fact_vi: str = "", fact_en: str = "") -> dict[str, str]:
    return {"fact_vi": fact_vi, "fact_en": fact_en, "where_vi": where_vi, "where_en": where_en, "confidence": ""}


def _note(vi: str, en: str, confidence_vi: str = "", confidence_en: str = "") -> dict[str, str]:
    return {"vi": vi, "en": en, "confidence_vi": confidence_vi, "confidence_en": confidence_en or confidence_vi}


def _notes(data: Mapping[str, Any]) -> list[dict[str, str]]:
    """What else a reader of the framework should know: whom it is for, how sure its levels are, and of an instrument

    whose annexes were not to be had, what is known of their make-up. Skills are never made up."""
    notes = []
    if data.get("scope"):
        notes.append(_note(f"Phạm vi: {data.get('scope_vi') or data['scope']}", f"Scope: {data['scope']}"))
    for name, text in data.get("levels_confidence", {}).items():
        if not name.endswith("_vi"):
            vi = data["levels_confidence"].get(f"{name}_vi") or text
            notes.append(_note(f"Về các trình độ: {vi}", f"On the levels: {text}"))
    for item in data.get("annexes", ()):
        label = item["label_vi"], item.get("label_en") or item["label_vi"]
        notes.append(
            _note(f"Phụ lục {item['code']}: {label[0]}", f"Annex {item['code']}: {label[1]}", item["confidence"])
        )
    for item in data.get("audiences", ()):
        label, sure = (item["label_vi"], item.get("label_en") or item["label_vi"]), item["annex_no_confidence"]
        notes.append(
            _note(
                f"Phụ lục {item['code']}, dành cho: {label[0]}",
                f"Annex {item['code']}, for: {label[1]}",
                item.get("annex_no_confidence_vi") or sure,
                sure,
            )
        )
    before = data.get("predecessor_partial")
    if before:
        notes.append(
            _note(
                f"Văn bản trước: {before.get('instrument_vi') or before['instrument']}; "
                f"{before.get('note_vi') or before['note']}. {before['source']}",
                f"Predecessor: {before['instrument']}; {before['note']}. {before['source']}",
                before["confidence"],
            )
        )
    return notes


def _close_to(item: Mapping[str, Any]) -> list[dict[str, str]]:
    """Codes of other frameworks that speak of nearly the same."""
    named = (("closeMatch_tt02", "tt02-2025"), ("digcomp22", "DigComp 2.2"), ("digcomp30", "DigComp 3.0"))
    rows = [{"framework": framework, "code": code} for key, framework in named for code in item.get(key) or ()]
    return rows + [{"framework": "DLGF", "code": code} for code in item.get("dlgf") or ()]


def _source(data: Mapping[str, Any]) -> str:
    if "source" in data:
        return str(data["source"])
    lines = [f"{item['fact']}: {item['url']} ({item['confidence']})" for item in data.get("sources", ())]
    return "\n".join(lines or [str(item) for item in data.get("full_text_at", ())])


def _levels(framework: Framework, data: Mapping[str, Any]) -> None:
    for place, level in enumerate(data.get("levels", ())):
        number = level.get("level", level.get("tier"))
        if not isinstance(number, int):
            raise FrameworkError(f"levels[{place}]: no level or tier")
        FrameworkLevel.objects.update_or_create(
            framework=framework,
            number=number,
            # Tiers are halves of a level and bear its name: "Cơ bản, bậc 2".
            defaults={
                "label_vi": level.get("label_vi") or _tier(level, "level_vi", "bậc"),
                "label_en": level.get("label_en") or _tier(level, "level_en", "tier"),
            },
        )


def _tier(level: Mapping[str, Any], name: str, word: str) -> str:
    return f"{level[name]}, {word} {level['tier']}" if level.get(name) and "tier" in level else str(level.get(name, ""))


def _domains(framework: Framework, data: Mapping[str, Any]) -> None:
    place = 0
    for number, item in enumerate(data.get("domains", ())):
        if "code" not in item or "label_vi" not in item:
            raise FrameworkError(f"domains[{number}]: needs code and label_vi")
        domain, _ = Domain.objects.update_or_create(
            framework=framework,
            code=item["code"],
            defaults={"label_vi": item["label_vi"], "label_en": item.get("label_en", ""), "position": number},
        )
        for inner, competency in enumerate(item.get("competencies", ())):
            if "code" not in competency or "label_vi" not in competency:
                raise FrameworkError(f"domains[{number}].competencies[{inner}]: needs code and label_vi")
            Competency.objects.update_or_create(
                framework=framework,
                code=competency["code"],
                defaults={
                    "domain": domain,
                    "label_vi": competency["label_vi"],
                    "label_en": competency.get("label_en", ""),
                    "position": place,
                    "variants_vi": list(competency.get("label_vi_variants") or ()),
                    "phrase_of": list(competency.get("phrase_of") or ()),
                    "close_to": _close_to(competency),
                },
            )
            place += 1


def _default_rule(framework: Framework, at: datetime) -> None:
    rule, _ = EvidenceRule.objects.get_or_create(
        framework=framework,
        competency=None,
        level=None,
        defaults={"label_vi": DEFAULT_LABEL_VI, "label_en": DEFAULT_LABEL_EN},
    )
    EvidenceRuleVersion.objects.get_or_create(
        rule=rule,
        number=1,
        defaults={"tree": rules.DEFAULT_TREE, "effective_from": RULES_BEGIN, "created_at": at},
    )


def _pass_rules(framework: Framework, given: Mapping[str, Any], at: datetime) -> None:
    for number, item in enumerate(given.get("rules", ())):
        group = TargetGroup.objects.filter(key=item.get("group")).first()
        if group is None:
            raise FrameworkError(f"default_pass_rules.rules[{number}].group: no group {item.get('group')!r}")
        known = set(framework.competencies.filter(code__in=item["all_of"]).values_list("code", flat=True))
        missing = sorted(set(item["all_of"]) - known)
        if missing:
            raise FrameworkError(f"default_pass_rules.rules[{number}].all_of: no competency {', '.join(missing)}")
        PassRule.objects.get_or_create(
            group=group,
            year=item["year"],
            number=1,
            defaults={
                "framework": framework,
                "all_of": item["all_of"],
                "level": item["level"],
                "label_vi": given.get("label_vi", ""),
                "label_en": given.get("label_en", ""),
                "note_vi": given.get("note_vi") or given.get("note", ""),
                "note_en": given.get("note", ""),
                "created_at": at,
            },
        )
