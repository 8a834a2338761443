"""A whole run with fewer tests than pyproject.toml states fails; a chosen part of it does not."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.layers import ROOT
from tests.support.live import clean_environment

FEWER = "fewer than minimum_tests = 5000"


def pytest_in(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *arguments],
        cwd=folder, env=clean_environment(**environment), capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_this_suite_has_the_rule() -> None:
    done = pytest_in(ROOT, "-o", "testpaths=tests/site/test_env.py", "-o", "minimum_tests=5000")
    assert done.returncode == 1, done.stdout
    assert FEWER in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("-o", "minimum_tests=2"), 0),
        (("-o", "minimum_tests=5000"), 1),
        (("-o", "minimum_tests=5000", "-n", "1"), 1),
        (("test_two.py", "-o", "minimum_tests=5000"), 0),
        (("-o", "minimum_tests=5000", "-k", "one"), 0),
        (("-o", "minimum_tests=5000", "--ignore=test_none.py"), 0),
    ],
)
def test_shrunken_suite_fails(tmp_path: Path, arguments: tuple[str, ...], code: int) -> None:
    """In a suite of two tests without Django, which starts ten times as fast."""
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\ntestpaths = ["."]\n')
    (tmp_path / "test_two.py").write_text("def test_one(): ...\ndef test_other(): ...\n")
    plugins = ["-p", "no:django", "-p", "no:hypothesispytest", "-p", "no:playwright", "-p", "tests.support.minimum"]
    done = pytest_in(tmp_path, *plugins, *arguments, PYTHONPATH=str(ROOT))
    assert done.returncode == code, done.stdout + done.stderr
    assert (FEWER in done.stdout) is bool(code)
