"""Every part's models, gathered where Django looks for them: one app, one label, one history of migrations."""

from bdhvs_lms.audit.models import AccessLog, Consent
from bdhvs_lms.campaign.models import (
    Area,
    AreaSuccession,
    Denominator,
    Figure,
    Indicator,
    Organisation,
    Plan,
    SteeringAssignment,
    Target,
    TargetGroup,
)
from bdhvs_lms.classes.models import ClassGroup, ClassTeacher, Membership
from bdhvs_lms.competency.models import (
    Alignment,
    AlignmentRevision,
    Attainment,
    Competency,
    Domain,
    Evidence,
    EvidenceRule,
    EvidenceRuleVersion,
    Framework,
    FrameworkLevel,
    PassRule,
    Realignment,
    RuleApplication,
)
from bdhvs_lms.courses.models import Activity, Course, Enrolment
from bdhvs_lms.learners.models import Belonging, Learner, LearnerIdentity, Person, Placement
from bdhvs_lms.progress.models import CourseResult, Result
from bdhvs_lms.tracking.models import Act, IriBase, RebuildCursor

__all__ = [
    "AccessLog",
    "Act",
    "Activity",
    "Alignment",
    "AlignmentRevision",
    "Area",
    "AreaSuccession",
    "Attainment",
    "Belonging",
    "ClassGroup",
    "ClassTeacher",
    "Competency",
    "Consent",
    "Course",
    "CourseResult",
    "Denominator",
    "Domain",
    "Enrolment",
    "Evidence",
    "EvidenceRule",
    "EvidenceRuleVersion",
    "Figure",
    "Framework",
    "FrameworkLevel",
    "Indicator",
    "IriBase",
    "Learner",
    "LearnerIdentity",
    "Membership",
    "Organisation",
    "PassRule",
    "Person",
    "Placement",
    "Plan",
    "Realignment",
    "RebuildCursor",
    "Result",
    "RuleApplication",
    "SteeringAssignment",
    "Target",
    "TargetGroup",
]
