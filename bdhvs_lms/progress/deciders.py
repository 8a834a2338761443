"""Records in the ledger that a lesson or a course first is finished. Never taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from bdhvs_lms.base.api import day_of
from bdhvs_lms.classes.api import class_refs_of
from bdhvs_lms.courses.api import (
    Activity,
    Course,
    Enrolment,
    activities,
    activities_of_courses,
    activity_ref,
    course_ref,
    enrolments_doing,
    enrolments_in,
    seed_of,
)
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.progress.models import Result
from bdhvs_lms.progress.queries import all_done
from bdhvs_lms.progress.support import Step, steps, unsupported
from bdhvs_lms.tracking.api import (
    EXTENSION_EVIDENCE,
    VERB_COMPLETED,
    VERB_EXPERIENCED,
    VERB_PASSED,
    Decider,
    LearningAct,
    ObjectRef,
    ResultFacts,
    activity_iri,
    activity_key,
    counts,
    course_iri,
    course_key,
    decided_as,
    facts_within,
    joined,
    next_grading,
    pairs_of,
    refused_evidence,
    wanting,
)
from bdhvs_xapi import api as xapi

# Enrolments in courses whose required activities are all done, with those activities.
Ripe = Sequence[tuple[Enrolment, Sequence[Activity]]]


def _occasion(fact: xapi.Fact) -> bool:
    """Tell whether a lesson was read, or what was concluded from reading it is void."""
    return fact.verb == VERB_EXPERIENCED or (fact.voided and fact.verb == VERB_COMPLETED)


def _read(wanted: Mapping[int, set[UUID] | None]) -> list[tuple[int, UUID]]:
    """Return (id of a learner, activity) of what was read, of these activities (None: of all)."""
    if not wanted:
        return []
    rows = Result.objects.filter(learner__in=list(wanted), experienced_at__isnull=False)
    if None not in wanted.values():
        rows = rows.filter(activity_key__in=set().union(*(keys for keys in wanted.values() if keys is not None)))
    found = rows.order_by("learner", "activity_key").values_list("learner_id", "activity_key")
    return [(pk, key) for pk, key in found if (keys := wanted[pk]) is None or key in keys]


def _may_finish(fact: xapi.Fact) -> bool:
    """Tell whether it finishes an activity, or is void: that one was begun or answered finishes no course."""
    return fact.voided or fact.verb in _VERB_OF.values()


class LessonDecider(Decider):
    """`experienced` once makes a lesson `completed`: the earliest time at which it was read."""

    name = "progress.lesson"

    def decide(self, facts: Mapping[Learner, Sequence[xapi.Fact] | None]) -> list[LearningAct]:
        wanted: dict[int, set[UUID] | None] = {}
        for learner, listed in facts.items():
            keys = None
            if listed is not None:
                named = (activity_key(fact.object_id) for fact in listed if _occasion(fact))
                keys = {key for key in named if key is not None}
            if keys is None or keys:
                wanted[learner.pk] = keys
        read = _read(wanted)
        if not read:
            return []
        learners = {learner.pk: learner for learner in facts}
        lessons = {
            row.key: row
            for row in activities({key for _, key in read}).values()
            if row.done_on == Activity.DoneOn.COMPLETED
        }
        courses = {row.course_id for row in lessons.values()}
        enrolments = {(row.person, row.course_id): row for row in enrolments_in({pk for pk, _ in read}, courses)}
        scopes: dict[Learner, set[UUID]] = defaultdict(set)
        for pk, key in read:
            if key in lessons and (pk, lessons[key].course_id) in enrolments:
                scopes[learners[pk]].add(key)
        earlier = _by_object(scopes, activity_iri, verbs=[VERB_COMPLETED])
        # What a lesson's decision rests on is read where it does not stand anyway: somebody may read it every day.
        scopes = {
            learner: asked
            for learner, keys in scopes.items()
            if (
                asked := {
                    key
                    for key in keys
                    if not _stands(
                        facts[learner],
                        earlier[(learner.pk, activity_iri(key))],
                        verbs=[VERB_EXPERIENCED],
                        about=activity_iri(key),
                    )
                }
            )
        }
        earliest = xapi.earliest_of(
            (
                (pairs_of(learner, activity_iri(key)), refused_evidence(earlier[(learner.pk, activity_iri(key))]))
                for learner, keys in scopes.items()
                for key in keys
            ),
            verbs=[VERB_EXPERIENCED],
        )
        classes = class_refs_of(scopes)
        acts: list[LearningAct] = []
        for learner, keys in scopes.items():
            for row in sorted((lessons[key] for key in keys), key=lambda row: row.pk):
                enrolment, iri = enrolments[(learner.pk, row.course_id)], activity_iri(row.key)
                first = joined(earliest, learner, iri)
                acts.extend(self._acts(learner, row, enrolment, earlier[(learner.pk, iri)], first, classes))
        return acts

    def unsupported(self, learner: Learner, decisions: Sequence[xapi.Fact], gone: Collection[UUID]) -> list[xapi.Fact]:
        ends = [fact for fact in decisions if fact.verb == VERB_COMPLETED and activity_key(fact.object_id) is not None]
        return unsupported(learner, ends, gone) if ends else []

    def _acts(
        self,
        learner: Learner,
        row: Activity,
        enrolment: Enrolment,
        earlier: Sequence[xapi.Fact],
        facts: Sequence[xapi.Fact],
        classes: Callable[[Learner, Course, date], tuple[ObjectRef, ...]],
    ) -> Iterator[LearningAct]:
        """Yield a date that is earlier, or a trust that is higher, than what is recorded; usually nothing."""
        for number, step in enumerate(wanting(steps([facts]), earlier), start=next_grading(learner, earlier)):
            [first] = step.facts
            yield LearningAct(
                actor=learner.actor,
                verb=VERB_COMPLETED,
                object=activity_ref(row),
                id_seed=seed_of(enrolment, learner),
                occurred_at=first.occurred_at,
                revision=first.revision or "",
                grading=number,
                result=ResultFacts(completion=True),
                parent=(course_ref(row.course),),
                grouping=(course_ref(row.course), *classes(learner, row.course, day_of(first.occurred_at))),
                authority=decided_as(step.trust),
                extensions={EXTENSION_EVIDENCE: [str(first.statement_id)]},
            )


class CourseDecider(Decider):
    """All required activities done, each as its `done_on` says: the course is `completed` at the latest of them."""

    name = "progress.course"

    def decide(self, facts: Mapping[Learner, Sequence[xapi.Fact] | None]) -> list[LearningAct]:
        """One query where no course is finished, two where that it is has been said; at most six, everything is asked
        for all of them."""
        named: dict[int, set[UUID] | None] = {}
        for learner, listed in facts.items():
            keys = None
            if listed is not None:
                found = (activity_key(fact.object_id) for fact in listed if _may_finish(fact))
                keys = {key for key in found if key is not None}
            if keys is None or keys:
                named[learner.pk] = keys
        # All done by the results: whether by statements that have not been refused is looked up for these only.
        enrolments = enrolments_doing(named, all_done()) if named else []
        if not enrolments:
            return []
        learners = {learner.pk: learner for learner in facts}
        earlier = self._earlier(enrolments, learners)
        enrolments = [
            enrolment
            for enrolment in enrolments
            if not _stands(
                facts[learners[enrolment.person]],
                earlier[(enrolment.person, course_iri(enrolment.course.key))],
                verbs=_VERB_OF.values(),
            )
        ]
        if not enrolments:
            return []
        offered = activities_of_courses({enrolment.course.key for enrolment in enrolments})
        ripe = [(enrolment, [row for row in offered[enrolment.course.key] if row.required]) for enrolment in enrolments]
        finishing = self._finishing(ripe, learners, earlier)
        classes = class_refs_of([learners[pk] for pk in {enrolment.person for enrolment, _ in ripe}])
        acts: list[LearningAct] = []
        for enrolment, _rows in ripe:
            learner, ref = learners[enrolment.person], course_ref(enrolment.course)
            decisions = earlier[(learner.pk, ref.iri)]
            further = wanting(steps(finishing[enrolment.pk]), filter(counts, decisions))
            acts.extend(self._acts(learner, enrolment, further, next_grading(learner, decisions), classes))
        return acts

    def unsupported(self, learner: Learner, decisions: Sequence[xapi.Fact], gone: Collection[UUID]) -> list[xapi.Fact]:
        ends = [fact for fact in decisions if fact.verb == VERB_COMPLETED and course_key(fact.object_id) is not None]
        return unsupported(learner, ends, gone) if ends else []

    def _earlier(
        self, enrolments: Sequence[Enrolment], learners: Mapping[int, Learner]
    ) -> Mapping[tuple[int, str | None], list[xapi.Fact]]:
        """Return the decisions that were recorded, voided ones too, by learner and course."""
        scopes: dict[Learner, set[UUID]] = defaultdict(set)
        for enrolment in enrolments:
            scopes[learners[enrolment.person]].add(enrolment.course.key)
        return _by_object(scopes, course_iri, verbs=[VERB_COMPLETED])

    def _finishing(
        self, ripe: Ripe, learners: Mapping[int, Learner], earlier: Mapping[tuple[int, str | None], list[xapi.Fact]]
    ) -> dict[int, list[list[xapi.Fact]]]:
        """Return for each enrolment what finishes each required activity first, by trust, and has not been refused."""
        found = xapi.earliest_of(
            (
                (
                    [pair for row in rows for pair in pairs_of(learners[enrolment.person], activity_iri(row.key))],
                    refused_evidence(earlier[(enrolment.person, course_iri(enrolment.course.key))]),
                )
                for enrolment, rows in ripe
            ),
            verbs=sorted(set(_VERB_OF.values())),
        )
        return {
            enrolment.pk: [
                [
                    fact
                    for fact in joined(found, learners[enrolment.person], activity_iri(row.key))
                    if fact.verb == _VERB_OF[row.done_on]
                ]
                for row in rows
            ]
            for enrolment, rows in ripe
        }

    def _acts(
        self,
        learner: Learner,
        enrolment: Enrolment,
        further: Sequence[Step],
        first: int,
        classes: Callable[[Learner, Course, date], tuple[ObjectRef, ...]],
    ) -> Iterator[LearningAct]:
        """`first`: the number of the first further decision."""
        course = enrolment.course
        for number, step in enumerate(further, start=first):
            yield LearningAct(
                actor=learner.actor,
                verb=VERB_COMPLETED,
                object=course_ref(course),
                id_seed=seed_of(enrolment, learner),
                occurred_at=step.moment,
                revision=course.revision,
                grouping=classes(learner, course, day_of(step.moment)),
                grading=number,
                result=ResultFacts(completion=True),
                authority=decided_as(step.trust),
                extensions={EXTENSION_EVIDENCE: sorted(str(fact.statement_id) for fact in step.facts)},
            )


def _by_object(
    scopes: Mapping[Learner, set[UUID]], iri_of: Callable[[UUID], str], *, verbs: Collection[str]
) -> Mapping[tuple[int, str | None], list[xapi.Fact]]:
    """Return the statements about each, voided ones too, by learner and object; empty where there are none."""
    found: dict[tuple[int, str | None], list[xapi.Fact]] = defaultdict(list)
    for learner, facts in facts_within(scopes, iri_of, verbs=verbs, include_voided=True).items():
        for fact in facts:
            found[(learner.pk, fact.object_id)].append(fact)
    return found


def _stands(
    facts: Sequence[xapi.Fact] | None,
    decisions: Sequence[xapi.Fact],
    *,
    verbs: Collection[str],
    about: str | None = None,
) -> bool:
    """Tell whether a decision stands that these statements cannot better: it is no later than any of them with these
    verbs, `about` that (None: anything), and of no less trust, and nothing is void. Then all that it rests on need
    not be read."""
    if facts is None or any(fact.voided for fact in (*facts, *decisions)):
        return False
    new = [fact for fact in facts if fact.verb in verbs and about in (None, fact.object_id)]
    return any(
        counts(decision)
        and all(decision.occurred_at <= fact.occurred_at and decision.trust >= fact.trust for fact in new)
        for decision in decisions
    )


_VERB_OF = {Activity.DoneOn.PASSED.value: VERB_PASSED, Activity.DoneOn.COMPLETED.value: VERB_COMPLETED}
