"""Statements from a foreign record store: all of them, each once, with who vouched for them and what that is worth."""

from __future__ import annotations

import base64
import hashlib
import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from bdhvs_xapi import api
from bdhvs_xapi.outbox import pages, pulling, taking
from bdhvs_xapi.outbox.pulling import Pulled
from bdhvs_xapi.store import blobs
from tests.bdhvs_xapi.outbox.conftest import Clock, Foreign
from tests.bdhvs_xapi.support import HOME, passed, voiding
from tests.bdhvs_xapi.test_record import record

pytestmark = pytest.mark.database

AUTHORITY = {"objectType": "Agent", "account": {"homePage": "https://lrs.example.org", "name": "tool"}}


def at(minute: int) -> str:
    return f"2026-03-01T08:{minute:02}:00.000Z"


def stored(minute: int, **changes: Any) -> dict[str, Any]:
    """A statement as a foreign store answers it."""
    return passed(stored=at(minute), authority=AUTHORITY, version="1.0.0", **changes)


def moment(minute: int) -> datetime:
    return datetime(2026, 3, 1, 8, minute, tzinfo=UTC)


@pytest.fixture
def source(ledger: None, foreign: Foreign) -> api.Source:
    return api.create_source("other", url=foreign.url, username="us", password="secret", trust=1)


def pull(source: api.Source, clock: Clock, **arguments: Any) -> Pulled:
    return api.pull(source, clock=clock, **arguments)


def here() -> set[str]:
    return {str(each) for each in api.Statement.objects.values_list("statement_id", flat=True)}


# --- Everything, once -------------------------------------------------------------------------------------------------


def test_all_pages_arrive_and_the_hook_hears_of_them(
    source: api.Source, foreign: Foreign, clock: Clock, heard: list[list[api.Recorded]]
) -> None:
    statements = [stored(minute) for minute in range(5)]
    foreign.told(statements=statements, through=at(30))
    done = pull(source, clock)
    assert done == Pulled("other", pages=3, new=5, finished=True)
    assert here() == {each["id"] for each in statements}
    assert sorted(str(fact.statement_id) for call in heard for fact in call) == sorted(here())
    now = api.source_status(source)
    assert (now.new, now.known, now.rejected, now.through) == (5, 0, 0, moment(30))
    assert (now.reachable, now.unfinished) == (True, False)
    first = foreign.seen["requests"][0]
    assert first == "GET /xapi/statements?ascending=true&limit=200&attachments=true"
    assert all(head["Authorization"] == "Basic dXM6c2VjcmV0" for head in foreign.seen["heads"])
    assert all(head["X-Experience-API-Version"] == "1.0.3" for head in foreign.seen["heads"])


def test_the_next_pull_begins_where_the_source_was_whole(source: api.Source, foreign: Foreign, clock: Clock) -> None:
    old = [stored(minute) for minute in range(3)]
    foreign.told(statements=old, through=at(1))
    pull(source, clock)
    # Stored before the newest that we saw, committed after it: the source did not vouch for that time yet.
    late = stored(2)
    foreign.told(statements=[*old, late], through=at(9))
    assert pull(source, clock).new == 1
    assert late["id"] in here()
    # A second of overlap, for clocks that are written with fewer digits than they have.
    assert "since=2026-03-01T08%3A00%3A59.000Z" in foreign.seen["requests"][0]
    assert api.source_status(source).known == 2


def test_the_first_page_decides_and_not_the_last(source: api.Source, foreign: Foreign, clock: Clock) -> None:
    foreign.told(statements=[stored(minute) for minute in range(4)], through=at(1))
    stop = threading.Event()
    pull(source, clock, say=lambda done: stop.set(), stop=stop)
    foreign.told(statements=[stored(minute) for minute in range(4)], through=at(50))
    pull(source, clock)
    assert api.source_status(source).through == moment(1)


def test_without_the_header_a_while_is_read_again(source: api.Source, foreign: Foreign, clock: Clock) -> None:
    foreign.told(statements=[stored(10), stored(40)])
    pull(source, clock)
    assert api.source_status(source).through == moment(30)
    late = stored(35)
    foreign.told(statements=[stored(10), late, stored(40)])
    pull(source, clock)
    assert late["id"] in here()
    # And it never moves back.
    foreign.told(statements=[stored(30)])
    pull(source, clock)
    assert api.source_status(source).through == moment(30)


def test_a_stop_between_pages_goes_on_at_the_next(source: api.Source, foreign: Foreign, clock: Clock) -> None:
    statements = [stored(minute) for minute in range(6)]
    foreign.told(statements=statements, through=at(30))
    stop = threading.Event()
    assert pull(source, clock, say=lambda done: stop.set(), stop=stop).finished is False
    now = api.source_status(source)
    assert (now.new, now.through, now.unfinished) == (2, None, True)
    assert pull(source, clock).new == 4
    assert here() == {each["id"] for each in statements}
    assert api.source_status(source).through == moment(30)
    assert "GET /xapi/statements?from=2&limit=200" in foreign.seen["requests"]


def test_a_source_that_is_switched_off_meanwhile_ends_with_its_page(
    source: api.Source, foreign: Foreign, clock: Clock
) -> None:
    """By another process, as somebody who takes back what it brought does."""
    foreign.told(statements=[stored(minute) for minute in range(6)], through=at(30))
    done = pull(source, clock, say=lambda done: api.stop_source(api.Source.objects.get(pk=source.pk)))
    # What is switched off during a page is seen at the end of the next.
    assert (done.new, done.finished) == (4, False)
    assert "switched off" in done.trouble
    assert api.source_status(source).new == 4


def test_a_page_that_is_gone_begins_the_run_anew(source: api.Source, foreign: Foreign, clock: Clock) -> None:
    statements = [stored(minute) for minute in range(4)]
    foreign.told(statements=statements, through=at(30), plan=["ok", "400"])
    assert "beginning anew" in pull(source, clock).trouble
    clock.later(minutes=20)
    done = pull(source, clock)
    assert (done.new, done.known, done.finished) == (2, 2, True)


def test_what_is_here_already_is_known_and_not_sent_back(source: api.Source, foreign: Foreign, clock: Clock) -> None:
    ours = passed()
    record(ours)
    foreign.told(statements=[{**ours, "stored": at(1), "authority": AUTHORITY}, stored(2)], through=at(9))
    assert (pull(source, clock).known, api.source_status(source).new) == (1, 1)
    fact = api.get(UUID(ours["id"]))
    assert fact is not None and fact.authority == "site"


def test_from_a_date_and_again_from_a_date(ledger: None, foreign: Foreign, clock: Clock) -> None:
    source = api.create_source("other", url=foreign.url, since=moment(2))
    foreign.told(statements=[stored(minute) for minute in range(5)], through=at(9))
    assert pull(source, clock).new == 3
    api.reread(source, None)
    done = pull(source, clock)
    assert (done.new, done.known) == (2, 3)


# --- Who vouches ------------------------------------------------------------------------------------------------------


def test_authority_is_kept_and_trust_is_the_operators(source: api.Source, foreign: Foreign, clock: Clock) -> None:
    other = {"objectType": "Agent", "mbox": "mailto:x@example.org"}
    sent = [stored(1), {**stored(2), "authority": other}, stored(3)]
    foreign.told(statements=sent, through=at(9))
    pull(source, clock)
    facts = [api.get(UUID(each["id"])) for each in sent]
    assert [fact.statement["authority"] for fact in facts if fact] == [AUTHORITY, other, AUTHORITY]
    assert {fact.trust for fact in facts if fact} == {1}
    assert len({fact.authority for fact in facts if fact}) == 2
    assert source.authorities.count() == 2


def test_another_trust_is_another_authority_and_old_statements_keep_theirs(
    source: api.Source, foreign: Foreign, clock: Clock
) -> None:
    one, two = stored(1), stored(2)
    foreign.told(statements=[one], through=at(1))
    pull(source, clock)
    source.trust = api.Trust.CLIENT_REPORTED
    source.save()
    foreign.told(statements=[one, two], through=at(9))
    pull(source, clock)
    trusts = [fact.trust for each in (one, two) if (fact := api.get(UUID(each["id"])))]
    assert trusts == [1, 0]


@pytest.mark.parametrize("authority", [api.account_actor(HOME, "site"), None])
def test_nobody_is_believed_to_be_one_who_records_here(
    source: api.Source, foreign: Foreign, clock: Clock, authority: Any
) -> None:
    forged = stored(1)
    if authority is None:
        del forged["authority"]
    else:
        forged["authority"] = authority
    foreign.told(statements=[forged], through=at(9))
    pull(source, clock)
    fact = api.get(UUID(forged["id"]))
    assert fact is not None
    assert fact.statement["authority"] == api.account_actor(foreign.url, "other")
    assert fact.authority.startswith("pull-other-")


def test_what_came_from_a_store_is_not_sent_back_there(ledger: None, foreign: Foreign, clock: Clock) -> None:
    back = api.create_target("province", url=foreign.url)
    elsewhere = api.create_target("ministry", url=f"{foreign.url}/")
    elsewhere.url = f"http://localhost:{foreign.port}/xapi"
    elsewhere.save()
    source = api.create_source("other", url=foreign.url)
    assert source.same_store == back
    foreign.told(statements=[stored(1)], through=at(9))
    pull(source, clock)
    ministry, province = api.deliver(clock=Clock())
    assert (province.delivered, province.left_out) == (0, 1)
    assert ministry.delivered == 1


def test_a_form_that_was_open_moves_nothing_back(source: api.Source, foreign: Foreign, clock: Clock) -> None:
    opened = api.Source.objects.get(pk=source.pk)
    foreign.told(statements=[stored(1)], through=at(9))
    pull(source, clock)
    opened.name = "Another name"
    opened.save()
    now = api.Source.objects.get(pk=source.pk)
    assert (now.name, now.cursor, now.new) == ("Another name", moment(9), 1)


# --- What cannot be taken ---------------------------------------------------------------------------------------------


def test_invalid_ones_are_listed_with_their_reason_and_the_rest_goes_on(
    source: api.Source, foreign: Foreign, clock: Clock
) -> None:
    bad, nameless = stored(1), stored(2)
    bad["result"] = {"score": {"scaled": 5}}
    del nameless["id"]
    good = [stored(3), stored(4)]
    foreign.told(statements=[bad, good[0], nameless, good[1]], through=at(9))
    done = pull(source, clock)
    assert (done.new, done.rejected, done.finished) == (2, 2, True)
    assert here() == {each["id"] for each in good}
    rows = {row.statement_id: row for row in api.Rejection.objects.all()}
    assert set(rows) == {bad["id"], ""}
    assert "result.score.scaled" in rows[bad["id"]].reason
    assert b'"scaled":5' in bytes(rows[bad["id"]].body).replace(b" ", b"")
    # Met again in the overlap, it is in the list once.
    api.reread(source, None)
    assert pull(source, clock).rejected == 0
    assert api.source_status(source).rejected == 2
    assert api.forget_rejections(source, items=[rows[""].pk]) == 1
    assert api.forget_rejections(source) == 1
    assert not api.Rejection.objects.exists()


def test_a_store_may_hold_statements_of_both_dialects(source: api.Source, foreign: Foreign, clock: Clock) -> None:
    new = {**stored(1), "version": "2.0.0"}
    new["context"] = {"contextAgents": [{"objectType": "contextAgent", "agent": {"mbox": "mailto:a@example.org"}}]}
    foreign.told(statements=[new, stored(2), {**stored(3), "version": "3.0"}], through=at(9), page=10)
    done = pull(source, clock)
    assert (done.new, done.rejected) == (2, 1)
    assert "1.0.x" in api.Rejection.objects.get().reason


def test_another_content_under_an_id_of_ours_is_listed(source: api.Source, foreign: Foreign, clock: Clock) -> None:
    ours = passed()
    record(ours)
    other = stored(1, id=ours["id"], result={"success": False})
    rest = [stored(minute) for minute in range(2, 6)]
    foreign.told(statements=[*rest[:2], other, *rest[2:]], through=at(9), page=10)
    done = pull(source, clock)
    assert (done.new, done.rejected) == (4, 1)
    assert "other content in: result" in api.Rejection.objects.get().reason


def test_of_whom_a_listener_wants_no_more_nothing_more_is_taken(
    source: api.Source, foreign: Foreign, clock: Clock
) -> None:
    lan = [stored(minute, actor={"mbox": "mailto:lan@example.org"}) for minute in range(3)]
    foreign.told(statements=[stored(4), *lan, stored(5)], through=at(9), page=10)

    def enough(sender: Any, *, statements: list[api.Recorded], **kwargs: Any) -> None:
        if api.crowded({fact.actor_key for fact in statements}, 2):
            raise api.TooManyStatements("2 are enough")

    api.recorded.connect(enough)
    try:
        done = pull(source, clock)
    finally:
        api.recorded.disconnect(enough)
    assert (done.new, done.rejected, done.finished) == (4, 1, True)
    assert api.Rejection.objects.get().reason == "2 are enough"
    assert here() >= {each["id"] for each in lan[:2]}


def test_a_voiding_from_a_source_takes_force_by_its_trust(source: api.Source, foreign: Foreign, clock: Clock) -> None:
    theirs, ours = stored(1), passed()
    record(ours)
    voids = [{**voiding(each["id"]), "stored": at(2), "authority": AUTHORITY} for each in (theirs, ours)]
    foreign.told(statements=[theirs, *voids], through=at(9))
    pull(source, clock)
    assert [api.is_voided(UUID(each["id"])) for each in (theirs, ours)] == [True, True]


def test_one_that_a_receiver_cannot_cope_with_keeps_nothing_back(
    source: api.Source, foreign: Foreign, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    statements = [stored(minute) for minute in range(5)]

    def choke(**kwargs: Any) -> None:
        if any(str(fact.statement_id) == statements[2]["id"] for fact in kwargs["statements"]):
            raise ZeroDivisionError("oops")

    foreign.told(statements=statements, through=at(9), page=10)
    api.recorded.connect(choke)
    try:
        done = pull(source, clock)
    finally:
        api.recorded.disconnect(choke)
    assert (done.new, done.rejected, done.finished) == (4, 1, True)
    assert api.Rejection.objects.get().reason == "could not be recorded: ZeroDivisionError: oops"
    assert "could not be recorded" in caplog.text
    # After the mistake is mended it can be read again.
    api.reread(source, None)
    assert pull(source, clock).new == 1


def test_pieces_of_a_page_are_transactions_of_their_own(
    source: api.Source, foreign: Foreign, clock: Clock, heard: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "PIECE", 2)
    foreign.told(statements=[stored(minute) for minute in range(5)], through=at(9), page=10)
    pull(source, clock)
    assert [len(call) for call in heard] == [2, 2, 1]


@pytest.mark.parametrize(("limit", "most"), [("NAMES", 9), ("BATCH_BYTES", 4_000)])
def test_a_transaction_takes_no_more_of_a_page_than_a_request_may_bring(
    source: api.Source, foreign: Foreign, clock: Clock, heard: list[Any], settings: Any, limit: str, most: int
) -> None:
    setattr(settings, f"BDHVS_XAPI_MAX_{limit}", most)
    large = [stored(minute) for minute in range(5)]
    for each in large:
        each["context"] = {
            "contextActivities": {"other": [{"id": f"https://other.example/{number}"} for number in range(2)]},
            "extensions": {"https://other.example/e": "x" * 1_000},
        }
    foreign.told(statements=large, through=at(9), page=10)
    assert pull(source, clock).new == 5
    assert [len(call) for call in heard] == [2, 2, 1]


@pytest.mark.parametrize("limit", ["STATEMENT", "ATTACHMENT_BYTES"])
def test_what_is_larger_than_a_request_may_bring_is_rejected_with_its_reason(
    source: api.Source, foreign: Foreign, clock: Clock, settings: Any, limit: str
) -> None:
    data = b"a" * 2_000
    sha2 = hashlib.sha256(data).hexdigest()
    large = stored(1)
    if limit == "STATEMENT":
        large["context"] = {"extensions": {"https://other.example/e": "x" * 2_000}}
    else:
        large["attachments"] = [
            {
                "usageType": "x:y",
                "display": {},
                "contentType": "a/b",
                "length": len(data),
                "sha2": sha2,
            }
        ]
    setattr(settings, f"BDHVS_XAPI_MAX_{limit}", 1_900)
    parts = {sha2: base64.b64encode(data).decode()}
    foreign.told(statements=[large, stored(2)], through=at(9), page=10, parts=parts)
    done = pull(source, clock)
    assert (done.new, done.rejected, done.finished) == (1, 1, True)
    assert "at most 1900" in api.Rejection.objects.get().reason
    assert blobs.get(sha2) is None


# --- A source that misbehaves -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["401", "403", "404", "302"])
def test_what_only_a_person_can_mend_pauses(source: api.Source, foreign: Foreign, clock: Clock, status: str) -> None:
    foreign.told(always=status)
    assert pull(source, clock).trouble
    assert api.source_status(source).paused
    clock.later(days=1)
    pull(source, clock)
    assert len(foreign.seen["requests"]) == 1
    foreign.told(statements=[stored(1)], through=at(9))
    api.resume(source)
    assert pull(source, clock).new == 1


@pytest.mark.parametrize("status", ["500", "503:90", "drop", "page"])
def test_what_passes_is_waited_for(source: api.Source, foreign: Foreign, clock: Clock, status: str) -> None:
    foreign.told(statements=[stored(1)], through=at(9), plan=[status])
    assert pull(source, clock).trouble
    now = api.source_status(source)
    assert (now.reachable, now.paused) == (False, "")
    assert now.next_attempt_at is not None
    if status == "503:90":
        assert now.next_attempt_at == clock() + timedelta(seconds=90)
    clock.now = now.next_attempt_at
    assert pull(source, clock).new == 1
    assert api.source_status(source).reachable is True


def test_an_absolute_more_of_the_same_host_is_followed(source: api.Source, foreign: Foreign, clock: Clock) -> None:
    foreign.told(
        statements=[stored(minute) for minute in range(3)], through=at(9), more=f"http://127.0.0.1:{foreign.port}"
    )
    assert pull(source, clock).new == 3


@pytest.mark.parametrize(
    "more",
    ["http://elsewhere.example", "http://127.0.0.1:1", "//elsewhere.example", "http://[", "HERE//elsewhere.example"],
)
def test_a_more_of_another_host_never_gets_the_password(
    source: api.Source, foreign: Foreign, clock: Clock, more: str
) -> None:
    more = more.replace("HERE", f"http://127.0.0.1:{foreign.port}")
    foreign.told(statements=[stored(minute) for minute in range(3)], through=at(9), more=more)
    assert "its next page" in pull(source, clock).trouble
    assert len(foreign.seen["requests"]) == 1
    assert api.source_status(source).paused


def test_a_page_without_end_is_not_read_to_its_end(
    source: api.Source, foreign: Foreign, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign.told(statements=[stored(minute) for minute in range(3)], through=at(9))
    monkeypatch.setattr(pulling, "MAX_PAGE", 500)
    assert "larger than 500 bytes" in pull(source, clock).trouble
    assert here() == set()


def test_a_page_that_is_too_large_comes_in_smaller_ones(
    source: api.Source, foreign: Foreign, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements = [stored(minute) for minute in range(12)]
    # Near the end of the run, so that a part of it is here when the pages shrink.
    statements[9]["context"]["extensions"] = {f"{HOME}/scan": "x" * 20_000}
    statements[10]["context"]["extensions"] = {f"{HOME}/scan": "x" * 20_000}
    foreign.told(statements=statements, through=at(30), page=6)
    monkeypatch.setattr(pulling, "PAGE", 6)
    monkeypatch.setattr(pulling, "MAX_PAGE", 30_000)
    done = pull(source, clock)
    assert (done.finished, done.trouble, done.new) == (True, "", 12)
    assert here() == {each["id"] for each in statements}
    now = api.source_status(source)
    assert (now.through, now.unfinished) == (moment(30), False)


def test_one_process_at_a_time(source: api.Source, foreign: Foreign, clock: Clock) -> None:
    foreign.told(statements=[stored(minute) for minute in range(3)], through=at(9))
    said: list[str] = []

    def meanwhile(done: Pulled) -> None:
        said.append(pull(api.Source.objects.get(pk=source.pk), clock).trouble)

    assert pull(source, clock, say=meanwhile).new == 3
    assert said == ["another process is fetching it"] * 2


# --- Attachments ------------------------------------------------------------------------------------------------------


def test_attachments_come_along_when_they_are_what_they_say(source: api.Source, foreign: Foreign, clock: Clock) -> None:
    data = b"\r\n--abd\r\n\r\n\x00\xff\r\n"
    sha2, wrong = hashlib.sha256(data).hexdigest(), "1" * 64
    attachments = [
        {"usageType": "x:y", "display": {}, "contentType": "a/b", "length": len(data), "sha2": each, "fileUrl": "x:y"}
        for each in (sha2, wrong)
    ]
    foreign.told(
        statements=[stored(1, attachments=attachments)],
        through=at(9),
        parts={each: base64.b64encode(data).decode() for each in (sha2, wrong)},
    )
    assert pull(source, clock).new == 1
    assert blobs.get(sha2) == data
    assert blobs.get(wrong) is None


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b""),
        ("application/json", b"[]"),
        ("application/json", b'{"statements": {}}'),
        ("application/json", b"\xff"),
        ("application/json", b"[" * 100_000),
        ("multipart/mixed", b"--x\r\n"),
        ("multipart/mixed; boundary=x", b"nothing"),
        ("multipart/mixed; boundary=x", b"--x\r\n\r\n{}\r\n"),
        ("multipart/mixed; boundary=x", b"--x\r\nno end of head--x--"),
        ("multipart/mixed; boundary=x", b"--x--"),
        ("multipart/mixed; boundary=" + "x" * 71, b""),
    ],
)
def test_what_is_no_page_says_so(kind: str, body: bytes) -> None:
    import httpx

    with pytest.raises(pages.PageError):
        pages.read_page(httpx.Headers({"Content-Type": kind}), body)


def test_the_password_is_not_in_the_database(source: api.Source) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT secret FROM {api.Source._meta.db_table}")  # noqa: S608
        [(secret,)] = cursor.fetchall()
    assert secret and "secret" not in secret
    assert api.test_source(source).authorised is True
