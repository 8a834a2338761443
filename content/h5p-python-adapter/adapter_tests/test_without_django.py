"""The adapter and its tests need nothing of Django: they run where it cannot be imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# Refuses Django and whatever else is built on this, before anything else is imported.
BLOCK = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "wagtail"} or name.startswith("bdhvs_"):
            raise ModuleNotFoundError(f"{name} is not here", name=name)

sys.meta_path.insert(0, Absent())
"""
ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}


def run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BLOCK + script], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, timeout=120
    )


def test_django_is_really_away() -> None:
    done = run("import django")
    assert done.returncode == 1
    assert "django is not here" in done.stderr


def test_every_module_of_the_adapter() -> None:
    done = run(
        "import importlib, pkgutil, h5p_python_adapter as adapter\n"
        "names = [each.name for each in pkgutil.walk_packages(adapter.__path__, 'h5p_python_adapter.')]\n"
        "assert len(names) >= 10, names\n"
        "for name in names: importlib.import_module(name)\n"
    )
    assert done.returncode == 0, done.stderr


def test_the_tests_of_the_adapter_run(tmp_path: Path) -> None:
    """All but this module are imported; those of checking packages run."""
    # Options of the project's own configuration name Django.
    settings = tmp_path / "pytest.ini"
    settings.write_text(
        "[pytest]\naddopts = --import-mode=importlib --strict-markers\nmarkers =\n    thorough\n"
        "filterwarnings = error\n"
    )
    arguments = [
        "-c", str(settings), "--rootdir", str(ROOT), "-q", "-p", "no:django", "-p", "no:playwright",
        "-p", "no:cacheprovider", "--noconftest", "adapter_tests",
        # Else it would wait until what earlier runs left behind is deleted.
        "--basetemp", str(tmp_path / "own"),
        "--ignore=adapter_tests/test_without_django.py",
    ]  # fmt: skip
    chosen = "test_good_packages.py or test_package.py or test_inspecting.py"
    done = run(f"import pytest; sys.exit(pytest.main([*{arguments!r}, '-k', {chosen!r}]))")
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
