"""A course with one quiz and a learner who may take it."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import reverse

from bdhvs_quiz.actions import open_attempt
from bdhvs_quiz.api import QuizPage, SingleChoiceQuestion
from bdhvs_quiz.models import Attempt
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages
from tests.support.worlds import Ground

TOKENS = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')


def _ground(count: int) -> dict[str, Any]:
    course = pages.course(pages.catalog())
    questions = [pages.question(f"Câu {number}?", feedback=f"Nhận xét {number}") for number in range(1, count + 1)]
    return {"course": course, "questions": questions, "learner": pages.enrolled(course)}


# A module whose tests all take a quiz says `ground = GROUND.once(10)`, with as many questions as its longest quiz has.
GROUND = Ground(_ground)


@dataclass
class Taking:
    """`count` questions whose second option is right."""

    count: int = 5
    values: dict[str, Any] = field(default_factory=dict)
    aligned: Any = ()

    def __post_init__(self) -> None:
        ground = GROUND.rows(self.count)
        self.course, self.learner = ground["course"], ground["learner"]
        self.questions: list[SingleChoiceQuestion] = ground["questions"][: self.count]
        assert len(self.questions) == self.count
        self.quiz: QuizPage = pages.quiz(self.course, self.questions, aligned=self.aligned, **self.values)
        self.client: Client = pages.client_of("lan")

    @property
    def key(self) -> uuid.UUID:
        key: uuid.UUID = self.quiz.translation_key
        return key

    def begin_address(self) -> str:
        return reverse("bdhvs_quiz:begin", args=[self.key])

    def open(self, **more: Any) -> Attempt:
        return open_attempt(self.learner, self.key, **{"act_id": uuid.uuid4(), "at": pages.AT, **more})

    def responses(self, right: int, answered: int | None = None) -> dict[str, str]:
        """The first `right` answered rightly, up to `answered` wrongly, the rest not."""
        answered = self.count if answered is None else answered
        return {
            str(row.key): pages.option_id(row, 1 if place < right else 0)
            for place, row in enumerate(self.questions[:answered])
        }

    def form(self, right: int, answered: int | None = None, *, do: str = "submit", **more: str) -> dict[str, str]:
        """What the attempt page's form posts."""
        fields = {f"q-{key}": value for key, value in self.responses(right, answered).items()}
        return {**fields, "do": do, "act_id": str(uuid.uuid4()), **more}


def address(attempt: Attempt, name: str = "attempt") -> str:
    return reverse(f"bdhvs_quiz:{name}", args=[attempt.uuid])


def statements(attempt: Attempt | None = None) -> list[dict[str, Any]]:
    facts = xapi.facts(after_seq=0) if attempt is None else xapi.facts(registration=attempt.uuid)
    return [fact.statement for fact in sorted(facts, key=lambda fact: fact.seq)]


def verbs(rows: list[dict[str, Any]]) -> list[str]:
    return [row["verb"]["id"].rsplit("/", 1)[1] for row in rows]
