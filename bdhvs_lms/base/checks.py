"""System checks. E001, E002: the test-only clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from bdhvs_lms.base.clock import test_clock


def check_test_clock(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """The test-only clock is refused outside tests: results would carry dates that never were."""
    if not getattr(settings, "BDHVS_TEST_CLOCK", None):
        return []
    if not getattr(settings, "BDHVS_TESTING", False):
        return [
            Error(
                "BDHVS_TEST_CLOCK is set outside tests: every record would get a false time.",
                hint="Remove BDHVS_TEST_CLOCK from the environment.",
                id="bdhvs_lms.E001",
            )
        ]
    try:
        test_clock()
    except ValueError as error:
        return [Error(str(error), hint="For example 2025-11-15T19:30:00+07:00", id="bdhvs_lms.E002")]
    return []


def register_checks() -> None:
    """Called once, in AppConfig.ready()."""
    register(check_test_clock)
