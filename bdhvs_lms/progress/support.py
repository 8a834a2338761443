"""Sets of statements that suffice for "finished": from when on and with what trust. Pure but for `unsupported`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking.api import VERB_COMPLETED, by_trust, covered, facts_about, named_evidence, refused_evidence
from bdhvs_xapi import api as xapi


@dataclass(frozen=True)
class Step:
    """A `moment` from which these statements suffice, none of which is trusted less than `trust`."""

    moment: datetime
    trust: int
    facts: tuple[xapi.Fact, ...]


def steps(groups: Iterable[Sequence[xapi.Fact]]) -> list[Step]:
    """Return the sets that suffice, as `by_trust` says, where one statement of each group does. Linear in the
    statements.

    `groups`: each in order of (occurred_at, id).
    """
    asked = list(groups)

    def earliest(trust: int, since: datetime | None) -> Step | None:
        first = [next((fact for fact in group if fact.trust >= trust), None) for group in asked]
        chosen = tuple(fact for fact in first if fact is not None)
        return Step(max(fact.occurred_at for fact in chosen), trust, chosen) if len(chosen) == len(asked) else None

    return by_trust((fact.trust for group in asked for fact in group), earliest)


def unsupported(learner: Learner, decisions: Sequence[xapi.Fact], gone: Collection[UUID]) -> list[xapi.Fact]:
    """Return those of these `completed` of ours for which, without `gone`, no other set suffices. Three queries.

    What was needed is read from the decision: the objects and verbs of the statements that it names. A course that asks
    for more since then takes nothing away.
    """
    ids = {named for decision in decisions for named in named_evidence(decision)}
    named = {fact.statement_id: fact for fact in xapi.facts(statement_ids=ids, include_voided=True)}
    needed: dict[UUID, set[tuple[str, str]]] = {
        decision.statement_id: {
            (fact.object_id, fact.verb)
            for each in named_evidence(decision)
            if (fact := named.get(each)) is not None and fact.object_id is not None
        }
        for decision in decisions
    }
    pairs = set().union(*needed.values())
    there: dict[tuple[str, str], list[xapi.Fact]] = defaultdict(list)
    objects, verbs = {iri for iri, _ in pairs}, {verb for _, verb in pairs}
    for fact in facts_about(learner, activities=objects, verbs=verbs):
        if fact.object_id is not None and fact.statement_id not in gone:
            there[(fact.object_id, fact.verb)].append(fact)
    by_object: dict[str | None, list[xapi.Fact]] = defaultdict(list)
    for fact in facts_about(
        learner,
        activities={decision.object_id for decision in decisions if decision.object_id is not None},
        verbs=[VERB_COMPLETED],
        include_voided=True,
    ):
        by_object[fact.object_id].append(fact)
    # Late work moves a date by a further decision: there may be hundreds about one thing, and what suffices is looked
    # up once for all of them.
    refused: dict[str | None, set[UUID]] = {}
    suffice: dict[tuple[str | None, frozenset[tuple[str, str]]], list[Step]] = {}
    found = []
    for decision in decisions:
        about, wanted = decision.object_id, frozenset(needed[decision.statement_id])
        if about not in refused:
            refused[about] = refused_evidence(by_object[about])
        if (about, wanted) not in suffice:
            suffice[(about, wanted)] = steps(
                [fact for fact in there[pair] if fact.statement_id not in refused[about]] for pair in wanted
            )
        if not covered(decision, suffice[(about, wanted)]):
            found.append(decision)
    return found
