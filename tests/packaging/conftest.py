"""One wheel for all tests of this folder, whichever worker asks first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.packaging.installing import build_wheel


@pytest.fixture(scope="session")
def wheel(once: Any) -> Path:
    return Path(once("wheel", lambda folder: str(build_wheel(folder)))[0])
