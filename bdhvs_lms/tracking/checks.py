"""System checks of tracking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError

from bdhvs_lms.conf import app_settings
from bdhvs_lms.tracking.models import IriBase
from bdhvs_xapi.app_settings import reads_settings


@reads_settings
def check_iri_base(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Warn where the setting differs from the base of our IRIs: that is made once, and a later setting
    has no effect."""
    wanted = app_settings.IRI_BASE.rstrip("/")
    if not wanted or not databases:
        return []
    try:
        row = IriBase.objects.filter(pk=1).first()
    except DatabaseError:
        return []  # no tables yet
    if row is None or row.base == f"{wanted}/xapi":
        return []
    return [
        Warning(
            f"BDHVS_IRI_BASE is {wanted}, but this site's statements use {row.base}: the setting has no effect.",
            hint="Set BDHVS_IRI_BASE to the value in the database, or remove it. The base never changes after set-up.",
            id="bdhvs_lms.W002",
        )
    ]


def register_checks() -> None:
    """Register the checks; called once, in AppConfig.ready(). They run with `check --database default` and with
    `migrate`."""
    register(check_iri_base, Tags.database)
