"""Public interface of audit: consent and the access log."""

from bdhvs_lms.audit.actions import forget_accesses, log_access, record_consent, relabel_accesses
from bdhvs_lms.audit.models import RIGHTS, AccessedPerson, AccessLog, Consent, ConsentText, PaperConsent
from bdhvs_lms.audit.queries import ConsentMissing, has_consent, latest_consent
from bdhvs_lms.audit.texts import text_in_force, version_in_force, version_on

__all__ = [
    "RIGHTS",
    "AccessLog",
    "AccessedPerson",
    "Consent",
    "ConsentMissing",
    "ConsentText",
    "PaperConsent",
    "forget_accesses",
    "has_consent",
    "latest_consent",
    "log_access",
    "record_consent",
    "relabel_accesses",
    "text_in_force",
    "version_in_force",
    "version_on",
]
