"""The record store over HTTP for benchmarks/lrs.py: a real `bdhvs serve` of one worker, one client, keep-alive."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from base64 import b64encode
from http.client import HTTPConnection
from pathlib import Path
from uuid import uuid4

import _lrs_store as store

ROOT = Path(__file__).parents[1]


class Client:
    """One connection with a credential that may do everything."""

    def __init__(self, url: str, key: str, secret: str) -> None:
        self.connection = HTTPConnection(url.removeprefix("http://"), timeout=60)
        self.headers = {
            "Authorization": "Basic " + b64encode(f"{key}:{secret}".encode()).decode(),
            "X-Experience-API-Version": "1.0.3",
            "Content-Type": "application/json",
        }

    def ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        self.connection.request(method, path, body, self.headers)
        response = self.connection.getresponse()
        content = response.read()
        if response.status not in (200, 204):
            raise SystemExit(f"{method} {path}: {response.status} {content[:300]!r}")
        return content


def cpu_of(group: int) -> float:
    """Seconds of the processor that a server's processes have used: it, its workers, whoever has ended."""
    ticks = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == group:
                ticks += sum(int(each) for each in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def cpu_of_postgresql(url: str) -> float:
    """The same of the database's processes, where it runs on this machine; 0 where not."""
    total = 0
    for entry in Path("/proc").iterdir() if url.startswith("postgres") else ():
        if entry.name.isdigit():
            try:
                if (entry / "comm").read_text().strip() == "postgres":
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                    total += sum(int(each) for each in fields[11:13])
            except OSError:
                continue
    return total / os.sysconf("SC_CLK_TCK")


def run(database_url: str, folder: Path, count: int) -> None:
    """Prints the table for one database, which is empty."""
    from tests.support.live import Installation

    site = Installation.make(folder, database_url, BDHVS_XAPI_REQUESTS_PER_MINUTE="100000000")
    try:
        site.manage("migrate")
        site.manage("collectstatic", "--no-input", "--verbosity", "0")
        made = site.manage("lrs", "credential", "benchmark", "--scope", "all", "--json")
        credential = json.loads(made)
        server = site.serve(workers=1)
        client = Client(server.url, credential["key"], credential["secret"])
        _measure(client, server.pid, database_url, count)
    finally:
        site.close()


def _measure(client: Client, pid: int, database_url: str, count: int) -> None:
    group = os.getpgid(pid)
    salt = str(uuid4())
    print(
        f"\n  {'over HTTP, one worker':<34} {'each':>6} {'a second':>9} {'CPU ms each':>12} {'PostgreSQL':>11}", end=""
    )
    print(f" {'p50 ms':>8} {'p95 ms':>8}")

    def line(name: str, each: int, requests: list[tuple[str, str, bytes | None]]) -> None:
        """``each``: statements in one request, for which the costs are said; 0: said for a request."""
        for request in requests[: len(requests) // 10]:
            client.ask(*request)
        rest = requests[len(requests) // 10 :]
        times: list[float] = []
        own, theirs, wall = cpu_of(group), cpu_of_postgresql(database_url), time.perf_counter()
        for request in rest:
            begun = time.perf_counter()
            client.ask(*request)
            times.append((time.perf_counter() - begun) * 1000)
        wall = time.perf_counter() - wall
        own, theirs = cpu_of(group) - own, cpu_of_postgresql(database_url) - theirs
        units = len(rest) * max(1, each)
        p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[18]
        print(
            f"  {name:<36} {each or '':>4} {units / wall:>9,.0f} {own / units * 1000:>12.3f} "
            f"{theirs / units * 1000:>11.3f} {p50:>8.2f} {p95:>8.2f}"
        )
        sys.stdout.flush()

    path = "/xapi/statements"
    line("floor: about, which asks no table", 0, [("GET", "/xapi/about", None)] * 1000)
    batches = [("POST", path, store.bytes_of(start, 50, 100_000, salt)) for start in range(0, count, 50)]
    line("POST of 50 statements", 50, batches)
    line("the same again: known already", 50, batches[: len(batches) // 4])
    singles = [("POST", path, store.bytes_of(start, 1, 100_000, salt)) for start in range(count, count + count // 5)]
    line("POST of one statement", 1, singles)
    ids = [str(json.loads(body)[0]["id"]) for _, _, body in singles if body]
    line(
        "PUT of one statement, known already",
        1,
        [
            ("PUT", f"{path}?statementId={id_}", body[1:-1])
            for id_, (_, _, body) in zip(ids, singles, strict=True)
            if body
        ],
    )
    live = [id_ for number, id_ in enumerate(ids, count) if number % 1000 != 992][:1000]
    line("GET of one statement", 0, [("GET", f"{path}?statementId={id_}", None) for id_ in live])
    line("GET of a page of 100", 0, [("GET", f"{path}?limit=100", None)] * 300)
