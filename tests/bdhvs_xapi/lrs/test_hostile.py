"""What a client may send that is small on the line and large in work, or odd in a way that nobody thought of."""

from __future__ import annotations

import json
import time
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import pytest
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bdhvs_xapi import api
from bdhvs_xapi.lrs import calls
from bdhvs_xapi.lrs.endpoint import respond
from bdhvs_xapi.models import Blob
from bdhvs_xapi.outbox import multipart as multiparts
from bdhvs_xapi.outbox.loading import load
from bdhvs_xapi.statements.canonical import decode_exact
from tests.bdhvs_xapi.lrs.support import (
    ACTIVITY,
    AGENT,
    HOME,
    NOW,
    Lrs,
    attachment,
    multipart,
    part,
    problems,
    statement,
)
from tests.support.loops import for_each

STATE: dict[str, Any] = {"activityId": ACTIVITY, "agent": AGENT, "stateId": "s"}


def huge(**changes: Any) -> dict[str, Any]:
    """A statement with a number that no float holds, once ``written()``."""
    return statement(context={"extensions": {f"{HOME}/x": "HUGE"}}, **changes)


def written(sent: dict[str, Any]) -> bytes:
    return json.dumps(sent).replace('"HUGE"', "1e999").encode()


def post_with_data(lrs: Lrs, sent: dict[str, Any], *data: bytes) -> Any:
    content_type, content = multipart(sent, *map(part, data))
    return lrs.request("POST", "statements", None, content.replace(b'"HUGE"', b"1e999"), content_type)


def test_a_key_twice_among_many_is_found_without_comparing_each_with_each(lrs2: Lrs) -> None:
    keys = [*(f"{HOME}/{number}" for number in range(30_000)), f"{HOME}/29999"]
    extensions = ",".join(f'"{key}":1' for key in keys)
    raw = json.dumps(statement(context={"extensions": {}})).replace(
        '"extensions": {}', f'"extensions": {{{extensions}}}'
    )
    begun = time.process_time()
    response = lrs2.post("statements", raw.encode())
    assert (response.status_code, f"{HOME}/29999" in response.json()["error"]) == (400, True)
    # 450 million comparisons took six seconds and more.
    assert time.process_time() - begun < 2


def test_a_batch_that_is_wrong_throughout_is_answered_with_the_first_hundred(lrs: Lrs) -> None:
    response = lrs.post("statements", [{}] * 140)
    assert response.status_code == 400
    assert list(problems(response)) == [f"[{number}]" for number in range(100)]


def test_a_statement_that_is_wrong_throughout_is_answered_with_the_first_hundred(lrs: Lrs) -> None:
    team = {"objectType": "Group", "member": [{"mbox": "nobody"}] * 300}
    response = lrs.post("statements", statement(actor=team))
    assert response.status_code == 400
    assert len(list(problems(response))) == 100


def test_of_a_batch_that_is_too_long_nothing_is_looked_at(lrs: Lrs, settings: Any) -> None:
    settings.BDHVS_XAPI_MAX_BATCH = 2
    assert lrs.post("statements", [{}] * 3).status_code == 413


def test_a_statement_is_so_large_and_no_larger(lrs: Lrs, settings: Any) -> None:
    settings.BDHVS_XAPI_MAX_STATEMENT = 1000
    large = statement(context={"extensions": {f"{HOME}/x": "x" * 1000}})
    small = statement()
    assert lrs.post("statements", [small, large]).status_code == 413
    assert lrs.get("statements", statementId=small["id"]).status_code == 404
    assert lrs.put("statements", large, statementId=large["id"]).status_code == 413
    assert lrs.post("statements", small).status_code == 200


def test_a_multipart_has_so_many_parts_and_no_more(lrs: Lrs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiparts, "MAX_PARTS", 3)
    data = [b"a", b"b", b"c"]
    sent = statement(attachments=[attachment(each) for each in data[:2]])
    assert post_with_data(lrs, sent, *data[:2]).status_code == 200
    sent = statement(attachments=[attachment(each) for each in data])
    response = post_with_data(lrs, sent, *data)
    assert (response.status_code, "more than 3 parts" in response.json()["error"]) == (400, True)


def test_a_number_that_no_float_holds_beside_a_nul_in_an_extension(lrs: Lrs) -> None:
    sent = statement(context={"extensions": {f"{HOME}/x": "HUGE", f"{HOME}/y": "\0"}})
    assert lrs.post("statements", written(sent)).status_code == 200


# Beyond a float, beyond 64 bits, and beyond what any library writes down.
NUMBERS = [
    "1e400",
    "-1e-400",
    "9" * 500,
    "1E+99999999",
    "1e999999999999999999999",
    "-1e999999999999999999999",
    "1e-" + "9" * 30,
]


@for_each("written_number", NUMBERS)
def test_any_number_of_an_extension_is_answered_as_json_in_every_format(lrs2: Lrs, written_number: str) -> None:
    extensions = {f"{HOME}/x": "HUGE"}
    definition = {"name": {"en": "x"}, "extensions": extensions}
    sent = statement(
        object={"id": ACTIVITY, "definition": definition},
        context={"extensions": extensions},
        result={"extensions": extensions},
    )
    raw = json.dumps(sent).replace('"HUGE"', written_number).encode()
    assert [lrs2.post("statements", raw).status_code for _ in range(2)] == [200, 200]
    answers = [lrs2.get("statements", statementId=sent["id"], format=form) for form in ("exact", "ids", "canonical")]
    answers.append(lrs2.get("activities", activityId=ACTIVITY))
    assert written_number.encode() in answers[0].content
    for answer in answers:
        # Raises for Infinity and NaN.
        assert decode_exact(answer.content)["id"] in (sent["id"], ACTIVITY)


def test_a_number_that_no_float_holds_in_a_document(lrs: Lrs) -> None:
    assert lrs.put("activities/state", b'{"a":1e999}', **STATE).status_code == 204
    assert lrs.post("activities/state", b'{"b":1e-999}', **STATE).status_code == 204
    assert lrs.get("activities/state", **STATE).content == b'{"a":1e999,"b":1e-999}'


def test_a_document_does_not_grow_without_end_by_merging(lrs: Lrs, settings: Any) -> None:
    settings.BDHVS_XAPI_MAX_BODY = 100
    assert lrs.post("activities/state", {"a": "x" * 50}, **STATE).status_code == 204
    assert lrs.post("activities/state", {"b": "x" * 50}, **STATE).status_code == 413
    assert lrs.post("activities/state", {"a": "y" * 50}, **STATE).status_code == 204
    assert lrs.get("activities/state", **STATE).json() == {"a": "y" * 50}


def test_content_in_chunks_is_read_under_asgi_too(lrs: Lrs) -> None:
    sent = statement()
    headers = {**lrs.headers, "Content-Type": "application/json", "Transfer-Encoding": "chunked"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/xapi/statements",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    request = ASGIRequest(scope, BytesIO(json.dumps(sent).encode()))
    response = respond(request, "statements")
    assert (response.status_code, json.loads(response.content)) == (200, [sent["id"]])  # type: ignore[attr-defined]


def test_a_number_that_no_float_holds_does_not_keep_a_queue_back(lrs: Lrs) -> None:
    target = api.create_target("province", url="https://lrs.example.org/xapi")
    data = b"an essay"
    assert post_with_data(lrs, huge(attachments=[attachment(data)]), data).status_code == 200
    item = api.Item.objects.get()
    loaded = load(target, [claimed(item)], using="default")
    assert [[blob.data for blob in each.blobs.values()] for each in loaded.batch] == [[data]]


def claimed(item: api.Item) -> Any:
    from bdhvs_xapi.outbox.claims import Claimed

    return Claimed(item.pk, item.statement_id, 0, None)


def test_the_content_of_a_form_is_decoded_for_nobody_who_has_not_signed_in(
    lrs1: Lrs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is megabytes, and costs seconds and many times as much memory."""
    form = {**STATE, "agent": json.dumps(AGENT), "content": json.dumps({"a": "chữ & số"})}
    decoded: list[int] = []

    def counting(text: str, **more: Any) -> list[tuple[str, str]]:
        decoded.append(len(text))
        return parse_qsl(text, **more)

    monkeypatch.setattr(calls, "parse_qsl", counting)
    content = urlencode({**form, "content": "%" * 100_000}).encode()
    sent = {"content_type": "application/x-www-form-urlencoded"}
    nobody = {"Authorization": None}
    refused = lrs1.request("POST", "activities/state", {"method": "PUT"}, content, headers=nobody, **sent)
    assert (refused.status_code, max(decoded) < 1_000) == (401, True)
    sent_form = urlencode({**form, "Content-Type": "application/json"}).encode()
    assert lrs1.request("POST", "activities/state", {"method": "PUT"}, sent_form, **sent).status_code == 204
    assert lrs1.get("activities/state", **STATE).json() == {"a": "chữ & số"}
    posted = urlencode({"content": json.dumps(statement())}).encode()
    assert lrs1.request("POST", "statements", {"method": "POST"}, posted, **sent).status_code == 200
    large = b"agent=" + b"x" * 300_000
    assert lrs1.request("POST", "activities/state", {"method": "GET"}, large, **sent).status_code == 413


# --- Erasure ----------------------------------------------------------------------------------------------------------


def erase(agent: dict[str, Any] = AGENT) -> int:
    account = agent["account"]
    assert isinstance(account, dict)
    key = api.account_key(account["homePage"], account["name"])
    return api.erase_words(key, own=[], reason="erasure of the person", by="privacy.erase", at=NOW)


def inside(**changes: Any) -> dict[str, Any]:
    """A statement whose SubStatement has an attachment."""
    sub = {name: value for name, value in statement(**changes).items() if name != "id"}
    return statement(object={"objectType": "SubStatement", **sub})


def test_erasure_takes_attachments_out_whatever_else_is_in_the_statement(lrs: Lrs) -> None:
    own, inner = b"mine", b"of a plan"
    assert post_with_data(lrs, huge(attachments=[attachment(own)]), own).status_code == 200
    assert post_with_data(lrs, inside(attachments=[attachment(inner)]), inner).status_code == 200
    assert Blob.objects.count() == 2
    assert erase() == 2
    assert not Blob.objects.exists()


def test_what_erasure_took_out_does_not_come_back_with_the_same_statement(lrs: Lrs) -> None:
    data, other = b"mine", b"another's"
    sent = statement(attachments=[attachment(data)])
    post_with_data(lrs, sent, data)
    erase()
    assert post_with_data(lrs, sent, data).json() == [sent["id"]]
    assert not Blob.objects.exists()
    # What comes beside it about somebody else is kept.
    agent = {"objectType": "Agent", "account": {"homePage": HOME, "name": "another"}}
    fresh = statement(actor=agent, attachments=[attachment(other)])
    assert post_with_data(lrs, [sent, fresh], data, other).status_code == 200  # type: ignore[arg-type]
    assert [bytes(blob.content) for blob in Blob.objects.all()] == [other]


def test_erasure_asks_no_query_for_each_statement(lrs1: Lrs) -> None:
    """It is one transaction, under the learner's lock, and everybody waits for its end on SQLite."""
    asked = []
    for count in (2, 40):
        # Somebody else each time: what comes of somebody who was erased has no words to take out.
        agent = {"objectType": "Agent", "account": {"homePage": HOME, "name": f"learner-{count}"}}
        lrs1.send(*(statement(actor=agent, result={"response": "my words"}) for _ in range(count)))
        with CaptureQueriesContext(connection) as queries:
            assert erase(agent) == count
        asked.append(len(queries))
    assert asked[0] == asked[1]
    assert b"my words" not in lrs1.get("statements").content


def test_data_that_comes_later_is_kept(lrs: Lrs) -> None:
    """The statement came without, with the address where they are."""
    data = b"mine"
    sent = statement(attachments=[attachment(data, fileUrl=f"{HOME}/essay")])
    lrs.send(sent)
    assert not Blob.objects.exists()
    assert post_with_data(lrs, sent, data).status_code == 200
    assert Blob.objects.count() == 1
    assert api.get(UUID(sent["id"])) is not None
