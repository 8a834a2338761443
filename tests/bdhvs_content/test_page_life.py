"""What moving, copying, unpublishing and deleting a page does to results that people already have."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest

from bdhvs_content.api import read_lesson
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.classes.api import ClassGroup, Membership
from bdhvs_lms.courses.api import Course, activity
from bdhvs_lms.reporting.queries.review import class_review
from tests.bdhvs_content import pages
from tests.support.worlds import made_once

pytestmark = [pytest.mark.versions, pytest.mark.django_db]

ON = date(2025, 11, 20)


class Class:
    """Two learners in a class of the first of two courses; Lan has read one of its two lessons."""

    def __init__(self) -> None:
        self.catalog = pages.catalog()
        self.course = pages.course(self.catalog)
        self.other = pages.course(self.catalog, "Khóa hai")
        self.read, self.unread = pages.lesson(self.course, "Đã đọc"), pages.lesson(self.course, "Chưa ai đọc")
        pages.lesson(self.other, "Của khóa hai")
        self.lan, self.minh = pages.enrolled(self.course), pages.enrolled(self.course, "minh")
        area = Area.objects.create(code="1", name="Thôn", kind="village", valid_from=date(2000, 1, 1))
        self.group = ClassGroup.objects.create(
            name="Lớp", code="lop", course=Course.objects.get(key=self.course.translation_key), area=area, starts=ON
        )
        for learner in (self.lan, self.minh):
            Membership.objects.create(learner=learner, class_group=self.group, valid_from=ON)
        read_lesson(self.lan, self.read.translation_key, act_id=uuid.uuid4(), at=pages.AT)

    def columns(self) -> dict[str, bool]:
        """Title of each column → whether it is offered in this course."""
        return {one.titles["vi"]: one.active for one in class_review(self.group, ON).activities}

    def cells(self, learner: Any) -> list[str]:
        [row] = [row for row in class_review(self.group, ON).rows if row.learner == learner]
        return [cell.status for cell in row.cells]


made, group = made_once(Class)


def test_what_moved_to_another_course_keeps_its_column_while_somebody_has_a_result(group: Class) -> None:
    for page in (group.read, group.unread):
        pages.fresh(page).move(pages.fresh(group.other), pos="last-child")
    assert activity(group.read.translation_key).course.key == group.other.translation_key
    # Read by Lan: still there, no longer offered. Read by nobody: gone.
    assert group.columns() == {"Đã đọc": False}
    assert (group.cells(group.lan), group.cells(group.minh)) == (["done"], ["not_begun"])
    [row] = [row for row in class_review(group.group, ON).rows if row.learner == group.lan]
    assert row.required == 0

    pages.fresh(group.read).move(pages.fresh(group.course), pos="first-child")
    assert group.columns() == {"Đã đọc": True}
    former = activity(group.read.translation_key).former_courses
    assert [course.key for course in former.all()] == [group.other.translation_key]


def test_what_was_unpublished_or_deleted_keeps_its_column_while_somebody_has_a_result(group: Class) -> None:
    pages.fresh(group.read).unpublish()
    pages.fresh(group.unread).unpublish()
    assert group.columns() == {"Đã đọc": False}
    pages.fresh(group.read).delete()
    assert group.columns() == {"Đã đọc": False}
    assert group.cells(group.lan) == ["done"]


def test_a_copy_takes_no_results_along(group: Class) -> None:
    pages.fresh(group.read).copy(update_attrs={"title": "Bản sao", "slug": "ban-sao"}, keep_live=True)
    assert group.columns() == {"Đã đọc": True, "Chưa ai đọc": True, "Bản sao": True}
    assert group.cells(group.lan) == ["done", "not_begun", "not_begun"]


def test_a_translation_is_the_same_lesson_with_the_same_result(group: Class) -> None:
    from wagtail.models import Locale

    english = Locale.objects.create(language_code="en")
    for page in (group.catalog, group.course, group.read):
        translated = pages.publish(pages.fresh(page).copy_for_translation(english))
    answer = pages.client_of("lan").get(translated.url)
    assert answer.status_code == 200
    assert answer.context["standing"].status == "done"


def test_an_alias_shows_the_originals_result_and_counts_nowhere_else(group: Class) -> None:
    alias = pages.fresh(group.read).create_alias(parent=pages.fresh(group.other))
    answer = pages.client_of("lan").get(alias.url)
    assert answer.context["standing"].status == "done"
    assert answer.context["course_page"].pk == group.course.pk
    assert group.columns() == {"Đã đọc": True, "Chưa ai đọc": True}
