"""Where a learner left off: saved, given back, bounded, and gone with its attempt."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from adapter_tests.saying import CHILD, OTHER_CHILD, said
from bdhvs_h5p.attempts.states import LARGEST, MOST_STATES, BadState, State, read_state, save_states, states_of
from bdhvs_h5p.models import H5PAttempt, H5PState
from tests.bdhvs_content import pages
from tests.bdhvs_h5p.playing import SOON, Playing, address, again, post, token

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(settings: Any) -> None:
    settings.BDHVS_TEST_CLOCK = "2025-11-15T09:05:00+07:00"


def save(attempt: H5PAttempt, *states: Any) -> None:
    save_states(again(attempt), [read_state(one) for one in states], at=SOON)


def sent(data: Any, part: Any = "0", kind: Any = "state") -> dict[str, Any]:
    return {"subContentId": part, "dataType": kind, "data": data}


def test_what_the_page_posts_comes_back_as_it_was(play: Playing) -> None:
    attempt = play.open()
    text = '{"answers":["Không đọc \\ud83d\\u0000"],"n":1.50}'
    rows = [sent(text), sent("[]", CHILD, "progress"), sent("1", 0, "other")]
    answer = post(play.client, address(attempt, "state"), {"token": token(attempt), "states": rows})
    assert (answer.status_code, answer.json()) == (200, {})
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert states_of(attempt) == [State("0", "other", "1"), State("0", "state", text), State(CHILD, "progress", "[]")]


def test_the_page_around_the_player_has_it(play: Playing) -> None:
    attempt = play.open()
    save(attempt, sent('{"a":"</script><b>"}'))
    html = play.client.get(address(attempt)).content.decode()
    assert "</script><b>" not in html and '\\"a\\":' in html


def test_the_newest_is_kept_and_nothing_takes_it_away(play: Playing) -> None:
    attempt = play.open()
    save(attempt, sent("1"), sent("2"))
    assert states_of(attempt) == [State("0", "state", "2")]
    save(attempt, sent(None))
    assert states_of(attempt) == []


def test_it_goes_with_its_attempt(play: Playing) -> None:
    first = play.open()
    save(first, sent("1"))
    assert play.open() == first and states_of(first)
    play.replace_file()
    second = play.open(at=SOON)
    assert second != first and not H5PState.objects.exists()
    play.say(second, said("completed"), at=SOON)
    save(second, sent("1"))
    third = play.open(at=SOON + timedelta(minutes=1))
    assert third.number == 3 and not H5PState.objects.exists()


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (None, "state_form"),
        ([], "state_form"),
        (sent("1", 7), "state_part"),
        (sent("1", None), "state_part"),
        (sent("1", "11111111-1111-4111-8111-111111111111"), "state_part"),
        (sent("1", "x" * 65), "state_part"),
        (sent("1", "0", "a b"), "state_type"),
        (sent("1", "0", ["state"]), "state_type"),
        (sent("1", "0", ""), "state_type"),
        (sent({"a": 1}), "state_json"),
        (sent("{'a': 1}"), "state_json"),
        (sent(""), "state_json"),
        (sent("NaN"), "state_json"),
        (sent("\x00"), "state_json"),
        (sent('"\ud800"'), "state_json"),
        (sent("[" * 5000), "state_json"),
        (sent('"' + "x" * LARGEST + '"'), "state_too_large"),
    ],
)
def test_what_no_package_saves_is_refused(play: Playing, one: Any, code: str) -> None:
    attempt = play.open()
    answer = post(play.client, address(attempt, "state"), {"token": token(attempt), "states": [sent("1"), one]})
    assert answer.json()["code"] == code and answer.status_code in (400, 413)
    assert not H5PState.objects.exists(), "all of them or none"


def test_all_together_are_bounded(play: Playing) -> None:
    attempt = play.open()
    half = json.dumps("x" * (LARGEST // 2))
    save(attempt, sent(half))
    with pytest.raises(BadState, match="state_too_large"):
        save(attempt, sent(half, CHILD))
    with pytest.raises(BadState, match="state_too_many"):
        save(attempt, *(sent("1", OTHER_CHILD, f"kind-{number}") for number in range(MOST_STATES)))
    assert len(states_of(attempt)) == 1


def test_somebody_else_reads_and_writes_nothing(play: Playing) -> None:
    attempt = play.open()
    save(attempt, sent("1"))
    pages.enrolled(play.course, "minh")
    other = pages.client_of("minh")
    assert other.get(address(attempt)).status_code == 404
    answer = post(other, address(attempt, "state"), {"token": token(attempt), "states": [sent("2")]})
    assert answer.status_code == 403 and states_of(attempt) == [State("0", "state", "1")]


def test_an_attempt_that_is_over_saves_nothing(play: Playing) -> None:
    first = play.open()
    play.say(first, said("completed"))
    play.open(at=SOON)
    sent_late = {"token": token(first), "states": [sent("1")], "statements": "nonsense"}
    answer = post(play.client, address(first, "state"), sent_late)
    assert (answer.status_code, answer.json()["code"]) == (409, "ended")
    assert not H5PState.objects.exists()
