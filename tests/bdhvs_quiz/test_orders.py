"""Whatever comes after what, rows, statements and projections agree."""

from __future__ import annotations

import random
import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from bdhvs_lms.tracking.api import check, statement_id, void
from bdhvs_quiz.models import Attempt
from bdhvs_quiz.regrading import actions as regrading
from bdhvs_quiz.statements import concluded
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages
from tests.bdhvs_quiz.test_paper import HALL
from tests.bdhvs_quiz.test_reopening import HOUR, Class
from tests.support.soak import rounds

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
ground = HALL.once()

METHODS = ("last", "first", "average", "best")
CONCLUDING = ("completed", "passed", "failed")
EVENTS = ("take", "take", "reopen", "reopen", "hand in", "hand in", "regrade", "void")


def in_force(attempt: Attempt) -> set[uuid.UUID]:
    """Statements that conclude it."""
    facts = xapi.facts(registration=attempt.uuid)
    return {fact.statement_id for fact in facts if fact.verb.rsplit("/", 1)[1] in CONCLUDING}


class Walk:
    """One learner, one quiz, one thing after another."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311
        self.hall = Class(grade_from=self.chance.choice(METHODS))
        self.answers = {right: self.hall.answers(right) for right in range(1, 5)}
        self.voided: set[uuid.UUID] = set()

    @property
    def rows(self) -> list[Attempt]:
        return list(Attempt.objects.select_related("version", "learner").order_by("number"))

    def step(self, event: str) -> None:
        self.hall.at += HOUR
        going = [row for row in self.rows if row.submitted_at is None]
        done = [row for row in self.rows if row.submitted_at is not None]
        if event == "take" or (event == "hand in" and going):
            right = self.chance.randint(1, 4)
            self.hall.hand_in(going[0] if going else self.hall.begin(), right, answers=self.answers[right])
        elif event == "reopen" and done:
            try:
                self.hall.reopen(self.chance.choice(done))
            except ValidationError:
                pass
        elif event == "regrade":
            self.correct_and_regrade()
        elif event == "void" and done:
            attempt = self.chance.choice(done)
            if found := sorted(in_force(attempt)):
                void(self.chance.choice(found), by=uuid.uuid4(), reason_code="wrong-result", at=self.hall.at)
                self.voided.add(attempt.uuid)

    def correct_and_regrade(self) -> None:
        """Perhaps with another method from now on."""
        row: Any = next(one for one in self.hall.questions if one.type_key.endswith("single_choice"))
        row.refresh_from_db()
        right = next(place for place, block in enumerate(row.options) if not block.value["right"])
        row.options = pages.options([block.value["text"] for block in row.options], right)
        row.save_revision().publish()
        quiz: Any = self.hall.quiz
        quiz.refresh_from_db()
        quiz.grade_from = self.chance.choice((*[quiz.grade_from] * 4, *METHODS))
        quiz.save_revision().publish()
        given: dict[str, Any] = {"reason": "Sai", "by": None, "act_id": uuid.uuid4(), "at": self.hall.at}
        try:
            begun = regrading.begin(self.hall.key, keep_higher=self.chance.random() < 0.5, **given)
        except regrading.NothingToRegrade:
            return
        while regrading.step(begun, at=self.hall.at):
            pass


@pytest.mark.parametrize("seed", range(rounds(5, 200)))
def test_rows_statements_and_projections_agree_in_every_order(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regrading, "staff_actor", lambda user: uuid.uuid4())
    walk, told = Walk(seed), []
    for _each in range(12):
        told.append(walk.chance.choice(EVENTS))
        walk.step(told[-1])
        assert list(check()) == [], told
        for row in walk.rows:
            if row.uuid not in walk.voided:
                said = {statement_id(act) for act in concluded(row, {})} if row.submitted_at else set()
                assert in_force(row) == said, (told, row.number)
