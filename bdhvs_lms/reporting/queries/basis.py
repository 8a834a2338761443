"""What a target's numbers rest on, for officials: rule, framework, where things were read, and every total entered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bdhvs_lms.campaign.api import Area, Denominator, Figure, Target
from bdhvs_lms.competency.api import Competency, EvidenceRule, FrameworkLevel, PassRule, rule_in_words
from bdhvs_lms.reporting.queries.targets import TargetRow


@dataclass(frozen=True)
class Basis:
    rule: PassRule | None
    level: FrameworkLevel | None
    """Of the rule; None when the framework has no such level."""
    competencies: tuple[Competency, ...]
    """All of which the rule asks for, in the framework's order."""
    proofs: tuple[tuple[EvidenceRule, str], ...]
    """The framework's rules of evidence, the general one first, each with what it says exactly today."""
    denominators: tuple[Denominator, ...]
    """Every total that was entered for the group in the area, the newest first: none is ever replaced."""
    figures: tuple[Figure, ...]
    """Every outside figure about the indicator, the newest first."""


def basis_of(target: Target, area: Area, row: TargetRow, at: datetime) -> Basis:
    """`at`: the moment whose rules of evidence are told. At most six queries."""
    rule = row.rule
    competencies: tuple[Competency, ...] = ()
    proofs: list[EvidenceRule] = []
    level = None
    if rule is not None:
        competencies = tuple(
            Competency.objects.filter(framework=rule.framework_id, code__in=rule.all_of).order_by("position", "pk")
        )
        level = FrameworkLevel.objects.filter(framework=rule.framework_id, number=rule.level).first()
        wanted = {one.pk for one in competencies}
        proofs = [
            one
            for one in EvidenceRule.objects.filter(framework=rule.framework_id)
            .select_related("competency")
            .prefetch_related("versions")
            .order_by("competency__position", "level", "pk")
            if one.competency_id is None or one.competency_id in wanted
        ]
    same_group = {"group": target.group_id, "area": area.pk}
    newest_first = ("-as_of", "-entered_at", "-pk")
    return Basis(
        rule=rule,
        level=level,
        competencies=competencies,
        proofs=tuple(
            (one, rule_in_words(one, at)) for one in sorted(proofs, key=lambda one: one.competency_id is not None)
        ),
        denominators=tuple(Denominator.objects.filter(**same_group).order_by(*newest_first)),
        figures=tuple(Figure.objects.filter(**same_group, indicator=target.indicator_id).order_by(*newest_first)),
    )
