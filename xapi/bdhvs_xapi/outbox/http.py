"""The transport to any xAPI record store, 1.0.3 or 2.0, over HTTP."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from bdhvs_xapi.outbox.addresses import address_faults
from bdhvs_xapi.outbox.multipart import build
from bdhvs_xapi.outbox.transport import (
    DELIVERED,
    LATER,
    Answer,
    Check,
    Destination,
    Outgoing,
    Result,
    Transport,
    Trouble,
    refused,
)
from bdhvs_xapi.outbox.wire import Reply, Wire, WireTrouble, trouble_of
from bdhvs_xapi.statements.canonical import canonical_bytes
from bdhvs_xapi.statements.vocabulary import Verb

# What a record store answers when a statement of the batch is at fault (1.0.3 Part Three, 2.1.2 and 3.2).
_BLAME: Final = frozenset({400, 409, 413, 422})
# A batch in which many statements are bad is not searched to its end at once: the lease of a sender is finite.
SEARCH_SECONDS: Final = 45.0


class HttpTransport(Transport):
    """POST to ``/statements``; on 400, 409, 413 and 422 the batch is halved until the statement at fault is alone.

    One id with other content (409) is asked about: if the store has the same statement, it counts as delivered, and
    also if the credentials may not read, since the id can only be there because somebody sent it. A voiding that the
    store does not let us make (403) is treated likewise: it is found, and holds up nothing else.
    """

    key = "bdhvs_xapi.http"
    label = "xAPI"

    def __init__(self, destination: Destination) -> None:
        super().__init__(destination)
        self._wire = Wire(destination)
        self._statements = f"{destination.url}/statements"

    @classmethod
    def faults(cls, destination: Destination) -> list[str]:
        return address_faults(destination.url)

    def close(self) -> None:
        self._wire.close()

    def send(self, batch: Sequence[Outgoing]) -> Answer:
        results: list[Result] = [LATER] * len(batch)
        until = time.monotonic() + SEARCH_SECONDS
        # Ranges still to be sent, the earliest on top.
        ranges = [(0, len(batch))]
        may_speak = may_write = False
        try:
            while ranges and time.monotonic() < until:
                start, end = ranges.pop()
                reply = self._post(batch[start:end])
                if _took(reply):
                    may_speak = may_write = True
                    results[start:end] = [DELIVERED] * (end - start)
                elif reply.status == 403 and any(_voids(item) for item in batch[start:end]):
                    # It says either that we may not write, or that we may not void that statement (Part Two, 2.3.2).
                    if not may_write:
                        self._must_let_write()
                        may_write = True
                    if end - start > 1:
                        ranges += _halves(start, end)
                    else:
                        results[start] = refused(reply.reason)
                elif reply.status not in _BLAME:
                    raise WireTrouble(_strange(reply) if reply.is_success else trouble_of(reply))
                elif end - start > 1:
                    ranges += _halves(start, end)
                else:
                    if not may_speak:
                        self._must_speak(reply)
                        may_speak = True
                    results[start] = self._conflict(batch[start]) if reply.status == 409 else refused(reply.reason)
        except WireTrouble as error:
            return Answer(results, error.trouble)
        if results == [LATER] * len(batch):
            return Answer(
                results, Trouble(f"refuses too slowly to find out what, within {SEARCH_SECONDS:.0f} s", batch=True)
            )
        return Answer(results)

    def check(self) -> Check:
        try:
            about = self._wire.request("GET", f"{self.destination.url}/about")
            # Some stores have no such page, although they have to (1.0.3 Part Three, 2.7).
            versions = _versions(about) if about.status == 200 else ()
            if versions and not _speaks(versions, self.destination.version):
                reason = f"it speaks {', '.join(versions)} and not {self.destination.version}"
                return Check(True, versions=versions, reason=reason)
            # Reads at most one statement; writes nothing.
            found = self._wire.request("GET", self._statements, params={"limit": "1"})
        except WireTrouble as error:
            return Check(False, reason=error.trouble.reason)
        match found.status:
            case 200 if _has_statements(found):
                return Check(True, True, versions)
            case 200:
                return Check(True, None, versions, "it answers, but not with statements: is this a record store?")
            case 401:
                return Check(True, False, versions, trouble_of(found).reason)
            case 403:
                reason = (
                    "it answers, and does not let these credentials read; whether they may write shows when sending"
                )
                return Check(True, None, versions, reason)
            case _:
                return Check(True, None, versions, trouble_of(found).reason)

    def _post(self, batch: Sequence[Outgoing]) -> Reply:
        content = b"[" + b",".join(item.body for item in batch) + b"]"
        kind = "application/json"
        blobs = {sha2: blob for item in batch for sha2, blob in item.blobs.items()}
        if blobs:
            kind, content = build(content, blobs)
        return self._wire.request("POST", self._statements, content=content, content_type=kind)

    def _must_speak(self, reply: Reply) -> None:
        """Before the first statement is blamed: a store that does not speak our version refuses every one."""
        about = self._wire.request("GET", f"{self.destination.url}/about")
        versions = _versions(about) if about.status == 200 else ()
        if versions and not _speaks(versions, self.destination.version):
            reason = f"it speaks {', '.join(versions)} and not {self.destination.version} ({reply.reason})"
            raise WireTrouble(Trouble(reason, pause=True))

    def _must_let_write(self) -> None:
        """Before a voiding is blamed. An empty batch leaves nothing behind, whatever the store thinks of it."""
        reply = self._wire.request("POST", self._statements, content=b"[]", content_type="application/json")
        if reply.status in (401, 403):
            raise WireTrouble(trouble_of(reply))

    def _conflict(self, item: Outgoing) -> Result:
        for name in ("statementId", "voidedStatementId"):
            found = self._wire.request("GET", self._statements, params={name: str(item.statement_id)})
            if found.status == 200:
                if _same(found.body, item.body):
                    return DELIVERED
                return refused("409: it has another statement under this id")
            if found.status != 404:
                break
        return DELIVERED


def _halves(start: int, end: int) -> list[tuple[int, int]]:
    """The later half first: what is put on top last is sent first."""
    middle = (start + end) // 2
    return [(middle, end), (start, middle)]


class _Verb(msgspec.Struct):
    id: str


class _Verbed(msgspec.Struct):
    verb: _Verb


_verbed = msgspec.json.Decoder(_Verbed)


def _voids(item: Outgoing) -> bool:
    return _verbed.decode(item.body).verb.id == Verb.VOIDED


def _took(reply: Reply) -> bool:
    """204, or 200 with ids: a page that answers 200 to everything is no record store, and has stored nothing."""
    if reply.status == 204:
        return True
    if reply.status != 200:
        return False
    try:
        return isinstance(msgspec.json.decode(reply.body), list)
    except msgspec.DecodeError:
        return False


def _has_statements(reply: Reply) -> bool:
    try:
        return "statements" in msgspec.json.decode(reply.body)
    except (msgspec.DecodeError, TypeError):
        return False


def _strange(reply: Reply) -> Trouble:
    return Trouble(f"it answers {reply.status} without ids: is this the address of a record store?", pause=True)


def _versions(about: Reply) -> tuple[str, ...]:
    try:
        found: Any = msgspec.json.decode(about.body).get("version", [])
    except (msgspec.DecodeError, AttributeError):
        return ()
    return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()


def _speaks(versions: Sequence[str], version: str) -> bool:
    """1.0.3 is spoken by whoever speaks any 1.0 (1.0.3 Part Three, 3.3)."""
    return any(each.split(".")[:2] == version.split(".")[:2] for each in versions)


def _same(theirs: bytes, ours: bytes) -> bool:
    try:
        return canonical_bytes(theirs) == canonical_bytes(ours)
    except (ValueError, LookupError, TypeError, AttributeError):
        # Not a statement at all.
        return False
