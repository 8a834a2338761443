"""When a lesson or a course first is finished, say so in the ledger. Never taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from bdhvs_lms.classes.api import class_refs
from bdhvs_lms.courses.api import (
    Activity,
    Enrolment,
    activities,
    activities_of,
    activity_ref,
    course_ref,
    enrolments_of,
)
from bdhvs_lms.learners.api import Learner, day_of
from bdhvs_lms.progress.models import Result
from bdhvs_lms.progress.queries import done_at, results_of
from bdhvs_lms.tracking.api import (
    EXTENSION_EVIDENCE,
    VERB_COMPLETED,
    VERB_EXPERIENCED,
    VERB_PASSED,
    Decider,
    LearningAct,
    ResultFacts,
    activity_iri,
    activity_key,
    actor_key,
    refused_evidence,
)
from bdhvs_xapi import api as xapi


def _stands(decisions: Sequence[xapi.Fact], moment: datetime) -> bool:
    """Whether a decision with this or an earlier date is in force. A later one is corrected by a further statement:

    work may arrive late, and its date is then as if it had come in time (invariant 3)."""
    return any(fact.occurred_at <= moment for fact in decisions if not fact.voided)


class LessonDecider(Decider):
    """`experienced` once makes a lesson `completed`: the earliest time at which it was read."""

    name = "progress.lesson"

    def decide(self, learner: Learner, facts: Sequence[xapi.Fact] | None) -> list[LearningAct]:
        results = Result.objects.filter(learner=learner, experienced_at__isnull=False)
        if facts is not None:
            keys = {
                key
                for fact in facts
                if fact.verb == VERB_EXPERIENCED and (key := activity_key(fact.object_id)) is not None
            }
            if not keys:
                return []
            results = results.filter(activity_key__in=keys)
        lessons = [
            row
            for row in activities(results.values_list("activity_key", flat=True)).values()
            if row.done_on == Activity.DoneOn.COMPLETED
        ]
        if not lessons:
            return []
        enrolments = {enrolment.course_id: enrolment for enrolment in enrolments_of(learner)}
        said: dict[str | None, list[xapi.Fact]] = defaultdict(list)
        for fact in xapi.facts(
            actor_key=actor_key(learner),
            activities=[activity_iri(row.key) for row in lessons],
            verbs=[VERB_EXPERIENCED, VERB_COMPLETED],
            include_voided=True,
        ):
            said[fact.object_id].append(fact)
        acts = []
        for row in sorted(lessons, key=lambda row: row.pk):
            enrolment = enrolments.get(row.course_id)
            if enrolment is not None:
                act = self._act(learner, row, enrolment, said[activity_iri(row.key)])
                if act is not None:
                    acts.append(act)
        return acts

    def _act(
        self, learner: Learner, row: Activity, enrolment: Enrolment, said: Sequence[xapi.Fact]
    ) -> LearningAct | None:
        earlier = [fact for fact in said if fact.verb == VERB_COMPLETED]
        refused = refused_evidence(earlier)
        read = (fact for fact in said if fact.verb == VERB_EXPERIENCED and not fact.voided)
        first = next((fact for fact in read if str(fact.statement_id) not in refused), None)
        if first is None or _stands(earlier, first.occurred_at):
            return None
        return LearningAct(
            actor=learner.actor,
            verb=VERB_COMPLETED,
            object=activity_ref(row),
            first=enrolment.uuid,
            occurred_at=first.occurred_at,
            revision=first.revision or "",
            grading=len(earlier) + 1,
            result=ResultFacts(completion=True),
            parent=(course_ref(row.course),),
            grouping=(course_ref(row.course), *class_refs(learner, row.course, day_of(first.occurred_at))),
            extensions={EXTENSION_EVIDENCE: [str(first.statement_id)]},
        )


class CourseDecider(Decider):
    """All required activities done, each as its `done_on` says: the course is `completed` at the latest of them."""

    name = "progress.course"

    def decide(self, learner: Learner, facts: Sequence[xapi.Fact] | None) -> list[LearningAct]:
        enrolments = list(enrolments_of(learner))
        if facts is not None:
            keys = {key for fact in facts if (key := activity_key(fact.object_id)) is not None}
            courses = {row.course_id for row in activities(keys).values()}
            enrolments = [enrolment for enrolment in enrolments if enrolment.course_id in courses]
        acts = []
        for enrolment in enrolments:
            act = self._act(learner, enrolment)
            if act is not None:
                acts.append(act)
        return acts

    def _act(self, learner: Learner, enrolment: Enrolment) -> LearningAct | None:
        course = enrolment.course
        required = [row for row in activities_of(course.key) if row.required]
        results = results_of(learner, [row.key for row in required])
        if not required or any(done_at(row, results.get(row.key)) is None for row in required):
            return None
        ref = course_ref(course)
        earlier = xapi.facts(
            actor_key=actor_key(learner), activity=ref.iri, verbs=[VERB_COMPLETED], include_voided=True
        )
        done = self._done(learner, required, refused_evidence(earlier))
        if done is None:
            return None
        moment = max(fact.occurred_at for fact in done)
        if _stands(earlier, moment):
            return None
        return LearningAct(
            actor=learner.actor,
            verb=VERB_COMPLETED,
            object=ref,
            first=enrolment.uuid,
            occurred_at=moment,
            revision=course.revision,
            grouping=class_refs(learner, course, day_of(moment)),
            grading=len(earlier) + 1,
            result=ResultFacts(completion=True),
            extensions={EXTENSION_EVIDENCE: sorted(str(fact.statement_id) for fact in done)},
        )

    def _done(self, learner: Learner, required: Sequence[Activity], refused: set[str]) -> list[xapi.Fact] | None:
        """For each activity the first statement that finishes it and has not been refused; None: one lacks it."""
        finishing = {activity_iri(row.key): _VERB_OF[row.done_on] for row in required}
        first: dict[str | None, xapi.Fact] = {}
        for fact in xapi.facts(
            actor_key=actor_key(learner), activities=list(finishing), verbs=sorted(set(finishing.values()))
        ):
            if fact.verb == finishing[str(fact.object_id)] and str(fact.statement_id) not in refused:
                first.setdefault(fact.object_id, fact)
        return list(first.values()) if len(first) == len(finishing) else None


_VERB_OF = {Activity.DoneOn.PASSED.value: VERB_PASSED, Activity.DoneOn.COMPLETED.value: VERB_COMPLETED}
