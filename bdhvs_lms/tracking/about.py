"""What the ledger says about a person: a learner's statements are those of all records that it stands for.

The one place where actors are resolved. A record that was merged into another stands for nobody: nothing is said about
it here, and its projections have no rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking import iris
from bdhvs_xapi import api as xapi


def actor_keys(learner: Learner) -> list[str]:
    """The ledger's keys of all actors that now stand for this learner, its own first; none of one that was merged.
    A query only where records were merged."""
    return [] if learner.merged_into_id is not None else [iris.actor_key(record) for record in learner.records]


def facts_about_each(
    wanted: Mapping[Learner, Collection[str] | None],
    *,
    verbs: Collection[str] | None = None,
    include_voided: bool = False,
) -> dict[Learner, list[xapi.Fact]]:
    """Learner → activities (None: all) → what was said, by (occurred_at, statement id). Every learner is in the answer.
    As many queries for many as for one, but that a single actor costs one (`facts_of`)."""
    keys = {learner: actor_keys(learner) for learner in wanted}
    asked = {key: activities for learner, activities in wanted.items() for key in keys[learner]}
    found = xapi.facts_of(asked, verbs=verbs, include_voided=include_voided) if asked else {}
    return {learner: _in_order([found[key] for key in of]) for learner, of in keys.items()}


def facts_about(
    learner: Learner,
    *,
    activities: Collection[str] | None = None,
    verbs: Collection[str] | None = None,
    include_voided: bool = False,
) -> list[xapi.Fact]:
    """What was said of one learner. One query, where no records were merged."""
    return facts_about_each({learner: activities}, verbs=verbs, include_voided=include_voided)[learner]


def newest_about(
    learner: Learner,
    *,
    activities: Collection[str],
    verbs: Collection[str],
    limit: int,
    before: tuple[datetime, UUID] | None = None,
    voided: bool = False,
) -> list[xapi.Fact]:
    """What was said last of one learner and these objects, newest first; `before` a statement, by its time and id; of
    what is in force, or (`voided`) of what no longer is. One query, where no records were merged."""
    return xapi.newest_of(actor_keys(learner), activities, verbs=verbs, limit=limit, before=before, voided=voided)


def attempt_of(learner: Learner, registration: UUID) -> list[xapi.Fact]:
    """What was said in force in one attempt, of this learner; empty where it is somebody else's."""
    keys = set(actor_keys(learner))
    return [fact for fact in xapi.facts(registration=registration) if fact.actor_key in keys]


def last_answers_of(learners: Iterable[Learner], activities: Collection[str]) -> list[xapi.LastAnswer]:
    """What these learners answered last to the questions of these activities; without words (`xapi.facts` by `seq`)."""
    return xapi.last_answers([key for learner in learners for key in actor_keys(learner)], activities)


def how_often(learner: Learner, activities: Collection[str], *, verb: str) -> dict[str, int]:
    """How many statements in force say that the learner did this to each of these objects; none: not in it. One query,
    where no records were merged."""
    return xapi.counts_of(actor_keys(learner), activities, verb=verb)


def pairs_of(learner: Learner, iri: str) -> list[tuple[str, str]]:
    """What `xapi.earliest_of` is to be asked about this learner and object; `joined()` puts the answers together."""
    return [(key, iri) for key in actor_keys(learner)]


def joined(found: Mapping[tuple[str, str], Sequence[xapi.Fact]], learner: Learner, iri: str) -> list[xapi.Fact]:
    return _in_order([found[pair] for pair in pairs_of(learner, iri)])


def next_grading(learner: Learner, earlier: Iterable[xapi.Fact]) -> int:
    """The number of the next decision, given all that were recorded about its object.

    Of those that name the learner itself: what was decided of a record before or after it was merged has ids of its
    own, and no id is given twice however often records are merged and parted."""
    own = iris.actor_key(learner)
    return 1 + sum(fact.actor_key == own for fact in earlier)


def _in_order(lists: Sequence[Sequence[xapi.Fact]]) -> list[xapi.Fact]:
    if len(lists) == 1:
        return list(lists[0])
    found = [fact for listed in lists for fact in listed]
    return sorted(found, key=lambda fact: (fact.occurred_at, str(fact.statement_id)))
