"""Pages to sign in and out here, and to look after an account: pages of ours, or those of the site that our apps are
installed in. The site says so by LOGIN_URL, LOGOUT_REDIRECT_URL, BDHVS_SIGN_OUT_URL and BDHVS_PROFILE_URL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import load_backend
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from bdhvs_lms.conf import app_settings

OUR_SESSIONS = "bdhvs_lms.learners.session_store"
OUR_SIGN_IN = "bdhvs_lms:sign-in"


def to_sign_in(request: HttpRequest, leads_to: str = "") -> HttpResponseRedirect:
    """Redirect to the site's sign-in page, and from there to this path of ours."""
    address = resolve_url(settings.LOGIN_URL)
    if not leads_to:
        return HttpResponseRedirect(address)
    # Of another site only a whole address leads back.
    elsewhere = urlsplit(address).netloc not in ("", request.get_host())
    return redirect_to_login(request.build_absolute_uri(leads_to) if elsewhere else leads_to, address)


def sign_in_address(request: HttpRequest, leads_to: str = "") -> str:
    """Return the address of a link that does what `to_sign_in` does."""
    return to_sign_in(request, leads_to).url


def signs_in_here() -> bool:
    """Tell whether LOGIN_URL leads to our own page, in any of the site's languages: else that page has no password
    form."""
    if settings.LOGIN_URL == OUR_SIGN_IN:
        return True
    address = urlsplit(resolve_url(settings.LOGIN_URL)).path
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            if reverse(OUR_SIGN_IN) == address:
                return True
    return False


def signed_out_address() -> str:
    """Return the address to which signing out leads."""
    return resolve_url(settings.LOGOUT_REDIRECT_URL or OUR_SIGN_IN)


def sign_out_address(request: HttpRequest) -> str:
    """Return the site's own page that ends the session of an account; empty: ours does it.

    Who signed in without an account, by a PIN or a card, is known to us alone.
    """
    user: Any = request.user
    return sign_out_page() if user.is_authenticated else ""


def sign_out_page() -> str:
    """Return the address of BDHVS_SIGN_OUT_URL; empty: there is none. Raises NoReverseMatch."""
    return resolve_url(app_settings.SIGN_OUT_URL) if app_settings.SIGN_OUT_URL else ""


def keeps_places() -> bool:
    """Tell whether we know where an account is signed in: else neither its list nor signing out
    everywhere is offered."""
    return bool(settings.SESSION_ENGINE == OUR_SESSIONS)


def profile_address() -> str:
    """Return the site's own page for one's account; empty: it has none."""
    return resolve_url(app_settings.PROFILE_URL) if app_settings.PROFILE_URL else ""


def password_address() -> str:
    """Return the address at which an account's password is changed."""
    return profile_address() or reverse("bdhvs_lms:password")


@dataclass(frozen=True)
class OwnAccount:
    """A link of the menu: where an account is looked after."""

    url: str
    label: str


def own_account() -> OwnAccount:
    profile = profile_address()
    if profile:
        return OwnAccount(profile, _("My account"))
    if keeps_places():
        return OwnAccount(reverse("bdhvs_lms:places"), _("My devices"))
    return OwnAccount(reverse("bdhvs_lms:password"), _("Change password"))


def backend_of(user: Any) -> str:
    """Return the first of the site's backends that knows the account: by it a session finds its user again."""
    found = (path for path in settings.AUTHENTICATION_BACKENDS if load_backend(path).get_user(user.pk) is not None)
    return next(found)
