"""What learners wait, by HTTP, while another system asks as much of the record store as it is let.

    python benchmarks/lrs_people.py                                         SQLite, in the temporary folder
    DATABASE_URL=postgres://user@host/db python benchmarks/lrs_people.py    PostgreSQL: an empty database, filled

A real `bdhvs serve` of two workers with the demonstration. One learner's open attempt saves an answer every 50 ms as
its page's script does, another learner opens the quiz's page, both by HTTP; beside them one sender posts what
lrs_own.py posts (`_lrs_bombs.py`), and `bdhvs pull` fetches 1,000 statements about learners of the site from another
store. Goal: no request of a learner takes 2 seconds. Ends with 1 when one does.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from _lrs_bombs import bombs, passed
from pages import BEGIN, HERE, Answers, Goals, Person

GOAL_MS = 2_000
PAGES, PAGE = 10, 100


class Learners:
    """One saves, one opens a page, for as long as the block lasts; `times` are their milliseconds."""

    def __init__(self, url: str, quiz: str) -> None:
        self.saver, self.reader, self.quiz = Person(url, "do-it"), Person(url, "do-nhieu"), quiz
        self.answers = Answers(self.saver, self.saver.send(self.saver.get(quiz), BEGIN))

    def __enter__(self) -> Learners:
        self.times: dict[str, list[float]] = {"saving": [], "quiz page": []}
        self.failed: list[str] = []
        self.ended = threading.Event()
        works = (("saving", self._save), ("quiz page", lambda: self.reader.get(self.quiz)))
        self.threads = [threading.Thread(target=self._repeat, args=each) for each in works]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.ended.set()
        for thread in self.threads:
            thread.join()

    def _save(self) -> None:
        self.answers.choose()
        self.answers.save()

    def _repeat(self, name: str, work: Callable[[], Any]) -> None:
        while not self.ended.is_set():
            begun = time.perf_counter()
            try:
                work()
            except (SystemExit, httpx.HTTPError) as error:
                self.failed.append(f"{name}: {error}")
            self.times[name].append((time.perf_counter() - begun) * 1000)
            self.ended.wait(0.05)

    def said(self, name: str, beside: str, goals: Goals) -> None:
        parts, marks = [], ""
        for each, times in self.times.items():
            p95 = statistics.quantiles(times, n=20, method="inclusive")[18] if len(times) > 1 else times[0]
            parts.append(
                f"{each} p50 {statistics.median(times):.0f}, p95 {p95:.0f}, max {max(times):.0f} of {len(times)}"
            )
            marks += goals.mark(f"{each} beside {name}, ms", max(times), GOAL_MS)
        marks += goals.mark(f"failed beside {name}: {self.failed[:1]}", len(self.failed), 0)
        print(f"  {name:<54} {beside}; {'; '.join(parts)}{marks}", flush=True)


def other_store(statements: list[dict[str, Any]]) -> ThreadingHTTPServer:
    """Answers them in pages, as a record store does."""
    for each in statements:
        each["stored"] = datetime.now(UTC).isoformat()
        each["version"] = "1.0.3"
        each["authority"] = {"account": {"homePage": "https://other.example", "name": "lms"}}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802 - the library's name
            number = int(self.path.rpartition("page=")[2]) if "page=" in self.path else 0
            more = f"/xapi/statements?page={number + 1}" if (number + 1) * PAGE < len(statements) else ""
            shown = {"statements": statements[number * PAGE : (number + 1) * PAGE], "more": more}
            content = json.dumps(shown).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("X-Experience-API-Version", "1.0.3")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def run(database_url: str, folder: Path, only: str) -> Goals:
    from tests.support.live import Installation

    goals = Goals()
    site = Installation.make(folder, database_url, BDHVS_XAPI_REQUESTS_PER_MINUTE="100000000")
    try:
        site.manage("migrate")
        site.manage("collectstatic", "--no-input", "--verbosity", "0")
        code = f"import sys; sys.path.insert(0, {str(HERE)!r}); import _pages_site; _pages_site.fill()"
        filled = json.loads(site.manage("shell", "--no-imports", "-c", code, timeout=1800).strip().splitlines()[-1])
        made = json.loads(site.manage("lrs", "credential", "benchmark", "--scope", "all", "--json"))
        server = site.serve(workers=2)
        actors = [{"account": {"homePage": filled["home"], "name": one}} for one in filled["people"]]
        sender = httpx.Client(
            base_url=server.url,
            timeout=120,
            headers={
                "Authorization": "Basic " + b64encode(f"{made['key']}:{made['secret']}".encode()).decode(),
                "X-Experience-API-Version": "1.0.3",
            },
        )
        learners = Learners(server.url, filled["quiz"])
        with learners:
            time.sleep(5)
        learners.said("nothing", "", goals)
        batches = [
            ("POST", "/xapi/statements", [passed(one, activity, number) for one in actors[begin : begin + 50]])
            for number, activity in enumerate(filled["activities"][:5])
            for begin in range(0, 200, 50)
        ]
        asked = {"batches of 50 about 50 learners": batches, **bombs({**filled, "actors": actors})}
        for name, requests in asked.items():
            if only not in name:
                continue
            answers: dict[int, int] = {}
            longest = 0.0
            with learners:
                for method, address, content, *kind in requests:
                    body = content if isinstance(content, bytes) else json.dumps(content).encode()
                    begun = time.perf_counter()
                    answer = sender.request(
                        method, address, content=body, headers={"Content-Type": kind[0] if kind else "application/json"}
                    )
                    longest = max(longest, time.perf_counter() - begun)
                    answers[answer.status_code] = answers.get(answer.status_code, 0) + 1
            learners.said(name, f"answers {answers}, longest {longest:.2f} s", goals)
        if only in "pull":
            many = [
                passed(actors[number % 200], filled["activities"][number % 30], number)
                for number in range(PAGES * PAGE)
            ]
            other = other_store(many)
            code = (
                "from bdhvs_xapi import api; api.create_source('other', "
                f"url='http://127.0.0.1:{other.server_port}/xapi', username='a', password='b', trust=1)"
            )
            site.manage("shell", "--no-imports", "-c", code)
            with learners:
                begun = time.perf_counter()
                site.manage("pull", timeout=600)
                took = time.perf_counter() - begun
            learners.said(f"pull of {len(many)}", f"{took:.1f} s", goals)
            other.shutdown()
    finally:
        site.close()
    return goals


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="what has this in its name")
    options = parser.parse_args()
    sys.path[:0] = [str(HERE.parent), str(HERE.parent / "xapi"), str(HERE)]
    with tempfile.TemporaryDirectory(prefix="bdhvs-bench-") as scratch:
        url = os.environ.get("DATABASE_URL", f"sqlite:///{scratch}/site/site.sqlite3")
        kind = "PostgreSQL" if url.startswith("postgres") else "SQLite"
        load = os.getloadavg()[0]
        print(f"{kind}, Python {platform.python_version()}, {os.cpu_count()} cores, two workers, load {load:.1f}")
        goals = run(url, Path(scratch) / "site", options.only)
    if goals.missed:
        sys.exit("\nGoals missed:\n" + "\n".join(f"- {line}" for line in goals.missed))
    print("\nEvery goal is met.")


if __name__ == "__main__":
    main()
