"""What the steering board needs on top of `World`: a plan with one target, its pass rule and people who pass."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from bdhvs_lms.campaign.api import Area, Denominator, Indicator, Plan, Target
from bdhvs_lms.competency.api import Attainment, Competency, Evidence, PassRule
from bdhvs_lms.learners.api import Belonging, Learner, Placement
from tests.support.world import T0, World

IN_TIME = datetime(2025, 11, 1, 3, 0, tzinfo=UTC)
ASKED = datetime(2025, 11, 15, 3, 0, tzinfo=UTC)


class Board(World):
    """`World` with target T3 of 2025 ('over 85 %') in a plan of the province above its area."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.province = Area.objects.create(code="01", name="Thành phố Thử", kind="province")
        Area.objects.filter(pk=self.area.pk).update(parent=self.province)
        self.area.refresh_from_db()
        self.other_area = Area.objects.create(
            code="10030", name="Xã Khác", kind="commune", valid_from=date(2025, 7, 1), parent=self.province
        )
        self.indicator = Indicator.objects.create(key="knowledge_skill", source_kind="learning_record")
        self.plan = Plan.objects.create(
            key="plan", title_vi="Kế hoạch thử", issued_by="Ban thử", area=self.province, source="tests", confidence="A"
        )
        self.target = self.add_target("T3-2025", 2025)
        self.rule = self.add_rule(2025)

    def add_target(self, key: str, year: int, **values: Any) -> Target:
        return Target.objects.create(
            **{
                "plan": self.plan,
                "key": key,
                "row": 3,
                "year": year,
                "group": self.group,
                "indicator": self.indicator,
                "operator": ">",
                "value": Decimal(85),
                "measure": "share",
                "quote_vi": "Trên 85% người dân trong độ tuổi trưởng thành",
                "as_of": date(year, 12, 31),
                **values,
            }
        )

    def add_rule(self, year: int, *, codes: Sequence[str] = ("A1", "A2"), level: int = 1, number: int = 1) -> PassRule:
        return PassRule.objects.create(
            group=self.group,
            year=year,
            number=number,
            framework=self.framework,
            all_of=list(codes),
            level=level,
            label_vi="Đạt cả hai năng lực",
            created_at=T0,
        )

    def people(self, count: int, area: Area | None = None, *, at: datetime = T0) -> list[Learner]:
        """Learners of the group, placed in the area (the world's own when not named). In bulk: some tests need many."""
        learners = Learner.objects.bulk_create(Learner() for _ in range(count))
        day = at.date()
        Placement.objects.bulk_create(
            Placement(learner=learner, area=area or self.area, valid_from=day, recorded_at=at) for learner in learners
        )
        Belonging.objects.bulk_create(
            Belonging(learner=learner, group=self.group, valid_from=day, recorded_at=at) for learner in learners
        )
        return learners

    def attain(
        self,
        learners: Sequence[Learner],
        *,
        codes: Sequence[str] = ("A1", "A2"),
        at: datetime = IN_TIME,
        level: int = 1,
        confirmed_at: datetime | None = None,
    ) -> None:
        """Rows of the projection as it writes them."""
        known = {competency.code: competency for competency in self.framework.competencies.all()}
        Attainment.objects.bulk_create(
            Attainment(
                learner=learner,
                competency=known[code],
                level=level,
                status="confirmed" if confirmed_at else "demonstrated",
                attained_at=at,
                confirmed_at=confirmed_at,
            )
            for code in codes
            for learner in learners
        )

    def evidence(
        self, learners: Sequence[Learner], competency: Competency, *, at: datetime, success: bool | None = None
    ) -> None:
        """One piece of evidence each, as the projection writes it."""
        Evidence.objects.bulk_create(
            Evidence(
                learner=learner,
                competency=competency,
                level=1,
                statement_id=uuid4(),
                activity_key=self.lesson,
                occurred_at=at,
                success=success,
                trust=1,
                presence=success is None,
            )
            for learner in learners
        )

    def count_everyone(
        self, value: int, *, area: Area | None = None, as_of: date = date(2025, 10, 1), illustrative: bool = False
    ) -> Denominator:
        return Denominator.objects.create(
            group=self.group,
            area=area or self.area,
            as_of=as_of,
            value=value,
            source="Công an xã",
            illustrative=illustrative,
            entered_at=T0,
        )
