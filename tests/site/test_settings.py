"""The ready site's settings in a process of their own: secure by default, no secret where none is needed."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from bdhvs_lms.site import database
from tests.docs.setting_rows import OWNERS
from tests.support.live import ROOT, clean_environment

# A folder may have any name.
FOLDER = "học vụ số #1? 100%"
# One process for SQLite and one for PostgreSQL answer every question of this file.
SHOW = """
import io, json
from contextlib import redirect_stdout
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from bdhvs_lms.site.cli import main

call_command("check")
call_command("makemigrations", "auth", check=True, dry_run=True, verbosity=0)
found = {name: getattr(settings, name) for name in dir(settings) if name.isupper() and name != "SECRET_KEY"}
try:
    settings.SECRET_KEY
except ImproperlyConfigured:
    found["secret"] = "refused"
if connection.vendor == "sqlite":
    cursor = connection.cursor()
    pragmas = ("journal_mode", "synchronous", "busy_timeout", "cache_size", "mmap_size")
    found["pragmas"] = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas]
found["folder"] = connection.settings_dict["NAME"]
with redirect_stdout(io.StringIO()) as said:
    main(["help"])
found["help"] = said.getvalue()
print(json.dumps(found, default=str))
"""


def bdhvs(data_dir: Path, *arguments: str, **environment: str) -> str:
    """What `bdhvs` printed in an environment that says nothing, least of all a secret key."""
    done = subprocess.run(
        [sys.executable, "-m", "bdhvs_lms.site.cli", *arguments],
        cwd=ROOT,
        env=clean_environment(BDHVS_DATA_DIR=str(data_dir)) | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def settings_of(data_dir: Path, **environment: str) -> dict[str, Any]:
    printed = bdhvs(data_dir, "shell", "--no-imports", "-c", SHOW, **environment)
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return settings_of(tmp_path_factory.mktemp("data") / FOLDER)


def test_secure_by_default(usual: dict[str, Any]) -> None:
    expected = {
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
    assert {name: usual[name] for name in expected} == expected


def test_what_the_environment_does_not_say_is_as_declared(usual: dict[str, Any]) -> None:
    """The defaults that `bdhvs_lms/site/settings.py` names again are those of the settings objects."""
    declared = {each.name: each.default for owner in OWNERS.values() for each in owner.declared()}
    given = {name: usual[name] for name in declared if name in usual}
    apart = {
        "BDHVS_OWN_ADMIN": True,
        "BDHVS_PUBLIC_URL": "https://localhost",
        "BDHVS_XAPI_HOME_PAGE": "bdhvs_lms.tracking.api.home_page",
        "BDHVS_XAPI_MAX_BATCH": 150,
    }
    assert len(given) > 25
    assert given == json.loads(json.dumps({name: declared[name] for name in given} | apart))


def test_sqlite_is_tuned(usual: dict[str, Any]) -> None:
    database = usual["DATABASES"]["default"]
    assert database["CONN_MAX_AGE"] == 60
    assert database["ATOMIC_REQUESTS"] is False
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert database["OPTIONS"]["timeout"] == 20
    assert "django.contrib.postgres" not in usual["INSTALLED_APPS"]
    assert "modelsearch" not in usual["INSTALLED_APPS"]
    assert usual["pragmas"] == ["wal", 2, 20_000, -32_768, 2_147_418_112], "as a connection really runs"


def test_postgres_has_its_app_and_an_old_secret_is_a_fallback(tmp_path: Path, usual: dict[str, Any]) -> None:
    postgres = settings_of(tmp_path, DATABASE_URL="postgres://a:b@127.0.0.1:1/c", BDHVS_OLD_SECRET_KEY="o" * 60)
    assert (usual["SECRET_KEY_FALLBACKS"], postgres["SECRET_KEY_FALLBACKS"]) == ([], ["o" * 60])
    assert postgres["DATABASES"]["default"]["CONN_MAX_AGE"] == 60
    assert "django.contrib.postgres" in postgres["INSTALLED_APPS"]


def test_an_address_of_a_database_says_all_that_django_wants() -> None:
    url = "postgres://bdhvs:p%40%2F%25@db:5433/hoc?sslmode=require&connect_timeout=9&disable_server_side_cursors=true"
    found = database.configuration(url)
    expected = {"USER": "bdhvs", "PASSWORD": "p@/%", "HOST": "db", "PORT": 5433, "NAME": "hoc"}
    assert {name: found[name] for name in expected} == expected
    assert found["DISABLE_SERVER_SIDE_CURSORS"] is True
    # A server that is gone without a word is noticed; what the address says wins.
    assert found["OPTIONS"] == {**database.PATIENCE, "sslmode": "require", "connect_timeout": 9}
    socket = database.configuration("postgres://bdhvs@%2Fvar%2Frun%2Fpostgresql/hoc?currentSchema=rieng")
    assert (socket["HOST"], socket["OPTIONS"]["options"]) == ("/var/run/postgresql", "-c search_path=rieng")
    assert socket["DISABLE_SERVER_SIDE_CURSORS"] is False


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgres://bdhvs:bi/mat@db/hoc", "%2F"),
        ("postgres://bdhvs:bi#mat@db/hoc", "%23"),
        ("bdhvs:bimat@db", "is like postgres://"),
        ("mysql://bdhvs:bimat@db/hoc", "runs on these two"),
        ("postgres://bdhvs:bimat@db", "no database behind it"),
    ],
)
def test_an_address_that_cannot_be_is_refused_without_its_password(url: str, words: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"^DATABASE_URL .*{words}") as found:
        database.configuration(url)
    assert "mat" not in str(found.value)
    assert found.value.__suppress_context__ or found.value.__context__ is None, "nor does what came before it"


def test_a_job_says_in_one_line_that_the_database_is_away(tmp_path: Path) -> None:
    """It begins again every few minutes, all night."""
    done = subprocess.run(
        [sys.executable, "-m", "bdhvs_lms.site.cli", "publish_scheduled"],
        env=clean_environment(BDHVS_DATA_DIR=str(tmp_path), DATABASE_URL="postgres://a:mat@127.0.0.1:1/c"),
        cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line.startswith("bdhvs publish_scheduled: the database, the disk or the bucket cannot be used now: ")
    assert "port 1 failed" in line and "mat" not in line.split(":", 2)[2]


def test_a_folder_may_have_any_name(usual: dict[str, Any]) -> None:
    assert usual["folder"].endswith(f"/{FOLDER}/db.sqlite3")


@pytest.mark.thorough
def test_needs_no_secret(usual: dict[str, Any], migrated: str, collected_static: Path) -> None:
    """`check` and `makemigrations` ran where SHOW ran, `migrate` and `collectstatic` where the templates were made."""
    assert usual["secret"] == "refused", "there is none"
    assert migrated
    assert (collected_static / "staticfiles.json").is_file()
    assert "collectstatic" in usual["help"]


def test_every_variable_is_documented() -> None:
    """README.md of the site names each variable that its code reads, and no other."""
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bdhvs_lms/site").glob("*.py"))
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', code))
    read |= {f"{name}_FILE" for name in re.findall(r'env\.secret\(\s*"([A-Z_]+)"', code)}
    readme = (ROOT / "bdhvs_lms/site/README.md").read_text(encoding="utf-8")
    rows = [line for line in readme.splitlines() if line.startswith("| `")]
    documented = set(re.findall(r"`([A-Z_]+)`", "".join(row.split("|")[1] for row in rows)))
    assert read == documented
