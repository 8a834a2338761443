"""Who serves a site from a data folder holds its lock; who replaces what is in it asks for it alone.

The kernel lets go of a lock when its last process has ended, however it ended. A server that is not `bdhvs serve`, and
one on another machine, has none.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings

from bdhvs_lms.site.backups.tables import Unkept

__all__ = ["alone", "while_serving"]

LOCK = "serving.lock"


def _opened() -> IO[str] | None:
    folder = getattr(settings, "DATA_DIR", None)
    return (Path(folder) / LOCK).open("a", encoding="ascii") if folder is not None else None


def while_serving() -> IO[str] | None:
    """The lock, held until the file is closed by every process that has it. Raises Unkept while somebody is alone."""
    file = _opened()
    if file is not None:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise Unkept("A restore or a move of this site is under way: start it when that has ended.") from None
    return file


@contextmanager
def alone() -> Iterator[None]:
    """Nobody serves within it. Raises Unkept when somebody does."""
    file = _opened()
    if file is None:
        yield
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unkept(
                "The site is being served from this data folder, or another restore or move is under way: stop `bdhvs "
                "serve` first, on other machines too."
            ) from None
        yield
