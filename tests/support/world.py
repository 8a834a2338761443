"""A small world for tests of the core: an area, a framework, a course with activities, learners. Real rows only."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.campaign.api import Area, TargetGroup
from bdhvs_lms.competency import api as competency
from bdhvs_lms.competency.queries import attainments_of
from bdhvs_lms.courses import api as courses
from bdhvs_lms.learners import api as learners
from bdhvs_lms.tracking import api as tracking

T0 = datetime(2025, 9, 1, 12, 0, tzinfo=UTC)

FRAMEWORK: dict[str, Any] = {
    "id": "test-framework",
    "title_vi": "Khung thử",
    "title_en": "Test framework",
    "source": "made for tests",
    "levels": [
        {"level": 1, "label_vi": "Sử dụng được", "label_en": "Can use"},
        {"level": 2, "label_vi": "Sử dụng tốt", "label_en": "Uses well"},
    ],
    "domains": [
        {
            "code": "A",
            "label_vi": "Miền A",
            "label_en": "Domain A",
            "competencies": [
                {"code": "A1", "label_vi": "Năng lực một", "label_en": "Competency one"},
                {"code": "A2", "label_vi": "Năng lực hai", "label_en": "Competency two"},
            ],
        }
    ],
}


def uid(name: str) -> uuid.UUID:
    """A UUID that says what it is for and is the same in every run."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"https://test.invalid/{name}")


@dataclass
class World:
    """One course: `lesson` (done on completed), `quiz` and `task` (done on passed), aligned with A1, A1+A2, A2."""

    course_key: uuid.UUID = field(default_factory=lambda: uid("course"))
    lesson: uuid.UUID = field(default_factory=lambda: uid("lesson"))
    quiz: uuid.UUID = field(default_factory=lambda: uid("quiz"))
    task: uuid.UUID = field(default_factory=lambda: uid("task"))

    def __post_init__(self) -> None:
        self.area = Area.objects.create(code="10015", name="Phường Thử", kind="commune", valid_from=date(2025, 7, 1))
        self.group = TargetGroup.objects.create(key="adult", label_vi="Người trưởng thành", counted_where="area")
        self.framework = competency.load_framework(FRAMEWORK, at=T0)
        self.a1 = self.framework.competencies.get(code="A1")
        self.a2 = self.framework.competencies.get(code="A2")
        courses.push_course(self.course_key, host="tests", titles={"vi": "Khóa thử"}, revision="1", at=T0)
        for position, (key, done_on, title) in enumerate(
            ((self.lesson, "completed", "Bài"), (self.quiz, "passed", "Kiểm tra"), (self.task, "passed", "Thực hành"))
        ):
            courses.push_activity(
                self.course_key,
                courses.ActivityFacts(
                    key=key,
                    type_key=f"tests.{title}",
                    plugin="tests",
                    titles={"vi": title},
                    done_on=done_on,  # type: ignore[arg-type]
                    revision="1",
                    position=position,
                    max_score=Decimal(10) if done_on == "passed" else None,
                    pass_score=Decimal(8) if done_on == "passed" else None,
                ),
                at=T0,
            )
        competency.push_alignment(self.lesson, "1", [(self.a1.pk, 1)], at=T0)
        competency.push_alignment(self.quiz, "1", [(self.a1.pk, 1), (self.a2.pk, 1)], at=T0)
        competency.push_alignment(self.task, "1", [(self.a2.pk, 2)], at=T0)

    @classmethod
    def existing(cls) -> World:
        """The world that another process has made in this database: for acts only."""
        world = cls.__new__(cls)
        world.course_key, world.lesson, world.quiz, world.task = uid("course"), uid("lesson"), uid("quiz"), uid("task")
        return world

    def learner(self, name: str = "an") -> learners.Learner:
        """An enrolled learner, who has agreed, of the area and group whose actor UUID follows from the name."""
        person = learners.register(full_name=name, at=T0, area=self.area, groups=[self.group], actor=uid(name))
        record_consent(person.actor, given=True, at=T0)
        courses.enrol(person, self.course_key, at=T0)
        return person

    def act(
        self,
        learner: learners.Learner,
        verb: str,
        key: uuid.UUID,
        *,
        minutes: int,
        score: int | None = None,
        try_no: int = 1,
        revision: str = "1",
        authority: str = tracking.SERVER,
        grading: int = 1,
    ) -> tracking.LearningAct:
        """An act `minutes` after T0. Its ids follow from its arguments."""
        row = courses.activity(key)
        assert row is not None
        enrolment = courses.enrolment_of(learner, self.course_key)
        assert enrolment is not None
        graded = verb in (tracking.VERB_PASSED, tracking.VERB_FAILED)
        attempt = uid(f"{learner.actor}-{key}-{try_no}")
        return tracking.LearningAct(
            actor=learner.actor,
            verb=verb,
            object=courses.activity_ref(row),
            id_seed=attempt if graded else enrolment.uuid,
            registration=attempt if graded else None,
            occurred_at=T0 + timedelta(minutes=minutes),
            revision=revision,
            try_no=try_no,
            grading=grading,
            authority=authority,
            grouping=(courses.course_ref(row.course),),
            result=tracking.ResultFacts(
                success=verb == tracking.VERB_PASSED,
                raw=Decimal(score),
                min=Decimal(0),
                max=Decimal(10),
                scaled=Decimal(score) / 10,
            )
            if score is not None
            else None,
        )

    def record(self, *acts: tracking.LearningAct, at: datetime | None = None) -> list[Any]:
        with transaction.atomic():
            return tracking.record(acts, at=at or T0 + timedelta(days=300))


def statuses(learner: learners.Learner) -> dict[str, tuple[str, datetime | None]]:
    """'A1/1' to (status, attained at)."""
    return {f"{row.competency.code}/{row.level}": (row.status, row.attained_at) for row in attainments_of(learner)}
