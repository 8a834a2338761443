"""A migrated SQLite database that runs of the tests start from, kept in the checkout until a migration changes.

Migrating an empty database takes twenty seconds of the processor, bringing a migrated one up to date five. Whoever
takes a copy runs `migrate` on it all the same: what follows a migration (roles, authorities) is as the code says today.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
from collections.abc import Callable
from pathlib import Path

from tests.support.live import ROOT
from tests.support.locks import LOCK

FOLDER = ROOT / ".pytest_cache" / "migrated"


def state_of_migrations() -> str:
    """A name for what a migrated database would be: our migrations, the versions of all packages, the Python."""
    digest = hashlib.sha256(platform.python_version().encode())
    files = [
        LOCK,
        *sorted(ROOT.glob("*/migrations/*.py")),
        *sorted(ROOT.glob("*/*/migrations/*.py")),
    ]
    for file in files:
        digest.update(str(file.relative_to(ROOT)).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:32]


def kept(make: Callable[[Path], None]) -> Path:
    """The kept database, to copy from; ``make(file)`` migrates an empty one when there is none of today's state."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{state_of_migrations()}.sqlite3"
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            for old in FOLDER.glob("*.sqlite3*"):
                old.unlink()
            unfinished = FOLDER / "unfinished.sqlite3"
            make(unfinished)
            os.replace(unfinished, file)
    return file
