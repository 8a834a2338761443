"""Commands that are stopped, or cannot do what they are asked, put everything in order and say so in words."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from django.core.management.base import CommandError
from django.db import DatabaseError, InterfaceError

from bdhvs_lms.site.backups.tables import Unkept

__all__ = ["in_words", "interruptible"]


def interruptible() -> None:
    """A service manager's SIGTERM ends a command as Ctrl-C does: with everything put in order."""

    def stop(signum: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


@contextmanager
def in_words(stderr: Any, *, file: Path | None = None, stopped: str) -> Iterator[None]:
    """Within it a command may be stopped: it then ends with 130 and says `stopped`. What a database, a disk or a bucket
    refuses ends it with CommandError, in which `file` is named where the disk names none."""
    interruptible()
    try:
        yield
    except KeyboardInterrupt:
        stderr.write(stopped)
        sys.exit(130)
    except Exception as error:
        if (words := _words(error, file)) is None:
            raise
        raise CommandError(words) from None


def _words(error: Exception, file: Path | None) -> str | None:
    """None for a fault of the program."""
    if isinstance(error, Unkept):
        return str(error)
    # Of libraries that are there only where a bucket is used; some of theirs are OSErrors too.
    if type(error).__module__.partition(".")[0] in ("boto3", "botocore", "s3transfer"):
        return f"The bucket is away, or refuses this: {error}"
    if isinstance(error, DatabaseError | InterfaceError):
        return f"The database is away, or refuses this: {error}"
    if isinstance(error, OSError):
        return f"{error.filename or file}: {error.strerror or error}"
    return None
