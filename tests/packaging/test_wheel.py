"""The wheel that a site owner installs: built from this tree, looked into, installed and started."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.layers import ROOT, WHEEL_PACKAGES
from tests.support.live import clean_environment

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]

# What a package ships beside its modules.
SHIPPED = {".html", ".txt", ".css", ".js", ".svg", ".png", ".json", ".csv", ".po", ".mo", ".toml", ".yaml", ".xml"}


def built_wheel(folder: Path) -> Path:
    done = subprocess.run(
        # The installed hatchling, which requirements.lock pins; an isolated build would fetch another.
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_wheel(tmp_path_factory.mktemp("wheel"))


def tracked(package: Path) -> set[str]:
    """Files of a package that are in the repository, as they are named in the wheel."""
    output = subprocess.run(
        ["git", "ls-files", "-z", str(package)], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return {str(Path(name).relative_to(package.parent)) for name in output.split("\0") if name}


def test_wheel_holds_every_file_of_the_six_packages(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    for package in WHEEL_PACKAGES:
        missing = {name for name in tracked(package) - names if (ROOT / package.parent / name).exists()}
        assert missing == set(), f"not in the wheel: {missing}"
    assert {suffix for name in names if (suffix := Path(name).suffix)} >= {".py", ".html", ".css", ".json"}


def test_wheel_holds_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
        licence = [name for name in archive.namelist() if name.endswith("licenses/LICENSE")]
        metadata = archive.read(next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))).decode()
    packages = {package.name for package in WHEEL_PACKAGES}
    assert {top for top in tops if not top.endswith(".dist-info")} == packages
    assert len(licence) == 1
    assert "License-Expression: GPL-3.0-or-later" in metadata


def test_installed_wheel_starts_without_a_secret(wheel: Path, tmp_path: Path) -> None:
    """In a clean environment with the locked versions: `bdhvs --help` and `bdhvs check` work, far from this tree."""
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True, timeout=120)
    pip = [str(venv / "bin/python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    locked = subprocess.run(
        [*pip, "--require-hashes", "-r", str(runtime_lock(tmp_path))], capture_output=True, text=True, timeout=540
    )
    assert locked.returncode == 0, locked.stderr
    # The wheel's own requirements must be met by what was locked: nothing else may be looked for.
    subprocess.run([*pip, "--no-index", f"{wheel}[site]"], check=True, timeout=120, capture_output=True)
    environment = clean_environment(BDHVS_DATA_DIR=str(tmp_path / "var"))
    environment.pop("PYTHONPATH", None)

    def bdhvs(*arguments: str) -> str:
        done = subprocess.run(
            [venv / "bin/bdhvs", *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "demo" in bdhvs("--help")
    assert "no issues" in bdhvs("check")
    where = bdhvs("shell", "--no-imports", "-c", "import bdhvs_lms; print(bdhvs_lms.__file__)").strip()
    assert Path(where).is_relative_to(venv)


def runtime_lock(folder: Path) -> Path:
    """requirements.lock without the tools that only this repository's own checks need."""
    tools = {"playwright", "mypy", "ruff", "django-stubs", "hypothesis", "import-linter", "grimp"}
    kept, skipping = [], False
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines(keepends=True):
        if not line.startswith((" ", "#")):
            skipping = line.split("==")[0] in tools
        if not skipping:
            kept.append(line)
    file = folder / "runtime.lock"
    file.write_text("".join(kept), encoding="utf-8")
    return file


def test_every_translation_of_the_wheel_is_compiled_or_compilable(wheel: Path) -> None:
    """A .po without its .mo shows English to everyone."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    sources = {name for name in names if name.endswith(".po")}
    assert {name for name in sources if name[:-3] + ".mo" not in names} == set()
