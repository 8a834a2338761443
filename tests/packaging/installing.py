"""Builds the distributions and installs them in clean environments, with the locked versions and their hashes."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable, Iterable
from importlib.metadata import PathDistribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.layers import ROOT
from tests.support.live import clean_environment
from tests.support.locks import LOCK
from tests.support.migrated import CACHE, MOST

# The other distributions of this repository, by the names that pip knows.
OTHERS = ("h5p-python-adapter", "question-files", "bdhvs-xapi", "bdhvs-wagtail-vi")
# Read by every Python of an environment as it starts: a collector that seldom looks through all that Django and Wagtail
# load, and not at the end: a quarter of what a command takes.
COLLECTOR = "import atexit, gc; gc.set_threshold(100_000, 50, 100); atexit.register(gc.freeze)\n"


def run(*command: object, cwd: Path, timeout: float = 300, **environment: str) -> str:
    """What the command printed, errors included. Raises AssertionError with all of it when it fails."""
    inherited = clean_environment()
    inherited.pop("PYTHONPATH", None)
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=inherited | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}"
    return done.stdout


def build(folder: Path, source: Path, *kinds: str) -> None:
    """Into ``folder``; without "--sdist" or "--wheel" an sdist of the source, and a wheel of that sdist."""
    # The installed hatchling, which the lock pins; an isolated build would fetch another.
    run(sys.executable, "-m", "build", *kinds, "--no-isolation", "--outdir", folder, source, cwd=folder, timeout=120)


def build_tools() -> list[str]:
    """What the build of `bdhvs-lms` requires; those of the others require less."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        return list(tomllib.load(file)["build-system"]["requires"])


def needed(wheel: Path | None, *extras: str, also: Iterable[str] = ()) -> set[str]:
    """Names of everything that the wheel needs, and ``also`` what these requirements do, as the packages of this
    environment say."""
    waiting = [*map(Requirement, also)]
    unpacked = {}
    if wheel is not None:
        metadata = _metadata(wheel)
        unpacked[canonicalize_name(metadata.metadata["Name"])] = metadata
        waiting.append(Requirement(f"{metadata.metadata['Name']}[{','.join(extras)}]"))
    found: set[str] = set()
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        requires = (unpacked.get(name) or distribution(name)).requires or []
        if name not in unpacked:
            found.add(name)
        for text in requires:
            requirement = Requirement(text)
            chosen = [{"extra": extra} for extra in wanted.extras] or [{"extra": ""}]
            if requirement.marker is not None and not any(requirement.marker.evaluate(extra) for extra in chosen):
                continue
            if canonicalize_name(requirement.name) not in found or requirement.extras:
                waiting.append(requirement)
    return found


def _metadata(wheel: Path) -> PathDistribution:
    archive = zipfile.Path(zipfile.ZipFile(wheel))
    return next(PathDistribution(part) for part in archive.iterdir() if part.name.endswith(".dist-info"))  # type: ignore[arg-type]


def locked(folder: Path, names: set[str]) -> Path:
    """The part of this environment's lock about these packages."""
    text = LOCK.read_text(encoding="utf-8")
    entries = re.findall(r"^\w\S*==.*\n(?: .*\n)*", text, re.MULTILINE)
    kept = [entry for entry in entries if canonicalize_name(re.split("[=[]", entry)[0]) in names]
    file = folder / "runtime.lock"
    file.write_text("".join(kept), encoding="utf-8")
    return file


def environment_for(wheel: Path | None, folder: Path, *extras: str, also: Iterable[str] = ()) -> Path:
    """A new virtual environment in ``folder`` with what the wheel needs, and nothing else; its bin folder."""
    venv = folder / "venv"
    lock = locked(folder, needed(wheel, *extras, also=also))
    run(sys.executable, "-m", "venv", venv, cwd=folder)
    _install(venv / "bin", lock)
    (packages,) = (venv / "lib").glob("python*/site-packages")
    (packages / "collector.pth").write_text(COLLECTOR, encoding="utf-8")
    return venv / "bin"


def tools_beside(bin_folder: Path, wheel: Path, folder: Path, *names: str, extra: str) -> Path:
    """A new folder with these packages and what they need beyond the wheel and its extra: for PYTHONPATH, so that the
    environment itself stays as a site's."""
    lock = locked(folder, needed(wheel, extra, also=names) - needed(wheel, extra))
    target = folder / "tools"
    _install(bin_folder, lock, "--no-deps", "--target", target)
    return target


def add(bin_folder: Path, wheel: Path, *extras: str) -> None:
    """Install a wheel, with those of ours that it needs, which lie beside it. What else they require must be met by
    what was locked: nothing may be looked for elsewhere."""
    what = f"{wheel}[{','.join(extras)}]"
    run(*_pip(bin_folder), "-q", "--no-index", "--find-links", wheel.parent, what, cwd=bin_folder)


def build_and_add(bin_folder: Path, sdists: Iterable[Path]) -> None:
    """Install what is built of these, by what the environment has, and nothing that they require."""
    # pip keeps the wheels that it makes of sdists by their path, where another run's may lie.
    options = ["--no-index", "--no-deps", "--no-build-isolation", "--no-cache-dir", "--no-compile"]
    run(*_pip(bin_folder), "-q", *options, *sdists, cwd=bin_folder)


def keep(database: Path, name: str, files: Iterable[Path], make: Callable[[], object]) -> None:
    """Make the file of a database, or copy the one kept from an earlier run with the same versions and files."""
    digest = hashlib.sha256(platform.python_version().encode())
    for file in [LOCK, *files]:
        digest.update(file.read_bytes())
    kept = CACHE / "hosts" / f"{name}-{digest.hexdigest()[:32]}.sqlite3"
    if not kept.exists():
        make()
        kept.parent.mkdir(parents=True, exist_ok=True)
        unfinished = kept.with_suffix(f".{os.getpid()}")
        shutil.copyfile(database, unfinished)
        os.replace(unfinished, kept)
        for old in sorted(kept.parent.glob("*.sqlite3"), key=lambda one: one.stat().st_atime)[:-MOST]:
            old.unlink()
    shutil.copyfile(kept, database)


def _install(bin_folder: Path, lock: Path, *options: object) -> None:
    """What the lock says, by uv: several times as fast as pip, and the same files. Nothing is compiled ahead, which
    nobody may import."""
    uv = Path(sys.executable).with_name("uv")
    python = ["--python", bin_folder / "python"]
    run(uv, "pip", "install", "-q", *python, "--require-hashes", "-r", lock, *options, cwd=lock.parent, timeout=540)


def _pip(bin_folder: Path) -> list[object]:
    return [bin_folder / "python", "-m", "pip", "install", "--disable-pip-version-check"]
