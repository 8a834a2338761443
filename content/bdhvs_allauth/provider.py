"""The provider for allauth, made of our settings: no table, and none of allauth's own settings."""

from __future__ import annotations

from typing import Any, NamedTuple

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.urls import reverse
from requests import RequestException

from bdhvs_allauth.conf import app_settings
from bdhvs_lms.base.api import in_language

__all__ = ["Provider", "Refused", "Unreachable", "is_offered", "name"]

ANSWERS = ("authorization_endpoint", "token_endpoint", "issuer", "jwks_uri")
KEPT = 600
"""Seconds for which what the provider says of itself is believed."""


class Refused(Exception):
    """The provider, or what it sent, does not say who somebody is."""


class Unreachable(Exception):
    """The provider does not answer, or not as one does."""


class Leaving(NamedTuple):
    """The address to which a browser goes, and what has to be known when it comes back."""

    address: str
    verifier: str
    nonce: str


def is_offered() -> bool:
    return bool(app_settings.OIDC_SERVER_URL and app_settings.OIDC_CLIENT_ID)


def name() -> str:
    """Return the provider's name in the page's language."""
    called = in_language(app_settings.OIDC_NAME_VI, app_settings.OIDC_NAME_EN)
    return called or app_settings.OIDC_SERVER_URL.partition("//")[2].partition("/")[0]


class _Adapter(OpenIDConnectOAuth2Adapter):
    """The adapter of the one provider that our settings name, with what it says of itself kept for a while."""

    def get_provider(self) -> OpenIDConnectProvider:
        chosen = {
            "server_url": app_settings.OIDC_SERVER_URL.rstrip("/"),
            "scope": list(dict.fromkeys(("openid", *app_settings.OIDC_SCOPES))),
            "oauth_pkce_enabled": True,
            "token_auth_method": app_settings.OIDC_CLIENT_AUTH or None,
        }
        app = SocialApp(
            provider=OpenIDConnectProvider.id,
            provider_id=app_settings.OIDC_SERVER_URL,
            name=name(),
            client_id=app_settings.OIDC_CLIENT_ID,
            secret=app_settings.OIDC_CLIENT_SECRET,
            settings=chosen,
        )
        return OpenIDConnectProvider(self.request, app=app)

    @property
    def openid_config(self) -> dict[str, Any]:
        key = f"bdhvs_allauth.{app_settings.OIDC_SERVER_URL}"
        found: Any = cache.get(key)
        if found is None:
            found = super().openid_config
            cache.set(key, found, KEPT)
        self._openid_config = found
        return dict(found)

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return request.build_absolute_uri(reverse("bdhvs_allauth_return:return"))


class Provider:
    """The provider, for one request. Raises Unreachable while it is looked at."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self._adapter = _Adapter(request, app_settings.OIDC_SERVER_URL)
        self._provider = self._adapter.get_provider()
        try:
            published = self._adapter.openid_config
        except (RequestException, TypeError, ValueError) as error:
            raise Unreachable(f"its configuration cannot be read: {error}") from error
        missing = [each for each in ANSWERS if not isinstance(published.get(each), str)]
        if missing:
            raise Unreachable(f"its configuration says nothing of {', '.join(missing)}")
        server = self._provider.app.settings["server_url"]
        if "/.well-known/" not in server and published["issuer"].rstrip("/") != server:
            raise Unreachable(f"it calls itself {published['issuer']}, and the settings {server}")
        self.sign_out_address = str(published.get("end_session_endpoint") or "")
        self._has_userinfo = isinstance(published.get("userinfo_endpoint"), str)

    def leave(self, state: str, nonce: str, language: str) -> Leaving:
        """Prepare a browser's way there to sign in."""
        client = self._client()
        more = self._provider.get_pkce_params()
        verifier = more.pop("code_verifier")
        client.state = state
        more |= {"nonce": nonce, "ui_locales": language}
        address = client.get_redirect_url(self._adapter.authorize_url, self._provider.get_scope(), more)
        return Leaving(address, verifier, nonce)

    def claims(self, code: str, *, verifier: str, nonce: str) -> dict[str, Any]:
        """Return what the provider says of whoever came back with this code. No token is kept.

        Raises Refused, Unreachable.
        """
        try:
            answer = self._client().get_access_token(code, pkce_code_verifier=verifier)
            self._adapter.did_fetch_access_token = True
            identity = self._adapter._decode_id_token(self._provider.app, answer["id_token"])
            shown = self._adapter._fetch_user_info(answer["access_token"]) if self._has_userinfo else {}
        except OAuth2Error as refused:
            # Its words may hold what was sent.
            raise Refused(type(refused).__name__) from refused
        except RequestException as error:
            raise Unreachable(str(error)) from error
        except (KeyError, TypeError, ValueError, ImproperlyConfigured) as error:
            raise Unreachable(f"it answers otherwise than OpenID Connect asks: {error!r}") from error
        if not isinstance(shown, dict):
            raise Unreachable("what it says of the person is no object")
        if identity.get("nonce") != nonce:
            raise Refused("the nonce is another one")
        if shown and shown.get("sub") != identity.get("sub"):
            raise Refused("two subjects in one answer")
        subject = identity.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= 191:
            raise Refused("no subject")
        return {**identity, **shown}

    def _client(self) -> Any:
        return self._adapter.get_client(self.request, self._provider.app)
