"""What is kept about a person is declared, handed over and erased; what they typed is in no other table."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import TestCase

from adapter_tests.saying import GAPS, OTHER_CHILD, said
from bdhvs_h5p.attempts.personal import H5PPersonalData
from bdhvs_h5p.attempts.states import State, save_states
from bdhvs_h5p.models import H5PState, H5PStep, RejectedStatement, TypedText
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.plugins.testing import PersonalDataConformance
from bdhvs_lms.privacy.api import erase
from tests.bdhvs_content import pages
from tests.bdhvs_h5p.playing import SOON, Playing, again, statements
from tests.support.markup import without_chance

WORDS = "Nguyễn Thị Lan, 0912 345 678"


def played(play: Playing, learner: Learner) -> Any:
    """A row in every table."""
    play.learner = learner
    attempt = play.open()
    play.say(attempt, said(part=OTHER_CHILD, definition=GAPS, response=WORDS), said("voided"), said("completed"))
    save_states(again(attempt), [State("0", "state", json.dumps(WORDS))], at=SOON)
    return attempt


class TestPersonalData(PersonalDataConformance, TestCase):
    personal_data = H5PPersonalData

    play: Playing
    people = 0

    @classmethod
    def setUpTestData(cls) -> None:
        cls.play = Playing()

    def person(self) -> Learner:
        self.people += 1
        learner = pages.enrolled(self.play.course, f"nguoi-{self.people}")
        played(self.play, learner)
        return learner


@pytest.mark.django_db
def test_after_an_erasure_no_word_is_left() -> None:
    play = Playing()
    attempt = played(play, play.learner)
    assert TypedText.objects.count() == H5PState.objects.count() == RejectedStatement.objects.count() == 1
    erase(play.learner, by=None, at=SOON)
    assert not any(model.objects.exists() for model in (TypedText, H5PState, RejectedStatement))
    rows = [statements(attempt), list(H5PStep.objects.values_list("data"))]
    kept = without_chance(json.dumps(rows, ensure_ascii=False))
    assert "Lan" not in kept and "0912" not in kept
