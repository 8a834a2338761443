"""Every import contract holds, and each catches a violation that is planted for it in a copy of the tree."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.architecture.layers import CONTRACTS, PACKAGES, PARTS, ROOT, ROOT_PACKAGES, layers, option
from tests.support.loops import for_each

pytestmark = pytest.mark.thorough

# contract → violations; a violation is files (path below the tree → text) that a careless change might add.
SEEDS: dict[str, list[dict[str, str]]] = {
    "distribution": [
        {"xapi/bdhvs_xapi/store/seeded.py": "import bdhvs_lms"},
        {"bdhvs_lms/tracking/seeded.py": "import bdhvs_content"},
        {"content/bdhvs_h5p/seeded.py": "import bdhvs_quiz"},
        {"content/bdhvs_tasks/seeded.py": "import bdhvs_h5p"},
        {"templates/bdhvs_theme/seeded.py": "import bdhvs_wagtail_vi"},
        {"content/bdhvs_quiz/seeded.py": "import bdhvs_demo"},
    ],
    "words": [{"templates/bdhvs-wagtail-vi/bdhvs_wagtail_vi/seeded.py": "import bdhvs_lms.plugins.api"}],
    "core": [
        {"bdhvs_lms/plugins/seeded.py": "import bdhvs_lms.learners.api"},
        {"bdhvs_lms/progress/seeded.py": "import bdhvs_lms.competency.api"},
        # A part that nobody placed.
        {"bdhvs_lms/seeded/__init__.py": "", "bdhvs_lms/seeded/api.py": ""},
    ],
    "xapi": [
        {"xapi/bdhvs_xapi/store/seeded.py": "import bdhvs_xapi.outbox"},
        {"xapi/bdhvs_xapi/seeded/__init__.py": ""},
    ],
    "statements": [{"xapi/bdhvs_xapi/statements/seeded.py": "from django.utils import timezone"}],
    "h5p-adapter": [
        {"content/h5p-python-adapter/h5p_python_adapter/seeded.py": "from django.core.files import File"},
        {"content/h5p-python-adapter/h5p_python_adapter/seeded.py": "import bdhvs_h5p.storage"},
    ],
    "wagtail": [
        {"bdhvs_lms/learners/seeded.py": "from wagtail.models import Page"},
        {"bdhvs_lms/campaign/seeded.py": "import modelcluster.models"},
        {"bdhvs_lms/courses/seeded.py": "def late():\n    import taggit.managers"},
        # Not the part itself, but what it uses.
        {"bdhvs_lms/plugins/seeded.py": "import bdhvs_lms.seeded", "bdhvs_lms/seeded.py": "import wagtail"},
    ],
    "admin": [
        {
            "bdhvs_lms/learners/admin/__init__.py": "",
            "bdhvs_lms/learners/admin/seeded.py": "import wagtail",
            "bdhvs_lms/learners/seeded.py": "import bdhvs_lms.learners.admin.seeded",
        }
    ],
}
# From a neighbour that stands above; from further above see `test_every_part_has_one_door`.
SEEDS["parts"] = [
    {"bdhvs_lms/audit/seeded_inside.py": "", "bdhvs_lms/learners/seeded.py": "import bdhvs_lms.audit.seeded_inside"}
]
SEEDS["packages"] = [
    {
        f"{_folder}/bdhvs_{_package}/seeded_inside.py": "",
        "templates/bdhvs_theme/seeded.py": f"from bdhvs_{_package} import seeded_inside",
    }
    for _package, _folder in (
        ("xapi", "xapi"),
        ("content", "content"),
        ("quiz", "content"),
        ("h5p", "content"),
        ("tasks", "content"),
    )
]

SEEDS["circles"] = [
    # From inside a folder to what imports it, and a circle that is closed late.
    {"content/bdhvs_h5p/models/seeded.py": "import bdhvs_h5p.queries"},
    {"bdhvs_lms/audit/models.py": "def late():\n    import bdhvs_lms.audit.actions"},
]


# lint-imports as it stands, of these contracts or of all, again and again in one process; it reads what has changed.
LINT = """
import json, sys
from contextlib import redirect_stdout
from io import StringIO
from importlinter.cli import lint_imports
for line in sys.stdin:
    with redirect_stdout(StringIO()) as said:
        code = lint_imports(limit_to_contracts=tuple(json.loads(line)))
    print(json.dumps([code, said.getvalue()]), flush=True)
"""


class Tree:
    """A copy of the packages and their contracts, and a process that lints it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for package in PACKAGES:
            unread = shutil.ignore_patterns("__pycache__", "static", "data")
            shutil.copytree(ROOT / package, folder / package, ignore=unread)
        shutil.copy(ROOT / ".importlinter", folder)
        roots = [folder, *sorted({folder / package.parent for package in PACKAGES})]
        self.process = subprocess.Popen(
            [sys.executable, "-c", LINT],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, roots)), "COLUMNS": "200", "NO_COLOR": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def lint(self, *contracts: str) -> tuple[int, str]:
        """Exit code and output of lint-imports."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(contracts) + "\n")
        self.process.stdin.flush()
        code, output = json.loads(self.process.stdout.readline())
        return code, output

    @contextmanager
    def planted(self, files: dict[str, str]) -> Iterator[None]:
        """These files stand there; afterwards what stood there before."""
        before = plant(self.folder, files)
        try:
            yield
        finally:
            clear(before)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    made = Tree(tmp_path_factory.mktemp("tree"))
    with made.process:
        yield made


def plant(tree: Path, files: dict[str, str]) -> list[tuple[Path, bytes | None]]:
    """Write the files; what stood there before, to be put back by `clear`."""
    before: list[tuple[Path, bytes | None]] = []
    for name, text in files.items():
        path = tree / name
        before.append((path, path.read_bytes() if path.exists() else None))
        path.parent.mkdir(parents=True, exist_ok=True)
        if before[-1][1] is None or text:
            path.write_text(text + "\n", encoding="utf-8")
    return before


def clear(before: list[tuple[Path, bytes | None]]) -> None:
    for path, content in before:
        if content is None:
            path.unlink()
            # A folder without modules would stay a namespace package.
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
        else:
            path.write_bytes(content)


def test_contracts_hold(tree: Tree) -> None:
    code, output = tree.lint()
    assert code == 0, output
    assert all(f"{name} KEPT" in output for name in CONTRACTS.values())


def test_doors_are_open(tree: Tree) -> None:
    """The contracts forbid side entrances and not the door: whoever stands above may import any api."""
    doors = [f"bdhvs_lms.{part}.api" for part in PARTS] + ["bdhvs_lms.plugins.testing", "bdhvs_xapi.api"]
    files = {f"{door.replace('.', '/')}.py": "" for door in doors[:-1]} | {"xapi/bdhvs_xapi/api.py": ""}
    files["content/bdhvs_content/seeded.py"] = "\n".join(f"import {door}" for door in doors)
    with tree.planted(files):
        code, output = tree.lint()
    assert code == 0, output


def test_every_contract_has_a_seed() -> None:
    assert set(SEEDS) == set(CONTRACTS)


@for_each(("contract", "files"), [(contract, files) for contract, seeds in SEEDS.items() for files in seeds])
def test_seeded_violation_is_caught(tree: Tree, contract: str, files: dict[str, str]) -> None:
    with tree.planted(files):
        code, output = tree.lint(contract)
    assert code == 1, output
    assert f"{CONTRACTS[contract]} BROKEN" in output, output


def test_every_part_has_one_door(tree: Tree) -> None:
    """From the package above, and from a root module of the core itself."""
    inside = [f"bdhvs_lms.{part}.seeded_inside" for part in PARTS]
    text = "\n".join(f"import {module}" for module in inside)
    files = {f"{module.replace('.', '/')}.py": "" for module in inside}
    with tree.planted(files | {"content/bdhvs_content/seeded.py": text, "bdhvs_lms/urls/core.py": text}):
        code, output = tree.lint()
    assert code == 1
    missed = [
        module
        for module in inside
        for who in ("bdhvs_content.seeded", "bdhvs_lms.urls.core")
        if f"{who} -> {module}" not in output
    ]
    assert missed == [], output


def test_every_package_of_the_wheel_has_a_layer() -> None:
    shipped = sorted(package.name for package in PACKAGES)
    assert sorted(name for layer in layers("distribution") for name in layer) == shipped
    assert sorted(ROOT_PACKAGES) == shipped


def test_all_parts_exist_and_have_a_layer() -> None:
    parts = {
        "attempts", "audit", "base", "campaign", "classes", "competency", "courses", "learners",
        "plugins", "privacy", "progress", "reporting", "site", "tracking",
    }  # fmt: skip
    folders = {path.parent.name for path in (ROOT / "bdhvs_lms").glob("*/__init__.py")}
    assert folders - {"management", "migrations", "urls"} == parts
    assert set(PARTS) == parts
    assert {module.removeprefix("bdhvs_lms.") for module in option("parts", "protected_modules")} == parts
