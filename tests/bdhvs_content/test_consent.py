"""After a withdrawal nothing new is recorded until the learner agrees again, and the page asks."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bdhvs_content.api import enrol_with_consent, read_lesson
from bdhvs_lms.attempts.api import agree
from bdhvs_lms.audit.api import Consent, ConsentMissing, record_consent
from bdhvs_lms.conf import app_settings
from bdhvs_lms.courses.api import Enrolment
from bdhvs_lms.privacy.api import withdraw_consent
from bdhvs_lms.tracking.api import Act
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages
from tests.support.loops import for_each
from tests.support.worlds import made_once

pytestmark = pytest.mark.django_db

LATER = pages.AT + timedelta(hours=1)
AGREED = {"consent": "on", "text_version": app_settings.CONSENT_VERSION}


@pytest.fixture(autouse=True)
def clock(settings: Any) -> None:
    settings.BDHVS_TEST_CLOCK = "2025-11-16T10:00:00+07:00"


class Reading:
    def __init__(self) -> None:
        self.course = pages.course(pages.catalog())
        self.lesson = pages.lesson(self.course)
        self.learner = pages.enrolled(self.course)
        self.client = pages.client_of("lan")
        self.address = reverse("bdhvs_content:lesson-read", args=[self.lesson.translation_key])

    def read(self) -> Act:
        return read_lesson(self.learner, self.lesson.translation_key, act_id=uuid.uuid4(), at=LATER)


made, reading = made_once(Reading)


def recorded() -> tuple[int, int]:
    return Act.objects.count(), len(list(xapi.facts(after_seq=0)))


@for_each("why", ["never", "withdrawn", "another text"])
def test_the_action_records_nothing_without_a_yes_to_the_text_in_force(why: str, reading: Reading) -> None:
    if why == "never":
        Consent._base_manager.all().delete()
    elif why == "withdrawn":
        withdraw_consent(reading.learner, at=LATER)
    else:
        record_consent(reading.learner.actor, given=True, at=LATER, text_version="1999")
    with pytest.raises(ConsentMissing):
        reading.read()
    assert recorded() == (0, 0)
    assert agree(reading.learner, at=LATER)
    reading.read()
    assert recorded()[0] == 1


def test_asking_costs_one_query_an_act(reading: Reading) -> None:
    with CaptureQueriesContext(connection) as queries:
        reading.read()
    assert len([query for query in queries if "bdhvs_lms_consent" in query["sql"]]) == 1


def test_the_lesson_stays_readable_and_its_form_asks(reading: Reading) -> None:
    assert 'id="id_consent"' not in reading.client.get(reading.lesson.url).content.decode()
    withdraw_consent(reading.learner, at=LATER)
    response = reading.client.get(reading.lesson.url)
    html = response.content.decode()
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "Dừng lại" in html
    assert 'id="id_consent"' in html and "Chưa có sự đồng ý với nội dung dưới đây" in html


@for_each("sent", ["page of before", "box not ticked", "another text"])
def test_a_refused_act_brings_the_page_back_with_the_question(sent: str, reading: Reading) -> None:
    act_id = str(reading.client.get(reading.lesson.url).context["act_id"])
    withdraw_consent(reading.learner, at=LATER)
    more = {
        "page of before": {},
        "box not ticked": {"text_version": app_settings.CONSENT_VERSION},
        "another text": {**AGREED, "text_version": "1999"},
    }[sent]
    response = reading.client.post(reading.address, {"act_id": act_id, **more})
    html = response.content.decode()
    assert response.status_code == 400
    assert 'href="#id_consent"' in html and 'id="consent-error"' in html
    assert "Chưa ghi lại gì" in html
    assert recorded() == (0, 0)

    response = reading.client.post(reading.address, {"act_id": act_id, **AGREED})
    assert (response.status_code, response["Location"]) == (303, reading.lesson.url)
    assert Act.objects.get().act_id == uuid.UUID(act_id)
    assert [row.given for row in Consent.objects.order_by("id")] == [True, False, True]


def test_who_has_agreed_is_not_written_down_again_by_a_form_of_before(reading: Reading) -> None:
    reading.client.post(reading.address, {"act_id": str(uuid.uuid4()), **AGREED})
    assert Consent.objects.count() == 1


def test_enrolling_asks_again_after_a_withdrawal_and_for_a_new_text(reading: Reading) -> None:
    course, learner = reading.course, pages.person("minh")
    for spoil in (
        lambda: withdraw_consent(learner, at=LATER),
        lambda: record_consent(learner.actor, given=True, at=LATER, text_version="1999"),
    ):
        spoil()
        with pytest.raises(ConsentMissing):
            enrol_with_consent(learner, course.translation_key, consent=False, at=LATER)
        assert 'id="id_consent"' in pages.client_of("minh").get(course.url).content.decode()
    assert not Enrolment.objects.filter(learner=learner).exists()
    enrol_with_consent(learner, course.translation_key, consent=True, at=LATER)
    assert Enrolment.objects.filter(learner=learner).count() == 1
