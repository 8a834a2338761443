"""How a question that cannot be taken is given up while it is read."""

from __future__ import annotations

from question_files.language import gettext as _
from question_files.marks import is_number
from question_files.texts import clean


class Refused(Exception):
    """The text says why, in words for the editor."""


def broken() -> str:
    """What is said of a question at which a format failed. The log has why."""
    return _("It could not be read because of an error here. Tell whoever runs the site.")


def no_number(text: str) -> Refused:
    """An answer that should be one, and that `marks.number` does not take."""
    told = {"text": clean(text)[:60]}
    if is_number(text):
        return Refused(_("“%(text)s” has more than 12 digits before the point, or is too small.") % told)
    return Refused(_("“%(text)s” is not a number.") % told)
