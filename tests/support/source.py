"""The project's own code, parsed."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from tests.architecture.layers import PACKAGES, ROOT


@cache
def modules() -> dict[Path, ast.Module]:
    """Every module of the wheel's packages."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths if "migrations" not in path.parts}
