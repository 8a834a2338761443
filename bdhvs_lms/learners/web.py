"""Pages that are one learner's own: who asks, and where the others are sent."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from bdhvs_lms.learners.models import Learner
from bdhvs_lms.learners.site_pages import to_sign_in

View = Callable[..., HttpResponse]


def learner_of(request: HttpRequest) -> Learner | None:
    """Return the learner, as the middleware found out; one query a request at most."""
    return getattr(request, "learner", None)


UNSENT_COOKIE = "bdhvs-unsent"
"""Set by a page's script while the device keeps answers that could not be sent: `device_tag`s of whose they are, joined
by dots. Signing out asks before it takes them away."""


def device_tag(learner: Learner) -> str:
    """Return the tag by which a device knows whose answers it keeps: 12 characters, always the same, and no name."""
    return uuid.uuid5(learner.actor, "device").hex[:12]


def unsent_on(request: HttpRequest) -> set[str]:
    """Return tags of those whose unsent answers this device says it keeps."""
    return set(re.findall(r"[0-9a-f]{12}", request.COOKIES.get(UNSENT_COOKIE, "")[:1000]))


def nothing_unsent(response: HttpResponse) -> None:
    """Mark that the device keeps nothing that the site does not have."""
    response.delete_cookie(UNSENT_COOKIE, samesite="Lax")


def offer_address(leads_to: str = "") -> str:
    """Return the address of the page on which an account becomes a learner, and then goes on to this path of ours."""
    address = reverse("bdhvs_lms:learn-with-account")
    return f"{address}?{urlencode({'next': leads_to})}" if leads_to else address


def learner_first(request: HttpRequest, leads_to: str = "") -> HttpResponseRedirect:
    """Redirect where a learner is needed and nobody learns: a visitor signs in, an account is offered to learn. Both
    then come to this path of ours."""
    known = request.user.is_authenticated
    return HttpResponseRedirect(offer_address(leads_to)) if known else to_sign_in(request, leads_to)


def learner_page(view: View) -> View:
    """Pass the learner to the view. A visitor is asked to sign in; an account without a learner is offered to learn.

    Neither ever repeats what a form sent: they lead to the visitor's own start.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        learner = learner_of(request)
        if learner is not None:
            return view(request, learner, *args, **kwargs)
        reading = request.method in ("GET", "HEAD")
        return learner_first(request, request.get_full_path() if reading else reverse("bdhvs_lms:start"))

    return wrapped
