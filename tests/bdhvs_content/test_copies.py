"""A copied course is about itself: its lessons lead to its own quizzes, in what is published and in drafts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.urls import reverse
from wagtail.models import Locale, Page, ReferenceIndex

from bdhvs_content.api import CoursePage, LessonPage
from bdhvs_h5p.models import H5PPage
from bdhvs_lms.courses.api import activity
from bdhvs_quiz.api import QuizPage
from tests.bdhvs_content import pages
from tests.support.loops import for_each
from tests.support.worlds import made_once

pytestmark = [pytest.mark.versions, pytest.mark.django_db]


class Course:
    """A course whose pages name each other in every way there is, and a page of another course."""

    def __init__(self) -> None:
        self.catalog = pages.catalog()
        self.other = pages.lesson(pages.course(self.catalog, "Khóa khác"), "Bài khác")
        course = pages.course(self.catalog)
        self.section = pages.section(course)
        self.lesson = pages.lesson(self.section, live=False)
        self.quiz = pages.quiz(course, [pages.question()])
        self.lesson.body = self.body()
        self.lesson = pages.publish(self.lesson)
        # And a draft that says it in another order.
        self.lesson.body = [*self.body()][::-1]
        self.lesson.save_revision()
        self.h5p = H5PPage(title="Bài tập", live=False, alternative_page=self.lesson)
        pages.fresh(course).add_child(instance=self.h5p)
        self.h5p.save_revision(clean=False)
        self.course = pages.fresh(course)
        self.course.placement = self.quiz.translation_key
        self.course = pages.publish(self.course)
        self.client = pages.editor()

    def body(self) -> list[Any]:
        links = "".join(f'<a linktype="page" id="{page.pk}">{page.pk}</a>' for page in (self.quiz, self.other))
        steps = [{"text": f"<p>{links}</p>", "image": None, "alt": ""}]
        return [
            ("text", f"<p>{links}</p>"),
            ("activity", {"page": self.quiz}),
            ("activity", {"page": self.other}),
            ("steps", {"heading": "Bước", "steps": steps}),
        ]

    def copied(self, **more: str) -> CoursePage:
        form = {"new_title": "Bản chép", "new_slug": "ban-chep", "new_parent_page": str(self.catalog.pk), **more}
        answer = self.client.post(reverse("wagtailadmin_pages:copy", args=[self.course.pk]), form)
        assert answer.status_code == 302
        return CoursePage.objects.get(slug="ban-chep")


made, world = made_once(Course)


def one(model: Any, course: CoursePage) -> Any:
    return model.objects.descendant_of(course).get()


def names(lesson: Any) -> tuple[list[int], set[int]]:
    """The pages that its activity blocks choose, in order; and those that its texts link to."""
    raw = json.dumps(lesson.body.get_prep_value())
    chosen = [child.value["page"].pk for child in lesson.body if child.block_type == "activity"]
    return chosen, {int(part.split('\\"')[0]) for part in raw.split('linktype=\\"page\\" id=\\"')[1:]}


@for_each("live", [True, False])
def test_a_copied_course_leads_to_its_own_pages(live: bool, world: Course) -> None:
    copy = world.copied(copy_subpages="on", **({"publish_copies": "on"} if live else {}))
    lesson, quiz, h5p = (one(model, copy) for model in (LessonPage, QuizPage, H5PPage))
    own, other = quiz.pk, world.other.pk
    assert names(lesson) == ([own, other], {own, other})
    assert names(lesson.get_latest_revision_as_object()) == ([other, own], {own, other})
    for revision in lesson.revisions.all():
        assert names(revision.as_object())[1] == {own, other}
    assert copy.placement == quiz.translation_key
    assert copy.get_latest_revision_as_object().placement == quiz.translation_key
    assert h5p.alternative_page_id == lesson.pk
    assert h5p.get_latest_revision_as_object().alternative_page_id == lesson.pk
    # The original is as it was.
    assert names(pages.fresh(world.lesson))[0] == [world.quiz.pk, other]
    # "Where is this used?" knows it.
    assert {row.object_id for row in ReferenceIndex.get_references_to(quiz)} == {str(lesson.pk)}
    assert (activity(lesson.translation_key) is not None) is live

    # The course's form offers what it has, before it was published too.
    html = world.client.get(reverse("wagtailadmin_pages:edit", args=[copy.pk])).content.decode()
    assert f'<option value="{quiz.translation_key}" selected>{quiz.title}</option>' in html


def test_a_learner_of_the_copy_comes_to_its_quiz(world: Course) -> None:
    copy = world.copied(copy_subpages="on", publish_copies="on")
    pages.enrolled(copy)
    lesson, quiz = one(LessonPage, copy), one(QuizPage, copy)
    html = pages.client_of("lan").get(lesson.url).content.decode()
    assert f'href="{quiz.url}"' in html
    assert f'href="{world.quiz.url}"' not in html


def test_what_is_not_copied_with_it_is_still_the_original(world: Course) -> None:
    copy = world.copied()
    assert (copy.placement, copy.get_children().count()) == (world.quiz.translation_key, 0)
    # One lesson, beside itself: its quiz is the course's.
    copied = pages.fresh(world.lesson).copy(update_attrs={"slug": "khac"}, keep_live=False)
    assert names(copied)[0] == [world.quiz.pk, world.other.pk]
    # And by a program, a whole section.
    pages.fresh(world.quiz).move(pages.fresh(world.section), pos="last-child")
    section = pages.fresh(world.section).copy(recursive=True, update_attrs={"slug": "phan-khac"})
    lessons = LessonPage.objects.descendant_of(section)
    own = one(QuizPage, section).pk
    assert {names(lesson)[0][0] for lesson in lessons} == {own}


def test_aliases_and_translations_are_left_alone(world: Course) -> None:
    alias = world.copied(copy_subpages="on", alias="on")
    assert names(one(LessonPage, alias))[0] == [world.quiz.pk, world.other.pk]
    english = Locale.objects.create(language_code="en")
    for page in (world.catalog, world.course, world.section, world.lesson, world.quiz):
        made = pages.fresh(page).copy_for_translation(english, copy_parents=True)
        assert made.locale_id == english.pk
    translated = Page.objects.get(locale=english, translation_key=world.lesson.translation_key).specific
    assert names(translated)[0] == [world.quiz.pk, world.other.pk]
