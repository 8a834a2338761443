"""An address as others may read it: in the log, in reports of faults, as the name of a number."""

from django.http import HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve

__all__ = ["address_name", "shown_path"]

# Pages of editors: what stands in their addresses is public.
PAGES = "wagtail_serve"
NOWHERE = "-"


def _match(request: HttpRequest) -> ResolverMatch | None:
    """What answers, or would have answered had nobody before it."""
    found = request.resolver_match
    if found is None:
        try:
            found = resolve(request.path_info)
        except Resolver404:
            return None
    return found


def shown_path(request: HttpRequest, status: int = 200) -> str:
    """The path without what may say who somebody is: no query, and in place of each variable part its name.

    Of a page that is there, the path itself; of an address that leads nowhere its first part, since the rest may be
    anything, also a mistyped code that signs people in.
    """
    match = _match(request)
    if match is not None and match.view_name != PAGES:
        if not any(mark in match.route for mark in "^$(\\"):
            return f"/{match.route}"
        return _without(request.path_info, match)
    if match is not None and status < 400:
        return request.path_info
    first, slash, rest = request.path_info.lstrip("/").partition("/")
    return f"/{first[:40]}/…" if rest else f"/{first[:40]}{slash}"


def _without(path: str, match: ResolverMatch) -> str:
    """Of an address that is a regular expression: each captured part gives way to its name."""
    parts = {**{str(number): value for number, value in enumerate(match.args)}, **match.kwargs}
    for name, value in sorted(parts.items(), key=lambda part: -len(str(part[1]))):
        if value:
            path = path.replace(str(value), f"<{name}>")
    return path


def address_name(request: HttpRequest) -> str:
    """A name out of a bounded number of names: that of the view, or its route; ``-`` where there is none."""
    match = _match(request)
    return NOWHERE if match is None else match.view_name or match.route or NOWHERE
