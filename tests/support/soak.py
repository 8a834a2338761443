"""How often what is decided by chance is tried: enough to find it on every run, and far more when somebody asks."""

import os


def rounds(usual: int, soak: int) -> int:
    """``soak`` with BDHVS_SOAK=1 in the environment; ``usual`` where everything is asked for, as in CI
    (BDHVS_REQUIRE_ALL=1); else half as many."""
    if os.environ.get("BDHVS_SOAK") == "1":
        return soak
    return usual if os.environ.get("BDHVS_REQUIRE_ALL") == "1" else -(-usual // 2)
