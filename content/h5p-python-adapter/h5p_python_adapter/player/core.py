"""H5P's own script and style, as npm has them, with the frame's own scripts around them."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from h5p_python_adapter.player.packing import Packed, packed

__all__ = ["PLAYER_FILES", "Core", "core", "player_there", "policy_hash"]

PLAYER_FILES = Path(__file__).with_name("files")
"""H5P's own, which come by npm when this package is built (hatch_player.py)."""

_FRAME = Path(__file__).with_name("frame")
_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
_FONT = re.compile(r"url\(\s*['\"]?([^'\")?#]+\.woff2)['\"]?\s*\)")
_PICTURE = re.compile(r"url\(\s*['\"]?\.\./(images/[^'\")?#]+)(?:\?[^'\")]*)?['\"]?\s*\)")
_TYPES = {"svg": "image/svg+xml", "gif": "image/gif", "png": "image/png"}
_COMMENT = re.compile(r"^\s*(?:/\*.*?\*/|//[^\n]*)\s*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Core:
    """The files that every content plays with. Their names are their SHA-256, hexadecimal."""

    boot: str
    """The script that stands in the document."""
    boot_sha256: str
    script: Packed
    script_sha256: str
    style: Packed
    style_sha256: str

    def file(self, sha256: str, kind: str) -> Packed | None:
        """Return one of the two, by its name and kind (js, css); None for any other."""
        return {(self.script_sha256, "js"): self.script, (self.style_sha256, "css"): self.style}.get((sha256, kind))


@cache
def _there(folder: Path) -> bool:
    return (folder / "frame.bundle.js").is_file()


def player_there() -> bool:
    """Tell whether H5P's own files are here: in every wheel they are, in a checkout once npm has brought them. Asked
    once a process."""
    return _there(PLAYER_FILES)


@cache
def core() -> Core | None:
    """Build the core; None: npm's files are not here."""
    source = PLAYER_FILES / "frame.bundle.js"
    if not source.is_file():
        return None
    script = b"\n;\n".join((_read("before.js"), source.read_bytes(), _read("templates.js"), _read("after.js")))
    style = _style((PLAYER_FILES / "styles/h5p.css").read_text(encoding="utf-8")) + _read("frame.css").decode()
    # Without comments: it is sent with each document.
    boot = re.sub(r"\n\s*", "\n", _COMMENT.sub("", _read("boot.js").decode())).strip()
    return Core(
        boot=boot,
        boot_sha256=hashlib.sha256(boot.encode()).hexdigest(),
        script=packed(script),
        script_sha256=hashlib.sha256(script).hexdigest(),
        style=packed(style.encode()),
        style_sha256=hashlib.sha256(style.encode()).hexdigest(),
    )


def policy_hash(sha256: str) -> str:
    """Format a hexadecimal SHA-256 as a policy names the only text that may run: `'sha256-…'`."""
    return f"'sha256-{b64encode(bytes.fromhex(sha256)).decode()}'"


def _read(name: str) -> bytes:
    return (_FRAME / name).read_bytes()


def _style(text: str) -> str:
    """Insert the fonts of signs and the pictures, since a frame of opaque origin would fetch each anew. Remove fonts of
    text, which were not taken along: the device's own are used."""

    def kept(face: re.Match[str]) -> str:
        found = _FONT.search(face[0])
        file = PLAYER_FILES / "styles" / found[1] if found is not None else None
        if found is None or file is None or not file.is_file():
            return ""
        return face[0].replace(found[0], f"url({_data('font/woff2', file)})")

    def drawn(picture: re.Match[str]) -> str:
        file = PLAYER_FILES / picture[1]
        return f"url({_data(_TYPES[file.suffix[1:]], file)})" if file.is_file() else "none"

    return _PICTURE.sub(drawn, _FACE.sub(kept, text))


def _data(kind: str, file: Path) -> str:
    return f"data:{kind};base64,{b64encode(file.read_bytes()).decode()}"
