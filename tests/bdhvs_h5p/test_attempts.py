"""Begin, go on, say, finish: what is kept, what the ledger says, and what a repeated or late act changes (nothing)."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adapter_tests.saying import CHILD, CHOICE, GAPS, OTHER_CHILD, said
from bdhvs_h5p.attempts.actions import AttemptEnded
from bdhvs_h5p.attempts.states import State, save_states, states_of
from bdhvs_h5p.attempts.taking import MOST_FINISHING, MOST_INTERACTED, MOST_STEPS
from bdhvs_h5p.models import H5PAttempt, H5PPage, H5PStep, RejectedStatement, TypedText
from bdhvs_lms.tracking.api import check
from tests.bdhvs_content import pages
from tests.bdhvs_h5p.playing import PAGE, SOON, Playing, best, statements, verbs
from tests.support.loops import for_each
from tests.support.world import uid

pytestmark = pytest.mark.django_db
D = Decimal


def statuses(taken: Any) -> list[str]:
    return [f"{one.status}:{one.code}" if one.code else one.status for one in taken.outcomes]


# --- Begin ------------------------------------------------------------------------------------------------------------


def test_who_finished_begins_anew_and_who_did_not_goes_on(play: Playing) -> None:
    first = play.open()
    play.say(first, said("completed", score=(3, 4)))
    second = play.open(at=SOON)
    assert (second.number, H5PAttempt.objects.filter(ended_received_at=None).get()) == (2, second)
    with pytest.raises(AttemptEnded):
        play.say(first, said("completed", score=(4, 4)), first=9)
    assert best(first)[0] == D("0.75")


def test_a_replaced_file_begins_anew_and_keeps_what_was_done(play: Playing) -> None:
    first = play.open()
    play.say(first, said("answered", part=CHILD, score=(1, 1)))
    play.replace_file()
    second = play.open(at=SOON)
    assert (second.number, second.version.number) == (2, 2)
    assert verbs(first) == ["initialized", "answered"]


def test_published_again_with_the_same_file_goes_on(play: Playing) -> None:
    first = play.open()
    play.page.pass_percent = 50
    pages.publish(play.page)
    assert play.open(at=SOON) == first


def test_what_could_not_be_finished_goes_on_under_what_finishes_it_now(play: Playing) -> None:
    first = play.open()
    save_states(first, [State("0", "state", '{"answer": 1}')], at=SOON)
    page = H5PPage.objects.get(pk=play.page.pk)
    page.completion = "by_hand"
    pages.publish(page)
    shown = play.client.get(page.url)
    assert shown.context["going_on"]
    second = play.open(act_id=shown.context["begin_act_id"])
    assert (second.number, second.version.number, second.version.completion) == (2, 2, "by_hand")
    assert [one.data for one in states_of(second)] == ['{"answer": 1}']
    assert states_of(first) == []
    assert play.open() == second


# --- Say --------------------------------------------------------------------------------------------------------------


def test_a_whole_play_through_says_what_it_says_and_finishes(play: Playing) -> None:
    attempt = play.open()
    taken = play.say(
        attempt,
        said("attempted"),
        said("interacted", part=CHILD),
        said("answered", part=CHILD, definition=CHOICE, score=(1, 1), success=True, response="0"),
        said("answered", part=OTHER_CHILD, definition=GAPS, score=(0, 1), success=False, response="ngoài"),
        said("completed", score=(1, 2), success=False),
    )
    assert statuses(taken) == ["accepted"] * 5
    assert verbs(attempt) == ["initialized", "attempted", "interacted", "answered", "answered", "completed"]
    assert best(attempt) == (D("0.5"), D(1), D(2), None)
    rows = statements(attempt)
    assert {row["context"]["registration"] for row in rows} == {str(attempt.uuid)}
    assert {row["actor"]["account"]["name"] for row in rows} == {str(play.learner.actor)}
    assert not list(check())


def test_sixty_statements_of_one_tick_are_sixty(play: Playing) -> None:
    attempt = play.open()
    for first in (1, 31):
        play.say(attempt, *(said("progressed", part=CHILD) for _ in range(30)), first=first)
    assert verbs(attempt).count("progressed") == 60


def test_said_again_is_known_and_something_else_under_its_number_is_refused(play: Playing) -> None:
    attempt = play.open()
    rows = [said("progressed"), said("completed", score=(1, 2), duration="PT20M")]
    play.say(attempt, *rows)
    later = SOON + timedelta(hours=1)
    assert statuses(play.say(attempt, *rows, at=later)) == ["known", "known"]
    assert statuses(play.say(attempt, said("completed", score=(2, 2)), first=2)) == ["rejected:number_taken"]
    assert statuses(play.say(attempt, rows[0], page=uid("another tab"))) == ["accepted"]
    assert verbs(attempt) == ["initialized", "progressed", "completed", "progressed"]
    assert best(attempt)[0] == D("0.5")


def test_one_that_is_refused_keeps_none_of_the_others_from_counting(play: Playing) -> None:
    attempt = play.open()
    taken = play.say(attempt, said("progressed"), said("voided"), None, said("completed", score=(1, 1)))
    assert statuses(taken) == ["accepted", "rejected:verb_refused", "rejected:not_an_object", "accepted"]
    assert {row.code for row in RejectedStatement.objects.all()} == {"verb_refused", "not_an_object"}
    assert H5PAttempt.objects.get().rejected == 2


@for_each("n", [0, -1, True, 1.5, "1", None, [1], 2**31])
def test_a_number_is_a_whole_one_from_1(play: Playing, n: Any) -> None:
    from bdhvs_h5p.attempts.taking import Claim, take

    attempt = play.open()
    taken = take(attempt, PAGE, [Claim(n, said())], at=SOON)
    assert [(one.n, one.code) for one in taken.outcomes] == [(None, "number")]


def test_a_child_never_counts_for_the_whole(play: Playing) -> None:
    attempt = play.open()
    play.say(
        attempt,
        said("completed", part=CHILD, score=(1, 1)),
        said("completed", parent=True, score=(1, 1)),
        said("completed", library="Bdhvs.TestQuestion-1.0", score=(1, 1)),
    )
    assert best(attempt) == (None, None, None, None)
    assert H5PAttempt.objects.get().completed_at is None


def test_the_best_result_is_kept(play: Playing) -> None:
    attempt = play.open()
    for first, score in enumerate([(1, 4), (4, 4), (2, 4)], start=1):
        play.say(attempt, said("completed", score=score), first=first, at=SOON + timedelta(minutes=first))
    assert best(attempt) == (D(1), D(4), D(4), None)


def test_what_was_typed_is_in_its_own_table_and_nowhere_else(play: Playing) -> None:
    attempt = play.open()
    words = "Nguyễn Thị Lan, 0912 345 678"
    play.say(attempt, said(part=OTHER_CHILD, definition=GAPS, response=words, score=(0, 1)))
    assert TypedText.objects.get().text == words
    assert statements(attempt)[-1]["result"]["response"] == "other"
    step = H5PStep.objects.get()
    assert "Lan" not in str(step.data) and "Lan" not in str(statements(attempt))


def test_a_chatty_package_leaves_room_for_what_counts(play: Playing) -> None:
    attempt = play.open()
    H5PAttempt.objects.update(steps_kept=MOST_STEPS - 1)
    taken = play.say(attempt, said("progressed"), said("interacted"), said("completed", score=(1, 1)))
    assert statuses(taken) == ["accepted", "rejected:too_many", "accepted"]
    H5PAttempt.objects.update(steps_kept=MOST_STEPS + MOST_FINISHING)
    assert statuses(play.say(attempt, said("completed", score=(1, 1)), first=9)) == ["rejected:too_many"]


def test_time_is_the_learners_within_what_can_be(play: Playing) -> None:
    attempt = play.open()
    early, late = pages.AT - timedelta(hours=1), SOON + timedelta(hours=1)
    for first, claimed in enumerate([early, pages.AT + timedelta(minutes=3), late], start=1):
        play.say(attempt, said("progressed"), first=first, occurred_at=claimed)
    moments = [step.occurred_at for step in H5PStep.objects.order_by("seq")]
    assert moments == [SOON, pages.AT + timedelta(minutes=3), SOON]


def test_durations_are_at_most_since_the_opening(play: Playing) -> None:
    attempt = play.open()
    play.say(attempt, said("completed", score=(1, 1), duration="PT999999S"))
    assert statements(attempt)[-1]["result"]["duration"] == "PT05M00S"


# --- Pass mark --------------------------------------------------------------------------------------------------------


def test_the_server_says_whether_the_mark_is_reached_once_each(play: Playing) -> None:
    play = play.another(pass_percent=75)
    attempt = play.open()
    for first, raw in enumerate([1, 2, 3, 4, 1], start=1):
        play.say(attempt, said("completed", score=(raw, 4)), first=first, at=SOON + timedelta(minutes=first))
    assert [verb for verb in verbs(attempt) if verb in ("passed", "failed")] == ["failed", "passed"]
    assert best(attempt) == (D(1), D(4), D(4), True)


def test_what_passes_and_fails_in_one_tick_passes(play: Playing) -> None:
    play = play.another(pass_percent=75)
    attempt = play.open()
    play.say(attempt, said("answered", score=(0, 1)), said("answered", score=(1, 1)))
    assert verbs(attempt) == ["initialized", "answered", "answered", "completed", "passed"]


def test_a_package_that_says_passed_itself_has_to_reach_the_mark(play: Playing) -> None:
    play = play.another(pass_percent=75)
    attempt = play.open()
    play.say(attempt, said("passed", score=(1, 4)), said("passed"))
    assert verbs(attempt) == ["initialized", "completed", "failed"]


def test_without_a_mark_the_package_says_it(play: Playing) -> None:
    attempt = play.open()
    play.say(attempt, said("failed", score=(1, 4)))
    play.say(attempt, said("passed", score=(3, 4)), first=2)
    assert verbs(attempt) == ["initialized", "completed", "failed", "passed"]
    assert best(attempt)[3] is True


@pytest.mark.parametrize("bad", [{}, {"score": (0, 3)}, {"score": ("NaN", 1)}, {"score": (None, 1)}, {"success": True}])
def test_nobody_has_passed_without_the_points_that_make_it_so(play: Playing, bad: dict[str, Any]) -> None:
    attempt = play.open()
    play.say(attempt, said("passed", **bad))
    assert verbs(attempt) == ["initialized", "completed"]
    assert best(attempt)[3] is None
    assert "success" not in statements(attempt)[-1]["result"]
    play.say(attempt, said("passed", score=(2, 3)), first=2)
    assert best(attempt)[3] is True


@pytest.mark.parametrize(("raw", "success"), [(3, True), (1, False)])
def test_success_of_the_whole_is_what_the_mark_makes_of_its_points(play: Playing, raw: int, success: bool) -> None:
    play = play.another(pass_percent=75)
    attempt = play.open()
    play.say(attempt, said("completed", score=(raw, 4), success=not success))
    rows = {row["verb"]["id"].rsplit("/", 1)[1]: row.get("result", {}).get("success") for row in statements(attempt)}
    assert rows["completed"] is success
    assert rows["passed" if success else "failed"] is success


def test_a_part_is_not_passed_without_points_either(play: Playing) -> None:
    attempt = play.open()
    taken = play.say(attempt, said("passed", part=CHILD), said("passed", part=CHILD, score=(1, 1)))
    assert statuses(taken) == ["rejected:verdict_without_score", "accepted"]


# --- What is said over and over ---------------------------------------------------------------------------------------


def test_an_attempt_is_begun_once_however_often_its_page_is_opened(play: Playing) -> None:
    attempt = play.open()
    for number in range(4):
        page = uid(f"opening {number}")
        taken = play.say(attempt, said("attempted"), said("attempted", part=CHILD), page=page)
        assert statuses(taken) == (["known"] * 2 if number else ["accepted"] * 2)
    assert verbs(attempt).count("attempted") == 2
    # One that is begun anew says so anew.
    play.say(attempt, said("completed", score=(1, 1)), first=3)
    second = play.open(at=SOON)
    assert statuses(play.say(second, said("attempted"))) == ["accepted"]


def test_touching_is_told_every_ten_seconds_of_each_part_and_fifty_times_in_all(play: Playing) -> None:
    attempt = play.open()
    taken = play.say(attempt, *(said("interacted", part=one) for one in (CHILD, OTHER_CHILD, CHILD, CHILD)))
    assert statuses(taken) == ["accepted", "accepted", "thinned", "thinned"]
    later = SOON + timedelta(seconds=9)
    assert statuses(play.say(attempt, said("interacted", part=CHILD), first=5, at=later)) == ["thinned"]
    n = 6
    for second in range(10, 10 * (MOST_INTERACTED + 5), 10):
        play.say(attempt, said("interacted", part=CHILD), first=n, at=SOON + timedelta(seconds=second))
        n += 1
    assert verbs(attempt).count("interacted") == MOST_INTERACTED == 50
    assert H5PAttempt.objects.get().steps_kept == MOST_INTERACTED
    # What counts is not among what is left out.
    end = said("completed", score=(1, 2))
    assert statuses(play.say(attempt, said("interacted"), end, first=n, at=SOON + timedelta(hours=1)))[1] == "accepted"


def test_what_was_said_so_far_is_asked_for_once_a_body_and_only_then(play: Playing) -> None:
    attempt = play.open()
    play.say(attempt, said("attempted"), said("interacted"))
    counts = []
    for verb, first in (("attempted", 3), ("progressed", 4)):
        with CaptureQueriesContext(connection) as queries:
            play.say(attempt, *[said(verb)] * 3, first=first)
        counts.append(sum('"verb" IN' in one["sql"] for one in queries.captured_queries))
    assert counts == [1, 0]


def test_every_id_is_another_and_comes_again_from_the_rows(play: Playing) -> None:
    from bdhvs_h5p.attempts.statements import emitted
    from bdhvs_lms.tracking.api import statement_id

    attempt = play.open()
    play.say(attempt, *(said("progressed") for _ in range(3)), said("answered", score=(1, 1)))
    ids = [row["id"] for row in statements(attempt)]
    assert len(set(ids)) == len(ids) == 6
    made = {str(statement_id(emitted(attempt, step))) for step in H5PStep.objects.all()}
    assert made <= set(ids)
    assert all(uuid.UUID(one).version == 5 for one in ids)
