"""The keys of areas, for second looks, which take them from here."""

from __future__ import annotations

from bdhvs_lms.reporting.area_choice import area_key

__all__ = ["area_key"]
