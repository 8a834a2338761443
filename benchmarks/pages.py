"""What people wait for and pay for: every kind of page of every role, a whole attempt at a quiz, a class of 200 × 30,
the record store about learners of ours with somebody saving beside it, weight on the wire, memory of a worker.

    python benchmarks/pages.py                                           SQLite, in the temporary folder: five minutes
    DATABASE_URL=postgres://user@host/db python benchmarks/pages.py      PostgreSQL: an empty database, filled
    OTHER/.venv/bin/python benchmarks/pages.py --checkout OTHER          the same of another checkout, to compare

A real `bdhvs serve` of two workers, and a client that walks as a browser does: cookies, one connection, forms with all
that they hold, answers kept as the page's script keeps them. "CPU" is of the server's processes as the kernel counts it
(PostgreSQL's are not in it): what to go by on a machine that has other work; "p50" is what the client waited. "page" is
what one answer weighs as sent, "cold" is that with styles and scripts on a first visit, and "pictures" with those that
the page shows at once. The floor is a file that the server sends without asking a table. Statements weigh what a quiz
of ours emits, 2.9 kB. A page that another checkout does not have is "not there". Ends with 1 when a goal is missed;
goals stand beside what was measured.

Moodle 4.5 on a machine like this one, PHP-FPM and PostgreSQL: 68 ms CPU a course page, 78 an attempt's page, 575 a
whole attempt of 20 questions, 103 a completion report of 25 people; cold 1,200 to 3,955 kB.
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
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from uuid import uuid4

import httpx
from bs4 import BeautifulSoup, Tag

HERE = Path(__file__).parent
COURSE = "/buoc-dau-dung-dien-thoai-thong-minh/"
PASSWORD = "hocvuso2025"
# Milliseconds of the server's processor; bytes.
LIGHT, HEAVY, ADMIN = 40, 250, 400
COLD, WITH_PICTURES, REQUESTS = 15 * 1024, 50 * 1024, 8


@dataclass
class Goals:
    """Prints what was measured beside what was wanted, and remembers what was missed."""

    missed: list[str] = field(default_factory=list)

    def mark(self, name: str, value: float, goal: float | None) -> str:
        if goal is None or value <= goal:
            return ""
        self.missed.append(f"{name}: {value:,.1f}, goal {goal:,.1f}")
        return "  MISSED"


@dataclass(frozen=True)
class Page:
    """``link``: what is measured is where the first such link of the page leads."""

    name: str
    path: str
    goal: float = LIGHT
    weighed: bool = True
    link: str = ""


def pages_of(filled: dict[str, Any]) -> dict[str, list[Page]]:
    """By the account that opens them; "": a visitor."""
    lists = {
        "people": "lop-hoc/nguoi-hoc/",
        "classes": "lop-hoc/lop/",
        "areas": "chien-dich/dia-ban/",
        "totals": "chien-dich/tong-so/",
        "outside figures": "chien-dich/so-lieu-ngoai/",
        "statements": "kho-du-lieu/ban-ghi/",
        "credentials": "kho-du-lieu/tai-khoan-ket-noi/",
    }
    board = "/chi-dao/kh02-chuongmy-2025/T3-2025/"
    questions = "/quan-tri/snippets/bdhvs_quiz/question/"
    return {
        "": [
            Page("home", "/"),
            Page("course", COURSE),
            Page("sign-in", "/dang-nhap/"),
            Page("help", "/tro-giup/"),
            Page("guides", "/cach-dung/"),
            Page("frameworks", "/khung-nang-luc/", HEAVY),
        ],
        "nguoihoc": [
            Page("my learning", "/viec-hoc/"),
            Page("home of a learner", "/"),
            Page("course of a learner", COURSE),
            Page("lesson", COURSE, link="main ol a"),
            Page("why something counts", "/viec-hoc/", link="main a[href*='/nang-luc/']"),
            Page("my data", "/viec-hoc/du-lieu/"),
            Page("where one is signed in", "/noi-dang-nhap/"),
        ],
        "do-it": [
            Page("quiz after 10 attempts", filled["quiz"]),
            Page("result of a quiz", filled["quiz"], link="main a[href*='/ket-qua/']"),
        ],
        "do-nhieu": [
            Page("quiz after 400 attempts", filled["quiz"]),
            Page("my learning after 400 attempts", "/viec-hoc/"),
        ],
        "huongdan": [
            Page("classes of a teacher", "/day/"),
            Page("class of 200 × 30", filled["class"], 60, weighed=False),
            Page("class of 200 × 30, XLSX", filled["class"] + "lop.xlsx", HEAVY, weighed=False),
        ],
        "chidao": [
            Page("board", "/chi-dao/", HEAVY),
            Page("target of the board", f"{board}?dia-ban=277@", HEAVY),
        ],
        "bientap": [
            Page("admin: home of an editor", "/quan-tri/", ADMIN, weighed=False),
            Page("admin: pages", "/quan-tri/pages/", ADMIN, weighed=False),
            Page("admin: a page's form", "/quan-tri/pages/", ADMIN, weighed=False, link="main a[href$='/edit/']"),
            Page("admin: questions", questions, ADMIN, weighed=False),
            Page("admin: a question's form", questions, ADMIN, weighed=False, link="main a[href*='/edit/']"),
            Page("admin: pictures", "/quan-tri/images/", ADMIN, weighed=False),
        ],
        "vanhanh": [
            Page("admin: home of an operator", "/quan-tri/", ADMIN, weighed=False),
            *(Page(f"admin: {name}", f"/quan-tri/{path}", ADMIN, weighed=False) for name, path in lists.items()),
        ],
    }


class Person:
    """A browser: cookies, one connection, and forms sent with all that they hold."""

    def __init__(self, url: str, name: str = "") -> None:
        self.client = httpx.Client(
            base_url=url, timeout=60, follow_redirects=True, headers={"Accept-Encoding": "gzip, br"}
        )
        if name:
            answer = self.client.get("/dang-nhap/")
            data = fields_of(form_of(answer, "main form")) | {"username": name, "password": PASSWORD}
            if self.client.post(answer.url, data=data).url.path == "/dang-nhap/":
                raise SystemExit(f"{name} cannot sign in.")

    def get(self, path: str) -> httpx.Response:
        answer = self.client.get(path)
        if answer.status_code != 200:
            raise SystemExit(f"GET {path}: {answer.status_code}")
        return answer

    def send(self, answer: httpx.Response, selector: str, **more: Any) -> httpx.Response:
        """The page's form with what it holds, and ``more``: the button that is pressed."""
        form = form_of(answer, selector)
        return self.post(answer, form, fields_of(form) | more)

    def post(self, answer: httpx.Response, form: Tag, data: dict[str, Any], **headers: str) -> httpx.Response:
        address = urljoin(str(answer.url), str(form.get("action") or ""))
        sent = self.client.post(address, data=data, headers=headers)
        if sent.status_code >= 400:
            raise SystemExit(f"POST {sent.url.path}: {sent.status_code} {sent.text[:200]}")
        return sent


def form_of(answer: httpx.Response, selector: str) -> Tag:
    form = BeautifulSoup(answer.text, "html.parser").select_one(selector)
    if form is None:
        raise SystemExit(f"{answer.url.path} has no {selector}")
    return form


def fields_of(form: Tag) -> dict[str, Any]:
    """What a browser sends of a form but its buttons: ticked boxes, the lists' choices, texts, hidden fields."""
    found: dict[str, Any] = {}
    for each in form.select("input[name], select[name], textarea[name]"):
        kind, value = str(each.get("type", "text")), each.get("value", "")
        if each.name == "textarea":
            value = each.text
        elif each.name == "select":
            option = each.select_one("option[selected]") or each.select_one("option")
            value = option.get("value", "") if option is not None else ""
        elif kind in ("submit", "button", "file", "image") or (
            kind in ("radio", "checkbox") and not each.has_attr("checked")
        ):
            continue
        found.setdefault(str(each["name"]), []).append(value)
    return found


class Costs:
    """What a server's group of processes takes."""

    def __init__(self, pid: int) -> None:
        self.group = os.getpgid(pid)

    def processes(self) -> Iterator[Path]:
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if int((entry / "stat").read_text().rpartition(")")[2].split()[2]) == self.group:
                        yield entry
                except OSError:
                    continue

    def used(self) -> float:
        """Milliseconds of the processor, by the scheduler's clock: the other one counts in hundredths of a second, and
        a step of an attempt takes two of them. Of threads that are there; a server of ours ends none."""
        total = 0
        for entry in self.processes():
            for thread in (entry / "task").iterdir():
                try:
                    total += int((thread / "schedstat").read_text().split()[0])
                except OSError:
                    continue
        return total / 1_000_000

    def memory(self) -> float:
        """MB that the largest process of the group has for itself (proportional set size)."""
        sizes = [0]
        for entry in self.processes():
            try:
                lines = (entry / "smaps_rollup").read_text().splitlines()
            except OSError:
                continue
            sizes.append(next(int(line.split()[1]) for line in lines if line.startswith("Pss:")))
        return max(sizes) / 1000


def weight(person: Person, answer: httpx.Response) -> tuple[int, int, int]:
    """(bytes without pictures, with those shown at once, requests) of a first visit."""
    soup = BeautifulSoup(answer.text, "html.parser")
    files = [tag["href"] for tag in soup.select("link[rel~=stylesheet], link[rel~=icon]")]
    files += [tag["src"] for tag in soup.select("script[src]")]
    pictures = [tag["src"] for tag in soup.select("img[src]:not([loading=lazy])")]
    sizes = {}
    for address in dict.fromkeys(str(each) for each in (*files, *pictures) if not str(each).startswith("data:")):
        sizes[address] = person.get(urljoin(str(answer.url), address)).num_bytes_downloaded
    cold = answer.num_bytes_downloaded + sum(size for address, size in sizes.items() if address in files)
    return cold, answer.num_bytes_downloaded + sum(sizes.values()), 1 + len(sizes)


def page_table(url: str, costs: Costs, filled: dict[str, Any], rounds: int, goals: Goals) -> None:
    print(f"\n  {'page':<30} {'CPU ms':>7} {'goal':>5} {'p50 ms':>7} {'page B':>8} ", end="")
    print(f"{'cold B':>8} {'pictures B':>10} requests")

    def row(person: Person, page: Page) -> None:
        path = page.path
        if page.link:
            found = BeautifulSoup(person.get(path).text, "html.parser").select_one(page.link)
            path = urljoin(path, str(found["href"])) if found is not None else "/404/"
        answer = person.client.get(path)
        if answer.status_code == 404:
            print(f"  {page.name:<30} not there", flush=True)
            return
        # Both workers have seen it.
        for _ in range(5):
            answer = person.get(path)
        times, before = [], costs.used()
        for _ in range(rounds):
            begun = time.perf_counter()
            person.get(path)
            times.append((time.perf_counter() - begun) * 1000)
        cpu = (costs.used() - before) / rounds
        line = f"  {page.name:<30} {cpu:>7.1f} {page.goal:>5.0f} {statistics.median(times):>7.1f}"
        line += f" {answer.num_bytes_downloaded:>8,}"
        marks = goals.mark(f"{page.name}, CPU ms", cpu, page.goal)
        if page.weighed:
            cold, shown, requests = weight(person, answer)
            line += f" {cold:>8,} {shown:>10,} {requests:>8}"
            marks += goals.mark(f"{page.name}, cold", cold, COLD)
            marks += goals.mark(f"{page.name}, with pictures", shown, WITH_PICTURES)
            marks += goals.mark(f"{page.name}, requests", requests, REQUESTS)
        print(line + marks, flush=True)

    for name, pages in pages_of(filled).items():
        person = Person(url, name)
        for page in pages:
            if not name and page.path == "/":
                row(person, Page("floor: a style sheet", style_of(person), 5, weighed=False))
            row(person, page)


def style_of(person: Person) -> str:
    tag = BeautifulSoup(person.get("/").text, "html.parser").select_one("link[rel~=stylesheet]")
    return str(tag["href"])  # type: ignore[index]


def attempt_table(url: str, costs: Costs, filled: dict[str, Any], rounds: int, goals: Goals) -> None:
    """Begin, three savings, hand in, result: as the page's forms do it, without and with a long history."""
    print(f"\n  {'attempt':<46} {'CPU ms':>7} {'goal':>5} {'p50 ms':>7}")
    for name, who in (("after 10 attempts", "do-it"), ("after 400 attempts", "do-nhieu")):
        steps = Steps(costs)
        person = Person(url, who)
        for _ in range(rounds):
            whole_attempt(person, filled["quiz"], steps)
        whole = 0.0
        for step, pairs in steps.spent.items():
            cpu = statistics.mean(cpu for cpu, _ in pairs)
            whole += cpu * (SAVINGS if step == "save" else 1)
            goal = {"save": 25, "hand in, and the result": 90}.get(step, 45)
            waited = statistics.median(took for _, took in pairs)
            print(f"  {step + ', ' + name:<46.46} {cpu:>7.1f} {goal:>5} {waited:>7.1f}", end="")
            print(goals.mark(f"{step} {name}, CPU ms", cpu, goal), flush=True)
        print(f"  {'whole attempt, ' + name:<46} {whole:>7.1f} {250:>5}", end="")
        print(goals.mark(f"whole attempt {name}, CPU ms", whole, 250))


SAVINGS = 3


@dataclass
class Steps:
    """What each step of an attempt took: (CPU, waited), both in milliseconds."""

    costs: Costs
    spent: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def __call__(self, step: str, act: Any, *arguments: Any, **more: Any) -> Any:
        own, begun = self.costs.used(), time.perf_counter()
        answer = act(*arguments, **more)
        took = (self.costs.used() - own, (time.perf_counter() - begun) * 1000)
        self.spent.setdefault(step, []).append(took)
        return answer


def whole_attempt(person: Person, quiz: str, timed: Steps) -> None:
    page = timed("quiz page", person.get, quiz)
    page = timed("begin, and its page", person.send, page, BEGIN)
    answers = Answers(person, page)
    for _ in range(SAVINGS):
        answers.choose()
        timed("save", answers.save)
    page = timed("look before handing in", answers.submit)
    page = timed("hand in, and the result", person.send, page, "form[data-quiz-confirm]", do="submit")
    if "/ket-qua/" not in page.url.path:
        raise SystemExit(f"Handing in led to {page.url.path}")


BEGIN = "main form[action*='/bat-dau/']"


class Answers:
    """The open page of an attempt with its script: what is chosen on it goes along, and what a saving says is kept."""

    def __init__(self, person: Person, page: httpx.Response) -> None:
        self.person, self.page = person, page
        self.form = form_of(page, "#answers")
        self.data = fields_of(self.form)
        self.copy, self.turn = uuid4(), 0
        self.boxes: dict[str, list[str]] = {}
        for box in self.form.select("input[type=radio], input[type=checkbox]"):
            if str(box["name"]).startswith("q-"):
                self.boxes.setdefault(str(box["name"]), []).append(str(box["value"]))

    def choose(self) -> None:
        """A tap: one question after the other, and other answers when all have one."""
        name = list(self.boxes)[self.turn % len(self.boxes)]
        self.data[name] = self.boxes[name][self.turn // len(self.boxes) % len(self.boxes[name])]
        self.turn += 1
        self.data |= {"act_id": str(uuid4()), "copy": f"{self.copy}.{self.turn}"}

    def save(self) -> None:
        """What the script sends a second after that."""
        data = self.data | {"do": "save", "act_id": str(uuid4()), "occurred_at": datetime.now(UTC).isoformat()}
        said = self.person.post(self.page, self.form, data, Accept="application/json").json()
        if said.get("changed"):
            raise SystemExit(f"Another copy has answered {said['changed']}")
        # An older checkout does not say what its page goes on from.
        self.data |= {"base": str(said["base"])} if "base" in said else {}

    def submit(self) -> httpx.Response:
        return self.person.post(self.page, self.form, self.data | {"do": "submit"})


WORDS = "Mật khẩu mạnh có chữ hoa, chữ thường, chữ số và dấu; không dùng lại ở nơi khác. "


def statement(filled: dict[str, Any], person: str, activity: str) -> dict[str, Any]:
    """A `passed` of another system about a learner of ours, of the size of a quiz's own."""
    found: dict[str, Any] = {
        "id": str(uuid4()),
        "actor": {"account": {"homePage": filled["home"], "name": person}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/passed", "display": {"en": "passed", "vi": "đạt"}},
        "object": {
            "objectType": "Activity",
            "id": activity,
            "definition": {
                "type": "http://adlnet.gov/expapi/activities/assessment",
                "name": {"vi": "Bài kiểm tra của hệ thống khác", "en": "A quiz of another system"},
                "description": {"vi": WORDS * 16},
            },
        },
        "result": {"success": True, "score": {"scaled": 0.9, "raw": 9, "min": 0, "max": 10}, "duration": "PT7M12S"},
        "context": {
            "registration": str(uuid4()),
            "language": "vi",
            "platform": "benchmark",
            "contextActivities": {
                "grouping": [{"id": f"https://other.example/course/{each}"} for each in range(2)],
                "category": [{"id": "https://other.example/profile"}],
                "other": [{"id": f"https://other.example/competency/{each}"} for each in range(3)],
            },
        },
        "timestamp": datetime.now(UTC).isoformat(),
    }
    size = len(json.dumps(found, ensure_ascii=False).encode())
    if not 2_800 <= size <= 3_000:
        raise SystemExit(f"A statement has {size} bytes and not 2.9 kB.")
    return found


def store_table(url: str, costs: Costs, site: Any, filled: dict[str, Any], batches: int, goals: Goals) -> None:
    """Batches of 50 about 50 of our own learners, alone and beside somebody who saves answers."""
    made = json.loads(site.manage("lrs", "credential", "benchmark", "--scope", "all", "--json"))
    headers = {
        "Authorization": "Basic " + b64encode(f"{made['key']}:{made['secret']}".encode()).decode(),
        "X-Experience-API-Version": "1.0.3",
        "Content-Type": "application/json",
    }
    sender = httpx.Client(base_url=url, timeout=120, headers=headers)
    turn = iter(range(10_000))

    def post() -> float:
        number = next(turn)
        people = [filled["people"][(number * 50 + place) % len(filled["people"])] for place in range(50)]
        activity = filled["activities"][number % len(filled["activities"])]
        begun = time.perf_counter()
        batch = json.dumps([statement(filled, one, activity) for one in people], ensure_ascii=False)
        answer = sender.post("/xapi/statements", content=batch.encode())
        if answer.status_code != 200:
            raise SystemExit(f"POST of 50: {answer.status_code} {answer.text[:200]}")
        return (time.perf_counter() - begun) * 1000

    print(f"\n  {'record store':<46} {'CPU ms':>7} {'goal':>5} {'p50 ms':>7} {'worst':>7}")
    post()
    before = costs.used()
    times = [post() for _ in range(batches)]
    each = (costs.used() - before) / batches / 50
    print(
        f"  {'a statement about a learner of ours':<46} {each:>7.2f} {1.5:>5} {statistics.median(times) / 50:>7.2f}",
        end="",
    )
    print(goals.mark("a statement about a learner of ours, CPU ms", each, 1.5), flush=True)

    person = Person(url, "do-it")
    answers = Answers(person, person.send(person.get(filled["quiz"]), BEGIN))
    ended, waits = threading.Event(), []

    def saving() -> None:
        while not ended.is_set():
            answers.choose()
            begun = time.perf_counter()
            answers.save()
            waits.append((time.perf_counter() - begun) * 1000)
            ended.wait(0.05)

    alone: list[float] = []
    for _ in range(20):
        answers.choose()
        begun = time.perf_counter()
        answers.save()
        alone.append((time.perf_counter() - begun) * 1000)
    print(f"  {'saving an answer alone':<46} {'':>7} {'':>5} {statistics.median(alone):>7.1f} {max(alone):>7.1f}")
    thread = threading.Thread(target=saving)
    thread.start()
    # Until there are enough of them that a few unlucky ones do not decide.
    while thread.is_alive() and len(waits) < 20 * batches:
        post()
    ended.set()
    thread.join()
    p95 = statistics.quantiles(waits, n=20, method="inclusive")[18]
    label = "saving an answer beside a sender of batches"
    print(f"  {label:<46} {'':>7} {100:>5} {p95:>7.1f} {max(waits):>7.1f}  (p95 of {len(waits)})", end="")
    print(goals.mark("saving beside a sender, p95 ms", p95, 100), flush=True)


def run(database_url: str, folder: Path, checkout: Path, rounds: int) -> Goals:
    from tests.support.live import Installation

    goals = Goals()
    site = Installation.make(folder, database_url, BDHVS_XAPI_REQUESTS_PER_MINUTE="100000000")
    try:
        site.manage("migrate")
        site.manage("collectstatic", "--no-input", "--verbosity", "0")
        code = f"import sys; sys.path.insert(0, {str(HERE)!r}); import _pages_site; _pages_site.fill()"
        made = site.manage("shell", "--no-imports", "-c", code, timeout=1800)
        filled = json.loads(made.strip().splitlines()[-1])
        # Beside the sender somebody saves: with one worker they would wait for its thread and not for the database.
        server = site.serve(workers=2)
        costs = Costs(server.pid)
        fresh = costs.memory()
        page_table(server.url, costs, filled, rounds, goals)
        attempt_table(server.url, costs, filled, rounds, goals)
        store_table(server.url, costs, site, filled, rounds, goals)
        used = costs.memory()
        print(f"\n  memory of a worker, MB: {fresh:,.0f} at the start, {used:,.0f} at the end, goal 250", end="")
        print(goals.mark("memory of a worker, MB", used, 250))
    finally:
        site.close()
    return goals


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--checkout", type=Path, default=HERE.parent, help="whose site is measured; run with its Python"
    )
    parser.add_argument("--rounds", type=int, default=20, help="requests for each line")
    options = parser.parse_args()
    checkout = options.checkout.resolve()
    sys.path[:0] = [str(checkout), str(checkout / "xapi"), str(HERE)]
    with tempfile.TemporaryDirectory(prefix="bdhvs-bench-") as scratch:
        url = os.environ.get("DATABASE_URL", f"sqlite:///{scratch}/site/site.sqlite3")
        kind = "PostgreSQL" if url.startswith("postgres") else "SQLite"
        print(
            f"{kind}, Python {platform.python_version()}, {os.cpu_count()} cores, two workers, {options.rounds} rounds"
        )
        goals = run(url, Path(scratch) / "site", checkout, options.rounds)
    if goals.missed:
        sys.exit("\nGoals missed:\n" + "\n".join(f"- {line}" for line in goals.missed))
    print("\nEvery goal is met.")


if __name__ == "__main__":
    main()
