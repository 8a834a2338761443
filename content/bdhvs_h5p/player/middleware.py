"""Separation of the packages' host: it serves the player and nothing else, and nobody else serves the player."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch

from bdhvs_h5p.conf import app_settings
from bdhvs_h5p.player.addresses import libraries_prefix

__all__ = ["ContentHostMiddleware"]


class ContentHostMiddleware:
    """Separation of hosts with BDHVS_H5P_CONTENT_ORIGIN: on that host only the player's addresses lead anywhere, and on
    every other host they lead nowhere. Without it nothing is done: the site's own host serves both.

    Comes first: what answers before a page is asked for, like the record store and static files, is not of that host
    either, and nobody there sets or reads a cookie.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        origin = app_settings.CONTENT_ORIGIN
        if not origin:
            return self.get_response(request)
        there = _same_host(request.get_host(), urlsplit(origin).netloc)
        if there == request.path.startswith(_root()):
            return self.get_response(request)
        return HttpResponse("404", status=404, content_type="text/plain")


def _same_host(one: str, other: str) -> bool:
    """Compare as browsers and ALLOWED_HOSTS do: without regard to capitals, nor to the dot that ends a whole name."""
    return split_domain_port(one) == split_domain_port(other)


def _root() -> str:
    """Return the address in front of all of the player's addresses."""
    try:
        return libraries_prefix().rpartition("/")[0] + "/"
    except NoReverseMatch:
        return "\0"  # a project that has not mounted them
