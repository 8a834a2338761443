"""The answers of every page that takes a form, and the cookies that it keeps."""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

MOST_LINES = 60
# A page with a form.
read_and_send = require_http_methods(["GET", "HEAD", "POST"])


class SeeOther(HttpResponseRedirect):
    """The answer to a POST: the browser fetches the page, and reloading it sends nothing again."""

    status_code = 303


def next_address(request: HttpRequest) -> str:
    """Return the path to which the form's or the address's `next` leads. Empty: nowhere, to another
    site, or no path."""
    wish = request.POST.get("next") or request.GET.get("next", "")
    own = url_has_allowed_host_and_scheme(wish, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    # redirect() takes a word for the name of a view.
    return wish if own and wish.startswith("/") else ""


def empty_lines(request: HttpRequest, usual: int) -> int:
    """Return how many empty lines a sheet has (`?dong=`), at most 60; what is no number of lines is as good as none."""
    asked = request.GET.get("dong", "")
    return min(int(asked), MOST_LINES) if re.fullmatch(r"[0-9]{1,3}", asked, re.ASCII) else usual


def kept_cookie(request: HttpRequest, name: str) -> str:
    """Return what `keep_cookie` left on the device; empty: nothing."""
    return request.COOKIES.get(cookie_name(name), "")


def keep_cookie(response: HttpResponseBase, name: str, value: str, *, seconds: int) -> None:
    """Keep a value on the device, out of the reach of scripts and of other sites.

    On https under a name that browsers take from this host alone (``__Host-``).
    """
    response.set_cookie(
        cookie_name(name),
        value,
        max_age=seconds,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def drop_cookie(response: HttpResponseBase, name: str) -> None:
    """Let the device forget what `keep_cookie` left on it."""
    response.delete_cookie(cookie_name(name), samesite="Lax")


def cookie_name(name: str) -> str:
    """Return the cookie's name in browsers."""
    return f"__Host-{name}" if settings.SESSION_COOKIE_SECURE else name


def wants_json(request: HttpRequest) -> bool:
    """Tell whether a script asks that saves quietly: it shows no messages, and all would stand on the next page."""
    return "application/json" in request.headers.get("Accept", "")
