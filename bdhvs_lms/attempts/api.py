"""Public interface of attempts: what every kind of activity that a learner does goes through, whoever hosts it."""

from bdhvs_lms.attempts.queries import NotEnrolled, NotOffered, enrolled_in
from bdhvs_lms.attempts.references import from_references, ref_from_json, references

__all__ = [
    "NotEnrolled",
    "NotOffered",
    "enrolled_in",
    "from_references",
    "ref_from_json",
    "references",
]
