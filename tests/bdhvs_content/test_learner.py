"""Enrolling and reading, as a browser without a script does it."""

from __future__ import annotations

import html
import uuid
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bdhvs_content.api import read_lesson
from bdhvs_lms.attempts.api import NotEnrolled
from bdhvs_lms.audit.api import Consent
from bdhvs_lms.conf import app_settings
from bdhvs_lms.courses.api import Enrolment, activity, enrol, enrolment_of
from bdhvs_lms.progress.api import results_of, status_of
from bdhvs_lms.tracking import api as tracking
from bdhvs_lms.tracking.actions import void
from bdhvs_lms.tracking.api import Act
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages
from tests.bdhvs_xapi.lrs.support import Lrs
from tests.support.loops import for_each
from tests.support.markup import html_of
from tests.support.worlds import made_once

pytestmark = pytest.mark.django_db


class Site:
    def __init__(self) -> None:
        self.catalog = pages.catalog()
        self.course = pages.course(self.catalog)
        self.lesson = pages.lesson(self.course, "Bài 1")


made, site = made_once(Site)


@pytest.fixture
def course(site: Site) -> Any:
    return site.course


@pytest.fixture
def lesson(site: Site) -> Any:
    return site.lesson


def statements() -> list[dict[str, Any]]:
    return [fact.statement for fact in xapi.facts(after_seq=0)]


def enrol_address(course: Any) -> str:
    return reverse("bdhvs_content:enrol", args=[course.translation_key])


def read_address(lesson: Any) -> str:
    return reverse("bdhvs_content:lesson-read", args=[lesson.translation_key])


def test_the_catalogue_lists_published_courses_and_an_empty_one_says_so(client: Any, site: Site) -> None:
    pages.course(site.catalog, "Chưa có gì")
    pages.lesson(pages.course(site.catalog, "Nháp", live=False))
    page = html_of(client.get("/"))
    assert site.course.title in page
    assert "Nháp" not in page
    assert "Chưa có gì" not in page
    pages.fresh(site.course).unpublish()
    answer = client.get("/")
    assert answer.status_code == 200
    assert site.course.title not in html_of(answer)


def test_a_catalogue_named_like_the_site_names_it_once(client: Any, settings: Any, site: Site) -> None:
    settings.WAGTAIL_SITE_NAME = "Bình dân học vụ số"
    assert "<title>Khóa học · Bình dân học vụ số</title>" in html_of(client.get("/"))
    site.catalog.title = "Bình dân học vụ số"
    pages.publish(site.catalog)
    assert "<title>Bình dân học vụ số</title>" in html_of(client.get("/"))


def test_a_visitor_is_sent_to_sign_in_and_comes_back_to_the_course(client: Any, course: Any) -> None:
    response = client.post(enrol_address(course))
    assert response.status_code == 302
    address = urlsplit(response["Location"])
    assert (address.path, parse_qs(address.query)) == (reverse("bdhvs_lms:sign-in"), {"next": [course.url]})


def test_enrolling_needs_consent_and_the_page_says_so(course: Any) -> None:
    learner = pages.person(consent=False)
    client = pages.client_of("lan")
    page = html_of(client.get(course.url))
    assert f'name="text_version" value="{app_settings.CONSENT_VERSION}"' in page

    response = client.post(enrol_address(course), {"text_version": app_settings.CONSENT_VERSION})
    assert response.status_code == 400
    assert 'class="error-summary"' in html_of(response)
    assert 'href="#id_consent"' in html_of(response)
    # The second try leads where the first would have: the address that the error page stands at takes no GET.
    assert f'name="next" value="{course.url}"' in html_of(response)
    lesson = {"text_version": app_settings.CONSENT_VERSION, "next": f"{course.url}bai/"}
    assert f'name="next" value="{course.url}bai/"' in html_of(client.post(enrol_address(course), lesson))
    assert not Enrolment.objects.exists()

    response = client.post(enrol_address(course), {"text_version": app_settings.CONSENT_VERSION, "consent": "on"})
    assert (response.status_code, response["Location"]) == (303, course.url)
    assert enrolment_of(learner, course.translation_key) is not None
    row = Consent.objects.get()
    assert (row.actor, row.given, row.text_version) == (learner.actor, True, app_settings.CONSENT_VERSION)


def test_a_yes_to_another_text_is_no_yes(course: Any) -> None:
    pages.person(consent=False)
    response = pages.client_of("lan").post(enrol_address(course), {"text_version": "1999", "consent": "on"})
    assert response.status_code == 400
    assert not Consent.objects.exists()


def test_enrolling_twice_is_once_and_an_unknown_course_is_404(course: Any) -> None:
    pages.person()
    client = pages.client_of("lan")
    assert [client.post(enrol_address(course)).status_code for _ in range(2)] == [303, 303]
    assert Enrolment.objects.count() == 1
    assert client.post(reverse("bdhvs_content:enrol", args=[uuid.uuid4()])).status_code == 404


def test_next_never_leaves_the_site(course: Any) -> None:
    pages.person()
    response = pages.client_of("lan").post(enrol_address(course), {"next": "https://evil.example/"})
    assert response["Location"] == course.url


def test_who_is_not_enrolled_sees_what_it_is_and_not_the_lesson(course: Any, lesson: Any) -> None:
    pages.person()
    page = html_of(pages.client_of("lan").get(lesson.url))
    assert lesson.title in page
    assert enrol_address(course) in page
    assert "Dừng lại" not in page
    assert pages.client_of("lan").post(read_address(lesson), {"act_id": str(uuid.uuid4())}).status_code == 403
    assert not Act.objects.exists()


def test_an_account_that_does_not_learn_is_offered_to_and_not_asked_to_sign_in_first(course: Any, lesson: Any) -> None:
    # Neither a teacher nor an editor, who would see the lesson.
    client = Client()
    client.force_login(get_user_model().objects.create_user("van-thu"))
    seen = html.unescape(html_of(client.get(lesson.url)))
    assert "tài khoản này chưa dùng để học" in seen
    assert f'href="/hoc-bang-tai-khoan/?next={quote(unquote(lesson.url), safe="")}' in seen
    assert "hãy đăng nhập trước" not in seen


def test_reading_is_recorded_once_and_the_lesson_is_done(course: Any, lesson: Any) -> None:
    learner = pages.enrolled(course)
    client = pages.client_of("lan")
    act_id = str(client.get(lesson.url).context["act_id"])
    for key in (act_id, act_id, str(uuid.uuid4())):
        response = client.post(read_address(lesson), {"act_id": key})
        assert (response.status_code, response["Location"]) == (303, lesson.url)
    verbs = sorted(statement["verb"]["id"].rsplit("/", 1)[1] for statement in statements())
    assert verbs == ["completed", "completed", "experienced"]  # lesson by decider, course by decider
    row = activity(lesson.translation_key)
    assert status_of(row, results_of(learner, [row.key]).get(row.key)) == "done"
    assert "da-hoc" not in html_of(client.get(lesson.url))


def said_of(learner: Any, key: uuid.UUID, trust: int = 0) -> None:
    """A program with a credential of this trust says that the learner has read it."""
    credential, secret = xapi.create_credential("Máy lạ", scopes=["statements/write"], trust=trust, at=pages.AT)
    statement = {
        "actor": xapi.account_actor(tracking.home_page(), str(learner.actor)),
        "verb": {"id": tracking.VERB_EXPERIENCED},
        "object": {"id": tracking.activity_iri(key)},
        "context": {"revision": "1"},
    }
    assert Lrs(credential.key, secret).post("statements", statement).status_code == 200


def test_what_only_a_device_says_is_marked_everywhere_until_the_learner_says_so_here(course: Any, lesson: Any) -> None:
    learner = pages.enrolled(course)
    client = pages.client_of("lan")
    said_of(learner, lesson.translation_key)
    shown = {
        "lesson": lesson.url, "course": course.url, "catalogue": course.get_parent().url, "record": "/viec-hoc/",
    }  # fmt: skip
    for name, address in shown.items():
        html = html_of(client.get(address))
        assert "Đã xong (thiết bị tự báo)" in html, name
        assert html.count("</span> Đã xong") == html.count("Đã xong (thiết bị tự báo)"), name
    # The lesson can still be said to be read: that is worth more, and is shown as what it is.
    act_id = str(client.get(lesson.url).context["act_id"])
    assert read_address(lesson) in html_of(client.get(lesson.url))
    assert client.post(read_address(lesson), {"act_id": act_id}).status_code == 303
    for name, address in shown.items():
        html = html_of(client.get(address))
        assert "Đã xong" in html and "thiết bị tự báo" not in html, name
    assert list(tracking.check()) == []


def test_a_lesson_whose_reading_was_voided_can_be_read_again(course: Any, lesson: Any) -> None:
    learner = pages.enrolled(course)
    client = pages.client_of("lan")
    act_id = str(client.get(lesson.url).context["act_id"])
    for number in (1, 2, 3):
        for _tab in range(2):
            assert client.post(read_address(lesson), {"act_id": act_id}).status_code == 303
        assert Act.objects.count() == number
        assert "Đã xong" in html_of(client.get(lesson.url))
        [read] = xapi.facts(actor_key=tracking.actor_key(learner), verbs=[tracking.VERB_EXPERIENCED])
        with transaction.atomic():
            void(read.statement_id, by=uuid.uuid4(), reason_code="trial", at=pages.AT)
        for address in (lesson.url, course.url, "/viec-hoc/"):
            assert "</span> Đã xong" not in html_of(client.get(address)), address
    assert list(tracking.check()) == []


def test_the_statement_says_what_was_read_where_and_names_nobody(course: Any) -> None:
    frame = pages.framework()
    a1 = frame.competencies.get(code="A1")
    lesson = pages.lesson(course, aligned=[(a1, 1)])
    learner = pages.enrolled(course)
    act = read_lesson(learner, lesson.translation_key, act_id=uuid.uuid4(), at=pages.AT)
    [statement] = [row for row in statements() if row["verb"]["id"].endswith("experienced")]
    assert statement["actor"] == {
        "objectType": "Agent",
        "account": {"homePage": "https://bdhvs.example/", "name": str(learner.actor)},
    }
    assert statement["object"]["id"].endswith(str(lesson.translation_key))
    assert statement["timestamp"] == act.occurred_at.strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    assert statement["context"]["revision"] == "1"
    contexts = statement["context"]["contextActivities"]
    assert [row["id"].rsplit("/", 1)[1] for row in contexts["grouping"]] == [str(course.translation_key)]
    assert [row["id"].split("/competencies/")[1] for row in contexts["other"]] == ["test-framework/A1/levels/1"]
    assert "Lan" not in str(statement)


@for_each("act_id", ["", "không phải", "1; drop table"])
def test_a_broken_form_is_a_page_with_400(act_id: str, course: Any, lesson: Any) -> None:
    pages.enrolled(course)
    response = pages.client_of("lan").post(read_address(lesson), {"act_id": act_id})
    assert response.status_code == 400
    assert "<h1>" in html_of(response)
    assert not Act.objects.exists()


def test_a_broken_clock_costs_nobody_their_work(course: Any, lesson: Any) -> None:
    pages.enrolled(course)
    client = pages.client_of("lan")
    response = client.post(read_address(lesson), {"act_id": str(uuid.uuid4()), "occurred_at": "31/02/2025"})
    assert response.status_code == 303
    assert Act.objects.get().occurred_at == Act.objects.get().received_at


def test_another_learners_act_id_is_refused(course: Any, lesson: Any) -> None:
    first, second = pages.enrolled(course), pages.person("minh")
    enrol(second, course.translation_key, at=pages.AT)
    act_id = uuid.uuid4()
    read_lesson(first, lesson.translation_key, act_id=act_id, at=pages.AT)
    response = pages.client_of("minh").post(read_address(lesson), {"act_id": str(act_id)})
    assert response.status_code == 400
    assert Act.objects.count() == 1


def test_get_on_an_acting_address_is_a_page_with_405(course: Any, lesson: Any) -> None:
    pages.enrolled(course)
    for address in (enrol_address(course), read_address(lesson)):
        response = pages.client_of("lan").get(address)
        assert (response.status_code, response["Allow"]) == (405, "POST")
        assert "<h1>" in html_of(response)


def test_a_post_without_its_token_is_refused(course: Any) -> None:
    pages.person()
    client = pages.client_of("lan", enforce_csrf_checks=True)
    assert client.post(enrol_address(course)).status_code == 403
    assert not Enrolment.objects.exists()


def test_the_action_refuses_who_is_not_enrolled(course: Any, lesson: Any) -> None:
    with pytest.raises(NotEnrolled):
        read_lesson(pages.person(), lesson.translation_key, act_id=uuid.uuid4(), at=pages.AT)


def test_an_aliass_lesson_is_its_originals(site: Site, course: Any, lesson: Any) -> None:
    alias = lesson.create_alias(parent=pages.course(site.catalog, "Khóa hai"))
    pages.enrolled(course)
    page = pages.client_of("lan").get(alias.url)
    assert page.context["activity_key"] == lesson.translation_key
    assert read_address(lesson) in html_of(page)


def test_costs_do_not_grow_with_the_course(course: Any, lesson: Any) -> None:
    pages.enrolled(course)
    client = pages.client_of("lan")
    counts = []
    for size in (2, 6):
        for number in range(2 if size == 2 else 3, size + 1):
            pages.lesson(course, f"Bài {number}")
        per_page = []
        for address in (course.url, lesson.url):
            client.get(address)  # fills what the process keeps (site root paths, content types)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            per_page.append(len(queries))
        counts.append(per_page)
    assert counts[0] == counts[1]
    # One of them for what is private to a group: no list tells its name.
    assert max(counts[0]) <= 23
