"""Evidence and attainment, folded from statements and append-only reference rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from bdhvs_lms.competency import evidence
from bdhvs_lms.competency.deciders import counts
from bdhvs_lms.competency.models import Attainment, Competency, Evidence, FrameworkLevel
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking.api import (
    EXTENSION_EVIDENCE,
    EXTENSION_RULE_VERSION,
    VERB_CONFIRMED,
    VERB_MASTERED,
    Projection,
    activity_key,
    actor_key,
    competency_iri,
    competency_prefix,
    extension_iri,
)
from bdhvs_xapi import api as xapi

_COMPETENCY = re.compile(r"^(?P<framework>[^/]+)/(?P<code>[^/]+)/levels/(?P<level>\d{1,4})$")
NamedCompetency = tuple[str, str, int]


def competency_of(iri: str | None) -> NamedCompetency | None:
    """(framework key, code, level) that an object IRI names; None: it names something else.

    Only the one spelling that we make: another ("levels/01") would be another object to every other reader.
    """
    prefix = competency_prefix()
    if not iri or not iri.startswith(prefix):
        return None
    found = _COMPETENCY.match(iri[len(prefix) :])
    if found is None:
        return None
    name = (unquote(found["framework"]), unquote(found["code"]), int(found["level"]))
    return name if competency_iri(*name) == iri else None


def _by_name(names: Iterable[NamedCompetency]) -> dict[NamedCompetency, int]:
    """Names to competency ids, those only whose framework has that level."""
    codes = {code for _framework, code, _level in names}
    if not codes:
        return {}
    found = Competency.objects.filter(code__in=codes).values_list(
        "framework__key", "code", "framework__levels__number", "pk"
    )
    return {(framework, code, level): pk for framework, code, level, pk in found}


class EvidenceProjection(Projection):
    name = "competency.evidence"
    model = Evidence
    key_fields = ("competency_id", "statement_id")

    def touched(self, learner: Learner, facts: Sequence[xapi.Fact]) -> set[UUID] | None:
        return {
            key
            for fact in facts
            if fact.verb in evidence.EVIDENCE_VERBS and (key := activity_key(fact.object_id)) is not None
        } or None

    def compute(self, learner: Learner, scope: set[UUID] | None) -> dict[tuple[Any, ...], dict[str, Any]]:
        return evidence.rows(learner, scope)

    def stored(self, learner: Learner, scope: set[UUID] | None) -> Any:
        rows = Evidence.objects.filter(learner=learner)
        return rows if scope is None else rows.filter(activity_key__in=scope)


class AttainmentProjection(Projection):
    """Reads the deciders' `mastered` and people's `confirmed`; without either, evidence makes it 'in progress'."""

    name = "competency.attainment"
    model = Attainment
    key_fields = ("competency_id", "level")

    def touched(self, learner: Learner, facts: Sequence[xapi.Fact]) -> set[int] | None:
        named = [name for fact in facts if (name := competency_of(fact.object_id)) is not None]
        known = _by_name(named)
        scope = {known[name] for name in named if name in known}
        pairs = {
            (key, fact.revision or "")
            for fact in facts
            if fact.verb in evidence.EVIDENCE_VERBS and (key := activity_key(fact.object_id)) is not None
        }
        if pairs:
            # What the evidence speaks for now, and what a voided one spoke for until now.
            keys = {key for key, _revision in pairs}
            scope |= set(
                Evidence.objects.filter(learner=learner, activity_key__in=keys).values_list("competency_id", flat=True)
            )
            scope |= {
                competency_id for aligned in evidence.resolve(pairs).values() for competency_id, _level in aligned
            }
        return scope or None

    def compute(self, learner: Learner, scope: set[int] | None) -> dict[tuple[Any, ...], dict[str, Any]]:
        begun = self._evidence_levels(learner, scope)
        rows: dict[tuple[Any, ...], dict[str, Any]] = {key: _blank() for key in begun}
        facts = self._statements(learner, scope)
        ids = _by_name(name for fact in facts if (name := competency_of(fact.object_id)) is not None)
        for fact in facts:
            name = competency_of(fact.object_id)
            competency_id = ids.get(name) if name is not None else None
            if name is None or competency_id is None or (scope is not None and competency_id not in scope):
                continue
            row = rows.setdefault((competency_id, name[2]), _blank())
            if fact.verb == VERB_MASTERED and row["statement_id"] is None and counts(fact):
                _demonstrate(row, fact)
            elif fact.verb == VERB_CONFIRMED and row["confirmation_id"] is None and fact.trust >= xapi.Trust.CONFIRMED:
                row["confirmed_at"], row["confirmation_id"] = fact.occurred_at, fact.statement_id
        for row in rows.values():
            # A confirmation confirms what has been demonstrated; before that it waits.
            if row["statement_id"] is not None and row["confirmation_id"] is not None:
                row["status"] = Attainment.Status.CONFIRMED
        return {key: row for key, row in rows.items() if row["statement_id"] or key in begun}

    def _evidence_levels(self, learner: Learner, scope: set[int] | None) -> set[tuple[int, int]]:
        if scope is None:
            return {(key[0], row["level"]) for key, row in evidence.rows(learner, None).items()}
        # Refolded just before, in the same transaction and under the same lock.
        return set(
            Evidence.objects.filter(learner=learner, competency_id__in=scope).values_list("competency_id", "level")
        )

    def _statements(self, learner: Learner, scope: set[int] | None) -> list[xapi.Fact]:
        objects = None
        if scope is not None:
            levels: dict[int, list[int]] = {}
            competencies = list(Competency.objects.filter(pk__in=scope).select_related("framework"))
            for framework_id, number in FrameworkLevel.objects.filter(
                framework_id__in={competency.framework_id for competency in competencies}
            ).values_list("framework_id", "number"):
                levels.setdefault(framework_id, []).append(number)
            objects = [
                competency_iri(competency.framework.key, competency.code, number)
                for competency in competencies
                for number in levels.get(competency.framework_id, ())
            ]
        return [
            fact
            for fact in xapi.facts(
                actor_key=actor_key(learner), activities=objects, verbs=[VERB_MASTERED, VERB_CONFIRMED]
            )
            if not fact.voided
        ]

    def stored(self, learner: Learner, scope: set[int] | None) -> Any:
        rows = Attainment.objects.filter(learner=learner)
        return rows if scope is None else rows.filter(competency_id__in=scope)


def _blank() -> dict[str, Any]:
    return {
        "status": Attainment.Status.IN_PROGRESS,
        "attained_at": None,
        "confirmed_at": None,
        "statement_id": None,
        "confirmation_id": None,
        "rule_version": "",
        "evidence_ids": [],
    }


def _demonstrate(row: dict[str, Any], fact: xapi.Fact) -> None:
    extensions = fact.statement.get("context", {}).get("extensions", {})
    ids = extensions.get(extension_iri(EXTENSION_EVIDENCE))
    version = extensions.get(extension_iri(EXTENSION_RULE_VERSION))
    row["status"] = Attainment.Status.DEMONSTRATED
    row["attained_at"] = fact.occurred_at
    row["statement_id"] = fact.statement_id
    row["evidence_ids"] = [str(item) for item in ids] if isinstance(ids, list) else []
    row["rule_version"] = str(version)[:120] if version is not None else ""
