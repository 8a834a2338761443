"""A progress bar for long commands: tqdm's where it is installed and somebody is watching, else nothing."""

from __future__ import annotations

from types import TracebackType
from typing import Any


class Bar:
    """`with Bar(total=…, stream=self.stderr, label="…") as bar: bar.to(3)`."""

    def __init__(self, *, total: int, stream: Any, label: str) -> None:
        self._bar = None
        try:
            from tqdm import tqdm  # an extra of the ready site: apps installed elsewhere work without it
        except ImportError:
            return
        raw = getattr(stream, "_out", stream)
        self._bar = tqdm(total=total, desc=label, file=raw, disable=not _watched(raw), leave=False)

    def to(self, done: int) -> None:
        """Show that so many are done now."""
        if self._bar is not None:
            self._bar.update(done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Steps:
    """Calls of a bar for work that tells how many rows it did since its last call."""

    def __init__(self, bar: Bar) -> None:
        self._bar, self._done = bar, 0

    def __call__(self, rows: int) -> None:
        self._done += rows
        self._bar.to(self._done)


class Looking:
    """A line that tells how far a look (`Impact`) is: it is written over, and on it goes."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __call__(self, found: Any) -> bool:
        self._stream.write(f"{found.looked_at}/{found.people}", ending="\r")
        return True


def _watched(stream: Any) -> bool:
    return bool(getattr(stream, "isatty", lambda: False)())
