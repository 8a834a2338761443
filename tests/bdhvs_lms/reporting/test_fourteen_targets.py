"""The plan's 14 targets on a population whose answers are worked out by hand, in the comments.

Who was where (placements begin on 1/3/2025; units end on 30/6/2025):

    old unit             became                       adults   pass the rule of 2025 by 1/10/2025
    thị trấn Chúc Sơn    phường Chương Mỹ (urban)        400   390
    xã Phụng Châu        phường Chương Mỹ                300   300
    thị trấn Xuân Mai    xã Xuân Mai (not urban)         100   100
    xã Tân Tiến          split: Trần Phú, Xuân Mai        70    60
                                                         ---   ---
    huyện Chương Mỹ (until 30/6/2025)                    870   850

The district's number of adults is entered once, 1.000 of 1/6/2025: 850 of 1.000 is 85 % and not 'trên 85 %'.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.base.api import end_of_day
from bdhvs_lms.campaign.api import Area, Denominator, Figure, Indicator, Organisation, Target, TargetGroup
from bdhvs_lms.competency.api import Attainment, Competency, Evidence
from bdhvs_lms.learners.actions import place
from bdhvs_lms.learners.api import Belonging, Learner, Placement, follow_successions
from bdhvs_lms.reporting.api import TargetRow
from bdhvs_lms.reporting.queries.board import Board, board_targets
from tests.support.planner import look_at_tables

pytestmark = [pytest.mark.database, pytest.mark.django_db]

BEGAN = date(2025, 3, 1)
COUNTED = date(2025, 6, 1)
ENTERED = datetime(2025, 6, 2, tzinfo=UTC)
PASSED = datetime(2025, 6, 10, tzinfo=UTC)
UNTIL_JUNE = datetime(2025, 6, 20, 3, tzinfo=UTC)
IN_NOVEMBER = datetime(2025, 11, 15, 3, tzinfo=UTC)
YEAR_LATER = datetime(2026, 11, 15, 3, tzinfo=UTC)
SOURCE = "Tự đặt ra cho phép thử"


def area(code: str, begins: date | None = None) -> Area:
    return Area.objects.get(code=code, valid_from=begins)


def new(code: str) -> Area:
    return area(code, date(2025, 7, 1))


class Population:
    """The district with everybody in it."""

    def __init__(self) -> None:
        call_command("load_campaign", "--at", "2025-05-21T08:00:00+07:00", verbosity=0)
        self.district = area("277")
        self.targets = {target.key: target for target in board_targets(self.district)}
        self.groups = {group.key: group for group in TargetGroup.objects.all()}
        self.competencies = {one.code: one for one in Competency.objects.filter(framework__key="kh02-chuongmy-2025")}
        self.adults()
        self.staff()
        self.pupils()
        self.workers()
        self.figures()
        follow_successions(on=date(2025, 7, 2), at=ENTERED)
        # On 1/12/2025 somebody finds out that 20 of Tân Tiến, 18 of whom pass, live in what is xã Trần Phú now.
        for learner in (*self.tan_tien[:18], *self.tan_tien[60:62]):
            place(learner, new("10081"), valid_from=date(2025, 12, 1), at=ENTERED)
        look_at_tables()

    # --- Making people ---

    def people(self, count: int, where: Area, group: str, organisation: Organisation | None = None) -> list[Learner]:
        learners = Learner.objects.bulk_create(Learner() for _ in range(count))
        Placement.objects.bulk_create(
            Placement(learner=one, area=where, valid_from=BEGAN, recorded_at=ENTERED) for one in learners
        )
        self.belong(learners, group, organisation)
        return learners

    def belong(self, learners: Iterable[Learner], group: str, organisation: Organisation | None, **values: Any) -> None:
        Belonging.objects.bulk_create(
            Belonging(
                **{
                    "learner": one,
                    "group": self.groups[group],
                    "organisation": organisation,
                    "valid_from": BEGAN,
                    "recorded_at": ENTERED,
                    **values,
                }
            )
            for one in learners
        )

    def attain(
        self, learners: Sequence[Learner], codes: str, level: int, at: datetime, *, confirmed: bool = False
    ) -> None:
        Attainment.objects.bulk_create(
            Attainment(
                learner=one,
                competency=self.competencies[code],
                level=level,
                status="confirmed" if confirmed else "demonstrated",
                attained_at=at,
                confirmed_at=at if confirmed else None,
            )
            for code in codes.split()
            for one in learners
        )

    def begin(self, learners: Sequence[Learner], code: str, at: datetime) -> None:
        Evidence.objects.bulk_create(
            Evidence(
                learner=one,
                competency=self.competencies[code],
                level=1,
                statement_id=uuid4(),
                activity_key=uuid4(),
                occurred_at=at,
                trust=1,
                presence=True,
            )
            for one in learners
        )

    def adults(self) -> None:
        first, second = "A1 A2 A3 A4 A5", "A1 A2 A3 A4 A6"
        chuc_son = self.people(400, area("10015"), "adult")
        phung_chau = self.people(300, area("10021"), "adult")
        xuan_mai = self.people(100, area("10018"), "adult")
        self.tan_tien = self.people(70, area("10066"), "adult")
        # 12 of the 390 are also confirmed.
        self.attain(chuc_son[:12], first, 1, PASSED, confirmed=True)
        self.attain(chuc_son[12:390], first, 1, PASSED)
        self.attain(phung_chau, first, 1, PASSED)
        self.attain(xuan_mai, first, 1, PASSED)
        self.attain(self.tan_tien[:60], first, 1, PASSED)
        # The 851st passes in the year's last second, the 852nd in the first of the next.
        last = end_of_day(date(2025, 12, 31))
        self.attain(chuc_son[390:391], first, 1, last)
        self.attain(chuc_son[391:392], first, 1, last + timedelta(microseconds=1))
        # Eight have read something and do not pass; the 851st is one of them. With the two below, ten are learning.
        self.begin(chuc_son[390:398], "A1", PASSED)
        # Four of the five competencies at level 1 are not enough, whatever their level.
        self.attain(chuc_son[398:400], "A1 A2 A3 A4", 2, PASSED)
        # In 2026 the bar is 'sử dụng tốt', level 2, and A6 takes the place of A5: 200 reach it, 6 lack A6.
        in_2026 = datetime(2026, 5, 1, tzinfo=UTC)
        self.attain(phung_chau[:200], second, 2, in_2026)
        self.attain(phung_chau[200:206], "A1 A2 A3 A4 A5", 2, in_2026)
        self.count("adult", self.district, 1000, COUNTED)
        self.count("adult", new("10015"), 800, date(2025, 7, 1))

    def staff(self) -> None:
        """40 work in the town (now the ward) and live in Xuân Mai: 39 pass in 2025, 20 at the level of 2026."""
        office = Organisation.objects.create(name="Cơ quan huyện", kind="agency", area=area("10015"))
        school = Organisation.objects.create(name="Trường ở Xuân Mai", kind="school", area=area("10018"))
        staff = self.people(40, area("10018"), "public", office)
        # One left the school before coming here, another is listed at both and came here last: each counts once.
        self.belong(staff[:1], "public", school, valid_to=date(2025, 3, 31))
        self.belong(staff[1:2], "public", school, valid_from=date(2025, 1, 1))
        # Listed without a place of work: counted nowhere.
        self.attain(self.people(9, area("10018"), "public", None), "B1 B2 B3", 1, PASSED)
        self.attain(staff[:39], "B1 B2 B3", 1, PASSED)
        self.attain(staff[:20], "B1 B2 B3", 2, datetime(2026, 2, 1, tzinfo=UTC))
        self.count("public", self.district, 46, COUNTED)
        self.count("public", new("10015"), 35, date(2025, 7, 1))

    def pupils(self) -> None:
        """50 pupils of a lower-secondary school, 48 pass; in 2026 the 60 of a primary school count too."""
        lower = Organisation.objects.create(name="THCS Trần Phú", kind="school", area=area("10099"))
        primary = Organisation.objects.create(name="Tiểu học Trần Phú", kind="school", area=area("10099"))
        older = self.people(50, area("10099"), "pupil_lower_secondary", lower)
        self.belong(older, "pupil_primary_up", lower)
        younger = self.people(60, area("10099"), "pupil_primary_up", primary)
        self.attain(older[:48], "C1 C2", 1, PASSED)
        self.attain(older + younger[:55], "C1 C3", 2, datetime(2026, 3, 1, tzinfo=UTC))
        self.count("pupil_lower_secondary", self.district, 60, COUNTED)
        self.count("pupil_primary_up", self.district, 110, COUNTED)

    def workers(self) -> None:
        """25 in one enterprise: 3 pass, which would name them; nobody at the level of 2026."""
        works = Organisation.objects.create(name="Hợp tác xã", kind="cooperative", area=area("10033"))
        self.attain(self.people(25, area("10033"), "worker", works)[:3], "D1 D2 D3", 1, PASSED)
        self.count("worker", self.district, 60, COUNTED)

    def figures(self) -> None:
        self.figure("smartphone_ownership", "adult", self.district, COUNTED, numerator=870, base=1020)
        self.figure("smartphone_ownership", "adult", new("10015"), date(2026, 10, 1), percent=Decimal("85.00"))
        self.figure("epayment_account", "urban_adult", self.district, COUNTED, numerator=300, base=500)
        self.figure("epayment_account", "urban_adult", new("10015"), date(2026, 10, 1), numerator=250, base=500)
        self.figure("vneid_rank", "district", self.district, COUNTED, rank=7)
        # What the police count on VNeID about T3: beside ours, never added.
        self.figure("knowledge_skill", "adult", self.district, COUNTED, numerator=610)

    def count(self, group: str, where: Area, value: int, as_of: date) -> None:
        Denominator.objects.create(
            group=self.groups[group], area=where, as_of=as_of, value=value, source=SOURCE, entered_at=ENTERED
        )

    def figure(self, indicator: str, group: str, where: Area, as_of: date, **numbers: Any) -> None:
        Figure.objects.create(
            indicator=Indicator.objects.get(key=indicator),
            group=self.groups[group],
            area=where,
            as_of=as_of,
            source=SOURCE,
            entered_at=ENTERED,
            **numbers,
        )

    # --- Asking ---

    def rows(self, at: datetime, where: Area) -> dict[str, TargetRow]:
        board = Board(at)
        return {key: board.row(target, where) for key, target in self.targets.items()}


def said(row: TargetRow) -> tuple[object, ...]:
    """(numerator, base, share, gap, verdict)"""
    return row.numerator, row.base, None if row.share is None else str(row.share), row.gap, row.verdict


@pytest.fixture
def population() -> Population:
    return Population()


def test_fourteen_targets_of_the_district(population: Population) -> None:
    """One population for all: making it is what costs."""
    assert list(population.targets) == [f"T{row}-{year}" for year in (2025, 2026) for row in range(1, 8)]

    # --- 20/6/2025: the district is still there --------------------------------------------------------------------
    rows = population.rows(UNTIL_JUNE, population.district)
    # T1: 39 of 46 = 84.7 %, and more than 95 % of 46 is 44.
    assert said(rows["T1-2025"]) == (39, 46, "84.7", 5, "not_met")
    # T2: '100 %' of 60 is 60, so 12 are missing.
    assert said(rows["T2-2025"]) == (48, 60, "80.0", 12, "not_met")
    # T3: 850 of 1.000 is 85 % and not over it: 851 are needed.
    assert said(rows["T3-2025"]) == (850, 1000, "85.0", 1, "not_met")
    assert (rows["T3-2025"].confirmed, rows["T3-2025"].learning) == (12, 10)
    assert [one.numerator for one in rows["T3-2025"].beside] == [610], "VNeID's own number stands beside"
    # T4: a survey counted 870 among 1.020; our total, 1.000, is in force and goes before the survey's own.
    assert said(rows["T4-2025"]) == (870, 1020, "85.2", None, "met")
    # T5: nobody entered how many adults live in towns: the survey's own 500.
    assert said(rows["T5-2025"]) == (300, 500, "60.0", None, "met")
    assert rows["T5-2025"].denominator is None
    # T6: a rank among districts that are no more; what was published stands beside.
    assert said(rows["T6-2025"])[2:] == (None, None, "not_measurable")
    assert [one.rank for one in rows["T6-2025"].beside] == [7]
    assert rows["T6-2025"].target.reason_vi.startswith("Cấp huyện kết thúc hoạt động")
    # T7: three people, not shown.
    assert said(rows["T7-2025"]) == (None, 60, None, None, "suppressed")
    # The rules of 2026 on the same day: nobody has reached all of it at level 2 yet.
    for key, base in (("T1-2026", 46), ("T2-2026", 110), ("T3-2026", 1000)):
        assert said(rows[key]) == (0, base, "0.0", base, "not_met")
    # And the survey of 2025 is none of 2026 already.
    assert said(rows["T4-2026"]) == (870, 1020, "85.2", None, "no_data")
    # T7-2026: nobody of 25; it does not stand beside the hidden 3 in any sum that would tell them.
    assert said(rows["T7-2026"]) == (0, 60, "0.0", 60, "not_met")

    board = Board(UNTIL_JUNE)
    below = {
        row.area.name if row.area else "": row.numerator
        for row in board.below(population.targets["T3-2025"], population.district)
        if row.numerator is not None
    }
    assert below == {"Thị trấn Chúc Sơn": 390, "Xã Phụng Châu": 300, "Thị trấn Xuân Mai": 100, "Xã Tân Tiến": 60}

    # --- 15/11/2025: merged and split ------------------------------------------------------------------------------
    rows = population.rows(IN_NOVEMBER, population.district)
    assert said(rows["T3-2025"]) == (850, 1000, "85.0", 1, "not_met"), "the plan goes on where the units went"
    assert rows["T3-2025"].unassigned == 70
    board = Board(IN_NOVEMBER)
    found = board.below(population.targets["T3-2025"], population.district)
    assert [(row.area.name if row.area else None, row.numerator, row.unassigned) for row in found] == [
        ("Phường Chương Mỹ", 690, 0),  # 390 + 300
        ("Xã Xuân Mai", 100, 0),
        ("Xã Phú Nghĩa", None, 0),
        ("Xã Trần Phú", None, 0),
        ("Xã Quảng Bị", None, 0),
        ("Xã Hòa Phú", None, 0),
        (None, 60, 70),  # Tân Tiến: in neither part until somebody knows
    ]
    ward = population.rows(IN_NOVEMBER, new("10015"))
    # 'Trên 85 %' of 800 is 681.
    assert said(ward["T3-2025"]) == (690, 800, "86.2", 0, "met")
    # The office stands where the ward is now; its 39 are more than the ward's register counts.
    assert said(ward["T1-2025"]) == (39, 35, "111.4", 0, "met")
    assert ward["T1-2025"].more_than_everyone
    assert said(ward["T4-2025"]) == (None, 800, None, None, "no_data"), "the survey of 10/2026 is not of 2025"
    # All staff live in Xuân Mai and work elsewhere.
    assert said(population.rows(IN_NOVEMBER, new("10018"))["T1-2025"]) == (None, None, None, None, "no_data")
    # A unit that has ended shows its last day.
    town = population.rows(IN_NOVEMBER, area("10015"))["T3-2025"]
    assert (town.as_of, town.numerator) == (date(2025, 6, 30), 390)

    # --- 15/11/2026: 2025 stands still, 2026 asks more -------------------------------------------------------------
    rows = population.rows(YEAR_LATER, population.district)
    # The 851st passed in the last second of 2025, the 852nd a microsecond later.
    assert said(rows["T3-2025"]) == (851, 1000, "85.1", 0, "met")
    assert (rows["T3-2025"].as_of, rows["T3-2026"].as_of) == (date(2025, 12, 31), date(2026, 11, 15))
    assert said(rows["T1-2025"]) == (39, 46, "84.7", 5, "not_met")
    # 2026 at level 2: 20 of 46 staff, 50 + 55 of 110 pupils, 200 of 1.000 adults (six lack A6).
    assert said(rows["T1-2026"]) == (20, 46, "43.4", 26, "not_met")
    assert said(rows["T2-2026"]) == (105, 110, "95.4", 5, "not_met")
    assert said(rows["T2-2025"]) == (48, 60, "80.0", 12, "not_met")
    assert said(rows["T3-2026"]) == (200, 1000, "20.0", 800, "not_met")
    # Nobody has asked anew in the district: the survey of 6/2025 stands there as one of 2025, and judges nothing.
    for key, numbers in (("T4-2026", (870, 1020, "85.2")), ("T5-2026", (300, 500, "60.0"))):
        assert said(rows[key]) == (*numbers, None, "no_data")
        assert (rows[key].year_of_figure, rows[key].points) == (2025, None)
    # In 2025 it does, also when it is asked a year later.
    assert said(rows["T4-2025"]) == (870, 1020, "85.2", None, "met")
    assert said(rows["T5-2025"]) == (300, 500, "60.0", None, "met")
    assert rows["T4-2025"].year_of_figure is None
    assert said(rows["T6-2026"])[2:] == (None, None, "not_measurable")
    assert said(rows["T7-2025"])[4] == "suppressed"
    board = Board(YEAR_LATER)
    below = {
        row.area.name if row.area else "": (row.numerator, row.unassigned)
        for row in board.below(population.targets["T3-2025"], population.district)
    }
    # 18 of the 60 were found to live in Trần Phú on 1/12/2025: 690 + the 851st, 100, 18, and 42 still waiting.
    assert below["Phường Chương Mỹ"] == (691, 0)
    assert (below["Xã Xuân Mai"], below["Xã Trần Phú"], below[""]) == ((100, 0), (18, 0), (42, 50))
    ward = population.rows(YEAR_LATER, new("10015"))
    # Exactly 85 % is not 'trên 85 %', and a share alone tells no number of people; exactly half is not over half.
    assert said(ward["T4-2026"]) == (None, 800, "85.00", None, "not_met")
    assert said(ward["T5-2026"]) == (250, 500, "50.0", None, "not_met")

    # --- A part of a group: adults of urban units --------------------------------------------------------------------
    urban = Target.objects.create(
        **{
            **{
                name: getattr(population.targets["T3-2025"], name)
                for name in ("plan", "year", "indicator", "operator", "value", "measure", "quote_vi", "as_of")
            },
            "key": "T8-2025",
            "row": 8,
            "group": population.groups["urban_adult"],
        }
    )
    # In June the two towns, 390 + 100; since July only the ward is urban: 390 + 300.
    for at, expected in ((UNTIL_JUNE, 490), (IN_NOVEMBER, 690)):
        (target,) = (one for one in board_targets(population.district) if one.pk == urban.pk)
        assert Board(at).row(target, population.district).numerator == expected

    # --- What it costs -----------------------------------------------------------------------------------------------
    counts = []
    for where in (population.district, new("10108")):
        with CaptureQueriesContext(connection) as queries:
            population.rows(IN_NOVEMBER, where)
            counts.append(len(queries))
    assert counts[0] == counts[1] <= 17, "areas, heirs, targets, rules, 8 counts, bases, figures, who waits"
