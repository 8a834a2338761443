"""What finishes an activity, and what others then see of it: cell, evidence, course, the reasons for a result."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import TestCase
from django.urls import reverse

from adapter_tests.saying import CHILD, MAIN, said
from bdhvs_content.api import NotPublishable
from bdhvs_h5p.activity import H5PActivity
from bdhvs_h5p.attempts.actions import NotByHand, finish_by_hand
from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.competency.models import Evidence
from bdhvs_lms.competency.queries import attainments_of
from bdhvs_lms.conf import app_settings
from bdhvs_lms.courses.api import activity
from bdhvs_lms.plugins.testing import ActivityTypeConformance
from bdhvs_lms.progress.api import results_of, status_of
from bdhvs_lms.progress.models import CourseResult
from bdhvs_lms.tracking.api import check, trust_word
from h5p_python_adapter import statements
from tests.bdhvs_content import pages
from tests.bdhvs_h5p.playing import SOON, Playing, address, again, body, post, verbs
from tests.bdhvs_h5p.playing import activity as activity_page
from tests.support.loops import for_each
from tests.support.markup import html_of
from tests.support.world import uid

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(settings: Any) -> None:
    settings.BDHVS_TEST_CLOCK = "2025-11-15T09:05:00+07:00"


def status(play: Playing) -> str:
    row = activity(play.key)
    assert row is not None
    return str(status_of(row, results_of(play.learner, [play.key]).get(play.key)))


class TestConformance(ActivityTypeConformance, TestCase):
    activity_type = H5PActivity

    @pytest.fixture(autouse=True)
    def _play(self, world: Playing) -> None:
        self.play = world.for_a_test()

    def publish(self) -> uuid.UUID:
        return self.play.key

    def finish(self, activity_key: uuid.UUID) -> None:
        attempt = self.play.open()
        self.play.say(attempt, said("attempted"), said("answered", score=(1, 1)))


# --- As the package says ----------------------------------------------------------------------------------------------


def test_the_cell_is_begun_then_done(play: Playing) -> None:
    assert status(play) == "not_begun"
    attempt = play.open()
    play.say(attempt, said("answered", part=CHILD, score=(1, 1)))
    assert status(play) == "in_progress"
    play.say(attempt, said("completed", score=(1, 2)), first=2)
    assert status(play) == "done"
    assert CourseResult.objects.get().course_key == play.course.translation_key


@pytest.mark.parametrize(
    ("completion", "after"), [("emitted", "done"), ("viewed", "in_progress"), ("by_hand", "in_progress")]
)
def test_what_only_shows_something_is_done_by_that_where_the_page_leaves_it_to_the_activity(
    completion: str, after: str, monkeypatch: pytest.MonkeyPatch, play: Playing
) -> None:
    monkeypatch.setattr(statements, "SHOWS_ONLY", {MAIN.machine_name})
    play = play.another(completion=completion)
    attempt = play.open()
    play.say(attempt, said(statements.CONSUMED, completion=True))
    assert status(play) == after
    assert verbs(attempt).count("completed") == (after == "done")


def test_with_a_mark_only_passing_is_done(play: Playing) -> None:
    play = play.another(pass_percent=60)
    attempt = play.open()
    play.say(attempt, said("completed", score=(1, 2)))
    assert status(play) == "in_progress"
    play.say(attempt, said("completed", score=(2, 2)), first=2)
    assert status(play) == "done"


def test_evidence_is_client_reported_and_by_the_usual_rule_makes_nobody_competent(play: Playing) -> None:
    a1 = pages.framework().competencies.get(code="A1")
    play = play.another(pass_percent=60, aligned=[(a1, 1)])
    attempt = play.open()
    play.say(attempt, said("completed", score=(2, 2)))
    evidence = Evidence.objects.get()
    assert (evidence.success, evidence.scaled, evidence.trust, evidence.presence) == (True, Decimal(1), 0, False)
    assert not [verb for verb in verbs(attempt) if verb == "mastered"]
    attained = attainments_of(play.learner)
    assert [row.status for row in attained] == ["in_progress"]
    assert not list(check())


def test_why_says_that_it_is_client_reported(play: Playing) -> None:
    a1 = pages.framework().competencies.get(code="A1")
    play = play.another(pass_percent=60, aligned=[(a1, 1)])
    play.say(play.open(), said("completed", score=(2, 2)))
    why = html_of(play.client.get(reverse("bdhvs_lms:why", args=["test-framework", "A1", 1])))
    assert "Cuộc gọi lạ" in why and trust_word(0) in why


# --- By hand, by viewing ----------------------------------------------------------------------------------------------


def test_by_hand_is_the_learners_word_once(play: Playing) -> None:
    play = play.another(completion="by_hand")
    attempt = play.open()
    page = html_of(play.client.get(address(attempt)))
    assert address(attempt, "done") in page
    for _ in range(2):
        answer = play.client.post(address(attempt, "done"), {"act_id": str(uuid.uuid4())})
        assert (answer.status_code, answer.headers["Location"]) == (303, play.page.url)
    assert verbs(attempt) == ["initialized", "experienced", "completed"]
    assert status(play) == "done"
    assert address(attempt, "done") not in html_of(play.client.get(address(attempt)))


def test_by_hand_asks_for_consent_that_is_missing(play: Playing) -> None:
    play = play.another(completion="by_hand")
    attempt = play.open()
    record_consent(play.learner.actor, given=False, at=SOON)
    answer = play.client.post(address(attempt, "done"), {"act_id": str(uuid.uuid4())})
    assert answer.status_code == 400 and 'name="consent"' in html_of(answer)
    agreed = {"act_id": str(uuid.uuid4()), "consent": "on", "text_version": app_settings.CONSENT_VERSION}
    assert play.client.post(address(attempt, "done"), agreed).status_code == 303
    assert verbs(attempt) == ["initialized", "experienced", "completed"]


def test_only_what_is_finished_by_hand_is(play: Playing) -> None:
    attempt = play.open()
    with pytest.raises(NotByHand):
        finish_by_hand(attempt.uuid, play.learner, act_id=uid("x"), at=SOON)
    assert play.client.post(address(attempt, "done"), {"act_id": str(uid("x"))}).status_code == 409
    assert play.client.post(address(attempt, "done"), {}).status_code == 400
    assert verbs(attempt) == ["initialized"]


def test_viewed_is_said_when_the_player_shows_it_once(play: Playing) -> None:
    play = play.another(completion="viewed")
    attempt = play.open()
    assert status(play) == "in_progress"
    for _ in range(2):
        answer = post(play.client, address(attempt, "statements"), body(attempt, ready=True))
        assert answer.json()["progress"]["completed"] is True
    assert verbs(attempt) == ["initialized", "experienced", "completed"]
    assert status(play) == "done"


@for_each("completion", ["viewed", "by_hand"])
def test_nobody_has_to_pass_what_gives_no_result(completion: str, play: Playing) -> None:
    with pytest.raises(NotPublishable, match="Bỏ trống điểm đạt"):
        play.another(completion=completion, pass_percent=50)


def test_shown_is_not_finished_for_others(play: Playing) -> None:
    attempt = play.open()
    answer = post(play.client, address(attempt, "statements"), body(attempt, ready=True))
    assert answer.json() == {
        "results": [],
        "progress": {
            "end": "",
            "score": "",
            "completed": False,
            "passed": None,
            "scaled": None,
            "raw": None,
            "max": None,
        },
    }
    assert verbs(attempt) == ["initialized"]


def test_seen_is_concluded_by_nobody_else(play: Playing) -> None:
    play = play.another(completion="by_hand")
    attempt = play.open()
    finish_by_hand(attempt.uuid, play.learner, act_id=uid("x"), at=SOON)
    again_ = play.open(at=SOON + timedelta(minutes=1))
    finish_by_hand(again_.uuid, play.learner, act_id=uid("y"), at=SOON + timedelta(minutes=2))
    assert verbs(again_) == ["initialized", "experienced", "completed"]
    assert not list(check())


# --- The page ---------------------------------------------------------------------------------------------------------


def test_begin_leads_to_the_player_and_back(play: Playing) -> None:
    begun = play.client.post(reverse("bdhvs_h5p:begin", args=[play.key]), {"act_id": str(uid("b"))})
    assert begun.status_code == 303
    page = play.client.get(begun.headers["Location"])
    assert page.status_code == 200 and page.headers["Cache-Control"] == "private, no-store"
    assert play.page.url in html_of(page)
    assert play.client.post(reverse("bdhvs_h5p:begin", args=[play.key]), {}).status_code == 400
    assert (
        play.client.post(reverse("bdhvs_h5p:begin", args=[uid("none")]), {"act_id": str(uid("c"))}).status_code == 404
    )


def test_what_can_be_done_instead_stands_below_where_the_page_says_so(play: Playing) -> None:
    html = html_of(play.client.get(address(play.open())))
    assert "Cách học thay thế ghi ở dưới" in html
    assert "Hãy học tiếp các phần khác của khóa" in html
    assert "Hãy học tiếp các phần khác của khóa" not in html_of(play.client.get(play.page.url))


def shown_end(play: Playing, attempt: Any) -> tuple[str, str]:
    """Which end the attempt's page shows, and its words and links as HTML. The others are hidden."""
    html = html_of(play.client.get(address(attempt)))
    ends = re.findall(r'data-h5p-when="(\w+)"( hidden)?>(.*?)</div>', html, re.DOTALL)
    assert [when for when, _hidden, _words in ends] == ["passed", "failed", "completed"]
    [(when, words)] = [(when, words) for when, hidden, words in ends if not hidden]
    return when, words


@pytest.fixture
def between(play: Playing) -> dict[int | None, tuple[Playing, Any, Any]]:
    """By its mark: an activity, what is before it and what comes after it."""
    before, marked = activity_page(pages.fresh(play.course), play.content), play.another(pass_percent=80)
    after = activity_page(pages.fresh(play.course), play.content)
    pages.fresh(play.page).move(pages.fresh(marked.page), pos="right")
    last = activity_page(pages.fresh(play.course), play.content)
    pages.fresh(after).move(pages.fresh(marked.page), pos="right")
    return {80: (marked, before, after), None: (play, after, last)}


@for_each(
    ("mark", "said_", "when", "words", "onward"),
    [
        (80, [said("completed", score=(0, 3))], "failed", "Chưa đạt: 0/3", "previous"),
        (80, [said("completed", score=(3, 3))], "passed", "Đạt: 3/3", "next"),
        (80, [said("completed", score=(3, 3)), said("completed", score=(1, 3))], "passed", "Đạt: 3/3", "next"),
        (80, [said("completed")], "failed", "Chưa đạt", "previous"),
        (80, [said("passed")], "failed", "Chưa đạt", "previous"),
        (None, [said("failed", score=(0, 3))], "failed", "Chưa đạt: 0/3", "previous"),
        (None, [said("passed", score=(2.5, 3))], "passed", "Đạt: 2,5/3", "next"),
        (None, [said("completed", score=(0, 3))], "completed", "Đã xong: 0/3", "next"),
        (None, [said("completed")], "completed", "Đã xong", "next"),
    ],
)
def test_every_end_shows_the_score_and_leads_on(
    mark: int | None, said_: list[Any], when: str, words: str, onward: str, between: Any
) -> None:
    play, before, after = between[mark]
    attempt = play.open()
    play.say(attempt, *said_)
    shown, html = shown_end(play, attempt)
    text = re.sub(r"<[^>]+>", "", html)
    assert shown == when
    assert text.startswith(f"{words}.")
    neighbour = before if onward == "previous" else after
    assert f'href="{pages.fresh(neighbour).url}"' in html
    assert f'href="{play.page.url}"' in html
    if when == "failed":
        assert "Hãy xem lại bài học, rồi làm lại" in text
        assert ("Để đạt: ít nhất 80 phần trăm." in text) == (mark is not None)


def test_after_the_last_activity_an_end_leads_to_the_course(play: Playing) -> None:
    attempt = play.open()
    play.say(attempt, said("completed", score=(1, 1)))
    _when, html = shown_end(play, attempt)
    assert f'href="{play.course.url}"' in html


def test_nothing_is_said_of_an_end_before_there_is_one(play: Playing) -> None:
    html = html_of(play.client.get(address(play.open())))
    assert re.findall(r'data-h5p-when="(\w+)" hidden>', html) == ["passed", "failed", "completed"]


def test_an_attempt_that_another_replaced_leads_to_the_page(play: Playing) -> None:
    attempt = play.open()
    play.say(attempt, said("completed", score=(1, 1)))
    play.open(at=SOON)
    assert again(attempt).ended_received_at == SOON
    answer = play.client.get(address(attempt))
    assert (answer.status_code, answer.headers["Location"]) == (303, play.page.url)


def test_without_consent_the_page_asks_and_shows_no_player(play: Playing) -> None:
    attempt = play.open()
    record_consent(play.learner.actor, given=False, at=SOON)
    html = html_of(play.client.get(address(attempt)))
    assert 'name="consent"' in html and "data-h5p=" not in html
    agreed = {"act_id": str(attempt.act_id), "consent": "on", "text_version": app_settings.CONSENT_VERSION}
    begun = play.client.post(reverse("bdhvs_h5p:begin", args=[play.key]), agreed)
    assert begun.headers["Location"] == address(attempt)


def test_somebody_elses_attempt_is_not_there(play: Playing) -> None:
    attempt = play.open()
    pages.enrolled(play.course, "minh")
    other = pages.client_of("minh")
    assert other.get(address(attempt)).status_code == 404
    assert other.post(address(attempt, "done"), {"act_id": str(uid("x"))}).status_code == 404
