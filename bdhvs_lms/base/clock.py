"""The one place that reads the clock, for the outermost layer only: views, commands, middleware.

Actions take `at=`; nothing below a view asks what time it is.
"""

import time
from datetime import UTC, datetime, timedelta

from bdhvs_lms.conf import app_settings

_STARTED = time.monotonic()

AHEAD = timedelta(minutes=1)
"""The most that the clocks of two processes lie apart. A later time was written while a clock was wrong: only what lies
before now counts."""


def now() -> datetime:
    """Return the time, aware, in UTC. Under the test-only clock it starts at the given moment and runs
    on from there."""
    start = app_settings.TEST_CLOCK
    if start is None:
        return datetime.now(UTC)
    return start + timedelta(seconds=time.monotonic() - _STARTED)
