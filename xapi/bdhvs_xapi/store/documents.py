"""Documents beside the statements: state, activity profiles, agent profiles (xAPI 1.0.3 Part Three, 2.2).

Why three tables and not one? Their keys differ, and a key with empty parts would need the same care on every query.
Documents are not facts: they are overwritten and deleted, and no projection reads them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, ClassVar, Final
from uuid import UUID

import msgspec
from django.db import IntegrityError, models, transaction
from django.db.models import F, Func

from bdhvs_xapi.statements.canonical import decode_exact
from bdhvs_xapi.store.models import Agent, Term
from bdhvs_xapi.store.turns import Turns

# Part of a unique index; see statements.values.MAX_KEY_BYTES.
MAX_ID_BYTES: Final = 2000
JSON: Final = "application/json"
# Documents that one transaction deletes, and bytes after which it takes no further one.
_PIECE: Final = 20
_BYTES: Final = 4 * 1024 * 1024


class _Stored(models.Model):
    """What every document has."""

    # ``stateId`` or ``profileId``: any text, at most ``MAX_ID_BYTES`` of UTF-8.
    document_id = models.TextField()
    content_type = models.TextField()
    content = models.BinaryField()
    # SHA-1 of the content in lower-case hexadecimal (xAPI 1.0.3 Part Three, 3.1).
    etag = models.CharField(max_length=40)
    updated = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.document_id


class ActivityState(_Stored):
    """What a client keeps for one agent in one activity, perhaps within one registration."""

    agent = models.ForeignKey(Agent, models.PROTECT, db_index=False, related_name="+")
    activity = models.ForeignKey(Term, models.PROTECT, db_index=False, related_name="+")
    # The UUID as text, empty without one: in a unique index one NULL never equals another.
    registration = models.CharField(max_length=36, default="", blank=True)

    class Meta:
        constraints: ClassVar = [
            # One document; all documents of an agent in an activity; all documents of an agent.
            models.UniqueConstraint(
                fields=["agent", "activity", "registration", "document_id"], name="xapi_activity_state_once"
            ),
        ]


class AgentProfile(_Stored):
    """What a client keeps about one agent."""

    agent = models.ForeignKey(Agent, models.PROTECT, db_index=False, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agent", "document_id"], name="xapi_agent_profile_once"),
        ]


class ActivityProfile(_Stored):
    """What a client keeps about one activity."""

    activity = models.ForeignKey(Term, models.PROTECT, db_index=False, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["activity", "document_id"], name="xapi_activity_profile_once"),
        ]


class Kind(Enum):
    """The three resources."""

    STATE = "activities/state"
    ACTIVITY_PROFILE = "activities/profile"
    AGENT_PROFILE = "agents/profile"


# Any: their fields differ, and rows are found by whichever a place has.
_MODELS: Final[dict[Kind, Any]] = {
    Kind.STATE: ActivityState,
    Kind.ACTIVITY_PROFILE: ActivityProfile,
    Kind.AGENT_PROFILE: AgentProfile,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where documents lie. ``agent`` is an ``agent_key``, ``activity`` an IRI; state needs both."""

    kind: Kind
    activity: str | None = None
    agent: str | None = None
    registration: UUID | None = None

    def __post_init__(self) -> None:
        if (self.activity is None) is (self.kind is not Kind.AGENT_PROFILE):
            raise ValueError(f"{self.kind.value} {'needs an' if self.activity is None else 'has no'} activity")
        if (self.agent is None) is (self.kind is not Kind.ACTIVITY_PROFILE):
            raise ValueError(f"{self.kind.value} {'needs an' if self.agent is None else 'has no'} agent")


@dataclass(frozen=True, slots=True)
class Document:
    """One document as it is stored. ``etag`` is the SHA-1 of ``content``, without quotes."""

    kind: Kind
    document_id: str
    content_type: str
    content: bytes
    etag: str
    updated: datetime
    activity: str | None = None
    agent: str | None = None
    registration: UUID | None = None


# Called with what is there (None: nothing) before a change, within its transaction; raises to refuse it.
Check = Callable[[Document | None], None]


class DocumentTooLarge(ValueError):
    """What merging would leave is larger than the caller allows."""


class NotMergeable(ValueError):
    """Two documents cannot become one: one of them is not a JSON object (xAPI 1.0.3 Part Three, 2.2: 400)."""


def read(place: Place, document_id: str, *, using: str = "default") -> Document | None:
    """The document, or None."""
    row = _rows(place, using).filter(document_id=document_id, **_exactly(place)).first()
    return None if row is None else _document(place.kind, row)


def ids(place: Place, *, since: datetime | None = None, using: str = "default") -> tuple[list[str], datetime | None]:
    """The ids of the documents there, by id, and when the newest of them was written.

    ``since`` is exclusive. State without registration: those of every registration (2.3, Multiple Document GET).
    """
    found = _rows(place, using)
    if since is not None:
        found = found.filter(updated__gt=since)
    listed = list(found.order_by("document_id").values_list("document_id", "updated"))
    names = list(dict.fromkeys(name for name, _ in listed))
    return names, max((updated for _, updated in listed), default=None)


def write(
    place: Place,
    document_id: str,
    *,
    content_type: str,
    content: bytes,
    at: datetime,
    check: Check,
    merge: bool = False,
    most: int | None = None,
    using: str = "default",
) -> Document:
    """Stores a document, or with ``merge`` sets the properties of a JSON object in one that is there already.

    Two writers at once come one after the other, and ``check`` sees what the first has left. Raises ``NotMergeable``,
    ``DocumentTooLarge`` beyond ``most`` bytes, and whatever ``check`` raises; nothing is written then.
    """
    keys = _ensure_keys(place, using)
    for last in (False, False, True):
        try:
            return _write(place, keys, document_id, content_type, content, at, check, merge, most, using)
        except IntegrityError:
            # Somebody else made it in between: look again.
            if last:
                raise
    raise AssertionError("unreachable")


def delete(place: Place, document_id: str, *, check: Check, using: str = "default") -> bool:
    """Deletes one document; whether there was one. Raises what ``check`` raises."""
    with transaction.atomic(using=using):
        row = _rows(place, using).select_for_update().filter(document_id=document_id, **_exactly(place)).first()
        check(None if row is None else _document(place.kind, row))
        return row is not None and bool(_rows(place, using).filter(pk=row.pk).delete()[0])


def delete_all(place: Place, *, since: datetime | None = None, using: str = "default") -> int:
    """Deletes every document of the place, or those written after ``since``; how many there were.

    State without registration: of every registration (2.3, Multiple Document DELETE).
    """
    found = _rows(place, using)
    if since is not None:
        found = found.filter(updated__gt=since)
    count = 0
    # A piece at a time: how many there are, and how large, is up to whoever wrote them.
    turns = Turns(using)
    while piece := _piece(found):
        count += found.filter(pk__in=piece).delete()[0]
        turns.leave()
    return count


def _piece(found: models.QuerySet[Any]) -> list[int]:
    size = Func(F("content"), function="length", output_field=models.IntegerField())
    piece: list[int] = []
    left = _BYTES
    for pk, length in found.order_by("pk").values_list("pk", size)[:_PIECE]:
        if piece and length > left:
            break
        piece.append(pk)
        left -= length
    return piece


def documents_of(agent_key: str, *, using: str = "default") -> Iterator[Document]:
    """Every document about one agent: its states and its profiles, for a person's export."""
    states = ActivityState.objects.using(using).select_related("activity").filter(agent__key=agent_key)
    for state in states.order_by("activity__iri", "registration", "document_id").iterator():
        yield _document(Kind.STATE, state, agent=agent_key)
    for profile in AgentProfile.objects.using(using).filter(agent__key=agent_key).order_by("document_id").iterator():
        yield _document(Kind.AGENT_PROFILE, profile, agent=agent_key)


def delete_documents(agent_key: str, *, using: str = "default") -> int:
    """Deletes every document about one agent, for a person's erasure; how many there were."""
    with transaction.atomic(using=using):
        states = ActivityState.objects.using(using).filter(agent__key=agent_key).delete()[0]
        return states + AgentProfile.objects.using(using).filter(agent__key=agent_key).delete()[0]


def _write(
    place: Place,
    keys: dict[str, int],
    document_id: str,
    content_type: str,
    content: bytes,
    at: datetime,
    check: Check,
    merge: bool,
    most: int | None,
    using: str,
) -> Document:
    with transaction.atomic(using=using):
        row = _rows(place, using).select_for_update().filter(document_id=document_id, **_exactly(place)).first()
        there = None if row is None else _document(place.kind, row)
        check(there)
        if merge:
            content_type, content = _merged(there, content_type, content)
        if most is not None and len(content) > most:
            raise DocumentTooLarge(f"the document would be larger than {most} bytes")
        values = {
            "content_type": content_type,
            "content": content,
            "etag": hashlib.sha1(content, usedforsecurity=False).hexdigest(),
            "updated": at,
        }
        if row is None:
            created = (
                _MODELS[place.kind]
                ._default_manager.using(using)
                .create(document_id=document_id, **keys, **_exactly(place), **values)
            )
            return _document(place.kind, created)
        _rows(place, using).filter(pk=row.pk).update(**values)
        return Document(kind=place.kind, document_id=document_id, **values)  # type: ignore[arg-type]


def _merged(there: Document | None, content_type: str, content: bytes) -> tuple[str, bytes]:
    """Top-level properties of the new one replace the old one's, digit for digit as they came."""
    fresh = _object(content_type, content, "the posted document")
    if there is None:
        return content_type, content
    return JSON, msgspec.json.encode(_object(there.content_type, there.content, "the stored document") | fresh)


def _object(content_type: str, content: bytes, which: str) -> dict[str, msgspec.Raw]:
    if content_type.partition(";")[0].strip().lower() != JSON:
        raise NotMergeable(f"{which} is of type {content_type}, not {JSON}")
    try:
        # Once whole, since Raw only skips over what is inside a value.
        decode_exact(content)
        return msgspec.json.decode(content, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotMergeable(f"{which} is not a JSON object") from error


def _rows(place: Place, using: str) -> models.QuerySet[Any]:
    """The documents of a place; of state without registration, those of every registration."""
    found: models.QuerySet[Any] = _MODELS[place.kind]._default_manager.using(using).all()
    if place.agent is not None:
        found = found.filter(agent__key=place.agent)
    if place.activity is not None:
        found = found.filter(activity__iri=place.activity)
    if place.registration is not None:
        found = found.filter(registration=str(place.registration))
    return found


def _exactly(place: Place) -> dict[str, Any]:
    """One document of state without registration is one that was stored without."""
    return {"registration": str(place.registration or "")} if place.kind is Kind.STATE else {}


def _ensure_keys(place: Place, using: str) -> dict[str, int]:
    """The numbers of activity and agent, made when missing: each in a transaction of its own, so no lock is held."""
    found: dict[str, int] = {}
    if place.activity is not None:
        found["activity_id"] = Term.objects.using(using).get_or_create(iri=place.activity)[0].pk
    if place.agent is not None:
        found["agent_id"] = Agent.objects.using(using).get_or_create(key=place.agent)[0].pk
    return found


def _document(kind: Kind, row: Any, *, agent: str | None = None) -> Document:
    registration = getattr(row, "registration", "")
    return Document(
        kind=kind,
        document_id=row.document_id,
        content_type=row.content_type,
        content=bytes(row.content),
        etag=row.etag,
        updated=row.updated,
        activity=row.activity.iri if agent is not None and kind is Kind.STATE else None,
        agent=agent,
        registration=UUID(registration) if registration else None,
    )
