"""How long everybody who writes waits for what works on many: the longest transaction of each, on SQLite in a file.

    python benchmarks/locks.py                 all of them, of ``--people`` (default 1,000)
    python benchmarks/locks.py import merge    those whose name has one of these words

Shown are the seconds of the whole work, the longest of its transactions by the clock and its share of CPU, the most
statements of SQL in one, and how many transactions there were. The floor is registering one person. While one lasts
nobody else writes, so the goal is half a second for each; the exit code is 1 where one is missed. How many statements
each may take is asserted by ``tests/bdhvs_lms/test_pieces.py``, whatever the machine does.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), *(str(ROOT / folder) for folder in ("benchmarks", "content", "xapi", "templates"))]
GOAL = 500
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô")
GIVEN = ("Lan", "Bình", "Hoa", "Dũng", "Mai", "Khoa", "Yến", "Sơn", "Hạnh", "Ân")
Work = Iterator[tuple[str, Callable[[], Any]]]


def names(count: int, word: str) -> list[str]:
    """Different people, also when marks are off."""
    return [f"{FAMILY[n % 10]} {word} {GIVEN[n // 10 % 10]} {'abcdefghij'[n // 100 % 10]}" for n in range(count)]


def file_of(headings: str, rows: list[str]) -> bytes:
    return "\n".join([headings, *rows]).encode()


def imports(world: Any, count: int, at: Any) -> Work:
    from bdhvs_lms.base.api import apply_import
    from bdhvs_lms.campaign.api import IMPORTERS
    from bdhvs_lms.classes.api import create_class
    from bdhvs_lms.classes.rosters import RosterImporter
    from bdhvs_lms.competency.confirming.vneid import VneidImporter
    from bdhvs_lms.courses.api import Course

    def done(kind: Any, headings: str, rows: list[str], **more: Any) -> Callable[[], None]:
        def run() -> None:
            preview = apply_import(kind, file_of(headings, rows), at=at, by=None, sure=True, **more)
            assert preview.applied and len(preview.to_write) == count, [str(one) for one in preview.errors[:3]]

        return run

    course, day = Course.objects.get(), at.date()
    group = create_class(name="Lớp", code="lop", course=course, area=world.area, starts=day, at=at, by=None)
    people = [f"{name};{1930 + n % 60};{world.area.name}" for n, name in enumerate(names(count, "Thị"))]
    options = {"class_group": group, "group": world.group}
    yield "import of people, into a class", done(RosterImporter, "Họ tên;Năm sinh;Nơi ở", people, options=options)
    villages = [f"{world.area.name};Thôn {n}" for n in range(count)]
    yield "import of villages", done(IMPORTERS["areas"], "Xã;Thôn", villages)
    numbers = [f"{world.group.label_vi};Thôn {n};{world.area.name};{at:%d/%m/%Y};9{n};Đo" for n in range(count)]
    populations = "Nhóm;Địa bàn;Xã;Ngày;Tổng số;Nguồn"
    yield "import of populations", done(IMPORTERS["denominators"], populations, numbers)
    confirmed = [f"{name};{1930 + n % 60};{at:%d/%m/%Y};Đo" for n, name in enumerate(names(count, "Thị"))]
    yield "import of confirmations", done(VneidImporter, "Họ tên;Năm sinh;Ngày;Nguồn", confirmed)


def learned(world: Any, name: str, acts: int) -> Any:
    """Somebody of whom the ledger has so many statements."""
    from bdhvs_lms.tracking.api import VERB_FAILED, VERB_PASSED

    person = world.learner(name)
    for first in range(0, acts, 50):
        world.record(
            *(
                world.act(
                    person,
                    VERB_PASSED if n % 3 else VERB_FAILED,
                    (world.quiz, world.task)[n % 2],
                    minutes=n,
                    score=9 if n % 3 else 4,
                    try_no=n + 1,
                )
                for n in range(first, min(first + 50, acts))
            )
        )
    return person


def records(world: Any, count: int, at: Any) -> Work:
    from bdhvs_lms.tracking.api import merge_records, part_records

    one, other = learned(world, "một", count), learned(world, "hai", count)
    yield "merge of two records", lambda: merge_records(one, other, by=None, reason="Một người", at=at)
    yield "parting them", lambda: part_records(one, by=None, at=at)


def erasures(world: Any, count: int, at: Any) -> Work:
    from bdhvs_lms.audit.api import forget_accesses, log_access
    from bdhvs_lms.learners.api import Learner
    from bdhvs_lms.privacy.api import erase, purge

    whole = learned(world, "ba", count)
    actors = list(Learner.objects.values_list("actor", flat=True)[: count + 40])
    for n in range(count):
        log_access(user=None, actors=actors[n : n + 40], page="class-review", at=at - timedelta(days=9))
    yield "erasure of one of many statements", lambda: erase(whole, by=None, at=at)
    yield "retention", lambda: purge(at + timedelta(days=1), at=at + timedelta(days=2))
    yield "looks forgotten", lambda: forget_accesses(at)


def rules(world: Any, count: int, at: Any) -> Work:
    from django.core.management import call_command

    from bdhvs_lms.campaign.api import TargetGroup
    from bdhvs_lms.learners.api import apply_group_rules, register, set_min_age

    for name in names(count, "Văn"):
        register(full_name=name, birth_year=1960, area=world.area, groups=[world.group], at=at)
    old = TargetGroup.objects.create(key="old", label_vi="Người cao tuổi", counted_where="area")
    set_min_age(old, 60, by=None)
    yield "rules of age", lambda: apply_group_rules(at=at)
    yield "everything folded anew", lambda: call_command("rebuild", "--restart", verbosity=0)


def readings(world: Any, count: int, at: Any) -> Work:
    from django.core.management import call_command

    call_command("load_campaign", "--at", "2025-07-01T08:00:00+07:00", verbosity=0)
    yield "freezing readings", lambda: call_command("freeze_reading", stdout=open(os.devnull, "w"))


def run(people: int, words: list[str]) -> list[str]:
    import django

    django.setup()
    from _held import Held
    from django.core.management import call_command
    from django.db import connection

    from bdhvs_lms.learners.api import register
    from tests.support.world import T0, World

    call_command("migrate", verbosity=0)
    world, at, missed = World(), T0 + timedelta(days=400), []
    print(f"\n{connection.display_name}, Django {django.get_version()}, Python {platform.python_version()}, ", end="")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {people:,} people")
    print(f"  {'':<40} {'s':>7} {'longest ms':>11} {'CPU ms':>7} {'statements':>11} {'of':>6}")

    def told(name: str, work: Callable[[], Any]) -> None:
        began = time.perf_counter()
        with Held(connection) as held:
            work()
        took, (wall, cpu) = time.perf_counter() - began, held.longest
        late = min(wall, held.most_cpu) > GOAL
        missed.extend([f"{name}: {wall:,.0f} ms, goal {GOAL}"] if late else [])
        print(
            f"  {name:<40} {took:>7.2f} {wall:>11,.0f} {cpu:>7,.0f} {held.statements:>11,} {held.count:>6,}"
            f"{'  MISSED' if late else ''}",
            flush=True,
        )

    told("floor: one person registered", lambda: register(full_name="Một Người", area=world.area, at=at))
    for part in (imports, records, rules, readings, erasures):
        for name, work in part(world, people, at):
            if not words or any(word in name for word in words):
                told(name, work)
    return missed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--people", type=int, default=1_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/locks.sqlite3"
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        import tests.settings  # noqa: F401 - takes the developer's own environment away first

        missed = run(options.people, options.words)
    if missed:
        sys.exit("\nGoals missed:\n" + "\n".join(f"- {line}" for line in missed))
    print("\nEvery goal is met.")


if __name__ == "__main__":
    main()
