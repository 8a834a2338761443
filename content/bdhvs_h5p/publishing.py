"""From a living page to the row that attempts are pinned to."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_UP, Decimal
from typing import Any

from bdhvs_content.api import versions_of
from bdhvs_h5p.models import H5PActivityVersion

__all__ = ["scores_of", "store"]


def scores_of(page: Any) -> tuple[Decimal | None, Decimal | None]:
    """(max score, pass score) in points. Of most packages only playing tells the first: (None, None) then."""
    most = page.version.max_score if page.version is not None else None
    if most is None:
        return None, None
    if page.pass_percent is None:
        return most, None
    return most, (most * page.pass_percent / 100).quantize(Decimal("0.01"), rounding=ROUND_UP)


def store(page: Any, number: int, content: dict[str, Any], *, at: datetime) -> H5PActivityVersion:
    """Keep what is published under this number. The caller's transaction also pushes its facts."""
    return H5PActivityVersion.objects.create(
        activity_key=page.translation_key,
        number=number,
        h5p_version=page.version,
        completion=content["completion"],
        pass_percent=content["pass_percent"],
        titles={one.locale.language_code: one.title for one in versions_of(page.translation_key) if one.live},
        language=page.locale.language_code,
        created_at=at,
    )
