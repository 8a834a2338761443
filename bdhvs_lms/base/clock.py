"""The one place that reads the clock, for the outermost layer only: views, commands, middleware.

Actions take `at=`; nothing below a view asks what time it is.
"""

import time
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils.dateparse import parse_datetime

_STARTED = time.monotonic()


def test_clock() -> datetime | None:
    """The moment at which a test's process is to begin, or None. Aware; raises ValueError when it has no zone."""
    given: str | None = getattr(settings, "BDHVS_TEST_CLOCK", None)
    if not given:
        return None
    moment = parse_datetime(given)
    if moment is None or moment.tzinfo is None:
        raise ValueError(f"BDHVS_TEST_CLOCK is not a date and time with a zone: {given!r}")
    return moment.astimezone(UTC)


def now() -> datetime:
    """The time, aware, in UTC. Under the test-only clock it starts at the given moment and runs on from there."""
    start = test_clock()
    if start is None:
        return datetime.now(UTC)
    return start + timedelta(seconds=time.monotonic() - _STARTED)
