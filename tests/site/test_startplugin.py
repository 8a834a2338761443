"""`bdhvs startplugin`: a project is written whole, or a name is refused in words. Its tests: tests/packaging."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from bdhvs_lms.site.startplugin import TEMPLATE, Command
from tests.architecture.layers import PACKAGES, ROOT
from tests.packaging.installing import run
from tests.support.live import clean_environment


def test_every_file_of_the_template_is_written_for_the_name(tmp_path: Path) -> None:
    call_command(Command(), "village_maps", str(tmp_path))
    written = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    expected = {
        str(path.relative_to(TEMPLATE)).removesuffix("-tpl").replace("app_name", "village_maps")
        for path in TEMPLATE.rglob("*-tpl")
    }
    assert written == {name.replace("gitignore", ".gitignore") for name in expected}
    assert {"pyproject.toml", "README.md", "village_maps/templates/village_maps/number.html"} < written
    for name in written:
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "app_name }}" not in text, name
        assert name.endswith(".html") or "{%" not in text, name
    ruff = [
        Path(sys.executable).with_name("ruff"),
        "check",
        "--isolated",
        "--select",
        "B,E,F,UP,W",
        "--line-length",
        "120",
        ".",
    ]
    done = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout


def test_all_that_it_says_is_said_in_vietnamese_too() -> None:
    said = set()
    for path in TEMPLATE.rglob("*-tpl"):
        text = path.read_text(encoding="utf-8")
        said.update(re.findall(r'(?:\b_|gettext_lazy)\("(.+?)"|{% translate "(.+?)" %}', text))
    words = {in_code or on_page for in_code, on_page in said}
    assert {"I have done it", "number question"} <= words
    catalogues = [ROOT / package / "locale/vi/LC_MESSAGES/django.po" for package in PACKAGES]
    known = {
        entry.msgid
        for path in [*filter(Path.is_file, catalogues), *TEMPLATE.rglob("*.po-tpl")]
        for entry in polib.pofile(str(path))
        if entry.msgstr and entry.msgctxt is None
    }
    assert words - known == set()


@pytest.mark.parametrize("name", ["Village", "2maps", "village-maps", "json", "bdhvs_quiz", "class", "số"])
def test_a_name_that_no_package_can_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CommandError, match=name):
        call_command(Command(), name, str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_it_asks_for_no_site_and_leaves_nothing_else_behind(tmp_path: Path) -> None:
    command = [Path(sys.executable).with_name("bdhvs"), "startplugin", "village_maps"]
    done = subprocess.run(command, cwd=tmp_path, env=clean_environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "village_maps/README.md says how to go on.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["village_maps"]


@pytest.mark.thorough
@pytest.mark.versions
def test_what_it_makes_passes_the_checks(tmp_path: Path) -> None:
    """With the migration that its README has one make."""
    call_command(Command(), "village_maps", str(tmp_path))
    run(sys.executable, "manage.py", "makemigrations", "village_maps", cwd=tmp_path)
    assert (tmp_path / "village_maps/migrations/0001_initial.py").is_file()
    assert "no issues" in run(sys.executable, "manage.py", "check", cwd=tmp_path)
