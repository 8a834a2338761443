"""A consent taken back in the middle of a quiz: nothing more is recorded, and no answer that was chosen is lost."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.attempts.api import agree
from bdhvs_lms.audit.api import ConsentMissing
from bdhvs_lms.conf import app_settings
from bdhvs_lms.privacy.api import withdraw_consent
from bdhvs_quiz.actions import open_attempt, save_answers, submit
from bdhvs_quiz.models import Attempt, AttemptStep
from tests.bdhvs_content import pages
from tests.bdhvs_quiz.helpers import GROUND, Taking, address, statements
from tests.support.markup import html_of

pytestmark = pytest.mark.django_db
ground = GROUND.once(5)

LATER = pages.AT + timedelta(hours=1)
AGREED = {"consent": "on", "text_version": app_settings.CONSENT_VERSION}


@pytest.fixture(autouse=True)
def clock(settings: Any) -> None:
    settings.BDHVS_TEST_CLOCK = "2025-11-16T10:00:00+07:00"


def recorded() -> tuple[int, int, int]:
    return Attempt.objects.count(), AttemptStep.objects.count(), len(statements())


def ticked(html: str) -> int:
    """How many options are chosen."""
    return html.count(" checked")


def test_no_action_records_anything_after_a_withdrawal() -> None:
    taking = Taking(3)
    attempt = taking.open()
    withdraw_consent(taking.learner, at=LATER)
    before = recorded()
    answers = taking.responses(3)
    for act in (
        lambda: open_attempt(taking.learner, taking.key, act_id=uuid.uuid4(), at=LATER),
        lambda: save_answers(attempt.uuid, taking.learner, answers, act_id=uuid.uuid4(), at=LATER),
        lambda: submit(attempt.uuid, taking.learner, answers, act_id=uuid.uuid4(), at=LATER),
        lambda: submit(attempt.uuid, taking.learner, None, act_id=uuid.uuid4(), at=LATER),
    ):
        with pytest.raises(ConsentMissing):
            act()
    assert recorded() == before
    agree(taking.learner, at=LATER)
    assert submit(attempt.uuid, taking.learner, answers, act_id=uuid.uuid4(), at=LATER).attempt.success


def test_what_was_submitted_before_is_still_shown_and_said() -> None:
    taking = Taking(3)
    attempt = taking.open()
    submit(attempt.uuid, taking.learner, taking.responses(3), act_id=uuid.uuid4(), at=LATER)
    withdraw_consent(taking.learner, at=LATER)
    assert submit(attempt.uuid, taking.learner, {}, act_id=uuid.uuid4(), at=LATER).already
    assert taking.client.get(address(attempt, "result")).status_code == 200


def test_asking_costs_one_query_an_act() -> None:
    taking = Taking(3)
    counts = []
    with CaptureQueriesContext(connection) as queries:
        attempt = taking.open()
    counts.append(queries)
    with CaptureQueriesContext(connection) as queries:
        save_answers(attempt.uuid, taking.learner, taking.responses(1), act_id=uuid.uuid4(), at=LATER)
    counts.append(queries)
    with CaptureQueriesContext(connection) as queries:
        submit(attempt.uuid, taking.learner, None, act_id=uuid.uuid4(), at=LATER)
    counts.append(queries)
    assert [sum("bdhvs_lms_consent" in query["sql"] for query in each) for each in counts] == [1, 1, 1]


def test_beginning_asks_on_the_quizs_page_and_begins_once_agreed() -> None:
    taking = Taking(3)
    withdraw_consent(taking.learner, at=LATER)
    act_id = str(taking.client.get(taking.quiz.url).context["act_id"])
    response = taking.client.post(taking.begin_address(), {"act_id": act_id})
    assert response.status_code == 400
    assert 'id="id_consent"' in html_of(response)
    assert recorded() == (0, 0, 0)
    response = taking.client.post(taking.begin_address(), {"act_id": act_id, **AGREED})
    assert response.status_code == 303
    assert recorded()[:2] == (1, 1)


@pytest.mark.parametrize("do", ["save", "submit"])
def test_answers_that_were_chosen_come_back_with_the_question_and_go_through_once_agreed(do: str) -> None:
    taking = Taking(5)
    attempt = taking.open()
    assert 'id="id_consent"' not in html_of(taking.client.get(address(attempt)))
    withdraw_consent(taking.learner, at=LATER)
    before = recorded()
    answered = 5 if do == "submit" else 3
    form = taking.form(answered, answered, do=do)
    response = taking.client.post(address(attempt), form)
    html = html_of(response)
    assert response.status_code == 400
    assert ticked(html) == answered
    assert 'href="#id_consent"' in html
    assert recorded() == before

    assert taking.client.post(address(attempt), {**form, **AGREED}).status_code == 303
    attempt.refresh_from_db()
    assert AttemptStep.objects.filter(attempt=attempt).latest("seq").data["responses"] == taking.responses(
        answered, answered
    )
    assert (attempt.submitted_at is not None) == (do == "submit")


def test_the_page_that_asks_before_submitting_asks_for_consent_too() -> None:
    taking = Taking(3)
    attempt = taking.open()
    taking.client.post(address(attempt), taking.form(2, 2))
    withdraw_consent(taking.learner, at=LATER + timedelta(days=30))
    form = {"do": "submit", "confirmed": "1", "act_id": str(uuid.uuid4()), "base": "2"}
    assert 'id="id_consent"' in html_of(taking.client.get(f"{address(attempt)}?buoc=nop"))
    response = taking.client.post(address(attempt), form)
    html = html_of(response)
    assert response.status_code == 400
    assert 'name="confirmed"' in html and 'id="consent-error"' in html
    attempt.refresh_from_db()
    assert attempt.submitted_at is None
    agree(taking.learner, at=LATER + timedelta(days=31))
    assert taking.client.post(address(attempt), form).status_code == 303
