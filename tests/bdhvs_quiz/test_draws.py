"""Questions drawn at random: the pool is frozen at publishing, the draw is each attempt's own, and goes round."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.utils import translation
from wagtail.models import Collection

from bdhvs_content.api import NotPublishable
from bdhvs_lms.tracking.api import check
from bdhvs_quiz.actions import submit
from bdhvs_quiz.drawing import drawn_for
from bdhvs_quiz.models import Attempt, QuizDraw, QuizVersion
from bdhvs_quiz.paper.codes import problems_on_paper
from tests.bdhvs_content import pages
from tests.bdhvs_quiz.helpers import Taking, address, statements, verbs
from tests.support.markup import html_of


def shown(*pools: int, counts: tuple[int, ...]) -> dict[str, Any]:
    questions = [
        {"key": f"{number}-{place}", "draw": number}
        for number, size in enumerate(pools, start=1)
        for place in range(size)
    ]
    return {"questions": [{"key": "fixed"}, *questions], "draws": [{"count": count} for count in counts]}


def test_what_was_seen_comes_again_only_when_nothing_else_is_left_and_the_oldest_first() -> None:
    version = shown(7, counts=(3,))
    before: list[list[str] | None] = [None]
    for _attempt in range(2):
        before.append(drawn_for(version, uuid.uuid4(), before))
    first, second = before[1:]
    assert first and second
    assert len({*first, *second}) == 6
    third = drawn_for(version, uuid.uuid4(), before)
    assert third is not None
    assert len(set(third) - {*first, *second}) == 1
    assert len(set(third) & set(first)) == 2
    assert drawn_for({"questions": [{"key": "fixed"}]}, uuid.uuid4(), before) is None


def test_each_attempt_has_its_own_and_always_the_same() -> None:
    version = shown(30, 4, counts=(5, 2))
    number = uuid.uuid4()
    drawn = drawn_for(version, number, [])
    assert drawn == drawn_for(version, number, [])
    assert [key[0] for key in drawn or ()] == ["1"] * 5 + ["2"] * 2
    assert len({tuple(drawn_for(version, uuid.uuid4(), []) or ()) for _ in range(20)}) == 20


class Drawn(Taking):
    """One question for everybody, and two of the five of a category."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.category = Collection.get_first_root_node().add_child(name="Mật khẩu")
        self.pool = [pages.question(f"Rút {number}?") for number in range(1, 6)]
        for row in self.pool:
            type(row).objects.filter(pk=row.pk).update(collection=self.category)
        self.quiz.draws = [QuizDraw(count=2, category=self.category)]
        pages.publish(self.quiz)

    def answers(self, attempt: Attempt) -> dict[str, str]:
        by_key = {str(row.key): row for row in [*self.questions, *self.pool]}
        return {question["key"]: pages.option_id(by_key[question["key"]], 1) for question in attempt.questions}


@pytest.mark.django_db
def test_an_attempt_asks_grades_and_states_what_was_drawn_for_it() -> None:
    taking = Drawn(count=1)
    version = QuizVersion.objects.latest("number")
    assert (version.number_asked, version.max_score, version.pass_score) == (3, 3, 3)
    with translation.override("vi"):
        assert "Số câu hỏi: 3. Cần đúng 3 câu để đạt." in html_of(taking.client.get(taking.quiz.url))
    attempt = taking.open()
    page = html_of(taking.client.get(address(attempt)))
    assert page.count('<section class="card"') == 3
    assert sum(row.prompt in page for row in taking.pool) == 2
    outside = next(row for row in taking.pool if str(row.key) not in (attempt.drawn or ()))
    with pytest.raises(ValueError, match=str(outside.key)):
        submit(attempt, taking.learner, {str(outside.key): "x"}, act_id=uuid.uuid4(), at=pages.AT)
    graded = submit(attempt, taking.learner, taking.answers(attempt), act_id=uuid.uuid4(), at=pages.AT).attempt
    assert (graded.raw, graded.success) == (3, True)
    assert verbs(statements(attempt)).count("answered") == 3
    again = taking.open()
    assert not set(again.drawn or ()) & set(attempt.drawn or ())
    assert list(check()) == []


@pytest.mark.django_db
def test_the_pool_is_that_of_publishing() -> None:
    taking = Drawn(count=1)
    new = pages.question("Mới?")
    type(new).objects.filter(pk=new.pk).update(collection=taking.category)
    gone = taking.pool[0]
    gone.unpublish()
    keys = [question["key"] for question in QuizVersion.objects.latest("number").shown["questions"]]
    assert str(new.key) not in keys and str(gone.key) in keys
    pages.publish(taking.quiz)
    keys = [question["key"] for question in QuizVersion.objects.latest("number").shown["questions"]]
    assert str(new.key) in keys and str(gone.key) not in keys


@pytest.mark.django_db
def test_what_cannot_be_drawn_is_refused_with_its_reason() -> None:
    taking = Drawn(count=1)
    assert problems_on_paper(QuizVersion.objects.latest("number"))
    with translation.override("vi"):
        for draw, reason in (
            (QuizDraw(count=6, category=taking.category), "cần rút 6 câu mà chỉ có 5 câu đã xuất bản phù hợp"),
            (QuizDraw(count=1), "hãy chọn danh mục, thẻ, năng lực hoặc độ khó"),
        ):
            taking.quiz.draws = [draw]
            with pytest.raises(NotPublishable, match=reason):
                pages.publish(taking.quiz)
    row = taking.pool[0]
    type(row).objects.filter(pk=row.pk).update(points=2)
    taking.quiz.draws = [QuizDraw(count=1, category=taking.category)]
    with pytest.raises(NotPublishable):
        pages.publish(taking.quiz)
