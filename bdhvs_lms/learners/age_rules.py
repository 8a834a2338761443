"""Groups with an age rule: who belongs, from which day, from the year of birth alone.

**From which day?** The last of the year in which the person reaches the age. Only the year of birth is known: on 31
December everybody born in it has had the birthday, on any earlier day somebody may not have. The plan asks about 31
December, so on the days that are reported nobody is counted too early and nobody too late.

**But not from before `FIRST_DAY`.** Who had the age before the campaign began belongs from its first day: no plan asks
about an earlier one, and belongings survive erasure, so a first day of 1966 would keep a year of birth for good.

**What is written stays.** Belongings are rows of their own and not computed from the year of birth, so that erasing a
person changes no count. When a year of birth is corrected, the wrong row is withdrawn by a further one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bdhvs_lms.base.api import require
from bdhvs_lms.campaign.api import TargetGroup
from bdhvs_lms.learners.models import Belonging, Learner, Person
from bdhvs_lms.learners.queries import unclaimed_among
from bdhvs_lms.learners.spans import tell_relocated

FIRST_DAY = date(2025, 1, 1)
PIECE = 500
OLDEST_AGE = 120


def day_of_age(birth_year: int | None, min_age: int) -> date | None:
    """Return the first day on which somebody born in that year certainly has the age; unknown year: None."""
    return None if birth_year is None else max(date(birth_year + min_age, 12, 31), FIRST_DAY)


def groups_with_age() -> list[TargetGroup]:
    return list(TargetGroup.objects.filter(min_age__isnull=False).order_by("pk"))


def rows_for(birth_years: Mapping[int, int | None], groups: Iterable[TargetGroup], *, at: datetime) -> list[Belonging]:
    """Return the rows that are missing for these learners (primary key → year of birth). Empty when all is as it should
    be.

    Who is listed in a group, at no organisation, is left alone: what somebody has named goes before what a rule says.
    One query.
    """
    groups = list(groups)
    newest: dict[tuple[int, int], dict[date, bool]] = defaultdict(dict)
    listed: set[tuple[int, int]] = set()
    known = Belonging.objects.filter(learner__in=list(birth_years), group__in=groups, organisation=None)
    columns = known.order_by("pk").values_list("learner", "group", "valid_from", "basis", "withdrawn")
    for known_learner, known_group, day, basis, withdrawn in columns:
        if basis == "list":
            listed.add((known_learner, known_group))
        newest[known_learner, known_group][day] = withdrawn
    missing: list[Belonging] = []
    for learner, birth_year in birth_years.items():
        for group in groups:
            if (learner, group.pk) in listed:
                continue
            first = day_of_age(birth_year, group.min_age or 0)
            stands = newest[learner, group.pk]
            row = {"learner_id": learner, "group": group, "basis": "rule", "recorded_at": at}
            # What stood for a day before the right one is withdrawn. A later day that stands does no harm, but one that
            # was withdrawn would take the person out again from then on.
            if first is not None:
                stands.setdefault(first, True)
            for day, withdrawn in sorted(stands.items()):
                belongs = first is not None and first <= day
                if belongs is withdrawn:
                    missing.append(Belonging(**row, valid_from=day, withdrawn=not belongs))
    return missing


def follow_age(learner: Learner, birth_year: int | None, *, at: datetime) -> None:
    """Update one learner's belongings by age; inside the caller's transaction. Three queries at most."""
    groups = groups_with_age()
    missing = rows_for({learner.pk: birth_year}, groups, at=at) if groups else []
    if missing:
        Belonging.objects.bulk_create(missing)
        tell_relocated(learner.pk)


def apply_group_rules(
    *, at: datetime, by: Any = None, progress: Callable[[int], Any] = lambda _people: None
) -> dict[str, int]:
    """Write the belongings by age that are missing, for everybody whose name is on record; after a group's age changed.

    In transactions of 500 people; stopped halfway, a further call goes on. Again changes nothing. Erased people keep
    what they have: their year of birth is gone. Needs the permission add_belonging.

    Args:
        progress: called with the number of people looked at since the last call.

    Returns: {'people': looked at, 'written': rows added}.
    """
    require(by, "add_belonging")
    groups, done, last = groups_with_age(), {"people": 0, "written": 0}, 0
    while True:
        with transaction.atomic():
            # Locked, so that a year of birth is not corrected between reading it and writing what follows from it.
            piece = _piece(Person.objects.select_for_update(), last)
            missing = rows_for(piece.years, groups, at=at)
            Belonging.objects.bulk_create(missing)
            tell_relocated(*(row.learner_id for row in missing))
        if not piece.people:
            break
        last = piece.last
        done["people"] += piece.people
        done["written"] += len(missing)
        progress(piece.people)
    return done


@dataclass(frozen=True)
class _Piece:
    people: int
    last: int
    years: dict[int, int | None]
    """Of those whom an age puts into groups, by the learner's primary key."""


def _piece(people: QuerySet[Person], after: int) -> _Piece:
    found = list(people.filter(pk__gt=after).order_by("pk").values_list("pk", "learner_id", "birth_year")[:PIECE])
    # Who registered without help belongs nowhere before being taken into the lists.
    waiting = unclaimed_among(learner for _pk, learner, _year in found)
    years = {learner: year for _pk, learner, year in found if learner not in waiting}
    return _Piece(len(found), found[-1][0] if found else after, years)


def would_belong(group: TargetGroup, min_age: int | None, *, at: datetime) -> Iterator[tuple[int, list[Belonging]]]:
    """Yield, without writing it, what `set_min_age` with these and `apply_group_rules` after it would write: of 500
    people at a time how many they are and the rows."""
    groups = [one for one in groups_with_age() if one.pk != group.pk]
    if min_age is not None:
        changed = copy(group)
        changed.min_age = min_age
        groups.append(changed)
    last = 0
    while (piece := _piece(Person.objects.all(), last)).people:
        yield piece.people, rows_for(piece.years, groups, at=at)
        last = piece.last


def set_min_age(group: TargetGroup, min_age: int | None, *, by: Any) -> None:
    """Set a group's age (None: it has no age rule). `apply_group_rules` has to follow. Needs change_targetgroup.

    Raises ValidationError for an age that is none, and for a part of another group: that one's age counts.
    """
    require(by, "change_targetgroup")
    check_min_age(group, min_age)
    group.min_age = min_age
    group.save(update_fields=["min_age"])


def check_min_age(group: TargetGroup, min_age: int | None) -> None:
    """Raise as `set_min_age`."""
    if min_age is not None and not 0 < min_age <= OLDEST_AGE:
        raise ValidationError({"min_age": _("The age must be between 1 and 120.")})
    if min_age is not None and group.part_of_id is not None:
        raise ValidationError({"min_age": _("This group is part of another group, whose age limit applies.")})
