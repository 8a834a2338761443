"""Words for what numbers mean here."""

from django.utils.translation import gettext_lazy as _

TRUST_WORDS = {
    0: _("reported by the device"),
    1: _("graded by the system"),
    2: _("observed by a person"),
    3: _("officially confirmed"),
}


def trust_word(trust: int) -> str:
    """Trust of evidence, 0 to 3, in the active language."""
    return str(TRUST_WORDS.get(trust, trust))
