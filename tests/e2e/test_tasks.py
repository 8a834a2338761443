"""A practical task for ten people, on a teacher's telephone 360 pixels wide and without scripts: how many taps it
takes, and what the class's four numbers say afterwards."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.e2e.people import PHONE, Visitor
from tests.support.live import Installation

pytestmark = pytest.mark.thorough

CLOCK = "2025-11-15T10:00:00+07:00"
# Ten members who have begun nothing and have agreed; the task is all that the course asks for.
PREPARED = """
import json
from django.urls import reverse
from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.base.api import now
from bdhvs_lms.classes.api import ClassGroup, add_member
from bdhvs_lms.courses.models import Activity
from bdhvs_lms.learners.api import register
group = ClassGroup.objects.get(code="minh-hoa-1")
Activity.objects.filter(course=group.course).exclude(plugin="bdhvs_tasks").update(required=False)
Activity.objects.filter(course=group.course, plugin="bdhvs_tasks").update(required=True)
names = [f"Hoàng Thị {chr(65 + number)}" for number in range(10)]
for name in names:
    learner = register(full_name=name, birth_year=1958, at=now(), area=group.area)
    record_consent(learner.actor, given=True, at=now())
    add_member(group, learner, at=now(), by=None)
print(json.dumps({"class": reverse("bdhvs_lms:class-review", args=[group.uuid]), "names": names}))
"""
# Ten people, one item that one of them lacked (two taps more), the class's button and the one that records.
MOST_TAPS = 14


def tiles(visitor: Visitor) -> list[int]:
    return [int(text) for text in visitor.page.locator("main .choosing .tile b").all_inner_texts()]


class Thumb(Visitor):
    """A telephone in a hand whose taps are counted."""

    taps = 0

    def tap(self, target: Any, *, leads_on: bool = False) -> None:
        box = target.bounding_box()
        assert box is not None and box["height"] >= 44, box
        if leads_on:
            with self.page.expect_navigation():
                target.click()
        else:
            target.click()
        self.taps += 1
        assert self.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_task_for_ten_people_in_few_taps(demo: Installation, browser: Any) -> None:
    made = json.loads(demo.python(PREPARED, BDHVS_TEST_CLOCK=CLOCK).splitlines()[-1])
    teacher = Thumb(browser, demo.serve(BDHVS_TEST_CLOCK=CLOCK).url, "huongdan")
    page, names = teacher.page, made["names"]
    teacher.open(made["class"])
    before = tiles(teacher)
    teacher.tap(page.locator("main .acts a[href$='/thuc-hanh/']"), leads_on=True)
    assert page.locator("h1").inner_text() == "Tự tay làm: bảng cài đặt nhanh và chữ to"
    rows = {name: page.locator(".seen > li").filter(has_text=name) for name in names}
    for name in names:
        teacher.tap(rows[name].locator("> label"))
    lacking = rows[names[0]]
    teacher.tap(lacking.locator("summary"))
    teacher.tap(lacking.locator("details label", has_text="Bật được đèn pin rồi tắt đi"))
    teacher.tap(page.locator("main .main-action button"), leads_on=True)
    assert "Đã ghi: 10 người. Đạt: 9. Chưa đạt: 1." in teacher.text("main [role=status]")
    assert teacher.taps <= MOST_TAPS
    assert [name for name in names if page.locator("[aria-labelledby=passed] a", has_text=name).count()] == names[1:]
    assert "4/5 ý" in rows[names[0]].inner_text()

    # None of the ten is "not begun" any more: nine are done, and the one who lacked an item needs help.
    teacher.open(made["class"])
    after = tiles(teacher)
    assert sum(after) == sum(before)
    assert [now - then for then, now in zip(before, after, strict=True)] == [1, -10, 0, 9]

    # Recorded for the wrong item: corrected, the person is done as well.
    teacher.open(made["class"])
    teacher.press("main .acts a[href$='/thuc-hanh/']")
    page.locator(".seen > li").filter(has_text=names[0]).locator("summary").click()
    teacher.press(".seen > li a", has_text=names[0])
    teacher.press("main a[href*='/quan-sat/']")
    page.get_by_label("Bật được đèn pin rồi tắt đi").check()
    teacher.press("main .btn-primary")
    assert "Đã sửa." in teacher.text("main [role=status]")
    teacher.open(made["class"])
    assert [now - then for then, now in zip(before, tiles(teacher), strict=True)] == [0, -10, 0, 10]
    assert teacher.watched.problems == []
