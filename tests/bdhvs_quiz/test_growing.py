"""What an act costs does not grow with the attempts that were there before: queries, and rows that are read."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from bdhvs_quiz.actions import submit
from tests.bdhvs_content import pages
from tests.bdhvs_quiz.helpers import GROUND, Taking, address
from tests.support.reading import Read, reading

pytestmark = pytest.mark.django_db
ground = GROUND.once(5)
FEW, MANY = 10, 16
SUBMIT_AT_MOST = 42


def attempts(taking: Taking, count: int, since: int, right: int = 1) -> None:
    """One after the other: an evening of trying."""
    for number in range(since, since + count):
        at = pages.AT + timedelta(minutes=number)
        submit(taking.open(at=at).uuid, taking.learner, taking.responses(right), act_id=uuid.uuid4(), at=at)


def handing_in(taking: Taking, number: int, settings: Any, right: int) -> Read:
    settings.BDHVS_TEST_CLOCK = (pages.AT + timedelta(minutes=number)).isoformat()
    attempt = taking.open(at=pages.AT + timedelta(minutes=number))
    form = {**taking.form(right), "base": "1"}
    with reading() as read:
        answer = taking.client.post(address(attempt), form)
    assert answer.status_code == 303
    assert answer["Location"].endswith("/ket-qua/")
    return read


@pytest.mark.parametrize("right", [1, 5])
def test_handing_in_costs_the_same_after_many_attempts(settings: Any, right: int) -> None:
    """Of failed attempts, and of passed ones, which finish the course and show a competency once and for all."""
    taking = Taking(5, aligned=[(pages.framework().competencies.get(code="A1"), 1)])
    attempts(taking, FEW, 0, right)
    handing_in(taking, FEW, settings, right)
    few = handing_in(taking, FEW + 1, settings, right)
    attempts(taking, MANY - FEW, FEW + 2, right)
    many = handing_in(taking, MANY + 2, settings, right)
    assert len(many.queries) == len(few.queries)
    assert many.rows == few.rows
    # Under the lock it is only asked how far the attempt is.
    read = [query for query in few.queries if query.startswith('SELECT "bdhvs_quiz_attempt"."id", ')]
    assert len(read) == 1, "the attempt is read once"
    assert len(few.queries) <= SUBMIT_AT_MOST


@pytest.mark.parametrize("which", ["of the quiz", "of the learner"])
def test_a_page_costs_the_same_after_many_attempts(which: str) -> None:
    """With a competency under way, of which the learner's page says what is missing."""
    taking = Taking(1, aligned=[(pages.framework().competencies.get(code="A1"), 1)])
    path = taking.quiz.url if which == "of the quiz" else "/viec-hoc/"
    seen = []
    for count, since in ((FEW, 0), (MANY - FEW, FEW)):
        attempts(taking, count, since, right=0)
        taking.client.get(path)
        with reading() as read:
            page = taking.client.get(path)
        assert page.status_code == 200
        seen.append((len(read.queries), read.rows, len(page.content)))
    assert seen[0][:2] == seen[1][:2]
    assert abs(seen[0][2] - seen[1][2]) < 100
