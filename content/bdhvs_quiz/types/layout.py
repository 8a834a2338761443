"""Layout of rows in a question's form: fields written each time, and fields opened on demand."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import BlockGroup

ROW = "struct-block question-row"
"""Class of a row, for bank.css."""


MORE = _("Feedback and share of the mark")


def on_demand(*always: str, more: Sequence[str], heading: str | Promise = MORE) -> BlockGroup:
    """Group a row's blocks. `always`: names of the blocks of one line; `more`: of those that are closed until somebody
    wants
    them, below `heading`."""
    closed = BlockGroup(list(more), heading=heading, classname="collapsed question-more")
    return BlockGroup([*always, closed])
