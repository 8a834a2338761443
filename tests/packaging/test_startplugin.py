"""A plugin that `bdhvs startplugin` made, outside the repository, with the wheels and what they need."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.packaging.installing import run, tools_beside

pytestmark = [pytest.mark.thorough, pytest.mark.parametrize("site", ["wheel"], indirect=True)]


@pytest.fixture
def plugin(site: Path, tmp_path: Path) -> Path:
    """Its folder, with the migration that its README has one make."""
    run(site / "bdhvs", "startplugin", "village_maps", cwd=tmp_path)
    run(site / "python", "manage.py", "makemigrations", "village_maps", cwd=tmp_path / "village_maps")
    return tmp_path / "village_maps"


@pytest.mark.versions
def test_it_passes_the_checks(site: Path, plugin: Path) -> None:
    assert "no issues" in run(site / "python", "manage.py", "check", cwd=plugin)


# With the oldest Python and Django the kit is asked of tests/plugin_example.
def test_it_passes_its_own_tests(site: Path, wheel: Path, plugin: Path, tmp_path: Path) -> None:
    """As its README says."""
    tools = str(tools_beside(site, wheel, tmp_path, "pytest", "pytest-django", extra="site"))
    said = run(site / "python", "-m", "pytest", "-q", cwd=plugin, PYTHONPATH=tools)
    # The kit's are among them.
    (passed,) = re.findall(r"^(\d+) passed", said, re.MULTILINE)
    assert int(passed) >= 25, said
