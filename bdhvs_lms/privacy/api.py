"""The door of privacy: hand a person everything, stop recording, or erase the person."""

from bdhvs_lms.privacy.actions import LastOperator, erase, withdraw_consent
from bdhvs_lms.privacy.queries import declared, export, find_learner, personal_models, undeclared

__all__ = [
    "LastOperator",
    "declared",
    "erase",
    "export",
    "find_learner",
    "personal_models",
    "undeclared",
    "withdraw_consent",
]
