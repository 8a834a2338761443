"""The reference is made from docstrings, without a warning and without a network, and has every name of every door."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from tests.architecture.layers import ADAPTER, APPS, PARTS, ROOT
from tests.support.fixtures import require
from tests.support.live import clean_environment

SOURCE = ROOT / "docs/reference"
SPHINX = ROOT / f".venv-docs-{sys.version_info.major}.{sys.version_info.minor}"
MODULES = re.findall(r"^\.\. automodule:: (\S+)$", "\n".join(p.read_text() for p in SOURCE.glob("*.rst")), re.MULTILINE)


def test_every_door_that_strangers_build_on_is_in_it() -> None:
    doors = {f"bdhvs_lms.{part}.api" for part in PARTS if part != "site"}
    doors |= {f"{app.name}.api" for app in APPS if app.name in ("bdhvs_content", "bdhvs_quiz", "bdhvs_xapi")}
    kits = {"bdhvs_lms.plugins.testing", "bdhvs_quiz.testing", "bdhvs_xapi.testing"}
    assert set(MODULES) == doors | kits | {ADAPTER.name, "bdhvs_xapi.app_settings"}
    assert len(set(MODULES)) == len(MODULES)


@pytest.mark.thorough
def test_it_is_made_without_a_warning_and_asks_nobody(tmp_path: Path) -> None:
    require((SPHINX / "sphinx").is_dir(), "Sphinx (make reference)")
    nobody = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    environment = clean_environment(PYTHONPATH=str(SPHINX), BDHVS_DATA_DIR=str(tmp_path / "var"), **nobody)
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", SOURCE, tmp_path / "out"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    pages = {path.stem: path.read_text(encoding="utf-8") for path in (tmp_path / "out").glob("*.html")}
    written = "\n".join(pages.values())
    loaded = re.findall(r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=\"(?:https?:)?//[^\"]*", written)
    assert loaded == [], "a page of it asks another server"
    named = set(re.findall(r'<span class="sig-name descname"><span class="pre">([^<]+)</span>', written))
    missing = {
        f"{module}.{name}"
        for module in MODULES
        for name in getattr(import_module(module), "__all__", ())
        if _has_words(getattr(import_module(module), name)) and name not in named
    }
    assert missing == set()
    assert {"ActivityType", "QuestionTypeConformance", "record", "Player"} <= named


def _has_words(value: object) -> bool:
    """A class or function with a docstring of its own."""
    return (inspect.isclass(value) or inspect.isroutine(value)) and bool(vars(value).get("__doc__") or value.__doc__)
