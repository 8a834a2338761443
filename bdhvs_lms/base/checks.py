"""System checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, register

from bdhvs_lms.conf import app_settings
from bdhvs_xapi.app_settings import reads_settings


@reads_settings
def check_test_clock(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """The test-only clock is refused outside tests: results would carry dates that never were."""
    if app_settings.TEST_CLOCK is None or app_settings.TESTING:
        return []
    return [
        Error(
            "BDHVS_TEST_CLOCK is set outside tests: every record would get a false time.",
            hint="Remove BDHVS_TEST_CLOCK from the environment.",
            id="bdhvs_lms.E001",
        )
    ]


def register_checks() -> None:
    """Called once, in AppConfig.ready()."""
    register(check_test_clock)
