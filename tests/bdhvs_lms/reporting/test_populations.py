"""What a population changes on boards is told before it is entered, and is what happens."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse

from bdhvs_lms.campaign.api import Area, Denominator, TargetGroup, enter_denominator
from bdhvs_lms.reporting.queries.board import Board as Rows
from bdhvs_lms.reporting.queries.populations import _rows, changed_by
from tests.bdhvs_lms.admin.record_store import signed_in
from tests.bdhvs_lms.reporting.test_standings import Undo
from tests.support.board import ASKED, IN_TIME, Board
from tests.support.markup import collapsed
from tests.support.soak import rounds

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def said() -> dict[Any, Any]:
    return {place: (row.verdict, row.share, row.gap) for place, row in _rows(Rows(ASKED))}


def entered(chance: Random, groups: list[TargetGroup], areas: list[Area]) -> dict[str, Any]:
    return {
        "group": chance.choice([groups[0], groups[0], *groups]),
        "area": chance.choice([areas[1], areas[1], *areas]),
        "as_of": date(2025, 9, 1) + timedelta(days=chance.randint(0, 60)),
        "value": chance.choice([20, 69, 70, 75, 78, 90, 138, 160]),
        "source": "Công an",
    }


@pytest.mark.thorough
def test_what_is_told_of_populations_is_what_happens() -> None:
    verdicts: set[Any] = set()
    for number in range(rounds(25, soak=500)):
        chance = Random(number)
        with pytest.raises(Undo), transaction.atomic():
            board = Board()
            towns = TargetGroup.objects.create(
                key="town", label_vi="Đô thị", counted_where="area", part_of=board.group, urban_only=True
            )
            type(board.area).objects.filter(pk=board.area.pk).update(urban=True)
            board.add_target("T5-2025", 2025, group=towns, row=5)
            areas = [board.province, board.area, board.other_area]
            for area in areas[1:]:
                board.attain(board.people(chance.choice([3, 61, 61, 61]), area), at=IN_TIME)
                board.people(chance.choice([0, 2, 9]), area)

            for _each in range(chance.randint(0, 8)):
                enter_denominator(**entered(chance, [board.group, towns], areas), at=IN_TIME, by=None, sure=True)
            entries = [entered(chance, [board.group, towns], areas) for _each in range(chance.randint(1, 3))]
            before, rows = said(), Denominator.objects.count()
            found = changed_by([Denominator(**one, entered_at=ASKED) for one in entries], at=ASKED)
            assert Denominator.objects.count() == rows
            for one in entries:
                enter_denominator(**one, at=ASKED, by=None, sure=True)
            after = said()
            told = {
                (one.after.target.pk, one.above.pk, one.after.area.pk if one.after.area else None): (
                    (one.before.verdict, one.before.share, one.before.gap),
                    (one.after.verdict, one.after.share, one.after.gap),
                )
                for one in found
            }
            happened = {
                place: (before[place], after[place])
                for place in before.keys() & after.keys()
                if before[place] != after[place]
            }
            assert told == happened, number
            verdicts |= {(one.before.verdict, one.after.verdict) for one in found}
            raise Undo
    assert {("met", "not_met"), ("not_met", "met")} & verdicts and ("no_data", "met") in verdicts


@pytest.fixture
def board(settings: Any) -> Board:
    settings.BDHVS_TEST_CLOCK = "2025-11-15T10:00:00+07:00"
    board = Board()
    board.attain(board.people(88), at=IN_TIME)
    board.people(12)
    board.count_everyone(200)
    return board


def cells(response: Any) -> list[list[str]]:
    page = BeautifulSoup(response.content, "html.parser")
    return [
        [collapsed(cell.get_text()) for cell in row.select("th, td")]
        for row in page.select("h3 + table.listing tbody tr")
    ]


def test_the_form_tells_and_asks_for_a_yes(board: Board) -> None:
    operator = signed_in("van-hanh")
    address = reverse("denominators:add")
    data = {"group": board.group.pk, "area": board.area.pk, "as_of": "01/11/2025", "value": "100", "source": "Công an"}
    future = operator.post(address, {**data, "as_of": "16/11/2025"})
    assert list(future.context["form"].errors) == ["as_of"]
    far = operator.post(address, {**data, "value": "1000"})
    assert list(far.context["form"].errors) == ["sure"]
    asked = operator.post(address, data)
    assert cells(asked) == [["T3-2025", board.area.name, "44,0%, Chưa đạt", "88,0%, Đạt"]]
    assert "Không ai thay đổi kết quả." in asked.content.decode()
    assert Denominator.objects.count() == 1
    assert operator.post(address, {**data, "yes": "khác"}).status_code == 200
    assert Denominator.objects.count() == 1, "a yes to something else"
    page = BeautifulSoup(asked.content, "html.parser")
    yes: Any = page.select_one("button[name=yes]")
    assert operator.post(address, {**data, "yes": yes["value"]}).status_code == 302
    assert Denominator.objects.latest("pk").value == 100
    # What changes nothing on any board is entered at once.
    assert operator.post(address, {**data, "source": "Công an xã"}).status_code == 302


def test_the_preview_of_a_list_tells(board: Board) -> None:
    operator = signed_in("van-hanh")
    lines = (
        "Nhóm đối tượng;Địa bàn;Tính đến ngày;Tổng số người;Nguồn",
        f"{board.group.label_vi};{board.area.name};01/11/2025;100;Công an",
    )
    upload = SimpleUploadedFile("a.csv", "\n".join(lines).encode())
    shown = operator.post(reverse("denominators:import"), {"file": upload})
    assert cells(shown) == [["T3-2025", board.area.name, "44,0%, Chưa đạt", "88,0%, Đạt"]]
    assert Denominator.objects.count() == 1
