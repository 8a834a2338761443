"""The wheel that a site owner installs: built from this tree, looked into, installed and started."""

import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from h5p_python_adapter import player_there
from hatch_player import PLAYER_FILES
from tests.architecture.layers import ADAPTER, ROOT, WHEEL_PACKAGES
from tests.packaging.installing import add_wheel, environment_for, run
from tests.support.fixtures import require
from tests.support.live import copy_sqlite

pytestmark = [pytest.mark.slow, pytest.mark.oldest]

PLAYER = "h5p_python_adapter/player/files/"
# What a package ships beside its modules.
SHIPPED = {".html", ".txt", ".css", ".js", ".svg", ".png", ".json", ".csv", ".po", ".mo", ".toml", ".yaml", ".xml"}


def tracked(package: Path) -> set[str]:
    """Files of a package that are in the repository, as they are named in the wheel."""
    output = subprocess.run(
        ["git", "ls-files", "-z", str(package)], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    names = (Path(name) for name in output.split("\0") if name)
    return {str(name.relative_to(package.parent)) for name in names if not name.name.startswith("test_")}


def test_wheel_holds_every_file_of_its_packages(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    tests = {name for name in names if Path(name).name.startswith("test_")}
    assert tests == set(), "the test in a question type's folder stays here"
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


@pytest.fixture(scope="session")
def site(wheel: Path, once: Any) -> Path:
    """The bin folder of a clean environment with the locked versions, in which the wheel is installed."""

    def make(folder: Path) -> str:
        bin_folder = environment_for(wheel, folder, "site")
        add_wheel(bin_folder, wheel, "site")
        return str(bin_folder)

    return Path(once("wheel-site", make)[0])


@pytest.mark.thorough
def test_installed_wheel_starts_without_a_secret(site: Path, tmp_path: Path) -> None:
    """`bdhvs --help` and `bdhvs check` work, far from this tree."""

    def bdhvs(*arguments: str) -> str:
        return run(site / "bdhvs", *arguments, cwd=tmp_path, BDHVS_DATA_DIR=str(tmp_path / "var"))

    assert "demo" in bdhvs("--help")
    assert "no issues" in bdhvs("check")
    where = bdhvs("shell", "--no-imports", "-c", "import bdhvs_lms; print(bdhvs_lms.__file__)").strip()
    assert Path(where).is_relative_to(site.parent)


# The activity of our own, from the wheel: its document, and every file that this names.
PLAYED = """
import io, re
from django.test import Client, RequestFactory
from bdhvs_h5p import uploads
from bdhvs_demo.h5p import package
from bdhvs_h5p.player.addresses import player_address
from bdhvs_lms.base.api import now
version = uploads.receive(io.BytesIO(package()), file_name="a.h5p", may_install=True, at=now()).version
client = Client(SERVER_NAME="localhost")
request = RequestFactory(SERVER_NAME="localhost").get("/")
response = client.get(player_address(version, request, "vi", at=now()).removeprefix("http://localhost"))
named = re.findall(r'(?:src|href)="(/h5p/[^"]+)"', response.content.decode())
print("played", response.status_code, sorted({client.get(address).status_code for address in named}), len(named))
"""


@pytest.mark.thorough
def test_installed_wheel_plays_h5p_without_npm(site: Path, tmp_path: Path, migrated: str) -> None:
    """On a database from the tree's migrations: test_install.py begins with none."""
    require(player_there(), "The H5P player (npm ci)")

    def bdhvs(*arguments: str) -> str:
        environment = {"BDHVS_DATA_DIR": str(tmp_path / "var"), "BDHVS_INSECURE_LOOPBACK": "1", "PATH": str(site)}
        return run(site / "bdhvs", *arguments, cwd=tmp_path, BDHVS_SECRET_KEY="a" * 50, **environment)

    (tmp_path / "var").mkdir()
    if Path(migrated).is_file():  # not the name of a PostgreSQL database
        copy_sqlite(Path(migrated), tmp_path / "var" / "db.sqlite3")
    bdhvs("migrate", "--verbosity", "0")
    assert "played 200 [200] 4" in bdhvs("shell", "--no-imports", "-c", PLAYED)


def test_the_adapters_wheel_has_the_player_and_its_licence(adapter_wheel: Path) -> None:
    require(player_there(), "The H5P player (npm ci)")
    with zipfile.ZipFile(adapter_wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
        assert tracked(ADAPTER) - set(archive.namelist()) == set()
        names = {name.removeprefix(PLAYER) for name in archive.namelist() if name.startswith(PLAYER)}
        licence = archive.read(f"{PLAYER}LICENSE").decode()
    assert {top for top in tops if not top.endswith(".dist-info")} == {"h5p_python_adapter"}
    assert names == set(PLAYER_FILES.values())
    assert "Tunapanda" in licence


def test_every_translation_of_the_wheel_is_compiled_or_compilable(wheel: Path) -> None:
    """A .po without its .mo shows English to everyone."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    sources = {name for name in names if name.endswith(".po")}
    assert {name for name in sources if name[:-3] + ".mo" not in names} == set()
