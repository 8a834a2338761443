"""Public interface of competency: what content is aligned with, what a status is and why."""

from bdhvs_lms.competency.actions import (
    AlignmentConflict,
    add_rule_version,
    apply_to_past,
    push_alignment,
    realign,
    stopped_application,
    stopped_realignment,
)
from bdhvs_lms.competency.choosing import (
    CompetencyField,
    LevelField,
    Offer,
    competency_name,
    domain_name,
    framework_name,
    level_name,
)
from bdhvs_lms.competency.confirming.actions import (
    MOST,
    Checked,
    Confirmed,
    Document,
    Left,
    check,
    clean_document,
    confirm,
    end_proposals,
    may_confirm_in_areas,
    may_revoke,
    propose,
    revoke,
)
from bdhvs_lms.competency.confirming.codes import shown as shown_code
from bdhvs_lms.competency.confirming.codes import typed as typed_code
from bdhvs_lms.competency.confirming.models import RIGHTS as CONFIRMING_RIGHTS
from bdhvs_lms.competency.confirming.models import Confirmation, ConfirmationProposal, VneidConfirmation
from bdhvs_lms.competency.confirming.queries import (
    Attained,
    Certificate,
    Subject,
    act_done,
    certificate_with,
    certificates_of,
    competency_subjects,
    confirmed_among,
    holders,
    in_group,
    proposals,
    proposals_among,
    proposed_competencies,
    rule_subjects,
    subject_of,
    subjects_of,
    vneid_of,
)
from bdhvs_lms.competency.deciders import CompetencyDecider, competency_ref, competency_refs
from bdhvs_lms.competency.evidence import aligned_competencies
from bdhvs_lms.competency.explaining import EvidenceRow, Explanation, explain
from bdhvs_lms.competency.framework_files import FrameworkError
from bdhvs_lms.competency.impact import of_application as impact_of_application
from bdhvs_lms.competency.impact import of_realignment as impact_of_realignment
from bdhvs_lms.competency.impact import of_revocation as impact_of_revocation
from bdhvs_lms.competency.impact_of_age import of_min_age as impact_of_min_age
from bdhvs_lms.competency.loading import load_framework, packaged
from bdhvs_lms.competency.models import RIGHTS as COMPETENCY_RIGHTS
from bdhvs_lms.competency.models import (
    AlignmentRevision,
    Attainment,
    Competency,
    Evidence,
    EvidenceRule,
    EvidenceRuleVersion,
    Framework,
    FrameworkLevel,
    PassRule,
    Standing,
)
from bdhvs_lms.competency.outlook import Outlook, outlooks_of
from bdhvs_lms.competency.projection import AttainmentProjection, EvidenceProjection
from bdhvs_lms.competency.queries import (
    confirmed_by,
    counting_already,
    first_attained,
    marks_in,
    rule_in_words,
)
from bdhvs_lms.competency.reasons import Reason, Why
from bdhvs_lms.competency.retests.models import RetestMark
from bdhvs_lms.competency.retests.projection import RetestMarkProjection
from bdhvs_lms.competency.retests.queries import asked_in_retests
from bdhvs_lms.competency.rules import InvalidRule
from bdhvs_lms.competency.standings import (
    STANDINGS,
    fill,
    on_catching_up,
    pass_rules,
    rows_ready,
)
from bdhvs_lms.competency.teaching import Taught, taught

RIGHTS = {**COMPETENCY_RIGHTS, **CONFIRMING_RIGHTS}

__all__ = [
    "MOST",
    "Attained",
    "Certificate",
    "Checked",
    "Confirmation",
    "ConfirmationProposal",
    "Confirmed",
    "Document",
    "Left",
    "Subject",
    "VneidConfirmation",
    "certificate_with",
    "certificates_of",
    "check",
    "clean_document",
    "competency_subjects",
    "confirm",
    "act_done",
    "confirmed_among",
    "holders",
    "in_group",
    "may_confirm_in_areas",
    "may_revoke",
    "revoke",
    "rule_subjects",
    "shown_code",
    "subject_of",
    "subjects_of",
    "typed_code",
    "vneid_of",
    "RIGHTS",
    "AlignmentConflict",
    "AlignmentRevision",
    "Attainment",
    "AttainmentProjection",
    "Competency",
    "CompetencyDecider",
    "CompetencyField",
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
    "LevelField",
    "Offer",
    "Outlook",
    "PassRule",
    "Reason",
    "RetestMark",
    "RetestMarkProjection",
    "Taught",
    "Why",
    "STANDINGS",
    "Standing",
    "fill",
    "on_catching_up",
    "pass_rules",
    "proposals",
    "proposals_among",
    "propose",
    "proposed_competencies",
    "rows_ready",
    "add_rule_version",
    "aligned_competencies",
    "apply_to_past",
    "asked_in_retests",
    "competency_name",
    "competency_ref",
    "competency_refs",
    "confirmed_by",
    "counting_already",
    "domain_name",
    "end_proposals",
    "explain",
    "impact_of_application",
    "impact_of_min_age",
    "impact_of_realignment",
    "impact_of_revocation",
    "first_attained",
    "framework_name",
    "level_name",
    "load_framework",
    "marks_in",
    "outlooks_of",
    "packaged",
    "push_alignment",
    "realign",
    "rule_in_words",
    "stopped_application",
    "stopped_realignment",
    "taught",
]
