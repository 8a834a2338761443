"""What receiving record stores cost a learner: submitting a quiz, with none, and with three that are all down.

    python benchmarks/outbox.py                                           SQLite, a file in the temporary folder
    DATABASE_URL=postgres://user@host/db python benchmarks/outbox.py      PostgreSQL: an empty database, filled

``--submits N`` how many of each (default 60), each a whole request with ten questions, taken in turns, so that all have
the same machine. "sender running" has a `bdhvs deliver` beside it that goes on trying. CPU is this process's; medians
are shown, and beside it the time that a person waits.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), *(str(ROOT / folder) for folder in ("content", "xapi", "templates"))]
DOWN = "http://127.0.0.1:1/xapi"


def submit(taking: Any) -> tuple[int, float, float]:
    """(queries, CPU ms, wall ms) of the request that hands in a new attempt."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.bdhvs_quiz.helpers import address

    attempt = taking.open()
    taking.client.get(address(attempt))
    form = taking.form(taking.count)
    with CaptureQueriesContext(connection) as queries:
        wall, cpu = time.perf_counter(), time.process_time()
        response = taking.client.post(address(attempt), form)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    assert response.status_code == 303, response.content
    return len(queries), cpu * 1000, wall * 1000


def run(submits: int) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from bdhvs_xapi import api
    from tests.bdhvs_quiz.helpers import Taking

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    # The host of Django's test client.
    settings.ALLOWED_HOSTS.append("testserver")
    taking = Taking(count=10)
    targets = [api.create_target(key, url=DOWN) for key in ("district", "province", "ministry")]
    found: dict[str, list[tuple[int, float, float]]] = {}

    def block(name: str, active: bool) -> None:
        api.Target.objects.update(active=active)
        submit(taking)
        found.setdefault(name, []).extend(submit(taking) for _ in range(submits // 6))

    for _ in range(6):
        block("no target", active=False)
        block("three that are down", active=True)
        sender = subprocess.Popen([sys.executable, "-m", "bdhvs_lms.site.cli", "deliver"], stdout=subprocess.PIPE)
        assert sender.stdout is not None
        # Its first line: it has tried, and goes on trying.
        api.Target.objects.update(active=True)
        sender.stdout.readline()
        block("three that are down, sender running", active=True)
        sender.send_signal(signal.SIGTERM)
        sender.communicate()
    print(f"\n{connection.display_name}, Django {django.get_version()}, Python {platform.python_version()}, ", end="")
    print(f"{os.cpu_count()} cores; {sum(api.status(target).waiting for target in targets):,} items waiting at the end")
    print(f"  {'submitting ten questions':<38} {'queries':>8} {'CPU ms':>8} {'wall ms':>8}")
    for name, rows in found.items():
        queries, cpu, wall = (statistics.median(column) for column in zip(*rows, strict=True))
        print(f"  {name:<38} {queries:>8.0f} {cpu:>8.1f} {wall:>8.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submits", type=int, default=60)
    submits = parser.parse_args().submits
    with tempfile.TemporaryDirectory(prefix="bdhvs-bench-") as directory:
        os.environ["BDHVS_DATA_DIR"] = directory
        os.environ["BDHVS_SECRET_KEY"] = "only-for-a-benchmark-" + "0123456789" * 4
        os.environ["BDHVS_INSECURE_LOOPBACK"] = "1"
        os.environ["DJANGO_SETTINGS_MODULE"] = "bdhvs_lms.site.settings"
        run(submits)


if __name__ == "__main__":
    main()
