"""The ready site's settings with a database that gives up soon: for processes of tests that take it away.

``TIGHT_TIMEOUT``: milliseconds that SQLite waits for a lock. ``TIGHT_PAGES``: pages that its file may have, at most.
"""

import os

from bdhvs_lms.site.settings import *  # noqa: F403
from bdhvs_lms.site.settings import DATABASES

_options = DATABASES["default"].get("OPTIONS", {})
if "TIGHT_TIMEOUT" in os.environ:
    # The option itself stays what the system checks ask for.
    _options["init_command"] += f" PRAGMA busy_timeout={os.environ['TIGHT_TIMEOUT']};"
if "TIGHT_PAGES" in os.environ:
    _options["init_command"] += f" PRAGMA max_page_count={os.environ['TIGHT_PAGES']};"
