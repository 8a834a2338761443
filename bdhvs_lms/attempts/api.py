"""Public interface of attempts: what every kind of activity that a learner does goes through, whoever hosts it."""

from bdhvs_lms.attempts.models import WHY_KEPT, AttemptBase, StepBase, attempt_constraints
from bdhvs_lms.attempts.queries import NotEnrolled, NotOffered, enrolled_in
from bdhvs_lms.attempts.references import from_references, ref_from_json, references

__all__ = [
    "WHY_KEPT",
    "AttemptBase",
    "NotEnrolled",
    "NotOffered",
    "StepBase",
    "attempt_constraints",
    "enrolled_in",
    "from_references",
    "ref_from_json",
    "references",
]
