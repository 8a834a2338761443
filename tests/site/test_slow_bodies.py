"""Visitors who send or read slowly, as real connections to a real server: nobody else waits for them."""

from __future__ import annotations

import hashlib
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from tests.support.live import Installation, Server

pytestmark = pytest.mark.thorough

# Far more than an answer takes on a busy machine, and less than the server gives a slow body.
PATIENCE = 15
TOKEN = "t" * 32


def connect(server: Server) -> socket.socket:
    parts = urlsplit(server.url)
    made = socket.create_connection((parts.hostname or "", parts.port or 0), timeout=60)
    return made


def head(method: str, path: str, *headers: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""]).encode()


@contextmanager
def trickling(server: Server, connections: int) -> Iterator[list[socket.socket]]:
    """Bodies that do not end, on every kind of address that takes one; every second sends one byte a moment."""
    form = "Content-Type: application/x-www-form-urlencoded"
    kinds = [
        head("POST", "/dang-nhap/", form, "Content-Length: 100000"),
        head("POST", "/khoa-hoc/kiem-tra/", form, "Content-Length: 3000"),
        head("POST", "/quan-tri/snippets/bdhvs_h5p/h5pcontent/add/", "Content-Type: multipart/form-data; boundary=x",
             "Content-Length: 100000000"),
        head("POST", "/xapi/statements", "Content-Type: application/json", "Content-Length: 100000"),
        head("POST", "/xapi/statements?method=POST", form, "Content-Length: 100000"),
        head("POST", "/dang-nhap/", form, "Transfer-Encoding: chunked"),
        head("PUT", "/xapi/activities/state", "Content-Type: application/json", "Content-Length: 100000"),
        head("GET", "/", "Content-Length: 100000"),
    ]  # fmt: skip
    with ExitStack() as opened:
        sockets = [opened.enter_context(connect(server)) for _ in range(connections)]
        for number, each in enumerate(sockets):
            each.sendall(kinds[number % len(kinds)] + b"1\r\na\r\n")
        ended = threading.Event()

        def go_on() -> None:
            while not ended.wait(0.5):
                for each in sockets[::2]:
                    try:
                        each.sendall(b"1\r\na\r\n")
                    except OSError:
                        pass  # the server has closed it

        sender = threading.Thread(target=go_on)
        sender.start()
        try:
            yield sockets
        finally:
            ended.set()
            sender.join()


def test_forty_telephones_behind_one_address_send_slowly_and_bodies_that_do_not_end_keep_nobody_waiting(
    live_process: Callable[..., Server],
) -> None:
    server = live_process(workers=2)
    all_are_answered(server)
    with trickling(server, 50):
        for path in ("/dang-nhap/", "/healthz", "/xapi/about", "/quan-tri/login/", "/", "/en/"):
            # A connection each: both processes are asked.
            answers = [httpx.get(f"{server.url}{path}", timeout=PATIENCE).status_code for _ in range(4)]
            assert set(answers) <= {200, 404}, path
        form = httpx.post(f"{server.url}/dang-nhap/", data={"username": "a" * 200}, timeout=PATIENCE)
        assert form.status_code == 403  # no CSRF token: the site itself has read it
        # It ends, whatever is under way.
        assert server.stop() == 0


def test_who_has_left_is_not_worked_for(live_process: Callable[..., Server]) -> None:
    server = live_process(BDHVS_METRICS_TOKEN=TOKEN)
    lines = [connect(server) for _ in range(200)]
    for line in lines:
        line.sendall(head("GET", "/dang-nhap/"))
    for line in lines:
        line.close()
    # From the same address: it waits for all that are worked for.
    numbers = httpx.get(f"{server.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60).text
    [worked] = re.findall(r'bdhvs_requests_total\{[^}]*view="bdhvs_lms:sign-in"\} (\d+)', numbers)
    assert 0 < int(worked) < 100


def all_are_answered(server: Server) -> None:
    """Forty telephones that send slowly."""
    body = b"username=lan&password=" + b"x" * 3000
    lines = threading.Barrier(40)

    def send(_: int) -> bytes:
        with connect(server) as line:
            lines.wait()
            line.sendall(
                head("POST", "/dang-nhap/", "Content-Type: application/x-www-form-urlencoded",
                     f"Content-Length: {len(body)}", "Connection: close")
            )  # fmt: skip
            for start in range(0, len(body), 300):
                line.sendall(body[start : start + 300])
                threading.Event().wait(0.1)
            return line.makefile("rb").readline()

    with ThreadPoolExecutor(40) as telephones:
        answers = list(telephones.map(send, range(40)))
    assert set(answers) == {b"HTTP/1.1 403 Forbidden\r\n"}  # no CSRF token: each was read to its end


def test_what_goes_over_the_line_is_what_the_site_says_and_who_does_not_read_keeps_nobody_waiting(
    installation: Installation, live_process: Callable[..., Server]
) -> None:
    """Forms, files, ranges, and answers to what is too large, on one connection as far as it goes."""
    film = bytes(range(256)) * 12_000
    folder = installation.data_dir / "media" / "media"
    folder.mkdir(parents=True)
    (folder / "phim thử.mp4").write_bytes(film)
    (folder / "ngan.mp4").write_bytes(film[:5000])
    server = live_process(BDHVS_XAPI_MAX_BODY="3000000")
    made = json.loads(installation.manage("lrs", "credential", "clients", "--scope", "all", "--json"))
    with httpx.Client(base_url=server.url, timeout=60) as client:
        for name, content in (("phim thử.mp4", film), ("ngan.mp4", film[:5000])):
            address = f"/media/media/{name}"
            assert client.get(address).content == content
            part = client.get(address, headers={"Range": "bytes=1000-4999"})
            assert (part.status_code, part.content) == (206, content[1000:5000])
            assert part.headers["Content-Range"] == f"bytes 1000-4999/{len(content)}"
            rest = client.get(address, headers={"Range": f"bytes={len(content) - 100}-"})
            assert rest.content == content[-100:]
            shown = client.head(address)
            assert (shown.status_code, shown.headers["Content-Length"], shown.content) == (200, str(len(content)), b"")
        long = client.get(f"/media/media/{'phim thử.mp4'}", headers={"Range": "bytes=100000-2999999"})
        assert long.content == film[100_000:3_000_000]

        # A body and an answer that are too large for memory.
        digest = hashlib.sha256(film[:2_000_000]).hexdigest()
        statement = {
            "id": str(uuid4()),
            "actor": {"mbox": "mailto:lan@example.vn"},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/experienced"},
            "object": {"id": "https://example.vn/film"},
            "attachments": [{
                "usageType": "https://example.vn/film", "display": {"vi": "phim"}, "contentType": "video/mp4",
                "length": 2_000_000, "sha2": digest,
            }],
        }  # fmt: skip
        body = (
            b"--x\r\nContent-Type: application/json\r\n\r\n" + json.dumps(statement).encode()
            + b"\r\n--x\r\nContent-Type: video/mp4\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: "
            + digest.encode() + b"\r\n\r\n" + film[:2_000_000] + b"\r\n--x--\r\n"
        )  # fmt: skip
        lrs = {"X-Experience-API-Version": "1.0.3"}
        auth = (made["key"], made["secret"])
        kept = client.post(
            "/xapi/statements", content=body, headers={**lrs, "Content-Type": "multipart/mixed; boundary=x"}, auth=auth
        )
        assert (kept.status_code, kept.json()) == (200, [statement["id"]])
        asked = client.get(f"/xapi/statements?statementId={statement['id']}&attachments=true", headers=lrs, auth=auth)
        assert asked.headers["Content-Type"].startswith("multipart/mixed")
        assert film[:2_000_000] in asked.content

        # Too large: announced, and in pieces of which nobody knew how many come.
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        for content in (b"a=" + b"x" * 14_000_000, iter([b"a=", *[b"x" * 1_000_000] * 14])):
            refused = client.post("/dang-nhap/", content=content, headers=form)
            assert refused.status_code == 413
            # Of a visitor.
            assert "100 KB" in refused.text and "<main" in refused.text
        lrs["Content-Type"] = "application/json"
        refused = client.post("/xapi/statements", content=b"x" * 4_000_000, headers=lrs, auth=auth)
        assert (refused.status_code, refused.headers["Content-Type"]) == (413, "application/json")
        # A form whose length nobody announced is read like any other.
        pieces = client.post("/dang-nhap/", content=iter([b"username=lan", b"&password=x"]), headers=form)
        assert pieces.status_code == 403
    who_does_not_read_keeps_nobody_waiting(installation, server)


def who_does_not_read_keeps_nobody_waiting(installation: Installation, server: Server) -> None:
    """Of thirty films only the beginnings are read."""
    with (installation.data_dir / "media" / "media" / "phim.mp4").open("wb") as film:
        film.truncate(50_000_000)
    with ExitStack() as opened:
        for _ in range(15):
            for headers in ([], ["Range: bytes=1-"]):
                line = opened.enter_context(connect(server))
                line.sendall(head("GET", "/media/media/phim.mp4", *headers))
                assert line.recv(20).startswith(b"HTTP/1.1 20")
        assert httpx.get(f"{server.url}/dang-nhap/", timeout=PATIENCE).status_code == 200
        assert server.stop() == 0
