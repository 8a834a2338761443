"""A course's page: whoever knows it already takes its quiz at once; at its end it says what can be done now."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Locale
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from bdhvs_content.api import read_lesson
from bdhvs_content.models import CoursePage
from bdhvs_lms.competency.api import Competency
from bdhvs_lms.conf import app_settings
from bdhvs_lms.courses.api import Enrolment
from bdhvs_quiz import actions
from tests.bdhvs_content import pages
from tests.bdhvs_lms.reporting.reading import text_of
from tests.support.loops import for_each
from tests.support.markup import html_of
from tests.support.worlds import made_once

pytestmark = pytest.mark.django_db


class Site:
    def __init__(self) -> None:
        pages.framework()
        self.one, self.two = Competency.objects.order_by("position")[:2]
        self.catalog = pages.catalog()
        self.course: CoursePage = pages.course(self.catalog)
        self.lesson = pages.lesson(self.course, aligned=[(self.two, 1)])
        self.asked = pages.question()
        self.quiz = pages.quiz(pages.fresh(self.course), [self.asked], aligned=[(self.one, 1)])
        self.course = pages.fresh(self.course)
        self.course.placement = self.quiz.translation_key
        self.course = pages.publish(self.course)


made, site = made_once(Site)


def enrol_address(site: Site) -> str:
    return reverse("bdhvs_content:enrol", args=[site.course.translation_key])


def pass_quiz(site: Site, learner: Any) -> None:
    attempt = actions.open_attempt(learner, site.quiz.translation_key, act_id=uuid.uuid4(), at=pages.AT)
    responses = {str(site.asked.key): pages.option_id(site.asked, 1)}
    actions.submit(attempt.uuid, learner, responses, act_id=uuid.uuid4(), at=pages.AT)


def test_whoever_knows_it_enrols_and_takes_the_quiz_in_one_step(site: Site) -> None:
    pages.person(consent=False)
    client = pages.client_of("lan")
    page = html_of(client.get(site.course.url))
    assert "Ai đã biết thì không cần học lại" in page
    assert f'name="next" value="{site.quiz.get_url()}"' in page
    form = {"next": [site.course.url, site.quiz.get_url()], "text_version": app_settings.CONSENT_VERSION}
    refused = client.post(enrol_address(site), form)
    assert refused.status_code == 400
    assert not Enrolment.objects.exists()
    answer = client.post(enrol_address(site), {**form, "consent": "on"})
    assert answer["Location"] == site.quiz.get_url()
    assert reverse("bdhvs_quiz:begin", args=[site.quiz.translation_key]) in html_of(client.get(site.quiz.url))
    # Enrolled and nothing begun: the way is still there.
    assert "Đánh giá ngay" in html_of(client.get(site.course.url))


def test_a_visitor_is_told_that_it_can_be_taken_after_signing_in(client: Any, site: Site) -> None:
    page = html_of(client.get(site.course.url))
    assert f"làm được ngay bài “{site.quiz.title}”" in page
    assert "csrfmiddlewaretoken" not in page


def test_a_quiz_that_is_not_of_this_course_is_not_offered(client: Any, site: Site) -> None:
    elsewhere = pages.course(site.catalog, "Khóa hai")
    pages.fresh(site.quiz).move(elsewhere, pos="last-child")
    assert "làm được ngay bài" not in html_of(client.get(site.course.url))


def test_an_editor_chooses_among_the_graded_activities_of_the_course(site: Site) -> None:
    client = pages.editor()
    edit = reverse("wagtailadmin_pages:edit", args=[site.course.pk])
    field = client.get(edit).context["form"].fields["placement"]
    assert [value for value, _title in field.choices] == ["", str(site.quiz.translation_key)]
    given = {"title": "Khóa", "slug": "khoa", "intro": "Cho mọi người.", "drawing": "phone", "placement": ""}
    for placement, kept in (("", None), (str(site.quiz.translation_key), site.quiz.translation_key)):
        form = nested_form_data({**given, "placement": placement, "comments": inline_formset([])})
        client.post(edit, {**form, "action-publish": "1"})
        assert pages.fresh(site.course).placement == kept
    form = nested_form_data({**given, "placement": str(uuid.uuid4()), "comments": inline_formset([])})
    refused = client.post(edit, {**form, "action-publish": "1"})
    assert refused.context["form"].errors.keys() == {"placement"}


def test_the_end_says_what_was_shown_what_was_not_and_what_comes_next(site: Site) -> None:
    after = pages.course(site.catalog, "Khóa hai")
    pages.lesson(after)
    pages.course(site.catalog, "Khóa rỗng")
    learner = pages.enrolled(site.course)
    client = pages.client_of("lan")
    assert "Đã học xong khóa học này!" not in html_of(client.get(site.course.url))
    read_lesson(learner, site.lesson.translation_key, act_id=uuid.uuid4(), at=pages.AT)
    pass_quiz(site, learner)
    response = client.get(site.course.url)
    page = html_of(response)
    assert "Đã học xong khóa học này!" in page
    # The quiz shows what it is aligned with; reading a lesson shows nothing.
    shown = {one.competency: one.shown for one in response.context["outcomes"]}
    assert shown == {site.one: True, site.two: False}
    assert page.count("Đã làm được") == page.count("Chưa có kết quả") == 1
    assert f'class="btn-primary" href="{after.get_url()}"' in page
    assert page.count("btn-primary") == 1

    def cost() -> int:
        client.get(site.course.url)  # fills what the process keeps
        with CaptureQueriesContext(connection) as queries:
            client.get(site.course.url)
        return len(queries)

    small = cost()
    for number in range(4):
        pages.lesson(pages.course(site.catalog, f"Khóa {number}"))
    assert cost() == small


@for_each("languages", [1, 2])
def test_the_end_of_a_course_costs_fifteen_queries_at_most(site: Site, languages: int) -> None:
    if languages == 2:
        english = Locale.objects.create(language_code="en")
        pages.publish(site.catalog.copy_for_translation(english))
        pages.publish(pages.fresh(site.course).copy_for_translation(english))
    pages.lesson(pages.course(site.catalog, "Khóa hai"))
    learner = pages.enrolled(site.course)
    read_lesson(learner, site.lesson.translation_key, act_id=uuid.uuid4(), at=pages.AT)
    pass_quiz(site, learner)
    client = pages.client_of("lan")
    client.get(site.course.url)  # fills what the process keeps
    with CaptureQueriesContext(connection) as queries:
        page = html_of(client.get(site.course.url))
    assert "Đã học xong khóa học này!" in page
    assert "Khóa hai" in page
    assert len(queries) <= 15, "\n".join(query["sql"] for query in queries)


def test_a_course_that_is_an_alias_of_an_alias_comes_next_too(site: Site) -> None:
    elsewhere = site.catalog.copy(update_attrs={"slug": "noi-khac"}, copy_revisions=False)
    after = pages.course(elsewhere, "Khóa hai")
    pages.lesson(after)
    alias = pages.fresh(after).create_alias(parent=elsewhere, update_slug="khoa-hai-nua")
    alias.create_alias(parent=pages.fresh(site.catalog), update_slug="khoa-hai")
    learner = pages.enrolled(site.course)
    read_lesson(learner, site.lesson.translation_key, act_id=uuid.uuid4(), at=pages.AT)
    pass_quiz(site, learner)
    response = pages.client_of("lan").get(site.course.url)
    assert response.context["next_course"].alias_of_id == alias.pk


def test_what_is_optional_is_said_and_holds_nobody_up(site: Site) -> None:
    more = pages.lesson(pages.fresh(site.course), "Ai muốn biết thêm")
    more.required = False
    pages.publish(more)
    learner = pages.enrolled(site.course)
    client = pages.client_of("lan")
    page = text_of(html_of(client.get(site.course.url)))
    assert "Đã xong 0/2 bài" in page
    assert page.count("không bắt buộc") == 1
    read_lesson(learner, site.lesson.translation_key, act_id=uuid.uuid4(), at=pages.AT)
    pass_quiz(site, learner)
    page = text_of(html_of(client.get(site.course.url)))
    assert "Đã học xong khóa học này!" in page
    assert "Đã xong 2/2 bài" in page
    assert "Đã xong 2/2 bài" in text_of(html_of(client.get(site.catalog.url)))
    # Where nothing has to be done, all of it counts.
    for one in (site.lesson, site.quiz):
        one = pages.fresh(one)
        one.required = False
        pages.publish(one)
    assert "Đã xong 2/3 bài" in text_of(html_of(client.get(site.course.url)))
