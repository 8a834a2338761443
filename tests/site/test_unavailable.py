"""A database that is locked, full or away, a full disk: words, 503 and Retry-After, and nothing of why."""

from __future__ import annotations

import errno
import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import pytest
from django.db import IntegrityError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from bdhvs_lms.site.unavailable import is_unavailable
from bdhvs_lms.site.urls import handler500
from bdhvs_lms.site.urls import urlpatterns as of_the_site
from tests.support.live import Installation, Server
from tests.support.loops import for_each

PASSWORD = "a real one, of nobody"
WORDS = "Hãy thử lại sau ít phút"
LEAKS = re.compile(r"Traceback|OperationalError|locked|sqlite|psycopg|No space|full", re.I)


def check(answer: httpx.Response, words: str = WORDS) -> None:
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "30"), answer.text[:300]
    assert words in answer.text and "<main" in answer.text
    assert not LEAKS.search(answer.text), answer.text


def sign_in(client: httpx.Client, page: str) -> httpx.Response:
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(page).text)
    assert token is not None
    return client.post(page, data={"username": "an", "password": PASSWORD, "csrfmiddlewaretoken": token[1]})


def statement(client: httpx.Client, site: dict[str, str]) -> httpx.Response:
    body = {
        "actor": {"mbox": "mailto:lan@example.vn"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/experienced"},
        "object": {"id": "https://example.vn/phim"},
        # More than one page of a database holds.
        "result": {"response": "x" * 20_000},
    }
    return client.post(
        "/xapi/statements", json=body, headers={"X-Experience-API-Version": "1.0.3"}, auth=(site["key"], site["secret"])
    )


@pytest.fixture
def credential(installation: Installation) -> dict[str, str]:
    printed = installation.python(
        "from django.contrib.auth.models import User\n"
        "from django.core.management import call_command\n"
        f"User.objects.create_superuser('an', 'an@example.vn', {PASSWORD!r})\n"
        "call_command('lrs', 'credential', 'clients', '--scope', 'all', '--json')"
    )
    made: dict[str, str] = json.loads(printed.splitlines()[-1])
    return made


def database_file(site: Installation) -> str:
    return unquote(urlsplit(site.database_url).path)


def refuses_all_writes(client: httpx.Client, site: dict[str, str]) -> None:
    """What writes says it in words, in both languages, in the admin and to other programs; what reads goes on."""
    check(sign_in(client, "/dang-nhap/"))
    check(sign_in(client, "/en/sign-in/"), "Try again in a minute")
    check(sign_in(client, "/quan-tri/login/"))
    refused = statement(client, site)
    assert (refused.status_code, refused.headers["Content-Type"]) == (503, "application/json")
    assert refused.headers["Retry-After"].isdecimal()
    assert not LEAKS.search(refused.text)
    health = client.get("/healthz")
    assert (health.status_code, health.json()) == (503, {"status": "error", "database": "unreachable"})
    assert client.get("/dang-nhap/").status_code == 200


def takes_writes(client: httpx.Client, site: dict[str, str]) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert statement(client, site).status_code == 200
    assert sign_in(client, "/dang-nhap/").status_code == 302


@pytest.mark.thorough
@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite has one writer, PostgreSQL stops by itself")
def test_a_locked_database_and_a_full_one(
    installation: Installation, credential: dict[str, str], live_process: Callable[..., Server]
) -> None:
    with closing(sqlite3.connect(database_file(installation), isolation_level=None, timeout=60)) as file:
        [pages] = file.execute("PRAGMA page_count").fetchone()
        most = pages + 40
        server = live_process(
            DJANGO_SETTINGS_MODULE="tests.support.tight_settings", TIGHT_TIMEOUT="200", TIGHT_PAGES=str(most)
        )
        with httpx.Client(base_url=server.url, timeout=60) as client:
            # Another process holds the write lock for longer than anybody waits.
            file.execute("BEGIN IMMEDIATE")
            refuses_all_writes(client, credential)
            file.execute("ROLLBACK")
            takes_writes(client, credential)
        fill(file, most)
        with httpx.Client(base_url=server.url, timeout=60) as client:
            refuses_all_writes(client, credential)
        server.stop()
    with httpx.Client(base_url=live_process().url, timeout=60) as client:
        takes_writes(client, credential)


def fill(file: sqlite3.Connection, most: int) -> None:
    """It may not grow any more, and there is no room left on the pages of the tables that are written."""
    file.execute(f"PRAGMA max_page_count={most}")
    file.execute("PRAGMA synchronous=OFF")
    for table, values in (
        (
            "bdhvs_lms_signinsession(session_key, session_data, expire_date, kind, device)",
            "hex(randomblob(16)), 'x', '2030-01-01', '', ''",
        ),
        ("django_migrations(app, name, applied)", "'x', hex(randomblob(4)), '2030-01-01'"),
    ):
        # One that is refused met a full page of an index: others have room left for other keys.
        refused = 0
        while refused < 300:
            try:
                file.execute(f"INSERT INTO {table} VALUES ({values})")
            except sqlite3.OperationalError as error:
                assert "full" in str(error)
                refused += 1


def test_a_database_that_is_away(installation: Installation) -> None:
    """Nobody listens there. Pages, admin, record store and /healthz of a whole site, in a process of its own."""
    code = """
import json
from django.test import Client
client = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
found = {}
headers = {
    "X-Experience-API-Version": "1.0.3",
    "Authorization": "Basic YTpi",
    "Cookie": "bdhvs-session=abcdefghijklmnopqrstuvwxyz012345",
}
paths = "/", "/en/", "/dang-nhap/", "/quan-tri/", "/quan-tri/login/", "/healthz", "/xapi/statements", "/nowhere/"
for path in paths:
    answer = client.get(path, headers=headers)
    found[path] = answer.status_code, answer.headers.get("Retry-After"), answer.content.decode()
print(json.dumps(found))
"""
    away = "postgres://bdhvs:bdhvs@127.0.0.1:1/away"
    found = json.loads(installation.python(code, DATABASE_URL=away).splitlines()[-1])
    for path_, (status, retry, text) in found.items():
        assert (status, path_) == (503, path_)
        assert not LEAKS.search(text) and "127.0.0.1" not in text
        if path_ == "/xapi/statements":
            assert "error" in json.loads(text)
        elif path_ != "/healthz":
            assert retry == "30" and "<main" in text
            assert ("Try again in a minute" if path_.startswith("/en/") else WORDS) in text


def no_space(request: HttpRequest) -> HttpResponse:
    with open("/dev/full", "wb", buffering=0) as full:
        full.write(b"x")
    return HttpResponse()


urlpatterns = [path("no-space/", no_space), *of_the_site]
__all__ = ["handler500"]


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_a_full_disk_is_said_in_words_and_as_json_to_a_script() -> None:
    client = Client(raise_request_exception=False)
    page = client.get("/no-space/")
    assert (page.status_code, page["Retry-After"], page["Cache-Control"]) == (503, "30", "no-store")
    assert WORDS in page.content.decode()
    answer = client.get("/no-space/", headers={"Accept": "application/json"})
    assert (answer.status_code, list(answer.json())) == (503, ["error"])


def caused(error: BaseException, cause: BaseException) -> BaseException:
    error.__cause__ = cause
    return error


def of_sqlite(statement: str) -> BaseException:
    with closing(sqlite3.connect(":memory:")) as made, pytest.raises(sqlite3.Error) as raised:
        made.execute(statement)
    return raised.value


@for_each(
    ("make", "is_it"),
    [
        (lambda: OSError(errno.ENOSPC, "No space left"), True),
        (lambda: OSError(errno.EROFS, "Read-only"), True),
        (lambda: FileNotFoundError(errno.ENOENT, "none"), False),
        (lambda: OperationalError("connection refused"), True),
        (lambda: caused(RuntimeError("x"), OSError(errno.ENOSPC, "No space left")), False),
        (lambda: caused(OperationalError("no such table"), of_sqlite("SELECT * FROM nothing")), False),
        (lambda: IntegrityError("UNIQUE constraint failed"), False),
        (lambda: ValueError("x"), False),
        (lambda: None, False),
    ],
)
def test_what_passes_by_itself_and_what_is_a_fault_of_ours(make: Callable[[], Any], is_it: bool) -> None:
    assert is_unavailable(make()) is is_it


@pytest.mark.django_db
def test_nobody_is_shown_a_page_that_fails_on_purpose() -> None:
    client = Client(raise_request_exception=False)
    assert client.get("/quan-tri/failwhale/").status_code == 404
    assert client.get("/quan-tri/failwhale").status_code in (301, 404)


@pytest.mark.database
@pytest.mark.django_db
def test_asking_for_health_leaves_nothing_behind(tmp_path: Any, settings: Any) -> None:
    from django.db.migrations.recorder import MigrationRecorder

    settings.DATA_DIR = tmp_path
    before = MigrationRecorder.Migration.objects.count()
    assert Client().get("/healthz").status_code == 200
    assert MigrationRecorder.Migration.objects.count() == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_a_data_folder_that_takes_nothing_is_not_healthy(tmp_path: Any, settings: Any) -> None:
    settings.DATA_DIR = tmp_path / "gone"
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"status": "error", "files": "not writable"})
