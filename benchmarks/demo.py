"""What loading the demonstration costs, from an empty database on: migrations, the campaign, courses, people.

    python benchmarks/demo.py                                            SQLite, a file in the temporary folder
    DATABASE_URL=postgres://user@host/db python benchmarks/demo.py       PostgreSQL: an empty database, filled

Fails when `load_demo` itself takes more than a minute of this process's own work: others on the machine do not count.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), *(str(ROOT / folder) for folder in ("content", "xapi", "templates"))]
CLOCK = "2026-11-25T10:00:00+07:00"
SECONDS = 60


def run() -> float:
    """Prints a line for each command; what `load_demo` took of the processor, in seconds."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bdhvs_lms.base.api import now
    from bdhvs_xapi.store.models import Statement

    print(f"\n{connection.display_name}, Django {django.get_version()}, Python {platform.python_version()}, ", end="")
    print(f"{os.cpu_count()} cores")
    print(f"  {'command':<16} {'seconds':>8} {'CPU':>8} {'statements':>11}")
    own = 0.0
    for command, options in (("migrate", {}), ("load_campaign", {}), ("load_demo", {"at": now().isoformat()})):
        wall, cpu = time.perf_counter(), time.process_time()
        call_command(command, verbosity=0, **options)
        wall, own = time.perf_counter() - wall, time.process_time() - cpu
        stored = Statement.objects.count() if command == "load_demo" else 0
        print(f"  {command:<16} {wall:>8.1f} {own:>8.1f} {stored:>11,}")
    return own


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/demo.sqlite3")
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        import tests.settings

        tests.settings.MEDIA_ROOT = Path(folder) / "media"
        os.environ["BDHVS_TEST_CLOCK"] = CLOCK
        own = run()
    if own > SECONDS:
        sys.exit(f"load_demo took {own:.0f} seconds of the processor; a minute is what the demonstration promises.")


if __name__ == "__main__":
    main()
