"""Writing to files such that a process stopped on the way leaves nothing that counts."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from uuid import uuid4

__all__ = ["alone", "below", "settle", "write_whole"]


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Lock for one process, and one thread of it, at a time; the kernel lets go when the process ends."""
    with lock.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def below(path: str) -> str:
    """Return the path, refused (ValueError) when it does not stay below its folder. Inspecting has checked it for
    packages; a second look costs nothing."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or "\\" in path or ":" in path or any(part in ("..", ".") for part in parts):
        raise ValueError(f"{path!r} does not stay below its folder")
    return path


def settle(folder: Path) -> None:
    """Make renames in the folder survive a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(file: Path, data: bytes) -> None:
    """Replace what is there at once. Among several writers the last one wins."""
    # Of each writer its own: threads of a process, and containers in which each process is the first, write at once.
    part = file.with_name(f"{file.name}.{uuid4().hex}.part")
    try:
        with part.open("xb") as into:
            into.write(data)
            into.flush()
            os.fsync(into.fileno())
        os.replace(part, file)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    settle(file.parent)
