"""What keeps a site from being served."""

from typing import Any

import django
import pytest
from django.conf import settings
from django.test import override_settings

from bdhvs_lms.site.checks import loopback_only, proxy_in_front, serving_problems
from tests.support.loops import for_each

SECRET = "a-long-and-random-value-0123456789-abcdefghijklmnopqrstuvwxyz"
MANIFEST = {"staticfiles": {"BACKEND": "bdhvs_lms.site.static.StaticStorage"}}


def test_loopback_alone_passes() -> None:
    with override_settings(BDHVS_INSECURE_LOOPBACK=True, ALLOWED_HOSTS=["127.0.0.1", "localhost", "[::1]"]):
        assert loopback_only(None) == []


@pytest.mark.parametrize("host", ["hoc.example.vn", "*", "192.168.1.5", ".example.vn"])
def test_http_with_another_host_is_refused(host: str) -> None:
    with override_settings(BDHVS_INSECURE_LOOPBACK=True, ALLOWED_HOSTS=["127.0.0.1", host]):
        (message,) = loopback_only(None)
    assert message.id == "bdhvs_site.E001"
    assert host in message.msg
    with override_settings(BDHVS_INSECURE_LOOPBACK=False, ALLOWED_HOSTS=["127.0.0.1", host]):
        assert loopback_only(None) == []


def test_a_buffering_proxy_is_asked_for_and_told_what_to_do() -> None:
    with override_settings(BDHVS_INSECURE_LOOPBACK=False, BDHVS_CLIENT_ADDRESS_HEADER=""):
        (message,) = proxy_in_front(None)
    assert (message.id, "BDHVS_BEHIND_PROXY=1" in str(message.hint)) == ("bdhvs_site.W001", True)
    with override_settings(
        BDHVS_INSECURE_LOOPBACK=False, BDHVS_CLIENT_ADDRESS_HEADER="HTTP_X_FORWARDED_FOR", BDHVS_MAX_UPLOAD=300 * 2**20
    ):
        (message,) = proxy_in_front(None)
    assert message.id == "bdhvs_site.I001"
    assert "proxy_request_buffering on, client_max_body_size 301m" in str(message.hint)
    with override_settings(BDHVS_INSECURE_LOOPBACK=True):
        assert proxy_in_front(None) == []


@pytest.fixture
def real_mail(settings: Any) -> None:
    """What tests send their mail to is nothing to serve with, as Django 6.1 says."""
    if django.VERSION >= (6, 1):
        settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend"}}


@pytest.mark.django_db
@pytest.mark.usefixtures("real_mail")
def test_serving_in_order() -> None:
    with override_settings(ALLOWED_HOSTS=["127.0.0.1"], SECRET_KEY=SECRET):
        assert serving_problems("127.0.0.1")[0] == []


@pytest.mark.usefixtures("real_mail")
@pytest.mark.django_db
@for_each(
    ("host", "changed", "words"),
    [
        ("127.0.0.1", {"SECRET_KEY": ""}, "No secret key"),
        ("127.0.0.1", {"SECRET_KEY": "short"}, "security.W009"),
        ("127.0.0.1", {"ALLOWED_HOSTS": []}, "security.W020"),
        ("127.0.0.1", {"DEBUG": True}, "security.W018"),
        ("0.0.0.0", {}, "serves 127.0.0.1 only"),  # noqa: S104 - it is refused
        (
            "127.0.0.1",
            {"STORAGES": settings.STORAGES | MANIFEST},
            "bdhvs collectstatic",
        ),
    ],
)  # fmt: skip
def test_serving_is_refused(host: str, changed: dict[str, object], words: str) -> None:
    with override_settings(**({"ALLOWED_HOSTS": ["127.0.0.1"], "SECRET_KEY": SECRET} | changed)):
        problems, _ = serving_problems(host)
    assert len(problems) == 1
    assert words in problems[0]
