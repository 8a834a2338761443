"""Reads of packs and their sheets: a constant number of queries, however many sheets there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery

from bdhvs_lms.base.api import name_order
from bdhvs_lms.classes.api import ClassGroup, courses_of_class, members
from bdhvs_lms.courses.api import Activity, activities_of_courses
from bdhvs_lms.learners.api import Learner, agreed_among
from bdhvs_lms.reporting.api import to_test
from bdhvs_lms.tracking.api import statement_id
from bdhvs_quiz.models import Attempt, PaperPack, PaperSheet, QuizVersion
from bdhvs_quiz.paper.codes import code_name
from bdhvs_quiz.statements import concluded
from bdhvs_xapi.api import voided_among


@dataclass(frozen=True)
class Named:
    """A member of the class in lists of paper tests. `born` also tells namesakes apart."""

    learner: Learner
    name: str
    born: int | None


def named_members(group: ClassGroup, on: date) -> list[Named]:
    """List the members of this day who have a name on record, by given name. One query."""
    rows = members(group, on).filter(person__isnull=False).select_related("person")
    found = [Named(row, row.person.full_name, row.person.birth_year) for row in rows]
    return sorted(found, key=lambda each: (name_order(each.name), each.born or 0, each.learner.pk))


def to_print_for(group: ClassGroup, quiz: Activity, on: date) -> list[Named]:
    """List the members for whom a sheet of this quiz is printed: of a retest those who were drawn and not tested yet,
    where
    any were; else everybody. At most eight queries."""
    everybody = named_members(group, on)
    drawn = to_test(group, quiz.key, on) if quiz.role == Activity.Role.RETEST else set()
    return [one for one in everybody if one.learner.pk in drawn] if drawn else everybody


@dataclass(frozen=True)
class SheetRow:
    """A sheet as a page lists it."""

    sheet: PaperSheet
    name: str
    """Empty: a spare one, or somebody who was erased."""
    born: int | None
    voided: bool = False
    """Entered, and an operator has taken the result out of force: it no longer counts."""

    @property
    def code(self) -> str:
        return code_name(self.sheet.code)

    @property
    def entered(self) -> bool:
        return self.sheet.attempt_id is not None


def sheets_of(pack: PaperPack) -> list[SheetRow]:
    """List a pack's sheets with names and results. Three queries."""
    people = ("learner__person", "learner__merged_into__person", "attempt__learner")
    rows = list(pack.sheets.select_related(*people).order_by("number"))
    voided = _voided(pack, [sheet.attempt for sheet in rows if sheet.attempt is not None])
    return [_row(sheet, voided) for sheet in rows]


def _row(sheet: PaperSheet, voided: set[int]) -> SheetRow:
    person = getattr(sheet.learner.whole, "person", None) if sheet.learner is not None else None
    name, born = (person.full_name, person.birth_year) if person else ("", None)
    return SheetRow(sheet, name, born, sheet.attempt_id in voided)


def _voided(pack: PaperPack, attempts: Sequence[Attempt]) -> set[int]:
    """Return the primary keys of attempts whose result is void. One query, none where there are no attempts."""
    ids: dict[UUID, int] = {}
    for attempt in attempts:
        attempt.version = pack.version
        for act in concluded(attempt, {}):
            ids[statement_id(act)] = attempt.pk
    return {ids[known] for known in voided_among(ids)}


def packs_of(group: ClassGroup) -> QuerySet[PaperPack]:
    """Return the class's packs, the last first, with the number of sheets (`printed`) and of entered sheets (`done`).
    One query; the right answers are not read."""
    return (
        PaperPack.objects.filter(class_group=group)
        .select_related("version")
        .defer("version__key")
        .annotate(printed=Count("sheets"), done=Count("sheets__attempt"))
        .order_by("-created_at", "-pk")
    )


def pack_of(group: ClassGroup, pack_uuid: UUID, *, with_key: bool = False) -> PaperPack | None:
    """Return one of the class's packs; None: there is none such. The right answers are read only with `with_key`."""
    found = PaperPack.objects.filter(class_group=group, uuid=pack_uuid).select_related("version", "class_group")
    return (found if with_key else found.defer("version__key")).first()


def quizzes_to_print(group: ClassGroup, on: date, type_key: str) -> list[Activity]:
    """List the published quizzes of what the class takes on this day, course by course in the order of their
    courses."""
    courses = courses_of_class(group, on)
    offered = activities_of_courses([course.key for course in courses])
    return [row for course in courses for row in offered.get(course.key, ()) if row.type_key == type_key]


def languages_to_print(quizzes: Iterable[Activity]) -> list[str]:
    """List the languages in which any of these quizzes is asked now. One query."""
    keys = [one.key for one in quizzes]
    last = QuizVersion.objects.filter(activity_key=OuterRef("activity_key")).order_by("-number").values("number")[:1]
    rows = QuizVersion.objects.filter(activity_key__in=keys, number=Subquery(last)).order_by("pk")
    return list(dict.fromkeys(rows.values_list("language", flat=True)))


def next_to_enter(pack: PaperPack, after: int = 0) -> int | None:
    """Return the number of the next named sheet that is not entered: after this one, then from the first. Spare sheets
    do not
    count, as one may never have been used. None: none is left. One query."""
    left = list(
        pack.sheets.filter(attempt=None, learner__isnull=False).order_by("number").values_list("number", flat=True)
    )
    return next((number for number in left if number > after), left[0] if left else None)


def without_consent(learners: Iterable[Learner], at: datetime) -> set[int]:
    """Return the primary keys of the learners for whom nothing may be recorded."""
    people = list(learners)
    agreed = agreed_among([one.whole for one in people], at)
    return {one.pk for one in people if one.whole.pk not in agreed}
