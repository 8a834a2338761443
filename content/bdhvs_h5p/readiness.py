"""Whether the player is here: H5P's own files come by npm when the site is built, and are in every wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path

__all__ = ["PLAYER_FILES", "player_there"]

PLAYER_FILES = Path(__file__).parent / "player" / "files"


@cache
def _there(folder: Path) -> bool:
    return (folder / "frame.bundle.js").is_file()


def player_there() -> bool:
    """Asked once a process: the files come with the code."""
    return _there(PLAYER_FILES)
