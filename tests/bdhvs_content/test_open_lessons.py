"""Lessons that anybody may read: without an account, without a trace, and with a way to keep what was learned."""

from __future__ import annotations

import re
import uuid
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Locale

from bdhvs_content.models import CoursePage, LessonPage
from bdhvs_lms.audit.api import Consent
from bdhvs_lms.conf import app_settings
from bdhvs_lms.courses.api import Enrolment, activity
from bdhvs_lms.progress.api import results_of, status_of
from bdhvs_lms.tracking.api import Act
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages
from tests.support.loops import for_each
from tests.support.markup import html_of
from tests.support.worlds import made_once

pytestmark = pytest.mark.django_db
WORDS = "Dừng lại, gọi số in trên thẻ."
CHECK = {"question": "Ai hỏi mã?", "options": [{"text": "Ngân hàng", "right": False, "feedback": "Không bao giờ."},
                                              {"text": "Kẻ lừa đảo", "right": True, "feedback": ""}]}  # fmt: skip


def opened(lesson: LessonPage, *, open_to_all: bool = True) -> LessonPage:
    lesson = pages.fresh(lesson)
    lesson.open_to_all = open_to_all
    return pages.publish(lesson)  # type: ignore[no-any-return]


class Site:
    def __init__(self) -> None:
        self.catalog = pages.catalog()
        self.course: CoursePage = pages.course(self.catalog)
        self.closed = pages.lesson(self.course, "Bài đóng")
        lesson = pages.lesson(self.course, "Bài mở")
        lesson.body = [*lesson.body.raw_data, {"type": "check", "value": CHECK}]
        self.quiz = pages.quiz(pages.fresh(self.course), [pages.question()])
        self.open = opened(pages.publish(lesson))


made, site = made_once(Site)


def nothing_recorded() -> bool:
    rows = (Act, Enrolment, Consent, Session)
    return not any(model.objects.exists() for model in rows) and not list(xapi.facts(after_seq=0))  # type: ignore[attr-defined]


def test_a_visitor_reads_it_without_a_trace_and_the_rest_stays_closed(client: Client, site: Site) -> None:
    page = client.get(site.open.url)
    assert page.status_code == 200
    assert WORDS in html_of(page)
    # The question to check oneself opens without a script and without a form.
    assert "<summary>Kẻ lừa đảo</summary>" in html_of(page)
    assert "csrfmiddlewaretoken" not in html_of(page)
    assert not page.cookies
    assert WORDS not in html_of(client.get(site.closed.url))
    assert site.quiz.title in html_of(client.get(site.quiz.url))
    begun = client.post(reverse("bdhvs_quiz:begin", args=[site.quiz.translation_key]), {"act_id": str(uuid.uuid4())})
    assert begun["Location"].startswith(reverse("bdhvs_lms:sign-in"))
    assert nothing_recorded()


def test_saving_leads_to_sign_in_and_back_to_the_end_of_the_lesson(client: Client, site: Site) -> None:
    page = html_of(client.get(site.open.url))
    [address] = re.findall(r'class="btn-primary" href="([^"]+)">Lưu kết quả của tôi', page)
    assert urlsplit(address).path == reverse("bdhvs_lms:sign-in")
    back = f"{site.open.url}#luu-ket-qua"
    assert parse_qs(urlsplit(address).query) == {"next": [unquote(back)]}
    assert 'id="luu-ket-qua"' in page

    learner = pages.person(consent=False)
    signed_in = client.post(reverse("bdhvs_lms:sign-in"), {"username": "lan", "password": "x", "next": unquote(back)})
    assert signed_in["Location"] == back
    page = html_of(client.get(site.open.url))
    assert WORDS in page
    assert reverse("bdhvs_content:lesson-read", args=[site.open.translation_key]) not in page
    assert not Act.objects.exists()
    assert not Enrolment.objects.exists()

    enrol = reverse("bdhvs_content:enrol", args=[site.course.translation_key])
    assert f'action="{enrol}"' in page
    assert f'name="next" value="{unquote(back)}"' in page
    consent = {"consent": "on", "text_version": app_settings.CONSENT_VERSION, "next": unquote(back)}
    assert client.post(enrol, consent)["Location"] == back
    page = html_of(client.get(site.open.url))
    [act_id] = re.findall(r'name="act_id" value="([^"]+)"', page)
    client.post(reverse("bdhvs_content:lesson-read", args=[site.open.translation_key]), {"act_id": act_id})
    key = site.open.translation_key
    row = activity(key)
    assert row is not None
    assert status_of(row, results_of(learner, [key]).get(key)) == "done"


@for_each("offered", [True, False])
def test_the_ways_in_are_those_that_the_site_has(client: Client, site: Site, settings: Any, offered: bool) -> None:
    settings.BDHVS_SELF_REGISTER = offered
    for address, back in (("/", "/"), (site.open.url, f"{unquote(site.open.url)}#luu-ket-qua")):
        page = html_of(client.get(address))
        links = re.findall(r'class="btn-secondary" href="([^"]+)">(?:Tôi có mã lớp|Tự đăng ký học)</a>', page)
        ways = [reverse("bdhvs_lms:join"), reverse("bdhvs_lms:self-register")][: 1 + offered]
        assert [(urlsplit(link).path, parse_qs(urlsplit(link).query)["next"]) for link in links] == [
            (way, [back]) for way in ways
        ]
        assert all(client.get(link).status_code == 200 for link in links)


def test_who_is_not_enrolled_reads_it_but_cannot_finish_it(site: Site) -> None:
    pages.person()
    client = pages.client_of("lan")
    assert WORDS in html_of(client.get(site.open.url))
    address = reverse("bdhvs_content:lesson-read", args=[site.open.translation_key])
    assert client.post(address, {"act_id": str(uuid.uuid4())}).status_code == 403
    assert not Act.objects.exists()


def test_who_is_enrolled_meets_it_as_any_lesson(site: Site) -> None:
    pages.enrolled(site.course)
    page = html_of(pages.client_of("lan").get(site.open.url))
    assert "Tôi đã học xong bài này" in page
    assert "Lưu kết quả của tôi" not in page
    assert "Xem thử" not in page


def test_course_and_catalogue_say_which_can_be_read(client: Client, site: Site) -> None:
    page = html_of(client.get(site.course.url))
    assert page.count("Xem thử") == 1
    assert page.index("Bài đóng") < page.index("Bài mở") < page.index("Xem thử")
    home = client.get("/")
    assert html_of(home).count("Xem thử") == 1
    assert home.context["first_open_url"] == site.open.url
    assert f'class="btn-primary" href="{site.open.url}">Xem bài đầu tiên</a>' in html_of(home)
    opened(site.open, open_to_all=False)
    for address in ("/", site.course.url):
        assert "Xem thử" not in html_of(client.get(address))
    assert "Xem bài đầu tiên" not in html_of(client.get("/"))
    assert WORDS not in html_of(client.get(site.open.url))


def test_what_is_not_offered_is_not_open_either(client: Client, site: Site) -> None:
    site.course.unpublish()
    assert client.get(site.open.url).status_code == 404
    pages.publish(pages.fresh(site.course))
    pages.fresh(site.open).unpublish()
    assert client.get(site.open.url).status_code == 404
    assert client.get("/").context["first_open_url"] == ""


def test_translations_follow_their_source_and_aliases_their_original(client: Client, site: Site) -> None:
    english = Locale.objects.create(language_code="en")
    pages.publish(site.catalog.copy_for_translation(english))
    pages.publish(site.course.copy_for_translation(english))
    translated = pages.publish(site.closed.copy_for_translation(english))
    assert WORDS not in html_of(client.get(translated.url))
    site.closed = opened(site.closed)
    assert WORDS in html_of(client.get(translated.url))
    translated.open_to_all = True
    pages.publish(translated)
    opened(site.closed, open_to_all=False)
    assert WORDS not in html_of(client.get(translated.url))
    alias = site.open.create_alias(parent=pages.course(site.catalog, "Khóa hai"))
    assert WORDS in html_of(client.get(alias.url))


def test_the_course_form_lists_what_is_open(site: Site) -> None:
    edit = html_of(pages.editor().get(reverse("wagtailadmin_pages:edit", args=[site.course.pk])))
    assert f'<a href="{reverse("wagtailadmin_pages:edit", args=[site.open.pk])}">Bài mở</a>' in edit
    assert f'<a href="{reverse("wagtailadmin_pages:edit", args=[site.closed.pk])}">' not in edit


def test_costs_do_not_grow_with_what_is_open(client: Client, site: Site) -> None:
    def cost() -> list[int]:
        counts = []
        for address in ("/", site.course.url, site.open.url):
            client.get(address)  # fills what the process keeps
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            counts.append(len(queries))
        return counts

    small = cost()
    for number in range(2):
        opened(pages.lesson(pages.course(site.catalog, f"Khóa {number}"), f"Bài {number}"))
        opened(pages.lesson(pages.fresh(site.course), f"Thêm {number}"))
    assert cost() == small
