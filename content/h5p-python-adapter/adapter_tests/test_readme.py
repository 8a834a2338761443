"""The README leads to every module; its example is tried by test_host.py."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"


def test_every_module_is_named() -> None:
    text = README.read_text(encoding="utf-8")
    modules = {path.name for path in (ROOT / "h5p_python_adapter").rglob("*.py")} - {"__init__.py"}
    # Named by what they give.
    apart = {
        "findings.py",
        "folders.py",
        "inspecting.py",
        "needs.py",
        "package.py",
        "records.py",
        "statements.py",
        "store.py",
    }
    assert {name for name in modules - apart if f"`{name}`" not in text} <= {"native_words.py"}
