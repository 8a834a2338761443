"""When a lesson or a course first is finished, say so in the ledger. Never taken back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

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
from bdhvs_lms.progress.models import CourseResult, Result
from bdhvs_lms.progress.queries import done_at
from bdhvs_lms.tracking.api import (
    VERB_COMPLETED,
    VERB_EXPERIENCED,
    Decider,
    LearningAct,
    ResultFacts,
    activity_iri,
    activity_key,
    actor_key,
    named_evidence,
)
from bdhvs_xapi import api as xapi


class LessonDecider(Decider):
    """`experienced` once makes a lesson `completed`: the earliest time at which it was read."""

    name = "progress.lesson"

    def decide(self, learner: Learner, facts: Sequence[xapi.Fact] | None) -> list[LearningAct]:
        results = Result.objects.filter(learner=learner, experienced_at__isnull=False, completed_at=None)
        if facts is not None:
            keys = {
                key
                for fact in facts
                if fact.verb == VERB_EXPERIENCED and (key := activity_key(fact.object_id)) is not None
            }
            if not keys:
                return []
            results = results.filter(activity_key__in=keys)
        open_results = {row.activity_key: row for row in results}
        if not open_results:
            return []
        enrolments = {enrolment.course_id: enrolment for enrolment in enrolments_of(learner)}
        acts = []
        for key, row in activities(open_results).items():
            enrolment = enrolments.get(row.course_id)
            if row.done_on == Activity.DoneOn.COMPLETED and enrolment is not None:
                acts.append(self._act(learner, row, enrolment, open_results[key]))
        return [act for act in acts if act is not None]

    def _act(self, learner: Learner, row: Activity, enrolment: Enrolment, result: Result) -> LearningAct | None:
        read = xapi.facts(actor_key=actor_key(learner), activity=activity_iri(row.key), verbs=[VERB_EXPERIENCED])
        first = next(iter(read), None)
        if first is None:
            return None
        earlier = xapi.facts(
            actor_key=actor_key(learner),
            activity=activity_iri(row.key),
            verbs=[VERB_COMPLETED],
            include_voided=True,
        )
        # A voided `completed` was withdrawn by a person: the same reading does not bring it back, a new one does.
        if any(str(first.statement_id) in named_evidence(fact) for fact in earlier if fact.voided):
            fresh = [fact for fact in read if not any(str(fact.statement_id) in named_evidence(old) for old in earlier)]
            if not fresh:
                return None
            first = fresh[0]
        return LearningAct(
            actor=learner.actor,
            verb=VERB_COMPLETED,
            object=activity_ref(row),
            first=enrolment.uuid,
            occurred_at=first.occurred_at,
            revision=first.revision or "",
            grading=len(list(earlier)) + 1,
            result=ResultFacts(completion=True),
            parent=(course_ref(row.course),),
            grouping=(course_ref(row.course), *class_refs(learner, row.course, day_of(first.occurred_at))),
            extensions={"evidence": [str(first.statement_id)]},
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
        if not enrolments:
            return []
        finished = set(CourseResult.objects.filter(learner=learner).values_list("course_key", flat=True))
        acts = []
        for enrolment in enrolments:
            if enrolment.course.key not in finished:
                act = self._act(learner, enrolment)
                if act is not None:
                    acts.append(act)
        return acts

    def _act(self, learner: Learner, enrolment: Enrolment) -> LearningAct | None:
        course = enrolment.course
        required = [row for row in activities_of(course.key) if row.required]
        results = {
            row.activity_key: row
            for row in Result.objects.filter(learner=learner, activity_key__in=[row.key for row in required])
        }
        times = [done_at(row, results.get(row.key)) for row in required]
        moments = [moment for moment in times if moment is not None]
        if not required or len(moments) < len(required):
            return None
        ref = course_ref(course)
        earlier = list(
            xapi.facts(actor_key=actor_key(learner), activity=ref.iri, verbs=[VERB_COMPLETED], include_voided=True)
        )
        evidence = sorted(str(_evidence_of(row, results[row.key])) for row in required)
        if any(sorted(named_evidence(fact)) == evidence for fact in earlier):
            return None
        return LearningAct(
            actor=learner.actor,
            verb=VERB_COMPLETED,
            object=ref,
            first=enrolment.uuid,
            occurred_at=max(moments),
            revision=course.revision,
            grouping=class_refs(learner, course, day_of(max(moments))),
            grading=len(earlier) + 1,
            result=ResultFacts(completion=True),
            extensions={"evidence": evidence},
        )


def _evidence_of(row: Activity, result: Result) -> UUID | None:
    return result.passed_id if row.done_on == Activity.DoneOn.PASSED else result.completed_id
