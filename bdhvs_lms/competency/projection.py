"""Evidence and attainment, folded from statements and append-only reference rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, Min, OuterRef, QuerySet

from bdhvs_lms.competency import evidence
from bdhvs_lms.competency.models import Attainment, Competency, Evidence
from bdhvs_lms.competency.naming import NamedCompetency, by_name, competency_of
from bdhvs_lms.competency.standings import STANDINGS
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking.api import (
    BATCH,
    EXTENSION_EVIDENCE,
    EXTENSION_RULE_VERSION,
    VERB_CONFIRMED,
    VERB_MASTERED,
    FactsOf,
    Projection,
    Scopes,
    activity_key,
    competency_iri,
    context_extension,
    counts,
    facts_about_each,
    touched_keys,
)
from bdhvs_xapi import api as xapi


class EvidenceProjection(Projection):
    name = "competency.evidence"
    model = Evidence
    key_fields = ("competency_id", "statement_id")
    scope_field = "activity_key"

    def touched(self, facts: FactsOf) -> Scopes:
        return touched_keys(_evidence_among(facts), activity_key)

    def advance(self, facts: FactsOf) -> Scopes:
        """Add the rows of what is new and in force, and remove those of what is void: nothing is left over."""
        by_learner = _evidence_among(facts)
        void = {fact.statement_id for listed in _voided_among(by_learner).values() for fact in listed}
        if void:
            Evidence.objects.filter(learner__in=list(by_learner), statement_id__in=void).delete()
        new = [
            Evidence(learner=learner, competency_id=competency_id, statement_id=statement_id, **row)
            for learner, rows in evidence.rows_of(by_learner).items()
            for (competency_id, statement_id), row in rows.items()
        ]
        if new:
            # A statement that was folded before, with others of its activity, has its rows.
            Evidence.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)
        return {}

    def compute(self, scopes: Scopes) -> dict[Learner, dict[tuple[Any, ...], dict[str, Any]]]:
        return evidence.rows(scopes)


class AttainmentProjection(Projection):
    """Projection of the deciders' `mastered` and people's `confirmed`; without either, evidence
    makes it 'in progress'."""

    name = "competency.attainment"
    model = Attainment
    key_fields = ("competency_id", "level")
    scope_field = "competency_id"

    def touched(self, facts: FactsOf) -> Scopes:
        scopes = self._named_or_void(facts)
        self._add(scopes, facts, self._new_evidence(facts))
        return {learner: scope for learner, scope in scopes.items() if scope}

    def refold(self, scopes: Scopes) -> set[int]:
        changed = super().refold(scopes)
        if changed:
            STANDINGS.attained(changed)
        return changed

    def advance(self, facts: FactsOf) -> Scopes:
        """Return what is to be refolded: further evidence of what has a row changes it only if it is earlier than all
        there was."""
        scopes = self._named_or_void(facts)
        there = Attainment.objects.filter(
            learner=OuterRef("learner"),
            competency=OuterRef("competency"),
            level=OuterRef("level"),
            begun_at__lte=OuterRef("occurred_at"),
        )
        self._add(scopes, facts, self._new_evidence(facts).filter(~Exists(there)))
        return {learner: scope for learner, scope in scopes.items() if scope}

    def _new_evidence(self, facts: FactsOf) -> QuerySet[Evidence]:
        """Return the rows that were written just now, so that alignments are resolved once."""
        ids = {
            learner.pk: {fact.statement_id for fact in listed if not fact.voided}
            for learner, listed in _evidence_among(facts).items()
        }
        return Evidence.objects.filter(
            learner__in=[pk for pk, listed in ids.items() if listed], statement_id__in=set().union(*ids.values())
        )

    def _add(self, scopes: dict[Learner, set[Any]], facts: FactsOf, rows: QuerySet[Evidence]) -> None:
        learners = {learner.pk: learner for learner in facts}
        for pk, competency_id in rows.values_list("learner_id", "competency_id").distinct():
            scopes[learners[pk]].add(competency_id)

    def _named_or_void(self, facts: FactsOf) -> dict[Learner, set[Any]]:
        """Return competencies of which a decision or a confirmation speaks, and those of evidence that is void."""
        scopes: dict[Learner, set[Any]] = defaultdict(set)
        named = {
            learner: [name for fact in listed if (name := competency_of(fact.object_id)) is not None]
            for learner, listed in facts.items()
        }
        known = by_name(name for names in named.values() for name in names)
        for learner, names in named.items():
            scopes[learner].update(known[name] for name in names if name in known)
        pairs = {
            learner: {
                (key, fact.revision or "") for fact in listed if (key := activity_key(fact.object_id)) is not None
            }
            for learner, listed in _voided_among(_evidence_among(facts)).items()
        }
        keys = {learner.pk: {key for key, _revision in found} for learner, found in pairs.items() if found}
        if keys:
            # What the rest of the evidence speaks for now, and what the voided one spoke for until now.
            learners = {learner.pk: learner for learner in facts}
            rows = Evidence.objects.filter(learner__in=list(keys), activity_key__in=set().union(*keys.values()))
            for pk, key, competency_id in rows.values_list("learner_id", "activity_key", "competency_id"):
                if key in keys[pk]:
                    scopes[learners[pk]].add(competency_id)
            aligned = evidence.aligned_competencies(pair for found in pairs.values() for pair in found)
            for learner, found in pairs.items():
                scopes[learner].update(
                    competency_id for pair in found for competency_id, _level in aligned.get(pair, ())
                )
        return scopes

    def compute(self, scopes: Scopes) -> dict[Learner, dict[tuple[Any, ...], dict[str, Any]]]:
        begun = self._evidence_levels(scopes)
        statements = self._statements(scopes)
        ids = by_name(
            name
            for facts in statements.values()
            for fact in facts
            if (name := competency_of(fact.object_id)) is not None
        )
        return {
            learner: _fold(statements.get(learner, ()), begun.get(learner.pk, {}), ids, scope)
            for learner, scope in scopes.items()
        }

    def _evidence_levels(self, scopes: Scopes) -> dict[int, dict[tuple[int, int], datetime]]:
        """Return by learner (competency id, level) of what there is evidence for, with the moment of the earliest."""
        found: dict[int, dict[tuple[int, int], datetime]] = defaultdict(dict)
        whole = {learner: None for learner, scope in scopes.items() if scope is None}
        if whole:
            for learner, rows in evidence.rows(whole).items():
                levels = found[learner.pk]
                for key, row in rows.items():
                    at = (key[0], row["level"])
                    levels[at] = min(row["occurred_at"], levels.get(at, row["occurred_at"]))
        parts = {learner.pk: scope for learner, scope in scopes.items() if scope is not None}
        if parts:
            # Refolded just before, in the same transaction and under the same lock.
            rows_now = Evidence.objects.filter(learner__in=list(parts), competency_id__in=set().union(*parts.values()))
            levels_now = rows_now.order_by().values_list("learner_id", "competency_id", "level")
            for pk, competency_id, level, first in levels_now.annotate(first=Min("occurred_at")):
                if competency_id in parts[pk]:
                    found[pk][competency_id, level] = first
        return found

    def _statements(self, scopes: Scopes) -> dict[Learner, list[xapi.Fact]]:
        asked = {pk for scope in scopes.values() if scope is not None for pk in scope}
        objects: dict[int, list[str]] = defaultdict(list)
        if asked:
            named = Competency.objects.filter(pk__in=asked).values_list(
                "pk", "framework__key", "code", "framework__levels__number"
            )
            for pk, framework, code, level in named:
                if level is not None:
                    objects[pk].append(competency_iri(framework, code, level))
        found = facts_about_each(
            {
                learner: None if scope is None else [iri for pk in sorted(scope) for iri in objects.get(pk, ())]
                for learner, scope in scopes.items()
            },
            verbs=[VERB_MASTERED, VERB_CONFIRMED],
        )
        return {learner: [fact for fact in facts if not fact.voided] for learner, facts in found.items()}


def _evidence_among(facts: FactsOf) -> FactsOf:
    return {
        learner: [fact for fact in listed if fact.verb in evidence.EVIDENCE_VERBS] for learner, listed in facts.items()
    }


def _voided_among(facts: FactsOf) -> FactsOf:
    return {learner: [fact for fact in listed if fact.voided] for learner, listed in facts.items()}


def _fold(
    facts: Sequence[xapi.Fact],
    begun: Mapping[tuple[int, int], datetime],
    ids: Mapping[NamedCompetency, int],
    scope: set[int] | None,
) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Fold one learner's rows. `begun`: what there is evidence for, since when."""
    rows: dict[tuple[Any, ...], dict[str, Any]] = {key: _blank(first) for key, first in begun.items()}
    for fact in facts:
        name = competency_of(fact.object_id)
        competency_id = ids.get(name) if name is not None else None
        if name is None or competency_id is None or (scope is not None and competency_id not in scope):
            continue
        row = rows.setdefault((competency_id, name[2]), _blank())
        if fact.verb == VERB_MASTERED and counts(fact):
            if row["statement_id"] is None:
                _demonstrate(row, fact)
            row["trust"] = max(row["trust"] or 0, fact.trust)
        elif fact.verb == VERB_CONFIRMED and fact.trust >= xapi.Trust.CONFIRMED and _open(row):
            row["confirmed_at"], row["confirmation_id"] = fact.occurred_at, fact.statement_id
    for row in rows.values():
        if row["confirmation_id"] is not None:
            row["status"] = Attainment.Status.CONFIRMED
        # A level may be reached by evidence of a higher one, before there is any of its own.
        row["begun_at"] = min((at for at in (row["begun_at"], row["attained_at"]) if at is not None), default=None)
    return {key: row for key, row in rows.items() if row["statement_id"] or key in begun}


def _open(row: Mapping[str, Any]) -> bool:
    """Tell whether a confirmation has something to confirm. They come in order: what was demonstrated after it, when
    what it rested on had been taken away, is not what somebody looked at."""
    return row["statement_id"] is not None and row["confirmation_id"] is None


def _blank(begun_at: datetime | None = None) -> dict[str, Any]:
    return {
        "status": Attainment.Status.IN_PROGRESS,
        "begun_at": begun_at,
        "attained_at": None,
        "confirmed_at": None,
        "statement_id": None,
        "confirmation_id": None,
        "rule_version": "",
        "evidence_ids": [],
        "trust": None,
    }


def _demonstrate(row: dict[str, Any], fact: xapi.Fact) -> None:
    ids, version = (context_extension(fact, name) for name in (EXTENSION_EVIDENCE, EXTENSION_RULE_VERSION))
    row["status"] = Attainment.Status.DEMONSTRATED
    row["attained_at"] = fact.occurred_at
    row["statement_id"] = fact.statement_id
    row["evidence_ids"] = [str(item) for item in ids] if isinstance(ids, list) else []
    row["rule_version"] = str(version)[:120] if version is not None else ""
