"""What .importlinter says, read from the file itself, so that no test repeats it."""

import re
import tomllib
from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_parser = ConfigParser(comment_prefixes=("#",), interpolation=None)
_parser.read(ROOT / ".importlinter", encoding="utf-8")

# key → name as lint-imports prints it
CONTRACTS = {
    section.removeprefix("importlinter:contract:"): _parser[section]["name"]
    for section in _parser.sections()
    if section.startswith("importlinter:contract:")
}


def option(contract: str, name: str) -> list[str]:
    """The lines of one option of a contract."""
    return _parser[f"importlinter:contract:{contract}"][name].split("\n")[1:]


def layers(contract: str) -> list[list[str]]:
    """The layers of a contract from high to low; members of one layer are strangers to each other."""
    return [re.split(r"\s*\|\s*", line) for line in option(contract, "layers")]


ROOT_PACKAGES = _parser["importlinter"]["root_packages"].split()
# Of modules that can be loaded on the ready site: this one's are about models of another project.
LOADED_PACKAGES = [name for name in ROOT_PACKAGES if name not in ("bdhvs_wagtail_lms", "bdhvs_allauth")]
PARTS = [part for layer in layers("core") for part in layer]

with (ROOT / "pyproject.toml").open("rb") as _file:
    WHEEL_PACKAGES = [
        Path(path) for path in tomllib.load(_file)["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    ]

# The other distributions of this repository: a package each, in the folder of its pyproject.toml.
ADAPTER = Path("content/h5p-python-adapter/h5p_python_adapter")
FILES = Path("content/question-files/question_files")
LEDGER = Path("xapi/bdhvs_xapi")
WORDS = Path("templates/bdhvs-wagtail-vi/bdhvs_wagtail_vi")
OTHERS = [ADAPTER, FILES, LEDGER, WORDS]
PACKAGES = [*WHEEL_PACKAGES, *OTHERS]
# Those that are Django apps.
APPS = [package for package in PACKAGES if package not in (ADAPTER, FILES)]
