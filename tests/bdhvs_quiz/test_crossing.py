"""Forms A and B of an entry and an exit quiz: who takes which, and what a browser shows of the other."""

from __future__ import annotations

import html
import re
import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_content.errors import NotPublishable
from bdhvs_lms.courses.api import activity
from bdhvs_quiz.actions import open_attempt, submit
from bdhvs_quiz.crossing import OtherForm, form_for, other_form, others_forms, seed_in
from bdhvs_quiz.models import Attempt
from tests.bdhvs_content import pages
from tests.bdhvs_quiz.helpers import Taking
from tests.bdhvs_quiz.test_paper import Hall
from tests.bdhvs_quiz.test_paper_pages import form_of
from tests.support.markup import html_of

A, B, C, X, Y = (uuid.uuid5(uuid.NAMESPACE_URL, name) for name in "ABCXY")


@pytest.fixture(autouse=True)
def _vietnamese() -> Any:
    with translation.override("vi"):
        yield


@given(st.integers(0, 2**128))
def test_whoever_entered_by_one_form_leaves_by_the_other(seed: int) -> None:
    entered = form_for("entry", [A, B], [X, Y], [], seed)
    expected = {A: Y, B: X}
    assert entered is not None
    assert form_for("exit", [A, B], [X, Y], [], seed) == expected[entered]
    for begun in (A, B):
        assert form_for("entry", [A, B], [X, Y], [begun], seed) == begun
        assert form_for("exit", [A, B], [X, Y], [begun], seed) == expected[begun]
    # What was begun is gone on with, whatever was crossed since.
    assert form_for("exit", [A, B], [X, Y], [A, X], seed) == X
    assert form_for("exit", [A, B], [X], [A], seed) == X
    assert form_for("exit", [], [X], [], seed) == X
    assert form_for("entry", [], [X], [], seed) is None
    assert form_for("exit", [A, B, C], [X, Y], [C], seed) in (X, Y)


def test_each_form_goes_to_as_many() -> None:
    class Someone:
        def __init__(self, actor: uuid.UUID) -> None:
            self.actor = actor
            self.whole = self

    course = uuid.uuid5(uuid.NAMESPACE_URL, "course")
    people = [Someone(uuid.uuid5(course, str(number))) for number in range(2000)]
    found = Counter(form_for("entry", [A, B], [X, Y], [], seed_in(course, one)) for one in people)  # type: ignore[arg-type]
    assert 900 < found[A] < 1100


class Crossed(Taking):
    """A course with entry forms A and B and exit forms A and B, none of them required."""

    def __init__(self) -> None:
        super().__init__(2, {"role": "entry", "required": False, "title": "Đầu vào A"})
        self.pages = [self.quiz]
        for role, title in (("entry", "Đầu vào B"), ("exit", "Đầu ra A"), ("exit", "Đầu ra B")):
            made = pages.quiz(self.course, self.questions, title, role=role, required=False)
            self.pages.append(made)
        rows = [activity(page.translation_key) for page in self.pages[:2]]
        mine = [row for row in rows if row is not None and other_form(self.learner, row) is None]
        [self.own] = [page for page in self.pages[:2] if page.translation_key == mine[0].key]
        [self.not_own] = [page for page in self.pages[:2] if page != self.own]
        self.crossed = self.pages[3 if self.own is self.pages[0] else 2]
        self.straight = self.pages[2 if self.own is self.pages[0] else 3]

    def begin(self, page: Any, at: Any = pages.AT) -> Attempt:
        return open_attempt(self.learner, page.translation_key, act_id=uuid.uuid4(), at=at)


def words(response: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", html_of(response))).split())


@pytest.mark.django_db
def test_the_other_form_is_not_begun_and_leads_to_ones_own() -> None:
    course = Crossed()
    with pytest.raises(OtherForm) as refused:
        course.begin(course.not_own)
    assert refused.value.activity.key == course.own.translation_key
    shown = course.client.get(course.not_own.url)
    assert f"Bài này có nhiều đề, đề của bạn là “{course.own.title}”" in words(shown)
    page = html_of(shown)
    assert reverse("bdhvs_quiz:begin", args=[course.not_own.translation_key]) not in page
    assert re.search(rf'<a class="btn-primary" href="{re.escape(course.own.url)}"', page)
    sent = course.client.post(
        reverse("bdhvs_quiz:begin", args=[course.not_own.translation_key]), {"act_id": str(uuid.uuid4())}
    )
    assert sent.status_code == 409
    assert "Tới đề của bạn" in words(sent)
    assert Attempt.objects.count() == 0
    assert "Bài này có nhiều đề" not in words(course.client.get(course.own.url))
    course.begin(course.own)


@pytest.mark.django_db
def test_at_exit_it_is_the_form_that_was_not_taken_at_entry() -> None:
    course = Crossed()
    attempt = course.begin(course.own)
    submit(attempt, course.learner, {}, act_id=uuid.uuid4(), at=pages.AT + timedelta(minutes=3))
    later = pages.AT + timedelta(days=9)
    with pytest.raises(OtherForm):
        course.begin(course.straight, later)
    course.begin(course.crossed, later)


@pytest.mark.django_db
def test_a_course_lists_the_form_that_is_the_learners_and_none_that_is_not() -> None:
    course = Crossed()

    def listed() -> set[str]:
        page = html_of(course.client.get(course.course.url))
        return {each.title for each in course.pages if f'href="{each.url}"' in page}

    assert listed() == {course.own.title, course.crossed.title}
    submit(course.begin(course.own), course.learner, {}, act_id=uuid.uuid4(), at=pages.AT + timedelta(minutes=3))
    assert listed() == {course.own.title, course.crossed.title}
    # What was begun is one's own, and stays there.
    attempt = Attempt.objects.get()
    Attempt.objects.filter(pk=attempt.pk).update(activity_key=course.not_own.translation_key)
    assert listed() == {course.not_own.title, course.straight.title}


@pytest.mark.django_db
def test_a_list_without_forms_costs_no_query() -> None:
    taking = Taking(1)
    row = activity(taking.key)
    assert row is not None
    with CaptureQueriesContext(connection) as queries:
        assert others_forms(taking.learner, [row]) == set()
    assert len(queries) == 0


@pytest.mark.django_db
def test_a_sheet_of_a_form_that_was_met_before_is_not_recorded() -> None:
    """At entry whichever sheet somebody was given is theirs; from then on the other end follows from it."""
    hall = Hall(role="entry", required=False, title="Đầu vào A")
    [lan] = hall.people
    course = hall.quiz.get_parent().specific
    same = pages.quiz(course, hall.questions, "Đầu ra A", role="exit", required=False)
    other = pages.quiz(course, hall.questions, "Đầu ra B", role="exit", required=False)
    pages.quiz(course, hall.questions, "Đầu vào B", role="entry", required=False)
    hall.enter(hall.sheet(hall.pack()), hall.answers(2))
    hall.quiz = same
    pack = hall.pack()
    with pytest.raises(OtherForm) as refused:
        hall.enter(hall.sheet(pack), hall.answers(2))
    assert refused.value.activity.key == other.translation_key
    teacher = Client()
    teacher.force_login(hall.teacher)
    address = reverse("bdhvs_quiz:paper-sheet", args=[hall.group.uuid, pack.uuid, 1])
    shown = teacher.post(address, form_of(hall, 2))
    assert shown.status_code == 409
    assert "người này đã làm đề khác, lần này cần làm “Đầu ra B”" in words(shown)
    hall.quiz = other
    hall.enter(hall.sheet(hall.pack()), hall.answers(3))
    assert Attempt.objects.filter(learner=lan).count() == 2


@pytest.mark.django_db
def test_a_sheet_that_was_taken_back_leaves_no_form_behind() -> None:
    course = Crossed()
    attempt = course.begin(course.own)
    Attempt.objects.filter(pk=attempt.pk).update(activity_key=course.not_own.translation_key)
    row = activity(course.own.translation_key)
    assert row is not None and other_form(course.learner, row) is not None
    Attempt.objects.filter(pk=attempt.pk).update(taken_back_at=pages.AT)
    assert other_form(course.learner, row) is None


@pytest.mark.django_db
def test_forms_that_a_course_would_need_both_of_are_not_published() -> None:
    taking = Taking(1, {"role": "entry"})
    with pytest.raises(NotPublishable) as refused:
        pages.quiz(taking.course, taking.questions, "Đề B", role="entry", required=False)
    assert "“Kiểm tra cuối bài”" in str(refused.value)
    taking.quiz.required = False
    taking.quiz = pages.publish(taking.quiz)
    pages.quiz(taking.course, taking.questions, "Đề C", role="entry", required=False)
    edit = pages.editor().get(reverse("wagtailadmin_pages:edit", args=[taking.quiz.pk]))
    assert "mỗi người làm một đề: “Đề C”" in words(edit)


@pytest.mark.django_db
def test_a_quiz_without_a_role_costs_nothing_more() -> None:
    taking = Taking(1)
    row = activity(taking.key)
    assert row is not None
    with CaptureQueriesContext(connection) as queries:
        assert other_form(taking.learner, row) is None
    assert len(queries) == 0
