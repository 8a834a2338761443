"""Teachers and the committee read every lesson and see every quiz's questions, without a learner's record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.campaign.api import Area, assign_steering
from bdhvs_lms.classes.api import add_teacher, create_class, end_teacher
from bdhvs_lms.courses.api import Course, Enrolment
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages
from tests.support.markup import html_of

pytestmark = pytest.mark.django_db
WORDS = "Dừng lại, gọi số in trên thẻ."


class Site:
    def __init__(self) -> None:
        self.course = pages.course(pages.catalog())
        self.lesson = pages.lesson(self.course, "Bài đóng")
        self.quiz = pages.quiz(pages.fresh(self.course), [pages.question()])
        self.area = Area.objects.create(code="10030", name="Xã", kind="commune")
        course = Course.objects.get(key=self.course.translation_key)
        self.group = create_class(
            name="Lớp", code="lop", course=course, area=self.area, starts=pages.AT.date(), at=pages.AT, by=None
        )

    def client(self, name: str) -> tuple[Client, User]:
        user, client = User.objects.create_user(name), Client()
        client.force_login(user)
        return client, user


@pytest.fixture
def site(settings: Any) -> Site:
    settings.BDHVS_TEST_CLOCK = (pages.AT + timedelta(hours=1)).isoformat()
    return Site()


def test_a_teacher_and_a_member_of_the_committee_look_and_record_nothing(site: Site) -> None:
    teacher, user = site.client("teacher")
    member, committee = site.client("member")
    stranger, _user = site.client("stranger")
    add_teacher(site.group, user, at=pages.AT, by=None)
    assign_steering(committee, site.area, by=None)
    for client in (teacher, member):
        lesson = html_of(client.get(site.lesson.url))
        assert WORDS in lesson
        assert 'type="button" disabled' in " ".join(lesson.split())
        assert "lesson-read" not in lesson
        assert 'action="/hoc/' not in lesson
        quiz = html_of(client.get(site.quiz.url))
        assert "Câu 1/1" in " ".join(quiz.split())
        assert 'type="radio"' in quiz
        # What is right is in no answer, and there is nothing to send.
        assert "<main" in quiz
        assert "csrfmiddlewaretoken" not in quiz.split("<main")[1].split("</main>")[0]
        assert f'href="{site.lesson.url}"' in quiz
    assert WORDS not in html_of(stranger.get(site.lesson.url))
    assert 'type="radio"' not in html_of(stranger.get(site.quiz.url))
    assert not Enrolment.objects.exists()
    assert not list(xapi.facts(after_seq=0))
    # Not a second longer.
    end_teacher(site.group, user, last_day=pages.AT.date(), at=pages.AT + timedelta(hours=1), by=None)
    assert WORDS not in html_of(teacher.get(site.lesson.url))


def test_looking_costs_the_same_however_many_classes(site: Site) -> None:
    teacher, user = site.client("teacher")
    add_teacher(site.group, user, at=pages.AT, by=None)

    def cost(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert teacher.get(url).status_code == 200
        return len(queries)

    cost(site.lesson.url), cost(site.quiz.url)
    few = cost(site.lesson.url), cost(site.quiz.url)
    for number in range(4):
        course = Course.objects.get(key=site.course.translation_key)
        group = create_class(
            name="Lớp",
            code=f"lop-{number}",
            course=course,
            area=site.area,
            starts=pages.AT.date(),
            at=pages.AT,
            by=None,
        )
        add_teacher(group, user, at=pages.AT, by=None)
    assert (cost(site.lesson.url), cost(site.quiz.url)) == few
    assert max(few) < 40
