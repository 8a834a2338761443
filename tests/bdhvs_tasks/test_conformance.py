"""A practical task passes the kit that every plugin is asked to pass."""

from __future__ import annotations

import uuid

import pytest
from django.test import TestCase

from bdhvs_lms.learners.api import Learner
from bdhvs_lms.plugins.testing import ActivityTypeConformance, PersonalDataConformance
from bdhvs_lms.privacy.api import erase
from bdhvs_tasks.activity import TaskActivity
from bdhvs_tasks.models import Grading, ObservationNote
from bdhvs_tasks.personal import TaskPersonalData
from tests.bdhvs_content import pages
from tests.bdhvs_tasks.helpers import Watching, statements
from tests.support.markup import without_chance


class TestTask(ActivityTypeConformance, TestCase):
    activity_type = TaskActivity

    def publish(self) -> uuid.UUID:
        self.watching = Watching()
        return self.watching.key

    def finish(self, activity_key: uuid.UUID) -> None:
        self.watching.observe(self.watching.lan)


class TestPersonalData(PersonalDataConformance, TestCase):
    personal_data = TaskPersonalData

    def setUp(self) -> None:
        self.watching = Watching()
        self.people = 0

    def person(self) -> Learner:
        self.people += 1
        learner = self.watching.member(f"Người {self.people}")
        self.watching.observe(learner, (0, 1), note=f"Ghi chú về người {self.people}")
        return learner


@pytest.mark.django_db
def test_after_an_erasure_what_was_seen_counts_and_no_word_is_left() -> None:
    watching = Watching()
    watching.observe(watching.lan, (0,), note="Bà Lan, 0912 345 678")
    erase(watching.lan, by=None, at=pages.AT)
    assert not ObservationNote.objects.exists()
    assert Grading.objects.get().raw == 1
    kept = without_chance(str([statements(), list(Grading.objects.values())]))
    assert "Lan" not in kept and "0912" not in kept
