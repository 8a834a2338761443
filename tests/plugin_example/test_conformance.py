"""The stranger's plugin against the kit, as a stranger would write it."""

from __future__ import annotations

import tempfile
import uuid
from copy import copy
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import TestCase
from plugin_example import actions
from plugin_example.activity import PracticeActivity
from plugin_example.folder import FolderTransport
from plugin_example.number import Number
from plugin_example.outline import OutlineFormat
from plugin_example.privacy import PracticeData

from bdhvs_lms.plugins.testing import (
    ActivityTypeConformance,
    PersonalDataConformance,
    QuestionFormatConformance,
    QuestionSample,
)
from bdhvs_quiz.testing import QuestionTypeInBrowser
from bdhvs_xapi.api import Destination
from bdhvs_xapi.testing import TransportConformance
from tests.plugin_example.helpers import number
from tests.support.world import T0, World, uid


class TestPractice(ActivityTypeConformance, TestCase):
    activity_type = PracticeActivity

    def setUp(self):
        self.world = World()

    def publish(self):
        task = actions.create_task(self.world.course_key, "Đặt lịch khám", T0, alignments=[(self.world.a1.pk, 1)])
        return task.key

    def finish(self, activity_key):
        learner = self.world.learner()
        actions.say_done(learner, activity_key, act_id=uid("said"), at=T0)
        actions.tick_off(learner, activity_key, passed=True, observer=uid("observer"), act_id=uid("tick"), at=T0)


class TestFolder(TransportConformance, TestCase):
    transport = FolderTransport

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def destination(self):
        return Destination("stick", self.folder.as_uri(), "1.0.3")

    def dead_end(self):
        return Destination("stick", (self.folder / "pulled-out").as_uri(), "1.0.3")

    def arrived(self):
        return [uuid.UUID(path.stem) for path in self.folder.glob("*.json")]


@pytest.mark.usefixtures("chromium")
class TestNumber(QuestionTypeInBrowser, TestCase):
    question_type = Number

    def samples(self):
        exact = number()
        other = copy(exact)
        other.answer, other.explanation = Decimal(115), "Số khác cũng miễn phí."
        near = number("Một trang A4 dài bao nhiêu?", answer="29.7", tolerance=Decimal("0.5"), unit="cm")
        off = copy(near)
        off.tolerance, off.answer = Decimal(0), Decimal(42)
        return [
            QuestionSample(
                question=exact,
                same_but_for_key=other,
                right=[["113"], [" 113 "], ["113,0"], ["+113"], ["", "113"]],
                wrong=[["114"], ["-113"], ["113,000001"]],
                refused=[["mot tram"], ["1e2"], ["1,2,3"], ["113", "114"], ["0x71"], ["１１３"], ["9" * 13]],
                secrets=["113", "Số này gọi không mất tiền."],
            ),
            QuestionSample(
                question=near,
                same_but_for_key=off,
                right=[["29,7"], ["29.7"], ["30"], ["30,2"], ["29,2"]],
                wrong=[["30,200001"], ["29,1"], ["2.970"]],
                refused=[["29,7 cm"], ["--29"]],
                secrets=["29,7", "29.7", "0.5"],
            ),
        ]


class TestOutline(QuestionFormatConformance, TestCase):
    question_format = OutlineFormat


class TestPracticeData(PersonalDataConformance, TestCase):
    personal_data = PracticeData

    def setUp(self):
        self.world = World()
        self.task = actions.create_task(self.world.course_key, "Đặt lịch khám", T0)

    def person(self):
        learner = self.world.learner(uuid.uuid4().hex)
        actions.tick_off(
            learner,
            self.task.key,
            passed=True,
            observer=uid("observer"),
            act_id=uuid.uuid4(),
            at=T0,
            note="Bà Lan làm một mình, không cần nhắc.",
        )
        return learner
