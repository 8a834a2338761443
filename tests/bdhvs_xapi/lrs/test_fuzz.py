"""No input makes an error of the server, none is stored that is no statement, and memory stays flat.

Ordinarily a few hundred requests in this process. With BDHVS_SOAK=1 a hundred thousand to a running site.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdhvs_xapi.statements.validate import parse
from bdhvs_xapi.statements.versions import Version
from tests.bdhvs_xapi.lrs.requests_by_chance import STATUSES, Maker, Request
from tests.bdhvs_xapi.lrs.support import ROOT, Lrs
from tests.support.live import Installation, Server
from tests.support.soak import SOAKING

# Growth of a worker's memory over the second half of the soak, in MiB: caches are full by then.
MAX_GROWTH = 24


def looked_at(status: int, headers: dict[str, str], body: bytes, request: Request) -> None:
    """What every answer must be."""
    assert status in STATUSES, (status, body[:500], request)
    assert headers["x-experience-api-version"] in ("1.0.3", "2.0.0")
    if status >= 400 and request.method != "HEAD" and body:
        assert headers["content-type"] == "application/json"
        assert json.loads(body).keys() == {"error", "problems"}


@given(first=st.integers(min_value=0, max_value=2**40))
def test_no_input_makes_an_error_of_the_server(lrs1: Lrs, first: int) -> None:
    for seed in range(first, first + 5):
        request = Maker(seed).request()
        response = lrs1.client.generic(
            request.method,
            ROOT + request.path,
            request.content,
            content_type=request.headers.get("Content-Type", ""),
            headers={**lrs1.headers, **{name: text for name, text in request.headers.items() if text.isprintable()}},
        )
        body = b"".join(response.streaming_content) if response.streaming else response.content
        looked_at(response.status_code, {name.lower(): text for name, text in response.headers.items()}, body, request)
    assert_sound(lrs1.get("statements", limit=0).json()["statements"])


def assert_sound(statements: list[dict[str, Any]]) -> None:
    """Each is a statement of the dialect that it names."""
    for statement in statements:
        version = Version.V1 if statement["version"].startswith("1.0") else Version.V2
        parse(json.dumps(statement).encode(), version)


def memory(server: Server) -> int:
    """MiB of the server and its workers, without the database's file, which is mapped."""
    pids = [server.pid]
    for task in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = task.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == server.pid and int(task.parent.name) != server.pid:
            pids.append(int(task.parent.name))
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                total += int(line.split()[1])
    return total // 1024


@pytest.mark.skipif(not SOAKING, reason="the soak: BDHVS_SOAK=1")
def test_a_hundred_thousand_requests(installation: Installation, live_process: Callable[..., Server]) -> None:
    made = json.loads(installation.manage("lrs", "credential", "soak", "--scope", "all", "--json"))
    server = live_process(BDHVS_XAPI_REQUESTS_PER_MINUTE="0")
    token = base64.b64encode(f"{made['key']}:{made['secret']}".encode()).decode()
    line = Line(urlsplit(server.url).netloc, {"Authorization": f"Basic {token}"})
    try:
        counted, grown = soak(line, server, 100_000)
        print(f"answers: {dict(sorted(counted.items()))}; MiB: {grown}")  # noqa: T201 - what a soak is run for
        assert {200, 204, 400, 404, 409, 412} <= set(counted)
        assert grown[-1] - grown[len(grown) // 2] < MAX_GROWTH, grown
        page = "statements"
        while page:
            _, _, body = line.ask(Request("GET", page, b"", {"X-Experience-API-Version": "2.0.0"}))
            result = json.loads(body)
            assert_sound(result["statements"])
            page = result["more"].removeprefix(ROOT)
    finally:
        line.connection.close()
    assert "Traceback" not in server.log.read_text(errors="replace")


class Line:
    """A connection that is kept, and opened anew when the server has closed it (it may, after a refusal)."""

    def __init__(self, host: str, headers: dict[str, str]) -> None:
        self.host, self.headers = host, headers
        self.connection = HTTPConnection(host, timeout=30)

    def ask(self, request: Request) -> tuple[int, dict[str, str], bytes]:
        try:
            return self._ask(request)
        except (HTTPException, OSError):
            self.connection.close()
            self.connection = HTTPConnection(self.host, timeout=30)
            return self._ask(request)

    def _ask(self, request: Request) -> tuple[int, dict[str, str], bytes]:
        headers = self.headers | {name: text for name, text in request.headers.items() if text.isprintable()}
        self.connection.request(request.method, f"{ROOT}{request.path}", request.content, headers)
        response = self.connection.getresponse()
        body = response.read()
        return response.status, {name.lower(): text for name, text in response.getheaders()}, body


def soak(line: Line, server: Server, number: int) -> tuple[Counter[int], list[int]]:
    """(how often each status came, MiB of the server at twenty moments)."""
    counted: Counter[int] = Counter()
    grown: list[int] = []
    more: list[str] = []
    for seed in range(number):
        request = Maker(seed, more).request()
        status, headers, body = line.ask(request)
        counted[status] += 1
        if status == 400 and "x-experience-api-version" not in headers:
            continue  # not HTTP at all: the server in front of the application says so
        looked_at(status, headers, body, request)
        if status == 200 and b'"more":"/' in body and headers["content-type"] == "application/json":
            more = [*more[-20:], json.loads(body)["more"].removeprefix(ROOT)]
        if seed % (number // 20) == 0:
            grown.append(memory(server))
    return counted, grown
