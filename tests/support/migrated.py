"""Migrated SQLite databases that runs of the tests start from, kept beside the user's other caches.

Migrating an empty database takes half a minute of the processor, copying one some milliseconds. A kept one is named
after what it was made of, so checkouts share them.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.live import ROOT, Postgres, clean_environment, copy_sqlite
from tests.support.locks import LOCK, OLDEST

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bdhvs-lms"
"""What runs of the tests keep for the next: migrated databases, and the examples that properties failed for."""
MOST = 8
SITE, TESTS = "bdhvs_lms.site.settings", "tests.settings"
# Looking for garbage is a fifth of what it takes.
_MIGRATE = "import gc; gc.disable(); import django; django.setup(); "
_MIGRATE += "from django.core.management import call_command as call; "
_MIGRATE += "call('migrate', verbosity=0)"


def _state(*folders: str) -> str:
    """Return a name for what a migrated database would be: our migrations, the versions of all packages, the Python."""
    digest = hashlib.sha256(platform.python_version().encode())
    migrations = sorted(file for folder in folders for file in ROOT.glob(f"{folder}/migrations/*.py"))
    for file in [LOCK, Path(__file__), *migrations]:
        digest.update(str(file.relative_to(ROOT)).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:32]


def _folders(settings: str) -> list[str]:
    return ["*", "*/*"] + (["tests/plugin_example/*"] if settings == TESTS else [])


def _migrate(url: str, settings: str, environment: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "-c", _MIGRATE],
        cwd=ROOT, env=clean_environment(DATABASE_URL=url, DJANGO_SETTINGS_MODULE=settings, **environment), check=True,
    )  # fmt: skip


@contextmanager
def _alone(name: str) -> Iterator[Path]:
    """The folder of kept databases, while no other process makes one of this name."""
    folder = CACHE / "migrated"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def kept(settings: str, **environment: str) -> str:
    """Return the file of a migrated database; the tests' own settings have apps more than the ready site's."""
    with _alone(settings) as folder:
        file = folder / f"{settings.partition('.')[0]}-{_state(*_folders(settings))}.sqlite3"
        if not file.exists():
            unfinished = file.with_suffix(f".{os.getpid()}")
            if settings == TESTS:
                copy_sqlite(Path(kept(SITE, **environment)), unfinished)
            _migrate(f"sqlite:///{unfinished}", settings, environment)
            os.replace(unfinished, file)
            for old in sorted(folder.glob("*.sqlite3"), key=lambda one: one.stat().st_atime)[:-MOST]:
                old.unlink()
    return str(file)


def kept_on(postgres: Postgres, settings: str, **environment: str) -> str:
    """Return the name of such a database on a server; an earlier one of the same versions makes room for it."""
    kind = f"kept_{settings.partition('.')[0]}_{platform.python_version_tuple()[1]}{'lts' if OLDEST else ''}"
    with _alone(kind):
        name = f"{postgres.prefix}{kind}_{_state(*_folders(settings))[:12]}"
        if not postgres.has(name):
            postgres.drop_all(f"{kind}_")
            source = kept_on(postgres, SITE, **environment) if settings == TESTS else "template0"
            unfinished = postgres.name(f"{kind}_unfinished")
            _migrate(postgres.create(unfinished, template=source), settings, environment)
            if settings == TESTS:
                _without_autovacuum(postgres.address(unfinished))
            postgres.rename(unfinished, name)
    return name


def _without_autovacuum(url: str) -> None:
    """What tests roll back is gone for everyone but leaves pages behind. Autovacuum counts no row in them and notes
    that, and from then on the planner believes every list to have one row, however many the next test adds: what should
    take milliseconds took minutes, on some runs and not on others."""
    import psycopg

    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT format('ALTER TABLE %I.%I SET (autovacuum_enabled = off)', schemaname, tablename) "
            "FROM pg_tables WHERE schemaname = 'public'"
        )
        connection.execute("; ".join(row[0] for row in tables))  # type: ignore[arg-type]
