"""The plan's district with people whose numbers are worked out by hand: who they are and what they do, as tables.

Everything happens through acts, in its order and on its day: statements, voidings, confirmations, placements.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from django.core.management import call_command
from django.db import transaction

from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.campaign.api import Area, Denominator, Figure, Indicator, Organisation, TargetGroup
from bdhvs_lms.competency import api as competency
from bdhvs_lms.competency.confirming.models import Confirmation
from bdhvs_lms.courses import api as courses
from bdhvs_lms.learners.actions import place
from bdhvs_lms.learners.api import Belonging, Learner, Placement, follow_successions
from bdhvs_lms.tracking import api as tracking
from bdhvs_lms.tracking.actions import void_all
from tests.support.planner import look_at_tables
from tests.support.world import uid

# Each quiz shows all that the group's rule of the year asks for; the lesson is one of the first of it.
ASKED = {
    "adult 2025": ("A1 A2 A3 A4 A5", 1),
    "adult 2026": ("A1 A2 A3 A4 A6", 2),
    "public 2025": ("B1 B2 B3", 1),
    "public 2026": ("B1 B2 B3", 2),
    "pupil 2025": ("C1 C2", 1),
    "pupil 2026": ("C1 C3", 2),
    "worker 2025": ("D1 D2 D3", 1),
    "worker 2026": ("D1 D2 D3", 2),
}

# Old units by the codes of areas.json, each with the people who live there and are counted as adults.
#    kind  people  lives in
ADULTS = """
     a     40      10015  Thị trấn Chúc Sơn
     b     10      10015
     c     10      10015
     d     10      10015
     e     10      10015
     f     10      10015
     g     10      10015
     h     20      10021  Xã Phụng Châu
     i     30      10018  Thị trấn Xuân Mai
     j     10      10066  Xã Tân Tiến
     k     10      10066
     l     20      10066
     m     10      10066
     n     10      10033  Xã Phú Nghĩa
"""

# Counted where they work or learn. The ten of kind b, who live in Chúc Sơn, teach in Xuân Mai.
#    kind  people  group                                      of an organisation in
OTHERS = """
     p     30      public                                     10015  Thị trấn Chúc Sơn
     q     10      public                                     10015
     b     10      public                                     10018  Thị trấn Xuân Mai
     r     40      pupil_lower_secondary pupil_primary_up     10099  Xã Trần Phú
     s     10      pupil_lower_secondary pupil_primary_up     10099
     t     50      pupil_primary_up                           10021  Xã Phụng Châu
     u     10      pupil_primary_up                           10021
     v     20      worker                                     10033  Xã Phú Nghĩa
     w     10      worker                                     10033
"""

# What happens, by day. Old units end on 30/06/2025; Tân Tiến is split between Trần Phú and Xuân Mai.
HAPPENS = """
2025-06-10  passes      adult 2025    a b c d g h i j l m
2025-06-10  begins      adult 2025    e k
2025-06-10  passes      public 2025   p b
2025-06-10  begins      public 2025   q
2025-06-10  passes      pupil 2025    r
2025-06-10  passes      worker 2025   v
2025-06-15  confirmed   adult 2025    b c
2025-06-15  confirmed   public 2025   b
2025-07-02  follow
2025-08-01  lives_in    10081         j
2025-08-01  lives_in    10018         k
2025-09-01  revoked     adult 2025    c
2025-09-01  voided      adult 2025    d
2025-10-01  lives_in    10030         g
2026-01-05  passes      adult 2025    f
2026-02-01  lives_in    10018         m
2026-02-01  passes      public 2026   p
2026-03-01  passes      pupil 2026    r s t
2026-05-01  passes      adult 2026    h
2026-05-01  passes      worker 2026   w
2026-06-01  begins      adult 2026    e
"""

# How many there are, as others count them; 277 is the district. Of adults in towns: two towns, then one ward.
#            group                  area   people
COUNTED = """
2025-06-01   adult                  277    200
2025-06-01   adult                  10015   90
2025-06-01   adult                  10066   50
2025-06-01   urban_adult            277    120
2025-06-01   public                 277     50
2025-06-01   pupil_lower_secondary  277     50
2025-06-01   pupil_primary_up       277    110
2025-06-01   worker                 277     40
2025-07-01   adult                  10015   90
2025-07-01   adult                  10030   30
2025-07-01   adult                  10018   40
2025-07-01   adult                  10081   20
2025-07-01   urban_adult            277     90
2025-07-01   public                 10015   40
2025-07-01   public                 10018   10
2025-07-01   pupil_primary_up       10015   60
2026-10-01   adult                  277    250
"""

# Surveys, and a rank that the city published.
#            indicator             group        area   numbers
FIGURES = """
2025-06-01   epayment_account      urban_adult  277    60 of 120
2025-06-01   vneid_rank            district     277    rank 7
2025-10-01   epayment_account      urban_adult  277    50 of 90
2025-10-01   smartphone_ownership  adult        10015  80 of 90
2025-10-01   smartphone_ownership  adult        10030  24 of 30
2025-10-01   smartphone_ownership  adult        10018  36 of 40
2025-10-01   smartphone_ownership  adult        10081  16 of 20
2025-10-01   smartphone_ownership  adult        10084  10 of 10
2025-10-01   smartphone_ownership  adult        10108  10 of 10
2026-10-01   smartphone_ownership  adult        10015  72 of 90
2026-10-01   smartphone_ownership  adult        10030  16 of 30
2026-10-01   epayment_account      urban_adult  10015  45 of 90
"""

BEGAN = date(2025, 3, 1)
CHANGED = date(2025, 7, 1)
DOCUMENT = competency.Document(date(2025, 6, 15), "12/XN", "Trần Văn Cường", "Phòng Văn hóa")


def lines(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip().splitlines()]


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T05:00:00").replace(tzinfo=UTC)


@dataclass
class District:
    """`goes_on(day)` makes happen all that the tables have up to that day and that has not happened yet."""

    def __post_init__(self) -> None:
        call_command("load_campaign", "--at", "2025-05-21T08:00:00+07:00", verbosity=0)
        self.area = Area.objects.get(code="277")
        self.groups = {group.key: group for group in TargetGroup.objects.all()}
        self.people: dict[str, list[Learner]] = {}
        self.today = "2025-03-01"
        self.activities()
        for kind, number, area, *_name in lines(ADULTS):
            self.come(kind, int(number), self.area_of(area, BEGAN))
            self.belong(kind, ["adult"], None)
        for kind, number, *rest in lines(OTHERS):
            code = next(one for one in rest if one.isdigit())
            groups, at = rest[: rest.index(code)], self.area_of(code, BEGAN)
            if kind not in self.people:
                self.come(kind, int(number), at)
            self.belong(kind, groups, Organisation.objects.create(name=f"Nơi {kind}", kind="agency", area=at))
        look_at_tables()

    def area_of(self, code: str, day: date) -> Area:
        if code == "277":
            return self.area
        return Area.objects.get(code=code, valid_from=CHANGED if day >= CHANGED else None)

    def activities(self) -> None:
        at = noon("2025-05-22")
        courses.push_course(uid("course"), host="tests", titles={"vi": "Khóa"}, revision="1", at=at)
        for position, (name, (codes, level)) in enumerate(ASKED.items()):
            for what, done_on in (("quiz", "passed"), ("lesson", "completed")):
                facts = courses.ActivityFacts(
                    key=uid(f"{what} {name}"),
                    type_key=f"tests.{what}",
                    plugin="tests",
                    titles={"vi": f"{what} {name}"},
                    done_on=done_on,  # type: ignore[arg-type]
                    revision="1",
                    position=position,
                    max_score=Decimal(10) if what == "quiz" else None,
                    pass_score=Decimal(8) if what == "quiz" else None,
                )
                courses.push_activity(uid("course"), facts, at=at)
                shown = codes.split() if what == "quiz" else codes.split()[:1]
                found = competency.Competency.objects.filter(framework__key="kh02-chuongmy-2025", code__in=shown)
                competency.push_alignment(facts.key, "1", [(one.pk, level) for one in found], at=at)

    def come(self, kind: str, number: int, area: Area) -> None:
        at = noon("2025-05-22")
        self.people[kind] = Learner.objects.bulk_create(Learner(actor=uid(f"{kind} {n}")) for n in range(number))
        Placement.objects.bulk_create(
            Placement(learner=one, area=area, valid_from=BEGAN, recorded_at=at) for one in self.people[kind]
        )
        for one in self.people[kind]:
            record_consent(one.actor, given=True, at=at)

    def belong(self, kind: str, groups: Iterable[str], organisation: Organisation | None) -> None:
        Belonging.objects.bulk_create(
            Belonging(
                learner=one,
                group=self.groups[group],
                organisation=organisation,
                valid_from=BEGAN,
                recorded_at=noon("2025-05-22"),
            )
            for group in groups
            for one in self.people[kind]
        )

    # --- What happens ---

    def goes_on(self, day: str) -> None:
        for when, what, *about in lines(HAPPENS):
            if self.today < when <= day:
                # Kinds of people are single letters.
                words, kinds = [one for one in about if len(one) > 1], [one for one in about if len(one) == 1]
                getattr(self, what)(when, " ".join(words), kinds)
        for when, group, code, value in lines(COUNTED):
            if self.today < when <= day:
                self.count(when, group, code, int(value))
        for when, indicator, group, code, *numbers in lines(FIGURES):
            if self.today < when <= day:
                self.figure(when, indicator, group, code, numbers)
        self.today = day
        look_at_tables()

    def learners(self, kinds: Iterable[str]) -> list[Learner]:
        return [one for kind in kinds for one in self.people[kind]]

    def act(self, learner: Learner, what: str, name: str, when: str) -> tracking.LearningAct:
        row = courses.activity(uid(f"{what} {name}"))
        assert row is not None
        attempt = uid(f"{learner.actor} {what} {name}")
        score = tracking.ResultFacts(
            success=True, raw=Decimal(9), min=Decimal(0), max=Decimal(10), scaled=Decimal("0.9")
        )
        return tracking.LearningAct(
            actor=learner.actor,
            verb=tracking.VERB_PASSED if what == "quiz" else tracking.VERB_EXPERIENCED,
            object=courses.activity_ref(row),
            id_seed=attempt,
            registration=attempt,
            occurred_at=noon(when),
            revision="1",
            grouping=(courses.course_ref(row.course),),
            result=score if what == "quiz" else None,
        )

    def passes(self, when: str, name: str, kinds: list[str], what: str = "quiz") -> None:
        acts = [self.act(learner, what, name, when) for learner in self.learners(kinds)]
        with transaction.atomic():
            tracking.record(acts, at=noon(when))

    def begins(self, when: str, name: str, kinds: list[str]) -> None:
        self.passes(when, name, kinds, what="lesson")

    def voided(self, when: str, name: str, kinds: list[str]) -> None:
        acts = [self.act(learner, "quiz", name, when) for learner in self.learners(kinds)]
        void_all(
            [tracking.statement_id(act) for act in acts],
            by=uid("operator"),
            reason_code="entered-for-the-wrong-person",
            at=noon(when),
        )

    def confirmed(self, when: str, name: str, kinds: list[str]) -> None:
        group, year = name.split()
        rule = competency.PassRule.objects.get(group__key=group, year=year)
        subject = competency.subject_of(f"r{rule.pk}")
        assert subject is not None
        done = competency.confirm(
            subject, self.learners(kinds), DOCUMENT, act_id=uid(f"{when} {name}"), at=noon(when), by=None
        )
        assert done.left == ()

    def revoked(self, when: str, name: str, kinds: list[str]) -> None:
        for one in Confirmation.objects.filter(learner__in=self.learners(kinds)):
            competency.revoke(one, "Ký nhầm danh sách", act_id=uid(f"{one.pk} {when}"), at=noon(when), by=None)

    def follow(self, when: str, _name: str, _kinds: list[str]) -> None:
        follow_successions(on=date.fromisoformat(when), at=noon(when))

    def lives_in(self, when: str, code: str, kinds: list[str]) -> None:
        for learner in self.learners(kinds):
            place(learner, self.area_of(code, CHANGED), valid_from=date.fromisoformat(when), at=noon(when))

    # --- What others count ---

    def count(self, when: str, group: str, code: str, value: int) -> None:
        day = date.fromisoformat(when)
        Denominator.objects.create(
            group=self.groups[group],
            area=self.area_of(code, day),
            as_of=day,
            value=value,
            source="Sổ",
            entered_at=noon(when),
        )

    def figure(self, when: str, indicator: str, group: str, code: str, numbers: list[str]) -> None:
        day = date.fromisoformat(when)
        first, _word, last = numbers if len(numbers) == 3 else ("", *numbers)
        values = {"numerator": int(first), "base": int(last)} if first else {"rank": int(last)}
        Figure.objects.create(
            indicator=Indicator.objects.get(key=indicator),
            group=self.groups[group],
            area=self.area_of(code, day),
            as_of=day,
            source="Khảo sát",
            entered_at=noon(when),
            **values,
        )
