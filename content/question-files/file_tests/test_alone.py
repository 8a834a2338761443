"""Files of questions are read and written where Django cannot be imported, and the README's lines run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from question_files.formats import FORMATS, find_surest, read_file, write_file
from question_files.language import Lazy, format_number, gettext, translate_with, untranslated
from question_files.plain import PlainOption, PlainQuestion, PlainQuiz, UnreadableFile

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
OPTIONS = (PlainOption("112", False), PlainOption("115", True))
QUIZ = PlainQuiz("Sức khỏe", "vi", (PlainQuestion("single", "Gọi cấp cứu số nào?", OPTIONS),))


def run(script: str, folder: Path) -> str:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    command = [sys.executable, "-c", BLOCK + script]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_lines_of_the_readme_run_without_django(tmp_path: Path) -> None:
    (lines,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len([line for line in lines.splitlines() if line.strip()]) <= 10
    assert run(lines, tmp_path) == "Gọi cấp cứu số nào? []\n"


def test_every_module_is_imported_without_django(tmp_path: Path) -> None:
    modules = run(
        "import importlib, pkgutil, question_files\n"
        "names = [one.name for one in pkgutil.walk_packages(question_files.__path__, 'question_files.')]\n"
        "for name in names: name.endswith('old_workbook') or importlib.import_module(name)\n"
        "print(len(names))",
        tmp_path,
    )
    assert int(modules) > 50


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind.writes], ids=lambda kind: kind.key)
def test_what_is_written_is_read_again(kind: type, tmp_path: Path) -> None:
    path = tmp_path / f"quiz{kind.suffix}"
    write_file(QUIZ, path)
    (question,) = read_file(path, language="vi").questions
    assert (question.prompt, question.options) == (QUIZ.questions[0].prompt, OPTIONS)


def test_a_table_says_what_each_kind_of_file_does() -> None:
    table = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {kind.suffix: kind.writes for kind in FORMATS} == {
        suffix: writes != "no"
        for suffix, writes in re.findall(r"^\| .* \| `(\S+)` \| .* \| (.*) \|$", table, re.MULTILINE)
    }


def test_a_file_of_no_kind_and_a_kind_that_cannot_hold_a_question_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"\x00\x01")
    with pytest.raises(UnreadableFile, match=r"a\.bin"):
        read_file(tmp_path / "a.bin", language="vi")
    with pytest.raises(ValueError, match=r"\.gift\.txt"):
        write_file(QUIZ, tmp_path / "a.pdf")
    with pytest.raises(ValueError, match="holds no questions of the kinds single-with-a-map"):
        write_file(PlainQuiz("", "vi", (PlainQuestion("single-with-a-map", "?"),)), tmp_path / "a.xml")
    assert not (tmp_path / "a.xml").exists()
    assert find_surest([], b"", "a.xml") == []


def test_words_are_translated_by_whoever_uses_them() -> None:
    said = Lazy("%(count)s rows") % {"count": 3}
    assert (str(said), said == "3 rows", hash(said) == hash("3 rows")) == ("3 rows", True, True)
    from question_files import language

    before = language._translator
    translate_with(
        {"%(count)s rows": "%(count)s dòng"}.__getitem__, lambda number: f"{number:,}".replace(",", "."), str
    )
    try:
        assert (str(said), format_number(1_000)) == ("3 dòng", "1.000")
        with untranslated():
            assert (str(said), format_number(1_000), gettext("x")) == ("3 rows", "1,000", "x")
    finally:
        language._translator = before
