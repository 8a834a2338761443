"""A class's code as somebody types it. Codes are short: nobody is to find classes, or names, by trying."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from bdhvs_lms.classes.models import ClassGroup
from bdhvs_lms.classes.queries import class_with_code
from bdhvs_lms.conf import app_settings
from bdhvs_lms.learners.api import address_of, require_guesses, wrong_guess


def class_typed(request: HttpRequest, code: str, *, at: datetime) -> ClassGroup | None:
    """The class of this code; None: there is none, which counts for this address, wherever codes are typed.

    Raises Throttled when codes rest for the address (BDHVS_CLASS_CODE_TRIES), also the right ones.
    """
    subject = f"class code {address_of(request)}"
    require_guesses(subject, app_settings.CLASS_CODE_TRIES, at=at)
    group = class_with_code(code)
    if group is None:
        wrong_guess(subject, at=at)
    return group
