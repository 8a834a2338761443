"""How large letters are: one of three sizes, remembered in a cookie for a year.

A cookie and no column: it belongs to the telephone and the eyes in front of it, signed in or not, and says nothing
about anybody. The server reads it, so that the first paint has the right size without a script.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from bdhvs_theme.conf import app_settings

ONE_YEAR = 365 * 24 * 60 * 60
NORMAL = "100"
SIZES = (NORMAL, "115", "130")
"""In percent of what the browser is set to; the style sheet has a class for each but the first."""


def chosen(request: HttpRequest | None) -> str:
    """The size to show this page in; what is not one of ours counts as normal."""
    size = request.COOKIES.get(app_settings.TEXT_SIZE_COOKIE, NORMAL) if request is not None else NORMAL
    return size if size in SIZES else NORMAL


def remember(request: HttpRequest, response: HttpResponse, size: str) -> None:
    """Let the answer set the cookie. Raises ValueError when it is no size of ours."""
    if size not in SIZES:
        raise ValueError(f"No text size: {size!r}")
    response.set_cookie(
        app_settings.TEXT_SIZE_COOKIE,
        size,
        max_age=ONE_YEAR,
        secure=request.is_secure() or settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
