"""The door of competency: what content is aligned with, what a status is and why."""

from bdhvs_lms.competency.actions import (
    AlignmentConflict,
    add_rule_version,
    apply_to_past,
    push_alignment,
    realign,
)
from bdhvs_lms.competency.deciders import CompetencyDecider, competency_ref
from bdhvs_lms.competency.loading import FrameworkError, load_framework, packaged
from bdhvs_lms.competency.models import (
    Attainment,
    Competency,
    Domain,
    Evidence,
    EvidenceRule,
    EvidenceRuleVersion,
    Framework,
    FrameworkLevel,
    PassRule,
)
from bdhvs_lms.competency.projection import AttainmentProjection, EvidenceProjection
from bdhvs_lms.competency.queries import (
    EvidenceRow,
    Explanation,
    alignments_for,
    attainment,
    attainments_of,
    confirmed_by,
    explain,
    pass_rule,
    passed_by,
)
from bdhvs_lms.competency.rules import InvalidRule
from bdhvs_lms.competency.wording import trust_word

__all__ = [
    "AlignmentConflict",
    "Attainment",
    "AttainmentProjection",
    "Competency",
    "CompetencyDecider",
    "Domain",
    "Evidence",
    "EvidenceProjection",
    "EvidenceRow",
    "EvidenceRule",
    "EvidenceRuleVersion",
    "Explanation",
    "Framework",
    "FrameworkError",
    "FrameworkLevel",
    "InvalidRule",
    "PassRule",
    "add_rule_version",
    "alignments_for",
    "apply_to_past",
    "attainment",
    "attainments_of",
    "competency_ref",
    "confirmed_by",
    "explain",
    "load_framework",
    "packaged",
    "pass_rule",
    "passed_by",
    "push_alignment",
    "realign",
    "trust_word",
]
