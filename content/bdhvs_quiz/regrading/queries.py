"""Attempts that a regrade concerns, and the changes it would make."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from copy import copy as copied
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from bdhvs_lms.plugins.api import question_types
from bdhvs_quiz.counting import METHOD
from bdhvs_quiz.models import Attempt, AttemptStep, QuizVersion, Regrade
from bdhvs_quiz.models.attempts import corrected
from bdhvs_quiz.regrading.judging import Change, judge
from bdhvs_quiz.statements import concluded_ids
from bdhvs_quiz.typed import load_typed_answers_of
from bdhvs_quiz.weighing import MARKED, weighed, with_method
from bdhvs_xapi.api import voided_among

# Attempts that are read at once.
CHUNK = 100


def newest(activity_key: UUID) -> QuizVersion | None:
    """Return the version published last, in the quiz's own language."""
    return QuizVersion.published(activity_key).first()


def unfinished(activity_key: UUID) -> Regrade | None:
    return Regrade.objects.filter(activity_key=activity_key, finished_at=None).select_related("version").first()


def older_than(version: QuizVersion) -> QuerySet[Attempt]:
    """Return the attempts that the keys of this version would grade anew: of what was published before it, and not
    graded with
    it or with a later one."""
    return Attempt.objects.filter(
        Q(graded_by=None) | Q(graded_by__number__lt=version.number),
        activity_key=version.activity_key,
        version__number__lt=version.number,
        taken_back_at=None,
    )


def handed_in(version: QuizVersion) -> QuerySet[Attempt]:
    """Return the attempts of `older_than` that have a mark."""
    return older_than(version).filter(submitted_at__isnull=False)


@dataclass(frozen=True)
class Reach:
    """The keys of a publishing by language, to grade an attempt in its own; each version is read once."""

    version: QuizVersion
    found: dict[str, QuizVersion]

    @classmethod
    def of(cls, version: QuizVersion) -> Reach:
        rows = QuizVersion.objects.filter(activity_key=version.activity_key, number=version.number)
        return cls(version, {row.language: row for row in rows})

    def keys(self, attempt: Attempt) -> tuple[QuizVersion, dict[str, Any]]:
        later = self.found.get(attempt.version.language, self.version)
        return later, corrected(attempt.version, later)


def changes(attempts: Sequence[Attempt], reach: Reach) -> list[Change]:
    """Return the change of each of these attempts. `attempts`: with their versions. Two queries."""
    steps: dict[int, AttemptStep] = {}
    found = AttemptStep.objects.filter(attempt__in=attempts, kind__in=AttemptStep.HANDED_IN)
    for step in found.order_by("attempt", "seq"):
        steps[step.attempt_id] = step
    answers = load_typed_answers_of([(attempt, steps[attempt.pk].data.get("responses", {})) for attempt in attempts])
    return [
        judge(attempt, steps[attempt.pk].data.get("outcomes", {}), responses, reach.keys(attempt)[1])
        for attempt, responses in zip(attempts, answers, strict=True)
    ]


def preview(version: QuizVersion) -> Iterator[Change]:
    """Yield the change of every attempt that has a mark, in the order of handing in."""
    found = _preview(version)
    return iter(_weighed(version, list(found))) if METHOD in version.shown else found


def _weighed(version: QuizVersion, found: Sequence[Change]) -> list[Change]:
    """Add the quiz's verdicts, which also depend on the person's other attempts."""
    rows = Attempt.objects.filter(MARKED, activity_key=version.activity_key, taken_back_at=None)
    people: dict[int, list[Attempt]] = defaultdict(list)
    for row in _in_force(list(with_method(rows.select_related("version", "learner").defer("version__key")))):
        people[row.learner.merged_into_id or row.learner_id].append(row)
    taken_over = _verdicts(people, found)
    kept = _verdicts(people, [change.keeping() for change in found])
    return [
        replace(change, verdicts=before_and_after, verdicts_kept=if_kept)
        for change, before_and_after, if_kept in zip(found, taken_over, kept, strict=True)
    ]


def _verdicts(
    people: Mapping[int, Sequence[Attempt]], found: Sequence[Change]
) -> list[tuple[bool | None, bool | None]]:
    """Return the verdict of each change before and after, with the new marks of its person's attempts."""
    after = {change.attempt.pk: change for change in found if not change.skipped}
    grade = {one.before.pk: one.after for listed in people.values() for one in weighed(_marked(listed, after))}
    return [(change.attempt.passed, _verdict(change, grade.get(change.attempt.pk))) for change in found]


def _marked(rows: Sequence[Attempt], after: Mapping[int, Change]) -> list[Attempt]:
    marked = []
    for row in rows:
        change = after.get(row.pk)
        if change is not None:
            row = copied(row)
            row.raw, row.success = change.raw, change.success
        marked.append(row)
    return marked


def _verdict(change: Change, after: Attempt | None) -> bool | None:
    if after is not None:
        return after.passed
    return change.success if change.attempt.grade is None else change.attempt.passed


def _in_force(rows: Sequence[Attempt]) -> list[Attempt]:
    """Return the attempts without those whose result, or verdict alone, somebody has taken out of force. A query for
    each 250."""
    ids = {row.pk: concluded_ids(row) if row.submitted_at is not None else [] for row in rows}
    gone = voided_among([each for listed in ids.values() for each in listed])
    return [row for row in rows if not gone.intersection(ids[row.pk])]


def _preview(version: QuizVersion) -> Iterator[Change]:
    reach = Reach.of(version)
    ids = list(handed_in(version).order_by("submitted_at", "pk").values_list("pk", flat=True))
    versions: dict[int, QuizVersion] = {}
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        rows = {row.pk: row for row in Attempt.objects.filter(pk__in=part).select_related("learner", "graded_by")}
        missing = {row.version_id for row in rows.values()} - set(versions)
        versions |= {row.pk: row for row in QuizVersion.objects.filter(pk__in=missing)}
        for row in rows.values():
            row.version = versions[row.version_id]
        there = {row.pk for row in _in_force(list(rows.values()))}
        for change in changes([rows[pk] for pk in part if pk in rows], reach):
            yield change if change.attempt.pk in there else replace(change, skipped=True)


@dataclass(frozen=True)
class Question:
    """A question whose key differs from that of the version which attempts were graded with."""

    key: str
    prompt: str
    missing: str = ""
    """Key of its type where the plugin is missing: it is not graded again, and keeps what it was given."""


def corrected_questions(version: QuizVersion) -> list[Question]:
    """List the questions whose key is another now than in an earlier publishing that has attempts. Two queries."""
    graded = set(handed_in(version).values_list(F("version")).distinct())
    own: dict[str, list[Any]] = defaultdict(list)
    for before in QuizVersion.objects.filter(pk__in=[pk for (pk,) in graded]):
        for key, value in before.key.items():
            own[key].append(value)
    return [
        Question(question["key"], question["prompt"], "" if question_types.get(question["type"]) else question["type"])
        for question in version.shown["questions"]
        if any(value != version.key[question["key"]] for value in own.get(question["key"], ()))
    ]
