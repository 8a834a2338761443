"""Import of frameworks as data: from the packaged files into tables, again and again without harm."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from bdhvs_lms.campaign.api import TargetGroup
from bdhvs_lms.competency import rules
from bdhvs_lms.competency.framework_files import (
    CompetencyEntry,
    FrameworkError,
    FrameworkFile,
    Level,
    PassRules,
    read_framework,
)
from bdhvs_lms.competency.models import (
    Competency,
    Domain,
    EvidenceRule,
    EvidenceRuleVersion,
    Framework,
    FrameworkLevel,
    PassRule,
)
from bdhvs_lms.tracking.api import competency_iri
from bdhvs_xapi.api import register_iris

DATA = Path(__file__).parent / "data"
# The campaign's plans begin with 2025; a rule loaded later speaks for all of it.
RULES_BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
DEFAULT_LABEL_VI = "Đạt ít nhất một bài kiểm tra do hệ thống chấm"
DEFAULT_LABEL_EN = "Passed at least one quiz graded by the system"


def packaged() -> list[Path]:
    return sorted(DATA.glob("framework-*.json"))


def load_framework(source: Path | Mapping[str, Any], *, at: datetime) -> Framework:
    """Create or update a framework, its levels, domains and competencies, and the provisional rules it brings.

    Labels are brought up to date; nothing that results point at is removed, and a pass rule or a rule of evidence that
    an operator has changed since is left alone. Raises FrameworkError.
    """
    file = read_framework(source)
    with transaction.atomic():
        framework, _ = Framework.objects.update_or_create(
            key=file.id.replace(".", "-"),
            defaults={
                "title_vi": file.title_vi,
                "title_en": file.title_en,
                "instrument": file.instrument,
                "issued_by": file.issued_by,
                "issued_by_en": file.issued_by_en,
                "issued": file.issued,
                "effective": file.effective,
                "source": _source(file),
                "sources": _sources(file),
                "caveat": file.caveat or file.why or file.status_of_this_file or "",
                "caveat_vi": file.caveat_vi or file.why_vi or file.status_of_this_file_vi or "",
                "notes": _notes(file),
            },
        )
        _levels(framework, file)
        _domains(framework, file)
        if framework.competencies.exists():
            _default_rule(framework, at)
            register_iris(
                competency_iri(framework.key, code, number)
                for code in framework.competencies.values_list("code", flat=True)
                for number in framework.levels.values_list("number", flat=True)
            )
        _pass_rules(framework, file.default_pass_rules, at)
    return framework


def _sources(file: FrameworkFile) -> list[dict[str, str]]:
    """Return which fact was found where, and how sure it is; a file with one source for everything
    says it in one row."""
    rows = [
        {
            "fact_vi": item.fact_vi or item.fact,
            "fact_en": item.fact,
            "where_vi": item.url_vi or item.url,
            "where_en": item.url,
            "confidence": item.confidence,
        }
        for item in file.sources
    ]
    if file.source:
        rows.append(_source_row(file.source_vi or file.source, file.source))
    rows.extend(_source_row(url, url, "Toàn văn", "Full text") for url in file.full_text_at)
    return rows


def _source_row(where_vi: str, where_en: str, fact_vi: str = "", fact_en: str = "") -> dict[str, str]:
    return {"fact_vi": fact_vi, "fact_en": fact_en, "where_vi": where_vi, "where_en": where_en, "confidence": ""}


def _note(vi: str, en: str, confidence_vi: str = "", confidence_en: str = "") -> dict[str, str]:
    return {"vi": vi, "en": en, "confidence_vi": confidence_vi, "confidence_en": confidence_en or confidence_vi}


def _notes(file: FrameworkFile) -> list[dict[str, str]]:
    """Return what else a reader of the framework should know: whom it is for, how sure its levels are, and of an
    instrument whose annexes were not to be had, what is known of their make-up. Skills are never made up."""
    notes = []
    if file.scope:
        notes.append(_note(f"Phạm vi: {file.scope_vi or file.scope}", f"Scope: {file.scope}"))
    for name, text in file.levels_confidence.items():
        if not name.endswith("_vi"):
            vi = file.levels_confidence.get(f"{name}_vi") or text
            notes.append(_note(f"Về các trình độ: {vi}", f"On the levels: {text}"))
    for annex in file.annexes:
        notes.append(
            _note(
                f"Phụ lục {annex.code}: {annex.label_vi}",
                f"Annex {annex.code}: {annex.label_en or annex.label_vi}",
                annex.confidence,
            )
        )
    for audience in file.audiences:
        notes.append(
            _note(
                f"Phụ lục {audience.code}, dành cho: {audience.label_vi}",
                f"Annex {audience.code}, for: {audience.label_en or audience.label_vi}",
                audience.annex_no_confidence_vi or audience.annex_no_confidence,
                audience.annex_no_confidence,
            )
        )
    before = file.predecessor_partial
    if before is not None:
        notes.append(
            _note(
                f"Văn bản trước: {before.instrument_vi or before.instrument}; "
                f"{before.note_vi or before.note}. {before.source}",
                f"Predecessor: {before.instrument}; {before.note}. {before.source}",
                before.confidence,
            )
        )
    return notes


def _close_to(entry: CompetencyEntry) -> list[dict[str, str]]:
    """Return codes of other frameworks that speak of nearly the same."""
    named = (
        ("tt02-2025", entry.close_match_tt02),
        ("DigComp 2.2", entry.digcomp22),
        ("DigComp 3.0", entry.digcomp30),
        ("DLGF", entry.dlgf),
    )
    return [{"framework": framework, "code": code} for framework, codes in named for code in codes or ()]


def _source(file: FrameworkFile) -> str:
    lines = [f"{item.fact}: {item.url} ({item.confidence})" for item in file.sources]
    return file.source or "\n".join(lines or file.full_text_at)


def _levels(framework: Framework, file: FrameworkFile) -> None:
    for level in file.levels:
        FrameworkLevel.objects.update_or_create(
            framework=framework,
            number=level.number,
            # Tiers are halves of a level and bear its name: "Cơ bản, bậc 2".
            defaults={
                "label_vi": level.label_vi or _tier(level, level.level_vi, "bậc"),
                "label_en": level.label_en or _tier(level, level.level_en, "tier"),
            },
        )


def _tier(level: Level, name: str | None, word: str) -> str:
    return f"{name}, {word} {level.tier}" if name and level.tier is not None else name or ""


def _domains(framework: Framework, file: FrameworkFile) -> None:
    place = 0
    for number, item in enumerate(file.domains):
        domain, _ = Domain.objects.update_or_create(
            framework=framework,
            code=item.code,
            defaults={"label_vi": item.label_vi, "label_en": item.label_en, "position": number},
        )
        for competency in item.competencies:
            Competency.objects.update_or_create(
                framework=framework,
                code=competency.code,
                defaults={
                    "domain": domain,
                    "label_vi": competency.label_vi,
                    "label_en": competency.label_en,
                    "position": place,
                    "variants_vi": competency.label_vi_variants or [],
                    "phrase_of": competency.phrase_of or [],
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


def _pass_rules(framework: Framework, given: PassRules, at: datetime) -> None:
    for number, item in enumerate(given.rules):
        group = TargetGroup.objects.filter(key=item.group).first()
        if group is None:
            raise FrameworkError(f"default_pass_rules.rules[{number}].group: no group {item.group!r}")
        PassRule.objects.get_or_create(
            group=group,
            year=item.year,
            number=1,
            defaults={
                "framework": framework,
                "all_of": item.all_of,
                "level": item.level,
                "label_vi": given.label_vi,
                "label_en": given.label_en,
                "note_vi": given.note_vi or given.note,
                "note_en": given.note,
                "created_at": at,
            },
        )
