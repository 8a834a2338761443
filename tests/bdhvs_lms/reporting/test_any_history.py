"""What follows from a history is the same however its statements come in; and statuses fall by named acts only."""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from bdhvs_lms.base.api import apply_import, end_of_day
from bdhvs_lms.campaign.api import IMPORTERS, Area, TargetGroup
from bdhvs_lms.competency import api as competency
from bdhvs_lms.competency.confirming.models import Confirmation
from bdhvs_lms.competency.models import Attainment, Evidence, Standing
from bdhvs_lms.competency.pass_rules import add_pass_rule
from bdhvs_lms.learners.actions import belong, place
from bdhvs_lms.learners.api import Learner, follow_successions
from bdhvs_lms.privacy.actions import erase, withdraw_consent
from bdhvs_lms.progress.api import CourseResult, Result
from bdhvs_lms.reporting.queries import board as boards
from bdhvs_lms.reporting.queries.counting import tally
from bdhvs_lms.reporting.queries.places import AreaHistory, AreaTree
from bdhvs_lms.tracking import api as tracking
from bdhvs_lms.tracking.actions import void
from bdhvs_xapi import api as xapi
from tests.bdhvs_lms.reporting.test_standings import DAY, PEOPLE, Happening, Undo
from tests.bdhvs_lms.tracking.test_revoking import Sender
from tests.support.board import Board
from tests.support.soak import rounds
from tests.support.world import T0, uid

pytestmark = [pytest.mark.thorough, pytest.mark.django_db]

# A day after everything.
LAST = 60


class History(Happening):
    """`Happening` with everything else that can be done to somebody's results."""

    def __init__(self, board: Board) -> None:
        super().__init__(board)
        for name in PEOPLE:
            board.learner(name)
        self.subject = competency.subject_of(f"r{board.rule.pk}")
        assert self.subject is not None
        self.stranger: Sender | None = None
        self.passes: list[tuple[Learner, int, int]] = []

    def happens(self, who: str, what: str, after: int, other: bool) -> None:
        extra = getattr(self, f"do_{what}", None)
        if extra is None:
            super().happens(who, what, after, other)
            return
        self.number += 1
        extra(Learner.objects.get(actor=uid(who)), after, other)

    def at(self, after: int) -> Any:
        return T0 + timedelta(days=after)

    def do_again(self, record: Learner, after: int, other: bool) -> None:
        """What is there is recorded once more."""
        for fact in xapi.facts(actor_key=tracking.actor_key(record), include_voided=True)[:3]:
            with transaction.atomic():
                [done] = xapi.record([fact.statement], authority=fact.authority, received_at=self.at(LAST))
            assert not done.new

    def do_confirm(self, record: Learner, after: int, other: bool) -> None:
        document = competency.Document(self.at(LAST).date(), "12/XN", "Trần Văn Cường", "UBND")
        if competency.check(self.subject, [record], at=self.at(LAST), by=None).ready:
            competency.confirm(
                self.subject, [record], document, act_id=uid(f"act {self.number}"), at=self.at(LAST), by=None
            )

    def do_revoke(self, record: Learner, after: int, other: bool) -> None:
        for one in Confirmation.objects.filter(learner=record.whole, revocation=None)[:1]:
            competency.revoke(one, "Ký nhầm", act_id=uid(f"act {self.number}"), at=self.at(LAST), by=None)

    def graded(self, record: Learner, minutes: int, number: int, *, again: bool = False) -> tracking.LearningAct:
        verb, score = (tracking.VERB_FAILED, 3) if again else (tracking.VERB_PASSED, 9)
        return self.board.act(
            record, verb, self.board.quiz, minutes=minutes, score=score, try_no=number, grading=1 + again
        )

    def do_passed(self, record: Learner, after: int, other: bool) -> None:
        self.passes.append((record, after * 1440, self.number))
        self.board.record(self.graded(*self.passes[-1]))

    def do_regrade(self, record: Learner, after: int, other: bool) -> None:
        """The first pass of the person is graded anew, as a failure."""
        own = [one for one in self.passes if one[0].pk == record.pk]
        if own and tracking.statement_id(self.graded(*own[0])) not in xapi.voided_among(
            [tracking.statement_id(self.graded(*own[0]))]
        ):
            self.passes.remove(own[0])
            void(
                tracking.statement_id(self.graded(*own[0])),
                by=uid("operator"),
                reason_code="regraded",
                at=self.at(LAST),
            )
            self.board.record(self.graded(*own[0], again=True))

    def do_posted(self, record: Learner, after: int, other: bool) -> None:
        self.stranger = self.stranger or Sender(self.board, trust=2)
        self.stranger.says((str(record.actor), tracking.VERB_PASSED, self.board.task, after * 1440))

    def do_withdraw_credential(self, record: Learner, after: int, other: bool) -> None:
        if self.stranger is not None:
            self.stranger.revoked()
            self.stranger = None

    def do_rule(self, record: Learner, after: int, other: bool) -> None:
        """A stricter or a looser version of what counts as evidence, from now on or applied to the past."""
        rule = competency.EvidenceRule.objects.get(framework=self.board.framework)
        tree = {"pick": "any", "passed": True, "times": 2 if after % 2 else 1}
        at = self.at(LAST)
        version = competency.add_rule_version(rule, tree, effective_from=at, by=None, at=at)
        if other:
            competency.apply_to_past(version, effective_from=self.at(after), by=None, reason="Thử", at=at)

    def do_realign(self, record: Learner, after: int, other: bool) -> None:
        board, revision = self.board, f"r{self.number}"
        shown = [(board.a1.pk, 1)] if other else [(board.a2.pk, 2)]
        competency.push_alignment(board.quiz, revision, shown, at=self.at(after))
        competency.realign(board.quiz, "1", revision, by=None, reason="Thử", at=self.at(LAST))

    def do_pass_rule(self, record: Learner, after: int, other: bool) -> None:
        add_pass_rule(
            group=self.board.group,
            year=2025,
            competencies=[self.board.a1] if other else [self.board.a1, self.board.a2],
            level=1 if after % 2 else 2,
            label_vi="Đạt",
            note="Thử",
            at=self.at(LAST),
            by=None,
        )

    def do_no_consent(self, record: Learner, after: int, other: bool) -> None:
        withdraw_consent(record.whole, at=self.at(after))

    def do_erase(self, record: Learner, after: int, other: bool) -> None:
        erase(record.whole, by=None, at=self.at(LAST))

    def do_rebuild(self, record: Learner, after: int, other: bool) -> None:
        assert [str(found) for found in tracking.check()] == []
        tracking.decide(record.whole)


# --- However statements come in ---------------------------------------------------------------------------------------


def everything() -> dict[str, Any]:
    """Evidence, results, statuses, the rows that boards count and what a board counts, without surrogate keys."""
    shown: dict[Any, tuple[str, ...]] = {
        Evidence: ("competency__code", "level", "statement_id", "occurred_at", "success", "trust", "presence"),
        Attainment: ("competency__code", "level", "status", "attained_at", "confirmed_at", "trust"),
        Result: ("activity_key", "completed_at", "passed_at", "failed_at", "best_scaled", "last_at", "trust"),
        CourseResult: ("completed_at", "trust"),
        Standing: ("rule__group__key", "rule__year", "day_from", "day_to", "area__code", "begun_at", "passed_at"),
    }
    found: dict[str, Any] = {
        model.__name__: sorted(model.objects.values_list("learner__actor", *fields), key=str)
        for model, fields in shown.items()
    }
    for after in (5, 25, LAST):
        day = DAY + timedelta(days=after)
        places = AreaTree(AreaHistory(), (day,))
        named = dict(Area.objects.values_list("pk", "code"))
        for rule in competency.pass_rules():
            counted = tally(rule.group, rule, end_of_day(day), day, places)
            found[f"{after} {rule.group.key} {rule.year}"] = {
                name: {named.get(node, "waiting"): people for node, people in getattr(counted, name).items() if people}
                for name in ("eligible", "passed", "confirmed", "begun", "active")
            }
    return found


@dataclass(frozen=True)
class Exported:
    authority: str
    agent: dict[str, Any]
    trust: int
    statement: dict[str, Any]


def exported() -> list[Exported]:
    """All that is stored, in the order in which it came, without what a store sets itself."""
    found = sorted(xapi.facts(after_seq=0, include_voided=True), key=lambda fact: fact.seq)
    return [
        Exported(
            fact.authority,
            fact.statement["authority"],
            fact.trust,
            {name: value for name, value in fact.statement.items() if name not in ("authority", "stored", "version")},
        )
        for fact in found
    ]


def imported(statements: list[Exported], chance: Random) -> int:
    """All of them in any order, in batches, half of them twice. Returns how many were new."""
    waiting = statements + chance.sample(statements, len(statements) // 2)
    chance.shuffle(waiting)
    new = 0
    while waiting:
        first, lot = waiting[0], waiting[: chance.randint(1, 4)]
        # In one batch each is once, and all are of one authority.
        batch = {one.statement["id"]: one.statement for one in lot if one.authority == first.authority}
        waiting = [one for one in lot if one.authority != first.authority] + waiting[len(lot) :]
        with transaction.atomic():
            xapi.ensure_authority(first.authority, agent=first.agent, trust=first.trust)
            done = xapi.record([*batch.values()], authority=first.authority, received_at=T0 + timedelta(days=LAST))
        new += sum(one.new for one in done)
    return new


WORK = ("read", "passed", "failed", "task", "void", "again", "confirm", "confirm", "revoke", "regrade", "posted")
PLACED = ("move", "unassigned", "join", "leave", "withdraw", "part")


def drawn(chance: Random, kinds: tuple[str, ...], count: int) -> list[tuple[str, str, int, bool]]:
    return [
        (chance.choice(PEOPLE), chance.choice(kinds), chance.randint(0, 40), chance.random() < 0.5)
        for _ in range(count)
    ]


def test_statements_imported_in_any_order_give_the_same_where_nothing_was_and_change_nothing_where_they_were() -> None:
    seen: Counter[str] = Counter()
    first = History(Board())
    for number in range(rounds(6, soak=1000)):
        chance = Random(number)
        places, work = drawn(chance, PLACED, 4), drawn(chance, WORK, 16)
        statements: list[Exported] = []
        before: Any = None
        with pytest.raises(Undo), transaction.atomic():
            history = copy.deepcopy(first)
            for one in places + work:
                history.happens(*one)
            competency.fill()
            before, statements = everything(), exported()
            assert imported(statements, chance) == 0
            assert everything() == before, f"imported where it was, {number}"
            raise Undo
        with pytest.raises(Undo), transaction.atomic():
            history = copy.deepcopy(first)
            late = chance.random() < 0.5
            for one in [] if late else places:
                history.happens(*one)
            # A decision that was made of half of them would be another one.
            with tracking.deciders_paused():
                assert imported(statements, chance) == len(statements)
            left = sum(tracking.decide(learner) for learner in Learner.objects.order_by("pk"))
            assert left == 0, "all that was decided is among what was imported"
            for one in places if late else []:
                history.happens(*one)
            competency.fill()
            assert everything() == before, f"imported where nothing was, {number}"
            assert [str(found) for found in tracking.check()] == []
            raise Undo
        seen.update(status for *_, status, _at, _confirmed, _trust in before["Attainment"])
    assert {"in_progress", "demonstrated", "confirmed"} <= set(seen), "something is at stake"


def test_a_level_reached_by_a_higher_one_has_begun_then_whatever_comes_at_it_later() -> None:
    board = Board()
    learner = board.learner()
    board.record(board.act(learner, tracking.VERB_PASSED, board.task, minutes=5, score=9))
    board.record(board.act(learner, tracking.VERB_PASSED, board.quiz, minutes=20, score=9))
    row = Attainment.objects.get(learner=learner, competency=board.a2, level=1)
    assert row.attained_at == row.begun_at == T0 + timedelta(minutes=5)
    assert [str(found) for found in tracking.check()] == []


VILLAGES = """Xã/phường;Thôn/tổ dân phố;Mã
Phường Chương Mỹ;Tổ dân phố Bình Sơn;CM-1
Xã Phú Nghĩa;Thôn Đông;PN-1
"""


def test_files_of_areas_and_targets_loaded_again_move_nobody_and_change_no_number() -> None:
    """Of a town that became a ward, a commune that was split, and a village that was imported."""

    def load() -> None:
        call_command("load_campaign", "--at", "2025-05-21T08:00:00+07:00", verbosity=0)
        done = apply_import(IMPORTERS["areas"], VILLAGES.encode(), at=T0, by=None, sure=True)
        assert done.ok and not done.errors
        follow_successions(on=date(2025, 7, 2), at=T0)

    load()
    group = TargetGroup.objects.get(key="adult")
    rule = competency.PassRule.objects.get(group=group, year=2025)
    asked = competency.Competency.objects.filter(framework=rule.framework, code__in=rule.all_of)
    for code in ("10015", "10066", "CM-1"):
        learners = Learner.objects.bulk_create(Learner() for _ in range(12))
        where = Area.objects.get(code=code, valid_from=None if code.isdigit() else date(2025, 7, 1))
        for learner in learners:
            place(learner, where, valid_from=where.valid_from or date(2025, 3, 1), at=T0)
            belong(learner, group, organisation=None, valid_from=date(2025, 3, 1), at=T0)
        Attainment.objects.bulk_create(
            Attainment(learner=one, competency=each, level=1, status="demonstrated", attained_at=T0)
            for one in learners[:7]
            for each in asked
        )
    follow_successions(on=date(2025, 7, 2), at=T0)
    competency.fill()
    district = Area.objects.get(code="277")

    def board() -> list[Any]:
        at = boards.Board(T0 + timedelta(days=30))
        [target] = [one for one in boards.board_targets(district) if one.key == "T3-2025"]
        return [
            (row.area, row.numerator, row.learning, row.unassigned)
            for row in [at.row(target, district), *at.below(target, district)]
        ]

    before, numbers = everything(), board()
    assert [row[1] for row in numbers if row[1]] == [21, 14, 7], "the district, the ward with its village, the waiting"
    for _time in range(2):
        load()
    assert (everything(), board()) == (before, numbers)


# --- Statuses fall by named acts only ---------------------------------------------------------------------------------

FALLS_BY = {
    "void": "a statement was taken out of force, with a reason",
    "revoke": "a confirmation was revoked, with a reason",
    "regrade": "a result was graded anew",
    "withdraw_credential": "all that a program had written was taken out of force",
    "part": "two records that had been taken for one person are two again",
    "pass_rule": "another rule says who of a group passes in a year",
}
NEVER_BY = (
    "read", "passed", "failed", "task", "again", "posted", "confirm", "move", "unassigned", "join", "leave", "withdraw",
    "merge", "rule", "realign", "no_consent", "erase", "rebuild",
)  # fmt: skip
RANKS = ("none", "in_progress", "demonstrated", "confirmed")


def reached() -> Counter[tuple[Any, ...]]:
    """How far each person is: lessons and courses done, quizzes passed, competencies, and pass rules of a year."""
    found: Counter[tuple[Any, ...]] = Counter()
    whole = {record.pk: record.whole.pk for record in Learner.objects.all()}

    def at_least(learner: int, what: tuple[Any, ...], rank: int) -> None:
        found[whole[learner], *what] = max(found[whole[learner], *what], rank)

    for result in Result.objects.all():
        at_least(result.learner_id, ("done", result.activity_key), result.completed_at is not None)
        at_least(result.learner_id, ("passed", result.activity_key), result.passed_at is not None)
    for course in CourseResult.objects.all():
        at_least(course.learner_id, ("course", course.course_key), 1)
    for row in Attainment.objects.select_related("competency"):
        at_least(row.learner_id, (row.competency.code, row.level), RANKS.index(row.status))
    for rule in competency.pass_rules():
        # The newest of a group and year comes last.
        for learner in set(whole.values()):
            asked = [
                max((found[learner, code, level] for level in range(rule.level, 9)), default=0) for code in rule.all_of
            ]
            found[learner, "rule", rule.group_id, rule.year] = min(asked)
    return +found


def fallen(before: Counter[tuple[Any, ...]], after: Counter[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """What is less than it was. Of a record that is part of another one now, what the whole has."""
    whole = {record.pk: record.whole.pk for record in Learner.objects.all()}
    return [key for key, rank in before.items() if after[whole[key[0]], *key[1:]] < rank]


def test_statuses_fall_by_acts_that_are_named_here_and_by_no_other() -> None:
    fell: Counter[str] = Counter()
    done: Counter[str] = Counter()
    first = History(Board())
    for number in range(rounds(12, soak=3000)):
        chance = Random(number)
        work = drawn(chance, ("passed", "task", "passed", "posted", "read", "merge", "confirm"), 10)
        acts = drawn(chance, (*FALLS_BY, *NEVER_BY, "confirm", "revoke", "regrade"), 12)
        with pytest.raises(Undo), transaction.atomic():
            history, before = copy.deepcopy(first), reached()
            for act in work:
                history.happens(*act)
            assert not fallen(before, reached()), number
            before = reached()
            for act in acts:
                history.happens(*act)
                after = reached()
                if lost := fallen(before, after):
                    assert act[1] in FALLS_BY, (number, act, lost)
                    fell[act[1]] += 1
                done[act[1]] += 1
                before = after
            raise Undo
    assert set(done) == {*FALLS_BY, *NEVER_BY}, "each was tried"
    assert set(fell) == set(FALLS_BY), "and nothing is named that takes nothing away"
