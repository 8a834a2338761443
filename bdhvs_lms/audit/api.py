"""Public interface of audit: consent and the access log."""

from bdhvs_lms.audit.actions import forget_accesses, log_access, record_consent, relabel_accesses
from bdhvs_lms.audit.forms import ConsentForm, ask_for_consent, consent_reasons
from bdhvs_lms.audit.models import Consent
from bdhvs_lms.audit.queries import ConsentMissing, agreed_among, has_consent, latest_consent, require_consent

__all__ = [
    "Consent",
    "ConsentForm",
    "ConsentMissing",
    "agreed_among",
    "ask_for_consent",
    "consent_reasons",
    "forget_accesses",
    "has_consent",
    "latest_consent",
    "log_access",
    "record_consent",
    "relabel_accesses",
    "require_consent",
]
