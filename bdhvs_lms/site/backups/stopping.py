"""Commands that are stopped put everything in order first."""

import signal
from types import FrameType

__all__ = ["interruptible"]


def interruptible() -> None:
    """A service manager's SIGTERM ends a command as Ctrl-C does: with everything put in order."""

    def stop(signum: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
