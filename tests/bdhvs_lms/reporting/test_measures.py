"""Kinds of measure: what a number of people says on the board and in files, and that a further kind is one class."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from bdhvs_lms.base.api import now
from bdhvs_lms.campaign import api as campaign
from bdhvs_lms.campaign.api import MEASURES, Area, Figure, Indicator, Judgement, Operator, Target
from bdhvs_lms.campaign.measures import Measure
from bdhvs_lms.reporting.queries.board import Board
from bdhvs_lms.reporting.readings.actions import freeze
from tests.bdhvs_lms.reporting.conftest import NOW, Stage
from tests.bdhvs_lms.reporting.reading import of_reading, tables_of, text_of
from tests.support.board import ASKED
from tests.support.loops import for_each
from tests.support.markup import html_of
from tests.support.world import T0

HIDDEN = "Không hiển thị"


@pytest.fixture
def stage(db: None, settings: Any) -> Stage:
    """Made for each test: others here need a site without areas."""
    settings.BDHVS_TEST_CLOCK = NOW
    return Stage()


def count_target(stage: Stage, operator: str, value: int, **values: Any) -> Target:
    """Of the province's plan: in the commune it is a part."""
    words = "Ít nhất số người này biết dùng"
    measured = {"row": 9, "operator": operator, "value": Decimal(value), "measure": "count", "quote_vi": words}
    return stage.add_target("T9-2025", 2025, **{**measured, **values})


def row_of(table: list[list[str]], key: str = "T9-2025") -> list[str]:
    return next(row for row in table if row[0] == key)


@pytest.mark.parametrize(
    ("operator", "value", "vi", "en"),
    [
        (">=", 5_000, "từ 5.000 người trở lên", "at least 5,000 people"),
        (">", 10_000_000, "trên 10.000.000 người", "more than 10,000,000 people"),
        ("<=", 1, "không quá 1 người", "at most 1 person"),
        ("=", 1_000_000_000, "1.000.000.000 người", "1,000,000,000 people"),
    ],
)
def test_what_a_number_of_people_asks_for_is_kept_and_said(
    stage: Stage, operator: str, value: int, vi: str, en: str
) -> None:
    target = Target.objects.get(pk=count_target(stage, operator, value).pk)
    assert target.value == value
    for language, words in (("vi", vi), ("en", en)):
        with translation.override(language):
            assert target.goal == words


@for_each(
    ("operator", "people", "met", "gap"),
    [
        (">=", 4_999, False, 1), (">=", 5_000, True, 0), (">", 5_000, False, 1), (">", 5_001, True, 0),
        ("=", 5_000, True, 0), ("=", 6_000, True, 0), ("<=", 5_000, True, None), ("<=", 5_001, False, None),
        (">=", None, None, None),
    ],
)  # fmt: skip
def test_a_number_of_people_is_judged_without_a_total(
    operator: str, people: int | None, met: bool | None, gap: int | None
) -> None:
    for everyone in (None, 0, 7):
        found = MEASURES["count"].of_people(Operator(operator), Decimal(5_000), people, everyone)
        assert found == Judgement(met, None, gap)


def fill(stage: Stage) -> None:
    """42 pass in the commune and 8 elsewhere, 12 of them by September; nobody has said how many the group has."""
    early = stage.people(12)
    stage.attain(early, at=datetime(2025, 9, 5, tzinfo=UTC))
    stage.attain(stage.people(30), at=datetime(2025, 11, 5, tzinfo=UTC))
    stage.attain(stage.people(8, stage.other_area), at=datetime(2025, 11, 5, tzinfo=UTC))


def test_the_board_says_how_many_people_there_are_and_how_many_are_missing(stage: Stage) -> None:
    count_target(stage, ">=", 60)
    fill(stage)
    client = stage.steering(stage.province)
    page = client.get("/chi-dao/")
    (table,) = tables_of(page)
    assert row_of(table)[2:] == [
        "từ 60 người trở lên", "–", "0", "0", "50", "0", "–", "ít hơn 10 người", "10", "Chưa đạt", "",
    ]  # fmt: skip
    reading = freeze(stage.province, date(2025, 11, 15), at=now(), by=None)
    for kind in ("csv", "xlsx"):
        assert row_of(of_reading(client, reading, "01@", kind)) == row_of(table)
    english = row_of(tables_of(client.get("/en/steering/"))[0])
    assert english[2:] == ["at least 60 people", "–", "0", "0", "50", "0", "–", "10 people below", "10", "Not met", ""]
    html = html_of(page)
    (picture,) = re.findall(r'<svg class="bullet".*?</svg>', html, re.DOTALL)
    assert ">50 người so với chỉ tiêu 60 người</title>" in picture
    # The mark at four fifths; 50 of 75 are two thirds.
    assert re.findall(r'width="([0-9.]+)"|d="M([0-9.]+) 0v6"', picture)[1:] == [("66.7", ""), ("", "80.0")]
    target = client.get("/chi-dao/plan/T9-2025/")
    assert "50 người giao: từ 60 người trở lên · còn thiếu 10 người Chưa đạt" in text_of(
        re.sub(r"<p class=\"muted small\">[^<]*so với[^<]*</p>", "", html_of(target))
    )
    assert "Từ 0 người đến hết ngày 30/11/2024 tới 50 người ngày 15/11/2025, so với chỉ tiêu 60 người" in (
        html_of(target)
    )
    _own, months, areas = tables_of(target)
    assert months[0] == ["Đến hết ngày", "Số người đạt"]
    assert months[-2:] == [["31/10/2025", "12"], ["15/11/2025", "50"]]
    # Together they reach it: neither is judged, and no mark stands beside its people.
    assert [(row[0], row[4], row[6], row[7], row[8], row[9]) for row in areas[1:]] == [
        ("Phường Thử", "42", "–", "–", "–", "Giao cho địa bàn lớn hơn"),
        ("Xã Khác", "8", "–", "–", "–", "Giao cho địa bàn lớn hơn"),
    ]
    own = html_of(client.get("/chi-dao/plan/T9-2025/?dia-ban=10015@2025-07-01"))
    assert "42 người" in own and '<svg class="' not in own


def test_a_number_of_people_that_is_reached_is_met(stage: Stage) -> None:
    count_target(stage, ">=", 50)
    fill(stage)
    (table,) = tables_of(stage.steering(stage.province).get("/chi-dao/"))
    assert row_of(table)[9:12] == ["bằng mức giao", "0", "Đạt"]


def test_few_people_are_hidden_in_a_number_of_people_too(stage: Stage) -> None:
    count_target(stage, ">=", 60)
    stage.attain(stage.people(3))
    stage.people(40)
    client = stage.steering(stage.province)
    (table,) = tables_of(client.get("/chi-dao/"))
    assert row_of(table)[3:12] == ["–", *[HIDDEN] * 4, "–", *[HIDDEN] * 3]
    page = html_of(client.get("/chi-dao/plan/T9-2025/"))
    assert '<svg class="' not in page and len(tables_of(client.get("/chi-dao/plan/T9-2025/"))) == 2


def test_a_number_of_people_tells_of_few_who_are_left_of_a_total_no_more_than_a_share(stage: Stage) -> None:
    """The row itself shows no total; another row of the same group may."""
    target = count_target(stage, ">=", 60)
    stage.attain(stage.people(6))
    stage.people(3)
    stage.count_everyone(9, area=stage.province)
    row = Board(ASKED).row(target, stage.province)
    assert (row.verdict, row.numerator, row.gap, row.reached, row.months) == ("suppressed", None, None, None, ())


def test_a_survey_may_answer_by_a_number_of_people(stage: Stage) -> None:
    survey = Indicator.objects.create(key="smartphone", label_vi="Điện thoại", source_kind="survey")
    count_target(stage, ">", 4_000, indicator=survey)
    figure = {"indicator": survey, "group": stage.group, "area": stage.province, "entered_at": T0, "source": "Cục"}
    client = stage.steering(stage.province)
    for numbers, shown in (
        ({"percent": Decimal(90)}, ["–", "Chưa có số liệu", "–", "–", "–", "–", "Chưa có số liệu"]),
        ({"numerator": 4_200, "base": 5_000}, ["–", "4.200", "–", "–", "nhiều hơn 200 người", "0", "Đạt"]),
    ):
        Figure.objects.create(**figure, as_of=date(2025, 10, len(Figure.objects.all()) + 1), **numbers)
        (table,) = tables_of(client.get("/chi-dao/"))
        assert row_of(table)[5:12] == shown
    # Among how many it counted is no total of a number of people.
    assert row_of(table)[3] == "–" and "tổng" not in row_of(table)[12]
    assert "02/10/2025: 4.200 trên 5.000 người" in text_of(html_of(client.get("/chi-dao/plan/T9-2025/")))


# --- A plan's file ----------------------------------------------------------------------------------------------------


def file_with(folder: Path, **values: Any) -> Path:
    data = json.loads(campaign.TARGETS_FILE.read_text(encoding="utf-8"))
    data["targets"][2].update(values)
    path = folder / "targets.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.mark.django_db
def test_a_plans_file_may_ask_for_a_number_of_people(tmp_path: Path) -> None:
    campaign.load_campaign(targets=file_with(tmp_path, measure="count", unit="people", operator=">=", value=10_000_000))
    target = Target.objects.get(key="T3-2025")
    assert (target.measure, target.value, target.goal) == ("count", 10_000_000, "từ 10.000.000 người trở lên")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "field", "problem"),
    [
        ({"unit": "percent"}, "unit", "'people'"),
        ({"value": 0}, "value", "0 people"),
        ({"value": 1_000_000_001}, "value", "1000000001 people"),
        ({"value": 5000.5}, "value", "whole number"),
        ({"measure": "sum"}, "measure", "'sum'"),
    ],
)
def test_a_number_of_people_that_cannot_be_is_named(
    tmp_path: Path, values: dict[str, Any], field: str, problem: str
) -> None:
    with pytest.raises(campaign.CampaignFileError) as refused:
        campaign.load_campaign(targets=file_with(tmp_path, **{"measure": "count", "unit": "people", **values}))
    assert refused.value.path == f"targets[2].{field}" and problem in str(refused.value)
    assert not Area.objects.exists()


# --- A further kind ---------------------------------------------------------------------------------------------------


class Days(Measure):
    """A kind that nothing of ours knows: by what day of the year a survey found everybody reached."""

    key, unit, most = "days", "days", 366
    label = "days of the year"
    field = "numerator"
    beyond = "No year has so many days."

    def goal(self, operator: Operator, value: Decimal) -> str:
        return f"{operator} {self.amount(value)}"

    def amount(self, number: int | Decimal, *, short: bool = False) -> str:
        return f"{int(number)} days"

    def of_figure(self, operator: Operator, value: Decimal, figure: Figure, everyone: int | None) -> Judgement:
        return Judgement() if figure.numerator is None else Judgement(operator.holds(figure.numerator, value))


def test_a_further_kind_is_one_class_and_its_line(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MEASURES, Days.key, Days())
    survey = Indicator.objects.create(key="smartphone", label_vi="Điện thoại", source_kind="survey")
    stage.add_target("T9-2025", 2025, row=9, indicator=survey, operator="<=", value=Decimal(300), measure="days")
    Target.objects.get(key="T9-2025").full_clean()
    Figure.objects.create(
        indicator=survey, group=stage.group, area=stage.area, as_of=date(2025, 10, 2), source="Cục",
        numerator=310, entered_at=T0,
    )  # fmt: skip
    client = stage.steering()
    (table,) = tables_of(client.get("/chi-dao/"))
    assert row_of(table)[2:12] == ["<= 300 days", *["–"] * 6, "310 days", "–", "Chưa đạt"]
    reading = freeze(stage.province, date(2025, 11, 15), at=now(), by=None)
    assert row_of(of_reading(client, reading, "10015@2025-07-01")) == row_of(table)
    # Beside its target a figure is said in the target's measure, not in that of another kind that reads its column.
    assert "02/10/2025: 310 days (Cục)" in text_of(html_of(client.get("/chi-dao/plan/T9-2025/")))
    in_file = file_with(tmp_path, measure="days", unit="days", value=365, indicator="smartphone", source_kind="survey")
    campaign.load_campaign(targets=in_file)
    assert Target.objects.get(plan__area__code="277", key="T3-2025").goal == "> 365 days"
