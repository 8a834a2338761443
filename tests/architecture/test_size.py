"""The project does not grow unseen: lines, modules, decisions and words have bounds, and docstrings plain words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.support.size import beyond, measure


def test_nothing_is_beyond_its_bound() -> None:
    assert beyond(measure()) == []


def test_a_line_too_many_or_a_verb_too_few_is_seen(tmp_path: Path) -> None:
    source = '"""Of what."""\n\n\ndef f():\n    """Return 1."""\n    # why\n    return (\n        1\n    )\n'
    (tmp_path / "one.py").write_text(source)
    found = measure(tmp_path)
    assert (found.house, found.modules, found.docstrings, found.prepositions, found.verbs) == (4, 1, 2, 0.5, 0.5)
    assert beyond(replace(found, house=10**6, verbs=0.01)) == ["house", "prepositions", "verbs"]
