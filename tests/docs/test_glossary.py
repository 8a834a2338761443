"""A word that the glossary has retired names nothing in the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.layers import PACKAGES, ROOT
from tests.support.loops import for_each

GLOSSARY = (ROOT / "docs" / "glossary-code.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("| ").split("|")] for line in GLOSSARY.splitlines() if line.startswith("| ")
]
RETIRED = {word for row in ROWS[1:] if len(row) == 3 for word in re.findall(r"`(\w+)`", row[2])}


def names_in(path: Path) -> Iterator[str]:
    yield path.stem
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.Name(id=name) | ast.Attribute(attr=name):
                yield name
            case ast.alias(name=name, asname=asname):
                yield asname or name.rpartition(".")[2]


def test_the_glossary_is_short_and_each_word_stands_once() -> None:
    assert len(GLOSSARY.splitlines()) <= 60
    words = [row[0] for row in ROWS[1:]]
    assert len(words) == len(set(words)) > 15
    assert len(RETIRED) >= 8


@for_each("package", PACKAGES, ids=lambda path: path.name)
def test_no_name_is_a_retired_word(package: Path) -> None:
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in (ROOT / package).rglob("*.py")
        for name in names_in(path)
        if name in RETIRED
    }
    assert found == set()


def test_a_retired_word_is_found(tmp_path: Path) -> None:
    file = tmp_path / "brake.py"
    file.write_text("from x import thawed\n\ndef f(put_away): return put_away.brought_back\nclass Resting: ...\n")
    assert {"brake", "thawed", "put_away", "brought_back", "Resting"} <= set(names_in(file)) & (RETIRED | {"brake"})
