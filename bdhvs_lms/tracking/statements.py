"""Makes an xAPI statement of an act, by tincan's objects; what they are known to spoil is set or checked here."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC
from functools import cache, lru_cache
from typing import Any

import tincan

from bdhvs_lms.tracking import iris
from bdhvs_lms.tracking.acts import LearningAct, ObjectRef
from bdhvs_lms.tracking.marks import json_number, written
from bdhvs_lms.tracking.vocabulary import (
    EXTENSION_COMPETENCY_MARKS,
    PLATFORM,
    REPORTED_NAMES,
    TYPE_PROFILE,
    VERB_NAMES,
)
from bdhvs_xapi import api as xapi

# Namespace of our statement ids; changing it would make every act a new statement. It is no secret: the key is.
STATEMENT_NAMESPACE = uuid.UUID("5c6f5a0e-6f0f-5d0e-9a0b-1d5b0a3c9e57")


def statement_id(act: LearningAct) -> uuid.UUID:
    """Return the UUIDv5 of (id seed, object, revision, verb, try, grading) under the key of this database.

    An act that was recorded before ids had a key keeps the id that it has: recorded again it is the same statement.
    """
    parts = (str(act.id_seed), act.object.iri, act.revision, act.verb, str(act.try_no), str(act.grading))
    until = iris.unkeyed_until()
    if until is not None:
        guessable = xapi.statement_id(STATEMENT_NAMESPACE, *parts)
        found = xapi.get(guessable)
        # Of our own authority and from before: whatever else stands there was put there by somebody who guessed.
        if found is not None and found.authority == act.authority and found.stored < until:
            return guessable
    return xapi.statement_id(STATEMENT_NAMESPACE, *parts, key=iris.id_key())


class _Activity(tincan.Activity):
    """An activity that is written once, however many statements name it: it is never changed."""

    __slots__ = ("_written",)

    def as_version(self, version: str = tincan.Version.latest) -> dict[str, Any]:
        try:
            written: dict[str, Any] = self._written
        except AttributeError:
            written = super().as_version(version)
            # Past tincan's own __setattr__, which knows the properties of xAPI alone.
            object.__setattr__(self, "_written", written)
        return written


class _Statement(tincan.Statement):
    """A statement whose timestamp is aware, in UTC."""

    def as_version(self, version: str = tincan.Version.latest) -> dict[str, Any]:
        written: dict[str, Any] = super().as_version(version)
        # tincan writes "+00:00" and drops trailing zeros of microseconds; the instant is what counts.
        written["timestamp"] = self.timestamp.isoformat(timespec="microseconds").replace("+00:00", "Z")
        return written


@cache
def _verb(iri: str) -> tincan.Verb:
    return tincan.Verb(id=iri, display=tincan.LanguageMap(VERB_NAMES.get(iri) or REPORTED_NAMES.get(iri) or {}))


def _items(names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(names.items())


def _activity(ref: ObjectRef) -> tincan.Activity:
    asked = ref.interaction
    if asked is None:
        return _known(ref.iri, ref.type_iri, _items(ref.names))
    components = tuple(
        (part, tuple((key, _items(names)) for key, names in rows)) for part, rows in asked.components.items()
    )
    return _known(ref.iri, ref.type_iri, _items(ref.names), asked.type, components)


# The same questions, activities, courses and competencies stand in statement after statement.
@lru_cache(maxsize=1024)
def _known(iri: str, type_iri: str, names: Any, interaction: str = "", components: Any = ()) -> tincan.Activity:
    definition: dict[str, Any] = {"type": type_iri}
    if names:
        definition["name"] = tincan.LanguageMap(names)
    if interaction:
        definition["interaction_type"] = interaction
    for part, rows in components:
        definition[part] = [tincan.InteractionComponent(id=key, description=tincan.LanguageMap(of)) for key, of in rows]
    return _Activity(id=iri, definition=tincan.ActivityDefinition(**definition))


def _agent(actor: uuid.UUID) -> tincan.Agent:
    return tincan.Agent(account=tincan.AgentAccount(name=str(actor), home_page=iris.home_page()))


def _activities(refs: Iterable[ObjectRef]) -> tincan.ActivityList:
    return tincan.ActivityList([_activity(ref) for ref in refs])


def build(act: LearningAct) -> tincan.Statement:
    """Build the statement, valid under xAPI 1.0.3 and 2.0; `bdhvs_xapi.api.record` writes it out, once. No clock; of
    the database only the row with the base and the key and, where acts were recorded without the key, the statement
    under the id that they would have."""
    contexts: dict[str, tincan.ActivityList] = {
        "category": _activities([ObjectRef(iris.profile_iri(), TYPE_PROFILE)]),
    }
    for name, refs in (("parent", act.parent), ("grouping", act.grouping), ("other", act.other)):
        if refs:
            contexts[name] = _activities(refs)
    context: dict[str, Any] = {
        "platform": PLATFORM,
        "language": act.language,
        "context_activities": tincan.ContextActivities(**contexts),
    }
    if act.registration is not None:
        context["registration"] = act.registration
    if act.revision:
        context["revision"] = act.revision
    if act.instructor is not None:
        context["instructor"] = _agent(act.instructor)
    if act.extensions:
        context["extensions"] = tincan.Extensions(
            {iris.extension_iri(name): value for name, value in act.extensions.items()}
        )
    values: dict[str, Any] = {
        "id": statement_id(act),
        "actor": _agent(act.actor),
        "verb": _verb(act.verb),
        "object": _activity(act.object),
        "context": tincan.Context(**context),
        "timestamp": act.occurred_at.astimezone(UTC),
    }
    if act.result is not None:
        values["result"] = _result(act)
    return _Statement(**values)


def _result(act: LearningAct) -> tincan.Result:
    facts = act.result
    assert facts is not None  # noqa: S101  narrowing for the type checker
    result: dict[str, Any] = {}
    if facts.success is not None:
        result["success"] = facts.success
    if facts.completion is not None:
        result["completion"] = facts.completion
    if facts.duration is not None:
        result["duration"] = facts.duration
    if facts.response is not None:
        if not isinstance(facts.response, str):
            raise TypeError("A response is a string of stable ids; a list would become a Python repr.")
        result["response"] = facts.response
    score = {
        name: json_number(value)
        for name in ("raw", "min", "max", "scaled")
        if (value := getattr(facts, name)) is not None
    }
    if score:
        result["score"] = tincan.Score(**score)
    if facts.competencies:
        stated = {iris.extension_iri(EXTENSION_COMPETENCY_MARKS): [written(mark) for mark in facts.competencies]}
        result["extensions"] = tincan.Extensions(stated)
    return tincan.Result(**result)
