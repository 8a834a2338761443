"""What the core knows of pages: pushed at publishing, all of it or nothing."""

from __future__ import annotations

from typing import Any

import pytest
from wagtail.models import Locale, Page

from bdhvs_content.api import LessonAlignment, NotPublishable
from bdhvs_content.models import PublishedVersion
from bdhvs_lms.competency.queries import alignments_for
from bdhvs_lms.courses.api import Activity, Course, activities_of, activity
from tests.bdhvs_content import pages
from tests.support.worlds import made_once

pytestmark = [pytest.mark.versions, pytest.mark.django_db]


class Site:
    def __init__(self) -> None:
        self.catalog = pages.catalog()
        self.course = pages.course(self.catalog)
        self.lesson = pages.lesson(self.course)


made, site = made_once(Site)


def titles_in_order(course: Page) -> list[str]:
    return [row.titles["vi"] for row in activities_of(course.translation_key)]


def test_publishing_course_and_lesson_pushes_their_facts(site: Site) -> None:
    frame = pages.framework()
    a1 = frame.competencies.get(code="A1")
    course = site.course
    lesson = pages.lesson(course, "Bài hai", aligned=[(a1, 1)])

    row = activity(lesson.translation_key)
    assert row is not None
    assert (row.course.key, row.type_key, row.plugin, row.done_on, row.revision, row.active, row.required) == (
        course.translation_key,
        "bdhvs_content.lesson",
        "bdhvs_content",
        "completed",
        "1",
        True,
        True,
    )
    assert row.titles == {"vi": "Bài hai"}
    assert row.course.titles == {"vi": "An toàn trên mạng"}
    assert alignments_for(lesson.translation_key, "1") == [(a1, 1)]


def test_a_draft_pushes_nothing(site: Site) -> None:
    lesson = pages.lesson(site.course, "Nháp", live=False)
    lesson.save_revision()
    assert activity(lesson.translation_key) is None


def test_activities_of_an_unpublished_course_come_with_the_course(site: Site) -> None:
    course = pages.course(site.catalog, "Khóa hai", live=False)
    lesson = pages.lesson(course)
    assert activity(lesson.translation_key) is None
    pages.publish(course)
    assert titles_in_order(course) == ["Nhận cuộc gọi lạ"]


def test_a_version_is_counted_only_when_something_changed(site: Site) -> None:
    lesson = pages.publish(site.lesson)
    assert activity(lesson.translation_key).revision == "1"
    lesson.body = [("text", "<p>Bài mới.</p>")]
    lesson = pages.publish(lesson)
    assert activity(lesson.translation_key).revision == "2"
    assert list(
        PublishedVersion.objects.filter(activity_key=lesson.translation_key).values_list("number", flat=True)
    ) == [1, 2]


def test_another_alignment_is_another_version_and_the_old_one_keeps_its_own(site: Site) -> None:
    frame = pages.framework()
    a1, a2 = frame.competencies.get(code="A1"), frame.competencies.get(code="A2")
    lesson = pages.lesson(site.course, aligned=[(a1, 1)])
    lesson.alignments = [LessonAlignment(competency=a2, level=2)]
    lesson = pages.publish(lesson)
    assert activity(lesson.translation_key).revision == "2"
    assert alignments_for(lesson.translation_key, "1") == [(a1, 1)]
    assert alignments_for(lesson.translation_key, "2") == [(a2, 2)]


def test_unpublishing_withdraws_and_publishing_again_offers_it(site: Site) -> None:
    lesson = site.lesson
    lesson.unpublish()
    assert activity(lesson.translation_key).active is False
    pages.publish(lesson)
    assert activity(lesson.translation_key).active is True


def test_deleting_withdraws_course_and_activities_and_keeps_the_rows(site: Site) -> None:
    course, lesson = pages.fresh(site.course), site.lesson
    course.delete()
    assert Course.objects.get(key=course.translation_key).active is False
    assert activity(lesson.translation_key).active is False


def test_the_order_of_pages_is_the_order_of_activities(site: Site) -> None:
    pages.lesson(site.course, "Hai")
    assert titles_in_order(site.course) == ["Nhận cuộc gọi lạ", "Hai"]
    pages.fresh(site.lesson).move(pages.fresh(site.course), pos="last-child")
    assert titles_in_order(site.course) == ["Hai", "Nhận cuộc gọi lạ"]


def test_moving_into_another_course_moves_the_activity(site: Site) -> None:
    lesson, other = site.lesson, pages.course(site.catalog, "Khóa hai")
    Page.objects.get(pk=lesson.pk).specific.move(Page.objects.get(pk=other.pk), pos="last-child")
    assert activity(lesson.translation_key).course.key == other.translation_key


def test_moving_into_a_course_that_is_not_offered_takes_it_out_of_the_old_one(site: Site) -> None:
    lesson, draft = site.lesson, pages.course(site.catalog, "Khóa hai", live=False)
    Page.objects.get(pk=lesson.pk).specific.move(Page.objects.get(pk=draft.pk), pos="last-child")
    assert not activity(lesson.translation_key).active
    pages.publish(Page.objects.get(pk=draft.pk).specific)
    moved = activity(lesson.translation_key)
    assert (moved.active, moved.course.key) == (True, draft.translation_key)


def test_a_copy_is_another_activity_and_the_original_stays(site: Site) -> None:
    course, lesson = pages.fresh(site.course), site.lesson
    copy = lesson.copy(update_attrs={"title": "Bản sao", "slug": "ban-sao"}, keep_live=True)
    assert copy.translation_key != lesson.translation_key
    assert sorted(titles_in_order(course)) == ["Bản sao", "Nhận cuộc gọi lạ"]


def test_a_copied_course_brings_its_activities_as_new_ones(site: Site) -> None:
    course, lesson = pages.fresh(site.course), site.lesson
    copy = course.copy(recursive=True, update_attrs={"title": "Khóa sao", "slug": "khoa-sao"}, keep_live=True)
    assert titles_in_order(copy) == ["Nhận cuộc gọi lạ"]
    assert activities_of(copy.translation_key).get().key != lesson.translation_key
    assert titles_in_order(course) == ["Nhận cuộc gọi lạ"]


def test_an_alias_pushes_nothing_and_has_its_originals_key(site: Site) -> None:
    course, lesson, other = site.course, site.lesson, pages.course(site.catalog, "Khóa hai")
    alias = lesson.create_alias(parent=other)
    lesson.body = [("text", "<p>Bài mới.</p>")]
    pages.publish(lesson)
    assert alias.facts_key == lesson.translation_key
    assert Activity.objects.count() == 1
    assert activity(lesson.translation_key).course.key == course.translation_key


def test_a_translation_adds_only_its_title(site: Site) -> None:
    english = Locale.objects.create(language_code="en")
    course, lesson = pages.fresh(site.course), site.lesson
    for page in (course.get_parent().specific, course):
        pages.publish(page.copy_for_translation(english))
    translated = lesson.copy_for_translation(english)
    translated.title = "Unknown callers"
    translated.body = [("text", "<p>Hang up.</p>")]
    translated.required = False
    translated = pages.publish(translated)

    row = activity(lesson.translation_key)
    assert row.titles == {"vi": "Nhận cuộc gọi lạ", "en": "Unknown callers"}
    assert (row.revision, row.required) == ("1", True)

    translated.unpublish()
    assert activity(lesson.translation_key).titles == {"vi": "Nhận cuộc gọi lạ"}
    assert activity(lesson.translation_key).active is True


def test_deleting_the_translation_leaves_the_source_offered(site: Site) -> None:
    english = Locale.objects.create(language_code="en")
    course, lesson = pages.fresh(site.course), site.lesson
    for page in (course.get_parent().specific, course, lesson):
        translated = pages.publish(page.copy_for_translation(english))
    translated.delete()
    row = activity(lesson.translation_key)
    assert (row.active, row.titles) == (True, {"vi": "Nhận cuộc gọi lạ"})


def test_an_empty_lesson_is_refused_and_nothing_of_it_stays_live(site: Site) -> None:
    lesson = pages.lesson(site.course, "Nháp", live=False)
    lesson.body = []
    revision = lesson.save_revision(clean=False)
    with pytest.raises(NotPublishable):
        revision.publish()
    assert Page.objects.get(pk=lesson.pk).live is False
    assert activity(lesson.translation_key) is None
    assert not PublishedVersion.objects.filter(activity_key=lesson.translation_key).exists()


def test_when_the_core_refuses_the_page_is_not_live_either(site: Site) -> None:
    """A level that the framework does not have gets past a loader that does not use the form."""
    a1 = pages.framework().competencies.get(code="A1")
    with pytest.raises(ValueError, match="no level 9"):
        pages.lesson(site.course, "Bài hai", aligned=[(a1, 9)])
    page: Any = Page.objects.get(title="Bài hai")
    assert page.live is False
    assert activity(page.translation_key) is None
    assert not PublishedVersion.objects.filter(activity_key=page.translation_key).exists()
