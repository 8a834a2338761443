"""The example of the adapter's README runs as it stands there, without Django."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from adapter_tests import building
from adapter_tests.test_without_django import BLOCK

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"


def test_the_example_runs(tmp_path: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "lesson.h5p").write_bytes(
        building.package("Bdhvs.TestContainer 1.0", files={"content/images/a.png": b"picture"})
    )
    done = subprocess.run(
        [sys.executable, "-c", BLOCK + example + "\nprint(facts.title, len(joined.js) > 0, frame['contents'].keys())"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True, text=True, timeout=60, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == "Câu hỏi thử True dict_keys(['cid-1'])\n"
    assert (tmp_path / "content/images/a.png").read_bytes() == b"picture"
    assert (tmp_path / "libraries").is_dir()


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
