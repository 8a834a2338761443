"""When a rule of evidence first holds, record `mastered`, naming rule version and evidence."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from bdhvs_lms.competency import rules
from bdhvs_lms.competency.evidence import EVIDENCE_VERBS
from bdhvs_lms.competency.models import Competency, Evidence, EvidenceRule, EvidenceRuleVersion
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
    actor_key,
    competency_iri,
    refused_evidence,
)
from bdhvs_xapi import api as xapi

Scope = tuple[int, int | None, int | None]


def competency_ref(competency: Competency, level: int) -> ObjectRef:
    names = {"vi": competency.label_vi} | ({"en": competency.label_en} if competency.label_en else {})
    return ObjectRef(competency_iri(competency.framework.key, competency.code, level), TYPE_OBJECTIVE, names)


def load_rules(framework_ids: Iterable[int]) -> dict[Scope, tuple[EvidenceRule, list[rules.Version]]]:
    """Rules of these frameworks by scope (framework, competency, level), each with its versions. Three queries."""
    found: dict[Scope, tuple[EvidenceRule, list[rules.Version]]] = {}
    query = EvidenceRule.objects.filter(framework_id__in=set(framework_ids)).prefetch_related("versions__applications")
    for rule in query.select_related("framework", "competency"):
        versions = [_version(rule, version) for version in rule.versions.all()]
        found[(rule.framework_id, rule.competency_id, rule.level)] = (rule, versions)
    return found


def _version(rule: EvidenceRule, row: EvidenceRuleVersion) -> rules.Version:
    starts = min([row.effective_from, *(application.effective_from for application in row.applications.all())])
    code = rule.competency.code if rule.competency is not None else "*"
    level = rule.level if rule.level is not None else "*"
    name = f"{rule.framework.key}/{code}/{level}/v{row.number}"
    return rules.Version(number=row.number, tree=row.tree, starts=starts, name=name)


def ladder_of(
    found: dict[Scope, tuple[EvidenceRule, list[rules.Version]]], competency: Competency, level: int
) -> list[tuple[EvidenceRule, list[rules.Version]]]:
    """The rules that could speak for a competency at a level, narrowest first: level, competency, framework."""
    framework = competency.framework_id
    scopes: tuple[Scope, ...] = (
        (framework, competency.pk, level),
        (framework, competency.pk, None),
        (framework, None, None),
    )
    return [found[scope] for scope in scopes if scope in found]


class CompetencyDecider(Decider):
    name = "competency.mastered"

    def decide(self, facts: Mapping[Learner, Sequence[xapi.Fact] | None]) -> list[LearningAct]:
        """Seven queries, one more for a single learner whose everything is looked at; none without evidence."""
        learners = {learner.pk: learner for learner in facts}
        by_competency = _touched_evidence(
            {
                learner.pk: None
                if listed is None
                else {
                    key
                    for fact in listed
                    if fact.verb in EVIDENCE_VERBS and (key := activity_key(fact.object_id)) is not None
                }
                for learner, listed in facts.items()
            }
        )
        if not by_competency:
            return []
        competencies = {
            row.pk: row
            for row in Competency.objects.filter(pk__in={pk for _, pk in by_competency}).select_related("framework")
        }
        found = load_rules(competency.framework_id for competency in competencies.values())
        levels = sorted({(who, pk, row.level) for (who, pk), evidence in by_competency.items() for row in evidence})
        refs = {(pk, level): competency_ref(competencies[pk], level) for _, pk, level in levels}
        wanted: dict[str, list[str]] = defaultdict(list)
        for who, pk, level in levels:
            wanted[actor_key(learners[who])].append(refs[(pk, level)].iri)
        decisions: dict[tuple[str, str | None], list[xapi.Fact]] = defaultdict(list)
        for actor, said in xapi.facts_of(wanted, verbs=[VERB_MASTERED], include_voided=True).items():
            for fact in said:
                decisions[(actor, fact.object_id)].append(fact)
        acts = []
        for who, pk, level in levels:
            learner, ref = learners[who], refs[(pk, level)]
            ladder = [versions for _rule, versions in ladder_of(found, competencies[pk], level)]
            items = [item_of(row) for row in by_competency[(who, pk)] if row.level >= level]
            act = _decision(learner, ref, ladder, items, decisions[(actor_key(learner), ref.iri)])
            if act is not None:
                acts.append(act)
        return acts


def _touched_evidence(keys: Mapping[int, set[UUID] | None]) -> dict[tuple[int, int], list[Evidence]]:
    """Evidence by (learner id, competency id): for whatever competency these activities speak; None: all there is."""
    asked = {pk: listed for pk, listed in keys.items() if listed is None or listed}
    if not asked:
        return {}
    rows = Evidence.objects.filter(learner__in=list(asked))
    touched: set[tuple[int, int]] = set()
    if None not in asked.values():
        named = set().union(*(listed for listed in asked.values() if listed is not None))
        speaking = rows.filter(activity_key__in=named)
        rows = rows.filter(competency__in=speaking.values("competency"))
    found: dict[tuple[int, int], list[Evidence]] = defaultdict(list)
    for row in rows:
        found[(row.learner_id, row.competency_id)].append(row)
        listed = asked[row.learner_id]
        if listed is None or row.activity_key in listed:
            touched.add((row.learner_id, row.competency_id))
    # What somebody else's activities speak for is not this learner's occasion.
    return {key: listed for key, listed in found.items() if key in touched}


def _decision(
    learner: Learner,
    ref: ObjectRef,
    ladder: Sequence[Sequence[rules.Version]],
    items: Sequence[rules.Item],
    earlier: Sequence[xapi.Fact],
) -> LearningAct | None:
    """What is to be recorded, given the decisions that were: nothing, a first one, or one with an earlier date.

    Evidence may arrive late; the date is then that of the earliest T, as if it had come in time (invariant 3). Evidence
    that a voided decision named no longer counts here: a person has looked at it and said no.
    """
    refused = refused_evidence(earlier)
    decided = rules.earliest(ladder, [item for item in items if str(item.statement_id) not in refused])
    if decided is None:
        return None
    moment, version, used = decided
    if any(fact.occurred_at <= moment for fact in earlier if counts(fact)):
        return None
    return LearningAct(
        actor=learner.actor,
        verb=VERB_MASTERED,
        object=ref,
        first=uuid.uuid5(learner.actor, version.name),
        occurred_at=moment,
        grading=len(earlier) + 1,
        result=ResultFacts(success=True),
        extensions={
            EXTENSION_RULE_VERSION: version.name,
            EXTENSION_EVIDENCE: [str(item.statement_id) for item in used],
        },
    )


def counts(decision: xapi.Fact) -> bool:
    """Whether this `mastered` makes a status: in force, and by more than a claim (invariant 5)."""
    return not decision.voided and decision.trust >= xapi.Trust.SERVER_GRADED


def item_of(row: Evidence) -> rules.Item:
    return rules.Item(
        statement_id=row.statement_id,
        activity_key=row.activity_key,
        occurred_at=row.occurred_at,
        success=row.success,
        scaled=row.scaled,
        trust=row.trust,
        presence=row.presence,
    )
