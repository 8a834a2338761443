"""Compiles the translations: when a wheel or an editable install is built, before tests, and by `make`.

Needs polib only, so that no machine has to have gettext. The compiled files need not be in the repository.
"""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polib
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
# Where packages are, as in pyproject.toml: a virtual environment below the root has catalogues too.
SOURCES = ("bdhvs_lms", "content", "xapi", "templates")


def _messages(entries: Iterable[Any]) -> set[tuple[Any, ...]]:
    return {(e.msgctxt, e.msgid, e.msgstr, tuple(sorted(e.msgstr_plural.items()))) for e in entries}


def compile_catalogues(root: Path = ROOT) -> list[Path]:
    """Write the .mo beside each .po that is newer; the files written. Raises OSError for a catalogue with errors."""
    written = []
    for source in sorted(path for folder in SOURCES for path in (root / folder).rglob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        catalogue = polib.pofile(str(source), check_for_duplicates=True)
        if target.exists() and _messages(polib.mofile(str(target))) == _messages(catalogue.translated_entries()):
            # A checkout gives files any time; another tool's bytes say the same.
            os.utime(target)
            continue
        # Moved into place whole: another process may be reading the old one.
        with tempfile.NamedTemporaryFile(dir=source.parent, suffix=".mo.part", delete=False) as part:
            part.write(catalogue.to_binary())
        os.chmod(part.name, 0o644)
        os.replace(part.name, target)
        written.append(target)
    return written


class CatalogueHook(BuildHookInterface):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        compile_catalogues(Path(self.root))


if __name__ == "__main__":
    for written_file in compile_catalogues():
        print(f"compiled {written_file.relative_to(ROOT)}")  # noqa: T201
