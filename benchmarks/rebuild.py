"""How fast `bdhvs rebuild` folds everything anew, in how much memory, and what is left of it after it was killed.

    python benchmarks/rebuild.py                                          SQLite, a file in the temporary folder
    DATABASE_URL=postgres://user@host/db python benchmarks/rebuild.py     PostgreSQL: an empty database, filled

``--people N`` (default 500), each with 30 acts: a lesson, tries of a quiz and of a task, which are evidence for
two competencies. The command runs as a process of its own: once whole; once killed with SIGKILL when half is done and
begun again, when both together are shown; then `rebuild --check` must find no difference. The floor is reading the same
statements of everybody as facts, and folding nothing.

On 2026-11-30, two cores nearly idle, Python 3.11, Django 5.2, SQLite, 10,500 statements (35 each, decisions with them):
8,157 a second, 271 MB, 114 of 300 people left after the kill; floor 89,282; `--check` 3,194. One learner a transaction,
as before, had some 3,600. PostgreSQL without fsync, 17,500 statements: 4,394 a second, 210 MB, 225 of 500 people left
after the kill; floor 18,253; `--check` 1,129.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), *(str(ROOT / folder) for folder in ("content", "xapi", "templates"))]
EACH, RATE, MEMORY = 30, 3_000, 300


def fill(people: int) -> None:
    from django.core.management import call_command

    from bdhvs_lms.learners.api import Learner
    from bdhvs_lms.tracking import api as tracking
    from tests.support.world import World

    call_command("migrate", verbosity=0)
    if Learner.objects.exists():
        return
    world = World()
    for number in range(people):
        person = world.learner(f"người {number}")
        acts = [world.act(person, tracking.VERB_EXPERIENCED, world.lesson, minutes=1)]
        for turn in range(1, EACH):
            good = turn % 3 == number % 3
            verb = tracking.VERB_PASSED if good else tracking.VERB_FAILED
            key = world.quiz if turn % 2 else world.task
            acts.append(world.act(person, verb, key, minutes=5 * turn, score=9 if good else 4, try_no=turn))
        world.record(*acts)


def floor() -> float:
    """Seconds of reading everybody's facts."""
    from bdhvs_lms.learners.api import Learner
    from bdhvs_lms.tracking import api as tracking
    from bdhvs_xapi import api as xapi

    began, home = time.perf_counter(), tracking.home_page()
    for actor in Learner.objects.values_list("actor", flat=True):
        xapi.facts(actor_key=xapi.account_key(home, str(actor)))
    return time.perf_counter() - began


def command(*words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "bdhvs_lms.site.cli", "rebuild", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path[:4])},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def whole(*words: str) -> tuple[float, int]:
    """Seconds, and the most memory in MB."""
    began = time.perf_counter()
    running = command(*words)
    _pid, status, used = os.wait4(running.pid, 0)
    if status:
        raise SystemExit(f"rebuild {' '.join(words)}: {status}")
    return time.perf_counter() - began, used.ru_maxrss // 1024


def start_alone() -> float:
    """Seconds of a rebuild that has nobody left to fold: what every command costs."""
    from bdhvs_lms.base.api import now
    from bdhvs_lms.learners.api import Learner
    from bdhvs_lms.tracking.models import RebuildCursor

    last = Learner.objects.order_by("-pk").values_list("pk", flat=True)[0]
    RebuildCursor.objects.create(name="rebuild", last_learner_id=last, started_at=now(), updated_at=now())
    return whole()[0]


def killed_and_begun_again() -> tuple[float, int]:
    """Seconds of both parts together, and how many people were left to the second."""
    from bdhvs_lms.learners.api import Learner
    from bdhvs_lms.tracking.models import RebuildCursor

    ids = list(Learner.objects.order_by("pk").values_list("pk", flat=True))
    began = time.perf_counter()
    running = command("--restart")
    while not RebuildCursor.objects.filter(last_learner_id__gte=ids[len(ids) // 2]).exists():
        if running.poll() is not None:
            raise SystemExit("rebuild ended before it could be killed")
        time.sleep(0.02)
    running.send_signal(signal.SIGKILL)
    running.wait()
    first = time.perf_counter() - began
    reached = RebuildCursor.objects.get().last_learner_id
    return first + whole()[0], sum(pk > reached for pk in ids)


def run(people: int) -> list[str]:
    import django

    django.setup()
    from django.db import connection

    from bdhvs_lms.progress.api import Result
    from bdhvs_xapi.models import Statement

    fill(people)
    statements = Statement.objects.count()
    print(f"\n{connection.display_name}, Django {django.get_version()}, Python {platform.python_version()}, ", end="")
    print(f"{os.cpu_count()} cores; {people:,} people, {statements:,} statements")
    missed: list[str] = []

    def told(name: str, value: float, unit: str, goal: float | None = None, *, least: bool = False) -> None:
        late = goal is not None and (value < goal if least else value > goal)
        missed.extend([f"{name}: {value:,.0f} {unit}, goal {goal:,}"] if late else [])
        print(f"  {name:<56} {value:>10,.1f} {unit}{'  MISSED' if late else ''}", flush=True)

    read = floor()
    connection.close()
    start = start_alone()
    Result.objects.update(best_max=1)
    seconds, memory = whole("--restart")
    told("floor: statements read as facts, a second", statements / read, "")
    told("start of the command", start, "s")
    told("rebuild after its start, statements a second", statements / (seconds - start), "", RATE, least=True)
    told("its memory", memory, "MB", MEMORY)
    both, left = killed_and_begun_again()
    told("killed half way and begun again, without two starts", both - 2 * start, f"s, whole {seconds - start:.1f}")
    told("people left to the second part", left, f"of {people:,}", people * 0.5)
    told("rebuild --check after its start, a second", statements / (whole("--check")[0] - start), "")
    return missed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=500)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/rebuild.sqlite3")
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        import tests.settings  # noqa: F401 - takes the developer's own environment away first

        missed = run(options.people)
    if missed:
        sys.exit("\nGoals missed:\n" + "\n".join(f"- {line}" for line in missed))
    print("\nEvery goal is met.")


if __name__ == "__main__":
    main()
