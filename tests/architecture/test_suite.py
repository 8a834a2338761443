"""A whole run with fewer tests than pyproject.toml states fails; a chosen part of it does not. Browser tests that
failed may run a second time, others not. Workers get their tests in portions."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.architecture.layers import ROOT
from tests.support import dealing
from tests.support.live import clean_environment

SUITE = '[tool.pytest.ini_options]\ntestpaths = ["."]\n'
PLAIN = ["-p", "no:django", "-p", "no:hypothesispytest", "-p", "no:playwright"]
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
    (tmp_path / "pyproject.toml").write_text(SUITE)
    (tmp_path / "test_two.py").write_text("def test_one(): ...\ndef test_other(): ...\n")
    done = pytest_in(tmp_path, *PLAIN, "-p", "tests.support.minimum", *arguments, PYTHONPATH=str(ROOT))
    assert done.returncode == code, done.stdout + done.stderr
    assert (FEWER in done.stdout) is bool(code)


# Each fails until the file named after it is there, which its first run leaves behind.
UNSTEADY = """
import pathlib, pytest

@pytest.fixture
def browser(): ...

def once(name):
    there = pathlib.Path(name).exists()
    pathlib.Path(name).touch()
    assert there

@pytest.mark.parametrize("number", range({browsers}))
def test_page(browser, number): once(f"page{{number}}")

def test_page_of_the_kit(): once("kit")
test_page_of_the_kit.tags = {{"browser"}}

def test_race(): {race}

def test_broken(browser): {broken}
"""


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one", "xdist"])
@pytest.mark.parametrize(
    ("browsers", "race", "broken", "code", "flaky"),
    [
        (2, "...", "...", 0, 3),
        (3, "...", "...", 1, 0),  # so many are no chance
        (1, "once('race')", "...", 1, 0),  # others than browser tests have one go
        (1, "...", "assert 0", 1, 0),  # fails again
    ],
)
def test_browser_tests_have_a_second_go_and_no_others(
    tmp_path: Path, workers: tuple[str, ...], browsers: int, race: str, broken: str, code: int, flaky: int
) -> None:
    (tmp_path / "pyproject.toml").write_text(SUITE)
    (tmp_path / "test_some.py").write_text(UNSTEADY.format(browsers=browsers, race=race, broken=broken))
    more = {"PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": " ".join([*PLAIN, "-p", "tests.support.again"])}
    done = pytest_in(tmp_path, *workers, **more, BDHVS_BROWSER_TWICE="1")
    assert done.returncode == code, done.stdout + done.stderr
    assert done.stdout.count("FLAKY test_some.py::test_page") == flaky


def test_a_second_go_has_to_be_asked_for(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(SUITE)
    (tmp_path / "test_some.py").write_text(UNSTEADY.format(browsers=1, race="...", broken="..."))
    assert pytest_in(tmp_path, *PLAIN, "-p", "tests.support.again", PYTHONPATH=str(ROOT)).returncode == 1


@pytest.mark.parametrize("asked", [True, False])
def test_this_suite_asks_for_it_by_the_environment_and_nothing_takes_that_away(asked: bool) -> None:
    chosen = ("-v", "--collect-only", "-o", "testpaths=tests/site/test_env.py", "-o", "minimum_tests=0")
    done = pytest_in(ROOT, *chosen, **({"BDHVS_BROWSER_TWICE": "1"} if asked else {}))
    assert done.returncode == 0, done.stdout
    assert ("a second go" in done.stdout) is asked


DEALT = """
import pytest
@pytest.mark.parametrize("number", range(%d))
def test_it(number): ...
"""


def test_every_test_is_dealt_once_in_portions_of_one_module(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(SUITE)
    for name, count in (("long", 3), ("many", 300), ("few", 2)):
        (tmp_path / f"test_{name}.py").write_text(DEALT % count)
    with (tmp_path / "test_long.py").open("a") as file:
        file.write("pytestmark = pytest.mark.slow\n")
    done = pytest_in(tmp_path, *PLAIN, "-p", "tests.support.dealing", "-n", "2", "-vv", PYTHONPATH=str(ROOT))
    assert done.returncode == 0, done.stdout + done.stderr
    ran = re.findall(r"^\[(gw\d)\].* PASSED (test_\w+)\.py", done.stdout, re.MULTILINE)
    assert Counter(module for _worker, module in ran) == {"test_long": 3, "test_many": 300, "test_few": 2}
    assert len({worker for worker, module in ran if module == "test_long"}) == 1
    assert len({worker for worker, module in ran if module == "test_many"}) == 2


def test_a_portion_is_of_one_module_and_not_too_large() -> None:
    portions = dealing.portions([*(f"a.py::test[{n}]" for n in range(dealing.MOST + 1)), "b.py::test", "a.py::last"])
    assert list(Counter(portions.values()).values()) == [dealing.MOST, 1, 1, 1]
