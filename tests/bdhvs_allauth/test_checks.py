"""What `manage.py check` says of the app's settings."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.test import override_settings

from bdhvs_allauth.checks import ALLAUTH, AUTHENTICATION, GATE, check_sign_in
from tests.support.loops import for_each

WHOLE = {
    "BDHVS_ALLAUTH_OIDC_SERVER_URL": "https://sso.example.vn",
    "BDHVS_ALLAUTH_OIDC_CLIENT_ID": "us",
    "BDHVS_ALLAUTH_OIDC_CLIENT_SECRET": "ours",
    "BDHVS_ALLAUTH_OIDC_NAME_VI": "VNeID",
    "BDHVS_ALLAUTH_SECOND_FACTOR": "staff",
}


@for_each(
    ("changed", "said"),
    [
        ({}, set()),
        ({"BDHVS_ALLAUTH_OIDC_CLIENT_SECRET": ""}, {"bdhvs_allauth.E002"}),
        ({"BDHVS_ALLAUTH_OIDC_SERVER_URL": "http://sso.example.vn"}, {"bdhvs_allauth.E003"}),
        ({"BDHVS_ALLAUTH_OIDC_SERVER_URL": "http://127.0.0.1:9400"}, set()),
        ({"ROOT_URLCONF": "django.contrib.auth.urls"}, {"bdhvs_allauth.E004"}),
        ({"MIDDLEWARE": [AUTHENTICATION, ALLAUTH]}, {"bdhvs_allauth.E005"}),
        ({"MIDDLEWARE": [GATE, AUTHENTICATION, ALLAUTH]}, {"bdhvs_allauth.E005"}),
        ({"MFA_ADAPTER": "allauth.mfa.adapter.DefaultMFAAdapter"}, {"bdhvs_allauth.W002"}),
        ({"BDHVS_ALLAUTH_SECOND_FACTOR": "off", "MIDDLEWARE": [], "MFA_ADAPTER": ""}, set()),
    ],
)
def test_what_is_missing_is_said(changed: dict[str, Any], said: set[str]) -> None:
    with override_settings(**{**WHOLE, **changed}):
        assert {message.id for message in check_sign_in()} == said


def test_the_ready_site_has_all_of_it_in_its_place() -> None:
    order = settings.MIDDLEWARE
    assert order.index(AUTHENTICATION) < order.index(ALLAUTH) < order.index(GATE)
