"""Which lock this environment was made of."""

from __future__ import annotations

from importlib.metadata import version

from tests.support.live import ROOT

OLDEST = int(version("wagtail").partition(".")[0]) < 8
"""Whether these are the oldest Wagtail and Django that are supported: `LTS=1 make`."""
LOCK = ROOT / ("requirements-lts.lock" if OLDEST else "requirements.lock")
