"""The stranger's page on a site that has included its addresses."""

from __future__ import annotations

import re

import pytest
from plugin_example import actions
from plugin_example.activity import PracticeActivity
from plugin_example.models import NumberQuestion

from bdhvs_lms.audit.api import ConsentMissing
from bdhvs_lms.conf import app_settings
from bdhvs_lms.courses.api import enrol
from bdhvs_lms.learners.api import register
from bdhvs_lms.privacy.api import withdraw_consent
from bdhvs_lms.tracking.api import Act
from bdhvs_quiz.models import Attempt
from tests.bdhvs_content import pages
from tests.plugin_example.helpers import number
from tests.support.markup import html_of
from tests.support.world import T0, World, uid

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(settings):
    settings.ROOT_URLCONF = "tests.plugin_example.site_urls"
    course = pages.course(pages.catalog())
    return actions.create_task(course.translation_key, "Đặt lịch khám", pages.AT, instructions="Mở ứng dụng.")


def test_the_type_knows_the_address_in_each_language(task):
    kind = PracticeActivity()
    assert kind.address(task.key, "vi") == f"/thuc-hanh/{task.key}/"
    assert kind.address(task.key, "en") == f"/en/thuc-hanh/{task.key}/"


def test_without_its_addresses_in_the_site_it_is_not_offered_on_a_page():
    task = actions.create_task(World().course_key, "Đặt lịch khám", T0)
    assert PracticeActivity().address(task.key, "vi") is None


def test_a_learner_says_done_once_however_often_the_form_is_sent(task):
    learner = pages.person()

    enrol(learner, task.course_key, at=pages.AT)
    client = pages.client_of("lan")
    address = f"/thuc-hanh/{task.key}/"
    page = html_of(client.get(address))
    assert "Mở ứng dụng." in page
    act_id = re.search(r'name="act_id" value="([^"]+)"', page)[1]
    for _time in range(2):
        assert client.post(address, {"act_id": act_id}).status_code == 303
    assert [act.activity_key for act in Act.objects.filter(learner=learner)] == [task.key]
    assert client.post(address, {"act_id": "nonsense"}).status_code == 400
    actions.tick_off(learner, task.key, passed=True, observer=uid("observer"), act_id=uid("tick"), at=pages.AT)
    assert "done, seen by an observer" in html_of(client.get(address))


def test_who_may_not(task, client):
    address = f"/thuc-hanh/{task.key}/"
    assert client.get(address).status_code == 302
    pages.person()
    assert pages.client_of("lan").post(address, {"act_id": str(uid("a"))}).status_code == 403
    assert pages.client_of("lan").get(f"/thuc-hanh/{uid('nowhere')}/").status_code == 404
    assert pages.client_of("lan").delete(address).status_code == 405
    assert not Act.objects.exists()


# --- The question, on the built-in pages ---


def test_the_number_is_asked_refused_answered_and_graded_on_the_quiz_pages():
    course = pages.course(pages.catalog())
    question = number("Trang A4 dài?", answer="29.7", unit="cm")
    quiz = pages.quiz(course, [question])
    pages.enrolled(course)
    client = pages.client_of("lan")
    field = f"q-{question.key}"
    begun = client.post(f"/bai-kiem-tra/{quiz.translation_key}/bat-dau/", {"act_id": str(uid("begin"))})
    page = html_of(client.get(begun["Location"]))
    assert f'name="{field}"' in page
    # Ids and tokens are random: only what is read counts.
    assert "29" not in re.sub(r"<[^>]*>", " ", page.split("<main")[1].split("</main>")[0])
    wrong = client.post(begun["Location"], {"act_id": str(uid("s1")), "do": "submit", field: "ba mươi"})
    assert 'class="field-error"' in html_of(wrong)
    assert Attempt.objects.get().submitted_at is None
    client.post(begun["Location"], {"act_id": str(uid("s2")), "do": "submit", field: "29,7"})
    attempt = Attempt.objects.get()
    assert (attempt.success, attempt.raw) == (True, 1)


def test_an_editor_makes_a_number_question_in_the_bank():
    client = pages.editor()
    address = "/quan-tri/snippets/plugin_example/numberquestion/add/"
    form = {"prompt": "Gọi công an?", "unit": "", "tolerance": "0", "explanation": "", "action-publish": "1"}
    assert client.post(address, {**form, "answer": ""}).status_code == 200
    assert not NumberQuestion.objects.exists()
    assert client.post(address, {**form, "answer": "113"}).status_code == 302
    row = NumberQuestion.objects.get()
    assert (row.answer, row.live, row.type_key) == (113, True, "plugin_example.number")


def test_a_learner_without_enrolment_cannot_say_done():
    world = World()
    task = actions.create_task(world.course_key, "Đặt lịch khám", T0)
    stranger = register(full_name="Nguyễn Văn Khách", at=T0)
    with pytest.raises(actions.NotEnrolled):
        actions.say_done(stranger, task.key, act_id=uid("said"), at=T0)


def test_who_has_withdrawn_is_asked_again_on_the_plugins_own_page(task):
    learner = pages.person()
    enrol(learner, task.course_key, at=pages.AT)
    client = pages.client_of("lan")
    address = f"/thuc-hanh/{task.key}/"
    withdraw_consent(learner, at=pages.AT)
    for act in (
        lambda: actions.say_done(learner, task.key, act_id=uid("said"), at=pages.AT),
        lambda: actions.tick_off(
            learner, task.key, passed=True, observer=uid("observer"), act_id=uid("seen"), at=pages.AT
        ),
    ):
        with pytest.raises(ConsentMissing):
            act()
    response = client.post(address, {"act_id": str(uid("said"))})
    assert response.status_code == 400
    assert 'id="consent-error"' in html_of(response)
    assert not Act.objects.exists()
    agreed = {"act_id": str(uid("said")), "consent": "on", "text_version": app_settings.CONSENT_VERSION}
    assert client.post(address, agreed).status_code == 303
    assert Act.objects.count() == 1
