"""Explanations of a status: the rule that speaks, what it used, what it did not use, and why not."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from bdhvs_lms.base.api import in_language, language_of
from bdhvs_lms.competency import rules
from bdhvs_lms.competency.advice import advice
from bdhvs_lms.competency.evidence import EVIDENCE_VERBS, aligned_competencies, own_marks
from bdhvs_lms.competency.ladders import item_of, load_rules
from bdhvs_lms.competency.models import Alignment, Attainment, Competency, Evidence, FrameworkLevel
from bdhvs_lms.competency.queries import rule_in_force
from bdhvs_lms.competency.reasons import Reason, Why, reason
from bdhvs_lms.courses.api import Activity, activities
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking.api import (
    PRESENCE_VERBS,
    VERB_EXPERIENCED,
    VERB_FAILED,
    VERB_MASTERED,
    VERB_PASSED,
    CompetencyMark,
    activity_iri,
    activity_key,
    competency_iri,
    newest_about,
    refused_evidence,
)
from bdhvs_xapi import api as xapi

# Pieces of evidence that an explanation names beside those that counted: the newest.
NOT_COUNTED = 50
# Of what was withdrawn.
WITHDRAWN = 20


@dataclass(frozen=True)
class EvidenceRow:
    """One row of an explanation. `used`: the decision names it."""

    title: str
    occurred_at: datetime
    success: bool | None
    scaled: Decimal | None
    trust: int
    presence: bool
    read: bool
    """Of presence: a lesson was read, not a session attended."""
    used: bool
    statement_id: UUID
    language: str
    """Of the title: the reader's where there is one, else what there is."""
    mark: CompetencyMark | None = None
    """Of the competency, where it had a pass mark of its own: `success` and `scaled` are by it then."""
    passed: bool = False
    """The whole was passed."""
    reason: Reason | None = None
    """Why it was not used; of what was used: that it was withdrawn since."""
    activity: Activity | None = None
    registration: UUID | None = None
    """The attempt in which it was recorded."""


@dataclass(frozen=True)
class Explanation:
    """The explanation of a status: what its rule asks for and exactly the rows used, then the newest of the rest."""

    competency: Competency
    level: int
    status: str
    attained_at: datetime | None
    confirmed_at: datetime | None
    trust: int | None
    """Of the strongest set of evidence that suffices; None: not attained."""
    advice: str
    """What has to be done, in plain words of the reader's language; empty without a rule."""
    rows: tuple[EvidenceRow, ...]
    earlier: int
    """How many of the rest are earlier than those in `rows`."""
    sentence: str = ""
    """What the rule says exactly, for officials."""
    rule_version: str = ""
    """As the decision names it: 'framework/competency/level/vN'. Empty: there is none yet."""


def explain(learner: Learner, competency: Competency, level: int, *, at: datetime | None = None) -> Explanation:
    """Return the explanation in twelve queries at most, however much there is. A learner without evidence gets status
    'none' and no rows.

    `at`: the moment it is asked for, by which windows of what is not attained yet are told; None: of the newest piece.
    """
    row = Attainment.objects.filter(learner=learner, competency=competency, level=level).first()
    used = _uuids(row.evidence_ids if row is not None else ())
    there = Evidence.objects.filter(learner=learner, competency=competency)
    rest = there.exclude(statement_id__in=used)
    # Other systems may say thousands of things about somebody.
    newest_first = list(rest.order_by("-occurred_at", "-statement_id")[:NOT_COUNTED])
    evidence = [*there.filter(statement_id__in=used), *newest_first]
    earlier = max(0, rest.count() - NOT_COUNTED)
    void = _withdrawn(learner, competency)
    facts = {fact.statement_id: fact for fact in xapi.facts(statement_ids=[item.statement_id for item in evidence])}
    marks = own_marks([*facts.values(), *void])
    keys = {item.activity_key for item in evidence} | {key for fact in void if (key := activity_key(fact.object_id))}
    known = activities(keys)
    high = [item for item in evidence if item.level >= level]
    newest = max((item.occurred_at for item in high), default=None)
    tree = rule_in_force(row, competency, level, newest, load_rules([competency.framework_id]))
    reasons = _reasons(learner, competency, level, row, tree, evidence, at or newest)
    rows = [
        _row(
            known.get(item.activity_key),
            item.activity_key,
            occurred_at=item.occurred_at,
            success=item.success,
            scaled=item.scaled,
            trust=item.trust,
            presence=item.presence,
            used=item.statement_id in used,
            statement_id=item.statement_id,
            mark=marks.get((item.statement_id, competency.pk)),
            reason=reasons.get(item.statement_id),
            fact=facts.get(item.statement_id),
        )
        for item in evidence
    ]
    rows += [
        _row(
            known.get(key),
            key,
            occurred_at=fact.occurred_at,
            success={VERB_PASSED: True, VERB_FAILED: False}.get(fact.verb, fact.success),
            scaled=None if fact.scaled is None else Decimal(str(fact.scaled)),
            trust=fact.trust,
            presence=fact.verb in PRESENCE_VERBS,
            used=fact.statement_id in used,
            statement_id=fact.statement_id,
            mark=marks.get((fact.statement_id, competency.pk)),
            reason=Reason(Why.WITHDRAWN),
            fact=fact,
        )
        for fact in void
        if (key := activity_key(fact.object_id)) is not None
    ]
    return Explanation(
        competency=competency,
        level=level,
        status="none" if row is None else row.status,
        attained_at=row.attained_at if row is not None else None,
        confirmed_at=row.confirmed_at if row is not None else None,
        trust=row.trust if row is not None else None,
        advice=advice(tree) if tree is not None else "",
        rows=tuple(sorted(rows, key=lambda one: (not one.used, one.occurred_at, one.statement_id))),
        earlier=earlier,
        sentence=rules.sentence(tree) if tree is not None else "",
        rule_version=row.rule_version if row is not None else "",
    )


def _row(activity: Activity | None, key: UUID, *, fact: xapi.Fact | None, **values: Any) -> EvidenceRow:
    title, language = _title(activity.titles) if activity is not None else (str(key), "vi")
    passed = fact is not None and fact.verb == VERB_PASSED
    mark, why = values.get("mark"), values.get("reason")
    if passed and isinstance(mark, CompetencyMark) and not mark.reached and why == Reason(Why.NOT_PASSED):
        values["reason"] = Reason(Why.MARK)
    return EvidenceRow(
        title=title,
        language=language,
        activity=activity,
        registration=fact.registration if fact is not None else None,
        read=fact is not None and fact.verb == VERB_EXPERIENCED,
        passed=passed,
        **values,
    )


def _title(titles: Mapping[str, str]) -> tuple[str, str]:
    """Return (title, its language)."""
    language = language_of(titles)
    return titles.get(language, ""), language or "vi"


def _reasons(
    learner: Learner,
    competency: Competency,
    level: int,
    row: Attainment | None,
    tree: Mapping[str, Any] | None,
    evidence: Collection[Evidence],
    at: datetime | None,
) -> dict[UUID, Reason]:
    """Return, by statement, why those not used were not used."""
    used = _uuids(row.evidence_ids if row is not None else ())
    unused = [item for item in evidence if item.statement_id not in used]
    if not unused or at is None and not any(item.level < level for item in unused):
        return {}
    lower = {item.level for item in unused if item.level < level}
    labels = {
        one.number: in_language(one.label_vi, one.label_en)
        for one in FrameworkLevel.objects.filter(framework=competency.framework_id, number__in=lower)
    }
    items = [item_of(item) for item in evidence if item.level >= level]
    refused = _refused(learner, competency, level)
    found = {}
    for item in unused:
        if item.level < level:
            found[item.statement_id] = Reason(Why.LEVEL, labels.get(item.level, str(item.level)))
        elif item.statement_id in refused:
            found[item.statement_id] = Reason(Why.REFUSED)
        else:
            attained_at = row.attained_at if row is not None else None
            found[item.statement_id] = reason(
                tree, item_of(item), items, at=at or item.occurred_at, attained_at=attained_at
            )
    return found


def _withdrawn(learner: Learner, competency: Competency) -> list[xapi.Fact]:
    """Return the newest void statements about activities that showed the competency by their own revision."""
    aligned = Alignment.objects.filter(competency=competency).values_list("alignment_revision__activity_key")
    iris = [activity_iri(key) for (key,) in aligned.distinct().order_by()]
    void = newest_about(learner, activities=iris, verbs=EVIDENCE_VERBS, limit=WITHDRAWN, voided=True) if iris else []
    pairs = {fact: (activity_key(fact.object_id), fact.revision or "") for fact in void}
    spoke = aligned_competencies({(key, revision) for key, revision in pairs.values() if key is not None})
    return [
        fact
        for fact, (key, revision) in pairs.items()
        if key is not None and any(pk == competency.pk for pk, _level in spoke.get((key, revision), ()))
    ]


def _refused(learner: Learner, competency: Competency, level: int) -> set[UUID]:
    """Return what the deciders leave out: a person has looked at it and said no."""
    iri = competency_iri(competency.framework.key, competency.code, level)
    return refused_evidence(
        newest_about(learner, activities=[iri], verbs=[VERB_MASTERED], limit=WITHDRAWN, voided=True)
    )


def _uuids(texts: Iterable[object]) -> set[UUID]:
    """Return the texts that are ids: what a decision names is what somebody has written into it."""
    found = set()
    for text in texts:
        with contextlib.suppress(ValueError):
            found.add(UUID(str(text)))
    return found
