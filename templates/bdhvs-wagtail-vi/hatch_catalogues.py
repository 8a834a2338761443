"""Compiles the translations when a wheel or an editable install is built. Needs polib only, no gettext."""

import os
import tempfile
from pathlib import Path
from typing import Any

import polib
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def compile_catalogues(root: Path) -> None:
    """Write the .mo beside each .po where it is another. Raises OSError for a catalogue with errors."""
    for source in sorted((root / "bdhvs_wagtail_vi/locale").rglob("*.po")):
        target = source.with_suffix(".mo")
        content = polib.pofile(str(source), check_for_duplicates=True).to_binary()
        if target.is_file() and target.read_bytes() == content:
            continue
        # Moved into place whole: another process may be reading the old one.
        with tempfile.NamedTemporaryFile(dir=source.parent, suffix=".mo.part", delete=False) as part:
            part.write(content)
        os.chmod(part.name, 0o644)
        os.replace(part.name, target)


class BuildHook(BuildHookInterface):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        compile_catalogues(Path(self.root))
