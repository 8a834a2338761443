"""Signing in by the provider, as a sign-in method, and what becomes of it when somebody signs out."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import lazystr
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_allauth import accounts, provider
from bdhvs_lms.learners.api import LearnerIdentity
from bdhvs_lms.plugins.api import SignInMethod

BY_PROVIDER = "bdhvs_by_provider"
"""In a session: it was begun by the provider, who may think the person is still signed in there."""


class _Label:
    """“Với VNeID”, in the language of whoever reads it."""

    def __str__(self) -> str:
        return _("With %(provider)s") % {"provider": provider.name()}


class OpenIdSignIn(SignInMethod):
    key = "bdhvs_allauth.oidc"
    label = lazystr(_Label())
    hint = gettext_lazy("Confirm who you are there, then come back here. No other password is needed.")
    icon = "bdhvs_allauth/includes/method_oidc.html"
    view_name = "bdhvs_allauth:oidc"
    identity_kind = LearnerIdentity.Kind.USER.value
    account = True
    operators_may = ("mfa.view_authenticator", "mfa.delete_authenticator")

    def offered(self, request: Any) -> bool:
        return provider.is_offered()

    def switch_to(self, request: Any) -> str | None:
        """Return the page that tells the next person on this device that the provider may still know the one before."""
        return reverse("bdhvs_allauth:left") if getattr(request, BY_PROVIDER, False) else None

    def made_account(self, user: Any) -> bool:
        return accounts.made_here(user)


def note_provider(sender: Any, request: Any, **_kwargs: Any) -> None:
    """Handle Django's signal `user_logged_out`, while the session is still there."""
    session = getattr(request, "session", None)
    if session is not None and session.get(BY_PROVIDER):
        setattr(request, BY_PROVIDER, True)
