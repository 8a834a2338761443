"""Class codes as people type them. Codes are short, so nobody may find classes, or names, by trying."""

from __future__ import annotations

import logging
from datetime import datetime

from django.http import HttpRequest

from bdhvs_lms.classes.models import ClassGroup
from bdhvs_lms.classes.queries import class_with_code
from bdhvs_lms.conf import app_settings
from bdhvs_lms.learners.api import Throttled, address_of, require_guesses, wrong_guess

logger = logging.getLogger("bdhvs_lms.sign_in")


def class_typed(request: HttpRequest, code: str, *, at: datetime) -> ClassGroup | None:
    """Return the class of this code, or None; each code of no class counts for this address, wherever codes are typed.

    A right code passes, whatever others at the address typed. Raises Throttled for a wrong one once there are too many
    (BDHVS_CLASS_CODE_TRIES), which writes nothing and counts no more.
    """
    group = class_with_code(code)
    if group is None:
        subject = f"class code {address_of(request)}"
        require_guesses(subject, app_settings.CLASS_CODE_TRIES, at=at)
        wrong_guess(subject, at=at)
        _tell_operator(subject, address_of(request), at=at)
    return group


def _tell_operator(subject: str, address: str, *, at: datetime) -> None:
    """Log the wrong code that makes the number full, for the firewall or the proxy."""
    try:
        require_guesses(subject, app_settings.CLASS_CODE_TRIES, at=at)
    except Throttled:
        minutes = app_settings.SIGN_IN_MINUTES
        logger.warning("%d wrong class codes from %s in %s minutes.", app_settings.CLASS_CODE_TRIES, address, minutes)
