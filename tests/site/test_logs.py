"""What the log holds of a request and of a fault, and how much of it."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from django.db import OperationalError, connection
from django.test import Client

from bdhvs_lms.site.logs import EVERY_SECONDS, KINDS, RESTED_SECONDS, Counted, Faults, JsonLines, VisitorsFaults
from tests.support.live import Installation, Server

pytestmark = pytest.mark.database


class Kept(logging.Handler):
    """What the ready site's handler would have written, as JSON."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict[str, Any]] = []
        self.setFormatter(JsonLines())
        self.addFilter(VisitorsFaults())
        self.addFilter(Counted(Faults()))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))

    def of(self, name: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["logger"] == name]


@pytest.fixture
def kept(settings: Any) -> Iterator[Kept]:
    settings.BDHVS_LOG_REQUESTS = True
    handler, root = Kept(), logging.getLogger()
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)


def request_lines(kept: Kept) -> list[tuple[str, str, int, str]]:
    return [(line["method"], line["path"], line["status"], line["view"]) for line in kept.of("bdhvs_lms.request")]


@pytest.mark.django_db
@pytest.mark.urls("tests.support.breaking")
def test_a_request_is_one_line_that_names_nobody(kept: Kept) -> None:
    client = Client(raise_request_exception=False, headers={"X-Request-ID": "given-by-visitor"})
    answer = client.get("/dang-nhap/?next=/viec-hoc/&ten=Lan")
    client.get("/breaks/0912345678/")
    client.get("/the/secretcode/")
    client.get("/khong-co/nguyen-thi-lan/")
    client.get("/documents/17/danh-sach-lan.pdf")
    client.get("/healthz")
    client.post("/xapi/statements", {"a": "Lan"}, "application/json")
    assert request_lines(kept) == [
        ("GET", "/dang-nhap/", 200, "bdhvs_lms:sign-in"),
        ("GET", "/breaks/<str:code>/", 500, "breaks"),
        ("GET", "/the/…", 404, "wagtail_serve"),
        ("GET", "/khong-co/…", 404, "wagtail_serve"),
        ("GET", "/documents/<0>/<1>", 404, "wagtaildocs_serve"),
        ("POST", "/xapi/statements", 400, "bdhvs_xapi:statements"),
    ]
    first = kept.of("bdhvs_lms.request")[0]
    assert answer.headers["X-Request-ID"] == first["request_id"] != "given-by-visitor"
    assert first["size"] == len(answer.content) and 0 < first["ms"] < 60_000 and first["db_ms"] <= first["ms"]
    everything = json.dumps(kept.lines, ensure_ascii=False)
    # The fault's own traceback says what was wrong with which value; nothing else names it.
    [fault] = [line for line in kept.lines if "exception" in line]
    assert fault["request_id"] == kept.of("bdhvs_lms.request")[1]["request_id"]
    assert "ValueError:  0912345678" in fault["exception"]
    told = everything.replace(json.dumps(fault["exception"], ensure_ascii=False), "")
    for personal in ("Lan", "lan", "0912345678", "secretcode", "127.0.0.1"):
        assert personal not in told


@pytest.mark.django_db
def test_the_proxys_name_for_a_request_is_kept_where_there_is_a_proxy(kept: Kept, settings: Any) -> None:
    settings.BDHVS_CLIENT_ADDRESS_HEADER = "HTTP_X_FORWARDED_FOR"
    for given, kept_as_given in (("from-the-proxy-1", True), ("a b\n", False), ("x" * 65, False)):
        answer = Client().get("/dang-nhap/", headers={"X-Request-ID": given})
        assert (answer.headers["X-Request-ID"] == given) is kept_as_given


@pytest.mark.django_db
def test_without_the_setting_there_is_no_line_and_no_header(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "bdhvs_lms.request"):
        assert "X-Request-ID" not in client.get("/dang-nhap/").headers
    assert [record for record in caplog.records if record.name == "bdhvs_lms.request"] == []


# --- How much of it --------------------------------------------------------------------------------------------------


class Log:
    """A log whose clock is turned by hand."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.faults = Faults(lambda: self.now)
        self.counted = Counted(self.faults)

    def say(self, raised: Callable[[], Any]) -> str:
        """What becomes of the line: the traceback, "" or a text."""
        try:
            raised()
        except Exception:
            record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "Away: %s", ("/",), sys.exc_info())
            if not self.counted.filter(record):
                return ""
            return "traceback" if record.exc_info else record.getMessage()
        raise AssertionError


def away() -> None:
    raise OperationalError("connection refused")


def away_elsewhere() -> None:
    raise OperationalError("server closed the connection")


def wrong() -> None:
    raise KeyError("a")


def test_the_same_fault_has_one_traceback_and_then_a_number() -> None:
    log = Log()
    assert log.say(away) == "traceback"
    assert [log.say(away), log.say(away_elsewhere)] == ["", ""], "wherever it is noticed"
    assert log.say(wrong) == "traceback", "another one has its own"
    log.now += EVERY_SECONDS
    assert log.say(away) == "Away: /: OperationalError; this fault came 3 times since it was last said"
    assert log.say(away) == ""
    assert log.faults.left() == 0, "it is still under way"
    log.now += 2
    assert log.faults.left() == 1
    assert log.faults.left() == 0
    log.now += RESTED_SECONDS + 1
    assert log.say(away) == "traceback"


def test_of_faults_only_so_many_kinds_are_remembered() -> None:
    log = Log()
    made = [eval(f"lambda: ({chr(10) * number}1 / 0)") for number in range(KINDS + 1)]  # noqa: S307 - a place each
    for raised in made:
        assert log.say(raised) == "traceback"
    assert log.say(made[-1]) == ""
    assert log.say(made[0]) == "traceback", "the oldest is forgotten"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is never away")
def test_a_database_that_goes_away_is_one_traceback_a_process(
    installation: Installation, live_process: Callable[..., Server]
) -> None:
    from tests.support.forwarding import Forwarder

    with Forwarder(installation.database_url) as between:
        server = live_process(DATABASE_URL=between.url, BDHVS_LOG_FORMAT="json")
        with httpx.Client(base_url=server.url, timeout=30, cookies={"bdhvs-session": "a" * 32}) as client:
            between.cut()
            asked = [client.get(path).status_code for path in ("/dang-nhap/", "/", "/quan-tri/", "/healthz") * 10]
            assert set(asked) == {503}
            between.mend()
            assert client.get("/healthz").status_code == 200
            assert client.get("/dang-nhap/").status_code == 200
        # What granian and Django say, from the first line on: JSON.
        lines = [json.loads(line) for line in server.log.read_text().splitlines()]
        assert len([line for line in lines if "exception" in line]) == 1
        assert len([line for line in lines if line["logger"] == "bdhvs_lms.request" and line["status"] == 503]) == 40
