"""The table of docs/statements.md, made from the golden files: `python -m tests.docs.statement_rows` prints it."""

import json
from pathlib import Path
from typing import Any

from tests.support.live import ROOT

# What our own acts emit, and of the core's those that no page emits: deciders' and people's.
QUIZ = ROOT / "tests" / "bdhvs_quiz" / "golden"
H5P = ROOT / "tests" / "bdhvs_h5p" / "golden"
TASKS = ROOT / "tests" / "bdhvs_tasks" / "golden"
CORE = ROOT / "tests" / "bdhvs_lms" / "tracking" / "golden"
OF_THE_CORE = ("attended", "confirmed", "mastered", "passed-task-observed", "voided")

HEAD = "| golden file | verb | object | context | result | extensions |"


def golden_files() -> list[Path]:
    of_activities = (path for folder in (QUIZ, H5P, TASKS) for path in sorted(folder.glob("*.json")))
    return [*of_activities, *(CORE / f"{name}.json" for name in OF_THE_CORE)]


def _kind(activity: dict[str, Any]) -> str:
    if activity.get("objectType") == "StatementRef":
        return "StatementRef"
    return str(activity["definition"]["type"]).rsplit("/", 1)[1]


def _keys(value: dict[str, Any]) -> str:
    """`a`, `b` (`c`, `d`): the members of a JSON object, those of its objects in brackets."""
    words = []
    for name in sorted(value):
        inner = f" ({', '.join(sorted(value[name]))})" if isinstance(value[name], dict) else ""
        words.append(f"{name}{inner}")
    return ", ".join(words)


def row(path: Path) -> str:
    statement = json.loads(path.read_text(encoding="utf-8"))
    context = statement["context"]
    members = [name for name in ("registration", "revision", "instructor") if name in context]
    for name, activities in sorted(context.get("contextActivities", {}).items()):
        members.append(f"{name}: {' + '.join(sorted({_kind(one) for one in activities}))}")
    result = dict(statement.get("result", {}))
    said = [*context.get("extensions", {}), *result.pop("extensions", {})]
    extensions = sorted(name.rsplit("/", 1)[1] for name in said)
    cells = (
        f"`{path.relative_to(ROOT / 'tests').parent.parent.name}: {path.stem}`",
        statement["verb"]["id"].rsplit("/", 1)[1],
        _kind(statement["object"]),
        "; ".join(members) or "–",
        _keys(result) or "–",
        ", ".join(extensions) or "–",
    )
    return f"| {' | '.join(cells)} |"


def table() -> list[str]:
    return [HEAD, "|" + "---|" * HEAD.count(" | ") + "---|", *map(row, golden_files())]


if __name__ == "__main__":
    print("\n".join(table()))  # noqa: T201
