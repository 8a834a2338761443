"""What is chosen of the suite: by what changed, by what decides, and at work without what takes long."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grimp
import pytest

from tests.architecture.layers import ROOT
from tests.support.choosing import Changes
from tests.support.live import clean_environment
from tests.support.spending import folder_of

pytestmark = pytest.mark.thorough

SUITE = """
[tool.pytest.ini_options]
testpaths = ["."]
markers = ["thorough", "database", "versions"]
[tool.bdhvs.budget]
else = 0
"""
MARKED = """
import pytest
@pytest.mark.thorough
def test_installs(): ...
@pytest.mark.database
def test_locks(): ...
@pytest.mark.versions
def test_imports(): ...
def test_plain(): ...
"""
PLAIN = ["-p", "no:django", "-p", "tests.support.choosing", "-p", "tests.support.spending"]


def ran(folder: Path, *arguments: str, **environment: str) -> str:
    """Run a suite of two files without Django, which starts ten times as fast; what pytest printed."""
    (folder / "pyproject.toml").write_text(SUITE)
    (folder / "some").mkdir(exist_ok=True)
    (folder / "some" / "test_marked.py").write_text(MARKED)
    # Not even read where nothing in it is asked for.
    (folder / "test_unmarked.py").write_text("def test_other(): ...\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", *PLAIN, *arguments],
        cwd=folder, env=clean_environment(PYTHONPATH=str(ROOT), **environment), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("arguments", "environment", "chosen"),
    [
        ((), {}, {"locks", "imports", "plain", "other"}),
        ((), {"BDHVS_REQUIRE_ALL": "1"}, {"installs", "locks", "imports", "plain", "other"}),
        (("--decided-by", "database"), {}, {"locks"}),
        (("--decided-by", "database,versions"), {}, {"locks", "imports"}),
        (("some",), {}, {"installs", "locks", "imports", "plain"}),
    ],
)
def test_what_is_run(tmp_path: Path, arguments: tuple[str, ...], environment: dict[str, str], chosen: set[str]) -> None:
    printed = ran(tmp_path, *arguments, **environment)
    assert {
        name for name in ("installs", "locks", "imports", "plain", "other") if f"test_{name} PASSED" in printed
    } == chosen
    assert ("test_unmarked" in printed) is ("other" in chosen)


def test_time_is_told_by_folder_beside_a_budget(tmp_path: Path) -> None:
    printed = ran(tmp_path)
    assert "3 tests  some  over its budget" in printed
    assert folder_of("tests/bdhvs_lms/base/test_text.py::test_x[a/b]") == "tests/bdhvs_lms/base"
    assert folder_of("tests/bdhvs_xapi/lrs/test_x.py::test") == "tests/bdhvs_xapi"
    assert folder_of("content/bdhvs_quiz/types/numeric/test_numeric.py::test") == "content/bdhvs_quiz/types"


@pytest.fixture(scope="module", autouse=True)
def graph() -> Iterator[None]:
    """The tree's imports, read once for all cases."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grimp, "build_graph", cache(grimp.build_graph))
        yield


BOARD, ENV, IDS = "bdhvs_lms/reporting/test_board", "site/test_env", "bdhvs_xapi/test_ids"


@pytest.mark.parametrize(
    ("changed", "touched", "untouched"),
    [
        # A part's own tests, and those that import what imports the file.
        ("bdhvs_lms/reporting/views/steering.py", BOARD, IDS),
        ("bdhvs_lms/base/text.py", BOARD, IDS),
        ("xapi/bdhvs_xapi/statements/ids.py", IDS, "theme/test_markup"),
        ("content/bdhvs_quiz/types/numeric/type.py", "bdhvs_quiz/test_pages", ENV),
        # A template is its owner's; a file of tests, and a conftest, are of those who use them.
        ("templates/bdhvs_theme/templates/bdhvs_quiz/attempt.html", "bdhvs_quiz/test_pages", ENV),
        ("tests/support/world.py", BOARD, ENV),
        ("tests/permissions/conftest.py", "permissions/test_rights", IDS),
        ("deploy/nginx.conf", "deploy/test_deploy", IDS),
        # The tree and the documents are always looked at.
        ("docs/faq.md", "docs/test_documented", IDS),
    ],
)
def test_a_change_touches_the_tests_of_its_parts(changed: str, touched: str, untouched: str) -> None:
    changes = Changes([changed])
    assert changes.touch(ROOT / f"tests/{touched}.py")
    assert not changes.touch(ROOT / f"tests/{untouched}.py")


def test_changes_are_those_since_a_commit_and_new_files(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def run(arguments: list[str], **_kwargs: object) -> subprocess.CompletedProcess[str]:
        asked.append(arguments[3:])
        return subprocess.CompletedProcess(arguments, 0, "deploy/nginx.conf\n", "")

    monkeypatch.setattr(subprocess, "run", run)
    assert "tests/deploy" in Changes.since("HEAD").tests
    assert [one[0] for one in asked] == ["diff", "ls-files"] and "HEAD" in asked[0]
