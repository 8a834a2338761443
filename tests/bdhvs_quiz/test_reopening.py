"""A teacher opens an attempt again, with a trace: the learner goes on with the answers, and everything agrees."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.audit.models import AccessLog
from bdhvs_lms.classes.api import EXTRA_TIME, allow_time
from bdhvs_lms.competency.models import Attainment, Evidence
from bdhvs_lms.courses.api import enrol
from bdhvs_lms.learners.api import Learner, link_user
from bdhvs_lms.progress.models import CourseResult, Result
from bdhvs_lms.tracking.api import check, void
from bdhvs_quiz.actions import close_if_overdue, open_attempt, save_answers, submit
from bdhvs_quiz.merging import Copy
from bdhvs_quiz.models import Attempt, AttemptStep, Reopening, TypedAnswer
from bdhvs_quiz.personal import QuizPersonalData
from bdhvs_quiz.queries import answers_of, attempts_used
from bdhvs_quiz.regrading import actions as regrading
from bdhvs_quiz.reopening.actions import reopen
from bdhvs_quiz.statements import concluded
from bdhvs_quiz.steps import last_step
from bdhvs_quiz.timing import due_again
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages
from tests.bdhvs_lms.reporting.reading import text_of
from tests.bdhvs_quiz.helpers import address
from tests.bdhvs_quiz.test_paper import HALL, Hall
from tests.support.markup import html_of

pytestmark = pytest.mark.django_db
ground = HALL.once()
AT, HOUR = pages.AT, timedelta(hours=1)


class Class(Hall):
    """A class whose members answer by themselves; four questions, one of each type."""

    def __init__(self, *names: str, **quiz: Any) -> None:
        super().__init__(*names, **{"pass_percent": 60, "show_answers": "after_each", **quiz})
        self.at = AT
        for one in self.people:
            enrol(one, self.group.course.key, at=AT)

    @property
    def key(self) -> uuid.UUID:
        key: uuid.UUID = self.quiz.translation_key
        return key

    def begin(self, **more: Any) -> Attempt:
        self.at += HOUR
        return open_attempt(self.people[0], self.key, act_id=uuid.uuid4(), **{"at": self.at, **more})

    def hand_in(self, attempt: Attempt, right: int, **more: Any) -> Attempt:
        self.at += HOUR / 4
        given = {"act_id": uuid.uuid4(), "at": self.at, **more}
        return submit(attempt.uuid, self.people[0], given.pop("answers", None) or self.answers(right), **given).attempt

    def take(self, *rights: int) -> list[Attempt]:
        return [self.hand_in(self.begin(), right) for right in rights]

    def reopen(self, attempt: Attempt, **more: Any) -> Attempt:
        self.at += HOUR / 4
        given = {"by": self.teacher, "act_id": uuid.uuid4(), "at": self.at, "reason": "Điện thoại hết pin", **more}
        return reopen(self.group, self.people[0], attempt.uuid, given.pop("reason"), **given)

    @property
    def result(self) -> Result:
        return Result.objects.get(learner=self.people[0], activity_key=self.key)

    def clocked(self, settings: Any, at: datetime | None = None) -> None:
        settings.BDHVS_TEST_CLOCK = (at or self.at + HOUR / 4).isoformat()


def said(attempt: Attempt) -> dict[str, int]:
    """How many statements of each verb are in force."""
    return dict(Counter(fact.verb.rsplit("/", 1)[1] for fact in xapi.facts(registration=attempt.uuid)))


def kinds_of(attempt: Attempt) -> list[str]:
    return list(AttemptStep.objects.filter(attempt=attempt).order_by("seq").values_list("kind", flat=True))


def test_the_learner_goes_on_with_the_answers_as_they_were_and_hands_in_again() -> None:
    hall = Class()
    [attempt] = hall.take(2)
    before, words = answers_of(attempt, last_step(attempt)), TypedAnswer.objects.count()
    assert said(attempt) == {"initialized": 1, "answered": 4, "completed": 1, "failed": 1}
    again = hall.reopen(attempt)
    assert (again.submitted_at, again.raw, again.success) == (None, None, None)
    assert said(again) == {"initialized": 1}
    assert answers_of(again, last_step(again)) == before, "words that were typed, too"
    assert TypedAnswer.objects.count() == words > 0
    assert (hall.result.failed_at, hall.result.best_raw) == (None, None)
    assert not Evidence.objects.exists()
    assert list(check()) == []

    key, response = next(iter(hall.answers(4).items()))
    hall.at += HOUR
    save_answers(again.uuid, hall.people[0], {**before, key: response}, act_id=uuid.uuid4(), at=hall.at)
    done = hall.hand_in(again, 4)
    assert kinds_of(done) == ["opened", "submitted", "reopened", "submitted"]
    assert [step.opening for step in done.steps.order_by("seq")] == [1, 1, 2, 2]
    assert (done.success, done.number, done.gradings) == (True, 1, {"all": 2})
    assert said(done) == {"initialized": 1, "answered": 4, "completed": 1, "passed": 1}
    completed = next(fact.statement for fact in xapi.facts(registration=done.uuid) if fact.verb.endswith("completed"))
    assert completed["result"]["duration"] == "PT01H15M00S", "since it was opened again"
    assert hall.result.passed_at == done.submitted_at
    assert list(check()) == []


def test_a_pass_falls_until_it_is_handed_in_again_and_what_rests_on_it_alone_too() -> None:
    hall = Class()
    [attempt] = hall.take(4)
    assert Attainment.objects.filter(competency=hall.a1).exists() and CourseResult.objects.exists()
    hall.reopen(attempt)
    assert hall.result.passed_at is None
    assert not CourseResult.objects.exists()
    assert not Attainment.objects.filter(status="demonstrated").exists()
    done = hall.hand_in(attempt, 4)
    assert CourseResult.objects.get().completed_at == done.submitted_at
    assert list(check()) == []


def test_pages_of_teacher_and_learner_say_what_it_means(settings: Any) -> None:
    hall = Class(attempts_allowed=1)
    [attempt] = hall.take(4)
    lan, account = hall.people[0], get_user_model().objects.create_user("lan", password="x")
    link_user(lan, account)
    hall.clocked(settings)
    teacher, learner = Client(), Client()
    teacher.force_login(hall.teacher)
    learner.force_login(account)
    answers = f"/day/{hall.group.uuid}/nguoi/{lan.actor}/lan-lam/{attempt.uuid}/"
    assert f'href="{answers}mo-lai/">Mở lại bài làm</a>' in html_of(teacher.get(answers))
    page = html_of(teacher.get(f"{answers}mo-lai/"))
    assert "Người này đã đạt với lượt làm này." in page
    assert "Không giới hạn thời gian." in page and "người học đã xem được đáp án đúng" in page
    wrong = teacher.post(f"{answers}mo-lai/", {"act_id": uuid.uuid4(), "reason": "  "})
    assert wrong.status_code == 422 and "Hãy ghi lý do trước." in html_of(wrong)
    form = {"act_id": uuid.uuid4(), "reason": "Điện thoại hết pin"}
    for _twice in range(2):
        answer = teacher.post(f"{answers}mo-lai/", form)
        assert answer.status_code == 303, html_of(answer)
    assert Reopening.objects.get().by == hall.teacher
    assert AccessLog.objects.filter(page="attempt-reopen", detail=hall.group.code).count() >= 3
    page = html_of(teacher.get(f"{answers}mo-lai/"))
    assert "Lượt làm này đang mở" in page and "Điện thoại hết pin" in page and "<textarea" not in page

    quiz = html_of(learner.get(hall.quiz.url))
    told = "Người hướng dẫn lớp đã mở lại lượt làm này lúc"
    assert told in quiz and "Làm tiếp" in quiz
    page = html_of(learner.get(address(attempt)))
    assert told in page and "Câu trả lời vẫn như lúc nộp" in page and "hết pin" not in page
    assert attempts_used(lan, hall.key).open
    hall.hand_in(attempt, 4)
    result = html_of(learner.get(address(attempt, "result")))
    assert told in result and "Câu trả lời vẫn như lúc nộp" not in result


def test_time_begins_anew_past_the_closing_of_the_quiz() -> None:
    rules = {"closes_at": AT.isoformat(), "time_limit": 20}
    assert due_again(rules, AT + HOUR, 50) == AT + HOUR + timedelta(minutes=30)
    assert due_again({"closes_at": AT.isoformat()}, AT + HOUR, 0) == AT + HOUR + timedelta(days=1)
    assert due_again({"closes_at": (AT + 48 * HOUR).isoformat()}, AT, 0) == AT + 48 * HOUR
    assert due_again({}, AT, 0) is None
    hall = Class(time_limit=20, closes_at=AT + 2 * HOUR)
    [attempt] = hall.take(2)
    hall.at += 5 * HOUR
    again = hall.reopen(attempt)
    assert again.due_at == hall.at + timedelta(minutes=20)
    allow_time(hall.group, hall.people[0], hall.key, EXTRA_TIME, act_id=uuid.uuid4(), by=hall.teacher, at=hall.at)
    again.refresh_from_db()
    assert again.due_at == hall.at + timedelta(minutes=30)
    for _round in range(2):
        closed = close_if_overdue(again.uuid, at=again.due_at + 2 * HOUR)
        assert closed is not None and closed.raw == attempt.raw, "with the answers that were there"
        hall.at = again.due_at + 3 * HOUR
        again = hall.reopen(closed)
    assert list(check()) == []


def test_it_is_refused_with_words_where_it_cannot_be() -> None:
    hall = Class("Trần Thị Lan", "Lê Văn Ân")
    [first] = hall.take(2)
    stranger = get_user_model().objects.create_user("stranger")
    with pytest.raises(PermissionDenied):
        hall.reopen(first, by=stranger)
    with pytest.raises(ValidationError, match="lý do"):
        hall.reopen(first, reason=" ")
    with pytest.raises(ValidationError, match="Không có lượt làm"):
        reopen(hall.group, hall.people[1], first.uuid, "Nhầm", by=None, act_id=uuid.uuid4(), at=hall.at)
    going = hall.begin()
    with pytest.raises(ValidationError, match="lượt làm khác"):
        hall.reopen(first)
    second = hall.hand_in(going, 4)
    again = hall.reopen(first)
    with pytest.raises(ValidationError, match="đang mở"):
        hall.reopen(again)
    assert hall.begin().pk == again.pk, "there is one open attempt at a time"
    hall.hand_in(again, 3)
    [completed, *_] = [fact for fact in xapi.facts(registration=second.uuid) if fact.verb.endswith("completed")]
    void(completed.statement_id, by=uuid.uuid4(), reason_code="wrong-result", at=hall.at)
    with pytest.raises(ValidationError, match="vô hiệu"):
        hall.reopen(second)
    sheet = hall.sheet(hall.pack(held_on=hall.at.date()), 1)
    with pytest.raises(ValidationError, match="trên giấy"):
        reopen(hall.group, sheet.learner, hall.enter(sheet, hall.answers(2), at=hall.at).attempt.uuid, "Nhầm",
               by=hall.teacher, act_id=uuid.uuid4(), at=hall.at)  # fmt: skip
    record_consent(hall.people[0].actor, given=False, at=hall.at, text_version="1")
    with pytest.raises(ValidationError, match="chưa đồng ý"):
        hall.reopen(first)
    link_user(hall.people[0], hall.teacher)
    with pytest.raises(ValidationError):
        hall.reopen(first)
    assert Reopening.objects.count() == 1
    assert list(check()) == []


def test_the_page_says_what_falls_where_the_average_passed(settings: Any) -> None:
    hall = Class(grade_from="average", show_answers="never")
    first, _second = hall.take(2, 4)
    hall.clocked(settings)
    teacher = Client()
    teacher.force_login(hall.teacher)
    page = html_of(teacher.get(f"/day/{hall.group.uuid}/nguoi/{hall.people[0].actor}/lan-lam/{first.uuid}/mo-lai/"))
    assert "Người này đã đạt nhờ điểm trung bình" in page and "đáp án đúng" not in page


def test_what_was_sent_before_it_was_opened_again_hands_nothing_in() -> None:
    hall = Class()
    attempt, act = hall.begin(), uuid.uuid4()
    stale = Attempt.objects.select_related("version").get(pk=attempt.pk)
    hall.hand_in(attempt, 2, act_id=act)
    hall.reopen(attempt)
    assert submit(attempt.uuid, hall.people[0], hall.answers(2), act_id=act, at=hall.at).already
    assert submit(stale, hall.people[0], hall.answers(2), act_id=uuid.uuid4(), at=hall.at).already, "a row read before"
    assert kinds_of(attempt) == ["opened", "submitted", "reopened"]
    stale = Attempt.objects.select_related("version").get(pk=attempt.pk)
    stale.reopenings, stale.reopened_at = 0, None
    hall.at += HOUR
    save_answers(stale, hall.people[0], hall.answers(4), act_id=uuid.uuid4(), at=hall.at)
    assert hall.hand_in(attempt, 4).success
    assert list(check()) == []


def test_a_key_that_is_corrected_meanwhile_grades_what_is_handed_in_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regrading, "staff_actor", lambda user: uuid.uuid4())
    hall = Class()

    def correct_and_regrade() -> None:
        row = next(one for one in hall.questions if one.type_key.endswith("single_choice"))
        right = next(place for place, block in enumerate(row.options) if not block.value["right"])
        row.options = pages.options([block.value["text"] for block in row.options], right)
        row.save_revision().publish()
        hall.quiz.refresh_from_db()
        hall.quiz.save_revision().publish()
        hall.at += HOUR
        begun = regrading.begin(hall.key, reason="Sai", keep_higher=False, by=None, act_id=uuid.uuid4(), at=hall.at)
        while regrading.step(begun, at=hall.at):
            pass

    first, other = hall.take(4, 4)
    answers = hall.answers(4)
    hall.reopen(first)
    correct_and_regrade()
    first.refresh_from_db()
    assert (first.raw, first.graded_by) == (None, None), "it is open"
    done = hall.hand_in(first, 4, answers=answers)
    other.refresh_from_db()
    assert done.graded_by is not None and done.raw == other.raw == 3
    correct_and_regrade()
    done.refresh_from_db()
    assert kinds_of(done)[-1] == "regraded" and done.raw == 4, "as it was right at first"
    assert said(done)["answered"] == 4
    assert list(check()) == []


@pytest.mark.parametrize(
    ("method", "after_reopening", "in_the_end"),
    [("first", ("first", 1, None), ("first", 2, 4)), ("last", ("last", 1, 3), ("last", 2, 3)),
     ("average", ("average", 1, 3), ("average", 2, 3.5)), ("best", (None, None, None), (None, None, None))],
)  # fmt: skip
def test_what_counts_of_several_attempts_agrees(
    method: str, after_reopening: tuple[Any, ...], in_the_end: tuple[Any, ...]
) -> None:
    hall = Class(grade_from=method)
    first, second = hall.take(1, 3)

    def counts() -> tuple[Any, ...]:
        return hall.result.grade_from, hall.result.grade_of, hall.result.grade_raw

    hall.reopen(first)
    assert counts() == after_reopening
    assert bool(hall.result.passed_at) == (method in ("last", "best")), "the others need the one that is open"
    hall.hand_in(first, 4)
    assert counts() == in_the_end
    assert hall.result.passed_at is not None
    second.refresh_from_db()
    assert said(second).get("passed", 0) == (method in ("last", "best"))
    assert list(check()) == []


def test_a_bad_attempt_that_is_opened_again_passes_nobody_by_an_average_without_it() -> None:
    hall = Class(grade_from="average")
    first, second = hall.take(1, 3)
    assert hall.result.passed_at is None
    hall.reopen(first)
    assert hall.result.passed_at is None
    hall.hand_in(first, 1)
    assert (hall.result.grade_raw, hall.result.passed_at) == (2, None)
    assert said(second) == {"initialized": 1, "answered": 4, "completed": 1}, "what was opened again speaks for both"
    *_, fourth = hall.take(4, 4)
    assert (fourth.passed, hall.result.grade_raw) == (True, 3), "the next ones know it"
    assert list(check()) == []


def test_later_attempts_say_the_first_once_it_is_handed_in_again(settings: Any) -> None:
    hall = Class(grade_from="first")
    first, second = hall.take(2, 4)
    account = get_user_model().objects.create_user("lan", password="x")
    link_user(hall.people[0], account)
    client = Client()
    client.force_login(account)

    def heading() -> str:
        hall.clocked(settings)
        found = re.search(r"<h1[^>]*>(.*?)</h1>", html_of(client.get(address(second, "result"))))
        assert found is not None
        return found[1].strip()

    before = heading()
    assert before == "Chưa đạt: 2/4"
    hall.reopen(first)
    assert heading().startswith("Chưa đạt")
    hall.hand_in(first, 1)
    assert heading() == "Chưa đạt: 1/4"
    assert (hall.result.grade_raw, hall.result.passed_at) == (1, None)
    assert list(check()) == []


def test_while_the_first_is_open_again_no_points_count_anywhere(settings: Any) -> None:
    hall = Class(grade_from="first")
    first, second = hall.take(2, 3)
    lan = hall.people[0]
    account = get_user_model().objects.create_user("lan", password="x")
    link_user(lan, account)
    teacher, learner = Client(), Client()
    teacher.force_login(hall.teacher)
    learner.force_login(account)

    def in_class() -> str:
        hall.clocked(settings)
        page = html_of(teacher.get(f"/day/{hall.group.uuid}/"))
        row = re.search(rf"<tr[^>]*>(?:(?!</tr>).)*{lan.person.full_name}.*?</tr>", page, re.DOTALL)
        assert row is not None
        return text_of(row[0])

    assert "2/4" in in_class()
    hall.reopen(first)
    assert not re.search("[0-9]/4", in_class()), "neither the first attempt's nor the second's"
    assert "Điểm tính" not in html_of(learner.get(hall.quiz.url))
    page = text_of(html_of(learner.get(address(second, "result"))))
    assert "Điểm tính: lượt đầu. Lượt này: 3/4." in page and "None" not in page
    assert list(check()) == []
    hall.hand_in(first, 4)
    assert "4/4" in in_class()
    assert list(check()) == []


@pytest.mark.parametrize(("method", "counts"), [("average", (2, 2.5)), ("last", (2, 1)), ("first", (2, 4))])
def test_one_of_before_the_method_is_weighed_by_it_once_it_is_handed_in_again(method: str, counts: Any) -> None:
    hall = Class()
    [first] = hall.take(1)
    hall.quiz.refresh_from_db()
    hall.quiz.grade_from = method
    hall.quiz.save_revision().publish()
    [second] = hall.take(1)
    hall.reopen(first)
    done = hall.hand_in(first, 4)
    assert done.grade is not None and done.grade["method"] == method
    assert (hall.result.grade_from, hall.result.grade_of, hall.result.grade_raw) == (method, *counts)
    assert done.passed is {"average": False, "last": None, "first": True}[method]
    assert bool(hall.result.passed_at) == (method == "first")
    assert list(check()) == []
    hall.take(4)
    done.refresh_from_db()
    assert done.grade["method"] == method, "and stays so"
    assert list(check()) == []


def test_a_pass_of_before_the_method_that_could_not_come_back_is_not_given_away() -> None:
    hall = Class()
    [first] = hall.take(4)
    hall.quiz.refresh_from_db()
    hall.quiz.grade_from = "last"
    hall.quiz.save_revision().publish()
    hall.take(1)
    with pytest.raises(ValidationError, match="chỉ tính lượt làm cuối"):
        hall.reopen(first)


def test_a_pass_that_could_not_come_back_is_not_given_away() -> None:
    hall = Class(grade_from="last")
    first, second = hall.take(4, 1)
    with pytest.raises(ValidationError, match="chỉ tính lượt làm cuối"):
        hall.reopen(first)
    hall.reopen(second)
    hall.hand_in(second, 1)
    assert hall.result.passed_at == first.submitted_at


def test_a_verdict_that_an_operator_took_out_of_force_is_not_said_anew_for_another_attempt() -> None:
    hall = Class(grade_from="average")
    first, second = hall.take(4, 4)
    [passed] = [fact for fact in xapi.facts(registration=second.uuid) if fact.verb.endswith("passed")]
    void(passed.statement_id, by=uuid.uuid4(), reason_code="wrong-result", at=hall.at)
    hall.reopen(first)
    assert "passed" not in said(second)
    hall.hand_in(first, 2)
    assert "passed" not in said(second)
    assert (hall.result.grade_of, hall.result.grade_raw) == (1, 2), "and it counts in nothing"
    assert list(check()) == []


def test_a_page_that_was_left_open_takes_no_answer_away() -> None:
    hall = Class()
    attempt, answers = hall.begin(), hall.answers(4)
    first = dict([next(iter(answers.items()))])
    hall.at += HOUR / 8
    given = {"act_id": uuid.uuid4(), "at": hall.at, "copy": Copy(1, "a" * 8, 1)}
    shown = save_answers(attempt.uuid, hall.people[0], first, **given).seq
    last, response = list(answers.items())[-1]
    hall.hand_in(attempt, 3, answers={key: value for key, value in answers.items() if key != last})
    hall.reopen(attempt)
    for base, tick in ((shown, 2), (1, 3)):
        given = {"act_id": uuid.uuid4(), "at": hall.at, "copy": Copy(base, "a" * 8, tick)}
        saved = save_answers(attempt.uuid, hall.people[0], {**first, last: response}, **given)
        assert saved.responses == answers, "what it alone knows is added"
        assert set(saved.elsewhere) == set(answers) - {*first, last}


def test_time_that_was_up_before_it_was_opened_again_closes_nothing() -> None:
    hall = Class(time_limit=20)
    attempt = hall.begin()
    stale = Attempt.objects.get(pk=attempt.pk)
    again = hall.reopen(hall.hand_in(attempt, 2))
    hall.at = stale.due_at + HOUR / 12
    assert again.due_at > hall.at
    assert close_if_overdue(stale, at=hall.at) is None
    again.refresh_from_db()
    assert again.submitted_at is None


def test_an_old_attempt_that_is_opened_again_is_found_on_the_quizs_page(settings: Any) -> None:
    hall = Class()
    first, *_ = hall.take(*[1] * 8)
    hall.reopen(first)
    account = get_user_model().objects.create_user("lan", password="x")
    link_user(hall.people[0], account)
    hall.clocked(settings)
    client = Client()
    client.force_login(account)
    assert "Người hướng dẫn lớp đã mở lại" in html_of(client.get(hall.quiz.url))
    assert hall.begin().pk == first.pk


def test_the_reason_is_the_persons_data() -> None:
    hall = Class()
    lan: Learner = hall.people[0]
    [attempt] = hall.take(2)
    hall.reopen(attempt)
    data = QuizPersonalData().export(lan)
    assert [row["reason"] for row in data["bdhvs_quiz.Reopening"]] == ["Điện thoại hết pin"]
    assert [row["what"] for row in data["bdhvs_quiz.AttemptStep"]] == ["opened", "submitted", "reopened"]
    QuizPersonalData().erase(lan)
    assert not Reopening.objects.exists()
    assert kinds_of(attempt)[-1] == "reopened", "that it was, is kept"


def test_statements_follow_from_the_rows() -> None:
    hall = Class()
    [attempt] = hall.take(2)
    hall.reopen(attempt)
    done = hall.hand_in(attempt, 4)
    row = Attempt.objects.select_related("version", "learner").get(pk=done.pk)
    from bdhvs_lms.tracking.api import record  # the same acts again are the same statements

    known = {fact.statement_id for fact in xapi.facts(registration=row.uuid)}
    assert {one.statement_id for one in record(concluded(row, {}), at=hall.at)} <= known
