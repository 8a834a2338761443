"""H5P's own script, style and pictures, as npm has them, with the frame's own script around them."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from h5p_python_adapter.player.packing import Packed, packed

__all__ = ["PLAYER_FILES", "SCRIPT", "STYLE", "Core", "core", "player_there"]

PLAYER_FILES = Path(__file__).with_name("files")
"""H5P's own, which come by npm when this package is built (hatch_build.py)."""

SCRIPT, STYLE = "frame.js", "styles/frame.css"
"""Paths of what is joined. The style's addresses are relative, as npm's are: ../images/…"""

_FRAME = Path(__file__).with_name("frame")
_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
_FONT = re.compile(r"url\(\s*['\"]?([^'\")?#]+\.woff2)['\"]?\s*\)")


@dataclass(frozen=True)
class Core:
    name: str
    """Of all its bytes: another build has another address."""
    script: Packed
    style: Packed
    files: frozenset[str]
    """Paths of the others, below `PLAYER_FILES`."""


@cache
def _there(folder: Path) -> bool:
    return (folder / "frame.bundle.js").is_file()


def player_there() -> bool:
    """Whether H5P's own files are here: in every wheel they are, in a checkout once npm has brought them. Asked once a
    process."""
    return _there(PLAYER_FILES)


@cache
def core() -> Core | None:
    """None: npm's files are not here."""
    source = PLAYER_FILES / "frame.bundle.js"
    if not source.is_file():
        return None
    script = b"\n;\n".join((_read("before.js"), source.read_bytes(), _read("templates.js"), _read("after.js")))
    style = _style((PLAYER_FILES / "styles/h5p.css").read_text(encoding="utf-8")) + _read("frame.css").decode()
    files = frozenset(
        path.relative_to(PLAYER_FILES).as_posix() for path in (PLAYER_FILES / "images").iterdir() if path.is_file()
    )
    whole = hashlib.sha256(script + style.encode())
    for name in sorted(files):
        whole.update(name.encode() + (PLAYER_FILES / name).read_bytes())
    return Core(whole.hexdigest()[:16], packed(script), packed(style.encode()), files)


def _read(name: str) -> bytes:
    return (_FRAME / name).read_bytes()


def _style(text: str) -> str:
    """The fonts of signs in it: two requests less before the first activity shows, and none after it. Without fonts of
    text, which were not taken along: the device's own are used."""

    def kept(face: re.Match[str]) -> str:
        found = _FONT.search(face[0])
        file = PLAYER_FILES / "styles" / found[1] if found is not None else None
        if found is None or file is None or not file.is_file():
            return ""
        return face[0].replace(found[0], f"url(data:font/woff2;base64,{b64encode(file.read_bytes()).decode()})")

    return _FACE.sub(kept, text)
