"""How long learners wait while an operator imports 1,000 people: the ready site, two workers, one SQLite file.

    python benchmarks/import_beside.py                  20 learners; ``--learners N``, ``--people N``

Each learner opens the page of a quiz, saves an answer and thinks for half a second; first for ten seconds with nobody
beside them, which is the floor, then beside an import in a process of its own, which takes the database's lock and
nothing else, then beside one that is a request to the same server, until it has answered. Shown are the requests, the
median and the slowest in milliseconds, of those that save and of those that look, and what the import took. The goal is
a second for each; the exit code is 1 where one is missed or answered otherwise than it should be. While a process
took one request after the other, whoever stood behind the import waited for all of it (2.8 s of 1,000 people).
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import platform
import re
import statistics
import sys
import tempfile
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from locks import file_of, names  # noqa: E402

from tests.support.live import Installation  # noqa: E402

GOAL, ALONE, THINKS = 1.0, 10.0, 0.5
CLOCK = "2025-11-15T10:00:00+07:00"
FILL = """
import json, os, sys, uuid
sys.path.insert(0, {root!r})
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from bdhvs_quiz.actions import open_attempt
from tests.bdhvs_content import pages
settings.ALLOWED_HOSTS = ["*"]
def cookie(user):
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value
course = pages.course(pages.catalog())
questions = [pages.question(f"Câu {{number}}?") for number in range(1, 6)]
quiz = pages.quiz(course, questions)
took = []
for number in range({learners}):
    learner = pages.enrolled(course, f"hoc{{number}}")
    attempt = open_attempt(learner, quiz.translation_key, act_id=uuid.uuid4(), at=pages.AT)
    user = User.objects.get(username=f"hoc{{number}}")
    took.append((cookie(user), reverse("bdhvs_quiz:attempt", args=[attempt.uuid])))
operator = cookie(User.objects.create_superuser("van-hanh"))
print(json.dumps([settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, took, operator, reverse("people:import")]))
"""
IMPORT = """
import base64, os
from bdhvs_lms.base.api import apply_import, now
from bdhvs_lms.classes.rosters import RosterImporter
done = apply_import(RosterImporter, base64.b64decode(os.environ["LIST"]), at=now(), by=None)
assert done.applied, done.errors
"""
TOKEN = "a" * 32


class Visitor:
    def __init__(self, address: tuple[str, int], cookies: dict[str, str]) -> None:
        self.address, self.cookies = address, "; ".join(f"{name}={value}" for name, value in cookies.items())

    def ask(self, path: str, form: dict[str, str] | None = None, timeout: float = 60) -> tuple[float, int, str]:
        """(seconds, status, body)."""
        headers = {"Cookie": self.cookies}
        body = None
        if form is not None:
            body = urlencode({"csrfmiddlewaretoken": TOKEN, **form})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        connection = HTTPConnection(*self.address, timeout=timeout)
        connection.request("GET" if form is None else "POST", path, body, headers)
        response = connection.getresponse()
        text = response.read().decode(errors="replace")
        connection.close()
        return time.perf_counter() - began, response.status, text


class Learners:
    """Answer and look until the block ends; `times`: seconds by what was done. `wrong`: other statuses."""

    def __init__(self, visitors: list[tuple[Visitor, str]]) -> None:
        self.visitors = visitors
        self.times: dict[str, list[float]] = {"saving an answer": [], "opening the page": []}
        self.wrong: list[int] = []
        self._ended = threading.Event()

    def __enter__(self) -> Learners:
        self._threads = [threading.Thread(target=self._learn, args=(n, *one)) for n, one in enumerate(self.visitors)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _learn(self, number: int, visitor: Visitor, path: str) -> None:
        self._ended.wait(THINKS * number / len(self.visitors))
        turn = number
        while not self._ended.is_set():
            took, status, text = visitor.ask(path)
            self._note("opening the page", took, status, 200)
            options = re.findall(r'name="(q-[^"]+)"[^>]*value="([^"]+)"', text)
            act, base = (re.search(rf'name="{name}" value="([^"]*)"', text) for name in ("act_id", "base"))
            if not options or act is None or base is None:
                self.wrong.append(0)
                return
            name, value = options[turn % len(options)]
            form = {name: value, "do": "save", "act_id": act[1], "base": base[1]}
            took, status, _text = visitor.ask(path, form)
            self._note("saving an answer", took, status, 303)
            turn += 1
            self._ended.wait(THINKS)

    def _note(self, what: str, took: float, status: int, expected: int) -> None:
        self.times[what].append(took)
        if status != expected:
            self.wrong.append(status)


def told(when: str, learners: Learners) -> bool:
    good = not learners.wrong
    for what, times in learners.times.items():
        late = max(times) > GOAL
        good &= not late
        print(
            f"  {when:<20} {what:<20} {len(times):>6} {statistics.median(times) * 1000:>8,.0f} "
            f"{max(times) * 1000:>8,.0f}{'  MISSED' if late else ''}",
            flush=True,
        )
    if learners.wrong:
        print(f"  {when:<20} answered otherwise: {sorted(set(learners.wrong))}")
    return good


def run(site: Installation, learners: int, people: int) -> bool:
    site.manage("migrate", "--verbosity", "0")
    site.manage("collectstatic", "--noinput", "--verbosity", "0")
    said = site.python(FILL.format(root=str(ROOT), learners=learners), BDHVS_TEST_CLOCK=CLOCK).splitlines()[-1]
    session, csrf, took, operator, address = json.loads(said)
    server = site.serve(workers=2, BDHVS_TEST_CLOCK=CLOCK)
    where = urlsplit(server.url)
    at = (where.hostname or "", where.port or 80)
    visitors = [(Visitor(at, {session: cookie, csrf: TOKEN}), path) for cookie, path in took]
    print(f"\nPython {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; ", end="")
    print(f"{learners} learners, {people:,} people imported")
    print(f"  {'beside':<20} {'':<20} {'asked':>6} {'median':>8} {'slowest':>8}")
    with Learners(visitors) as alone:
        time.sleep(ALONE)
    good = told("nobody", alone)
    for beside, word in (("an import", "Thị"), ("one as a request", "Văn")):
        rows = [f"{name};{1930 + n % 60}" for n, name in enumerate(names(people, word))]
        content, began = base64.b64encode(file_of("Họ tên;Năm sinh", rows)).decode(), time.perf_counter()
        with Learners(visitors) as waiting:
            if word == "Thị":
                site.python(IMPORT, LIST=content, BDHVS_TEST_CLOCK=CLOCK)
            else:
                Visitor(at, {session: operator, csrf: TOKEN}).ask(address, {"content": content}, timeout=600)
        seconds = time.perf_counter() - began
        good &= told(beside, waiting)
        there = int(site.python("from bdhvs_lms.learners.api import Person; print(Person.objects.count())").split()[-1])
        print(f"  {beside} took {seconds:.1f} s; {there:,} people are there")
    return good and there == learners + 2 * people


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learners", type=int, default=20)
    parser.add_argument("--people", type=int, default=1_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = Installation.make(Path(folder) / "data", f"sqlite:///{folder}/data/db.sqlite3")
        try:
            good = run(site, options.learners, options.people)
        finally:
            site.close()
    sys.exit(0 if good else "\nThe goal of a second is missed.")


if __name__ == "__main__":
    main()
