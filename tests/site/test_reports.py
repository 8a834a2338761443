"""Faults reported to a Sentry: a server of the test's own reads every byte that is sent."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import brotli
import pytest
from django.core.exceptions import ImproperlyConfigured

from bdhvs_lms.site.reports import scrubbed, start
from tests.support.live import Installation

SECRETS = ("Nguyễn", "Lan", "0912345678", "mat-khau", "203.0.113.9", "cookie-cua-lan")


# Twice the same fault, an error of the log, and a page that works.
VISIT = """
import logging, sys
from django.conf import settings
settings.ROOT_URLCONF = "tests.support.breaking"
from django.test import Client
client = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1", REMOTE_ADDR="203.0.113.9")
client.cookies["a"] = "cookie-cua-lan"
form = {"ten": "Nguyễn Thị Lan", "password": "mat-khau"}
for _ in range(2):
    client.post("/breaks/0912345678/?ten=Lan", form, headers={"Referer": "https://a.example/?ten=Lan"})
logging.getLogger("x").error("%s is missing", "Lan")
client.get("/dang-nhap/")
print("sentry_sdk" in sys.modules)
"""


@contextmanager
def sentry() -> Iterator[tuple[str, list[str]]]:
    """(an address for it, the bodies of what came)"""
    came: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            unpack = {"gzip": gzip.decompress, "br": brotli.decompress}.get(self.headers.get("Content-Encoding", ""))
            came.append((unpack(body) if unpack else body).decode())
            self.send_response(200)
            self.end_headers()

        def log_message(self, *given: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield f"http://key@127.0.0.1:{server.server_port}/1", came
        finally:
            server.shutdown()
            serving.join()


def test_a_fault_is_reported_once_and_names_nobody(installation: Installation) -> None:
    with sentry() as (address, came):
        assert installation.python(VISIT, BDHVS_SENTRY_DSN=address).split()[-1] == "True"
    events = [json.loads(line) for body in came for line in body.splitlines() if '"platform"' in line]
    fault, said = sorted(events, key=lambda event: "exception" not in event)
    [error] = fault["exception"]["values"]
    assert (error["type"], error["stacktrace"]["frames"][-1]["function"]) == ("ValueError", "breaks")
    assert error["stacktrace"]["frames"][-1]["context_line"].strip() == 'raise ValueError(f"{name} {code}")'
    assert fault["transaction"] == "/breaks/{code}/"
    assert said["logentry"] == {"message": "%s is missing"}
    assert fault["environment"] == "127.0.0.1" and fault["release"].startswith("bdhvs-lms@")
    everything = "\n".join(came)
    assert [secret for secret in SECRETS if secret in everything] == []
    assert all(
        name not in everything for name in ('"vars"', '"request"', '"user"', '"breadcrumbs"', '"server_name": "')
    )


def test_without_the_setting_the_library_is_not_even_loaded(installation: Installation) -> None:
    assert installation.python(VISIT).split()[-1] == "False"


def test_what_a_later_version_adds_is_left_out() -> None:
    event = {"event_id": "1", "request": {"url": "/the/abc/"}, "user": {"id": 7}, "extra": {"a": "Lan"}, "new": "Lan"}
    event["transaction"], event["transaction_info"] = "/the/abc/", {"source": "url"}
    assert scrubbed(event, {}) == {"event_id": "1", "server_name": "", "tags": {}}


def test_an_address_that_is_none_stops_the_start() -> None:
    with pytest.raises(ImproperlyConfigured, match="BDHVS_SENTRY_DSN is no address"):
        start("lan", environment="x", release="y")
