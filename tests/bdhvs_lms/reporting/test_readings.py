"""Readings: frozen once, read for good, corrected by a further one; for who may see the area's board, and operators."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse

from bdhvs_lms.base.api import now
from bdhvs_lms.base.append_only import AppendOnlyError
from bdhvs_lms.campaign.api import Area, Denominator
from bdhvs_lms.reporting.readings.actions import freeze
from bdhvs_lms.reporting.readings.models import Reading, ReadingFile
from bdhvs_lms.roles import operators
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.bdhvs_lms.reporting.reading import csv_of, tables_of, text_of, xlsx_of
from tests.support.markup import html_of
from tests.support.meanwhile import meanwhile
from tests.support.worlds import made_once

pytestmark = [pytest.mark.database, pytest.mark.django_db]
OCTOBER, THEN = date(2025, 10, 31), date(2025, 11, 14)


def count() -> Stage:
    """60 people of the commune, 40 of whom pass, of 100; 30 elsewhere, 20 of whom pass."""
    stage = Stage()
    passed = stage.people(40)
    stage.people(20)
    elsewhere = stage.people(30, stage.other_area)
    stage.attain([*passed, *elsewhere[:20]])
    stage.count_everyone(100)
    stage.count_everyone(50, area=stage.other_area)
    stage.count_everyone(150, area=stage.province)
    return stage


made, _own = made_once(count)


@pytest.fixture
def counted(stage: Stage) -> Stage:
    return stage


def page(name: str, reading: Reading, *more: str) -> str:
    return reverse(f"bdhvs_lms:{name}", args=[reading.uuid, *more])


def test_a_reading_has_every_target_and_area_with_rule_and_denominator(counted: Any) -> None:
    reading = freeze(counted.province, THEN, at=now(), by=None)
    rows = {row["area"]: row for row in reading.frozen["rows"]}
    assert set(rows) == {"01@", "10015@2025-07-01", "10030@2025-07-01"}
    assert [(row["numerator"], row["base"], row["gap"]) for row in rows.values()] == [
        (60, 150, 68),
        (40, 100, 46),
        (20, 50, 23),
    ]
    assert rows["01@"]["denominator"] == {
        "source": "Công an xã", "as_of": "2025-10-01", "value": 150, "illustrative": False,
    }  # fmt: skip
    facts = reading.frozen["targets"]["plan/T3-2025"]
    assert (facts["rule"]["label"], facts["rule"]["number"], facts["rule"]["all_of"]) == (
        "Đạt cả hai năng lực", 1, ["A1", "A2"],
    )  # fmt: skip
    assert (reading.month, reading.number, reading.software) == (date(2025, 11, 1), 1, "0.1.0")


def test_its_files_are_the_same_a_year_later_whatever_was_corrected(counted: Any, settings: Any) -> None:
    reading = freeze(counted.province, THEN, at=now(), by=None)
    client = counted.steering(counted.province)
    before = {kind: client.get(page("reading-file", reading, kind)).content for kind in ("csv", "xlsx", "docx", "pdf")}
    looks = client.get(page("reading", reading)).content
    more = counted.people(30)
    counted.attain(more)
    counted.count_everyone(40, as_of=date(2025, 10, 2))
    counted.add_rule(2025, codes=["A1"], number=2)
    settings.BDHVS_TEST_CLOCK = "2026-11-15T10:00:00+07:00"
    client = counted.steering(counted.province, name="a year later")
    for kind, body in before.items():
        assert client.get(page("reading-file", reading, kind)).content == body
        assert ReadingFile.objects.get(reading=reading, kind=kind).sha256 == hashlib.sha256(body).hexdigest()
    assert tables_of(type("R", (), {"content": looks, "charset": "utf-8"})) == tables_of(
        client.get(page("reading", reading))
    )
    again = freeze(counted.province, THEN, at=now(), by=None, why="Công an xã báo lại dân số")
    assert again.frozen["rows"] != reading.frozen["rows"]


def test_what_is_frozen_cannot_be_written_again(counted: Any) -> None:
    reading = freeze(counted.province, THEN, at=now(), by=None)
    reading.why = "khác"
    for act in (reading.save, reading.delete, reading.files.all().delete):
        with pytest.raises(AppendOnlyError):
            act()


def test_a_correction_is_a_further_reading_that_says_why(counted: Any) -> None:
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


def test_a_day_to_come_is_refused_and_only_who_may_freezes(counted: Any) -> None:
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
def test_a_day_far_from_any_record_is_said_at_the_field(counted: Any, day: str) -> None:
    user = counted.user("somebody")
    user.groups.add(operators())
    answer = counted.signed_in(user).post("/chi-dao/ky-so-lieu/", {"area": "01@", "as_of": day, "why": ""})
    assert answer.status_code == 422 and not Reading.objects.exists()


def test_signs_that_nobody_sees_do_not_keep_a_reading_from_its_word_document(counted: Any) -> None:
    freeze(counted.province, OCTOBER, at=now(), by=None)
    made = freeze(counted.province, OCTOBER, at=now(), by=None, why="Nhập sót\x01 một\x0blớp ")
    assert made.why == "Nhập sót một\nlớp" and made.files.filter(kind="docx").exists()


def test_of_two_readings_at_once_the_second_would_not_know_what_the_first_tells(counted: Any) -> None:
    """Of other months and areas too: between them one person could be seen (decision 100)."""
    with (
        meanwhile("bdhvs_lms_attainment", lambda: freeze(counted.area, THEN, at=now(), by=None)),
        pytest.raises(ValidationError),
    ):
        freeze(counted.province, OCTOBER, at=now(), by=None)
    assert [one.area for one in Reading.objects.all()] == [counted.area]
    freeze(counted.province, OCTOBER, at=now(), by=None)


def test_the_command_freezes_the_month_before_once(counted: Any) -> None:
    out = io.StringIO()
    call_command("freeze_reading", stdout=out)
    call_command("freeze_reading", stdout=out)
    reading = Reading.objects.get()
    assert (reading.area, reading.as_of, reading.made_by) == (counted.province, OCTOBER, None)
    assert "has reading 1 already" in out.getvalue()
    call_command("freeze_reading", "--why", "Nhập sót", stdout=out)
    assert Reading.objects.count() == 2


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "hôm nay"])
def test_the_command_refuses_days_far_from_any_record(counted: Any, day: str) -> None:
    with pytest.raises(CommandError, match="Not a day"):
        call_command("freeze_reading", "--day", day, verbosity=0)
    assert not Reading.objects.exists()


def test_screen_csv_and_xlsx_agree_cell_by_cell(counted: Any) -> None:
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


def test_the_same_number_of_queries_for_any_number_of_areas(counted: Any, django_assert_max_num_queries: Any) -> None:
    reading = freeze(counted.province, THEN, at=now(), by=None)
    client = counted.steering(counted.province)
    with django_assert_max_num_queries(16):
        client.get(page("reading", reading))
    with django_assert_max_num_queries(16):
        client.get("/chi-dao/ky-so-lieu/")


def test_two_readings_stand_beside_each_other(counted: Any) -> None:
    first = freeze(counted.province, OCTOBER, at=now(), by=None)
    counted.attain(counted.people(12))
    Denominator.objects.create(
        group=counted.group, area=counted.province, as_of=date(2025, 11, 1), value=160, source="Thử",
        entered_at=now(),
    )  # fmt: skip
    second = freeze(counted.province, THEN, at=now(), by=None)
    client = counted.steering(counted.province)
    [table] = tables_of(client.get(page("reading-compare", second), {"voi": str(first.uuid)}))
    assert table[1][0] == "T3-2025"
    assert table[1][1:4] == ["0", "72", "+72"]
    assert client.get(page("reading-compare", second), {"voi": "x"}).status_code == 400


def test_nobody_else_opens_a_reading(counted: Any) -> None:
    reading = freeze(counted.province, THEN, at=now(), by=None)
    elsewhere = counted.steering(Area.objects.create(code="99", name="Tỉnh Khác", kind="province"), name="elsewhere")
    commune = counted.steering(counted.other_area, name="commune")
    nobody = counted.signed_in(counted.user("nobody"))
    for name, more in (("reading", ()), ("reading-file", ("csv",)), ("reading-report", ()), ("reading-compare", ())):
        assert elsewhere.get(page(name, reading, *more)).status_code == 404
        assert nobody.get(page(name, reading, *more)).status_code == 403
    assert page("reading", reading) not in elsewhere.get("/chi-dao/ky-so-lieu/").content.decode()
    # The report is of the whole.
    assert commune.get(page("reading-report", reading)).status_code == 404


def test_the_last_reading_is_public_where_it_is_switched_on(counted: Any, settings: Any, client: Any) -> None:
    old = freeze(counted.province, OCTOBER, at=now(), by=None)
    reading = freeze(counted.province, THEN, at=now(), by=None)
    assert client.get("/so-lieu/").status_code == 404
    assert client.get(page("public-file", reading, "csv")).status_code == 404
    settings.BDHVS_PUBLIC_FIGURES = True
    shown = client.get("/so-lieu/")
    [table] = tables_of(shown)
    assert table[1][0] == "T3-2025"
    assert "kỳ 11/2025" in shown.content.decode()
    stored = reading.files.get(kind="csv")
    assert client.get(page("public-file", reading, "csv")).content == bytes(stored.content)
    assert client.get(page("public-file", old, "csv")).status_code == 404
    # A voice that reads English is told where Vietnamese begins, in the heading and of the table.
    english = html_of(client.get("/en/figures/"))
    name = f'<span lang="vi">{counted.province.name}</span>'
    assert re.search(rf"<h2>[^<]*{name}", english) and re.search(rf"<caption[^>]*>[^<]*{name}", english)


def test_a_member_of_a_commune_reads_what_is_about_it(counted: Any) -> None:
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


def test_where_todays_number_is_hidden_the_day_page_says_what_a_reading_told(counted: Any) -> None:
    """Two more pass after a reading: their number would be told. The next reading repeats no number of an old one."""
    freeze(counted.province, THEN, at=now(), by=None)
    client = counted.steering(counted.area)
    told = "Kỳ số liệu đến hết ngày 14/11/2025: 40 người đạt"
    assert told not in text_of(client.get("/chi-dao/?nam=2025").content.decode())
    counted.attain(counted.people(2))
    for address in ("/chi-dao/?nam=2025", "/chi-dao/plan/T3-2025/"):
        page_text = text_of(client.get(address).content.decode())
        assert told in page_text and "Không hiển thị" in page_text, address
        assert "42 người" not in page_text
    assert "40 people achieved it" in text_of(client.get("/en/steering/?nam=2025").content.decode())
    of_all = text_of(counted.steering(counted.province, name="all").get("/chi-dao/plan/T3-2025/").content.decode())
    assert told in of_all and "Phường Thử" in of_all
    # Another area's member is told nothing of it.
    stranger = counted.steering(counted.other_area, name="elsewhere")
    assert told not in text_of(stranger.get("/chi-dao/?nam=2025").content.decode())
    reading = freeze(counted.province, THEN, at=now(), by=None, why="hai người nữa")
    own = next(row for row in reading.frozen["rows"] if row["area"].startswith("10015"))
    assert own["numerator"] is None and "Kỳ số liệu" not in str(reading.frozen["rows"])
