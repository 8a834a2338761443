"""Public interface of privacy: hand a person everything, stop recording, or erase the person."""

from bdhvs_lms.privacy.accesses import changes_in_words
from bdhvs_lms.privacy.actions import LastOperator, erase, erase_account, withdraw_consent
from bdhvs_lms.privacy.models import RIGHTS
from bdhvs_lms.privacy.queries import export, find_account, find_learner
from bdhvs_lms.privacy.retention import begun_erasures, count_neighbours, count_quiet, people_to_purge, purge
from bdhvs_lms.privacy.settling import settle

__all__ = [
    "RIGHTS",
    "LastOperator",
    "begun_erasures",
    "changes_in_words",
    "count_neighbours",
    "count_quiet",
    "erase",
    "erase_account",
    "export",
    "find_account",
    "find_learner",
    "people_to_purge",
    "purge",
    "settle",
    "withdraw_consent",
]
