"""Nothing that a learner can fetch depends on what is right: before submitting, and afterwards while the quiz says that
right answers wait."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.live import Installation, copy_sqlite

CLOCK = "2025-11-15T09:00:20+07:00"


def walk(folder: Path, template: Path, static: Path, variant: str) -> list[dict[str, Any]]:
    folder.mkdir()
    (folder / "static").symlink_to(static)
    site = Installation.make(folder, copy_sqlite(template, folder / "db.sqlite3"))
    printed = site.python(
        "from tests.bdhvs_quiz.two_databases import main; main()", KEYS=variant, BDHVS_TEST_CLOCK=CLOCK
    )
    [line] = [line for line in printed.splitlines() if line.startswith("WALK")]
    seen: list[dict[str, Any]] = json.loads(line.removeprefix("WALK"))
    return seen


@pytest.mark.thorough
def test_two_quizzes_that_differ_only_in_their_keys_answer_alike(
    tmp_path: Path, migrated: str, collected_static: Path
) -> None:
    """Two databases, equal ids, other right answers, feedback and explanations of other lengths, in all types."""
    template = Path(migrated)
    if not template.is_file():  # the name of a PostgreSQL database
        template = tmp_path / "template.sqlite3"
        Installation.make(tmp_path, f"sqlite:///{template}").manage("migrate", "--verbosity", "0")
    first, second = (walk(tmp_path / variant, template, collected_static, variant) for variant in ("a", "b"))
    assert [step["step"] for step in first] == [step["step"] for step in second]
    assert {step["status"] for step in first} >= {200, 303, 400, 405, 409}
    shown = next(step for step in first if step["step"].startswith("GET /bai-lam/"))
    for prompt in ("Câu 5?", "Câu nhiều?", "Câu đúng sai.", "Câu ngắn?"):
        assert prompt in shown["body"], "the walk reached the questions"
    results = [step for step in first if step["step"].endswith("/ket-qua/") and step["status"] == 200]
    assert len(results) == 2, "the walk reached the result, with and without another attempt open"
    assert all("0/8" in step["body"] and "không nhớ" in step["body"] for step in results)
    quiet = next(json.loads(step["body"]) for step in first if step["step"].startswith("JSON"))
    assert quiet.keys() == {"saved_at", "base", "changed"}
    for one, other in zip(first, second, strict=True):
        assert one == other, one["step"]
