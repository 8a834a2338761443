"""Lists of confirmations on VNeID: previewed, imported all at once or not at all, beside ours and never added."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.base.api import Preview, apply_import, preview_import
from bdhvs_lms.competency.api import Attainment, VneidConfirmation, vneid_of
from bdhvs_lms.competency.confirming.vneid import VneidImporter
from bdhvs_lms.learners.api import Learner, register
from bdhvs_lms.roles import operators
from tests.bdhvs_lms.learners.making import AT, Land, make_land
from tests.support.loops import for_each
from tests.support.markup import html_of

pytestmark = pytest.mark.django_db
LIST = "/quan-tri/lop-hoc/vneid/"
HEAD = "Họ và tên;Năm sinh;Nơi ở;Xã/phường;Đã xác nhận trên VNeID;Ngày xác nhận;Tính đến ngày;Nguồn"
NOW = datetime(2025, 11, 15, 3, tzinfo=UTC)
SOURCE = "Công an phường, 30/9/2025"


@pytest.fixture
def land(settings: Any) -> Land:
    settings.BDHVS_TEST_CLOCK = "2025-11-15T10:00:00+07:00"
    return make_land()


@pytest.fixture
def lan(land: Land) -> Learner:
    return register(full_name="Nguyễn Thị Lan", birth_year=1960, area=land.village, at=AT)


def lines(*rows: str) -> bytes:
    return "\n".join((HEAD, *rows)).encode()


def line(name: str = "Nguyễn Thị Lan", year: str = "1960", place: str = "", **more: str) -> str:
    said, on, as_of = more.get("said", ""), more.get("on", ""), more.get("as_of", "30/09/2025")
    return ";".join((name, year, place, "", said, on, as_of, SOURCE))


def preview(*rows: str) -> Preview:
    return preview_import(VneidImporter, lines(*rows), at=NOW)


def applied(*rows: str) -> Preview:
    return apply_import(VneidImporter, lines(*rows), at=NOW, by=None)


def errors(*rows: str) -> list[str]:
    found = preview(*rows)
    assert not VneidConfirmation.objects.exists()
    return [finding.text for finding in found.errors]


def test_a_line_is_kept_with_its_source_and_days_and_touches_nothing_of_ours(lan: Learner) -> None:
    done = applied(line(on="15/09/2025"))
    assert done.applied and len(done.new) == 1
    row = VneidConfirmation.objects.get()
    assert (row.learner, row.confirmed, row.confirmed_on) == (lan, True, date(2025, 9, 15))
    assert (row.as_of, row.source) == (date(2025, 9, 30), SOURCE)
    assert not Attainment.objects.exists()


def test_the_same_file_again_is_no_news_and_a_later_one_speaks(lan: Learner) -> None:
    applied(line())
    assert [row.state for row in applied(line()).planned] == ["same"]
    applied(line(said="không", as_of="31/10/2025"))
    assert VneidConfirmation.objects.count() == 2
    assert not vneid_of([lan])[lan.pk].confirmed


def test_nobody_who_is_not_on_record_is_kept(lan: Learner) -> None:
    found = applied(line(), line("Trần Văn Lạ", "1970"))
    assert found.applied and VneidConfirmation.objects.count() == 1
    assert [note.text for note in found.notes] == ["Không có ai trên hệ thống mang họ tên và năm sinh này: bỏ qua."]


def test_two_of_one_name_and_year_are_told_apart_by_where_they_live_or_not_at_all(land: Land, lan: Learner) -> None:
    register(full_name="Nguyễn Thị Lan", birth_year=1960, area=land.south, at=AT)
    assert errors(line()) == ["2 người trên hệ thống có họ tên và năm sinh này. Hãy ghi thêm nơi ở."]
    applied(line(place=land.north.name))
    assert VneidConfirmation.objects.get().learner == lan


def test_whoever_may_be_somebody_else_stops_the_file(lan: Learner) -> None:
    assert len(errors(line("Nguyễn Thị Lán"))) == 1
    register(full_name="Lê Tám", at=AT)
    assert len(errors(line("Lê Tám", "1950"))) == 1


@for_each(
    "row",
    [
        line(as_of="16/11/2025"),
        line(on="01/10/2025"),
        line(said="có lẽ"),
        line(year=""),
        line(as_of=""),
        f"{line()}\n{line()}",
    ],
)
def test_what_cannot_be_stops_the_whole_file(lan: Learner, row: str) -> None:
    assert errors(row)


def test_an_operator_looks_first_and_then_says_yes_from_a_workbook_too(lan: Learner) -> None:
    user = get_user_model().objects.create_user("officer")
    user.groups.add(operators())
    client = Client()
    client.force_login(user)
    made = BytesIO()
    book = xlsxwriter.Workbook(made)
    sheet = book.add_worksheet()
    for number, row in enumerate((HEAD, line())):
        sheet.write_row(number, 0, row.split(";"))
    book.close()
    shown = client.post(f"{LIST}import/", {"file": SimpleUploadedFile("vneid.xlsx", made.getvalue())})
    page = html_of(shown)
    assert "Nguyễn Thị Lan, 1960" in page and "đã xác nhận trên VNeID" in page
    assert not VneidConfirmation.objects.exists()
    content = shown.context["content"]
    assert client.post(f"{LIST}import/", {"content": content}).status_code == 302
    assert VneidConfirmation.objects.get().entered_by == user
    assert "Nguyễn Thị Lan" in html_of(client.get(LIST))
    assert set(AccessLog.objects.values_list("page", flat=True)) == {"vneid-import", "vneid"}
