"""System checks: what is missing for signing in by others and for second factors, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.urls import NoReverseMatch, reverse

from bdhvs_allauth.conf import app_settings
from bdhvs_lms.plugins.api import missing_templates
from bdhvs_xapi.app_settings import reads_settings

__all__ = ["check_sign_in", "connect"]

GATE = "bdhvs_allauth.middleware.SecondFactorMiddleware"
AUTHENTICATION = "django.contrib.auth.middleware.AuthenticationMiddleware"
ALLAUTH = "allauth.account.middleware.AccountMiddleware"
TEMPLATES = tuple(
    f"bdhvs_allauth/{name}.html"
    for name in (
        "add_app",
        "add_key",
        "check",
        "codes",
        "includes/method_oidc",
        "left",
        "not_signed_in",
        "oidc",
        "second_factor",
    )
)


@reads_settings
def check_sign_in(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    return [*_provider(), *_second_factor(), *missing_templates("bdhvs_allauth", TEMPLATES)]


def _provider() -> Iterator[CheckMessage]:
    if not app_settings.OIDC_SERVER_URL:
        return
    needed = {
        "BDHVS_ALLAUTH_OIDC_CLIENT_ID": app_settings.OIDC_CLIENT_ID,
        "BDHVS_ALLAUTH_OIDC_CLIENT_SECRET": app_settings.OIDC_CLIENT_SECRET,
        "BDHVS_ALLAUTH_OIDC_NAME_VI": app_settings.OIDC_NAME_VI,
    }
    missing = [name for name, value in needed.items() if not value]
    if missing:
        yield Error(
            f"Nobody can sign in by {app_settings.OIDC_SERVER_URL}: {', '.join(missing)} is empty.",
            hint="The provider gives the first two when it registers this site; the name stands on the button.",
            id="bdhvs_allauth.E002",
        )
    address = urlsplit(app_settings.OIDC_SERVER_URL)
    if address.scheme != "https" and address.hostname not in ("127.0.0.1", "localhost", "::1"):
        yield Error(
            f"BDHVS_ALLAUTH_OIDC_SERVER_URL is {app_settings.OIDC_SERVER_URL}: without https anybody on the way can "
            "sign in as anybody.",
            hint="Use the provider's https address.",
            id="bdhvs_allauth.E003",
        )
    try:
        reverse("bdhvs_allauth:oidc"), reverse("bdhvs_allauth_return:return")
    except NoReverseMatch:
        yield Error(
            "The pages of bdhvs_allauth have no addresses.",
            hint='Include "bdhvs_lms.urls", or both of its halves, in ROOT_URLCONF.',
            id="bdhvs_allauth.E004",
        )


def _second_factor() -> Iterator[CheckMessage]:
    if app_settings.SECOND_FACTOR == "off":
        return
    order = list(settings.MIDDLEWARE)
    before = [each for each in (AUTHENTICATION, ALLAUTH) if each not in order[: _at(order, GATE)]]
    if GATE not in order or before:
        yield Error(
            "BDHVS_ALLAUTH_SECOND_FACTOR is on, and nobody is asked for a second factor.",
            hint=f"Add {GATE} to MIDDLEWARE, after {AUTHENTICATION} and {ALLAUTH}.",
            id="bdhvs_allauth.E005",
        )
    if getattr(settings, "MFA_ADAPTER", "") != "bdhvs_allauth.adapters.SealedAdapter":
        yield Warning(
            "Secrets of second factors lie open in the database: whoever has a copy of it makes valid codes.",
            hint='Set MFA_ADAPTER = "bdhvs_allauth.adapters.SealedAdapter", or seal them in your own adapter and '
            "silence this check.",
            id="bdhvs_allauth.W002",
        )


def _at(order: list[str], name: str) -> int:
    return order.index(name) if name in order else len(order)


def connect() -> None:
    register(check_sign_in)
