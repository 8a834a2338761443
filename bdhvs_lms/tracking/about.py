"""Reads what the ledger says about a person: a learner's statements are those of all records that it stands for.

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
    """Return the ledger's keys of all actors that now stand for this learner, its own first; none of one that was
    merged. A query only where records were merged."""
    return [] if learner.merged_into_id is not None else [iris.actor_key(record) for record in learner.records]


def facts_about_each(
    wanted: Mapping[Learner, Collection[str] | None],
    *,
    verbs: Collection[str] | None = None,
    include_voided: bool = False,
) -> dict[Learner, list[xapi.Fact]]:
    """Return learner → statements about their activities (None: all), by (occurred_at, statement id). Every learner is
    in it. As many queries for many as for one, but that a single actor costs one (`facts_of`)."""
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
    """Return the statements about one learner. One query, where no records were merged."""
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
    """Return the newest statements about one learner and these objects, newest first; `before` a statement, by its time
    and id. Only statements in force, or (`voided`) only voided ones. One query, where no records were merged."""
    return xapi.newest_of(actor_keys(learner), activities, verbs=verbs, limit=limit, before=before, voided=voided)


def attempt_of(learner: Learner, registration: UUID) -> list[xapi.Fact]:
    """Return the statements in force of one attempt of this learner; empty where it is somebody else's."""
    keys = set(actor_keys(learner))
    return [fact for fact in xapi.facts(registration=registration) if fact.actor_key in keys]


def last_answers_of(learners: Iterable[Learner], activities: Collection[str]) -> list[xapi.LastAnswer]:
    """Return these learners' last answers to the questions of these activities, without words
    (`xapi.facts` by `seq`)."""
    return xapi.last_answers([key for learner in learners for key in actor_keys(learner)], activities)


def how_often(learner: Learner, activities: Collection[str], *, verb: str) -> dict[str, int]:
    """Count the statements in force that say that the learner did this, by object; an object without any is left out.
    One query, where no records were merged."""
    return xapi.counts_of(actor_keys(learner), activities, verb=verb)


def pairs_of(learner: Learner, iri: str) -> list[tuple[str, str]]:
    """Return the pairs to ask `xapi.earliest_of` about this learner and object; `joined()` puts the
    answers together."""
    return [(key, iri) for key in actor_keys(learner)]


def joined(found: Mapping[tuple[str, str], Sequence[xapi.Fact]], learner: Learner, iri: str) -> list[xapi.Fact]:
    return _in_order([found[pair] for pair in pairs_of(learner, iri)])


def next_grading(learner: Learner, earlier: Iterable[xapi.Fact]) -> int:
    """Return the number of the next decision, given all that were recorded about its object.

    It counts those that name the learner itself: decisions about a record from before or after its merge have ids of
    their own, and no id is given twice however often records are merged and parted.
    """
    own = iris.actor_key(learner)
    return 1 + sum(fact.actor_key == own for fact in earlier)


def _in_order(lists: Sequence[Sequence[xapi.Fact]]) -> list[xapi.Fact]:
    if len(lists) == 1:
        return list(lists[0])
    found = [fact for listed in lists for fact in listed]
    return sorted(found, key=lambda fact: (fact.occurred_at, str(fact.statement_id)))
