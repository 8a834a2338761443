"""Decider that records `mastered` when a rule of evidence first holds, naming rule version and evidence."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q

from bdhvs_lms.competency import moments, rules
from bdhvs_lms.competency.evidence import EVIDENCE_VERBS, aligned_competencies
from bdhvs_lms.competency.ladders import READ, Rules, item_of, ladder_of, load_rules
from bdhvs_lms.competency.models import Competency, Evidence
from bdhvs_lms.competency.naming import by_name, competency_of
from bdhvs_lms.competency.occasions import undecided
from bdhvs_lms.competency.queries import alignments_for
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking.api import (
    EXTENSION_EVIDENCE,
    EXTENSION_RULE_VERSION,
    TYPE_OBJECTIVE,
    VERB_MASTERED,
    Decider,
    LearningAct,
    ObjectRef,
    ResultFacts,
    activity_key,
    competency_iri,
    counts,
    covered,
    decided_as,
    facts_about,
    facts_about_each,
    next_grading,
    refused_evidence,
    wanting,
)
from bdhvs_xapi import api as xapi


def competency_ref(competency: Competency, level: int) -> ObjectRef:
    names = {"vi": competency.label_vi} | ({"en": competency.label_en} if competency.label_en else {})
    return ObjectRef(competency_iri(competency.framework.key, competency.code, level), TYPE_OBJECTIVE, names)


def competency_refs(activity_key: UUID, revision: str) -> list[ObjectRef]:
    """Return what this revision is aligned with, as statements name it (`context.other`). One query."""
    return [competency_ref(competency, level) for competency, level in alignments_for(activity_key, revision)]


class CompetencyDecider(Decider):
    name = "competency.mastered"

    def proposed(self, learners: Iterable[Learner], spoken_by: Callable[[Rules], Rules]) -> list[LearningAct]:
        """Return what would be decided about these if the rules were what `spoken_by` makes of them. Writes nothing."""
        return self._decided(dict.fromkeys(learners), spoken_by)

    def decide(self, facts: Mapping[Learner, Sequence[xapi.Fact] | None]) -> list[LearningAct]:
        return self._decided(facts, lambda found: found)

    def _decided(
        self, facts: Mapping[Learner, Sequence[xapi.Fact] | None], spoken_by: Callable[[Rules], Rules]
    ) -> list[LearningAct]:
        """Return the decisions. Two queries where what is new cannot change what is decided; else five more. None
        without evidence."""
        learners = {learner.pk: learner for learner in facts}
        keys: dict[int, set[UUID] | None] = {}
        fresh: dict[int, set[UUID]] = {}
        for learner, listed in facts.items():
            new = None if listed is None else [fact for fact in listed if fact.verb in EVIDENCE_VERBS]
            if new is None:
                keys[learner.pk] = None
            elif any(fact.voided for fact in new):
                keys[learner.pk] = {key for fact in new if (key := activity_key(fact.object_id)) is not None}
            else:
                keys[learner.pk] = set()
                fresh[learner.pk] = {fact.statement_id for fact in new}
        also = _taken_away(facts)
        for pk, competencies_of in undecided(fresh).items():
            also.setdefault(pk, set()).update(competencies_of)
        by_competency = _touched_evidence(keys, also)
        if not by_competency:
            return []
        competencies = {
            row.pk: row
            for row in Competency.objects.filter(pk__in={pk for _, pk in by_competency}).select_related("framework")
        }
        found = spoken_by(load_rules(competency.framework_id for competency in competencies.values()))
        levels = sorted({(who, pk, row.level) for (who, pk), evidence in by_competency.items() for row in evidence})
        refs = {(pk, level): competency_ref(competencies[pk], level) for _, pk, level in levels}
        wanted: dict[Learner, list[str]] = defaultdict(list)
        for who, pk, level in levels:
            wanted[learners[who]].append(refs[(pk, level)].iri)
        decisions: dict[tuple[int, str | None], list[xapi.Fact]] = defaultdict(list)
        for learner, mastered in facts_about_each(wanted, verbs=[VERB_MASTERED], include_voided=True).items():
            for fact in mastered:
                decisions[(learner.pk, fact.object_id)].append(fact)
        acts: list[LearningAct] = []
        for who, pk, level in levels:
            learner, ref = learners[who], refs[(pk, level)]
            ladder = ladder_of(found, (competencies[pk].framework_id, pk), level)
            items = [item_of(row) for row in by_competency[(who, pk)] if row.level >= level]
            acts.extend(_decisions(learner, ref, ladder, items, decisions[(who, ref.iri)]))
        return acts

    def unsupported(self, learner: Learner, decisions: Sequence[xapi.Fact], gone: Collection[UUID]) -> list[xapi.Fact]:
        """Return unsupported decisions, by the rules that spoke at each moment and the evidence as it is aligned now.
        Four queries at most."""
        named = {
            fact: name
            for fact in decisions
            if fact.verb == VERB_MASTERED and (name := competency_of(fact.object_id)) is not None
        }
        if not named:
            return []
        known = by_name(named.values())
        competencies = Competency.objects.select_related("framework").in_bulk(set(known.values()))
        found = load_rules(competency.framework_id for competency in competencies.values())
        evidence: dict[int, list[Evidence]] = defaultdict(list)
        for row in Evidence.objects.filter(learner=learner, competency__in=competencies).exclude(statement_id__in=gone):
            evidence[row.competency_id].append(row)
        earlier: dict[str | None, list[xapi.Fact]] = defaultdict(list)
        for fact in facts_about(
            learner,
            activities={fact.object_id for fact in named if fact.object_id is not None},
            verbs=[VERB_MASTERED],
            include_voided=True,
        ):
            earlier[fact.object_id].append(fact)
        # Late work moves a date by a further decision: there may be hundreds about one level, and what suffices is
        # looked up once for all of them.
        suffice: dict[str | None, list[moments.Step]] = {}
        lost = []
        for fact, name in named.items():
            competency, level = competencies.get(known.get(name, 0)), name[2]
            if competency is not None and fact.object_id not in suffice:
                ladder = ladder_of(found, (competency.framework_id, competency.pk), level)
                items = [item_of(row) for row in evidence[competency.pk] if row.level >= level]
                suffice[fact.object_id] = _steps(ladder, items, earlier[fact.object_id])
            if not covered(fact, suffice.get(fact.object_id, ())):
                lost.append(fact)
        return lost


def _taken_away(facts: Mapping[Learner, Sequence[xapi.Fact] | None]) -> dict[int, set[int]]:
    """Return competencies, by learner, for which evidence or a decision among these statements is void: other evidence,
    of other activities too, may suffice for what it spoke for."""
    pairs = {
        learner.pk: {
            (key, fact.revision or "")
            for fact in listed or ()
            if fact.voided and fact.verb in EVIDENCE_VERBS and (key := activity_key(fact.object_id)) is not None
        }
        for learner, listed in facts.items()
    }
    names = {
        learner.pk: {
            name
            for fact in listed or ()
            if fact.voided and fact.verb == VERB_MASTERED and (name := competency_of(fact.object_id)) is not None
        }
        for learner, listed in facts.items()
    }
    found: dict[int, set[int]] = defaultdict(set)
    if any(pairs.values()):
        aligned = aligned_competencies(pair for asked in pairs.values() for pair in asked)
        for pk, asked in pairs.items():
            found[pk].update(competency_id for pair in asked for competency_id, _level in aligned.get(pair, ()))
    if any(names.values()):
        known = by_name(name for asked in names.values() for name in asked)
        for pk, named in names.items():
            found[pk].update(known[name] for name in named if name in known)
    return {pk: competencies for pk, competencies in found.items() if competencies}


def _touched_evidence(
    keys: Mapping[int, set[UUID] | None], also: Mapping[int, set[int]]
) -> dict[tuple[int, int], list[Any]]:
    """Return evidence by (learner id, competency id), rows with the fields `READ`: for whatever competency these
    activities speak; None: all there is. `also`: further competencies to look at, by learner id."""
    asked = {pk: listed for pk, listed in keys.items() if listed is None or listed or pk in also}
    if not asked:
        return {}
    rows = Evidence.objects.filter(learner__in=list(asked))
    touched = {(pk, competency_id) for pk, further in also.items() for competency_id in further}
    if None not in asked.values():
        named = set().union(*(listed for listed in asked.values() if listed is not None))
        speaking = rows.filter(activity_key__in=named)
        wanted = Q(competency__in=speaking.values("competency"))
        if touched:
            wanted |= Q(competency__in={competency_id for _, competency_id in touched})
        rows = rows.filter(wanted)
    found: dict[tuple[int, int], list[Any]] = defaultdict(list)
    # Perhaps thousands of them, under the learner's lock: model instances take three times as long.
    for row in rows.values_list(*READ, named=True):
        found[(row.learner_id, row.competency_id)].append(row)
        listed = asked[row.learner_id]
        if listed is None or row.activity_key in listed:
            touched.add((row.learner_id, row.competency_id))
    # What somebody else's activities speak for is not this learner's occasion.
    return {key: listed for key, listed in found.items() if key in touched}


def _steps(
    ladder: Sequence[Sequence[rules.Version]], items: Sequence[rules.Item], earlier: Sequence[xapi.Fact]
) -> list[moments.Step]:
    """Compute the steps without evidence that a voided decision named: a person has looked at it and said no."""
    refused = refused_evidence(earlier)
    return moments.steps(ladder, [item for item in items if item.statement_id not in refused])


def _decisions(
    learner: Learner,
    ref: ObjectRef,
    ladder: Sequence[Sequence[rules.Version]],
    items: Sequence[rules.Item],
    earlier: Sequence[xapi.Fact],
) -> list[LearningAct]:
    """Return what is to be recorded, given the decisions that were: nothing, a first one, one with an earlier date, one
    that better evidence gives more trust.

    Evidence may arrive late; the date is then that of the earliest T, as if it had come in time (invariant 3).
    """
    steps = _steps(ladder, items, earlier)
    return [
        LearningAct(
            actor=learner.actor,
            verb=VERB_MASTERED,
            object=ref,
            id_seed=uuid.uuid5(learner.actor, step.version.name),
            occurred_at=step.moment,
            grading=number,
            result=ResultFacts(success=True),
            authority=decided_as(step.trust),
            extensions={
                EXTENSION_RULE_VERSION: step.version.name,
                EXTENSION_EVIDENCE: [str(item.statement_id) for item in step.used],
            },
        )
        for number, step in enumerate(wanting(steps, filter(counts, earlier)), start=next_grading(learner, earlier))
    ]
