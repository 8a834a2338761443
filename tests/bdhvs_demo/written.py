"""The demonstration's data files, and what stands in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bdhvs_demo

DEMO = Path(bdhvs_demo.__file__).parent
FILES = sorted((DEMO / "courses").glob("*.json"))
FACTS = json.loads((DEMO / "facts.json").read_text(encoding="utf-8"))["facts"]


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def activities(course: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [
        activity for section in course["sections"] for activity in section["activities"] if activity["type"] == kind
    ]
