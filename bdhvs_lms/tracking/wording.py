"""Words for what trust means."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bdhvs_xapi import api as xapi

TRUST_WORDS = {
    xapi.Trust.CLIENT_REPORTED: _("reported by the device"),
    xapi.Trust.SERVER_GRADED: _("graded by the system"),
    xapi.Trust.OBSERVED: _("observed by a person"),
    xapi.Trust.CONFIRMED: _("officially confirmed"),
}


def trust_word(trust: int) -> str:
    """Return the word for the trust of a statement, 0 to 3, in the active language."""
    return str(TRUST_WORDS[xapi.Trust(trust)])
