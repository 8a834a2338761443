"""Readings: frozen once, read for good, corrected by a further one; for who may see the area's board, and operators."""

from __future__ import annotations

import io
import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse

from bdhvs_lms.base.api import now
from bdhvs_lms.campaign.api import Denominator, Figure, Indicator
from bdhvs_lms.reporting.readings.actions import freeze
from bdhvs_lms.reporting.readings.models import Reading
from bdhvs_lms.roles import operators
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.bdhvs_lms.reporting.reading import csv_of, tables_of, xlsx_of
from tests.support.markup import html_of
from tests.support.meanwhile import meanwhile
from tests.support.worlds import made_once

pytestmark = [pytest.mark.database, pytest.mark.django_db]
OCTOBER, THEN = date(2025, 10, 31), date(2025, 11, 14)


class Counted(Stage):
    """60 people of the commune, 40 of whom pass, of 100; 30 elsewhere, 20 of whom pass."""

    def __post_init__(self) -> None:
        super().__post_init__()
        passed = self.people(40)
        self.people(20)
        elsewhere = self.people(30, self.other_area)
        self.attain([*passed, *elsewhere[:20]])
        self.count_everyone(100)
        self.count_everyone(50, area=self.other_area)
        self.count_everyone(150, area=self.province)


made, _own = made_once(Counted)


@pytest.fixture
def counted(stage: Counted) -> Counted:
    return stage


def page(name: str, reading: Reading, *more: str) -> str:
    return reverse(f"bdhvs_lms:{name}", args=[reading.uuid, *more])


def test_a_correction_is_a_further_reading_that_says_why(counted: Counted) -> None:
    first = freeze(counted.province, OCTOBER, at=now(), by=None)
    with pytest.raises(ValidationError):
        freeze(counted.province, OCTOBER, at=now(), by=None, why="  ")
    second = freeze(counted.province, OCTOBER, at=now(), by=None, why="Nhập sót một lớp")
    assert (first.number, second.number) == (1, 2)
    client = counted.steering(counted.province)
    old = client.get(page("reading", first)).content.decode()
    assert "đã được thay" in old and page("reading", second) in old
    assert "Nhập sót một lớp" in client.get(page("reading", second)).content.decode()
    listed = client.get("/chi-dao/ky-so-lieu/").content.decode()
    assert listed.index(page("reading", second)) < listed.index(page("reading", first))


def test_a_day_to_come_is_refused_and_only_who_may_freezes(counted: Counted) -> None:
    with pytest.raises(ValidationError):
        freeze(counted.province, date(2025, 11, 16), at=now(), by=None)
    user = counted.user("somebody")
    with pytest.raises(PermissionDenied):
        freeze(counted.province, OCTOBER, at=now(), by=user)
    client = counted.signed_in(user)
    user.groups.add(operators())
    form = {"area": "01@", "as_of": "2025-11-14", "why": ""}
    made = client.post("/chi-dao/ky-so-lieu/", form)
    assert made.status_code in (302, 303)
    assert Reading.objects.get().made_by == user
    assert client.post("/chi-dao/ky-so-lieu/", form).status_code == 422
    assert client.post("/chi-dao/ky-so-lieu/", {**form, "as_of": "2025-12-01"}).status_code == 422
    assert Reading.objects.count() == 1


@pytest.mark.parametrize("day", ["0001-01-01", "1900-02-28", "9999-12-31"])
def test_a_day_far_from_any_record_is_said_at_the_field(counted: Counted, day: str) -> None:
    user = counted.user("somebody")
    user.groups.add(operators())
    answer = counted.signed_in(user).post("/chi-dao/ky-so-lieu/", {"area": "01@", "as_of": day, "why": ""})
    assert answer.status_code == 422 and not Reading.objects.exists()


def test_signs_that_nobody_sees_do_not_keep_a_reading_from_its_word_document(counted: Counted) -> None:
    freeze(counted.province, OCTOBER, at=now(), by=None)
    made = freeze(counted.province, OCTOBER, at=now(), by=None, why="Nhập sót\x01 một\x0blớp ")
    assert made.why == "Nhập sót một\nlớp" and made.files.filter(kind="docx").exists()


def test_of_two_readings_at_once_the_second_would_not_know_what_the_first_tells(counted: Counted) -> None:
    """Of other months and areas too: between them one person could be seen (decision 100)."""
    with (
        meanwhile("bdhvs_lms_attainment", lambda: freeze(counted.area, THEN, at=now(), by=None)),
        pytest.raises(ValidationError),
    ):
        freeze(counted.province, OCTOBER, at=now(), by=None)
    assert [one.area for one in Reading.objects.all()] == [counted.area]
    freeze(counted.province, OCTOBER, at=now(), by=None)


def test_the_command_freezes_the_month_before_once(counted: Counted) -> None:
    out = io.StringIO()
    call_command("freeze_reading", stdout=out)
    call_command("freeze_reading", stdout=out)
    reading = Reading.objects.get()
    assert (reading.area, reading.as_of, reading.made_by) == (counted.province, OCTOBER, None)
    assert "has reading 1 already" in out.getvalue()
    call_command("freeze_reading", "--why", "Nhập sót", stdout=out)
    assert Reading.objects.count() == 2


def test_a_reading_of_a_clock_that_ran_ahead_does_not_stand_in_the_way(counted: Counted, settings: Any) -> None:
    right = settings.BDHVS_TEST_CLOCK
    settings.BDHVS_TEST_CLOCK = (datetime.fromisoformat(right) + timedelta(days=40)).isoformat()
    call_command("freeze_reading", verbosity=0)
    assert Reading.objects.get().month == date(2025, 11, 1)
    settings.BDHVS_TEST_CLOCK = right
    made = freeze(counted.province, THEN, at=now(), by=None)
    assert made.number == 2 and "đồng hồ" in made.why
    with pytest.raises(ValidationError):
        freeze(counted.province, THEN, at=now(), by=None)
    call_command("freeze_reading", "--day", "2025-11-14", verbosity=0)
    assert Reading.objects.count() == 2


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "hôm nay"])
def test_the_command_refuses_days_far_from_any_record(counted: Counted, day: str) -> None:
    with pytest.raises(CommandError, match="Not a day"):
        call_command("freeze_reading", "--day", day, verbosity=0)
    assert not Reading.objects.exists()


def test_screen_csv_and_xlsx_agree_cell_by_cell(counted: Counted) -> None:
    counted.add_target("T3-2026", 2026)
    counted.add_rule(2026)
    reading = freeze(counted.province, THEN, at=now(), by=None)
    client = counted.steering(counted.province)
    above, table = csv_of(client.get(page("reading-file", reading, "csv")))
    assert xlsx_of(client.get(page("reading-file", reading, "xlsx"))) == (above, table)
    for key in ("01@", "10015@2025-07-01", "10030@2025-07-01"):
        [shown] = tables_of(client.get(page("reading", reading), {"dia-ban": key}))
        name = next(row["name"] for row in reading.frozen["rows"] if row["area"] == key)
        assert shown == [table[0][1:], *(row[1:] for row in table[1:] if row[0] == name)]


def test_two_readings_stand_beside_each_other(counted: Counted) -> None:
    survey = Indicator.objects.create(key="smartphone", label_vi="Điện thoại", source_kind="survey")
    counted.add_target("T4-2025", 2025, row=4, indicator=survey, operator=">=", quote_vi="85% có điện thoại")

    def asked(day: date, people: int, base: int) -> None:
        Figure.objects.create(
            indicator=survey, group=counted.group, area=counted.province, as_of=day, numerator=people, base=base,
            source="Thử", entered_at=now(),
        )  # fmt: skip

    asked(date(2025, 10, 2), 90, 100)
    first = freeze(counted.province, OCTOBER, at=now(), by=None)
    asked(date(2025, 11, 3), 700, 1000)
    counted.attain(counted.people(12))
    Denominator.objects.create(
        group=counted.group, area=counted.province, as_of=date(2025, 11, 1), value=160, source="Thử",
        entered_at=now(),
    )  # fmt: skip
    second = freeze(counted.province, THEN, at=now(), by=None)
    client = counted.steering(counted.province)
    [table] = tables_of(client.get(page("reading-compare", second), {"voi": str(first.uuid)}))
    assert table[1][0] == "T3-2025"
    assert table[0][1:3] == ["Đạt đến ngày 31/10/2025 (người)", "Đạt đến ngày 14/11/2025 (người)"]
    assert table[1][1:4] == ["0", "72", "+72"]
    assert table[2][0] == "T4-2025", "700 of 1,000 are not 610 more than 90 of 100"
    assert table[2][1:6] == ["90 (02/10/2025)", "700 (03/11/2025)", "–", "90,0 (02/10/2025)", "70,0 (03/11/2025)"]
    assert client.get(page("reading-compare", second), {"voi": "x"}).status_code == 400


def test_the_last_reading_is_public_where_it_is_switched_on(counted: Counted, settings: Any, client: Any) -> None:
    old = freeze(counted.province, OCTOBER, at=now(), by=None)
    reading = freeze(counted.province, THEN, at=now(), by=None)
    assert client.get("/so-lieu/").status_code == 404
    assert client.get(page("public-file", reading, "csv")).status_code == 404
    settings.BDHVS_PUBLIC_FIGURES = True
    shown = client.get("/so-lieu/")
    [table] = tables_of(shown)
    assert table[1][0] == "T3-2025"
    assert "kỳ 11/2025" in shown.content.decode()
    heading, cells = table[0], table[1]
    assert cells[heading.index("Số người đạt")] == "60" and cells[heading.index("Tỷ lệ (%)")] == "40"
    _lines, rows = csv_of(client.get(page("public-file", reading, "csv")))
    assert [row[heading.index("Số người đạt") + 1] for row in rows[1:]] == ["60", "40", "20"]
    assert [row[heading.index("Còn thiếu (người)") + 1] for row in rows[1:]] == ["70", "45", "25"], "68, 46, 23"
    assert "rounded" not in shown.content.decode() and "làm tròn đến 5" in shown.content.decode()
    assert client.get(page("public-file", old, "csv")).status_code == 404
    assert client.get(page("public-file", reading, "pdf")).status_code == 404
    # A voice that reads English is told where Vietnamese begins, in the heading and of the table.
    english = html_of(client.get("/en/figures/"))
    name = f'<span lang="vi">{counted.province.name}</span>'
    assert re.search(rf"<h2>[^<]*{name}", english) and re.search(rf"<caption[^>]*>[^<]*{name}", english)


def test_a_member_of_a_commune_reads_what_is_about_it(counted: Counted) -> None:
    first = freeze(counted.province, OCTOBER, at=now(), by=None)
    reading = freeze(counted.province, THEN, at=now(), by=None)
    client = counted.steering(counted.area)
    assert page("reading", reading) in client.get("/chi-dao/ky-so-lieu/").content.decode()
    shown = client.get(page("reading", reading))
    html = shown.content.decode()
    assert "Phường Thử" in html and "Xã Khác" not in html and "bao-cao" not in html and "SHA-256" not in html
    [table] = tables_of(shown)
    own = "10015@2025-07-01"
    for kind, read in (("csv", csv_of), ("xlsx", xlsx_of)):
        address = page("reading-file", reading, kind)
        assert f'href="{address}?dia-ban=10015%402025-07-01"' in html
        for query in ({}, {"dia-ban": own}):
            _above, rows = read(client.get(address, query))
            assert [row[0] for row in rows] == ["Địa bàn", "Phường Thử"]
            assert [row[1:] for row in rows] == table
    assert "Xã Khác" not in client.get(page("reading-compare", reading), {"voi": str(first.uuid)}).content.decode()
    for name, more in (("reading-report", ()), ("reading-report-file", ("docx",)), ("reading-file", ("pdf",))):
        assert client.get(page(name, reading, *more)).status_code == 404, name
    for area in ("10030@2025-07-01", "01@"):
        assert client.get(page("reading", reading), {"dia-ban": area}).status_code == 400
        assert client.get(page("reading-file", reading, "csv"), {"dia-ban": area}).status_code == 400
    stranger = counted.steering(counted.other_area, name="elsewhere")
    assert "Phường Thử" not in stranger.get(page("reading", reading)).content.decode()
