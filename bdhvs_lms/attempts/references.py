"""The surroundings of an act, as plain JSON in the act's row: statements are built from rows alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bdhvs_lms.base.api import day_of
from bdhvs_lms.courses.api import Activity, Course, activity_ref, course_ref
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking.api import OBSERVER, ObjectRef

# Filled by the app as it starts, from parts that stand above this one.
classes_of: list[Callable[[Learner, Course, date], Iterable[ObjectRef]]] = []
"""The classes in which a learner takes a course on a day."""
competencies_of: list[Callable[[UUID, str], Iterable[ObjectRef]]] = []
"""What a revision of an activity is aligned with."""


def ref_to_json(ref: ObjectRef) -> dict[str, Any]:
    return {"iri": ref.iri, "type": ref.type_iri, "names": dict(ref.names)}


def ref_from_json(data: Mapping[str, Any]) -> ObjectRef:
    return ObjectRef(data["iri"], data["type"], data["names"])


def references(learner: Learner, row: Activity, moment: datetime, *, revision: str, language: str) -> dict[str, Any]:
    """Return for the row of an act: {"object", "grouping": course and class, "other": competencies, "language"}.

    `revision`: of what the learner met. `language`: of the page. Two queries at most.
    """
    grouping = [course_ref(row.course)]
    for of_learner in classes_of:
        grouping += of_learner(learner, row.course, day_of(moment))
    return references_within(grouping, row, revision=revision, language=language)


def references_within(grouping: Iterable[ObjectRef], row: Activity, *, revision: str, language: str) -> dict[str, Any]:
    """Return the same where course and class are known: what many learners did together is asked for once."""
    others = [ref for of_revision in competencies_of for ref in of_revision(row.key, revision)]
    return stored(activity_ref(row), grouping, others, language=language)


def stored(
    what: ObjectRef, grouping: Iterable[ObjectRef], others: Iterable[ObjectRef] = (), *, language: str
) -> dict[str, Any]:
    """Return the same of anything that is named by its reference, a class session for example. Pure."""
    return {
        "object": ref_to_json(what),
        "grouping": [ref_to_json(ref) for ref in grouping],
        "other": [ref_to_json(ref) for ref in others],
        "language": language,
    }


def observed(stored: Mapping[str, Any], observer: UUID) -> dict[str, Any]:
    """Return the references of an act that somebody saw and recorded: their opaque actor, and the trust that goes with
    it."""
    return {**stored, "observer": str(observer)}


def from_references(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same as arguments of a LearningAct."""
    who = {"instructor": UUID(stored["observer"]), "authority": OBSERVER} if "observer" in stored else {}
    return {
        **who,
        "object": ref_from_json(stored["object"]),
        "grouping": tuple(ref_from_json(data) for data in stored["grouping"]),
        "other": tuple(ref_from_json(data) for data in stored["other"]),
        "language": stored["language"],
    }
