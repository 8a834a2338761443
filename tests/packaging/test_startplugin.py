"""A plugin that `bdhvs startplugin` made, outside the repository, with the wheels and what they need."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.packaging.installing import run, tools_beside
from tests.support.live import copy_sqlite

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def plugin(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its folder, with the migration that its README has one make."""
    folder = tmp_path_factory.mktemp("plugin")
    run(site / "bdhvs", "startplugin", "village_maps", cwd=folder)
    run(site / "python", "manage.py", "makemigrations", "village_maps", cwd=folder / "village_maps")
    return folder / "village_maps"


# Its tests' settings, with a database in which the ready site's migrations have been run.
KEPT = """
from tests.settings import *
DATABASES["default"]["TEST"] = {"NAME": "kept.sqlite3"}
"""


# With the oldest Python and Django the kit is asked of tests/plugin_example.
def test_it_passes_its_own_tests(site: Path, wheel: Path, plugin: Path, tmp_path: Path, migrated_file: Path) -> None:
    """As its README says, but for the database: test_install.py begins with none."""
    tools = str(tools_beside(site, wheel, tmp_path, "pytest", "pytest-django", extra="site"))
    (plugin / "kept.py").write_text(KEPT)
    copy_sqlite(migrated_file, plugin / "kept.sqlite3")
    said = run(site / "python", "-m", "pytest", "-q", "--ds", "kept", "--reuse-db", cwd=plugin, PYTHONPATH=tools)
    # The kit's are among them.
    (passed,) = re.findall(r"^(\d+) passed", said, re.MULTILINE)
    assert int(passed) >= 25, said
