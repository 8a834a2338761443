"""Nothing that a learner can fetch before submitting depends on what is right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

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


def test_two_quizzes_that_differ_only_in_their_keys_answer_alike(tmp_path: Path, collected_static: Path) -> None:
    """Two databases, equal ids, other right answers, feedback and explanations of other lengths."""
    template = tmp_path / "template.sqlite3"
    Installation.make(tmp_path, f"sqlite:///{template}").manage("migrate", "--verbosity", "0")
    first, second = (walk(tmp_path / variant, template, collected_static, variant) for variant in ("a", "b"))
    assert [step["step"] for step in first] == [step["step"] for step in second]
    assert {step["status"] for step in first} >= {200, 303, 400, 405}
    shown = next(step for step in first if step["step"].startswith("GET /bai-lam/"))
    assert "Câu 5?" in shown["body"], "the walk reached the questions"
    for one, other in zip(first, second, strict=True):
        assert one == other, one["step"]
