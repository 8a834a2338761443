"""Signing in by an OpenID Connect provider and two-step verification on the ready site: what the environment says of
bdhvs_allauth, which is installed only where one of them is used."""

from __future__ import annotations

import os
from typing import Any

from bdhvs_lms.site import env

__all__ = ["configuration", "is_used"]


def is_used() -> bool:
    """Whether the app is installed. Said alone it stays where neither is used any more: links are still erased."""
    asked = bool(env.text("BDHVS_ALLAUTH_OIDC_SERVER_URL")) or _second_factor() != "off"
    return env.flag("BDHVS_ALLAUTH", asked)


def configuration() -> dict[str, Any]:
    """Settings by name. Raises ImproperlyConfigured for what cannot be."""
    return {
        "BDHVS_ALLAUTH_OIDC_SERVER_URL": env.text("BDHVS_ALLAUTH_OIDC_SERVER_URL").rstrip("/"),
        "BDHVS_ALLAUTH_OIDC_CLIENT_ID": env.text("BDHVS_ALLAUTH_OIDC_CLIENT_ID"),
        "BDHVS_ALLAUTH_OIDC_CLIENT_SECRET": env.secret("BDHVS_ALLAUTH_OIDC_CLIENT_SECRET"),
        "BDHVS_ALLAUTH_OIDC_NAME_VI": env.text("BDHVS_ALLAUTH_OIDC_NAME_VI"),
        "BDHVS_ALLAUTH_OIDC_NAME_EN": env.text("BDHVS_ALLAUTH_OIDC_NAME_EN"),
        "BDHVS_ALLAUTH_OIDC_SCOPES": env.items("BDHVS_ALLAUTH_OIDC_SCOPES", ("openid", "profile")),
        # Not as others are read: empty means that no name is taken.
        "BDHVS_ALLAUTH_OIDC_NAME_CLAIM": os.environ.get("BDHVS_ALLAUTH_OIDC_NAME_CLAIM", "name").strip(),
        "BDHVS_ALLAUTH_OIDC_KEPT_CLAIMS": env.items("BDHVS_ALLAUTH_OIDC_KEPT_CLAIMS"),
        "BDHVS_ALLAUTH_OIDC_CLIENT_AUTH": env.text("BDHVS_ALLAUTH_OIDC_CLIENT_AUTH"),
        "BDHVS_ALLAUTH_SECOND_FACTOR": _second_factor(),
    }


def _second_factor() -> str:
    return env.one_of("BDHVS_ALLAUTH_SECOND_FACTOR", ("off", "staff"))
