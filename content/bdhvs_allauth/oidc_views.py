"""Signing in by the provider: a page that says what comes, the way there, the way back, and what went wrong."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from allauth.socialaccount.internal import statekit
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from bdhvs_allauth import provider
from bdhvs_allauth.accounts import Closed, account_for
from bdhvs_allauth.conf import app_settings
from bdhvs_allauth.methods import BY_PROVIDER
from bdhvs_lms.base.api import next_address
from bdhvs_lms.learners.api import backend_of, has_work, learner_for_user, offer_address

__all__ = ["come_back", "go", "left", "oidc"]

logger = logging.getLogger("bdhvs_allauth")

# Why somebody is not signed in, to the status of the page that says so.
CANCELLED, EXPIRED, REFUSED, CLOSED, DOWN = "cancelled", "expired", "refused", "closed", "down"
STATUSES = {CANCELLED: 403, EXPIRED: 400, REFUSED: 403, CLOSED: 403, DOWN: 503}


@never_cache
@require_safe
def oidc(request: HttpRequest) -> HttpResponse:
    """Says where the button leads. A form cannot: what it may lead to is bounded by the page's policy."""
    leads_to = next_address(request)
    query = {"next": leads_to} if leads_to else {}
    context = {
        "provider": provider.name(),
        "offered": provider.is_offered(),
        "own_query": urlencode(query),
        "shared_query": urlencode({**query, "shared": "on"}),
    }
    return render(request, "bdhvs_allauth/oidc.html", context)


@never_cache
@require_safe
def go(request: HttpRequest) -> HttpResponse:
    """Redirect to the provider. Only from a page of ours: another site's link or picture begins nothing."""
    if not provider.is_offered():
        raise Http404
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return redirect(f"{reverse('bdhvs_allauth:oidc')}?{urlencode({'next': next_address(request)})}")
    language = translation.get_language() or "vi"
    state, nonce = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    try:
        leaving = provider.Provider(request).leave(state, nonce, language)
    except provider.Unreachable as error:
        return _not_signed_in(request, DOWN, error)
    kept = {
        "verifier": leaving.verifier,
        "nonce": nonce,
        "next": next_address(request),
        "shared": request.GET.get("shared") == "on",
        "language": language,
    }
    statekit.stash_state(request, provider_id=app_settings.OIDC_SERVER_URL, state=kept, state_id=state)
    return HttpResponseRedirect(leaving.address)


@never_cache
@require_safe
@sensitive_variables("claims", "state")
def come_back(request: HttpRequest) -> HttpResponse:
    """Handle the return from the provider, at an address without a language: what was asked for, and in which, is in
    the session."""
    if not provider.is_offered():
        raise Http404
    state = statekit.unstash_state(
        request, state_id=request.GET.get("state", ""), provider_id=app_settings.OIDC_SERVER_URL
    )
    with translation.override(state["language"] if state else translation.get_language()):
        fault, code = request.GET.get("error"), request.GET.get("code")
        if state is None:
            # There are providers that send whoever says no back without the state.
            return _not_signed_in(request, CANCELLED if fault == "access_denied" else EXPIRED)
        if fault or not code:
            down = fault in ("server_error", "temporarily_unavailable")
            why = DOWN if down else CANCELLED if fault == "access_denied" else REFUSED
            return _not_signed_in(request, why, f"it says {fault!r}")
        try:
            claims = provider.Provider(request).claims(code, verifier=state["verifier"], nonce=state["nonce"])
            user = account_for(claims)
        except provider.Refused as error:
            return _not_signed_in(request, REFUSED, error)
        except provider.Unreachable as error:
            return _not_signed_in(request, DOWN, error)
        except Closed:
            return _not_signed_in(request, CLOSED)
        request.shared_device = state["shared"]  # type: ignore[attr-defined]
        login(request, user, backend=backend_of(user))
        request.session[BY_PROVIDER] = True
        return redirect(_after(user, state["next"]))


def _after(user: Any, leads_to: str) -> str:
    """Return the address after signing in; an account that neither learns nor works here is offered to learn."""
    if learner_for_user(user) is None and not has_work(user):
        return offer_address(leads_to)
    return leads_to or reverse("bdhvs_lms:start")


@never_cache
@require_safe
def left(request: HttpRequest) -> HttpResponse:
    """Show, after signing out here, that the provider may still know who was there."""
    address = ""
    if provider.is_offered():
        try:
            address = provider.Provider(request).sign_out_address
        except provider.Unreachable as error:
            logger.warning("The OpenID Connect provider: %s", error)
    context = {"provider": provider.name(), "address": address}
    return render(request, "bdhvs_allauth/left.html", context)


def _not_signed_in(request: HttpRequest, why: str, reason: object = "") -> HttpResponse:
    if reason:
        logger.warning("Nobody was signed in by the OpenID Connect provider: %s (%s)", reason, why)
    context = {"why": why, "provider": provider.name()}
    return render(request, "bdhvs_allauth/not_signed_in.html", context, status=STATUSES[why])
