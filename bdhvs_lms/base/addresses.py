"""Addresses of pages for people, in words that they can read aloud: Vietnamese ones, and English ones.

Below a language's prefix (`/en/…`) the words are of that language: Vietnamese, or else English. Without prefixes they
are one and the same for everybody, of the site's own language. Vietnamese words go on leading there everywhere: they
stood in every language once, and are on paper.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponsePermanentRedirect
from django.urls import URLPattern, get_resolver, get_urlconf, reverse
from django.urls.resolvers import LocalePrefixPattern, RegexPattern, ResolverMatch, RoutePattern
from django.utils.functional import cached_property
from django.utils.translation import get_language

__all__ = ["worded_path", "worded_re_path"]

View = Callable[..., HttpResponseBase]


class Words:
    """A pattern with two spellings, of which `current` is the one that links have."""

    def __init__(self, vietnamese: Any, english: Any) -> None:
        self.vietnamese, self.english = vietnamese, english
        self.name = vietnamese.name
        self.converters = vietnamese.converters

    @property
    def current(self) -> Any:
        language = get_language() if _below_prefixes(get_urlconf() or settings.ROOT_URLCONF) else None
        return self.vietnamese if (language or settings.LANGUAGE_CODE).startswith("vi") else self.english

    @property
    def regex(self) -> Any:
        return self.current.regex

    def match(self, path: str) -> Any:
        return self.current.match(path)

    def check(self) -> list[Any]:
        return [*self.vietnamese.check(), *self.english.check()]

    def describe(self) -> str:
        return str(self.vietnamese.describe())

    def __str__(self) -> str:
        return str(self.current)


class Page(URLPattern):
    """One address with one name. Where its words are English, the Vietnamese ones lead to it."""

    pattern: Any

    def resolve(self, path: str) -> ResolverMatch | None:
        # Each address that is another page's asks all pages before it: the language is asked for once.
        current = self.pattern.current
        if current.match(path) is not None:
            return super().resolve(path)
        return None if current is self.pattern.vietnamese else self._old.resolve(path)

    @cached_property
    def _old(self) -> URLPattern:
        # Once: each address that is another page's asks all pages before it.
        return URLPattern(self.pattern.vietnamese, _moved(self.callback), self.default_args, self.name)


def worded_path(vietnamese: str, view: View, kwargs: dict[str, Any] | None = None, *, name: str, en: str) -> Page:
    """Return Django's `path` with the route in both languages; parameters are the same in both."""
    words: Any = Words(*(RoutePattern(route, name=name, is_endpoint=True) for route in (vietnamese, en)))
    return Page(words, view, kwargs, name)


def worded_re_path(vietnamese: str, view: View, kwargs: dict[str, Any] | None = None, *, name: str, en: str) -> Page:
    """Return Django's `re_path` with the route in both languages."""
    words: Any = Words(*(RegexPattern(route, name=name, is_endpoint=True) for route in (vietnamese, en)))
    return Page(words, view, kwargs, name)


def _moved(view: View) -> View:
    @wraps(view)
    def moved(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # What a form sends is done where it was sent to: a redirect would lose it.
        match: Any = request.resolver_match
        if request.method not in ("GET", "HEAD") or match is None:
            return view(request, *args, **kwargs)
        address = reverse(match.view_name, args=match.args, kwargs=match.captured_kwargs)
        if address == request.path:
            return view(request, *args, **kwargs)
        query = request.META.get("QUERY_STRING", "")
        answer = HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
        # A device that many use keeps no card's address; and a site may come to speak otherwise.
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return moved


@cache
def _below_prefixes(urlconf: Any) -> bool:
    """Tell whether pages of ours stand inside `i18n_patterns`."""
    prefixed = (one for one in get_resolver(urlconf).url_patterns if isinstance(one.pattern, LocalePrefixPattern))
    return _has_pages(prefixed)


def _has_pages(patterns: Iterable[Any]) -> bool:
    return any(isinstance(one, Page) or _has_pages(getattr(one, "url_patterns", ())) for one in patterns)
