"""The ready site's settings in a process of their own: secure by default, no secret where none is needed."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.live import ROOT, clean_environment

SHOW = """
import json
from django.conf import settings
names = {names!r}
print(json.dumps({{name: getattr(settings, name) for name in names}}, default=str))
"""


def bdhvs(data_dir: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bdhvs_lms.site.cli", *arguments],
        cwd=ROOT,
        env=clean_environment(BDHVS_DATA_DIR=str(data_dir)) | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def settings_of(data_dir: Path, *names: str, **environment: str) -> dict[str, Any]:
    done = bdhvs(data_dir, "shell", "--no-imports", "-c", SHOW.format(names=names), **environment)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_secure_by_default(tmp_path: Path) -> None:
    found = settings_of(
        tmp_path,
        "DEBUG", "ALLOWED_HOSTS", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE", "SESSION_COOKIE_NAME", "BDHVS_INSECURE_LOOPBACK", "BDHVS_TEST_CLOCK",
    )  # fmt: skip
    assert found == {
        "DEBUG": False,
        "ALLOWED_HOSTS": [],
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "__Host-bdhvs-session",
        "BDHVS_INSECURE_LOOPBACK": False,
        "BDHVS_TEST_CLOCK": None,
    }


def test_sqlite_is_tuned_and_postgres_has_its_app(tmp_path: Path) -> None:
    sqlite = settings_of(tmp_path, "DATABASES", "INSTALLED_APPS")
    database = sqlite["DATABASES"]["default"]
    assert database["CONN_MAX_AGE"] == 60
    assert database["ATOMIC_REQUESTS"] is False
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert database["OPTIONS"]["timeout"] == 20
    assert "django.contrib.postgres" not in sqlite["INSTALLED_APPS"]
    assert "modelsearch" not in sqlite["INSTALLED_APPS"]
    postgres = settings_of(tmp_path, "DATABASES", "INSTALLED_APPS", DATABASE_URL="postgres://a:b@127.0.0.1:1/c")
    assert postgres["DATABASES"]["default"]["CONN_MAX_AGE"] == 60
    assert "OPTIONS" not in postgres["DATABASES"]["default"] or not postgres["DATABASES"]["default"]["OPTIONS"]
    assert "django.contrib.postgres" in postgres["INSTALLED_APPS"]


def test_sqlite_really_runs_that_way(tmp_path: Path) -> None:
    code = (
        "from django.db import connection as c; k = c.cursor()\n"
        "print(*[k.execute('PRAGMA ' + p).fetchone()[0] for p in ('journal_mode', 'synchronous', 'busy_timeout')])"
    )
    assert bdhvs(tmp_path, "shell", "--no-imports", "-c", code).stdout.split() == ["wal", "1", "20000"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("migrate", "--verbosity", "0"),
        ("collectstatic", "--noinput", "--verbosity", "0"),
        ("makemigrations", "--check", "--dry-run", "auth"),
        ("help",),
    ],
    ids=lambda arguments: arguments[0],
)
def test_needs_no_secret(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = bdhvs(tmp_path, *arguments)
    assert done.returncode == 0, done.stderr


def test_every_variable_is_documented() -> None:
    """README.md of the site names each variable that its code reads, and no other."""
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bdhvs_lms/site").glob("*.py"))
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', code))
    read |= {f"{name}_FILE" for name in re.findall(r'env\.secret\(\s*"([A-Z_]+)"', code)}
    readme = (ROOT / "bdhvs_lms/site/README.md").read_text(encoding="utf-8")
    rows = [line for line in readme.splitlines() if line.startswith("| `")]
    documented = set(re.findall(r"`([A-Z_]+)`", "".join(row.split("|")[1] for row in rows)))
    assert read == documented
