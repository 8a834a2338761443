"""What can be wrong with a statement, said so that its author can repair it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    ``path`` is dotted from the root of the statement (``context.contextActivities.parent[0].id``), empty for the
    statement as a whole; in a batch it starts with the position (``[3].actor``). ``reason`` says what is expected.
    """

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.path else self.reason


class InvalidStatement(ValueError):
    """The statement is not one that the dialect in force allows. ``problems`` holds at least one entry."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(str(problem) for problem in problems))

    @classmethod
    def of(cls, path: str, reason: str) -> InvalidStatement:
        return cls((Problem(path, reason),))


class BatchTooLong(ValueError):
    """More statements at once than the caller takes."""
