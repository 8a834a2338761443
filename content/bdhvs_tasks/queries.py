"""Reads of tasks and of what was seen: a constant number of queries each, however large the class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects
from django.http import HttpRequest

from bdhvs_lms.base.api import day_of, name_order, now
from bdhvs_lms.classes.api import ClassGroup, class_refs, courses_of_class, members, own_classes
from bdhvs_lms.courses.api import Activity, activities_of_courses
from bdhvs_lms.learners.api import Learner, Person, agreed_among
from bdhvs_lms.progress.api import Result, results_of
from bdhvs_lms.tracking.api import class_iri, statement_id
from bdhvs_tasks.actions import TASK_TYPE
from bdhvs_tasks.models import Grading, Observation, TaskPage, TaskVersion, items_of
from bdhvs_tasks.statements import graded
from bdhvs_xapi.api import voided_among

Item = Mapping[str, Any]
"""Of a checklist: "id", "text", "help", "required"."""


@dataclass(frozen=True)
class Sight:
    """One observation with its last grading."""

    observation: Observation
    grading: Grading
    corrected: bool
    voided: bool = False
    """An operator has taken it out of force, by its statement: it no longer counts."""

    @property
    def at(self) -> datetime:
        return self.observation.opened_at

    @property
    def success(self) -> bool | None:
        """Return whether it was passed; None: it was taken back."""
        return self.grading.success

    @property
    def stands(self) -> bool:
        return self.success is not None and not self.voided

    @property
    def items(self) -> Sequence[Item]:
        return self.observation.version.items

    @property
    def missing(self) -> list[Item]:
        return [item for item in self.items if item["id"] not in self.grading.done]

    @property
    def count(self) -> int:
        return len(self.items) - len(self.missing)

    @property
    def note(self) -> str:
        note = getattr(self.observation, "note", None)
        return note.text if note is not None else ""


def _gradings(observations: QuerySet[Observation]) -> QuerySet[Observation]:
    """Add what `Sight` needs to the observations, latest first. Two queries."""
    steps = Prefetch("steps", Grading.objects.order_by("seq"))
    rows = observations.select_related("version", "note", "learner").prefetch_related(steps)
    return rows.order_by("-opened_at", "-pk")


def _sights(observations: Iterable[Observation]) -> list[Sight]:
    """Make the sights of these observations. One query for each 500 statements."""
    last = [(row, list(row.steps.all())) for row in observations]
    ids = {row.pk: statement_id(graded(row, steps[-1])) for row, steps in last if steps[-1].success is not None}
    gone = voided_among(ids.values())
    return [Sight(row, steps[-1], len(steps) > 1, ids.get(row.pk) in gone) for row, steps in last]


def sights_of(learner: Learner, activity_key: UUID) -> list[Sight]:
    """Return the observations of this person at the task, latest first, including those taken back. Three queries."""
    rows = Observation.objects.filter(learner__in=learner.ids, activity_key=activity_key)
    return _sights(_gradings(rows))


def latest_version(activity_key: UUID) -> TaskVersion | None:
    return TaskVersion.objects.filter(activity_key=activity_key).order_by("-number").first()


@dataclass(frozen=True)
class Row:
    """One member of a class and a task."""

    learner: Learner
    name: str
    birth_year: int | None
    """Only where two have one name."""
    agreed: bool
    """Whether something may be recorded about this person."""
    passed_at: datetime | None
    last: Sight | None
    """What was seen last and stands."""


def rows_of(class_group: ClassGroup, task: Activity, at: datetime) -> list[Row]:
    """List the members of this day who have a name on record: first those who have not passed, then by given name. Nine
    queries."""
    learners = list(members(class_group, day_of(at)))
    ids = [learner.pk for learner in learners]
    people = {one.learner_id: one for one in Person.objects.filter(learner__in=ids)}
    often = Counter(one.full_name.casefold() for one in people.values())
    agreed = agreed_among(learners, at)
    results = Result.objects.filter(activity_key=task.key, learner__in=ids)
    passed = dict(results.values_list("learner_id", "passed_at"))
    seen = _last_seen(ids, task.key)
    rows = []
    for learner in learners:
        person = people.get(learner.pk)
        if person is None:
            continue
        rows.append(
            Row(
                learner,
                person.full_name,
                person.birth_year if often[person.full_name.casefold()] > 1 else None,
                learner.pk in agreed,
                passed.get(learner.pk),
                seen.get(learner.pk),
            )
        )
    return sorted(rows, key=lambda row: (row.passed_at is not None, name_order(row.name), row.learner.pk))


def _last_seen(learner_ids: Iterable[int], activity_key: UUID) -> dict[int, Sight]:
    """Return the last valid sight of each person, by primary key of the record that stands for the person. Three
    queries."""
    whole = list(learner_ids)
    of_person = Q(learner__in=whole) | Q(learner__merged_into__in=whole)
    found: dict[int, Sight] = {}
    for sight in _sights(_gradings(Observation.objects.filter(of_person, activity_key=activity_key))):
        if sight.stands:
            learner = sight.observation.learner
            found.setdefault(learner.merged_into_id or learner.pk, sight)
    return found


@dataclass(frozen=True)
class TaskCount:
    """A task of a class, and the number of its members who have passed it."""

    activity: Activity
    passed: int
    total: int


def tasks_of(class_group: ClassGroup, on: date) -> list[TaskCount]:
    """List the tasks that the class's courses offer now, in their order. Four queries."""
    courses = courses_of_class(class_group, on)
    offered = activities_of_courses(course.key for course in courses)
    tasks = [row for course in courses for row in offered.get(course.key, ()) if row.type_key == TASK_TYPE]
    ids = list(members(class_group, on).filter(person__isnull=False).values_list("pk", flat=True))
    reached = Result.objects.filter(activity_key__in=[task.key for task in tasks], learner__in=ids)
    passed = Counter(reached.exclude(passed_at=None).values_list("activity_key", flat=True))
    return [TaskCount(task, passed[task.key], len(ids)) for task in tasks]


def _words_of(page: TaskPage, items: Sequence[Item]) -> list[dict[str, Any]]:
    """Return the items of a version in the page's words: those of a translation, if it has them."""
    own = {item["id"]: item for item in items_of(page)}
    return [
        {**item, "text": own.get(item["id"], item)["text"] or item["text"], "help": own.get(item["id"], item)["help"]}
        for item in items
    ]


def _pictures(page: TaskPage) -> None:
    """Load the renditions of all pictures at once; Wagtail would ask for those of each picture separately."""
    images = [child.value["image"] for child in page.steps if child.value["image"]]
    prefetch_related_objects(images, "renditions")


def _classes_that_take(row: Activity, learner: Learner) -> list[Any]:
    """Return those of the learner's own classes that take this task's course. Three queries."""
    on = day_of(now())
    taking = {ref.iri for ref in class_refs(learner, row.course, on)}
    return [one for one in own_classes(learner, on) if class_iri(one.class_group.uuid) in taking]


def task_context(page: TaskPage, request: HttpRequest, given: dict[str, Any]) -> dict[str, Any]:
    """Return the context of the task's own page: steps, checklist, observers, and the learner's observations so far."""
    if given["preview"] and not given["looking"]:
        return {"items": items_of(page), "needed": page.needed or 0}
    key, learner = given["activity_key"], given["learner"]
    version = latest_version(key)
    if version is None or not given["open"]:
        return {"version": version}
    _pictures(page)
    more: dict[str, Any] = {
        "version": version,
        "items": _words_of(page, version.items),
        "needed": version.shown["needed"],
    }
    if learner is not None:
        seen = [sight for sight in sights_of(learner, key) if sight.stands]
        missing = {item["id"] for item in seen[0].missing} if seen else set()
        result = results_of(learner, [key]).get(key)
        more |= {
            "last": seen[0] if seen else None,
            # In today's words, if the item is still there.
            "missing": [
                next((one for one in more["items"] if one["id"] == item["id"]), item)
                for item in (seen[0].missing if seen else [])
            ],
            "items": [{**item, "lacked": item["id"] in missing} for item in more["items"]],
            "passed_at": result.passed_at if result is not None else None,
            "trust": result.trust if result is not None else None,
            "classes": _classes_that_take(given["standing"].row, learner),
        }
    return more
