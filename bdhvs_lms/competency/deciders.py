"""When a rule of evidence first holds, record `mastered`, naming rule version and evidence."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence

from bdhvs_lms.competency import rules
from bdhvs_lms.competency.evidence import EVIDENCE_VERBS
from bdhvs_lms.competency.models import Attainment, Competency, Evidence, EvidenceRule, EvidenceRuleVersion
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking.api import (
    TYPE_OBJECTIVE,
    VERB_MASTERED,
    Decider,
    LearningAct,
    ObjectRef,
    ResultFacts,
    activity_key,
    actor_key,
    competency_iri,
    named_evidence,
)
from bdhvs_xapi import api as xapi

Scope = tuple[int, int | None, int | None]


def competency_ref(competency: Competency, level: int) -> ObjectRef:
    names = {"vi": competency.label_vi} | ({"en": competency.label_en} if competency.label_en else {})
    return ObjectRef(competency_iri(competency.framework.key, competency.code, level), TYPE_OBJECTIVE, names)


def load_versions(framework_ids: Iterable[int]) -> dict[Scope, tuple[EvidenceRule, list[rules.Version]]]:
    """Rules of these frameworks by scope (framework, competency, level), each with its versions. Three queries."""
    found: dict[Scope, tuple[EvidenceRule, list[rules.Version]]] = {}
    query = EvidenceRule.objects.filter(framework_id__in=set(framework_ids)).prefetch_related("versions__applications")
    for rule in query.select_related("framework", "competency"):
        versions = [_version(version) for version in rule.versions.all()]
        found[(rule.framework_id, rule.competency_id, rule.level)] = (rule, versions)
    return found


def _version(row: EvidenceRuleVersion) -> rules.Version:
    starts = min([row.effective_from, *(application.effective_from for application in row.applications.all())])
    return rules.Version(number=row.number, tree=row.tree, starts=starts, pk=row.pk)


def rule_for(
    found: dict[Scope, tuple[EvidenceRule, list[rules.Version]]], competency: Competency, level: int
) -> tuple[EvidenceRule, list[rules.Version]] | None:
    """The narrowest rule that has a version: competency and level, competency, framework."""
    framework = competency.framework_id
    for scope in ((framework, competency.pk, level), (framework, competency.pk, None), (framework, None, None)):
        if scope in found and found[scope][1]:
            return found[scope]
    return None


def version_name(rule: EvidenceRule, number: int) -> str:
    """Stable across databases: it goes into the statement and its id."""
    code = rule.competency.code if rule.competency is not None else "*"
    level = rule.level if rule.level is not None else "*"
    return f"{rule.framework.key}/{code}/{level}/v{number}"


class CompetencyDecider(Decider):
    name = "competency.mastered"

    def decide(self, learner: Learner, facts: Sequence[xapi.Fact] | None) -> list[LearningAct]:
        rows = Evidence.objects.filter(learner=learner)
        if facts is not None:
            keys = {
                key
                for fact in facts
                if fact.verb in EVIDENCE_VERBS and (key := activity_key(fact.object_id)) is not None
            }
            if not keys:
                return []
            touched = Evidence.objects.filter(learner=learner, activity_key__in=keys)
            rows = rows.filter(competency__in=touched.values("competency"))
        by_competency: dict[int, list[Evidence]] = defaultdict(list)
        for row in rows:
            by_competency[row.competency_id].append(row)
        if not by_competency:
            return []
        attained = set(
            Attainment.objects.filter(
                learner=learner, competency_id__in=by_competency, attained_at__isnull=False
            ).values_list("competency_id", "level")
        )
        open_levels = {
            (competency_id, level)
            for competency_id, found in by_competency.items()
            for level in {row.level for row in found}
            if (competency_id, level) not in attained
        }
        if not open_levels:
            return []
        competencies = {
            competency.pk: competency
            for competency in Competency.objects.filter(pk__in={pk for pk, _level in open_levels}).select_related(
                "framework"
            )
        }
        versions = load_versions(competency.framework_id for competency in competencies.values())
        acts = []
        for competency_id, level in sorted(open_levels):
            competency = competencies[competency_id]
            ruled = rule_for(versions, competency, level)
            if ruled is not None:
                act = self._act(learner, competency, level, ruled, by_competency[competency_id])
                if act is not None:
                    acts.append(act)
        return acts

    def _act(
        self,
        learner: Learner,
        competency: Competency,
        level: int,
        ruled: tuple[EvidenceRule, list[rules.Version]],
        rows: Sequence[Evidence],
    ) -> LearningAct | None:
        rule, versions = ruled
        decided = rules.earliest(versions, [item_of(row) for row in rows if row.level >= level])
        if decided is None:
            return None
        moment, version, used = decided
        ref = competency_ref(competency, level)
        named = [str(item.statement_id) for item in used]
        earlier = list(
            xapi.facts(actor_key=actor_key(learner), activity=ref.iri, verbs=[VERB_MASTERED], include_voided=True)
        )
        # A person voided the decision: the very same evidence does not bring it back.
        if any(named == named_evidence(fact) for fact in earlier):
            return None
        name = version_name(rule, version.number)
        return LearningAct(
            actor=learner.actor,
            verb=VERB_MASTERED,
            object=ref,
            first=uuid.uuid5(learner.actor, name),
            occurred_at=moment,
            grading=len(earlier) + 1,
            result=ResultFacts(success=True),
            extensions={"rule-version": name, "evidence": named},
        )


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
