"""The committee's board and its files where much is known: of 2,920 people 1,240 pass, beside a survey and a rank."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.base.api import now
from bdhvs_lms.campaign.api import Area, Figure, Indicator
from bdhvs_lms.reporting.readings.actions import freeze
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.bdhvs_lms.reporting.reading import csv_of, of_reading, tables_of, text_of
from tests.support.markup import html_of
from tests.support.planner import look_at_tables
from tests.support.world import T0
from tests.support.worlds import made_once

pytestmark = pytest.mark.database

HEAD = [
    "Mã",
    "Chỉ tiêu (nguyên văn)",
    "Chỉ tiêu giao",
    "Tổng số người thuộc đối tượng (nguồn, ngày)",
    "Đang học (30 ngày qua)",
    "Đã từng học, chưa đạt",
    "Số người đạt",
    "Trong đó: đã được xác nhận",
    "Tỷ lệ (%)",
    "So với chỉ tiêu",
    "Còn thiếu (người)",
    "Đánh giá",
    "Ghi chú",
]
QUOTE = "Trên 85% người dân trong độ tuổi trưởng thành"


def filled() -> Stage:
    """1,240 of 2,920 pass, 6 are confirmed, 9 are learning; a survey and a rank beside it, and the next year's rule."""
    stage = Stage()
    stage.attain(stage.people(6), confirmed_at=T0 + timedelta(days=30))
    stage.attain(stage.people(1234), confirmed_at=None)
    stage.evidence(stage.people(9), stage.a1, at=T0)
    stage.count_everyone(2920, illustrative=True)
    survey = Indicator.objects.create(key="smartphone", label_vi="Điện thoại", source_kind="survey")
    rank = Indicator.objects.create(key="rank", label_vi="Thứ hạng", source_kind="external")
    stage.add_target("T4-2025", 2025, row=4, indicator=survey, operator=">=", quote_vi="85% có điện thoại")
    stage.add_target(
        "T6-2025", 2025, row=6, indicator=rank, measure="rank", operator="<=", value=Decimal(10),
        measurable=False, reason_vi="Không còn cấp huyện.", quote_vi="Nhóm 10 dẫn đầu",
    )  # fmt: skip
    stage.add_target("T3-2026", 2026, operator="=", value=Decimal(100))
    stage.add_rule(2026, level=2)
    for indicator, numbers in ((survey, {"percent": Decimal("84.96")}), (stage.indicator, {"numerator": 900})):
        Figure.objects.create(
            indicator=indicator, group=stage.group, area=stage.area, as_of=date(2025, 10, 2),
            source="=Cục Thống kê", entered_at=T0, **numbers,
        )  # fmt: skip
    look_at_tables()
    return stage


made, _own = made_once(filled)


def test_the_board_has_its_columns_and_files_hold_the_same_cell_by_cell(stage: Stage) -> None:
    client = stage.steering()
    (table,) = tables_of(client.get("/chi-dao/"))
    assert table == [
        HEAD,
        [
            "T3-2025", QUOTE, "trên 85%", "2.920 (Công an xã, 01/10/2025)", "0", "9", "1.240", "6", "42,4",
            "thấp hơn 42,6 điểm phần trăm", "1.243", "Chưa đạt",
            "SỐ LIỆU MINH HỌA – KHÔNG DÙNG ĐỂ BÁO CÁO. "
            "Số do nơi khác cung cấp, không cộng vào: 900 người (=Cục Thống kê, ngày 02/10/2025).",
        ],
        [
            "T4-2025", "85% có điện thoại", "từ 85% trở lên", "2.920 (Công an xã, 01/10/2025)", "–", "–",
            "Chưa có số liệu", "–", "84,96", "thấp hơn 0,1 điểm phần trăm", "–", "Chưa đạt",
            "SỐ LIỆU MINH HỌA – KHÔNG DÙNG ĐỂ BÁO CÁO. Số liệu điều tra: =Cục Thống kê, ngày 02/10/2025. "
            "Nguồn chỉ cho tỷ lệ, không cho số người.",
        ],
        [
            "T6-2025", "Nhóm 10 dẫn đầu", "trong nhóm 10 dẫn đầu", "–", "–", "–", "–", "–", "–", "–", "–",
            "Không đo được theo đúng văn bản",
            "SỐ LIỆU MINH HỌA – KHÔNG DÙNG ĐỂ BÁO CÁO. Không còn cấp huyện.",
        ],
    ]  # fmt: skip
    # Files are a reading's: of the same moment they hold the same.
    reading = freeze(stage.province, date(2025, 11, 15), at=now(), by=None)
    (every,) = tables_of(client.get("/chi-dao/?nam=tat-ca&dia-ban=10015@2025-07-01"))
    for kind in ("csv", "xlsx"):
        assert of_reading(client, reading, "10015@2025-07-01", kind) == every
    assert [row[0] for row in tables_of(client.get("/chi-dao/?nam=tat-ca"))[0][1:]] == [
        "T3-2025", "T4-2025", "T6-2025", "T3-2026",
    ]  # fmt: skip
    response = client.get("/chi-dao/bang.xlsx", follow=True)
    assert response["Content-Disposition"] == 'attachment; filename="ky-so-lieu-10015-2025-11-1.xlsx"'
    assert "SỐ LIỆU MINH HỌA – KHÔNG DÙNG ĐỂ BÁO CÁO" in csv_of(client.get("/chi-dao/bang.csv", follow=True))[0]


def test_the_boards_files_are_those_of_the_last_reading(stage: Stage) -> None:
    client = stage.steering(stage.province)
    page = client.get("/chi-dao/")
    assert "Chưa có tệp để tải về" in text_of(html_of(page)) and ".xlsx" not in html_of(page)
    assert client.get("/chi-dao/bang.csv").headers["Location"] == "/chi-dao/ky-so-lieu/"
    reading = freeze(stage.province, date(2025, 10, 31), at=now(), by=None)
    file = f"/chi-dao/ky-so-lieu/{reading.uuid}/so-lieu.csv"
    for address in ("/chi-dao/", "/chi-dao/plan/T3-2025/"):
        html = html_of(client.get(address))
        assert f'href="{file}"' in html and "số liệu đến hết ngày 31/10/2025" in text_of(html)
        own = html_of(client.get(f"{address}?dia-ban=10015@2025-07-01"))
        assert f'href="{file}?dia-ban=10015%402025-07-01"' in own
    assert client.get("/chi-dao/bang.csv").headers["Location"] == file
    # What is learned today is in no file, however often it is asked for.
    before = client.get(file).content
    stage.attain(stage.people(30))
    assert client.get("/chi-dao/bang.csv", follow=True).content == before
    for gone in ("plan/T3-2025/dia-ban.csv", "plan/T3-2025/theo-thang.xlsx"):
        assert client.get(f"/chi-dao/{gone}").status_code == 404


def test_a_card_on_a_telephone_leaves_out_what_is_not_asked(stage: Stage) -> None:
    """On a desk a dash keeps the column; a card has no columns, and the style hides empty cells and dashes there."""
    html = html_of(stage.steering().get("/chi-dao/"))
    cells = re.findall(r'<td role="cell" data-title="[^"]+" class="([^"]+)">(.*?)</td>', html, re.DOTALL)
    assert len(cells) == 3 * 12
    assert {text_of(html) for names, html in cells if "none" in names.split()} == {"–"}
    assert [names for names, html in cells if text_of(html) == "–" and "none" not in names.split()] == []


def test_each_share_has_a_picture_with_the_same_number(stage: Stage) -> None:
    html = html_of(stage.steering().get("/chi-dao/"))
    titles = re.findall(r'<svg class="bullet"[^>]*role="img"[^>]*><title[^>]*>([^<]+)</title>', html)
    assert titles == ["42,4% so với chỉ tiêu 85%", "84,96% so với chỉ tiêu 85%"]
    assert re.findall(r'class="bullet-share"[^>]*width="([^"]+)"', html) == ["42.4", "84.96"]


def test_the_board_in_english_marks_what_is_vietnamese(stage: Stage) -> None:
    response = stage.steering().get("/en/steering/?nam=2025")
    (table,) = tables_of(response)
    assert table[1][6:12] == ["1,240", "6", "42.4", "42.6 percentage points below", "1,243", "Not met"]
    assert table[1][3] == "2,920 (Công an xã, 1 October 2025)"
    html = html_of(response)
    assert f'<span lang="vi">{QUOTE}</span>' in html
    assert '(<span lang="vi">Công an xã</span>, 1 October 2025)' in html


def test_the_basis_names_rule_framework_and_every_total(stage: Stage) -> None:
    stage.count_everyone(2900, as_of=date(2025, 8, 1))
    text = text_of(html_of(stage.steering().get("/chi-dao/plan/T3-2025/")))
    for words in (
        "Đạt cả hai năng lực",
        "từ trình độ “Sử dụng được” trở lên",
        "A1 Năng lực một",
        "A2 Năng lực hai",
        "Đạt ít nhất một bài kiểm tra do hệ thống chấm",
        "Khung thử",
        "01/10/2025: 2.920",
        "01/08/2025: 2.900",
        "02/10/2025: 900 người",
        "Kế hoạch thử",
    ):
        assert words in text, words


def test_the_board_costs_the_same_for_any_number_of_areas_and_learners(stage: Stage) -> None:
    client = stage.steering(stage.province)
    counts = []
    for round_ in range(2):
        for number in range(round_ * 12):
            village = Area.objects.create(
                code=f"T{number}", name=f"Thôn {number}", kind="village", parent=stage.other_area
            )
            stage.attain(stage.people(3, village))
        for address in ("/chi-dao/?nam=tat-ca", "/chi-dao/?tim=thon", "/chi-dao/plan/T3-2025/"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            counts.append(len(queries))
    assert counts[:3] == counts[3:]
    # One of them asks which readings there are.
    assert max(counts) <= 25


def test_reading_helpers_see_a_difference(stage: Stage, settings: Any) -> None:
    """The comparison above compares something: a page with other numbers reads otherwise."""
    client = stage.steering()
    before = tables_of(client.get("/chi-dao/"))
    stage.attain(stage.people(5))
    after = tables_of(client.get("/chi-dao/"))
    assert [old != new for old, new in zip(before[0], after[0], strict=True)] == [False, True, False, False]
