"""What the views of several readers share."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from bdhvs_lms.base.api import day_of, now


def today() -> date:
    """The day in Vietnam."""
    return day_of(now())


class WrongChoice(Exception):
    """A filter in the address that no form of ours makes. The text is for the reader."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text or _("This option does not exist. Choose from the lists."))
