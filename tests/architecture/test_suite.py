"""A whole run with fewer tests than pyproject.toml states fails; a chosen part of it does not."""

import subprocess
import sys

import pytest

from tests.architecture.layers import ROOT
from tests.support.live import clean_environment


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("-o", "testpaths=tests/site/test_env.py", "-o", "minimum_tests=5"), 0),
        (("-o", "testpaths=tests/site/test_env.py", "-o", "minimum_tests=5000"), 1),
        (("-o", "testpaths=tests/site/test_env.py", "-o", "minimum_tests=5000", "-n", "1"), 1),
        (("tests/site/test_env.py", "-o", "minimum_tests=5000"), 0),
        (("-o", "testpaths=tests/site/test_env.py", "-o", "minimum_tests=5000", "-k", "flag"), 0),
    ],
)
def test_shrunken_suite_fails(arguments: tuple[str, ...], code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *arguments],
        cwd=ROOT, env=clean_environment(), capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == code, done.stdout
    assert ("fewer than minimum_tests = 5000" in done.stdout) is bool(code)
