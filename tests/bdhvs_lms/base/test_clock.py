"""The one clock, and the test-only one: refused where records would carry a false time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bdhvs_lms.base.api import now
from bdhvs_lms.checks import check_test_clock
from bdhvs_lms.conf import app_settings
from tests.support.live import Installation


@pytest.mark.parametrize(
    ("clock", "testing", "expected"),
    [
        (None, False, []),
        (None, True, []),
        ("2025-11-15T09:00:00+07:00", True, []),
        ("2025-11-15T09:00:00+07:00", False, ["bdhvs_lms.E001"]),
        ("nonsense", False, ["bdhvs_lms.E002"]),
        ("nonsense", True, ["bdhvs_lms.E002"]),
        ("0001-01-01T00:00:00+07:00", True, ["bdhvs_lms.E002"]),
        ("2025-11-15T09:00:00", True, ["bdhvs_lms.E002"]),
        ("2025-13-45T09:00:00+07:00", True, ["bdhvs_lms.E002"]),
    ],
)
def test_the_test_only_clock_is_for_tests(settings, clock, testing, expected):
    settings.BDHVS_TEST_CLOCK, settings.BDHVS_TESTING = clock, testing
    assert [message.id for message in [*check_test_clock(), *app_settings.check()]] == expected


def test_the_clock_starts_where_it_is_told_and_runs_on(settings):
    settings.BDHVS_TEST_CLOCK = "2025-11-15T09:00:00+07:00"
    first, second = now(), now()
    start = datetime(2025, 11, 15, 2, 0, tzinfo=UTC)
    assert first >= start
    assert (first - start).total_seconds() < 24 * 3600
    assert second > first
    settings.BDHVS_TEST_CLOCK = None
    assert now().year >= 2026


def test_a_site_outside_tests_with_a_test_clock_does_not_start(tmp_path):
    site = Installation.make(tmp_path, "sqlite://:memory:", BDHVS_TEST_CLOCK="2025-11-15T09:00:00+07:00")
    del site.environment["BDHVS_TESTING"]
    with pytest.raises(AssertionError, match=r"bdhvs_lms\.E001"):
        site.manage("check")
