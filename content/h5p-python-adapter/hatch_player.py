"""Build hook that brings H5P's own files from npm's folder into a wheel, an sdist or an editable install.

They are not in the repository. An sdist has them, so a wheel that is made of one needs no npm. A release without them
would play nothing: its build fails. An editable install without them is a checkout in which everything but playing
works.
"""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
TARGET = Path("h5p_python_adapter/player/files")
NPM = "h5p-standalone"
VERSION = "3.8.2"
"""What the frame's scripts are written for."""

# What the player needs of npm's h5p-standalone, and where it has it. Fonts for text are left out: a page uses the
# device's.
PLAYER_FILES = {
    "LICENSE": "LICENSE",
    "dist/frame.bundle.js": "frame.bundle.js",
    "dist/styles/h5p.css": "styles/h5p.css",
    "dist/fonts/h5p-core-30.woff2": "fonts/h5p-core-30.woff2",
    "dist/fonts/h5p-theme.woff2": "fonts/h5p-theme.woff2",
    "dist/images/throbber.gif": "images/throbber.gif",
}


def npm_folder(root: Path = ROOT) -> Path | None:
    """Find npm's package, here or further up, in the version that is needed; None when it is not there."""
    for folder in (root, *root.parents):
        found = folder / "node_modules" / NPM
        if (found / "package.json").is_file():
            version = json.loads((found / "package.json").read_text(encoding="utf-8"))["version"]
            if version == VERSION:
                return found
            print(f"{NPM} {version} is installed but {VERSION} is needed: run npm ci", file=sys.stderr)  # noqa: T201
            return None
    return None


def fetch_player(root: Path = ROOT) -> list[Path]:
    """Copy the files from npm's folder, if it is there, and return those that changed. What an earlier build has copied
    stays."""
    source = npm_folder(root)
    if source is None:
        return []
    return [
        root / TARGET / place
        for name, place in PLAYER_FILES.items()
        if _put(root / TARGET / place, (source / name).read_bytes())
    ]


def missing(root: Path = ROOT) -> list[str]:
    return [place for place in PLAYER_FILES.values() if not (root / TARGET / place).is_file()]


def _put(file: Path, content: bytes) -> bool:
    """Write what differs, moved into place whole: another process may be reading the old one."""
    if file.is_file() and file.read_bytes() == content:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".part", delete=False) as part:
        part.write(content)
    os.chmod(part.name, 0o644)
    os.replace(part.name, file)
    return True


class BuildHook(BuildHookInterface):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        fetch_player(root)
        lacking = missing(root)
        if not lacking:
            return
        why = (
            f"H5P's own files are missing ({', '.join(lacking)}). They come by npm: run `npm ci` in the repository's "
            f"folder, which brings {NPM} {VERSION}, and build again; or build from an sdist, which has them."
        )
        if version != "editable":
            raise RuntimeError(why)
        self.app.display_warning(why)


if __name__ == "__main__":
    for written in fetch_player():
        print(f"made {written.relative_to(ROOT)}")  # noqa: T201
