"""Frozen references that content hands over. Tracking is given these, never models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from bdhvs_lms.plugins.api import Interaction

SERVER = "server"
CLIENT = "client"
# What this site concludes from what devices report; what a device itself says has `CLIENT`.
REPORTED = "reported"
OBSERVER = "observer"
CONFIRMER = "confirmer"


@dataclass(frozen=True)
class ObjectRef:
    """An xAPI activity: its IRI, its type's IRI and its names per language (never a person's)."""

    iri: str
    type_iri: str
    names: Mapping[str, str] = field(default_factory=dict)
    interaction: Interaction | None = None


@dataclass(frozen=True)
class CompetencyMark:
    """The part of a result that is about one competency, where that has a pass mark of its own.

    `competency`: its IRI at a level. Points as Decimals: those earned, those there were, those that were needed.
    """

    competency: str
    raw: Decimal
    max: Decimal
    needed: Decimal
    reached: bool


@dataclass(frozen=True)
class ResultFacts:
    """The result of an act. Scores as Decimals in the activity's own points; `scaled` in -1..1.

    `response` holds stable ids (options, accepted answers) or 'other', never what a learner typed.
    """

    success: bool | None = None
    completion: bool | None = None
    raw: Decimal | None = None
    min: Decimal | None = None
    max: Decimal | None = None
    scaled: Decimal | None = None
    duration: timedelta | None = None
    response: str | None = None
    competencies: tuple[CompetencyMark, ...] = ()


@dataclass(frozen=True)
class LearningAct:
    """Everything a statement says, from a persisted row.

    Its id follows from the database's key and (id_seed, object, revision, verb, try_no, grading): recording the same
    act twice is one statement.

    `id_seed`: the attempt; without one the enrolment (lesson, course), session and learner (attended), or learner and
    rule version (mastered). `occurred_at`: the learner's time, clamped once at receipt.
    """

    actor: UUID
    verb: str
    object: ObjectRef
    id_seed: UUID
    occurred_at: datetime
    revision: str = ""
    registration: UUID | None = None
    try_no: int = 1
    grading: int = 1
    result: ResultFacts | None = None
    parent: tuple[ObjectRef, ...] = ()
    grouping: tuple[ObjectRef, ...] = ()
    other: tuple[ObjectRef, ...] = ()
    instructor: UUID | None = None
    language: str = "vi"
    authority: str = SERVER
    extensions: Mapping[str, Any] = field(default_factory=dict)
    """Names of our profile's extensions to plain JSON; the IRI is added when the statement is built."""
