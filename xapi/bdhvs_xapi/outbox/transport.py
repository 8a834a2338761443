"""How statements leave: the contract of a transport, which is an extension point.

A transport is told where to (``Destination``) and sends batches. It says for each statement what became of it, and,
apart from that, what is wrong with the destination as a whole. Waiting, trying again, splitting the queue among
senders and keeping what was refused are not its business.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, ClassVar, Self
from uuid import UUID


class Outcome(Enum):
    """What became of one statement."""

    # The destination has it, now or already before.
    DELIVERED = "delivered"
    # The destination will never take it as it is: it goes to the dead letters, with the reason.
    REFUSED = "refused"
    # Not known, or not tried: it is sent again. So sending the same statement twice must do no harm.
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Result:
    outcome: Outcome
    reason: str = ""


DELIVERED = Result(Outcome.DELIVERED)
LATER = Result(Outcome.LATER)


def refused(reason: str) -> Result:
    return Result(Outcome.REFUSED, reason)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What keeps the destination from taking anything.

    ``retry_after``: seconds that it asked us to wait. ``pause``: trying again is of no use before somebody has changed
    something (a password, an address). ``batch``: perhaps it is not the destination but what was sent; the next
    batch is smaller then, and a statement that is alone in it is put back.
    """

    reason: str
    retry_after: float | None = None
    pause: bool = False
    batch: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """``results``: one for each statement of the batch, in its order. ``trouble``: None, and all went its way."""

    results: Sequence[Result]
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Blob:
    """The data of an attachment."""

    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A statement to be sent.

    ``body``: UTF-8 JSON without what a store sets for itself (``stored``, ``authority``, ``version``). ``blobs``: the
    attachments whose data we keep, by ``sha2``.
    """

    statement_id: UUID
    body: bytes
    blobs: Mapping[str, Blob] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Destination:
    """Where to. ``url`` without a slash at its end; ``version``: "1.0.3" or "2.0.0"; name and password may be empty."""

    key: str
    url: str
    version: str
    username: str = ""
    # Kept out of tracebacks and logs.
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a destination answers.

    ``authorised``: None when it cannot be said without writing, as for credentials that may only write.
    ``versions``: what it says it speaks. ``reason``: a sentence, empty when all is well.
    """

    reachable: bool
    authorised: bool | None = None
    versions: tuple[str, ...] = ()
    reason: str = ""


class Transport(ABC):
    """One way to send. Register the class with ``register_transport``; one object serves one destination.

    An object may be kept for as long as its destination stays as it is, and is used by one thread at a time.
    """

    # Stable and dotted by its owner, at most 60 characters: it is stored.
    key: ClassVar[str]
    # For people who choose; a lazy translation is welcome.
    label: ClassVar[Any]

    def __init__(self, destination: Destination) -> None:
        self.destination = destination

    @classmethod
    def faults(cls, destination: Destination) -> list[str]:
        """What is wrong with a destination before anything is sent there, in sentences. Asks nobody."""
        return []

    @abstractmethod
    def send(self, batch: Sequence[Outgoing]) -> Answer:
        """Sends ``batch``, which has at least one statement, and ends within two minutes.

        Raises nothing for what the destination does: that is what the answer is for.
        """

    @abstractmethod
    def check(self) -> Check:
        """Asks without leaving anything behind."""

    def close(self) -> None:  # noqa: B027 - most have nothing to close
        """Ends what was kept open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()
