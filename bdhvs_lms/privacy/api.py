"""Public interface of privacy: hand a person everything, stop recording, or erase the person."""

from bdhvs_lms.privacy.actions import LastOperator, erase, withdraw_consent
from bdhvs_lms.privacy.queries import export, find_learner
from bdhvs_lms.privacy.settling import settle

__all__ = [
    "LastOperator",
    "erase",
    "export",
    "find_learner",
    "settle",
    "withdraw_consent",
]
