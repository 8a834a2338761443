"""How often what is decided by chance is tried: properties few times at work and on a second database, more in CI, many
when somebody asks.

BDHVS_SOAK=1 asks (`make soak`), BDHVS_REQUIRE_ALL=1 is CI.
"""

import os

import hypothesis
from hypothesis import HealthCheck
from hypothesis.database import DirectoryBasedExampleDatabase

from tests.support.migrated import CACHE

SOAKING = os.environ.get("BDHVS_SOAK") == "1"
THOROUGH = SOAKING or os.environ.get("BDHVS_REQUIRE_ALL") == "1"
ON_POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgres")
EXAMPLES = 200 if SOAKING else 25 if THOROUGH and not ON_POSTGRES else 5

# CI tries the same at each run, so that a change is refused for what it changed. What nobody has met yet is met at
# work, where it is kept and tried again until it is mended, and by `make soak`.
SAME = THOROUGH and not SOAKING
# How long an example takes is for a busy machine to say, and no property of anything. A property's fixtures hold what
# all examples read; what one writes it takes back itself.
hypothesis.settings.register_profile(
    "suite",
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    derandomize=SAME,
    database=None if SAME else DirectoryBasedExampleDatabase(CACHE / "examples"),
)
hypothesis.settings.load_profile("suite")


def rounds(usual: int, soak: int) -> int:
    """Return ``soak`` when soaking, else ``usual``: what comes by a fixed seed is the same at each run."""
    return soak if SOAKING else usual


# For a property of whole histories: an example takes seconds.
SELDOM = hypothesis.settings(max_examples=rounds(5, 200))
