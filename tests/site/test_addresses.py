"""Addresses, headers and files of the ready site."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from bdhvs_lms.site import health
from bdhvs_lms.site.checks import made_by_this_version
from bdhvs_lms.site.middleware import SecurityHeadersMiddleware
from tests.bdhvs_xapi.conftest import add_authorities
from tests.bdhvs_xapi.support import passed
from tests.bdhvs_xapi.test_record import record
from tests.support.loops import for_each

pytestmark = pytest.mark.django_db


def test_health(client: Client) -> None:
    client.get("/healthz")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    # Whether a restore is under way; a row that is written and taken back (in a test's transaction: a savepoint, the
    # row, and back in two); and how long a lock is waited for.
    assert len(queries) == 5 + (1 if connection.vendor == "postgresql" else 3)
    assert "no-store" in response.headers["Cache-Control"]
    assert client.post("/healthz").status_code == 405


def test_health_without_migrations(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_sure_until", 0.0)
    connection.cursor().execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/healthz")
    assert (response.status_code, response.json()["database"]) == (503, "migrations pending")
    assert "bdhvs migrate" in response.json()["what to do"]
    assert len(queries) <= 4, "not one for each app"


def test_health_of_a_database_that_another_version_made(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its migrations had the names of ours: none is pending, and pages could not be made."""
    monkeypatch.setattr(health, "_sure_until", 0.0)
    connection.cursor().execute("ALTER TABLE bdhvs_lms_unfolded RENAME COLUMN failures TO tries")
    response = client.get("/healthz")
    assert (response.status_code, response.json()["database"]) == (503, "of another version")
    [message] = made_by_this_version(None, ["default"])
    assert (message.id, "bdhvs_lms_unfolded.failures" in message.msg) == ("bdhvs_site.E003", True)
    assert made_by_this_version(None, None) == []


def test_health_complains_of_a_clock_that_stands_before_what_is_stored(
    client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Visitors go on: turning them away would mend nothing."""
    add_authorities()
    record(passed())
    seen = []
    for clock in ("", "2025-11-15T10:00:00+07:00"):
        settings.BDHVS_TEST_CLOCK = clock or None
        monkeypatch.setattr(health, "_sure_until", 0.0)
        seen += [client.get("/healthz") for _ in range(2)]
    complaint = {"clock": "behind the newest statement"}
    assert [answer.status_code for answer in seen] == [200] * 4
    assert [answer.json() for answer in seen] == [{"status": "ok"}] * 2 + [{"status": "ok", **complaint}] * 2
    assert caplog.text.count("has not come yet: the clock is wrong, or was") == 1
    settings.BDHVS_TEST_CLOCK = None
    monkeypatch.setattr(health, "_sure_until", 0.0)
    assert client.get("/healthz").json() == {"status": "ok"}


def test_a_probe_asks_by_address(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["hoc.example.vn"]
    settings.SECURE_SSL_REDIRECT = True
    client = Client(SERVER_NAME="10.0.0.7", headers={"Host": "10.0.0.7:8000"})
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/dang-nhap/").status_code == 400
    assert client.get("/healthz/").status_code == 400


def test_health_without_database(client: Client) -> None:
    with patch.object(health.connections["default"], "cursor", side_effect=DatabaseError("password=s3cret")):
        response = client.get("/healthz")
    assert response.status_code == 503
    assert b"s3cret" not in response.content


@pytest.mark.parametrize(("path", "language"), [("/", "vi"), ("/en/", "en")])
def test_language_is_in_the_address(client: Client, path: str, language: str) -> None:
    response = client.get(path, headers={"Accept-Language": "fr"})
    assert response.headers["Content-Language"] == language


def test_admin_has_no_language_prefix(client: Client) -> None:
    assert client.get("/quan-tri/login/").status_code == 200
    assert client.get("/en/quan-tri/login/").status_code == 404


@pytest.mark.parametrize("path", ["/", "/en/", "/healthz", "/nothing-here"])
def test_pages_allow_nothing_inline(client: Client, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"].split("; ")
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize(("kind", "carried"), [("text/css", False), ("text/javascript", False), ("image/png", True)])
def test_what_a_page_is_made_of_carries_no_policy_of_pages(rf: RequestFactory, kind: str, carried: bool) -> None:
    """Whatever else may be opened as a page has it."""
    answer = SecurityHeadersMiddleware(lambda request: HttpResponse(content_type=kind))(rf.get("/static/some"))
    assert [name in answer.headers for name in ("Content-Security-Policy", "Permissions-Policy")] == [carried] * 2


def test_admin_policy_is_the_admins_only(client: Client) -> None:
    policy = client.get("/quan-tri/login/").headers["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-inline'" in policy
    assert "default-src 'self'" in policy


@for_each("path", ["/tro-giup/", "/en/learning-help/", "/viec-hoc/", "/nothing-here", "/thoat/", "/quan-tri/"])
def test_what_is_made_for_somebody_signed_in_is_kept_nowhere(
    client: Client, django_user_model: type[User], path: str
) -> None:
    assert "Cache-Control" not in client.get("/tro-giup/").headers
    client.force_login(django_user_model.objects.create_superuser("lan"))
    kept = client.get(path).headers["Cache-Control"].split(", ")
    assert {"private", "no-store"} <= set(kept)


def test_what_is_the_same_for_everybody_asks_nobody_who_they_are(client: Client, django_user_model: type[User]) -> None:
    upload("images/chung.width-400.jpg")
    client.force_login(django_user_model.objects.create_user("lan"))
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/media/images/chung.width-400.jpg")
    assert response.headers["Cache-Control"] == "public, max-age=86400"
    assert len(queries) == 0
    response.close()


def upload(name: str, content: bytes = b"\xff\xd8\xff picture") -> None:
    path = Path(settings.MEDIA_ROOT) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_renditions_are_public(client: Client) -> None:
    upload("images/cay-da.width-400.jpg")
    response = client.get("/media/images/cay-da.width-400.jpg")
    assert response.status_code == 200
    assert b"".join(response) == b"\xff\xd8\xff picture"  # type: ignore[arg-type]
    assert response.headers["Content-Type"] == "image/jpeg"
    assert "public" in response.headers["Cache-Control"]
    response.close()


@pytest.mark.parametrize("folder", ["images", "media"])
def test_a_name_longer_than_any_files_is_no_file(client: Client, folder: str) -> None:
    assert client.get(f"/media/{folder}/{'x' * 300}.mp4").status_code == 404


@pytest.mark.parametrize(
    "name", ["original_images/cay-da.jpg", "documents/giay-khai-sinh.pdf", "avatar_images/a.jpg", "top.jpg"]
)
def test_other_uploads_have_no_address(client: Client, name: str) -> None:
    upload(name)
    assert client.get(f"/media/{name}").status_code == 404


@for_each(
    "path",
    [
        "/media/images/../documents/secret.pdf",
        "/media/images/%2e%2e/documents/secret.pdf",
        "/media/images/..%2fdocuments/secret.pdf",
        "/media/images//etc/passwd",
        "/media/images/",
        "/media/images",
        "/media/",
        "/private/secret.pdf",
        "/static/../private/secret.pdf",
    ],
)
def test_no_way_out_of_the_renditions(client: Client, path: str) -> None:
    upload("documents/secret.pdf", b"%PDF")
    private = Path(settings.PRIVATE_ROOT)
    private.mkdir(exist_ok=True)
    (private / "secret.pdf").write_bytes(b"%PDF")
    # 400 is Django's word for a path that leaves its folder.
    assert client.get(path, follow=True).status_code in (400, 404)


def test_private_document_is_refused_to_strangers(client: Client) -> None:
    """A document's only way out is Wagtail's view, which asks for its collection's permission."""
    from django.core.files.base import ContentFile
    from wagtail.documents import get_document_model
    from wagtail.models import Collection, CollectionViewRestriction

    staff = Collection.get_first_root_node().add_child(name="Nội bộ")
    CollectionViewRestriction.objects.create(collection=staff, restriction_type=CollectionViewRestriction.LOGIN)
    document = get_document_model().objects.create(
        title="Danh sách", collection=staff, file=ContentFile(b"%PDF names", name="danh-sach.pdf")
    )
    assert document.file.name.startswith("documents/")
    assert client.get(f"/media/{document.file.name}").status_code == 404
    assert client.get(document.url).status_code == 302  # to the sign-in
