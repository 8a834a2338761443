"""Public interface of attempts: what every kind of activity that a learner does goes through, whoever hosts it."""

from bdhvs_lms.attempts.actions import (
    Opening,
    Posted,
    give_extra_attempt,
    give_extra_time,
    open_or_resume,
    time_given,
)
from bdhvs_lms.attempts.consent import agree, consent_context, follow_agreement, take_consent
from bdhvs_lms.attempts.models import (
    WHY_KEPT,
    AttemptBase,
    ExtraAttempt,
    ExtraTime,
    StepBase,
    VersionBase,
    attempt_constraints,
)
from bdhvs_lms.attempts.queries import (
    AttemptNotFound,
    NotEnrolled,
    NotOffered,
    attempts_at,
    enrolled_in,
    extra_attempts,
    extra_times,
    own_attempt,
)
from bdhvs_lms.attempts.references import from_references, observed, references, references_within, stored
from bdhvs_lms.attempts.statements import act_of
from bdhvs_lms.attempts.web import (
    broken_form,
    claimed_time,
    message_page,
    on_own_attempt,
    posted_act_id,
    posted_time,
    require_methods,
    signed_out_of,
)

__all__ = [
    "WHY_KEPT",
    "AttemptBase",
    "AttemptNotFound",
    "ExtraAttempt",
    "ExtraTime",
    "NotEnrolled",
    "NotOffered",
    "Opening",
    "StepBase",
    "VersionBase",
    "act_of",
    "attempt_constraints",
    "attempts_at",
    "enrolled_in",
    "extra_attempts",
    "extra_times",
    "give_extra_attempt",
    "give_extra_time",
    "time_given",
    "from_references",
    "observed",
    "on_own_attempt",
    "claimed_time",
    "message_page",
    "require_methods",
    "signed_out_of",
    "posted_act_id",
    "posted_time",
    "Posted",
    "broken_form",
    "agree",
    "consent_context",
    "follow_agreement",
    "take_consent",
    "open_or_resume",
    "own_attempt",
    "references",
    "references_within",
    "stored",
]
