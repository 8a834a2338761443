"""Beginning an attempt or going on with one, which is the same for every kind of activity: by both that there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from adapter_tests.saying import said
from bdhvs_h5p.attempts import actions as h5p
from bdhvs_lms.attempts.api import AttemptBase, AttemptNotFound, NotEnrolled, NotOffered, own_attempt
from bdhvs_lms.audit.api import ConsentMissing, record_consent
from bdhvs_quiz.actions import open_attempt as quiz_open_attempt
from bdhvs_quiz.actions import submit
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages
from tests.bdhvs_h5p.playing import SOON, Playing
from tests.bdhvs_quiz.helpers import Taking
from tests.support.world import uid

pytestmark = pytest.mark.django_db


class OfQuiz:
    def __init__(self) -> None:
        self.world = Taking(1)
        self.page = self.world.quiz

    open_attempt: Callable[..., Any] = staticmethod(quiz_open_attempt)

    def finish(self, attempt: Any) -> None:
        submit(attempt.uuid, self.world.learner, {}, act_id=uuid4(), at=SOON)


class OfH5P:
    def __init__(self) -> None:
        self.world = Playing()
        self.page = self.world.page

    open_attempt: Callable[..., Any] = staticmethod(h5p.open_attempt)

    def finish(self, attempt: Any) -> None:
        self.world.say(attempt, said("completed", score=(1, 1)))


@pytest.fixture(params=[OfQuiz, OfH5P])
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param()


def verbs(attempt: AttemptBase) -> list[str]:
    facts = sorted(xapi.facts(registration=attempt.uuid), key=lambda fact: fact.seq)
    return [fact.verb.rsplit("/", 1)[1] for fact in facts]


def test_one_attempt_and_one_statement_however_often_it_is_begun(kind: Any) -> None:
    first = kind.world.open(act_id=uid("a"))
    assert kind.world.open(act_id=uid("a")) == first == kind.world.open(act_id=uid("b"))
    assert (first.number, first.activity_key, verbs(first)) == (1, kind.world.key, ["initialized"])


def test_the_form_that_began_an_attempt_leads_to_it_for_good(kind: Any) -> None:
    first = kind.world.open(act_id=uid("a"))
    kind.finish(first)
    second = kind.world.open(act_id=uid("b"), at=SOON)
    assert (second.number, kind.world.open(act_id=uid("a"), at=SOON)) == (2, first)
    assert kind.world.open(act_id=uid("c"), at=SOON) == second


def test_nobody_begins_who_is_not_enrolled_or_with_somebody_elses_form(kind: Any) -> None:
    first = kind.world.open(act_id=uid("a"))
    with pytest.raises(NotEnrolled):
        kind.open_attempt(pages.person("hoa"), kind.world.key, act_id=uuid4(), at=SOON)
    with pytest.raises(NotOffered):
        kind.open_attempt(kind.world.learner, uid("nothing"), act_id=uuid4(), at=SOON)
    other = pages.enrolled(kind.world.course, "minh")
    with pytest.raises(PermissionError):
        kind.open_attempt(other, kind.world.key, act_id=uid("a"), at=SOON)
    for which in (first.uuid, first, uid("nothing")):
        with pytest.raises(AttemptNotFound):
            own_attempt(type(first).objects.all(), which, other)
    assert type(first).objects.get() == first


def test_what_is_withdrawn_is_gone_on_with_and_not_begun(kind: Any) -> None:
    first = kind.world.open()
    kind.page.unpublish()
    assert kind.world.open(at=SOON) == first
    kind.finish(first)
    with pytest.raises(NotOffered):
        kind.world.open(at=SOON)


def test_without_consent_nothing_is_begun_nor_gone_on_with(kind: Any) -> None:
    first = kind.world.open()
    record_consent(kind.world.learner.actor, given=False, at=SOON)
    with pytest.raises(ConsentMissing):
        kind.world.open(at=SOON)
    with pytest.raises(ConsentMissing):
        kind.finish(first)
    assert verbs(first) == ["initialized"]


def refuses(attempt: AttemptBase, **values: Any) -> None:
    """A further row like this one, with other values."""
    again: Any = type(attempt)._default_manager.get(pk=attempt.pk)
    for name, value in {"pk": None, "uuid": uuid4(), "act_id": uuid4(), **values}.items():
        setattr(again, name, value)
    with pytest.raises(IntegrityError, match="activity_key|_number_once|_one_open"), transaction.atomic():
        again.save(force_insert=True)


def test_the_database_refuses_a_second_open_attempt_and_a_number_twice(kind: Any) -> None:
    first = kind.world.open()
    refuses(first, number=2)
    kind.finish(first)
    kind.world.open(at=SOON)
    refuses(first)
