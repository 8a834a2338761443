"""Public interface of privacy: hand a person everything, stop recording, or erase the person."""

from bdhvs_lms.privacy.actions import LastOperator, erase, withdraw_consent
from bdhvs_lms.privacy.queries import declared, export, find_learner, personal_models, undeclared
from bdhvs_lms.privacy.settling import settle

__all__ = [
    "LastOperator",
    "declared",
    "erase",
    "export",
    "find_learner",
    "personal_models",
    "settle",
    "undeclared",
    "withdraw_consent",
]
