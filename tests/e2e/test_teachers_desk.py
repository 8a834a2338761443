"""A teacher's evening on a telephone 360 pixels wide, without scripts: a new class, ten people, attendance of forty.
How many taps it takes, and that the class's four numbers follow."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.e2e.thumb import Thumb
from tests.support.live import Installation

CLOCK = "2026-11-15T19:40:00+07:00"
# Forty people who have agreed, in a class of the demonstration's teacher.
PREPARED = """
import json
from datetime import datetime
from django.contrib.auth import get_user_model
from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.base.api import CALENDAR
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.classes.api import ClassGroup, add_member, add_teacher, create_class
from bdhvs_lms.learners.api import register
at = datetime(2026, 11, 1, 19, tzinfo=CALENDAR)
first = ClassGroup.objects.order_by("pk").first()
group = create_class(name="Lớp bốn mươi", code="bon-muoi", course=first.course, area=first.area, starts=at.date(),
                     at=at, by=None)
add_teacher(group, get_user_model().objects.get(username="huongdan"), at=at, by=None, owner=True)
for number in range(40):
    learner = register(full_name=f"Nguyễn Văn {chr(65 + number % 20)}{number}", birth_year=1950 + number % 30, at=at,
                       area=first.area)
    record_consent(learner.actor, given=True, at=at)
    add_member(group, learner, at=at, by=None)
print(json.dumps({"class": str(group.uuid)}))
"""


def tiles(hand: Thumb) -> list[int]:
    """Needs help, not started, in progress, completed."""
    return [int(number) for number in re.findall(r"^(\d+)$", hand.phone.text("nav.tiles"), re.MULTILINE)]


def test_a_class_ten_people_and_attendance_of_forty(demo: Installation, browser: Any) -> None:
    made = json.loads(demo.python(PREPARED).splitlines()[-1])
    url = demo.serve(BDHVS_TEST_CLOCK=CLOCK).url
    hand = Thumb(browser, url, "huongdan")
    page = hand.phone.page
    counted: dict[str, int] = {}

    hand.phone.open("/day/")
    hand.tap("main a", has_text="Mở lớp mới")
    hand.type("#id_name", "Lớp tối thứ Bảy")
    hand.tap("main button.btn-primary")
    assert re.search(r"Mã lớp: \w{3}-\w{3}\.", hand.phone.text())
    counted["a class"] = hand.taps

    hand.tap("main a", has_text="Thêm người")
    for number in range(10):
        hand.type("#id_full_name", f"Lò Thị {chr(65 + number)}")
        hand.type("#id_birth_year", str(1950 + number))
        hand.tap("main button.btn-primary")
        assert "Đã thêm một người." in hand.phone.text()
    hand.tap("main a", has_text="Xong, về lớp")
    assert tiles(hand) == [0, 10, 0, 0]
    counted["ten people"] = hand.taps - sum(counted.values())

    hand.phone.open(f"/day/{made['class']}/")
    assert tiles(hand) == [0, 40, 0, 0]
    before = hand.taps
    hand.tap("main a", has_text="Điểm danh")
    hand.type("#id_time", "19:30")
    hand.tap("main button.btn-primary")
    boxes = page.locator("label.choice:has([name=here])")
    assert boxes.count() == 40
    assert boxes.first.bounding_box()["height"] >= 44
    for number in range(38):
        boxes.nth(number).click()
        hand.taps += 1
    hand.tap("main button.btn-primary")
    assert "38 người có mặt." in hand.phone.text()
    counted["attendance of forty, one by one"] = hand.taps - before

    # Corrected later: everybody ticked at once, two absent; and a lesson was watched together.
    before = hand.taps
    page.locator("main summary", has_text="Thẻ, phiếu").click()
    hand.taps += 1
    hand.tap("main a", has_text="Buổi học")
    hand.tap("main .card .act a")
    hand.tap("main a", has_text="Đánh dấu tất cả")
    for number in (0, 1):
        boxes.nth(number).click()
        hand.taps += 1
    page.locator("summary", has_text="cùng xem").click()
    page.locator("label.choice:has([name=watched])").first.click()
    hand.taps += 2
    hand.tap("main button.btn-primary")
    counted["corrected, and a lesson watched together"] = hand.taps - before
    # Whoever watched has begun.
    assert tiles(hand) == [0, 2, 38, 0]
    assert hand.phone.watched.problems == []
    assert counted["a class"] <= 4
    assert counted["ten people"] <= 33
    assert counted["attendance of forty, one by one"] <= 45
    assert counted["corrected, and a lesson watched together"] <= 10
