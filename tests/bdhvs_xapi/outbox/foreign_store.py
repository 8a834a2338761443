"""Somebody else's record store, a process of its own that does what a test tells it: it stands for a foreign server.

It keeps what it is sent as xAPI 1.0.3 wants (a batch is atomic, an id has one content), and can be told to misbehave:

- ``plan``: what the next requests to /statements get, one each: a status ("500"), a status with Retry-After ("429:7"),
  "hang", "drop" (ends the connection without an answer), "drop-after" (keeps the batch, then does that), "page" (200
  with HTML), "dribble" (a byte now and then), "ok". Afterwards ``always``, or as it should be.
- ``bad``: ids for which a batch is answered with 400; ``forbidden``: 403; ``poison``: 500;
  ``most``: statements of a batch, else 413.
- ``versions``: what /about says; ``readable``: false, and reading is answered with 403.
- ``statements``: what GET answers with, ``page`` at a time; ``through``: its X-Experience-API-Consistent-Through;
  ``more``: written before the address of the next page; ``parts``: sha2 to base64 of what is attached.

``PUT /control`` resets everything and sets these; ``GET /control`` says what was seen. Prints its port when it listens.
"""

from __future__ import annotations

import base64
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Memory:
    def __init__(self, **told: Any) -> None:
        self.told = {
            "plan": [],
            "always": "ok",
            "bad": [],
            "forbidden": [],
            "poison": [],
            "most": 1000,
            "versions": ["1.0.0", "1.0.3"],
            "readable": True,
            "statements": None,
            "page": 2,
            "through": None,
            "more": "",
            "parts": {},
        } | told
        self.kept: dict[str, Any] = {}
        # Times that an id came, however it was answered; that it was kept anew; requests; hashes of attachments.
        self.came: dict[str, int] = {}
        self.requests: list[str] = []
        self.heads: list[dict[str, str]] = []
        self.hashes: list[str] = []


lock = threading.Lock()
memory = Memory()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer is one packet, and does not wait for the receipt of the one before.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_PUT(self) -> None:
        global memory
        memory = Memory(**json.loads(self._body()))
        self._answer(204)

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path == "/control":
            self._answer(200, {name: value for name, value in vars(memory).items() if name != "told"})
            return
        with lock:
            memory.requests.append(f"GET {self.path}")
            memory.heads.append(dict(self.headers.items()))
        if url.path == "/xapi/about":
            self._answer(200, {"version": memory.told["versions"]})
        elif not self._planned():
            return
        elif not memory.told["readable"]:
            self._answer(403, "these credentials may only write")
        elif "statementId" in asked or "voidedStatementId" in asked:
            found = memory.kept.get(asked.get("statementId", ""))
            self._answer(404 if found is None else 200, found or "no such statement")
        else:
            self._page(asked)

    def do_POST(self) -> None:
        body = self._body()
        if len(body) < int(self.headers["Content-Length"]):
            # The sender died while it sent.
            self.close_connection = True
            return
        with lock:
            memory.requests.append("POST")
            memory.heads.append(dict(self.headers.items()))
        if "multipart" in self.headers["Content-Type"]:
            boundary = self.headers["Content-Type"].split("boundary=")[1].strip('"').encode()
            first, *rest = body.split(b"--" + boundary)[1:-1]
            body = first.split(b"\r\n\r\n", 1)[1]
            for part in rest:
                head = part.split(b"\r\n\r\n", 1)[0].decode()
                memory.hashes += [
                    line[23:] for line in head.split("\r\n") if line.startswith("X-Experience-API-Hash: ")
                ]
        batch = json.loads(body)
        with lock:
            for each in batch:
                memory.came[each["id"]] = memory.came.get(each["id"], 0) + 1
        if self._planned(batch):
            self._keep(batch)

    def _keep(self, batch: list[Any]) -> None:
        ids = [each["id"] for each in batch]
        with lock:
            if len(batch) > memory.told["most"]:
                status = 413
            elif set(ids) & set(memory.told["poison"]):
                status = 500
            elif set(ids) & set(memory.told["bad"]):
                status = 400
            elif set(ids) & set(memory.told["forbidden"]):
                status = 403
            elif any(memory.kept.get(each["id"], each) != each for each in batch):
                status = 409
            else:
                status = 200
                memory.kept |= {each["id"]: each for each in batch}
        self._answer(status, ids if status == 200 else f"this is why it is {status}")

    def _page(self, asked: dict[str, str]) -> None:
        statements = memory.told["statements"]
        if statements is None:
            self._answer(200, {"statements": [], "more": ""})
            return
        start = int(asked.get("from", 0))
        found = [each for each in statements if each.get("stored", "") > asked.get("since", "")]
        size = min(memory.told["page"], int(asked.get("limit", 1000)))
        part, rest = found[start : start + size], found[start + size :]
        asked_too = "".join(f"&{name}={asked[name]}" for name in ("since", "limit") if name in asked)
        more = f"{memory.told['more']}/xapi/statements?from={start + len(part)}{asked_too}" if rest else ""
        headers = {"X-Experience-API-Consistent-Through": memory.told["through"]} if memory.told["through"] else {}
        self._answer(200, {"statements": part, "more": more}, headers, memory.told["parts"])

    def _planned(self, batch: list[Any] | None = None) -> bool:
        """Whether to go on as a good store would."""
        with lock:
            step = memory.told["plan"].pop(0) if memory.told["plan"] else memory.told["always"]
        if step == "ok":
            return True
        if step == "hang":
            time.sleep(5)
        elif step == "drop-after" and batch is not None:
            with lock:
                memory.kept |= {each["id"]: each for each in batch}
        if step in ("hang", "drop", "drop-after"):
            self.close_connection = True
        elif step == "dribble":
            self._dribble()
        elif step == "page":
            self._answer(200, "<html>Welcome</html>")
        else:
            status, _, wait = step.partition(":")
            self._answer(int(status), f"told to answer {status}", {"Retry-After": wait} if wait else {})
        return False

    def _dribble(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        try:
            for _ in range(100):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            # The other side had enough.
            self.close_connection = True

    def _answer(
        self, status: int, body: Any = None, headers: dict[str, str] | None = None, parts: dict[str, str] | None = None
    ) -> None:
        raw = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        kind = "text/plain" if isinstance(body, str) else "application/json"
        if parts:
            kind = "multipart/mixed; boundary=abc"
            raw = b"--abc\r\nContent-Type: application/json\r\n\r\n" + raw
            for sha2, data in parts.items():
                raw += f"\r\n--abc\r\nX-Experience-API-Hash: {sha2}\r\nContent-Type: a/b\r\n\r\n".encode()
                raw += base64.b64decode(data)
            raw += b"\r\n--abc--\r\n"
        self.send_response(status)
        for name, value in {"Content-Type": kind, **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Senders that die are what some tests are about; everything else is to be seen."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


if __name__ == "__main__":
    server = Server(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()
