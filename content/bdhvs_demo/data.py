"""The demonstration's courses as they are written in `courses/*.json`; README.md says how."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
NAMESPACE = uuid.UUID("7a3c1c0e-2b57-5f0c-9d0e-0a54c31a52b1")

# Marks whatever was made up: denominators, figures, areas, organisations.
SOURCE = "SỐ LIỆU MINH HỌA – KHÔNG DÙNG ĐỂ BÁO CÁO"


def demo_id(name: str) -> uuid.UUID:
    """Return the demonstration's id of this name, the same on every machine: pages, blocks, questions,
    learners, acts."""
    return uuid.uuid5(NAMESPACE, name)


def courses() -> list[dict[str, Any]]:
    """Return the courses in the order of the catalogue."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted((FOLDER / "courses").glob("*.json"))]
