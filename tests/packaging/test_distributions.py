"""What is released, `bdhvs-lms` and what others can have without it: built from this tree, looked into, installed,
started."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from importlib.metadata import requires, version
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from hatch_build import GUIDES, PICTURES, STYLES
from hatch_player import PLAYER_FILES, TARGET, BuildHook, npm_folder
from tests.architecture.layers import ADAPTER, FILES, LEDGER, OTHERS, ROOT, WHEEL_PACKAGES, WORDS
from tests.packaging import installing
from tests.packaging.installing import build, run
from tests.support.live import copy_sqlite

pytestmark = pytest.mark.thorough

# Files that every sdist has.
SDIST = {"PKG-INFO", "pyproject.toml", "README.md", "LICENSE", ".gitignore"}


REQUIRED = {
    LEDGER: {
        "Requires-Dist: cryptography>=43",
        "Requires-Dist: django>=5.2",
        "Requires-Dist: httpx>=0.28",
        "Requires-Dist: msgspec>=0.20",
        "Requires-Dist: pyjwt[crypto]>=2.10",
    },
    FILES: {
        "Requires-Dist: defusedxml>=0.7.1",
        "Requires-Dist: lxml>=6",
        "Requires-Dist: pillow>=11",
        "Requires-Dist: python-calamine>=0.5",
        "Requires-Dist: python-docx>=1.2",
        "Requires-Dist: xlsxwriter>=3.2",
    },
    WORDS: {"Requires-Dist: wagtail<9,>=7.4"},
}


def sources(folder: Path) -> set[Path]:
    """Files that are in the repository, or will be, without tests in a question type's folder; from its root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", str(folder)]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = {Path(name) for name in output.split("\0") if name and (ROOT / name).is_file()}
    return {file for file in found if not file.match("bdhvs_quiz/types/*/test_*.py")}


def below(folder: Path, files: set[Path]) -> set[str]:
    return {str(file.relative_to(folder)) for file in files}


def in_wheel(dist: Path, name: str) -> tuple[set[str], str]:
    """The files without those about the wheel, and its METADATA."""
    (wheel,) = dist.glob(f"{name}-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        about = {one for one in names if one.partition("/")[0].endswith(".dist-info")}
        assert [one for one in about if one.endswith("licenses/LICENSE")] != []
        return names - about, archive.read(next(one for one in about if one.endswith("/METADATA"))).decode()


def compiled(names: set[str]) -> set[str]:
    """A .po without its .mo shows English to everyone."""
    return {f"{name[:-3]}.mo" for name in names if name.endswith(".po")}


def in_sdist(dist: Path, name: str) -> set[str]:
    (sdist,) = dist.glob(f"{name}-*.tar.gz")
    with tarfile.open(sdist) as archive:
        return {one.name.partition("/")[2] for one in archive.getmembers() if one.isfile()}


def test_the_wheel_is_its_packages_with_what_is_made_of_them(dist: Path) -> None:
    names, metadata = in_wheel(dist, "bdhvs_lms")
    expected = set()
    for package in WHEEL_PACKAGES:
        expected |= below(package.parent, sources(package))
    expected |= compiled(expected)
    made = {
        *(ROOT / GUIDES).glob("*.json"),
        *(ROOT / PICTURES).glob("*.png"),
        *(ROOT / STYLES / "scoped").glob("*.css"),
    }
    assert names == expected | below(ROOT / "templates", made)
    assert "License-Expression: GPL-3.0-or-later" in metadata
    assert "bdhvs_lms/py.typed" in names
    shown = metadata.partition("\n\n")[2]
    assert shown.startswith("# bdhvs-lms\n")
    assert "<img" not in shown and "](docs/" not in shown, "an index has no files of this tree"
    for name in installing.OTHERS:
        assert f"Requires-Dist: {name}<0.2,>=0.1" in metadata


def test_the_sdist_is_what_a_wheel_is_made_of(dist: Path) -> None:
    """Neither the others, which have their own, nor tests, nor what npm brings."""
    expected = SDIST | {"hatch_build.py", "hatch_readme.py", "hatch_styles.py", "CHANGELOG.md"}
    for folder in (*WHEEL_PACKAGES, Path("docs"), Path("deploy")):
        expected |= below(Path(), sources(folder))
    assert "deploy/systemd/bdhvs-site.service" in expected
    assert in_sdist(dist, "bdhvs_lms") == expected


def test_the_adapter_has_the_player_and_its_licence(dist: Path) -> None:
    player = {str(TARGET / place) for place in PLAYER_FILES.values()}
    names, metadata = in_wheel(dist, "h5p_python_adapter")
    assert names == below(ADAPTER.parent, sources(ADAPTER)) | player
    required = [line for line in metadata.splitlines() if line.startswith("Requires-Dist:") and "extra ==" not in line]
    assert required == []
    assert in_sdist(dist, "h5p_python_adapter") == SDIST | below(ADAPTER.parent, sources(ADAPTER.parent)) | player
    with zipfile.ZipFile(next(dist.glob("h5p_python_adapter-*.whl"))) as archive:
        assert "Tunapanda" in archive.read(str(TARGET / "LICENSE")).decode()


@pytest.mark.parametrize("package", [FILES, LEDGER, WORDS], ids=lambda path: path.name)
def test_what_stands_alone_is_a_typed_package_that_needs_nothing_of_ours(dist: Path, package: Path) -> None:
    names, metadata = in_wheel(dist, package.name)
    expected = below(package.parent, sources(package))
    assert f"{package.name}/py.typed" in expected
    assert names == expected | compiled(expected)
    required = {line for line in metadata.splitlines() if line.startswith("Requires-Dist:") and "extra ==" not in line}
    assert required == REQUIRED[package]
    assert in_sdist(dist, package.name) == SDIST | below(package.parent, sources(package.parent))


def test_a_wheel_is_the_same_from_the_tree_and_from_an_sdist_where_npm_has_put_nothing(
    dist: Path, tmp_path: Path
) -> None:
    assert npm_folder(Path(tempfile.gettempdir())) is None, "where `build` unpacked the sdists"
    for source in (*(package.parent for package in OTHERS), Path()):
        build(tmp_path, ROOT / source, "--wheel")
    built = {wheel.name: record(wheel) for wheel in dist.glob("*.whl")}
    assert len(built) == 5
    assert {wheel.name: record(wheel) for wheel in tmp_path.glob("*.whl")} == built


def record(wheel: Path) -> set[str]:
    """Each file's name, SHA-256 and size."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.read(next(one for one in archive.namelist() if one.endswith("/RECORD"))).decode().split())


def test_an_sdist_is_installed_by_what_its_build_requires(dist: Path, tmp_path: Path) -> None:
    """In an environment that has no more; what is installed then is what the wheel has."""
    bin_folder = installing.environment_for(None, tmp_path, also=installing.build_tools())
    installing.build_and_add(bin_folder, sorted(dist.glob("*.tar.gz")))
    (packages,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    wheels = sorted(dist.glob("*.whl"))
    assert len(wheels) == 5
    for wheel in wheels:
        (installed,) = packages.glob(f"{wheel.name.partition('-')[0]}-*.dist-info/RECORD")
        assert record(wheel) - set(installed.read_text(encoding="utf-8").split()) == set()


@pytest.mark.versions
def test_what_each_requires_is_met_by_the_versions_of_the_lock() -> None:
    """Without it nothing could be installed; with the newest versions and the oldest."""
    asked = 0
    for name in ("bdhvs-lms", *installing.OTHERS):
        for requirement in map(Requirement, requires(name) or []):
            if requirement.marker is None or any(requirement.marker.evaluate({"extra": one}) for one in ("", "site")):
                assert requirement.specifier.contains(version(requirement.name), prereleases=True), requirement
                asked += 1
    assert asked > 20


@pytest.fixture
def without_player(tmp_path: Path) -> Path:
    """The adapter's folder as it is in the repository, where npm has put nothing."""
    folder = tmp_path / "adapter"
    for file in sources(ADAPTER.parent):
        copy = folder / file.relative_to(ADAPTER.parent)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / file, copy)
    assert npm_folder(folder) is None
    return folder


@pytest.mark.parametrize("kind", ["sdist", "wheel"])
def test_the_adapter_is_not_built_without_the_player(kind: str, without_player: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--outdir", tmp_path / "dist", "."]
    done = subprocess.run(command, cwd=without_player, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert "H5P's own files are missing (LICENSE, frame.bundle.js, " in said
    assert "run `npm ci` in the repository's folder" in said
    assert [*tmp_path.glob("dist/*.*")] == []


def test_an_editable_install_without_the_player_says_so_and_goes_on(
    without_player: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing: Any = None  # of what the hook is given it looks at its folder only
    hook = BuildHook(str(without_player), {}, nothing, nothing, "", "wheel")
    hook.initialize("editable", {})
    assert "H5P's own files are missing" in capsys.readouterr().err
    with pytest.raises(RuntimeError, match="run `npm ci`"):
        hook.initialize("standard", {})


# --- Installed --------------------------------------------------------------------------------------------------------


@pytest.mark.thorough
def test_an_installed_site_starts_without_a_secret(site: Path, tmp_path: Path) -> None:
    """`bdhvs --help` and `bdhvs check` work, far from this tree."""

    def bdhvs(*arguments: str) -> str:
        return run(site / "bdhvs", *arguments, cwd=tmp_path, BDHVS_DATA_DIR=str(tmp_path / "var"))

    assert "demo" in bdhvs("--help")
    assert "no issues" in bdhvs("check")


# The activity of our own: its document, the files that this has the page fetch, and what the page does it with.
PLAYED = """
import io, json, re
import bdhvs_lms, h5p_python_adapter
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client, RequestFactory
from bdhvs_h5p import uploads
from bdhvs_demo.h5p import package
from bdhvs_h5p.player.addresses import player_address
from bdhvs_lms.base.api import now
call_command("migrate", verbosity=0)
version = uploads.receive(io.BytesIO(package()), file_name="a.h5p", may_install=True, at=now()).version
client = Client(SERVER_NAME="localhost")
request = RequestFactory(SERVER_NAME="localhost").get("/")
response = client.get(player_address(version, request, "vi", at=now()).removeprefix("http://localhost"))
data = json.loads(re.search(r'<script id="h5p-data"[^>]*>(.*?)</script>', response.content.decode())[1])
print(json.dumps({
    "document": response.status_code,
    "files": [client.get(address).status_code for address in data["files"]],
    "from": [bdhvs_lms.__file__, h5p_python_adapter.__file__, finders.find("h5p_python_adapter/host.js")],
}))
"""


@pytest.mark.thorough
def test_an_installed_site_plays_h5p_without_npm(site: Path, tmp_path: Path, migrated_file: Path) -> None:
    """On a database from the tree's migrations: test_install.py begins with none."""
    (tmp_path / "var").mkdir()
    copy_sqlite(migrated_file, tmp_path / "var" / "db.sqlite3")
    environment = {"BDHVS_DATA_DIR": str(tmp_path / "var"), "BDHVS_INSECURE_LOOPBACK": "1", "PATH": str(site)}
    said = run(
        site / "bdhvs", "shell", "--no-imports", "-c", PLAYED, cwd=tmp_path, BDHVS_SECRET_KEY="a" * 50, **environment
    )
    told = json.loads(said.splitlines()[-1])
    assert (told["document"], told["files"]) == (200, [200] * 4)
    assert [file for file in told["from"] if not Path(file).is_relative_to(site.parent)] == []
