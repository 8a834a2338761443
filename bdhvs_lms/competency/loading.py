"""Frameworks as data: from the packaged files into tables, again and again without harm."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
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
                "source": _source(data),
                "caveat": data.get("caveat") or data.get("why") or data.get("status_of_this_file") or "",
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
            defaults={
                "label_vi": level.get("label_vi") or level.get("level_vi") or "",
                "label_en": level.get("label_en") or level.get("level_en") or "",
            },
        )


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
                "note": given.get("note", ""),
                "created_at": at,
            },
        )
