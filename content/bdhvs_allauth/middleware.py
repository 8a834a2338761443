"""Staff shows a second factor before anything else: whoever signed in, wherever and however, and whatever they open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from bdhvs_allauth import factors
from bdhvs_lms.base.api import SeeOther
from bdhvs_lms.conf import app_settings as lms_settings

OPEN = frozenset(
    {
        "bdhvs_lms:sign-out",
        "bdhvs_lms:help",
        "bdhvs_theme:text-size",
        "wagtailadmin_logout",
        "set_language",
        "healthz",
        # Pictures and recordings of pages that everybody sees.
        "rendition",
        "recording",
    }
)
"""What is open to staff who has not shown it, beside the pages of this app: leaving, help, letters, language."""
OWN = frozenset({"bdhvs_allauth", "bdhvs_allauth_return"})


class SecondFactorMiddleware:
    """Comes after AuthenticationMiddleware, and after django-allauth's AccountMiddleware.

    Nothing is looked at where the setting is off, and for visitors. It costs no query in a session that has shown it,
    and in another those by which it is known whether somebody has work here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        # Without its cookie there is no session: to ask for one would make the page one that no cache may keep.
        if not factors.asks() or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        user: Any = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return None
        if factors.is_shown(request):
            request.second_factor_address = reverse("bdhvs_allauth:second-factor")  # type: ignore[attr-defined]
            return None
        if _is_open(request) or not factors.is_asked(user):
            return None
        return _led(request, user)


def _is_open(request: HttpRequest) -> bool:
    match = request.resolver_match
    if match is None:
        return False
    if match.view_name in OPEN or not OWN.isdisjoint(match.app_names):
        return True
    return request.path in _own_doors()


def _own_doors() -> set[str]:
    """Return the addresses where the site signs people in and out, at pages of its own or of ours."""
    found = set()
    for name in (settings.LOGIN_URL, lms_settings.SIGN_OUT_URL):
        try:
            found.add(resolve_url(name) if name else "")
        except NoReverseMatch:
            continue  # `check` says so
    return found - {""}


def _led(request: HttpRequest, user: Any) -> HttpResponse:
    """Redirect to the page that asks for it, or on which it is set up. What a form sent is not done."""
    words = _(
        "Signing in is not finished: this account needs two-step verification. Open any page of this site to go on."
    )
    if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate" or not request.accepts("text/html"):
        return HttpResponse(words, status=403, content_type="text/plain; charset=utf-8")
    has_one = bool(factors.factors_of(user))
    reading = request.method in ("GET", "HEAD")
    address = reverse("bdhvs_allauth:check" if has_one else "bdhvs_allauth:second-factor")
    leads_to = request.get_full_path() if reading else ""
    return SeeOther(f"{address}?{urlencode({'next': leads_to})}" if leads_to else address)
