"""What a forger can post: refused or without effect, never a server error. Everything goes through the real address."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter_tests.saying import CHILD, said
from bdhvs_h5p.attempts import tokens
from bdhvs_h5p.attempts.bodies import MAX_BODY, MOST_AT_ONCE
from bdhvs_h5p.attempts.taking import MOST_AUDITED
from bdhvs_h5p.models import H5PAttempt, H5PStep, RejectedStatement
from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.base.api import now
from bdhvs_lms.progress.api import results_of
from bdhvs_lms.tracking.api import VERB_ATTENDED, VERB_EXPERIENCED, VERB_INITIALIZED, VERB_MASTERED
from bdhvs_lms.tracking.vocabulary import VERB_VOIDED
from h5p_python_adapter.statements import ACTIVITY, VERBS
from tests.bdhvs_content import pages
from tests.bdhvs_h5p.playing import Playing, address, best, body, post, statements, token, verbs
from tests.support.loops import for_each
from tests.support.worlds import standing

CLOCK = "2025-11-15T09:05:00+07:00"


@pytest.fixture(autouse=True)
def _clock(settings: Any) -> None:
    settings.BDHVS_TEST_CLOCK = CLOCK


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Playing]:
    with standing(lambda: Playing(values={"pass_percent": 80}), django_db_blocker) as playing:
        yield playing


Begun = tuple[Playing, H5PAttempt]


@pytest.fixture
def begun(play: Playing) -> Begun:
    """One attempt for all examples of a property: each adds to it."""
    return play, play.open()


def send(play: Playing, attempt: H5PAttempt, *said_: Any, **more: Any) -> Any:
    return post(play.client, address(attempt, "statements"), body(attempt, *said_, **more))


def nothing_happened(attempt: H5PAttempt) -> bool:
    return verbs(attempt) == ["initialized"] and not H5PStep.objects.exists() and best(attempt) == (None,) * 4


# --- Who --------------------------------------------------------------------------------------------------------------


def test_actor_id_time_and_context_are_the_servers(play: Playing) -> None:
    attempt = play.open()
    forged = {
        **said("completed", score=(1, 4)),
        "id": str(uuid.uuid4()),
        "actor": {"mbox": "mailto:minh@example.org", "name": "Minh"},
        "timestamp": "1999-01-01T00:00:00Z",
        "stored": "1999-01-01T00:00:00Z",
        "authority": {"mbox": "mailto:bo@example.org"},
        "version": "9.9",
        "context": {
            "registration": str(uuid.uuid4()),
            "instructor": {"mbox": "mailto:minh@example.org"},
            "platform": "evil",
            "revision": "99",
            "contextActivities": {"other": [{"id": "https://evil.example/competency"}]},
            "extensions": {"https://evil.example/x": "Minh"},
        },
        "result": {"score": {"raw": 1, "max": 4}, "extensions": {"https://evil.example/x": "Minh"}},
        "attachments": [],
    }
    assert send(play, attempt, forged).json()["results"] == [{"n": 1, "status": "accepted"}]
    row = statements(attempt)[1]
    assert row["actor"]["account"]["name"] == str(play.learner.actor)
    # The clock of the tests goes on, and is the server's.
    assert row["id"] != forged["id"]
    assert attempt.opened_at <= datetime.fromisoformat(row["timestamp"]) <= now()
    assert row["context"]["registration"] == str(attempt.uuid)
    assert row["context"]["platform"] == "bdhvs-lms"
    text = json.dumps(row)
    assert not any(word in text for word in ("evil", "Minh", "minh", "example.org", "1999-01-01"))


def test_another_persons_token_is_refused_and_noted(play: Playing) -> None:
    attempt = play.open()
    pages.enrolled(play.course, "minh")
    answer = post(pages.client_of("minh"), address(attempt, "statements"), body(attempt, said("completed")))
    assert (answer.status_code, answer.json()["code"]) == (403, "token")
    assert nothing_happened(attempt)
    assert RejectedStatement.objects.get().code == "other_learner"


def test_who_is_not_enrolled_or_not_signed_in_gets_nowhere(play: Playing) -> None:
    attempt = play.open()
    pages.person("hoa")
    begun = pages.client_of("hoa").post(f"/hoc-lieu/{play.key}/bat-dau/", {"act_id": str(uuid.uuid4())})
    assert begun.status_code == 403
    for client, status in ((pages.client_of("hoa"), 403), (Client(), 401)):
        assert post(client, address(attempt, "statements"), body(attempt, said("completed"))).status_code == status
    assert H5PAttempt.objects.count() == 1 and nothing_happened(attempt)


def test_without_the_forms_secret_nothing_is_taken(play: Playing) -> None:
    attempt = play.open()
    strict = pages.client_of("lan", enforce_csrf_checks=True)
    assert post(strict, address(attempt, "statements"), body(attempt, said("completed"))).status_code == 403
    assert nothing_happened(attempt)


# --- The token --------------------------------------------------------------------------------------------------------


def test_an_expired_token_is_refused_and_noted(play: Playing) -> None:
    attempt = play.open()
    old = token(attempt, pages.AT - tokens.LIVES)
    answer = send(play, attempt, said("completed"), token=old)
    assert (answer.status_code, answer.json()["code"]) == (403, "expired")
    assert nothing_happened(attempt) and RejectedStatement.objects.get().code == "expired"


def test_a_token_of_another_attempt_is_refused(play: Playing) -> None:
    first = play.open()
    play.say(first, said("completed", score=(1, 1)))
    second = play.open(at=pages.AT + timedelta(minutes=6))
    answer = post(play.client, address(second, "statements"), body(first, said("completed")))
    assert answer.status_code == 403
    answer = post(play.client, address(first, "statements"), body(first, said("completed"), first=7))
    assert (answer.status_code, answer.json()["code"]) == (409, "ended")
    assert verbs(second) == ["initialized"]


@for_each(
    "spoil",
    [
        lambda text: text[:-1],
        lambda text: text[1:],
        lambda text: text.swapcase(),
        lambda text: "",
        lambda text: None,
        lambda text: [text],
        lambda text: text + "\ud800",
        lambda text: "\x00:" + text,
        lambda text: ":".join(reversed(text.split(":"))),
        lambda text: "x" * 2000,
    ],
)
def test_a_token_that_was_tampered_with_is_refused(play: Playing, spoil: Any) -> None:
    attempt = play.open()
    answer = send(play, attempt, said("completed"), token=spoil(token(attempt)))
    assert (answer.status_code, answer.json()["code"]) == (403, "token")
    assert nothing_happened(attempt) and not RejectedStatement.objects.exists()


def test_withdrawn_consent_stops_everything_and_can_be_made_good(play: Playing) -> None:
    attempt = play.open()
    record_consent(play.learner.actor, given=False, at=pages.AT + timedelta(minutes=1))
    answer = send(play, attempt, said("completed", score=(1, 1)))
    assert (answer.status_code, answer.json()["code"]) == (403, "consent")
    assert nothing_happened(attempt) and not RejectedStatement.objects.exists()
    record_consent(play.learner.actor, given=True, at=pages.AT + timedelta(minutes=2))
    assert send(play, attempt, said("completed", score=(1, 1))).status_code == 200


# --- What -------------------------------------------------------------------------------------------------------------


def test_999_of_1_is_1_of_1_and_client_reported(play: Playing) -> None:
    attempt = play.open()
    answer = send(play, attempt, said("completed", score=(999, 1)))
    assert answer.json()["progress"] == {
        "end": "passed", "score": "1/1", "completed": True, "passed": True, "scaled": 1.0, "raw": 1.0, "max": 1.0,
    }  # fmt: skip
    scores = [row["result"]["score"] for row in statements(attempt) if "result" in row]
    assert scores == [{"raw": 1, "min": 0, "max": 1, "scaled": 1}] * 2
    result = results_of(play.learner, [play.key])[play.key]
    assert (result.best_scaled, result.trust) == (1, 0)


def test_a_score_in_more_points_than_the_package_has_is_put_into_its_points(play: Playing) -> None:
    play = play.another(max_score=2)
    attempt = play.open()
    play.say(attempt, said("completed", score=(99999, 100000)))
    assert [float(one or 0) for one in best(attempt)[:3]] == [0.99999, 1.99, 2.0]


def test_a_replay_is_known_and_has_no_effect(play: Playing) -> None:
    attempt = play.open()
    sent = body(attempt, said("completed", score=(4, 4)))
    answers = [post(play.client, address(attempt, "statements"), sent).json()["results"] for _ in range(3)]
    assert [rows[0]["status"] for rows in answers] == ["accepted", "known", "known"]
    assert verbs(attempt) == ["initialized", "completed", "passed"]


@for_each(
    ("forged", "code"),
    [
        (said("voided"), "verb_refused"),
        ({**said("voided"), "object": {"objectType": "StatementRef", "id": str(uuid.uuid4())}}, "verb_refused"),
        (said("mastered"), "verb_ours"),
        ({**said("completed"), "object": {"id": "https://elsewhere.example/quiz"}}, "object_foreign"),
        (said("completed", part=str(uuid.uuid4())), "part_unknown"),
        ({**said("completed"), "object": {"objectType": "Agent", "mbox": "mailto:a@b.example"}}, "object_kind"),
        (["completed"], "not_an_object"),
        (None, "not_an_object"),
    ],
)
def test_what_may_not_be_said_leaves_a_row_and_nothing_else(play: Playing, forged: Any, code: str) -> None:
    attempt = play.open()
    answer = send(play, attempt, forged)
    assert answer.json()["results"] == [{"n": 1, "status": "rejected", "code": code}]
    row = RejectedStatement.objects.get()
    assert (row.code, len(row.digest), row.size > 3) == (code, 64, True)
    assert nothing_happened(attempt)


def test_rows_about_rejected_statements_are_bounded(play: Playing) -> None:
    attempt = play.open()
    for first in range(1, 4 * MOST_AT_ONCE, MOST_AT_ONCE):
        rows = [{**said("voided"), "extra": first + place} for place in range(MOST_AT_ONCE)]
        assert send(play, attempt, *rows, first=first).status_code == 200
    assert RejectedStatement.objects.count() == MOST_AUDITED
    assert H5PAttempt.objects.get().rejected == 4 * MOST_AT_ONCE


# --- Bytes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"x" * (MAX_BODY + 1), 413, "too_large"),
        (b"[" * 100_000, 400, "too_deep"),
        (b" ", 400, "not_json"),
        (b"null", 400, "form"),
        (b"[]", 400, "form"),
        (b"{}", 403, "token"),
        (b'{"token": NaN}', 400, "not_a_number"),
        (b'{"token": 1, "token": 2}', 400, "duplicate_keys"),
        (b"\xff\xff", 400, "not_json"),
        (b'{"token": "\\u0000"}', 403, "token"),
    ],
)
def test_bytes_that_no_page_of_ours_sends(play: Playing, raw: bytes, status: int, code: str) -> None:
    attempt = play.open()
    answer = post(play.client, address(attempt, "statements"), raw)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["message"] and answer.headers["Cache-Control"] == "private, no-store"
    assert nothing_happened(attempt)


def test_a_megabyte_of_statements_is_not_read(play: Playing) -> None:
    attempt = play.open()
    answer = send(play, attempt, {**said("completed"), "extra": "x" * 1024 * 1024})
    assert answer.status_code == 413
    answer = send(play, attempt, *[said("interacted")] * (MOST_AT_ONCE + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_many_at_once")
    answer = send(play, attempt, {**said("completed"), "extra": "x" * 100_000})
    assert answer.json()["results"][0]["code"] == "too_large"
    assert nothing_happened(attempt)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_only_json_is_read(play: Playing, kind: str) -> None:
    attempt = play.open()
    sent = json.dumps(body(attempt, said("completed")))
    answer = play.client.generic("POST", address(attempt, "statements"), sent, content_type=kind)
    assert answer.status_code == 415 and nothing_happened(attempt)


def test_nul_and_lone_surrogates_are_taken_out(play: Playing) -> None:
    attempt = play.open()
    definition = {"interactionType": "long-fill-in", "name": {"vi": "\ud800\x00"}, "description": {"\ud800": "x"}}
    forged = said(part=CHILD, definition=definition, response="a\x00\ud83db", score=(1, 1))
    assert send(play, attempt, forged).json()["results"] == [{"n": 1, "status": "accepted"}]
    assert H5PStep.objects.get().typed.text == "a\ufffdb"


# --- Anything ---------------------------------------------------------------------------------------------------------

odd_text = st.text(max_size=12) | st.sampled_from(["\x00", "\ud800", "NaN", ACTIVITY, CHILD, "0", "true", "PT1S"])
plain = st.none() | st.booleans() | st.integers() | st.floats() | odd_text | st.just(10**400) | st.just(1e308)
tree = st.recursive(plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd_text, inner, max_size=3))
a_verb = st.sampled_from(sorted(VERBS)) | odd_text | tree
an_object = st.sampled_from([said(), said(part=CHILD), said(parent=True)]).map(lambda one: one["object"]) | tree
a_result = (
    st.fixed_dictionaries(
        {},
        optional={
            "score": st.fixed_dictionaries({}, optional={"raw": plain, "max": plain, "min": plain, "scaled": plain}),
            "success": plain,
            "completion": plain,
            "duration": odd_text | plain,
            "response": odd_text | plain,
        },
    )
    | tree
)
a_statement = (
    st.fixed_dictionaries(
        {"verb": st.fixed_dictionaries({"id": a_verb}) | tree, "object": an_object},
        optional={"result": a_result, "context": tree, "actor": tree, "timestamp": tree, "id": tree},
    )
    | tree
)


@settings(derandomize=True, database=None)
@given(rows=st.lists(a_statement, max_size=4), numbers=st.lists(st.integers(-1, 5) | plain, min_size=4, max_size=4))
def test_whatever_is_posted_is_answered_and_harms_nobody(begun: Begun, rows: list[Any], numbers: list[Any]) -> None:
    play, attempt = begun
    listed = [{"n": n, "statement": one} for n, one in zip(numbers, rows, strict=False)]
    # As a program might write it: with NaN and lone surrogates.
    raw = json.dumps({"token": token(attempt), "statements": listed}).encode()
    answer = post(play.client, address(attempt, "statements"), raw)
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        results = [one["status"] for one in answer.json()["results"]]
        assert len(results) == len(listed) and set(results) <= {"accepted", "known", "rejected"}
    scaled = best(attempt)[0]
    assert scaled is None or 0 <= scaled <= 1
    for statement in statements(attempt):
        assert statement["actor"]["account"]["name"] == str(play.learner.actor)
        assert statement["context"]["registration"] == str(attempt.uuid)
        assert statement["verb"]["id"] in {*VERBS, VERB_INITIALIZED} - {VERB_VOIDED}
        if statement["verb"]["id"] in (VERB_MASTERED, VERB_ATTENDED, VERB_EXPERIENCED):
            assert "/parts/" in statement["object"]["id"]
