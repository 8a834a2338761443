"""What tests of retests share: a stage with a retest in its course, and people who have achieved the rule."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from bdhvs_lms.competency import api as competency
from bdhvs_lms.courses import api as courses
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.reporting.retest.actions import draw_sample
from bdhvs_lms.reporting.retest.models import RetestSample
from bdhvs_lms.tracking import api as tracking
from tests.bdhvs_lms.reporting.conftest import Stage
from tests.support.board import ASKED, IN_TIME
from tests.support.world import T0, uid

SEED = bytes(range(32))
AS_OF = date(2025, 11, 14)
USUAL = "nguoi"


def minutes(at: datetime) -> int:
    return int((at - T0) / timedelta(minutes=1))


class Retesting(Stage):
    """`Stage` whose course has a retest about A1 and A2 at level 1."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.retest = uid("retest")
        facts = courses.ActivityFacts(
            key=self.retest,
            type_key="tests.Phúc tra",
            plugin="tests",
            titles={"vi": "Bài phúc tra"},
            done_on="passed",
            revision="1",
            position=3,
            required=False,
            max_score=Decimal(10),
            pass_score=Decimal(8),
            role="retest",
        )
        self.activity = courses.push_activity(self.course_key, facts, at=T0)
        competency.push_alignment(self.retest, "1", [(self.a1.pk, 1), (self.a2.pk, 1)], at=T0)
        # Of those with a usual name, the ones who are there already.
        self.there: list[Learner] = []

    def named(self, count: int, prefix: str = USUAL) -> list[Learner]:
        """People by name who have achieved the rule."""
        there = self.there[:count] if prefix == USUAL else []
        people = [self.learner(f"{prefix} {number}") for number in range(len(there), count)]
        competency.fill()
        self.record(
            *(self.act(one, tracking.VERB_PASSED, self.quiz, minutes=minutes(IN_TIME), score=9) for one in people)
        )
        return [*there, *people]

    @classmethod
    def with_six(cls) -> Retesting:
        """With as many people as most tests draw."""
        made = cls()
        made.there = made.named(6)
        return made

    @property
    def subject(self) -> Any:
        found = competency.subject_of(f"r{self.rule.pk}")
        assert found is not None
        return found

    def draw(self, size: int = 5, **more: Any) -> RetestSample:
        given: dict[str, Any] = {
            "as_of": AS_OF,
            "activity": self.activity,
            "until": date(2025, 11, 30),
            "size": size,
            "strata": True,
            "act_id": uuid4(),
            "by": None,
            "at": ASKED,
            "seed": SEED,
        }
        about = more.pop("subject", self.subject)
        return draw_sample(about, more.pop("area", self.area), **{**given, **more})

    def sit(self, who: Learner, *, passed: bool = True, at: datetime = ASKED, **more: Any) -> Any:
        """Somebody takes the retest before an observer; what is recorded."""
        verb = tracking.VERB_PASSED if passed else tracking.VERB_FAILED
        given = {"minutes": minutes(at), "score": 9 if passed else 3, "authority": tracking.OBSERVER}
        return self.act(who, verb, more.pop("key", self.retest), **{**given, **more})


def ids(sample: RetestSample) -> list[UUID]:
    return list(sample.members.order_by("number").values_list("learner__actor", flat=True))
