"""How often what is decided by chance is tried: enough to find it on every run, and far more when somebody asks."""

import os


def rounds(usual: int, soak: int) -> int:
    """``soak`` with BDHVS_SOAK=1 in the environment, else ``usual``."""
    return soak if os.environ.get("BDHVS_SOAK") == "1" else usual
