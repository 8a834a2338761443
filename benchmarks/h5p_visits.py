"""How long learners wait for an H5P activity on a weak line, and what goes over it.

    python benchmarks/h5p_visits.py                    400 kbit/s and 300 ms, with Chromium at /usr/bin/chromium
    python benchmarks/h5p_visits.py --kbit 2000 --latency 0.1

An activity whose libraries weigh what those of a large content type do (600 KB of scripts, 90 KB of styles, a font of
signs), on the ready site with one worker, in both set-ups: the site's own host, and a host of its own for content. A
cold visit, the second one, and the first to another activity of the same kind. Beside them, as the floor, the page "My
learning" of the same site, cold and warm. Counted and slowed down between browser and server, on connections that
browsers keep open; seconds from going to the attempt's page until the activity has said that it is there. Medians of
``--times`` browsers, each with nothing kept. Goals: warm 2.5 s, 20 KB and 4 requests; the exit code is 1 where one is
missed.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks"), str(ROOT / "content/h5p-python-adapter")]

from h5p import script, sheet  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from adapter_tests import building  # noqa: E402
from h5p_python_adapter.player.core import PLAYER_FILES  # noqa: E402
from tests.e2e import h5p as played  # noqa: E402
from tests.support.counting import Counter  # noqa: E402
from tests.support.live import Installation, free_port  # noqa: E402

GOAL_SECONDS, GOAL_BYTES, GOAL_REQUESTS = 2.5, 20_000, 4
CONTAINER = "Bdhvs.TestContainer 1.0"


def packages() -> dict[str, bytes]:
    dice = random.Random(12)
    folder = "Bdhvs.TestContainer-1.0"
    own = building.library(CONTAINER)
    files = {
        f"{folder}/scripts/main.js": own[f"{folder}/scripts/main.js"] + b"\n" + script(dice, 600_000),
        f"{folder}/styles/main.css": sheet(dice, 90_000),
        f"{folder}/fonts/x.woff2": (PLAYER_FILES / "fonts/h5p-core-30.woff2").read_bytes(),
        f"{folder}/images/x.png": bytes(600),
    }
    one = building.PARAMS[CONTAINER]
    return {
        "one": building.package(CONTAINER, one, files=files),
        "another": building.package(CONTAINER, {"items": one["items"][:1]}, files=files),
    }


def visit(page: Any, counter: Counter, path: str, until: str) -> tuple[float, int, int]:
    """(seconds, GET requests, bytes)."""
    before, started = len(counter.exchanges), time.perf_counter()
    page.goto(f"http://127.0.0.1:{counter.port}{path}", wait_until="commit")
    page.wait_for_selector(until, state="attached")
    if until == "iframe[style]":
        page.frames[1].wait_for_selector(".h5p-container button")
    seconds = time.perf_counter() - started
    page.wait_for_load_state("networkidle")
    seen = counter.exchanges[before:]
    return seconds, sum(one.method == "GET" for one in seen), sum(one.sent for one in seen)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kbit", type=int, default=400)
    parser.add_argument("--latency", type=float, default=0.3)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    options = parser.parse_args()
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        site = Installation.make(Path(folder) / "data", f"sqlite:///{folder}/data/db.sqlite3")
        site.manage("migrate", "--verbosity", "0")
        site.manage("collectstatic", "--noinput", "--verbosity", "0")
        made = played.make(site, packages())
        ports = free_port(), free_port()
        servers = (
            site.serve(BDHVS_TEST_CLOCK=played.CLOCK),
            site.serve(BDHVS_TEST_CLOCK=played.CLOCK, BDHVS_H5P_CONTENT_ORIGIN=f"http://localhost:{ports[1]}"),
        )
        print(f"{options.kbit} kbit/s, {options.latency * 1000:.0f} ms; medians of {options.times}")
        print(f"{'set-up':<18} {'visit':<26} {'seconds':>8} {'GET':>5} {'KB':>7}")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
            for name, port, server in zip(("one host", "content host"), ports, servers, strict=True):
                found: dict[str, list[tuple[float, int, int]]] = {}
                counter = Counter(port, int(urlsplit(server.url).port or 0), options.latency, options.kbit * 1000 // 8)
                for _ in range(options.times):
                    context = browser.new_context(locale="vi-VN", viewport={"width": 360, "height": 740})
                    made.sign_in(context, f"http://127.0.0.1:{port}")
                    page = context.new_page()
                    page.set_default_timeout(120_000)
                    for what, path, until in (
                        ("cold", made.paths["one"], "iframe[style]"),
                        ("second", made.paths["one"], "iframe[style]"),
                        ("another of the kind", made.paths["another"], "iframe[style]"),
                        ("floor: a page, warm", "/viec-hoc/", "footer"),
                    ):
                        found.setdefault(what, []).append(visit(page, counter, path, until))
                    context.close()
                for what, runs in found.items():
                    seconds, gets, sent = (statistics.median(column) for column in zip(*runs, strict=True))
                    too_much = seconds > GOAL_SECONDS or gets > GOAL_REQUESTS or sent > GOAL_BYTES
                    bad = what != "cold" and too_much
                    missed |= bad
                    print(
                        f"{name:<18} {what:<26} {seconds:>8.2f} {gets:>5.0f} {sent / 1000:>7.1f}"
                        + ("  missed" if bad else "")
                    )
                counter.close()
            browser.close()
        site.close()
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
