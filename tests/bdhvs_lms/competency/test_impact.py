"""What a dry run tells is what happens: whose result changes, and how."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from bdhvs_lms.campaign.api import Area, TargetGroup
from bdhvs_lms.competency import api as competency
from bdhvs_lms.competency import impact
from bdhvs_lms.competency.models import Attainment, Realignment, Redeciding, RuleApplication, Standing
from bdhvs_lms.learners.api import Learner
from bdhvs_lms.tracking import api as tracking
from bdhvs_xapi import api as xapi
from tests.bdhvs_lms.reporting.test_standings import PEOPLE
from tests.support.board import Board
from tests.support.world import T0

pytestmark = [pytest.mark.database, pytest.mark.django_db]

# After all that happens, in the year of some rules and before that of others.
NOW = T0 + timedelta(days=60)


def passing(at: datetime) -> set[tuple[int, int, int, int]]:
    """(group, year, area, learner) of who passes by the rules in force, from the rows that boards count."""
    competency.fill()
    ready = competency.rows_ready(competency.pass_rules())
    found = set()
    for rule in impact.rules_in_force():
        asked = impact.counted(rule.group, rule.year, (0, frozenset(), 0), at)
        rows = Standing.objects.filter(
            rule=ready[rule.pk], day_from__lte=asked.day, day_to__gt=asked.day, passed_at__lte=asked.cutoff
        )
        by_area = rule.group.counted_where == "area"
        for learner, area, work in rows.values_list("learner", "area", "organisation__area"):
            where = area if by_area else work
            if where is not None:
                found.add((rule.group_id, rule.year, where, learner))
    return found


def test_a_part_of_a_group_is_counted_by_the_whole_groups_rule_until_it_has_its_own() -> None:
    board = Board()
    part = TargetGroup.objects.create(
        key="nguoi-lon-do-thi", label_vi="Người trưởng thành ở đô thị", part_of=board.group, urban_only=True
    )
    both, one = board.people(3), board.people(2)
    board.attain(both)
    board.attain(one, codes=["A1"])
    Area.objects.filter(pk=board.area.pk).update(urban=True)

    def of(group: TargetGroup, *codes: str) -> list[tuple[int, int, int]]:
        chosen = list(board.framework.competencies.filter(code__in=codes))
        found = impact.of_pass_rule(group=group, year=2025, competencies=chosen, level=1, at=NOW + timedelta(days=60))
        return [(line.group.pk, line.gained, line.lost) for line in found.lines()]

    assert of(part, "A1", "A2") == []
    assert of(part, "A1") == [(part.pk, 2, 0)]
    assert of(board.group, "A1") == [(board.group.pk, 2, 0), (part.pk, 2, 0)]


def test_what_is_void_changes_the_part_of_a_group_too() -> None:
    board = Board()
    Area.objects.filter(pk=board.area.pk).update(urban=True)
    part = TargetGroup.objects.create(key="do-thi", label_vi="Đô thị", part_of=board.group, urban_only=True)
    learner = board.learner("Lan")
    board.record(board.act(learner, tracking.VERB_PASSED, board.quiz, minutes=5, score=9))
    [passed] = xapi.facts(actor_key=tracking.actor_key(learner), verbs=[tracking.VERB_PASSED])
    found = impact.of_voiding([passed.statement_id], at=NOW + timedelta(days=60))
    assert [(line.group, line.lost) for line in found.lines()] == [(board.group, 1), (part, 1)]
    assert found.learners == [learner.pk]


def test_who_gains_is_counted_by_area_and_somebody_may_say_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bdhvs_lms.competency.impact.PIECE", 1)
    board = Board()
    for name in ("an", "binh"):
        learner = board.learner(name)
        board.record(board.act(learner, tracking.VERB_FAILED, board.quiz, minutes=5, score=5))
    rule = competency.EvidenceRule.objects.get(framework=board.framework)
    loose = {"pick": "best", "min_scaled": "0.3"}
    version = competency.add_rule_version(rule, loose, effective_from=NOW, by=None, at=NOW)
    found = impact.of_application(version, effective_from=T0, at=NOW)
    assert found.counts() == [(board.group.pk, 2025, board.area.pk, 2, 0)]
    assert found.learners == sorted(Learner.objects.values_list("pk", flat=True))
    some = impact.of_application(version, effective_from=T0, at=NOW, go_on=lambda found: found.looked_at < 1)
    assert (some.looked_at, some.people, some.complete, len(some.changes)) == (1, 2, False, 1)


def test_the_command_tells_and_then_does_it() -> None:
    board = Board()
    learner = board.learner("an")
    board.record(board.act(learner, tracking.VERB_FAILED, board.quiz, minutes=5, score=5))
    rule = competency.EvidenceRule.objects.get(framework=board.framework)
    competency.add_rule_version(rule, {"pick": "best", "min_scaled": "0.3"}, effective_from=NOW, by=None, at=NOW)
    out = StringIO()
    named = ("test-framework/*/*/v2", "--from", "2025-09-01")
    call_command("apply_rule", *named, stdout=out, stderr=StringIO())
    assert out.getvalue().splitlines()[-1] == "The results of 1 people change."
    assert not RuleApplication.objects.exists()
    with pytest.raises(CommandError, match="reason"):
        call_command("apply_rule", *named, "--apply", stdout=out, stderr=StringIO())
    call_command("apply_rule", *named, "--apply", "--reason", "Quyết định", stdout=out, stderr=StringIO())
    assert passing(NOW) == {(board.group.pk, 2025, board.area.pk, learner.pk)}
    for name in ("test-framework/*/*/v9", "x", "test-framework/A1/9/v1"):
        with pytest.raises(CommandError, match="No version"):
            call_command("apply_rule", name, "--from", "2025-09-01")


class Stopped(Exception):
    """The power is gone."""


def test_an_application_that_was_stopped_goes_on_as_the_same_act() -> None:
    board = Board()
    for name in PEOPLE:
        board.record(board.act(board.learner(name), tracking.VERB_FAILED, board.quiz, minutes=5, score=5))
    rule = competency.EvidenceRule.objects.get(framework=board.framework)
    version = competency.add_rule_version(
        rule, {"pick": "best", "min_scaled": "0.3"}, effective_from=NOW, by=None, at=NOW
    )
    seen: list[int] = []

    def stop(done: int) -> None:
        seen.append(done)
        if done == 2:
            raise Stopped

    asked: dict[str, Any] = {"effective_from": T0, "by": None, "at": NOW}
    with pytest.raises(Stopped):
        competency.apply_to_past(version, **asked, reason="Quyết định", progress=stop)
    assert len(passing(NOW)) == 2
    # Only another day is another act; this one goes on, under its reason, with who is left.
    assert competency.stopped_application(version, T0 + timedelta(days=1)) is None
    assert competency.apply_to_past(version, **asked, reason="", progress=seen.append) == 1
    assert seen == [1, 2, 1] and len(passing(NOW)) == 3
    assert list(RuleApplication.objects.values_list("reason", flat=True)) == ["Quyết định"]
    assert competency.stopped_application(version, T0) is None
    with pytest.raises(ValueError, match="reason"):
        competency.apply_to_past(version, **asked, reason=" ")
    competency.apply_to_past(version, **asked, reason="Một lần nữa")
    assert RuleApplication.objects.count() == 2


def test_the_command_goes_on_with_what_was_stopped() -> None:
    board = Board()
    learner = board.learner("an")
    board.record(board.act(learner, tracking.VERB_FAILED, board.quiz, minutes=5, score=5))
    rule = competency.EvidenceRule.objects.get(framework=board.framework)
    version = competency.add_rule_version(
        rule, {"pick": "best", "min_scaled": "0.3"}, effective_from=NOW, by=None, at=NOW
    )
    starts = datetime(2025, 9, 1, tzinfo=timezone.get_default_timezone())
    act = RuleApplication.objects.create(version=version, effective_from=starts, at=NOW, reason="Quyết định")
    Redeciding.objects.create(application=act)
    out = StringIO()
    named = ("test-framework/*/*/v2", "--from", "2025-09-01", "--apply")
    call_command("apply_rule", *named, stdout=out, stderr=StringIO())
    lines = out.getvalue().splitlines()
    assert lines[0] == f"Begun on {timezone.localtime(NOW):%d/%m/%Y} and not finished."
    assert lines[-1] == "Decided anew about 1 people."
    assert RuleApplication.objects.count() == 1 and Redeciding.objects.get().done


def test_a_realignment_that_was_stopped_goes_on_as_the_same_act() -> None:
    board = Board()
    for name in PEOPLE:
        board.record(board.act(board.learner(name), tracking.VERB_PASSED, board.task, minutes=5, score=9))
    competency.push_alignment(board.task, "2", [(board.a1.pk, 2)], at=T0)

    def stop(done: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        competency.realign(board.task, "1", "2", by=None, reason="Gắn nhầm", at=NOW, progress=stop)
    assert competency.realign(board.task, "1", "2", by=None, reason="", at=NOW) == 2
    assert Realignment.objects.count() == 1
    assert Attainment.objects.filter(competency=board.a1, level=2, status="demonstrated").count() == 3
