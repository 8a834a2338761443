"""Attainments that people will have if statements are void, or evidence is aligned otherwise: told before it is done.

Nothing is written and nobody is locked (ADR 98). It follows the path of an act: evidence, decisions that lose what they
rest on, decisions that other evidence then suffices for, and what they all make of attainments.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from bdhvs_lms.competency import rules
from bdhvs_lms.competency.evidence import EVIDENCE_VERBS, ActivityRevision, rows_of
from bdhvs_lms.competency.ladders import Rules, item_of, ladder_of, load_rules
from bdhvs_lms.competency.models import Competency
from bdhvs_lms.competency.moments import Step, steps
from bdhvs_lms.competency.naming import NamedCompetency, by_name, competency_of
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking.api import (
    VERB_MASTERED,
    activity_key,
    counts,
    covered,
    decided_here,
    facts_about_each,
    named_evidence,
    refused_evidence,
    wanting,
)
from bdhvs_xapi import api as xapi

# (id of a competency, level).
Key = tuple[int, int]


@dataclass(frozen=True)
class Supposed:
    """Facts taken to be so. `moved`: of an activity's revision, the (competency id, level) pairs that it shows."""

    void: Callable[[xapi.Fact], bool] = lambda _fact: False
    """Which of the statements in force are void."""
    restored: frozenset[UUID] = frozenset()
    """Statements that are void and count again."""
    moved: Mapping[ActivityRevision, Sequence[Key]] = field(default_factory=dict)


@dataclass
class _Person:
    """A person's facts. `items`: evidence with its level, by competency. `decisions`: void ones too."""

    items: dict[int, list[tuple[int, rules.Item]]]
    decisions: dict[Key, list[xapi.Fact]]
    void: set[UUID]
    refused: dict[Key, set[UUID]]
    touched: set[int] | None
    """Competencies that are decided about anew; None: all."""


def attained_if(learners: Iterable[Learner], supposed: Supposed) -> dict[int, list[Any]]:
    """Return by learner's id rows as `standings.attained_rows` has them; of when each was attained, and of nothing
    else."""
    people = _people(list(learners), supposed)
    ids = {pk for one in people.values() for pk in one.items} | {
        pk for one in people.values() for pk, _level in one.decisions
    }
    competencies = Competency.objects.in_bulk(ids)
    found = load_rules({one.framework_id for one in competencies.values()}) if competencies else {}
    return {
        pk: [
            SimpleNamespace(
                competency__framework_id=competencies[competency_id].framework_id,
                competency__code=competencies[competency_id].code,
                level=level,
                begun_at=None,
                attained_at=moment,
                confirmed_at=None,
            )
            for (competency_id, level), moment in sorted(_attained(one, competencies, found).items())
        ]
        for pk, one in people.items()
    }


def _attained(one: _Person, competencies: Mapping[int, Competency], found: Rules) -> dict[Key, Any]:
    """Return when each was attained."""
    levels = {(pk, level) for pk, listed in one.items.items() for level, _item in listed}
    attained = {}
    for key in levels | set(one.decisions):
        decisions = one.decisions.get(key, [])
        gone = [fact for fact in decisions if not fact.voided and not one.void.isdisjoint(_named(fact))]
        decided = one.touched is None or key[0] in one.touched
        suffice = _suffice(one, key, competencies[key[0]], found) if gone or (decided and key in levels) else []
        # What somebody else claims to have decided is theirs to take back.
        lost = {fact.statement_id for fact in gone if not covered(fact, suffice)}
        standing = [fact for fact in decisions if fact.statement_id not in lost and counts(fact)]
        moments = [fact.occurred_at for fact in standing]
        if key in levels and (decided or lost):
            moments += [step.moment for step in wanting(suffice, standing)]
        if moments:
            attained[key] = min(moments)
    return attained


def _named(fact: xapi.Fact) -> Sequence[UUID]:
    return named_evidence(fact) if decided_here(fact) else ()


def _suffice(one: _Person, key: Key, competency: Competency, found: Rules) -> list[Step]:
    ladder = ladder_of(found, (competency.framework_id, competency.pk), key[1])
    refused = one.refused.get(key, set()) | refused_evidence(one.decisions.get(key, ()))
    items = [item for level, item in one.items.get(key[0], ()) if level >= key[1] and item.statement_id not in refused]
    return steps(ladder, items)


def _people(learners: Sequence[Learner], supposed: Supposed) -> dict[int, _Person]:
    wanted: dict[Learner, None] = dict.fromkeys(learners)
    facts = facts_about_each(wanted, verbs=[*EVIDENCE_VERBS, VERB_MASTERED], include_voided=True)
    then = {learner: [_then(fact, supposed) for fact in listed] for learner, listed in facts.items()}
    known = by_name({name for listed in then.values() for fact in listed if (name := _mastered(fact)) is not None})
    before = rows_of({learner: _evidence(listed) for learner, listed in facts.items()})
    after = rows_of({learner: _evidence(listed) for learner, listed in then.items()}, supposed.moved)
    people = {}
    for learner, listed in then.items():
        now = {fact.statement_id: fact for fact in facts[learner]}
        changed = [fact for fact in listed if fact.voided != now[fact.statement_id].voided]
        decisions: dict[Key, list[xapi.Fact]] = defaultdict(list)
        refused: dict[Key, set[UUID]] = defaultdict(set)
        for fact in listed:
            name = _mastered(fact)
            if name is not None and name in known:
                key = (known[name], name[2])
                decisions[key].append(fact)
                if fact.voided and not now[fact.statement_id].voided:
                    # A person takes it back: its evidence has been looked at, and counts no longer.
                    refused[key].update(_named(fact))
        items: dict[int, list[tuple[int, rules.Item]]] = defaultdict(list)
        for (competency_id, statement_id), row in after[learner].items():
            item = item_of(SimpleNamespace(statement_id=statement_id, **row))
            items[competency_id].append((row["level"], item))
        people[learner.pk] = _Person(
            items,
            decisions,
            {fact.statement_id for fact in listed if fact.voided},
            refused,
            None if supposed.moved or supposed.restored else _touched(changed, known, before[learner]),
        )
    return people


def _then(fact: xapi.Fact, supposed: Supposed) -> xapi.Fact:
    voided = fact.statement_id not in supposed.restored if fact.voided else supposed.void(fact)
    return fact if voided == fact.voided else replace(fact, voided=voided)


def _evidence(facts: Iterable[xapi.Fact]) -> list[xapi.Fact]:
    return [fact for fact in facts if fact.verb in EVIDENCE_VERBS]


def _mastered(fact: xapi.Fact) -> NamedCompetency | None:
    return competency_of(fact.object_id) if fact.verb == VERB_MASTERED else None


def _touched(
    changed: Sequence[xapi.Fact], known: Mapping[NamedCompetency, int], before: Mapping[tuple[Any, ...], Any]
) -> set[int]:
    """Return competencies of which a statement that changes speaks, and those of other evidence of its activity."""
    keys = {activity_key(fact.object_id) for fact in changed if fact.verb in EVIDENCE_VERBS}
    named = {known[name] for fact in changed if (name := _mastered(fact)) is not None and name in known}
    return named | {key[0] for key, row in before.items() if row["activity_key"] in keys}
