"""One reading that is made once for all: what it has, that it stays as it is, and who opens it."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

import pytest

from bdhvs_lms.base.api import now
from bdhvs_lms.base.append_only import AppendOnlyError
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.reporting.readings.actions import freeze
from bdhvs_lms.reporting.readings.models import ReadingFile
from tests.bdhvs_lms.reporting.conftest import NOW
from tests.bdhvs_lms.reporting.reading import tables_of, text_of
from tests.bdhvs_lms.reporting.test_readings import THEN, Counted, page
from tests.support.worlds import made_once

pytestmark = [pytest.mark.database, pytest.mark.django_db]


class Told(Counted):
    """With the reading."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.reading = freeze(self.province, THEN, at=datetime.fromisoformat(NOW), by=None)


made, _own = made_once(Told)


@pytest.fixture
def counted(stage: Told) -> Told:
    return stage


def test_a_reading_has_every_target_and_area_with_rule_and_denominator(counted: Told) -> None:
    reading = counted.reading
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


def test_its_files_are_the_same_a_year_later_whatever_was_corrected(counted: Told, settings: Any) -> None:
    reading = counted.reading
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


def test_what_is_frozen_cannot_be_written_again(counted: Told) -> None:
    reading = counted.reading
    reading.why = "khác"
    for act in (reading.save, reading.delete, reading.files.all().delete):
        with pytest.raises(AppendOnlyError):
            act()


def test_the_same_number_of_queries_for_any_number_of_areas(counted: Told, django_assert_max_num_queries: Any) -> None:
    reading = counted.reading
    client = counted.steering(counted.province)
    with django_assert_max_num_queries(16):
        client.get(page("reading", reading))
    with django_assert_max_num_queries(16):
        client.get("/chi-dao/ky-so-lieu/")


def test_nobody_else_opens_a_reading(counted: Told) -> None:
    reading = counted.reading
    elsewhere = counted.steering(Area.objects.create(code="99", name="Tỉnh Khác", kind="province"), name="elsewhere")
    commune = counted.steering(counted.other_area, name="commune")
    nobody = counted.signed_in(counted.user("nobody"))
    for name, more in (("reading", ()), ("reading-file", ("csv",)), ("reading-report", ()), ("reading-compare", ())):
        assert elsewhere.get(page(name, reading, *more)).status_code == 404
        assert nobody.get(page(name, reading, *more)).status_code == 403
    assert page("reading", reading) not in elsewhere.get("/chi-dao/ky-so-lieu/").content.decode()
    # The report is of the whole.
    assert commune.get(page("reading-report", reading)).status_code == 404


def test_where_todays_number_is_hidden_the_day_page_says_what_a_reading_told(counted: Told) -> None:
    """Two more pass after a reading: their number would be told. The next reading repeats no number of an old one."""
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
