"""How long people wait while somebody attacks the site: the ready site, two workers, one SQLite file.

    python benchmarks/attacked.py                       ``--seconds N`` of each attack; ``--only guesses``

Beside nobody, which is the floor, and then beside each attack, people of a class of forty learn, each at an address
of their own: eight are signed in, four sign in by card, two see the list by its QR code, two sign in by pictures on a
device that has done so before, two visitors open the first pages. The attacker has one address, forty connections and
nice 5:

guesses      wrong pictures from 200 devices that were let into the class's list, and wrong codes of classes
newcomers    the whole form of who comes by the class's code, each time another name
papers       PDF files of a lesson, asked for and left after a tenth of a second
heavy        a teacher's, an operator's and a visitor's dearest pages, 20 connections at each

Shown are, for each kind of person, the answers and the median, the 95th of a hundred and the slowest in milliseconds,
who was refused, how often the attacker got which answer, and the cores that the server took. Goals are 1 s for 95 of a
hundred, 2 s for each and nobody refused; the exit code is 1 where one is missed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from serving import cpu_seconds  # noqa: E402

from tests.support.live import Installation  # noqa: E402

THINKS, JARS, LINES = 0.5, 200, 40
MOST, USUAL = 2.0, 1.0
CLOCK = "2025-11-15T10:00:00+07:00"
CSRF, TOKEN = "bdhvs-csrf", "a" * 32
PICTURES = "lotus buffalo hen fish hat house tree sun boat bicycle bowl key".split()
RIGHT = ("lotus", "hen", "sun")
FILL = """
import json, sys
from datetime import date
sys.path.insert(0, {root!r})
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from bdhvs_lms.base.api import day_of, now
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.classes.sign_in import devices, pins
from bdhvs_lms.classes.sign_in.cards import new_card
from bdhvs_lms.classes.sign_in.queries import listed
from bdhvs_lms.conf import app_settings
from bdhvs_lms.courses.api import Course
from tests.bdhvs_content import pages
from tests.support.classes import class_of, member_of
settings.ALLOWED_HOSTS = ["*"]
at = now()
page = pages.course(pages.catalog())
lesson = pages.lesson(page, "Mật khẩu", live=False)
lesson.open_to_all = True
lesson.body = [("text", "<p>Dừng lại, gọi số in trên thẻ.</p>" * 40)]
lesson = pages.publish(lesson)
area = Area.objects.filter(kind="commune").first() or Area.objects.create(
    code="10015", name="Phường Thử", kind="commune", valid_from=date(2025, 7, 1)
)
group = class_of(Course.objects.get(), area, code="lop-mau", at=at, teacher="co")
people = [member_of(group, f"Nguyễn Thị {{'ABCDEGHIKLMNOPQRSTUVXYabcdeghiklmnopqrst'[n]}}", at=at) for n in range(40)]
for one in people:
    pins.choose_pin(one, group.uuid, {right!r}, at=at)
scan = reverse("bdhvs_lms:class-scanned", args=[group.uuid, devices.sign_in_token(group, at)])
numbers = [reverse("bdhvs_lms:class-pin", args=[group.uuid, one.number]) for one in listed(group, day_of(at))]
def staff(name):
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client.cookies[settings.SESSION_COOKIE_NAME].value
User.objects.create_superuser("van-hanh")
print(json.dumps(dict(
    session=settings.SESSION_COOKIE_NAME, scan=scan, numbers=numbers,
    cards=[reverse("bdhvs_lms:card", args=[new_card(one)]) for one in people[:12]],
    card=reverse("bdhvs_lms:card-help"), mine=reverse("bdhvs_lms:my-learning"), area=area.pk,
    join=reverse("bdhvs_lms:join-class", args=[group.code]), code=reverse("bdhvs_lms:join"),
    paper=reverse("bdhvs_content:pocket-sheet-pdf", args=[lesson.translation_key]),
    version=app_settings.CONSENT_VERSION,
    heavy=[
        [staff("co"), reverse("bdhvs_lms:class-cards-pdf", args=[group.uuid])],
        [staff("co"), reverse("bdhvs_lms:class-review", args=[group.uuid])],
        [staff("van-hanh"), "/quan-tri/lop-hoc/nguoi-hoc/"],
        [staff("van-hanh"), "/quan-tri/"],
        ["", page.url],
    ],
)))
"""


class Browser:
    """One device: keeps cookies, has an address (all of 127.0.0.0/8 are this machine's)."""

    def __init__(self, port: int, source: str, **cookies: str) -> None:
        self.port, self.source = port, source
        self.cookies = dict(cookies)

    def ask(self, path: str, form: dict[str, str] | None = None, *, leave: float = 0) -> tuple[int, str]:
        """(status, body); `leave`: seconds after which it is gone."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            body = urlencode({"csrfmiddlewaretoken": self.cookies[CSRF], **form})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        line = HTTPConnection("127.0.0.1", self.port, timeout=leave or 60, source_address=(self.source, 0))
        try:
            line.request("GET" if form is None else "POST", path, body, headers)
            answer = line.getresponse()
            text = answer.read().decode(errors="replace")
        finally:
            line.close()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer.status, text


Step = tuple[str, dict[str, str] | None, int]
"""Path, form, the status that is right."""
Person = tuple[str, str, list[Step], bool]
"""Kind, address, steps, whether each round begins with a browser that holds nothing."""


def crowd(world: dict[str, Any]) -> list[Person]:
    """What each does again and again."""
    found: list[Person] = []

    def person(kind: str, source: str, steps: list[Step], *, fresh: bool) -> None:
        found.append((kind, source, steps, fresh))

    pin = {f"picture{n}": picture for n, picture in enumerate(RIGHT)}
    for number in range(8):
        person("signed in", f"127.0.1.{number + 1}", [(world["mine"], None, 200)], fresh=False)
    for number in range(4):
        card: list[Step] = [(world["cards"][8 + number], None, 303), (world["card"], {}, 303)]
        person("by card", f"127.0.2.{number + 1}", card, fresh=True)
    for number in range(2):
        person("by QR code", f"127.0.3.{number + 1}", [(world["scan"], None, 303)], fresh=True)
        person("by pictures", f"127.0.4.{number + 1}", [(world["numbers"][number], pin, 303)], fresh=False)
        first: list[Step] = [("/", None, 200), ("/dang-nhap/", None, 200)]
        person("visitors", f"127.0.5.{number + 1}", first, fresh=True)
    return found


class People:
    """The crowd, a thread each; `times`: seconds of each answer by kind; `wrong`: how often what came instead."""

    def __init__(self, port: int, world: dict[str, Any]) -> None:
        self.port, self.world = port, world
        self.times: dict[str, list[float]] = {}
        self.wrong: Counter[str] = Counter()
        self._ended = threading.Event()
        self._ready: list[tuple[str, Browser, list[Step], bool]] = []
        for kind, source, steps, fresh in crowd(world):
            one = Browser(port, source, **{CSRF: TOKEN})
            if kind == "signed in":
                one.ask(world["cards"][len(self._ready)])
                one.ask(world["card"], {})
            if kind == "by pictures":
                one.ask(world["scan"])
                one.ask(*steps[0][:2])
            self._ready.append((kind, one, steps, fresh))

    def __enter__(self) -> People:
        self._threads = [threading.Thread(target=self._live, args=each) for each in self._ready]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _live(self, kind: str, one: Browser, steps: list[Step], fresh: bool) -> None:
        self._ended.wait(random.random() * THINKS)  # noqa: S311 - only spreads them
        while not self._ended.is_set():
            asker = Browser(self.port, one.source, **{CSRF: TOKEN}) if fresh else one
            for path, form, right in steps:
                began = time.perf_counter()
                try:
                    said = str(asker.ask(path, form)[0])
                except (OSError, HTTPException) as error:
                    said = type(error).__name__
                self.times.setdefault(kind, []).append(time.perf_counter() - began)
                if said != str(right):
                    self.wrong[f"{kind} {said}"] += 1
                self._ended.wait(THINKS)


class Attack:
    """One kind of attack, by a process of its own at nice 5; `answers`: how often which status, and what was left."""

    def __init__(self, kind: str, port: int, world: dict[str, Any]) -> None:
        self._said: Any = multiprocessing.Queue()
        self._ended = multiprocessing.Event()
        self._process = multiprocessing.Process(target=self._run, args=(kind, port, world))
        self.answers: Counter[str] = Counter()

    def __enter__(self) -> Attack:
        self._process.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self.answers = self._said.get(timeout=120)
        self._process.join()

    def _run(self, kind: str, port: int, world: dict[str, Any]) -> None:
        os.nice(5)
        answers: Counter[str] = Counter()
        lines = 20 * len(world["heavy"]) if kind == "heavy" else LINES
        act = getattr(self, kind)
        jars = [Browser(port, "127.0.9.9", **{CSRF: TOKEN}) for _ in range(JARS)]

        def go_on(number: int) -> None:
            turn = number
            while not self._ended.is_set():
                try:
                    answers[str(act(jars[turn % JARS], turn, world))] += 1
                except TimeoutError:
                    answers["left"] += 1
                except (OSError, HTTPException) as error:
                    answers[type(error).__name__] += 1
                turn += lines

        threads = [threading.Thread(target=go_on, args=(number,)) for number in range(lines)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._said.put(answers)

    @staticmethod
    def guesses(jar: Browser, turn: int, world: dict[str, Any]) -> int:
        if turn % 4 == 0:
            return jar.ask(world["code"], {"code": f"lop-{turn}"})[0]
        if "bdhvs-class" not in jar.cookies:
            jar.ask(world["scan"])
        wrong = {f"picture{n}": PICTURES[(turn // 12**n + n) % 12] for n in range(3)}
        return jar.ask(world["numbers"][2 + turn % 38], wrong)[0]

    @staticmethod
    def newcomers(jar: Browser, turn: int, world: dict[str, Any]) -> int:
        words = "An Bình Cúc Dung Em Giang Hoa Kim Lan Mai Nga Oanh".split()
        name = " ".join(["Nguyễn", *(words[turn // 12**n % 12] for n in range(3))])
        known = {"area": world["area"], "consent": "on", "text_version": world["version"], "form": str(uuid4())}
        new = Browser(jar.port, jar.source, **{CSRF: TOKEN})
        return new.ask(world["join"], {"full_name": name, "birth_year": str(1940 + turn % 60), **known})[0]

    @staticmethod
    def papers(jar: Browser, turn: int, world: dict[str, Any]) -> int:
        return jar.ask(world["paper"], leave=0.1)[0]

    @staticmethod
    def heavy(jar: Browser, turn: int, world: dict[str, Any]) -> int:
        session, path = world["heavy"][turn % len(world["heavy"])]
        cookies = {world["session"]: session} if session else {}
        return Browser(jar.port, jar.source, **cookies).ask(path)[0]


def told(beside: str, people: People, attack: Attack | None, cores: float) -> bool:
    good = not people.wrong
    for kind, times in people.times.items():
        times.sort()
        usual, slowest = times[int(len(times) * 0.95)], times[-1]
        late = slowest > MOST or usual > USUAL
        good &= not late
        print(
            f"  {beside:<10} {kind:<12} {len(times):>6} {statistics.median(times) * 1000:>8,.0f} {usual * 1000:>8,.0f} "
            f"{slowest * 1000:>8,.0f}{'  MISSED' if late else ''}"
        )
    print(f"  {beside:<10} refused or lost: {dict(people.wrong) or 'nobody'}; ", end="")
    print(f"attacker: {dict(attack.answers) if attack else 'none'}; {cores:.1f} cores", flush=True)
    return good


def run(site: Installation, seconds: float, kinds: list[str]) -> bool:
    site.manage("migrate", "--verbosity", "0")
    site.manage("collectstatic", "--noinput", "--verbosity", "0")
    fill = FILL.format(root=str(ROOT), right=RIGHT)
    world = json.loads(site.python(fill, BDHVS_TEST_CLOCK=CLOCK).splitlines()[-1])
    server = site.serve(workers=2, BDHVS_TEST_CLOCK=CLOCK)
    port = urlsplit(server.url).port or 80
    print(f"\nPython {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; ms")
    print(f"  {'beside':<10} {'':<12} {'asked':>6} {'median':>8} {'95 %':>8} {'slowest':>8}")
    good = True
    for kind in ["nobody", *kinds]:
        people = People(port, world)
        attack = None if kind == "nobody" else Attack(kind, port, world)
        before, began = cpu_seconds(server.process.pid), time.perf_counter()
        if attack is None:
            with people:
                time.sleep(seconds)
        else:
            with attack, people:
                time.sleep(seconds)
        took = time.perf_counter() - began
        good &= told(kind, people, attack, (cpu_seconds(server.process.pid) - before) / took)
        time.sleep(5)
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    every = ["guesses", "newcomers", "papers", "heavy"]
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--only", choices=every)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = Installation.make(Path(folder) / "data", f"sqlite:///{folder}/data/db.sqlite3")
        try:
            good = run(site, options.seconds, [options.only] if options.only else every)
        finally:
            site.close()
    sys.exit(0 if good else "\nA goal is missed.")


if __name__ == "__main__":
    main()
