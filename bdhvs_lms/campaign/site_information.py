"""Information on who runs the site, whom to call and what is kept of visitors, for every page's foot, signing in and
help."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import in_language, one_line, require
from bdhvs_lms.campaign.models import SiteInformation

KEY = "bdhvs_lms.site_information"
SECONDS = 60
"""So long another process may show what was there before."""
_PHONE = re.compile(r"\+?[0-9][0-9 .()-]{1,18}")


@dataclass(frozen=True)
class About:
    """Information on the site in the reader's language; empty strings for what nobody has said."""

    agency: str = ""
    address: str = ""
    phone: str = ""
    hours: str = ""
    privacy: str = ""


def about_site() -> About:
    """Return what was written last. A query in a minute at most: every page asks."""
    kept = cache.get(KEY)
    if kept is None:
        row = SiteInformation.objects.order_by("-recorded_at", "-pk").values(*FIELDS).first()
        kept = row or {}
        cache.set(KEY, kept, SECONDS)
    if not kept:
        return About()
    return About(
        agency=kept["agency"],
        address=kept["address"],
        phone=kept["phone"],
        hours=in_language(kept["hours_vi"], kept["hours_en"]),
        privacy=in_language(kept["privacy_vi"], kept["privacy_en"]),
    )


FIELDS = ("agency", "address", "phone", "hours_vi", "hours_en", "privacy_vi", "privacy_en")


def write_site_information(*, at: datetime, by: Any, **values: str) -> SiteInformation:
    """Say anew who runs the site; what was said before stays in the list. Needs add_siteinformation.

    Args:
        values: FIELDS, all of them; only `agency` may not be empty.

    Raises PermissionDenied, or ValidationError by field."""
    require(by, "add_siteinformation")
    cleaned = {name: one_line(values[name]) for name in FIELDS}
    if not cleaned["agency"]:
        raise ValidationError({"agency": _("Enter the agency's name.")})
    if cleaned["phone"] and not _PHONE.fullmatch(cleaned["phone"]):
        raise ValidationError({"phone": _("A phone number has digits; +, spaces and dots are allowed.")})
    row = SiteInformation.objects.create(recorded_at=at, **cleaned)
    cache.delete(KEY)
    return row
