"""Forms of an entry or exit quiz, and the choice between them. Two quizzes of one end of a course are forms A and B of
each other; whoever entered by A leaves by B, so that nobody is asked the same twice and neither form is the easier end.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from uuid import UUID

from bdhvs_lms.courses.api import Activity, activities_of
from bdhvs_lms.learners.api import Learner
from bdhvs_quiz.models import Attempt

ENDS: tuple[str, str] = (Activity.Role.ENTRY, Activity.Role.EXIT)


class OnPaperOnly(Exception):
    """The quiz is a retest: a teacher who is present hands it out."""


class OtherForm(Exception):
    """The learner takes another form of this quiz, which is in `activity`."""

    def __init__(self, activity: Activity) -> None:
        super().__init__(activity.key)
        self.activity = activity


def form_for(
    role: str, entries: Sequence[UUID], exits: Sequence[UUID], begun: Sequence[UUID], seed: int
) -> UUID | None:
    """Choose the form that a learner takes at this end. None: there is none. Pure.

    Args:
        entries, exits: the forms at either end, in the order of the course: the first is A.
        begun: those of which the learner has attempts, the earliest first. What was begun is gone on with.
        seed: the learner's own number in this course, from which an entry form follows.
    """
    forms = entries if role == Activity.Role.ENTRY else exits
    if not forms:
        return None
    taken = next((key for key in begun if key in forms), None)
    if taken is not None:
        return taken
    if role == Activity.Role.ENTRY or len(entries) < 2:
        return forms[seed % len(forms)]
    entered = next((key for key in begun if key in entries), entries[seed % len(entries)])
    return forms[(entries.index(entered) + 1) % len(forms)]


def seed_in(course_key: UUID, learner: Learner) -> int:
    """Compute a learner's number in a course: the same each time, and even for as many learners as odd."""
    return uuid.uuid5(course_key, str(learner.whole.actor)).int


def other_form(learner: Learner, offered: Activity) -> Activity | None:
    """Return the form that the learner takes in place of this one; None: this one.
    Two queries if it is at an end of the course, else none. `offered`: with its course."""
    if offered.role not in ENDS:
        return None
    rows = {row.key: row for row in activities_of(offered.course.key).filter(role__in=ENDS)}
    forms = _forms(rows.values())
    if len(forms[offered.role]) < 2:
        return None
    begun = _begun(learner, rows)
    if offered.key in begun:
        return None
    seed = seed_in(offered.course.key, learner)
    key = form_for(offered.role, forms["entry"], forms["exit"], begun, seed)
    return None if key is None or key == offered.key else rows[key]


def met_otherwise(learner: Learner, offered: Activity) -> Activity | None:
    """Return `other_form` if the learner has begun a form in this course, else None. A form that only the server would
    choose
    does not count: a learner who was given a sheet of paper of either form at entry has taken that one."""
    form = other_form(learner, offered)
    if form is None:
        return None
    ends = activities_of(offered.course.key).filter(role__in=ENDS).values_list("key", flat=True)
    return form if _begun(learner, ends) else None


def others_forms(learner: Learner, offered: Sequence[Activity]) -> set[UUID]:
    """Return the keys of the forms in a course that are neither this learner's nor begun by them.
    One query if one end has several forms, else none. `offered`: with the course, in its order."""
    rows = {row.key: row for row in offered if row.role in ENDS}
    forms = _forms(rows.values())
    if all(len(keys) < 2 for keys in forms.values()):
        return set()
    begun = _begun(learner, rows)
    seed = seed_in(next(iter(rows.values())).course.key, learner)
    own = {form_for(role, forms["entry"], forms["exit"], begun, seed) for role in forms}
    return {key for keys in forms.values() if len(keys) > 1 for key in keys} - own - set(begun)


def _forms(rows: Iterable[Activity]) -> dict[str, list[UUID]]:
    listed = list(rows)
    return {role: [row.key for row in listed if row.role == role] for role in ENDS}


def _begun(learner: Learner, keys: Iterable[UUID]) -> list[UUID]:
    """List the keys that the learner has begun, the earliest first, without attempts taken back."""
    own = Attempt.objects.filter(learner__in=learner.ids, activity_key__in=list(keys), taken_back_at=None)
    return list(own.order_by("opened_at", "pk").values_list("activity_key", flat=True))
