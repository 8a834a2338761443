"""The plan's 14 targets by both years' rules, worked out by hand, as a member reads them: on the board, on the page of

each target and in the files of the reading of that day. Who the people are and what they do: `plan_by_hand.py`.

T3-2025 of the district, for example. On 20/06/2025 passed a b c d g h i j l m: 40 + 10 + 10 + 10 + 10 + 20 + 30 + 10 +
20 + 10 = 170 of 200, which is 85 % and not over it; e and k have begun. On 15/11/2025 without d, whose results were
voided: 160. Of b and c, who were confirmed, c was revoked: still achieved. g moved from the ward to Phú Nghĩa, j and k
were found to live in Trần Phú and Xuân Mai, l and m wait. f passed five days after the year and never counts in it;
m was placed a month after the year and waits for good in 2025. In 2026 another rule: h alone, e has begun anew.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from bdhvs_lms.base.api import now
from bdhvs_lms.campaign.api import Area, SteeringAssignment
from bdhvs_lms.competency.api import fill
from bdhvs_lms.reporting.readings.actions import freeze
from tests.bdhvs_lms.reporting.plan_by_hand import District
from tests.bdhvs_lms.reporting.reading import Texts, csv_of, tables_of, xlsx_of

pytestmark = pytest.mark.django_db

# ? Chưa có số liệu · - nothing to count · ! Không đo được theo đúng văn bản · + Đạt · x Chưa đạt
SIGNS = {"?": "Chưa có số liệu", "-": "–", "!": "Không đo được theo đúng văn bản", "+": "Đạt", "x": "Chưa đạt"}
SIGNS["2/6"] = "Mới có 2/6 đơn vị báo cáo"
COLUMNS = (
    "Tổng số người thuộc đối tượng (nguồn, ngày)",
    "Đã từng học, chưa đạt",
    "Số người đạt",
    "Trong đó: đã được xác nhận",
    "Tỷ lệ (%)",
    "Còn thiếu (người)",
    "Đánh giá",
)

EXPECTED = {
    # The district is there; two towns are urban.
    "2025-06-20": """
                  |         | counted | begun | achieved | confirmed | share | gap |
Huyện Chương Mỹ   | T1-2025 |      50 |    10 |       40 |        10 |  80,0 |   8 | x
Huyện Chương Mỹ   | T2-2025 |      50 |     0 |       40 |         0 |  80,0 |  10 | x
Huyện Chương Mỹ   | T3-2025 |     200 |    20 |      170 |        20 |  85,0 |   1 | x
Huyện Chương Mỹ   | T4-2025 |     200 |     - |        ? |         - |     ? |   - | ?
Huyện Chương Mỹ   | T5-2025 |     120 |     - |       60 |         - |  50,0 |   - | x
Huyện Chương Mỹ   | T6-2025 |       - |     - |        - |         - |     - |   - | !
Huyện Chương Mỹ   | T7-2025 |      40 |     0 |       20 |         0 |  50,0 |  12 | x
Huyện Chương Mỹ   | T1-2026 |      50 |     0 |        0 |         0 |   0,0 |  50 | x
Huyện Chương Mỹ   | T2-2026 |     110 |     0 |        0 |         0 |   0,0 | 110 | x
Huyện Chương Mỹ   | T3-2026 |     200 |     0 |        0 |         0 |   0,0 | 200 | x
Huyện Chương Mỹ   | T4-2026 |     200 |     - |        ? |         - |     ? |   - | ?
Huyện Chương Mỹ   | T5-2026 |     120 |     - |       60 |         - |  50,0 |   - | ?
Huyện Chương Mỹ   | T6-2026 |       - |     - |        - |         - |     - |   - | !
Huyện Chương Mỹ   | T7-2026 |      40 |     0 |        0 |         0 |   0,0 |  40 | x
Thị trấn Chúc Sơn | T1-2025 |       ? |    10 |       30 |         0 |     ? |   - | ?
Thị trấn Xuân Mai | T1-2025 |       ? |     0 |       10 |        10 |     ? |   - | ?
Xã Trần Phú       | T2-2025 |       ? |     0 |       40 |         0 |     ? |   - | ?
Thị trấn Chúc Sơn | T3-2025 |      90 |    10 |       80 |        20 |  88,8 |   0 | +
Xã Phụng Châu     | T3-2025 |       ? |     0 |       20 |         0 |     ? |   - | ?
Thị trấn Xuân Mai | T3-2025 |       ? |     0 |       30 |         0 |     ? |   - | ?
Xã Tân Tiến       | T3-2025 |      50 |    10 |       40 |         0 |  80,0 |   3 | x
Xã Phú Nghĩa      | T3-2025 |       ? |     0 |        0 |         0 |     ? |   - | ?
Xã Phú Nghĩa      | T7-2025 |       ? |     0 |       20 |         0 |     ? |   - | ?
""",
    # 28 units became six, of which the ward alone is urban; Tân Tiến was split.
    "2025-11-15": """
                  |         | counted | begun | achieved | confirmed | share | gap |
Huyện Chương Mỹ   | T1-2025 |      50 |    10 |       40 |        10 |  80,0 |   8 | x
Huyện Chương Mỹ   | T2-2025 |      50 |     0 |       40 |         0 |  80,0 |  10 | x
Huyện Chương Mỹ   | T3-2025 |     200 |    20 |      160 |        10 |  80,0 |  11 | x
Huyện Chương Mỹ   | T4-2025 |     200 |     - |      176 |         - |  88,0 |   - | +
Huyện Chương Mỹ   | T5-2025 |      90 |     - |       50 |         - |  55,5 |   - | +
Huyện Chương Mỹ   | T6-2025 |       - |     - |        - |         - |     - |   - | !
Huyện Chương Mỹ   | T7-2025 |      40 |     0 |       20 |         0 |  50,0 |  12 | x
Huyện Chương Mỹ   | T1-2026 |      50 |     0 |        0 |         0 |   0,0 |  50 | x
Huyện Chương Mỹ   | T2-2026 |     110 |     0 |        0 |         0 |   0,0 | 110 | x
Huyện Chương Mỹ   | T3-2026 |     200 |     0 |        0 |         0 |   0,0 | 200 | x
Huyện Chương Mỹ   | T4-2026 |     200 |     - |        ? |         - |     ? |   - | ?
Huyện Chương Mỹ   | T5-2026 |      90 |     - |       50 |         - |  55,5 |   - | ?
Huyện Chương Mỹ   | T6-2026 |       - |     - |        - |         - |     - |   - | !
Huyện Chương Mỹ   | T7-2026 |      40 |     0 |        0 |         0 |   0,0 |  40 | x
Phường Chương Mỹ  | T1-2025 |      40 |    10 |       30 |         0 |  75,0 |   9 | x
Xã Xuân Mai       | T1-2025 |      10 |     0 |       10 |        10 | 100,0 |   0 | +
Xã Trần Phú       | T2-2025 |       ? |     0 |       40 |         0 |     ? |   - | ?
Phường Chương Mỹ  | T3-2025 |      90 |    10 |       80 |        10 |  88,8 |   0 | +
Xã Xuân Mai       | T3-2025 |      40 |    10 |       30 |         0 |  75,0 |   5 | x
Xã Phú Nghĩa      | T3-2025 |      30 |     0 |       10 |         0 |  33,3 |  16 | x
Xã Trần Phú       | T3-2025 |      20 |     0 |       10 |         0 |  50,0 |   8 | x
waiting           | T3-2025 |       ? |     0 |       30 |         0 |     ? |   - | ?
Phường Chương Mỹ  | T4-2025 |      90 |     - |       80 |         - |  88,8 |   - | +
Xã Phú Nghĩa      | T4-2025 |      30 |     - |       24 |         - |  80,0 |   - | x
Xã Phú Nghĩa      | T7-2025 |       ? |     0 |       20 |         0 |     ? |   - | ?
Xã Quảng Bị       | T3-2025 |       ? |     ? |        ? |         ? |     ? |   - | ?
""",
    # 2025 stands as it was on 31/12/2025; two of six units have asked about telephones in 2026.
    "2026-11-15": """
                  |         | counted | begun | achieved | confirmed | share | gap |
Huyện Chương Mỹ   | T1-2025 |      50 |    10 |       40 |        10 |  80,0 |   8 | x
Huyện Chương Mỹ   | T2-2025 |      50 |     0 |       40 |         0 |  80,0 |  10 | x
Huyện Chương Mỹ   | T3-2025 |     200 |    20 |      160 |        10 |  80,0 |  11 | x
Huyện Chương Mỹ   | T4-2025 |     200 |     - |      176 |         - |  88,0 |   - | +
Huyện Chương Mỹ   | T5-2025 |      90 |     - |       50 |         - |  55,5 |   - | +
Huyện Chương Mỹ   | T6-2025 |       - |     - |        - |         - |     - |   - | !
Huyện Chương Mỹ   | T7-2025 |      40 |     0 |       20 |         0 |  50,0 |  12 | x
Huyện Chương Mỹ   | T1-2026 |      50 |     0 |       30 |         0 |  60,0 |  20 | x
Huyện Chương Mỹ   | T2-2026 |     110 |     0 |      100 |         0 |  90,9 |  10 | x
Huyện Chương Mỹ   | T3-2026 |     250 |    10 |       20 |         0 |   8,0 | 230 | x
Huyện Chương Mỹ   | T4-2026 |     120 |     - |       88 |         - |  73,3 |   - | 2/6
Huyện Chương Mỹ   | T5-2026 |      90 |     - |       50 |         - |  55,5 |   - | ?
Huyện Chương Mỹ   | T6-2026 |       - |     - |        - |         - |     - |   - | !
Huyện Chương Mỹ   | T7-2026 |      40 |     0 |       10 |         0 |  25,0 |  30 | x
waiting           | T3-2025 |       ? |     0 |       30 |         0 |     ? |   - | ?
Phường Chương Mỹ  | T1-2026 |      40 |     0 |       30 |         0 |  75,0 |  10 | x
Phường Chương Mỹ  | T2-2026 |      60 |     0 |       50 |         0 |  83,3 |  10 | x
Xã Trần Phú       | T2-2026 |       ? |     0 |       50 |         0 |     ? |   - | ?
Phường Chương Mỹ  | T3-2026 |      90 |    10 |       20 |         0 |  22,2 |  70 | x
Xã Xuân Mai       | T3-2026 |      40 |     0 |        0 |         0 |   0,0 |  40 | x
waiting           | T3-2026 |       ? |     0 |        0 |         0 |     ? |   - | ?
Phường Chương Mỹ  | T4-2026 |      90 |     - |       72 |         - |  80,0 |   - | x
Phường Chương Mỹ  | T5-2026 |      90 |     - |       45 |         - |  50,0 |   - | x
Xã Phú Nghĩa      | T7-2026 |       ? |     0 |       10 |         0 |     ? |   - | ?
""",
}
WAITING = "Chưa xác định xã mới (Huyện Chương Mỹ)"


def expected(day: str) -> dict[tuple[str, str], list[str]]:
    """(area, target) to what stands in `COLUMNS`."""
    _head, *rows = ([cell.strip() for cell in line.split("|")] for line in EXPECTED[day].strip().splitlines())
    return {
        (WAITING if area == "waiting" else area, key): [SIGNS.get(one, one) for one in row] for area, key, *row in rows
    }


def picked(table: Texts, *names: str) -> dict[tuple[str, ...], list[str]]:
    """Of each row the cells in `names` to those in `COLUMNS`; of the population its number alone."""
    head, *rows = table
    found = {}
    for row in rows:
        cells = dict(zip(head, row, strict=True))
        cells[COLUMNS[0]] = cells[COLUMNS[0]].split(" (")[0]
        found[tuple(cells[name] for name in names)] = [cells[name] for name in COLUMNS]
    return found


class Member:
    """A member of the district's committee."""

    def __init__(self, area: Area) -> None:
        user = User.objects.create_user("member")
        SteeringAssignment.objects.create(user=user, area=area)
        self.client = Client()
        self.user = user

    def tables(self, address: str) -> dict[str, Texts]:
        """The page's tables by their first column."""
        self.client.force_login(self.user)
        return {table[0][0]: table for table in tables_of(self.client.get(address))}


def test_the_board_a_targets_page_and_the_readings_files_say_what_was_worked_out_by_hand(settings: Any) -> None:
    district = District()
    member = Member(district.area)
    for day in EXPECTED:
        district.goes_on(day)
        # The first day is counted from attainments, the others from the rows that were filled.
        settings.BDHVS_TEST_CLOCK = f"{day}T10:00:00+07:00"
        by_hand = expected(day)
        named = {key: row for key, row in by_hand.items() if key[0] == district.area.name}
        assert len(named) == 14

        board = picked(member.tables("/chi-dao/?nam=tat-ca")["Mã"], "Mã")
        assert board == {(key,): row for (_area, key), row in named.items()}, day

        for target in {key for area, key in by_hand if area != district.area.name}:
            page = member.tables(f"/chi-dao/kh02-chuongmy-2025/{target}/?nam=tat-ca")
            assert picked(page["Mã"], "Mã") == {(target,): named[district.area.name, target]}
            below = picked(page["Địa bàn"], "Địa bàn")
            for (area, key), row in by_hand.items():
                if key == target and area != district.area.name:
                    shown = "Chưa xác định xã mới" if area == WAITING else area
                    assert below[(shown,)] == row, (day, area, key)

        reading = freeze(district.area, date.fromisoformat(day), at=now(), by=None)
        files = f"/chi-dao/ky-so-lieu/{reading.uuid}/so-lieu"
        _above, table = csv_of(member.client.get(f"{files}.csv"))
        assert xlsx_of(member.client.get(f"{files}.xlsx"))[1] == table
        frozen = picked(table, "Địa bàn", "Mã")
        assert {key: frozen[key] for key in by_hand} == by_hand, day
        fill()
