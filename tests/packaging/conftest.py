"""All distributions, built once for all tests of this folder, whichever worker asks first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from h5p_python_adapter import player_there
from tests.architecture.layers import OTHERS, ROOT
from tests.packaging.installing import add, build, environment_for
from tests.support.fixtures import require


@pytest.fixture(scope="session")
def dist(once: Any) -> Path:
    """The folder with what `make dist` makes: an sdist of each, and a wheel made of that sdist. Without the player the
    adapter is not built."""
    require(player_there(), "The H5P player (npm ci)")

    def make(folder: Path) -> str:
        for source in (*(ROOT / package.parent for package in OTHERS), ROOT):
            build(folder, source)
        return str(folder)

    return Path(once("dist", make)[0])


@pytest.fixture(scope="session")
def wheel(dist: Path) -> Path:
    (found,) = dist.glob("bdhvs_lms-*.whl")
    return found


@pytest.fixture(scope="session")
def site(wheel: Path, once: Any) -> Path:
    """The bin folder of a clean environment with the locked versions, in which all are installed as wheels."""

    def make(folder: Path) -> str:
        bin_folder = environment_for(wheel, folder, "site")
        add(bin_folder, wheel, "site")
        return str(bin_folder)

    return Path(once("site", make)[0])
