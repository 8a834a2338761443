"""What the server itself costs, and what slow visitors cost the others.

    python benchmarks/serving.py                        `bdhvs serve` with two workers, on a demonstration made for it
    python benchmarks/serving.py --data DIR             the same on a data folder that is there; made when it is not
    python benchmarks/serving.py --url URL --pid PID    any server that runs already; PID is its first process

First pages, asked for by ``--clients`` connections at once for ``--seconds``: requests a second, processor time of the
server a request (its own, whatever else the machine does), memory. Then one visitor asks for one page after the other,
a visitor's and a learner's, the record store's and health, by a new connection each time, beside: nobody; 50
connections whose bodies do not end, half of them trickling, at sign-in, at a quiz, at uploads and at the record store;
2, 50 and 500 at all of these; 50 that do not read a film; 1,000 that say nothing, and 1,000 whose headers do not end.
The goal is a second for every answer; the exit code is 1 where one is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

ROOT = Path(__file__).parents[1]
GOAL = 1.0
# Path, and whether it is asked for as the learner. The first two are also measured under load.
PAGES = (("/dang-nhap/", False), ("/viec-hoc/", True), ("/xapi/about", False), ("/healthz", False))
FORM = "Content-Type: application/x-www-form-urlencoded"
JSON = "Content-Type: application/json"


def head(method: str, path: str, *headers: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""]).encode()


UPLOAD = "Content-Type: multipart/form-data; boundary=x"
SLOW = {
    "sign-in": [head("POST", "/dang-nhap/", FORM, "Content-Length: 100000")],
    "quiz": [head("POST", f"/bai-lam/{uuid4()}/", FORM, "Content-Length: 2900")],
    "upload": [
        head("POST", "/quan-tri/images/add/", UPLOAD, "Content-Length: 90000000"),
        head("POST", "/quan-tri/snippets/bdhvs_h5p/h5pcontent/add/", UPLOAD, "Transfer-Encoding: chunked"),
    ],
    "xAPI": [
        head("POST", "/xapi/statements", JSON, "Content-Length: 100000"),
        head("POST", "/xapi/statements?method=POST", FORM, "Content-Length: 100000"),
        head("PUT", "/xapi/activities/state", JSON, "Transfer-Encoding: chunked"),
    ],
}
EVERYWHERE = [each for kinds in SLOW.values() for each in kinds]


def processes(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from processes(int(child))


def cpu_seconds(pid: int) -> float:
    ticks = 0
    for each in processes(pid):
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def megabytes(pid: int) -> float:
    lines = [line for each in processes(pid) for line in Path(f"/proc/{each}/status").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")) / 1024


def sign_in(address: tuple[str, int]) -> str:
    """The cookies of the demonstration's learner; none where there is no such account."""
    connection = HTTPConnection(*address, timeout=60)
    connection.request("GET", "/dang-nhap/")
    response = connection.getresponse()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', response.read().decode())
    cookie = (response.getheader("Set-Cookie") or "").partition(";")[0]
    if token is None:
        return ""
    body = urlencode({"username": "nguoihoc", "password": "hocvuso2025", "csrfmiddlewaretoken": token[1]})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    connection.request("POST", "/dang-nhap/", body, headers)
    response = connection.getresponse()
    response.read()
    return "; ".join(value.partition(";")[0] for name, value in response.getheaders() if name.lower() == "set-cookie")


def throughput(address: tuple[str, int], pid: int, path: str, cookie: str, clients: int, seconds: float) -> None:
    counts = [0] * clients
    statuses: set[int] = set()
    end = time.monotonic() + seconds

    def ask(number: int) -> None:
        connection = HTTPConnection(*address, timeout=60)
        while time.monotonic() < end:
            connection.request("GET", path, headers={"Cookie": cookie})
            response = connection.getresponse()
            response.read()
            statuses.add(response.status)
            counts[number] += 1

    before = cpu_seconds(pid)
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = cpu_seconds(pid) - before
    total = sum(counts)
    print(
        f"| {path} {sorted(statuses)} | {total / seconds:.0f} | {1000 * spent / max(total, 1):.2f} | "
        f"{megabytes(pid):.0f} |"
    )


@contextmanager
def connections(address: tuple[str, int], number: int, first: Callable[[int], bytes], then: bytes) -> Iterator[None]:
    """So many connections that say ``first``; every other one goes on with ``then`` twice a second."""
    with ExitStack() as opened:
        lines = []
        for index in range(number):
            line = opened.enter_context(socket.create_connection(address, timeout=30))
            if said := first(index):
                line.sendall(said)
            lines.append(line)
        ended = threading.Event()

        def trickle() -> None:
            while not ended.wait(0.5):
                for line in lines[::2] if then else ():
                    try:
                        line.sendall(then)
                    except OSError:
                        pass  # closed by the server

        sender = threading.Thread(target=trickle)
        sender.start()
        try:
            yield
        finally:
            ended.set()
            sender.join()


def beside(address: tuple[str, int], what: str, cookie: str, seconds: float, pid: int) -> bool:
    """Ask for one page after the other; whether each answer came within the goal."""
    times: list[float] = []
    failed = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end or not times:
        started = time.monotonic()
        connection = HTTPConnection(*address, timeout=10)
        try:
            path, known = PAGES[len(times) % len(PAGES)]
            connection.request("GET", path, headers={"Cookie": cookie if known else ""})
            response = connection.getresponse()
            response.read()
            failed += response.status != 200
        except (OSError, HTTPException):
            failed += 1
        finally:
            connection.close()
        times.append(time.monotonic() - started)
    times.sort()
    good = not failed and times[-1] <= GOAL
    print(
        f"| {what} | {len(times)} | {failed} | {1000 * times[len(times) // 2]:.0f} | {1000 * times[-1]:.0f} | "
        f"{megabytes(pid):.0f} | {'yes' if good else 'MISSED'} |"
    )
    return good


def environment(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BDHVS_", "DJANGO_"))}
    return {
        "BDHVS_DATA_DIR": str(data),
        "BDHVS_SECRET_KEY": secrets.token_urlsafe(64),
        "BDHVS_INSECURE_LOOPBACK": "1",
        "BDHVS_SIGN_IN_TRIES": "0",
        "BDHVS_SIGN_IN_ADDRESS_WARNING": "0",
        **kept,
    }


@contextmanager
def served(data: Path, port: int) -> Iterator[tuple[str, int]]:
    """`bdhvs serve` on that folder: (its URL, its process id)."""
    site = environment(data)
    command = [sys.executable, "-m", "bdhvs_lms.site.cli"]
    if not (data / "static").exists():
        steps = "migrate", "load_campaign", "load_demo"
        code = "from django.core.management import call_command\n" + "".join(
            f"call_command({step!r}, verbosity=0)\n" for step in steps
        )
        subprocess.run([*command, "shell", "--no-imports", "-c", code], cwd=ROOT, env=site, check=True)
        subprocess.run([*command, "collectstatic", "--noinput", "-v", "0"], cwd=ROOT, env=site, check=True)
    film = data / "media" / "media" / "phim.mp4"
    film.parent.mkdir(parents=True, exist_ok=True)
    with film.open("wb") as file:
        file.truncate(50_000_000)
    process = subprocess.Popen([*command, "serve", "--port", str(port), "-v", "0"], cwd=ROOT, env=site)
    try:
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def wait_for(address: tuple[str, int]) -> None:
    for _ in range(600):
        try:
            connection = HTTPConnection(*address, timeout=5)
            connection.request("GET", "/healthz")
            if json.loads(connection.getresponse().read())["status"] == "ok":
                return
        except (OSError, ValueError):
            time.sleep(0.2)
    raise SystemExit("The server does not answer.")


def measure(url: str, pid: int, clients: int, seconds: float) -> bool:
    parts = urlsplit(url)
    address = (parts.hostname or "", parts.port or 80)
    wait_for(address)
    cookie = sign_in(address)
    print(f"\n| page, {clients} connections | requests/s | ms of processor | MB |\n|---|---|---|---|")
    for path, known in PAGES[:2]:
        for during in (2, seconds):
            throughput(address, pid, path, cookie if known else "", clients, during)
    print("\n| beside | asked | failed | median ms | worst ms | MB | within 1 s |\n|---|---|---|---|---|---|---|")
    chunk = b"1\r\na\r\n"
    film = head("GET", "/media/media/phim.mp4")

    def bodies(number: int, where: str, kinds: list[bytes]) -> bool:
        with connections(address, number, lambda index: kinds[index % len(kinds)] + chunk, chunk):
            return beside(address, f"{number} bodies that do not end: {where}", cookie, seconds, pid)

    good = beside(address, "nobody", cookie, seconds, pid)
    for where, kinds in SLOW.items():
        good &= bodies(50, where, kinds)
    for number in (2, 50, 500):
        good &= bodies(number, "everywhere", EVERYWHERE)
    with connections(address, 50, lambda index: film, b""):
        good &= beside(address, "50 that do not read a film", cookie, seconds, pid)
    with connections(address, 1000, lambda index: b"", b""):
        good &= beside(address, "1,000 that say nothing", cookie, seconds, pid)
    with connections(address, 1000, lambda index: b"GET / HTTP/1.1\r\n", b"a"):
        good &= beside(address, "1,000 headers that do not end", cookie, seconds, pid)
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="data folder (default: a temporary one)")
    parser.add_argument("--url", help="a server that runs already")
    parser.add_argument("--pid", type=int, help="its first process")
    parser.add_argument("--port", type=int, default=8123)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=8)
    arguments = parser.parse_args()
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}")
    if arguments.url:
        good = measure(arguments.url, arguments.pid, arguments.clients, arguments.seconds)
    else:
        with tempfile.TemporaryDirectory() as folder:
            with served(arguments.data or Path(folder), arguments.port) as (url, pid):
                good = measure(url, pid, arguments.clients, arguments.seconds)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
