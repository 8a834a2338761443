"""Columns of lists and choosers of H5P contents."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from bdhvs_h5p.weight import Weight


def state_of(row: Any) -> str:
    if row.number is None:
        return _("Awaiting approval") if row.waits else _("No file")
    return _("Ready; another file is awaiting approval") if row.waits else _("Ready")


def weight_words(row: Any) -> str:
    return "" if row.weight is None else Weight(row.js_bytes, row.css_bytes, row.media_bytes).words


def kind_of(row: Any) -> str:
    """Return the main library as H5P names it."""
    return "" if row.main_name is None else f"{row.main_name} {row.main_major}.{row.main_minor}"
