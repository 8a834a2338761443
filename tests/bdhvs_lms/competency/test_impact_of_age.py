"""What a dry run tells of another age of a group is what happens: who joins, who leaves, whose result changes."""

from __future__ import annotations

from datetime import date
from io import StringIO
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from bdhvs_lms.base.api import day_of
from bdhvs_lms.campaign.api import Area, TargetGroup
from bdhvs_lms.competency import api as competency
from bdhvs_lms.competency.impact_of_age import of_min_age
from bdhvs_lms.learners.actions import belong, place
from bdhvs_lms.learners.api import (
    Belonging,
    Person,
    apply_group_rules,
    belonging_to,
    placements_on,
    register,
    set_min_age,
)
from bdhvs_lms.privacy.api import erase
from tests.bdhvs_lms.competency.test_impact import NOW
from tests.bdhvs_lms.competency.test_impact import passing as passing_anywhere
from tests.bdhvs_lms.reporting.test_standings import Undo
from tests.support.board import Board
from tests.support.soak import rounds
from tests.support.world import T0

pytestmark = pytest.mark.django_db

DAY = T0.date()
LAST = date(day_of(NOW).year, 12, 31)
AGES = (None, 10, 16, 17, 18, 19, 60)


def people(board: Board, chance: Random) -> None:
    """Some who are listed, some placed nowhere, some erased, one whose year is not known."""
    for number in range(8):
        year = chance.choice([None, 1950, 2005, 2006, 2007, 2008, 2009, 2010, 2015])
        who = register(full_name=f"Người {number}", at=T0, birth_year=year)
        if chance.random() < 0.9:
            place(who, chance.choice([board.area, board.other_area]), valid_from=DAY, at=T0)
        if chance.random() < 0.2:
            belong(who, board.group, valid_from=DAY, at=T0)
        if chance.random() < 0.7:
            board.attain([who], codes=chance.choice([("A1", "A2"), ("A2",)]), at=T0)
            competency.STANDINGS.attained([who.pk])
        if chance.random() < 0.1:
            erase(who, by=None, at=T0)


def members(groups: list[TargetGroup]) -> set[tuple[int, int, int, int]]:
    """(group, year, area, learner) of the year's last day, as belongings and placements say."""
    areas = dict(placements_on(LAST).filter(area__isnull=False).values_list("learner", "area"))
    urban = set(Area.objects.filter(urban=True).values_list("pk", flat=True))
    return {
        (group.pk, LAST.year, areas[pk], pk)
        for group in groups
        for pk in belonging_to(group.part_of or group, LAST).values_list("pk", flat=True)
        if pk in areas and (areas[pk] in urban or not group.urban_only)
    }


def passing(towns: TargetGroup) -> set[tuple[int, int, int, int]]:
    """From the rows that boards count; of the part of the group only those in towns, which boards look for after. In a
    year without a rule of the part the whole group's counts it."""
    urban = set(Area.objects.filter(urban=True).values_list("pk", flat=True))
    own = set(competency.PassRule.objects.filter(group=towns).values_list("year", flat=True))
    rows = passing_anywhere(NOW)
    rows |= {(towns.pk, *row[1:]) for row in rows if row[0] == towns.part_of_id and row[1] not in own}
    return {row for row in rows if row[0] != towns.pk or row[2] in urban}


def split(changes: list[Any]) -> tuple[set[Any], set[Any]]:
    rows = [(one.gained, (one.group_id, one.year, one.area_id, one.learner_id)) for one in changes]
    assert len(set(rows)) == len(rows)
    return {row for gained, row in rows if gained}, {row for gained, row in rows if not gained}


@pytest.mark.thorough
def test_another_age_changes_what_its_dry_run_tells() -> None:
    seen: set[tuple[str, bool]] = set()
    for number in range(rounds(25, soak=1000)):
        chance = Random(number)
        with pytest.raises(Undo), transaction.atomic():
            board = Board()
            Area.objects.filter(pk=board.area.pk).update(urban=True)
            towns = TargetGroup.objects.create(
                key="town", label_vi="Đô thị", counted_where="area", part_of=board.group, urban_only=True
            )
            board.add_rule(2026)
            competency.PassRule.objects.create(
                group=towns, year=2025, framework=board.framework, all_of=["A2"], level=1, label_vi="Đạt", created_at=T0
            )
            set_min_age(board.group, chance.choice(AGES), by=None)
            people(board, chance)
            apply_group_rules(at=T0)
            groups, age = [board.group, towns], chance.choice(AGES)
            before, were, rows = passing(towns), members(groups), Belonging.objects.count()
            found = of_min_age(TargetGroup.objects.get(pk=board.group.pk), age, at=NOW)
            assert found.complete and found.people == Person.objects.count()
            assert Belonging.objects.count() == rows
            set_min_age(board.group, age, by=None)
            apply_group_rules(at=NOW)
            after, are = passing(towns), members(groups)
            assert split(found.changes) == (after - before, before - after), number
            assert split(found.members) == (are - were, were - are), number
            seen |= {("passes", one.gained) for one in found.changes} | {("in", one.gained) for one in found.members}
            raise Undo
    assert seen == {(what, gained) for what in ("passes", "in") for gained in (True, False)}


def test_the_command_tells_and_then_does_it() -> None:
    board = Board()
    who = register(full_name="A", at=T0, birth_year=2008)
    place(who, board.area, valid_from=DAY, at=T0)
    out = StringIO()
    call_command("set_min_age", "adult", "17", stdout=out, stderr=StringIO())
    assert out.getvalue().splitlines()[-1] == "1 people join or leave; the results of 0 people change."
    assert TargetGroup.objects.get(pk=board.group.pk).min_age is None
    call_command("set_min_age", "adult", "17", "--apply", stdout=out, stderr=StringIO())
    assert out.getvalue().splitlines()[-1] == "1 group assignments added."
    assert Belonging.objects.get().learner == who
    for arguments in (("khác", "17"), ("adult", "200"), ("adult", "mười")):
        with pytest.raises(CommandError):
            call_command("set_min_age", *arguments, stdout=out)
