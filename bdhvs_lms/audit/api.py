"""Public interface of audit: consent, the access log, and the role of operators."""

from bdhvs_lms.audit.actions import forget_accesses, log_access, record_consent, relabel_accesses
from bdhvs_lms.audit.models import AccessedPeople, AccessedPerson, AccessLog, Consent
from bdhvs_lms.audit.queries import (
    CONSENT_VERSION,
    ConsentMissing,
    accesses_to,
    consents_of,
    has_consent,
    latest_consent,
    require_consent,
)
from bdhvs_lms.audit.roles import OPERATORS, operators

__all__ = [
    "CONSENT_VERSION",
    "OPERATORS",
    "AccessLog",
    "AccessedPeople",
    "AccessedPerson",
    "Consent",
    "ConsentMissing",
    "accesses_to",
    "consents_of",
    "forget_accesses",
    "has_consent",
    "latest_consent",
    "log_access",
    "operators",
    "record_consent",
    "relabel_accesses",
    "require_consent",
]
