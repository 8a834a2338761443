"""When a quiz can be begun and when an attempt ends: by the server's clock, with more time for who was given it."""

from __future__ import annotations

import time
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import translation

from bdhvs_lms.attempts.api import give_extra_time
from bdhvs_lms.courses.api import Activity
from bdhvs_lms.tracking.api import check
from bdhvs_quiz.actions import save_answers, submit
from bdhvs_quiz.models import Attempt, AttemptStep
from bdhvs_quiz.models.quiz import QuizFeedback
from bdhvs_quiz.timing import GRACE, Closed, NotOpenYet, WaitFirst, due, overdue, require_now
from tests.bdhvs_content import pages
from tests.bdhvs_quiz.helpers import GROUND, Taking, address
from tests.support.markup import html_of

ground = GROUND.once(4)

AT = pages.AT
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _vietnamese() -> Any:
    with translation.override("vi"):
        yield


class Clock:
    def __init__(self, settings: Any, patched: pytest.MonkeyPatch) -> None:
        self.settings, self.patched = settings, patched
        self.to(AT)

    def to(self, moment: datetime) -> None:
        """From there it runs on."""
        self.patched.setattr("bdhvs_lms.base.clock._STARTED", time.monotonic())
        self.settings.BDHVS_TEST_CLOCK = moment.isoformat()


@pytest.fixture
def clock(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(settings, monkeypatch)


def test_the_rules_alone() -> None:
    rules = {"opens_at": AT.isoformat(), "closes_at": (AT + HOUR).isoformat(), "wait_minutes": 30, "time_limit": 20}
    for last, at, reason in (
        (None, AT - MINUTE, NotOpenYet),
        (None, AT + HOUR, Closed),
        (AT, AT + 29 * MINUTE, WaitFirst),
    ):
        with pytest.raises(reason):
            require_now(rules, last, at)
    require_now(rules, AT, AT + 30 * MINUTE)
    require_now({}, AT, AT)
    assert due(rules, AT, 0) == AT + 20 * MINUTE
    assert due(rules, AT, 50) == AT + 30 * MINUTE
    assert due(rules, AT + 50 * MINUTE, 0) == AT + HOUR
    assert due(rules, AT + 50 * MINUTE, 50) == AT + 80 * MINUTE
    assert due({"closes_at": AT.isoformat()}, AT, 0) == AT
    assert due({}, AT, 50) is None


def test_what_arrives_within_a_minutes_grace_is_in_time() -> None:
    ends = AT + HOUR
    assert not overdue(ends, ends + GRACE)
    assert overdue(ends, ends + GRACE + timedelta(microseconds=1))
    assert not overdue(None, ends)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"opens_at": AT + HOUR}, "Bài mở lúc 10:00, 15/11/2025."),
        ({"closes_at": AT - HOUR}, "Bài đã đóng lúc 08:00, 15/11/2025."),
    ],
)
def test_outside_of_its_time_nobody_begins_and_the_page_says_when(
    clock: Clock, values: dict[str, Any], words: str
) -> None:
    taking = Taking(2, values)
    page = html_of(taking.client.get(taking.quiz.url))
    assert words in page
    assert "Bắt đầu làm bài" not in page
    refused = taking.client.post(taking.begin_address(), {"act_id": str(uuid.uuid4())})
    assert (refused.status_code, words in html_of(refused)) == (409, True)
    assert not Attempt.objects.exists()


@pytest.mark.django_db
def test_between_two_attempts_one_waits(clock: Clock) -> None:
    taking = Taking(2, {"wait_minutes": 90})
    submit(taking.open(), taking.learner, taking.responses(1), act_id=uuid.uuid4(), at=AT)
    assert "Có thể làm lại lúc 10:30, 15/11/2025." in html_of(taking.client.get(taking.quiz.url))
    assert taking.client.post(taking.begin_address(), {"act_id": str(uuid.uuid4())}).status_code == 409
    clock.to(AT + 90 * MINUTE)
    assert "Làm lại" in html_of(taking.client.get(taking.quiz.url))
    assert taking.client.post(taking.begin_address(), {"act_id": str(uuid.uuid4())}).status_code == 303


@pytest.mark.django_db
def test_when_time_is_up_what_was_saved_in_time_is_handed_in(clock: Clock) -> None:
    taking = Taking(3, {"time_limit": 20, "pass_percent": 60, "show_answers": "after_each"})
    assert Activity.objects.get(key=taking.key).time_limit == 20
    assert "Thời gian làm bài: 20 phút." in html_of(taking.client.get(taking.quiz.url))
    attempt = taking.open()
    assert attempt.due_at == AT + 20 * MINUTE
    clock.to(AT + 5 * MINUTE)
    page = html_of(taking.client.get(address(attempt)))
    assert "Nộp trước 09:20, 15/11/2025." in page
    assert 'data-left="900"' in page or 'data-left="899"' in page
    taking.client.post(address(attempt), taking.form(1, answered=2, do="save"))

    clock.to(AT + 20 * MINUTE + GRACE + MINUTE)
    late = taking.client.post(address(attempt), taking.form(3, do="save"))
    assert (late.status_code, late["Location"]) == (303, address(attempt, "result"))
    row = Attempt.objects.get()
    assert (row.raw, row.success, row.submitted_at) == (1, False, AT + 20 * MINUTE)
    result = html_of(taking.client.get(address(attempt, "result")))
    assert "Hết giờ lúc 09:20, 15/11/2025: các câu trả lời đã lưu tới lúc đó được nộp." in result
    assert list(check()) == []


@pytest.mark.django_db
def test_when_time_ends_between_looking_and_saving_the_late_answers_do_not_count() -> None:
    """A page looks at the clock before it saves; programs save without a page."""
    taking = Taking(3, {"time_limit": 20, "pass_percent": 60})
    attempt = taking.open()
    save_answers(attempt, taking.learner, taking.responses(1, answered=2), act_id=uuid.uuid4(), at=AT)
    late = attempt.due_at + GRACE + timedelta(microseconds=1)
    handed_in = save_answers(attempt, taking.learner, taking.responses(3), act_id=uuid.uuid4(), at=late).attempt
    assert (handed_in.raw, handed_in.success, handed_in.submitted_at) == (1, False, attempt.due_at)


@pytest.mark.django_db
def test_what_was_sent_in_time_may_arrive_a_little_late(clock: Clock) -> None:
    taking = Taking(3, {"time_limit": 20, "pass_percent": 60})
    attempt = taking.open()
    clock.to(attempt.due_at + GRACE / 2)
    done = taking.client.post(address(attempt), taking.form(2, answered=2))
    assert done["Location"] == address(attempt, "result"), "nobody is asked about what is unanswered any more"
    row = Attempt.objects.get()
    assert (row.raw, row.submitted_at) == (2, row.due_at)


@pytest.mark.django_db
def test_more_time_counts_in_an_attempt_that_is_open_and_in_the_next(clock: Clock) -> None:
    taking = Taking(2, {"time_limit": 20})
    attempt = taking.open()
    act_id = uuid.uuid4()
    for _again in range(2):
        give_extra_time(taking.learner, taking.key, 50, act_id=act_id, by=None, at=AT)
    assert Attempt.objects.get().due_at == AT + 30 * MINUTE
    submit(attempt, taking.learner, taking.responses(0), act_id=uuid.uuid4(), at=AT)
    assert taking.open().due_at == AT + 30 * MINUTE


@pytest.mark.django_db
def test_attempts_nobody_opens_any_more_are_closed_by_the_command_and_by_the_next_beginning(clock: Clock) -> None:
    taking = Taking(2, {"time_limit": 20})
    attempt = taking.open()
    save_answers(attempt, taking.learner, taking.responses(2), act_id=uuid.uuid4(), at=AT)
    call_command("close_attempts", verbosity=0)
    assert Attempt.objects.get().submitted_at is None
    clock.to(AT + HOUR)
    call_command("close_attempts", verbosity=0)
    assert Attempt.objects.get().raw == 2
    second = taking.open(at=AT + HOUR)
    third = taking.open(at=AT + 2 * HOUR)
    assert third.pk != second.pk
    assert list(Attempt.objects.order_by("pk").values_list("submitted_at", flat=True)) == [
        AT + 20 * MINUTE,
        AT + HOUR + 20 * MINUTE,
        None,
    ]


@pytest.mark.django_db
def test_one_question_a_page_without_a_script() -> None:
    taking = Taking(3, {"one_per_page": True, "pass_percent": 60})
    attempt = taking.open()
    page = html_of(taking.client.get(address(attempt)))
    assert page.count("<section hidden") == 2
    assert "Câu trước" not in page
    names = [f"q-{row.key}" for row in taking.questions]
    right = {f"q-{key}": value for key, value in taking.responses(3).items()}
    for place, name in enumerate(names[:2], start=1):
        answered = {key: value for key, value in right.items() if key in names[:place]}
        base = str(AttemptStep.objects.latest("seq").seq)
        form = {**answered, "do": f"go-{place + 1}", "place": str(place), "base": base, "act_id": str(uuid.uuid4())}
        done = taking.client.post(address(attempt), form)
        assert done["Location"] == f"{address(attempt)}?cau={place + 1}", name
    page = html_of(taking.client.get(f"{address(attempt)}?cau=3"))
    assert "Câu sau" not in page
    assert 'name="place" value="3"' in page
    base = str(AttemptStep.objects.latest("seq").seq)
    unanswered = {key: value for key, value in right.items() if key != names[2]}
    last = {"do": "submit", "base": base, "act_id": str(uuid.uuid4())}
    asked = taking.client.post(address(attempt), unanswered | last)
    assert f"{address(attempt)}?cau=3#{names[2]}" in html_of(taking.client.get(asked["Location"]))
    done = taking.client.post(address(attempt), right | last)
    assert done["Location"] == address(attempt, "result")
    assert Attempt.objects.get().raw == 3


@pytest.mark.django_db
def test_sections_are_shown_and_shuffled_within_and_the_mark_has_its_words() -> None:
    taking = Taking(4, {"shuffle_questions": True, "show_answers": "never"})
    quiz = taking.quiz
    items = list(quiz.items.all())
    items[0].section, items[0].section_intro = "Phần A", "Về mật khẩu."
    items[2].section = "Phần B"
    quiz.items = items
    quiz.overall_feedback = [QuizFeedback(percent=0, text="Xem lại bài."), QuizFeedback(percent=50, text="Khá lắm.")]
    pages.publish(quiz)
    attempt = taking.open()
    page = html_of(taking.client.get(address(attempt)))
    assert "Về mật khẩu." in page
    halves = page[page.index("Phần A") :].split("Phần B")
    assert [sum(f'id="q-{row.key}"' in half for row in taking.questions[:2]) for half in halves] == [2, 0]
    submit(attempt, taking.learner, taking.responses(2), act_id=uuid.uuid4(), at=AT)
    result = html_of(taking.client.get(address(attempt, "result")))
    assert "Khá lắm." in result
    assert "Bài này không cho xem đáp án đúng." in result
    assert "Nhận xét 1" not in result
