"""One wheel of each distribution for all tests of this folder, whichever worker asks first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.architecture.layers import ADAPTER, ROOT
from tests.packaging.installing import build_wheel


@pytest.fixture(scope="session")
def wheel(once: Any) -> Path:
    """Of `bdhvs-lms`; that of the adapter lies beside it."""
    return Path(once("wheel", _both)[0])


@pytest.fixture(scope="session")
def adapter_wheel(wheel: Path) -> Path:
    (found,) = wheel.parent.glob("h5p_python_adapter-*.whl")
    return found


def _both(folder: Path) -> str:
    build_wheel(folder, ROOT / ADAPTER.parent)
    return str(build_wheel(folder))
