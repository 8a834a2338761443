"""The record store before everything that only pages need."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, Resolver404, get_script_prefix, get_urlconf, resolve, reverse

from bdhvs_xapi.lrs import views
from bdhvs_xapi.lrs.answers import refusal
from bdhvs_xapi.lrs.endpoint import MORE_PREFIX, RESOURCES, respond
from bdhvs_xapi.lrs.errors import Refused


class RecordStoreMiddleware:
    """Answers the addresses of ``bdhvs_xapi.urls``, wherever they are mounted. Comes first in MIDDLEWARE.

    Why not as views alone? Sessions, languages, CSRF and compression cost more than storing a statement, and some of
    them answer with pages, redirects and cookies, of which a client understands nothing. What they do for safety is
    done here: the host's name is checked, and where the project wants https a request over http is refused: a redirect
    would come after the secret had crossed the line, and each time again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        root = _mounted_at(get_urlconf(), get_script_prefix())
        if root is None or not request.path_info.startswith(root) or not _ours(request.path_info, root):
            return self.get_response(request)
        try:
            request.get_host()
        except DisallowedHost:
            return refusal(Refused(400, "this server does not answer to that host name"))
        secure = request.is_secure()
        if settings.SECURE_SSL_REDIRECT and not secure:
            return refusal(Refused(403, "https is required; the credentials of this request count as known to others"))
        response = respond(request, request.path_info[len(root) :])
        if secure and settings.SECURE_HSTS_SECONDS:
            response.headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}" + (
                "; includeSubDomains" if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else ""
            )
        return response


def _ours(path: str, root: str) -> bool:
    """Whether an address below ``root`` leads to the endpoint; a project may have others there, before it."""
    name = path[len(root) :]
    if name in RESOURCES or name.startswith(MORE_PREFIX):
        return True
    try:
        return resolve(path).func is views.endpoint
    except Resolver404:
        return False


@lru_cache(maxsize=8)
def _mounted_at(urlconf: str | None, prefix: str) -> str | None:
    """The path of the endpoint with its last slash, as ``path_info`` has it; None when nothing is mounted."""
    try:
        about = reverse("bdhvs_xapi:about", urlconf=urlconf)
    except NoReverseMatch:
        return None
    return "/" + about.removeprefix(prefix).removesuffix("about")
