"""Other people's clients against a running site: tincan's RemoteLRS, @xapi/xapi from npm, and plain HTTP."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import pytest
import tincan
from tincan.documents import ActivityProfileDocument, AgentProfileDocument, StateDocument

from tests.bdhvs_xapi.lrs.support import HOME, statement
from tests.support.fixtures import _copy, require
from tests.support.live import ROOT, Installation
from tests.support.soak import rounds


@dataclass(frozen=True)
class Endpoint:
    """The endpoint of a running site, without a slash at its end, and a credential that may do everything."""

    url: str
    key: str
    secret: str

    def raw(
        self, method: str, path: str, content: Any = None, headers: dict[str, str] | None = None, version: str = "1.0.3"
    ) -> tuple[int, dict[str, str], bytes]:
        """One request as it goes over the line: (status, headers in lower case, body)."""
        parts = urlsplit(self.url)
        connection = HTTPConnection(parts.netloc, timeout=20)
        token = base64.b64encode(f"{self.key}:{self.secret}".encode()).decode()
        sent = {"Authorization": f"Basic {token}", "X-Experience-API-Version": version, **(headers or {})}
        try:
            chunked = hasattr(content, "__next__")
            connection.request(method, f"{parts.path}/{path}", content, sent, encode_chunked=chunked)
            response = connection.getresponse()
            return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, migrated: str, collected_static: Path) -> Iterator[Installation]:
    yield from _copy(migrated, tmp_path_factory.mktemp("clients"), collected_static)


@pytest.fixture(scope="module")
def endpoint(site: Installation) -> Endpoint:
    """Its credential is made while the site runs, as beside a demo: that keeps its key in a file of its own, and who
    tries `bdhvs lrs` in another terminal has set nothing."""
    server = site.serve(workers=2, BDHVS_XAPI_MAX_BODY="300000")
    key_file = site.data_dir / "demo-secret-key"
    key_file.write_text(site.environment["BDHVS_SECRET_KEY"])
    key_file.chmod(0o600)
    printed = site.manage("lrs", "credential", "clients", "--scope", "all", environment={"BDHVS_SECRET_KEY": ""})
    made = dict(line.split(": ") for line in printed.splitlines())
    return Endpoint(f"{server.url}/xapi", made["key"], made["secret"])


def test_a_credential_made_beside_a_running_demo_needs_no_environment(endpoint: Endpoint) -> None:
    assert endpoint.raw("GET", "statements?limit=1")[0] == 200


@pytest.fixture
def remote(endpoint: Endpoint) -> Any:
    return tincan.RemoteLRS(
        endpoint=f"{endpoint.url}/", version="1.0.3", username=endpoint.key, password=endpoint.secret
    )


def build(**more: Any) -> Any:
    return tincan.Statement(
        actor=tincan.Agent(account=tincan.AgentAccount(home_page=HOME, name=str(uuid4()))),
        verb=tincan.Verb(id="http://adlnet.gov/expapi/verbs/attempted", display=tincan.LanguageMap({"vi": "đã thử"})),
        object=tincan.Activity(id=f"{HOME}/activity/{uuid4()}"),
        **more,
    )


# --- tincan ----------------------------------------------------------------------------------------------------------


def test_tincan_about(remote: Any) -> None:
    """It reads only versions that it knows, and 2.0.0 it does not."""
    request = tincan.HTTPRequest(method="GET", resource="about")
    answer = remote._send_request(request)
    assert answer.success
    assert "1.0.3" in json.loads(answer.data)["version"]


def test_tincan_saves_and_retrieves(remote: Any) -> None:
    sent = build(id=str(uuid4()))
    assert remote.save_statement(sent).success
    found = remote.retrieve_statement(sent.id)
    assert (found.success, found.content.verb.display["vi"], found.content.actor) == (True, "đã thử", sent.actor)
    without_id = build()
    assert remote.save_statement(without_id).success
    assert remote.retrieve_statement(without_id.id).success
    batch = remote.save_statements([build(), build()])
    assert (batch.success, all(each.id for each in batch.content)) == (True, True)


def test_tincan_queries_page_by_page(remote: Any) -> None:
    """It writes a Python True as "True", which is no boolean of xAPI; so the text is given."""
    sent = [build(id=str(uuid4())) for _ in range(3)]
    for each in sent:
        each.actor = sent[0].actor
    assert remote.save_statements(sent).success
    first = remote.query_statements({"agent": sent[0].actor, "limit": 2, "ascending": "true"})
    assert (first.success, len(first.content.statements)) == (True, 2)
    rest = remote.more_statements(first.content)
    assert (rest.success, [str(each.id) for each in rest.content.statements]) == (True, [str(sent[2].id)])


def test_tincan_voids(remote: Any) -> None:
    sent = build(id=str(uuid4()))
    remote.save_statement(sent)
    voiding = tincan.Statement(
        actor=sent.actor,
        verb=tincan.Verb(id="http://adlnet.gov/expapi/verbs/voided"),
        object=tincan.StatementRef(id=sent.id),
    )
    assert remote.save_statement(voiding).success
    assert not remote.retrieve_statement(sent.id).success
    assert str(remote.retrieve_voided_statement(sent.id).content.id) == str(sent.id)


def test_tincan_keeps_state(remote: Any) -> None:
    sent = build()
    state = StateDocument(
        id="bookmark",
        activity=sent.object,
        agent=sent.actor,
        content=bytearray(b'{"page": 3}'),
        content_type="application/json",
    )
    assert remote.save_state(state).success
    found = remote.retrieve_state(sent.object, sent.actor, "bookmark")
    assert (found.success, bytes(found.content.content)) == (True, b'{"page": 3}')
    assert remote.retrieve_state_ids(sent.object, sent.actor).content == ["bookmark"]
    assert remote.delete_state(state).success
    assert remote.save_state(state).success
    assert remote.clear_state(sent.object, sent.actor).success
    assert remote.retrieve_state_ids(sent.object, sent.actor).content == []


def test_tincan_keeps_profiles(remote: Any, endpoint: Endpoint) -> None:
    """It sends no precondition for a new profile, which 1.0.3 demands (Part Three, 3.1): the first write is another's.

    And it looks for ETag where its own HTTP library does not put it, so it is told.
    """
    sent = build()
    cases: list[tuple[str, dict[str, str], Any, Any]] = [
        ("activity", {"activityId": sent.object.id}, ActivityProfileDocument, {"activity": sent.object}),
        ("agent", {"agent": sent.actor.to_json("1.0.3")}, AgentProfileDocument, {"agent": sent.actor}),
    ]
    for kind, place, document, owner in cases:
        [owned] = owner.values()
        save, retrieve = getattr(remote, f"save_{kind}_profile"), getattr(remote, f"retrieve_{kind}_profile")
        profile = document(id="p", content=bytearray(b"one"), content_type="text/plain", **owner)
        assert save(profile).response.status == 400
        path = f"{'activities' if kind == 'activity' else 'agents'}/profile?{urlencode({**place, 'profileId': 'p'})}"
        headers = {"If-None-Match": "*", "Content-Type": "text/plain"}
        assert endpoint.raw("PUT", path, b"one", headers)[0] == 204
        found = retrieve(owned, "p")
        assert (found.success, bytes(found.content.content)) == (True, b"one")
        profile.content, profile.etag = bytearray(b"two"), found.response.getheader("ETag")
        assert save(profile).success
        assert save(profile).response.status == 412
        assert getattr(remote, f"retrieve_{kind}_profile_ids")(owned).content == ["p"]
        profile.etag = retrieve(owned, "p").response.getheader("ETag")
        assert getattr(remote, f"delete_{kind}_profile")(profile).success
        assert getattr(remote, f"retrieve_{kind}_profile_ids")(owned).content == []


# --- @xapi/xapi ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_xapi_js(endpoint: Endpoint, version: str) -> None:
    node = shutil.which("node")
    require(node, "Node.js")
    require((ROOT / "node_modules/@xapi/xapi").is_dir(), "@xapi/xapi (npm ci)")
    script = ROOT / "tests/bdhvs_xapi/lrs/clients/xapi_js.cjs"
    done = subprocess.run(
        [str(node), str(script), f"{endpoint.url}/", endpoint.key, endpoint.secret, version],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {"1.0.3", "2.0.0"} <= set(found.pop("about"))
    expected: dict[str, Any] = {
        "sent": True,
        "batch": 2,
        "verb": "đã thử",
        "pages": [2, 1, ""],
        "related": 3,
        "afterVoiding": 404,
        "voided": True,
        "attachment": [True, "bài luận"],
        "state": {"page": 2, "mark": "đây"},
        "states": ["bookmark"],
        "noStates": [],
        "person": "Person",
        "activity": True,
    }
    for name in ("ActivityProfile", "AgentProfile"):
        expected |= {
            f"again{name}": 412,
            name: {"a": 3, "b": 4},
            f"stale{name}": 412,
            f"ids{name}": ["https://lms.example.vn/profile"],
            f"gone{name}": 404,
        }
    assert found == expected


# --- over the line ---------------------------------------------------------------------------------------------------


def test_head_has_a_length_and_no_body_over_the_line(endpoint: Endpoint) -> None:
    sent = statement()
    assert endpoint.raw("POST", "statements", json.dumps(sent), {"Content-Type": "application/json"})[0] == 200
    path = f"statements?statementId={sent['id']}"
    status, headers, body = endpoint.raw("GET", path)
    head_status, head_headers, head_body = endpoint.raw("HEAD", path)
    assert (status, head_status, head_body) == (200, 200, b"")
    assert head_headers["content-length"] == headers["content-length"] == str(len(body))
    assert head_headers["etag"] == headers["etag"]


def test_a_content_in_chunks_is_read(endpoint: Endpoint) -> None:
    sent = statement()
    raw = json.dumps(sent).encode()
    pieces = iter([raw[:10], raw[10:50], raw[50:]])
    headers = {"Content-Type": "application/json", "Transfer-Encoding": "chunked"}
    status, _, body = endpoint.raw("POST", "statements", pieces, headers)
    assert (status, body) == (200, json.dumps([sent["id"]]).encode())


@pytest.mark.parametrize("chunked", [False, True])
def test_a_content_that_is_too_large_is_413_over_the_line(endpoint: Endpoint, chunked: bool) -> None:
    headers = {"Content-Type": "application/json", **({"Transfer-Encoding": "chunked"} if chunked else {})}
    content: Any = iter([b"x" * 100_000] * 4) if chunked else b"x" * 400_000
    status, headers, body = endpoint.raw("POST", "statements", content, headers)
    assert (status, headers["content-type"]) == (413, "application/json")
    assert b"300000" in body


def test_attachments_are_streamed_over_the_line(endpoint: Endpoint) -> None:
    from tests.bdhvs_xapi.lrs.support import attachment, multipart, part

    data = bytes(range(256)) * 800
    sent = statement(attachments=[attachment(data)])
    content_type, content = multipart(sent, part(data))
    assert endpoint.raw("POST", "statements", content, {"Content-Type": content_type})[0] == 200
    status, headers, body = endpoint.raw("GET", f"statements?statementId={sent['id']}&attachments=true")
    assert (status, headers["content-type"].startswith("multipart/mixed"), data in body) == (200, True, True)


def test_part3_2_1_3_consistent_through_is_recent_and_true(endpoint: Endpoint) -> None:
    """Here, because within a test's own transaction on PostgreSQL there is a writer that has not ended."""
    sent = statement()
    headers = {"Content-Type": "application/json"}
    _, posted, _ = endpoint.raw("POST", "statements", json.dumps(sent), headers)
    _, got, body = endpoint.raw("GET", f"statements?statementId={sent['id']}")
    stored = datetime.fromisoformat(json.loads(body)["stored"])
    name = "x-experience-api-consistent-through"
    for each in (posted, got):
        assert stored <= datetime.fromisoformat(each[name]) <= datetime.now(UTC)
    query = urlencode({"since": got[name]})
    assert json.loads(endpoint.raw("GET", f"statements?{query}")[2])["statements"] == []
    later = statement()
    endpoint.raw("POST", "statements", json.dumps(later), headers)
    found = json.loads(endpoint.raw("GET", f"statements?{query}")[2])["statements"]
    assert [each["id"] for each in found] == [later["id"]]


# --- several at once -------------------------------------------------------------------------------------------------


def at_once(calls: list[Callable[[], int]]) -> list[int]:
    """What calls gave that began together, in threads of their own."""
    gate = threading.Barrier(len(calls))

    def begin(call: Callable[[], int]) -> int:
        gate.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(begin, calls))


def profile(
    endpoint: Endpoint, method: str, name: str, value: Any = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    path = f"activities/profile?{urlencode({'activityId': f'{HOME}/shared', 'profileId': name})}"
    sent = {"Content-Type": "application/json", **{key.replace("_", "-"): text for key, text in headers.items()}}
    return endpoint.raw(method, path, None if value is None else json.dumps(value), sent)


def make(endpoint: Endpoint, name: str, by: int) -> int:
    return profile(endpoint, "PUT", name, {"by": by}, If_None_Match="*")[0]


def test_of_several_who_make_one_document_one_succeeds(endpoint: Endpoint) -> None:
    for number in range(rounds(3, 30)):
        name = f"new {number}"
        statuses = at_once([partial(make, endpoint, name, by) for by in range(6)])
        assert sorted(statuses) == [204] + [412] * 5
        assert json.loads(profile(endpoint, "GET", name)[2])["by"] == statuses.index(204)


def test_no_update_is_lost(endpoint: Endpoint) -> None:
    """Everybody counts up by ETag and If-Match, and begins anew when somebody else was faster."""
    assert profile(endpoint, "PUT", "counter", {"n": 0}, If_None_Match="*")[0] == 204
    times = rounds(3, 40)

    def count_up() -> int:
        tries = 0
        for _ in range(times):
            while True:
                tries += 1
                _, headers, body = profile(endpoint, "GET", "counter")
                value = {"n": json.loads(body)["n"] + 1}
                status = profile(endpoint, "PUT", "counter", value, If_Match=headers["etag"])[0]
                if status == 204:
                    break
                assert status == 412
        return tries

    tries = at_once([count_up] * 4)
    assert json.loads(profile(endpoint, "GET", "counter")[2]) == {"n": 4 * times}
    assert sum(tries) >= 4 * times


def test_merges_at_once_all_arrive(endpoint: Endpoint) -> None:
    keys = [f"k{number}" for number in range(6)]
    times = rounds(3, 30)

    def merge(key: str) -> int:
        return max(profile(endpoint, "POST", "merged", {f"{key}-{number}": number})[0] for number in range(times))

    assert set(at_once([partial(merge, key) for key in keys])) == {204}
    assert len(json.loads(profile(endpoint, "GET", "merged")[2])) == len(keys) * times


def send(endpoint: Endpoint, sent: dict[str, Any]) -> int:
    return endpoint.raw("POST", "statements", json.dumps([sent]), {"Content-Type": "application/json"})[0]


def test_one_statement_sent_by_several_at_once_is_stored_once(endpoint: Endpoint) -> None:
    for _ in range(rounds(3, 30)):
        sent = statement(verb={"id": f"{HOME}/verb/{uuid4()}"})
        other = {**sent, "result": {"success": False}}
        statuses = at_once([partial(send, endpoint, each) for each in [sent] * 5 + [other]])
        # Whoever came first, of the two contents only one is stored.
        assert statuses in ([200] * 5 + [409], [409] * 5 + [200])
        query = urlencode({"verb": sent["verb"]["id"]})
        found = json.loads(endpoint.raw("GET", f"statements?{query}")[2])
        assert [each["id"] for each in found["statements"]] == [sent["id"]]


def test_nothing_of_a_secret_is_in_the_servers_log(site: Installation, endpoint: Endpoint) -> None:
    endpoint.raw("GET", "nothing")
    endpoint.raw("POST", "statements", b"nonsense", {"Content-Type": "application/json"})
    log = "".join(server.log.read_text(errors="replace") for server in site.servers)
    assert endpoint.secret not in log
    assert "Traceback" not in log
