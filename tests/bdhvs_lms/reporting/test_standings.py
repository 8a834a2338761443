"""Rows of `Standing` count what attainments, placements and belongings say themselves, whatever happened (ADR 3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_lms.base.api import end_of_day
from bdhvs_lms.campaign.api import Organisation, TargetGroup
from bdhvs_lms.competency import api as competency
from bdhvs_lms.competency.api import Standing
from bdhvs_lms.competency.models import StandingFill
from bdhvs_lms.learners.actions import belong, end_belonging, place, withdraw_belonging
from bdhvs_lms.learners.api import Belonging, Learner, belonging_to, counted_spans, register
from bdhvs_lms.learners.spans import told_at_once
from bdhvs_lms.reporting.queries.counting import tally
from bdhvs_lms.reporting.queries.places import AreaHistory, AreaTree
from bdhvs_lms.tracking import api as tracking
from bdhvs_lms.tracking.actions import void
from bdhvs_xapi import api as xapi
from tests.support.board import Board
from tests.support.soak import SELDOM
from tests.support.world import T0, uid

pytestmark = [pytest.mark.database, pytest.mark.django_db]

DAY = T0.date()
PEOPLE = ("an", "binh", "chi")


class Undo(Exception):
    """Rolls an example back."""


def rules(board: Board) -> list[Any]:
    return list(competency.pass_rules())


def ready() -> dict[int, int]:
    return competency.rows_ready(competency.pass_rules())


def agree(board: Board, days: range) -> None:
    """On each of these days the rows and the long count say the same of every group and rule."""
    by = ready()
    for after in days:
        day = DAY + timedelta(days=after)
        places = AreaTree(AreaHistory(), (day,))
        moments = [end_of_day(day - timedelta(days=less)) for less in (20, 9, 2)]
        for rule in competency.pass_rules():
            asked: tuple[Any, ...] = (rule.group, rule, end_of_day(day), day, places, moments)
            assert tally(*asked, rows_by=by[rule.pk]) == tally(*asked), (after, rule)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.sampled_from(
            (
                "read",
                "passed",
                "failed",
                "task",
                "void",
                "move",
                "unassigned",
                "join",
                "leave",
                "withdraw",
                "merge",
                "part",
            )
        ),
        st.integers(min_value=0, max_value=40),
        st.booleans(),
    ),
    max_size=14,
)


class Happening:
    """One example: what happens to three people of a board with two groups and several rules."""

    def __init__(self, board: Board) -> None:
        self.board, self.number = board, 0
        self.workers = TargetGroup.objects.create(key="worker", label_vi="Người lao động", counted_where="organisation")
        self.works = [
            Organisation.objects.create(name=f"Xưởng {number}", kind="enterprise", area=area)
            for number, area in enumerate((board.area, board.other_area))
        ]
        board.add_rule(2026, level=2)
        board.add_rule(2027)
        competency.PassRule.objects.create(
            group=self.workers,
            year=2025,
            framework=board.framework,
            all_of=["A2"],
            level=1,
            label_vi="Đạt",
            created_at=T0,
        )

    def happens(self, who: str, what: str, after: int, other: bool) -> None:
        board, self.number = self.board, self.number + 1
        record = Learner.objects.get(actor=uid(who))
        day, at = DAY + timedelta(days=after), T0 + timedelta(days=after)
        act: dict[str, Callable[[], Any]] = {
            "read": lambda: (tracking.VERB_EXPERIENCED, board.lesson, None),
            "passed": lambda: (tracking.VERB_PASSED, board.quiz, 9),
            "failed": lambda: (tracking.VERB_FAILED, board.quiz, 3),
            "task": lambda: (tracking.VERB_PASSED, board.task, 9),
        }
        if what in act:
            verb, key, score = act[what]()
            board.record(
                board.act(record, verb, key, minutes=after * 1440, score=score, try_no=self.number)  # type: ignore[arg-type]
            )
        elif what == "void":
            facts = xapi.facts(actor_key=tracking.actor_key(record))
            if facts:
                chosen = facts[after % len(facts)].statement_id
                void(chosen, by=uid("operator"), reason_code="entered-for-the-wrong-person", at=at)
        elif what in ("move", "unassigned"):
            area = None if what == "unassigned" else board.other_area if other else board.area
            place(record, area, valid_from=day, at=at)
        elif what == "join":
            group, organisation = (board.group, None) if other else (self.workers, self.works[after % 2])
            belong(record, group, organisation=organisation, valid_from=day, at=at)
        elif what in ("leave", "withdraw"):
            row = Belonging.objects.filter(learner=record, withdrawn=False, valid_to=None).order_by("-pk").first()
            if row is not None and row.valid_from <= day:
                if what == "leave":
                    end_belonging(row, last_day=day, at=at)
                else:
                    withdraw_belonging(row, at=at)
        elif what == "merge":
            kept = Learner.objects.get(actor=uid(PEOPLE[(PEOPLE.index(who) + 1) % 3]))
            if record.merged_into_id is None and record.pk != kept.whole.pk:
                tracking.merge_records(record, kept, by=None, reason="same person", at=at)
        elif record.merged_into_id is not None:
            tracking.part_records(record, by=None, at=at)


@SELDOM
@given(before=ACTS, afterwards=ACTS)
def test_after_whatever_happened_rows_count_as_attainments_do(
    before: list[tuple[str, str, int, bool]], afterwards: list[tuple[str, str, int, bool]]
) -> None:
    with pytest.raises(Undo), transaction.atomic():
        board = Board()
        for name in PEOPLE:
            board.learner(name)
        happening = Happening(board)
        for one in before:
            happening.happens(*one)
        competency.fill()
        assert set(ready()) == {rule.pk for rule in rules(board)}
        agree(board, range(-1, 45, 15))
        for one in afterwards:
            happening.happens(*one)
        agree(board, range(-1, 45, 5))
        assert [str(found) for found in tracking.check()] == []
        stored = sorted(map(str, Standing.objects.values_list("learner", "rule", "day_from", "day_to", "area")))
        Standing.objects.all().delete()
        for learner in Learner.objects.all():
            competency.STANDINGS.refold({learner: None})
        assert stored == sorted(map(str, Standing.objects.values_list("learner", "rule", "day_from", "day_to", "area")))
        raise Undo


def test_a_rule_is_counted_by_rows_once_everybody_has_one_and_not_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bdhvs_lms.competency.standings.STEP", 3)
    board = Board()
    board.people(7)
    assert ready() == {}
    competency.fill(lambda: False)
    assert (Standing.objects.count(), ready()) == (3, {}), "one step"
    # Whoever comes meanwhile has a row, and those after it have theirs by the next steps.
    board.learner("an")
    assert Standing.objects.count() == 4
    competency.fill()
    assert Standing.objects.count() == 8 and ready() == {board.rule.pk: board.rule.pk}
    same = board.add_rule(2026)
    assert ready() == {board.rule.pk: board.rule.pk, same.pk: board.rule.pk}, "it asks for the same"
    harder = board.add_rule(2026, level=2, number=2)
    assert harder.pk not in ready()
    competency.fill()
    assert ready()[harder.pk] == harder.pk and Standing.objects.count() == 16
    assert StandingFill.objects.count() == 2


def test_a_part_of_a_group_has_the_rows_of_the_whole() -> None:
    board = Board()
    part = TargetGroup.objects.create(key="urban", label_vi="Đô thị", part_of=board.group, urban_only=True)
    own = competency.PassRule.objects.create(
        group=part, year=2025, framework=board.framework, all_of=["A1"], level=1, label_vi="Đạt", created_at=T0
    )
    board.people(2)
    competency.fill()
    assert Standing.objects.filter(rule=own).count() == 2
    agree(board, range(2))


def test_further_work_costs_no_query_for_the_rows_and_a_first_pass_few() -> None:
    board = Board()
    an = board.learner("an")
    competency.fill()
    board.record(board.act(an, tracking.VERB_PASSED, board.quiz, minutes=5, score=9))
    row = Standing.objects.get()
    assert row.begun_at == row.passed_at == T0 + timedelta(minutes=5)

    def asked(minutes: int, number: int) -> list[str]:
        act = board.act(an, tracking.VERB_PASSED, board.quiz, minutes=minutes, score=9, try_no=number)
        with CaptureQueriesContext(connection) as queries:
            board.record(act)
        return [query["sql"] for query in queries if '"bdhvs_lms_standing"' in query["sql"]]

    assert asked(6, 2) == []
    assert len(asked(4, 3)) <= 4, "an earlier one: read and written, for the evidence and for the decision"
    row.refresh_from_db()
    assert row.begun_at == row.passed_at == T0 + timedelta(minutes=4)


def test_a_board_of_rows_is_two_queries_a_rule_and_no_more_for_more_people() -> None:
    board = Board()
    board.people(3)
    competency.fill()
    places = AreaTree(AreaHistory(), (DAY,))
    with CaptureQueriesContext(connection) as queries:
        found = tally(board.group, board.rule, T0, DAY, places, rows_by=board.rule.pk)
    assert len(queries) == 1 and found.eligible == {board.area.pk: 3}, "nobody is on the way"
    for people in (1, 5):
        begun = [board.learner(f"người {people}.{number}") for number in range(people)]
        board.record(*(board.act(one, tracking.VERB_FAILED, board.quiz, minutes=1, score=2) for one in begun))
        with CaptureQueriesContext(connection) as queries:
            found = tally(board.group, board.rule, T0 + timedelta(days=1), DAY, places, rows_by=board.rule.pk)
        assert len(queries) == 2 and found.begun == found.active
    assert found.active == {board.area.pk: 6}
    assert '"bdhvs_lms_standing"' in queries[0]["sql"] and "bdhvs_lms_attainment" not in queries[0]["sql"]


def test_many_people_of_a_file_are_written_about_at_once() -> None:
    board = Board()
    competency.fill()
    with CaptureQueriesContext(connection) as queries, transaction.atomic(), told_at_once():
        for number in range(8):
            register(full_name=f"Người {number}", at=T0, area=board.area, groups=[board.group])
    of_rows = [query["sql"] for query in queries if '"bdhvs_lms_standing"' in query["sql"]]
    assert len(of_rows) == 2 and Standing.objects.count() == 8, "what is there is read, what is new is written"
    assert {len(groups) for groups in counted_spans(Learner.objects.values_list("pk", flat=True)).values()} == {1}
    assert belonging_to(board.group, date.max).count() == 8


def test_what_was_written_is_gone_when_it_is_rolled_back() -> None:
    board = Board()
    competency.fill()
    with pytest.raises(Undo), transaction.atomic():
        board.learner("an")
        assert Standing.objects.exists()
        raise Undo
    assert not Standing.objects.exists()
