"""Statements to a foreign record store that works, refuses, breaks and rests: nothing lost, nothing doubled."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from django.db import connection, transaction

from bdhvs_xapi import api
from bdhvs_xapi.outbox import claims, http, loading, wire
from bdhvs_xapi.outbox.sending import Delivery
from bdhvs_xapi.outbox.transport import DELIVERED, LATER
from tests.bdhvs_xapi.outbox.conftest import Clock, Foreign
from tests.bdhvs_xapi.support import HOME, QUIZ, changed, passed, voiding
from tests.bdhvs_xapi.test_record import record
from tests.support.loops import for_each


def recorded(count: int, **changes: Any) -> list[str]:
    """Ids of new statements, in order."""
    statements = [passed(**changes) for _ in range(count)]
    record(statements)
    return [each["id"] for each in statements]


def stand(target: api.Target) -> tuple[int, int, int]:
    """(delivered, waiting, dead letters)"""
    now = api.status(target)
    return now.delivered, now.waiting, now.dead


def dead(target: api.Target) -> dict[str, str]:
    rows = api.Item.objects.filter(target=target, state=api.State.DEAD)
    return {str(item.statement.statement_id): item.last_error for item in rows.select_related("statement")}


def deliver(clock: Clock) -> Delivery:
    [done] = api.deliver(clock=clock)
    return done


# --- What is sent -----------------------------------------------------------------------------------------------------


@pytest.mark.database
def test_everything_arrives_once_in_batches(target: api.Target, foreign: Foreign, clock: Clock) -> None:
    ids = recorded(120)
    assert deliver(clock) == Delivery("province", delivered=120)
    assert foreign.kept == set(ids)
    assert set(foreign.seen["came"].values()) == {1}
    assert foreign.seen["requests"] == ["POST"] * 3
    assert stand(target) == (120, 0, 0)
    assert not api.Item.objects.exists()
    assert deliver(clock).moved == 0
    assert len(foreign.seen["requests"]) == 3


def test_requests_carry_version_and_credentials_over_one_connection(
    target: api.Target, foreign: Foreign, clock: Clock
) -> None:
    recorded(60)
    deliver(clock)
    for head in foreign.seen["heads"]:
        assert head["X-Experience-API-Version"] == "1.0.3"
        assert head["Authorization"] == "Basic dXM6c2VjcmV0"
        assert head["Content-Type"] == "application/json"


def test_what_a_store_sets_is_left_to_the_next(target: api.Target, foreign: Foreign, clock: Clock) -> None:
    sent = passed(timestamp="2025-11-15T01:30:00.000Z")
    record({**sent, "stored": "2025-11-15T02:00:00.000Z", "version": "1.0.3"})
    deliver(clock)
    [kept] = foreign.seen["kept"].values()
    assert kept == sent


def test_a_missing_timestamp_is_that_of_the_receipt(target: api.Target, foreign: Foreign, clock: Clock) -> None:
    sent = passed()
    del sent["timestamp"]
    record(sent)
    deliver(clock)
    [kept] = foreign.seen["kept"].values()
    assert kept.keys() == sent.keys() | {"timestamp"}


def test_the_password_is_not_in_the_database(target: api.Target) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT secret FROM {api.Target._meta.db_table}")  # noqa: S608
        [(secret,)] = cursor.fetchall()
    assert secret and "secret" not in secret
    assert api.username_of(target) == "us"


@pytest.mark.database
def test_a_small_batch_waits_for_company_but_not_for_long(target: api.Target, clock: Clock) -> None:
    recorded(3)
    linger = timedelta(seconds=5)
    clock.now = datetime.now(UTC) + timedelta(seconds=1)
    assert claims.claim(target, at=clock(), linger=linger, using="default") is None
    clock.later(seconds=5)
    claimed = claims.claim(target, at=clock(), linger=linger, using="default")
    assert claimed is not None and len(claimed.items) == 3


@pytest.mark.database
def test_a_whole_batch_does_not_wait(target: api.Target, clock: Clock) -> None:
    recorded(50)
    assert claims.claim(target, at=clock(), linger=timedelta(seconds=5), using="default") is not None


@pytest.mark.database
def test_a_batch_has_a_size_in_bytes_too(
    target: api.Target, foreign: Foreign, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "MAX_BATCH_BYTES", 2000)
    recorded(10)
    assert deliver(clock).delivered == 10
    assert len(foreign.seen["requests"]) > 2
    assert set(foreign.seen["came"].values()) == {1}


@pytest.mark.database
def test_several_targets_each_get_their_own(ledger: None, foreign: Foreign, clock: Clock) -> None:
    targets = [api.create_target(key, url=foreign.url) for key in ("a", "b", "c")]
    targets[2].active = False
    targets[2].save()
    recorded(5)
    assert [(done.target, done.delivered) for done in api.deliver(clock=clock)] == [("a", 5), ("b", 5)]
    assert set(foreign.seen["came"].values()) == {2}
    assert [done.target for done in api.deliver(targets=["b"], clock=clock)] == ["b"]


# --- Filters ----------------------------------------------------------------------------------------------------------


@pytest.mark.database
@pytest.mark.parametrize(
    ("filters", "arrive"),
    [
        ({}, {"passed", "failed", "graded", "claimed", "filed"}),
        ({"verbs": ["http://adlnet.gov/expapi/verbs/failed"]}, {"failed"}),
        ({"activities": [QUIZ]}, {"passed", "failed", "claimed", "filed"}),
        ({"categories": [f"{HOME}/profile"]}, {"filed"}),
        ({"authorities": ["browser"]}, {"claimed"}),
        ({"trust": 1}, {"passed", "failed", "graded", "filed"}),
        ({"trust": 1, "verbs": ["http://adlnet.gov/expapi/verbs/failed"], "activities": ["x:y"]}, set()),
    ],
)
def test_filters_keep_back(
    ledger: None, foreign: Foreign, clock: Clock, filters: dict[str, Any], arrive: set[str]
) -> None:
    target = api.create_target("province", url=foreign.url, filters=filters)
    statements = {
        "passed": passed(),
        "failed": passed(verb={"id": "http://adlnet.gov/expapi/verbs/failed"}),
        "graded": passed(object={"id": f"{HOME}/quiz/2"}),
        "filed": passed(context={"contextActivities": {"category": [{"id": f"{HOME}/profile"}]}}),
    }
    record(list(statements.values()))
    statements["claimed"] = passed()
    with transaction.atomic():
        api.record(statements["claimed"], authority="browser", received_at=datetime.now(UTC))
    done = deliver(clock)
    assert foreign.kept == {statements[name]["id"] for name in arrive}
    assert (done.delivered, done.left_out) == (len(arrive), 5 - len(arrive))
    assert api.status(target).left_out == 5 - len(arrive)
    assert stand(target) == (len(arrive), 0, 0)


@pytest.mark.database
def test_a_voiding_goes_where_its_statement_went(ledger: None, foreign: Foreign, clock: Clock) -> None:
    api.create_target("province", url=foreign.url, filters={"verbs": ["http://adlnet.gov/expapi/verbs/failed"]})
    out, kept_back = passed(verb={"id": "http://adlnet.gov/expapi/verbs/failed"}), passed()
    follows, stays, unknown = voiding(out["id"]), voiding(kept_back["id"]), voiding(passed()["id"])
    record([out, kept_back])
    record([follows, stays, unknown])
    deliver(clock)
    assert foreign.kept == {out["id"], follows["id"], unknown["id"]}


@for_each(
    "filters",
    [[], {"verb": ["x:y"]}, {"verbs": "x:y"}, {"verbs": []}, {"verbs": [1]}, {"trust": 4}, {"trust": True}],
)
def test_wrong_filters_are_refused(ledger: None, foreign: Foreign, filters: Any) -> None:
    with pytest.raises(ValueError, match="filter|list of texts|trust"):
        api.create_target("province", url=foreign.url, filters=filters)


# --- Refused ----------------------------------------------------------------------------------------------------------


@pytest.mark.database
def test_400_the_bad_one_is_found_and_the_rest_goes_on(target: api.Target, foreign: Foreign, clock: Clock) -> None:
    ids = recorded(50)
    bad = {ids[0], ids[17], ids[49]}
    foreign.told(bad=sorted(bad))
    done = deliver(clock)
    assert (done.delivered, done.dead, done.trouble) == (47, 3, "")
    assert foreign.kept == set(ids) - bad
    assert dead(target) == dict.fromkeys(bad, "400: this is why it is 400")
    # Three in fifty: not each one by itself.
    assert sum(request == "POST" for request in foreign.seen["requests"]) < 40


@pytest.mark.database
def test_403_for_a_voiding_holds_up_nothing_else(target: api.Target, foreign: Foreign, clock: Clock) -> None:
    """A store lets void only what one wrote; what was recorded before there was a target is not there to be voided."""
    ids = recorded(20)
    void = voiding(str(uuid4()))
    record(void)
    ids += recorded(20)
    foreign.told(forbidden=[void["id"]])
    done = deliver(clock)
    assert (done.delivered, done.dead, done.trouble) == (40, 1, "")
    assert foreign.kept == set(ids)
    assert dead(target) == {void["id"]: "403: this is why it is 403"}
    assert not api.status(target).paused


def test_403_for_a_voiding_alone_is_asked_about_before_it_is_blamed(
    target: api.Target, foreign: Foreign, clock: Clock
) -> None:
    void = voiding(str(uuid4()))
    record(void)
    foreign.told(always="403")
    deliver(clock)
    assert stand(target) == (0, 1, 0)
    assert api.status(target).paused
    foreign.told(forbidden=[void["id"]])
    api.resume(target)
    deliver(clock)
    assert dead(target) == {void["id"]: "403: this is why it is 403"}
    assert not api.status(target).paused


def test_413_is_halved_until_it_fits(target: api.Target, foreign: Foreign, clock: Clock) -> None:
    foreign.told(most=7)
    ids = recorded(50)
    assert deliver(clock).delivered == 50
    assert foreign.kept == set(ids)
    assert stand(target) == (50, 0, 0)


def test_413_for_one_alone_is_a_dead_letter(target: api.Target, foreign: Foreign, clock: Clock) -> None:
    foreign.told(most=0)
    [one] = recorded(1)
    deliver(clock)
    assert dead(target) == {one: "413: this is why it is 413"}


def test_409_that_says_the_same_is_delivered(target: api.Target, foreign: Foreign, clock: Clock) -> None:
    ids = recorded(5)
    there = api.get(UUID(ids[2]))
    assert there is not None
    same = json.loads(loading.outgoing_body(there.body))
    # The same to xAPI, and not to this store, which compares bytes.
    same["timestamp"] = "2025-11-15T01:30:00.000Z"
    foreign.told()
    _keep(foreign, same)
    assert deliver(clock).delivered == 5
    assert stand(target) == (5, 0, 0)


def test_409_that_says_something_else_is_a_dead_letter(target: api.Target, foreign: Foreign, clock: Clock) -> None:
    ids = recorded(5)
    _keep(foreign, changed(passed(id=ids[2]), "result.score.scaled", 0.1))
    assert deliver(clock).delivered == 4
    assert dead(target) == {ids[2]: "409: it has another statement under this id"}


def test_409_that_may_not_be_asked_about_is_delivered(target: api.Target, foreign: Foreign, clock: Clock) -> None:
    ids = recorded(5)
    foreign.told(readable=False)
    _keep(foreign, changed(passed(id=ids[2]), "result.score.scaled", 0.1))
    assert deliver(clock).delivered == 5


def _keep(foreign: Foreign, statement: dict[str, Any]) -> None:
    with http.HttpTransport(api.Destination("x", foreign.url, "1.0.3")) as transport:
        answer = transport.send([api.Outgoing(UUID(statement["id"]), json.dumps(statement).encode())])
    assert list(answer.results) == [DELIVERED]


@pytest.mark.database
def test_dead_letters_can_be_sent_again_one_or_all(target: api.Target, foreign: Foreign, clock: Clock) -> None:
    ids = recorded(6)
    foreign.told(bad=ids[:3])
    deliver(clock)
    foreign.told()
    rows = {str(item.statement.statement_id): item.pk for item in api.Item.objects.select_related("statement")}
    assert api.replay(target, items=[rows[ids[0]]], at=clock()) == 1
    deliver(clock)
    assert foreign.kept == {ids[0]}
    assert api.replay(target, at=clock()) == 2
    deliver(clock)
    assert foreign.kept == set(ids[:3])
    assert stand(target) == (6, 0, 0)


# --- Out of order -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["401", "403", "404", "405", "302", "page"])
def test_what_only_a_person_can_mend_pauses(target: api.Target, foreign: Foreign, clock: Clock, status: str) -> None:
    ids = recorded(5)
    foreign.told(always=status)
    assert deliver(clock).trouble
    assert stand(target) == (0, 5, 0)
    now = api.status(target)
    assert now.paused and now.reachable is False
    clock.later(days=2)
    deliver(clock)
    assert foreign.seen["requests"] == ["POST"]
    foreign.told()
    api.resume(target)
    assert deliver(clock).delivered == 5
    assert foreign.kept == set(ids)
    assert api.status(target).reachable is True


def test_a_store_of_another_version_burns_no_statement(target: api.Target, foreign: Foreign, clock: Clock) -> None:
    recorded(5)
    foreign.told(always="400", versions=["2.0.0"])
    assert "speaks 2.0.0 and not 1.0.3" in deliver(clock).trouble
    assert stand(target) == (0, 5, 0)
    assert api.status(target).paused


@pytest.mark.parametrize("status", ["500", "502", "503", "429", "drop", "hang", "dribble"])
def test_what_passes_is_waited_for(
    target: api.Target, foreign: Foreign, clock: Clock, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "READ_SECONDS", 0.2)
    monkeypatch.setattr(wire, "ANSWER_SECONDS", 0.3)
    ids = recorded(5)
    foreign.told(plan=[status, status])
    for _ in range(2):
        assert deliver(clock).trouble
        assert stand(target) == (0, 5, 0)
        assert api.status(target).paused == ""
        # Not asked again before its time.
        due = api.status(target).next_attempt_at
        assert due is not None
        before = len(foreign.seen["requests"])
        clock.now = due - timedelta(microseconds=1)
        deliver(clock)
        assert len(foreign.seen["requests"]) == before
        clock.now = due
    assert deliver(clock).delivered == 5
    assert foreign.kept == set(ids)
    now = api.status(target)
    assert (now.reachable, now.next_attempt_at) == (True, None)


@pytest.mark.database
def test_stored_and_the_answer_lost_is_sent_again_and_counted_once(
    target: api.Target, foreign: Foreign, clock: Clock
) -> None:
    ids = recorded(5)
    foreign.told(plan=["drop-after"])
    assert deliver(clock).delivered == 0
    assert foreign.kept == set(ids)
    clock.later(seconds=10)
    assert deliver(clock).delivered == 5
    assert set(foreign.seen["came"].values()) == {2}
    assert stand(target) == (5, 0, 0)


def test_nobody_listens(ledger: None, clock: Clock) -> None:
    target = api.create_target("province", url="http://127.0.0.1:1/xapi")
    recorded(5)
    assert "no connection" in deliver(clock).trouble
    assert stand(target) == (0, 5, 0)
    target.refresh_from_db()
    # Nothing was sent, so nothing that was sent can be at fault.
    assert target.batch_now == 50
    assert api.Item.objects.filter(attempts=0, lease=None).count() == 5


@pytest.mark.parametrize("status", ["429:90", "503:90"])
def test_retry_after_is_kept(target: api.Target, foreign: Foreign, clock: Clock, status: str) -> None:
    recorded(1)
    foreign.told(always=status)
    deliver(clock)
    assert api.status(target).next_attempt_at == clock() + timedelta(seconds=90)


@for_each(
    ("said", "seconds"),
    [
        ("7", 7),
        ("Thu, 26 Nov 2026 10:01:30 GMT", 90),
        ("Thu, 26 Nov 2026 09:00:00 GMT", 0),
        ("99999999", 86400),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("٧", None),
    ],
)
def test_retry_after_is_a_number_or_a_date_by_their_clock(said: str, seconds: float | None) -> None:
    headers = httpx.Headers([(b"Date", b"Thu, 26 Nov 2026 10:00:00 GMT"), (b"Retry-After", said.encode())])
    assert wire.trouble_of(wire.Reply(503, headers, b"")).retry_after == seconds


def test_the_wait_grows_and_has_an_end() -> None:
    longest = [claims.backoff(failures, chance=lambda: 1.0) for failures in (1, 2, 3, 10, 11, 5000)]
    assert longest == [1, 2, 4, 512, 600, 600]
    assert claims.backoff(5000, chance=lambda: 0.0) == 0


@pytest.mark.database
def test_a_dead_target_is_asked_once_whatever_waits(ledger: None, foreign: Foreign, clock: Clock) -> None:
    api.create_target("dead", url="http://127.0.0.1:1/xapi", batch_size=1)
    api.create_target("well", url=foreign.url)
    recorded(200)
    dead, well = api.deliver(clock=clock)
    assert (dead.delivered, well.delivered) == (0, 200)
    assert api.Target.objects.get(key="dead").failures == 1


@pytest.mark.database
def test_one_that_breaks_the_store_holds_up_nobody_and_is_given_up(
    target: api.Target, foreign: Foreign, clock: Clock
) -> None:
    ids = recorded(60)
    foreign.told(poison=[ids[30]])
    for _ in range(40):
        deliver(clock)
        clock.later(minutes=1)
    assert foreign.kept == set(ids) - {ids[30]}
    for _ in range(claims.MAX_ATTEMPTS):
        assert stand(target)[1] + stand(target)[2] == 1
        recorded(1)
        deliver(clock)
        clock.later(hours=2)
        deliver(clock)
    assert list(dead(target)) == [ids[30]]
    assert "while others were taken: 500" in dead(target)[ids[30]]


def test_a_store_that_breaks_on_everything_is_blamed_and_no_statement(
    target: api.Target, foreign: Foreign, clock: Clock
) -> None:
    ids = recorded(3)
    foreign.told(always="500")
    for _ in range(3 * claims.MAX_ATTEMPTS + 3):
        deliver(clock)
        clock.later(hours=2)
    assert stand(target) == (0, 3, 0)
    foreign.told()
    deliver(clock)
    assert foreign.kept == set(ids)


def test_a_transport_that_raises_is_trouble_and_no_crash(
    target: api.Target, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from bdhvs_xapi.outbox import registry

    class Broken(http.HttpTransport):
        def send(self, batch: Any) -> Any:
            raise ZeroDivisionError("oops")

    monkeypatch.setitem(registry._transports, "bdhvs_xapi.http", Broken)
    recorded(1)
    assert deliver(clock).trouble == "ZeroDivisionError: oops"
    assert stand(target) == (0, 1, 0)
    assert "The transport of province failed" in caplog.text


def test_a_transport_that_is_not_installed_loses_nothing(target: api.Target, clock: Clock) -> None:
    recorded(1)
    api.Target.objects.update(transport="gone.transport")
    assert "no transport 'gone.transport'" in deliver(clock).trouble
    assert stand(target) == (0, 1, 0)


@pytest.mark.database
def test_an_answer_for_another_number_of_statements_is_no_answer(
    target: api.Target, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bdhvs_xapi.outbox import registry

    class Short(http.HttpTransport):
        def send(self, batch: Any) -> Any:
            return api.Answer([DELIVERED])

    monkeypatch.setitem(registry._transports, "bdhvs_xapi.http", Short)
    recorded(2)
    assert "did not say" in deliver(clock).trouble
    assert stand(target) == (0, 2, 0)


# --- Leases -----------------------------------------------------------------------------------------------------------


@pytest.mark.database
def test_what_one_has_in_hand_no_other_takes(target: api.Target, clock: Clock) -> None:
    recorded(60)
    one = claims.claim(target, at=clock(), linger=timedelta(0), using="default")
    other = claims.claim(target, at=clock(), linger=timedelta(0), using="default")
    assert one is not None and other is not None
    assert len(one.items) == 50 and len(other.items) == 10
    assert not {each.item for each in one.items} & {each.item for each in other.items}
    assert claims.claim(target, at=clock(), linger=timedelta(0), using="default") is None


@pytest.mark.database
def test_a_lease_runs_out_and_who_comes_late_settles_nothing(target: api.Target, clock: Clock) -> None:
    recorded(2)
    slow = claims.claim(target, at=clock(), linger=timedelta(0), using="default")
    clock.now += claims.LEASE
    quick = claims.claim(target, at=clock(), linger=timedelta(0), using="default")
    assert slow is not None and quick is not None
    answer = api.Answer([DELIVERED, LATER])
    counted = claims.settle(slow, slow.items, answer, target, at=clock(), using="default")
    assert counted[api.Outcome.DELIVERED] == 0
    assert stand(target) == (0, 2, 0)
    claims.settle(quick, quick.items, api.Answer([DELIVERED] * 2), target, at=clock(), using="default")
    assert stand(target) == (2, 0, 0)


@pytest.mark.database
def test_nothing_that_was_put_down_while_the_clock_ran_ahead_is_waited_for(
    target: api.Target, foreign: Foreign, clock: Clock
) -> None:
    """A batch in hand, one that failed alone, and a target that rests."""
    ids = recorded(51)
    now = clock()
    clock.later(days=40)
    assert claims.claim(target, at=clock(), linger=timedelta(0), using="default") is not None
    foreign.told(always="500")
    assert deliver(clock).trouble
    foreign.told(always="ok")
    clock.now = now
    assert deliver(clock).delivered == 51
    assert foreign.kept == set(ids)


# --- The past ---------------------------------------------------------------------------------------------------------


@pytest.mark.database
def test_a_new_target_gets_the_past_when_somebody_says_so(ledger: None, foreign: Foreign, clock: Clock) -> None:
    old, young = recorded(3), recorded(3)
    target = api.create_target("province", url=foreign.url)
    new = recorded(2)
    since = api.get(UUID(young[0]))
    assert since is not None
    assert api.requeue(target, since.stored, at=clock()) == 3
    deliver(clock)
    assert foreign.kept == {*young, *new}
    assert api.requeue(target, None, at=clock()) == 8
    assert deliver(clock).delivered == 8
    assert foreign.kept == {*old, *young, *new}


@pytest.mark.database
def test_the_past_comes_in_pieces(
    ledger: None, foreign: Foreign, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bdhvs_xapi.outbox import targets

    monkeypatch.setattr(targets, "_PIECE", 2)
    recorded(5)
    target = api.create_target("province", url=foreign.url)
    assert api.requeue(target, None, at=clock()) == 5
    assert api.requeue(target, None, at=clock()) == 0


# --- Asking -----------------------------------------------------------------------------------------------------------


def test_the_connection_test_leaves_nothing_behind(target: api.Target, foreign: Foreign) -> None:
    assert api.test_connection(target) == api.Check(True, True, ("1.0.0", "1.0.3"))
    assert foreign.seen["requests"] == ["GET /xapi/about", "GET /xapi/statements?limit=1"]
    assert api.status(target).reachable is None


@for_each(
    ("told", "reachable", "authorised"),
    [
        ({"always": "401"}, True, False),
        ({"readable": False}, True, None),
        ({"versions": ["2.0.0"]}, True, None),
        ({"always": "page"}, True, None),
        ({"always": "500"}, True, None),
        ({"always": "drop"}, False, None),
    ],
)
def test_the_connection_test_says_what_is_wrong(
    target: api.Target, foreign: Foreign, told: dict[str, Any], reachable: bool, authorised: bool | None
) -> None:
    foreign.told(**told)
    found = api.test_connection(target)
    assert (found.reachable, found.authorised) == (reachable, authorised)
    assert found.reason


def test_a_store_that_does_not_say_its_versions_is_asked_for_statements(target: api.Target, foreign: Foreign) -> None:
    foreign.told(versions=[])
    assert api.test_connection(target) == api.Check(True, True, ())


def test_a_lost_secret_key_pauses_with_a_reason(target: api.Target, clock: Clock, settings: Any) -> None:
    recorded(1)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert deliver(clock).delivered == 1
    recorded(1)
    settings.SECRET_KEY_FALLBACKS = []
    assert "SECRET_KEY" in deliver(clock).trouble
    assert "SECRET_KEY" in api.test_connection(target).reason
    assert stand(target) == (1, 1, 0)
    assert api.status(target).paused


@for_each(
    "url",
    [
        "",
        "lrs.example.org/xapi",
        "ftp://lrs.example.org/xapi",
        "http://lrs.example.org/xapi",
        "https://us:secret@lrs.example.org/xapi",
        "https://lrs.example.org/xapi?x=1",
        "https://lrs.example.org:99999/xapi",
        " https://lrs.example.org/xapi",
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(ledger: None, url: str) -> None:
    with pytest.raises(ValueError, match="address|https|sealed"):
        api.create_target("province", url=url)
    assert not api.Target.objects.exists()


@pytest.mark.parametrize("url", ["https://lrs.example.org/xapi", "http://10.1.2.3:8080/xapi", "http://lrs/xapi"])
def test_https_or_a_network_of_ones_own(ledger: None, url: str, settings: Any) -> None:
    settings.BDHVS_XAPI_PEER_NETWORKS = ["10.0.0.0/8"]
    assert api.create_target("province", url=f"{url}/").url == url


# --- Attachments ------------------------------------------------------------------------------------------------------


@pytest.mark.database
def test_attachments_that_we_keep_go_along(target: api.Target, foreign: Foreign, clock: Clock) -> None:
    import hashlib

    from bdhvs_xapi.statements.validate import encode, parse
    from tests.bdhvs_xapi.support import store_parsed

    data = b"\r\n--x\r\n\x00\xff"
    sha2 = hashlib.sha256(data).hexdigest()
    kept = {"usageType": "x:y", "display": {}, "contentType": "a/b", "length": len(data), "sha2": sha2}
    away = {**kept, "sha2": "0" * 64, "fileUrl": "https://a.example/b"}
    sent = passed(attachments=[kept, away], timestamp="2025-11-15T01:30:00.000Z")
    with transaction.atomic():
        store_parsed([parse(encode(sent))], authority="site", received_at=clock(), blobs={sha2: data})
        record(passed())
    deliver(clock)
    assert foreign.seen["hashes"] == [sha2]
    assert foreign.seen["kept"][sent["id"]] == sent
    assert len(foreign.kept) == 2
